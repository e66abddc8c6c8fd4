"""Every reader of a file that somebody else wrote, each with a small good file that it takes as it is.

Bad inputs, fuzzing and the environment faults all start here: a reader that is not listed is not tried.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr
from call_records import CALLS, HEADER, SPEC

from econ111.activity import (
    CallLayout,
    CellRule,
    TrustLayout,
    check_file,
    read_ae_by_provider,
    read_ae_msitae,
    read_ae_types,
    read_ambulance,
    read_borough_trusts,
    read_calls,
    read_ecds_national,
    read_ecds_routes,
    read_iucadc,
    read_iucadc_areas,
    read_iucadc_daily,
    read_mhsds,
    read_provider_icbs,
    read_succession,
    read_type1_series,
)
from econ111.activity.crosswalk import read_crosswalk
from econ111.activity.outcome_columns import read_outcome_columns
from econ111.activity.records import aggregate_records, load_records_spec
from econ111.economics import read_draws
from econ111.files import sha256_of
from econ111.inference import Posterior, stored_posterior
from econ111.inference.store import write_fit
from econ111.parameters import load_catalogue
from econ111.parameters.evidence import load_attendance_evidence
from econ111.parameters.payment_rules import load_payment_rules
from econ111.reproduce.recorded import read_run
from econ111.resources import shipped_folder, shipped_model
from econ111.simulate import load_recipe
from econ111.specs.loading import load_spec

ACTIVITY = shipped_folder("data/activity")
PARAMETERS = shipped_folder("data/parameters")
CALL_LAYOUT = CallLayout(
    trusts={"RV5": TrustLayout(date(2024, 2, 15)), "RWK": TrustLayout(date(2024, 2, 2), rule=CellRule(below=5))},
    categories={"GP urgent": ("primary_care",), "Signposted": ("self_care", "other")},
)
_COUNTS = {
    "calls_offered": 120,
    "calls_answered": 100,
    "calls_abandoned": 15,
    "ed": 20,
    "GP urgent": 30,
    "unrecorded": 5,
}
CALL_LINES = [
    "trust,month,line,measure,value",
    *(
        f"{trust},{month},{line},{measure},{value}"
        for trust in ("RV5", "RWK")
        for month in ("2024-01", "2024-02", "2024-03")
        for line in ("physical", "mental")
        if line == "physical" or month > "2024-01"
        for measure, value in _COUNTS.items()
    ),
]


@dataclass(frozen=True)
class Reader:
    """A reader, the name that its file has, and a good file of it."""

    name: str
    file: str
    good: bytes
    read: Callable[[Path], Any]

    def put(self, folder: Path, content: bytes | None = None) -> Path:
        """The good file, or another, in a folder."""
        path = folder / self.file
        path.write_bytes(self.good if content is None else content)
        return path


def workbook(lines: Sequence[str], *, sheet: str = "calls") -> bytes:
    """An Excel file of comma-separated lines, numbers as numbers."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for line in lines:
        book.active.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _lines(name: str, first: int = 0, last: int | None = None) -> bytes:
    rows = (ACTIVITY / name).read_text(encoding="utf-8-sig").splitlines()[first:last]
    return ("\n".join(rows) + "\n").encode()


def _type1() -> bytes:
    """Two units of the real series over a year and a half."""
    first, *rows = _lines("ae_type1_london_2019-04_2026-05.csv").decode().splitlines()
    kept = [row for row in rows if row[:3] in {"RF4", "R1H"} and row[-10:] >= "2024-12"]
    return ("\n".join([first, *kept]) + "\n").encode()


def _records(path: Path) -> object:
    meaning = path.with_name("meaning.toml")
    meaning.write_text(SPEC, encoding="utf-8")
    return aggregate_records(path, load_records_spec(meaning))


def _catalogue(path: Path) -> object:
    return load_catalogue(_beside_sources(path))


def _beside_sources(path: Path) -> Path:
    if path.name != "sources.toml":
        shutil.copy(PARAMETERS / "sources.toml", path.with_name("sources.toml"))
    elif not (path.parent / "pay.csv").exists():
        shutil.copy(PARAMETERS / "pay.csv", path.with_name("pay.csv"))
    return path.parent


def _parquet() -> bytes:
    rows = [line.split(",") for line in CALLS]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(HEADER.split(","))}
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def _areas() -> bytes:
    calls = {"received": 10, "answered": 8, "abandoned": 2, "triaged": 8, "final_dispositions": 8}
    names = ("ambulance", "emergency_department", "primary_care", "dental", "self_care")
    parts = {name: {"count": 0} for name in ("gp", "iuc", "utc", "ed", "sdec", "other")}
    area = {
        "code": "111AH5", "name": "Synthetic", "months": 12, "lead_suppliers": ["S"], "calls": calls,
        "dispositions": {name: {"count": 1} for name in names}, "bookings": {"total": 0, "breakdown": parts},
    }  # fmt: skip
    return json.dumps({"period": "2024-25", "contract_area_count": 1, "england": area, "areas": [area]}).encode()


def _routes() -> bytes:
    route = {"count": 5, "percent": 100.0, "suppressed_component": False}
    routes = {"ae-attendance": route, "self-presentation": route}
    provider = {"code": "AAA", "name": "Synthetic", "total": 5, "denominator_derived": True, "routes": routes}
    return json.dumps({"period": "2024-25", "provider_count": 1, "providers": [provider]}).encode()


def _record() -> bytes:
    spec = tomllib.loads(shipped_model("hampshire-2021").read_text(encoding="utf-8"))
    record = {"evaluation": "hampshire-2021", "spec": spec, "checksums": {}, "versions": {}, "files": {"a.csv": "0"}}
    return json.dumps(record, default=str).encode()


def _fit() -> bytes:
    """A stored fit of two draws."""
    with tempfile.TemporaryDirectory() as folder:
        write_fit(Path(folder) / "fit.nc", _DRAWS)
        return (Path(folder) / "fit.nc").read_bytes()


def _stored(path: Path) -> Posterior:
    """What a run takes from its store: the stored draws, or others when those were damaged."""
    path.with_suffix(".json").write_text(json.dumps({"sha256": sha256_of(_FIT)}), encoding="utf-8")
    entry = path.replace(path.with_name(f"fit-{'0' * 32}.nc"))
    path.with_suffix(".json").replace(entry.with_suffix(".json"))
    return stored_posterior(lambda: _DRAWS, key="0" * 32, folder=path.parent)[0]


def _draws(path: Path) -> object:
    """The file in the place of the costs, beside good effects and parameters."""
    for name in ("effects", "parameters"):
        path.with_name(f"{name}.csv").write_text("none,line\n0.5,1\n0.7,2\n", encoding="utf-8")
    return read_draws(path.parent)


_DRAWS = Posterior(xr.Dataset({"rate": ("sample", [1.0, 2.0])}), chains=1, divergences=0)
_DAILY = (
    "date,region_code,contract_code,contract_name,calls_received,calls_answered,calls_answered_60s,calls_abandoned,"
    "calls_triaged,week_ending\n2025-11-24,Y56,111AH5,Synthetic,10,9,8,1,7,2025-11-30\n"
    "2025-11-25,Y56,111AH5,Synthetic,10,9,8,1,7,2025-11-30\n"
)
_OUTCOMES = "trust_code,period,ed\nRV5,2024-01,10\nRV5,2024-02,11\nRWK,2024-01,5\nRWK,2024-02,6\n"
_AUDIT = "category,disposition,calls\ned,ed,9\ned,other,1\n"
_CROSSWALK = ACTIVITY / "london-2024-example-crosswalk.csv"
_CALLS = ("\n".join(CALL_LINES) + "\n").encode()
_FIT = _fit()
_EXTRACT = ("\n".join([HEADER, *CALLS]) + "\n").encode()

READERS = {
    reader.name: reader
    for reader in (
        Reader("calls", "calls.csv", _CALLS, lambda path: read_calls(path, CALL_LAYOUT)),
        Reader("calls_excel", "calls.xlsx", workbook(CALL_LINES), lambda path: read_calls(path, CALL_LAYOUT)),
        Reader("calls_alone", "calls.csv", _CALLS, read_calls),
        Reader("check", "file.csv", _CALLS, check_file),
        Reader("iucadc", "iucadc.csv", _lines("iucadc_raw_sample_2023-04_NCL.csv"), read_iucadc),
        Reader(
            "ae_by_provider", "July-2025-AE.csv", _lines("ae_monthly_raw_2025-07_by_provider.csv", 0, 6),
            lambda path: read_ae_by_provider(path, month=date(2025, 7, 1)),
        ),
        Reader("ae_msitae", "msitae.csv", _lines("ae_monthly_raw_2026-02_msitae.csv", 0, 6), read_ae_msitae),
        Reader("type1_series", "type1.csv", _type1(),
               lambda path: read_type1_series(path, region="NHS England London")),
        Reader("outcome_columns", "outcomes.csv", _OUTCOMES.encode(), lambda path: read_outcome_columns(path, ["ed"])),
        Reader("crosswalk", "crosswalk.csv", _CROSSWALK.read_bytes(), read_crosswalk),
        Reader("crosswalk_audit", "audit.csv", _AUDIT.encode(), lambda path: read_crosswalk(_CROSSWALK, audit=path)),
        Reader("succession", "succession.csv", _lines("succession.csv"), read_succession),
        Reader("iucadc_daily", "daily.csv", _DAILY.encode(), read_iucadc_daily),
        Reader("iucadc_areas", "areas.json", _areas(), read_iucadc_areas),
        Reader("ecds_routes", "routes.json", _routes(), read_ecds_routes),
        Reader("ambulance", "ambulance.json", (ACTIVITY / "ambulance_aqi_2024-25.json").read_bytes(), read_ambulance),
        Reader("ecds_national", "ecds.csv", _lines("ecds_2024-25_national_source_arrival_discharge.csv"),
               read_ecds_national),
        Reader("ae_types", "types.csv", b"period,org_code,type,attendances,breaches,admissions\n"
               b"2016-04-01,AAA,1,10,1,2\n2016-04-01,AAA,2,5,0,1\n", read_ae_types),
        Reader("mhsds", "mhsds.csv", _lines("mhsds-synthetic-monthly.csv"), read_mhsds),
        Reader("provider_icbs", "icbs.csv", _lines("trust_to_icb_mapping.csv", 0, 5), read_provider_icbs),
        Reader("borough_trusts", "boroughs.csv", _lines("london_borough_trust_ics.csv"), read_borough_trusts),
        Reader("records", "records.csv", _EXTRACT, _records),
        Reader("records_parquet", "records.parquet", _parquet(), _records),
        Reader("records_spec", "records.toml", SPEC.encode(), load_records_spec),
        Reader("spec_london", "mine.toml", shipped_model("london-2024").read_bytes(), load_spec),
        Reader("spec_published", "mine.toml", shipped_model("hampshire-2021").read_bytes(), load_spec),
        Reader("spec_series", "mine.toml", shipped_model("london-ed-type1").read_bytes(), load_spec),
        Reader("recipe", "recipe.toml", (ACTIVITY / "recipes" / "london-2024.toml").read_bytes(), load_recipe),
        Reader("parameters", "unit_costs.csv", (PARAMETERS / "unit_costs.csv").read_bytes(), _catalogue),
        Reader("sources", "sources.toml", (PARAMETERS / "sources.toml").read_bytes(), _catalogue),
        Reader("evidence", "attendance_evidence.csv", (PARAMETERS / "attendance_evidence.csv").read_bytes(),
               lambda path: load_attendance_evidence(_beside_sources(path))),
        Reader("payment_rules", "payment_rules.csv", (PARAMETERS / "payment_rules.csv").read_bytes(),
               lambda path: load_payment_rules(_beside_sources(path))),
        Reader("record", "record.json", _record(), read_run),
        Reader("draws", "costs.csv", b"none,line\n100,90.5\n120,80\n", _draws),
        Reader("stored_fit", "fit.nc", _FIT, _stored),
    )
}  # fmt: skip
