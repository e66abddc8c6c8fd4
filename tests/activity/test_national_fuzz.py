"""National files with one place spoilt: a reader returns data and issues, or a clean error, and never anything else."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies

from econ111.activity import (
    Reading,
    read_ae_types,
    read_ambulance,
    read_borough_trusts,
    read_ecds_national,
    read_ecds_routes,
    read_iucadc_areas,
    read_iucadc_daily,
    read_mhsds,
    read_provider_icbs,
)
from econ111.errors import DataError
from econ111.resources import shipped_folder

FOLDER = shipped_folder("data/activity")
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_SHORT = strategies.text(max_size=5)
_LEAVES = (
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats(allow_nan=False) | _SHORT
)
SPOILT: strategies.SearchStrategy[Any] = strategies.recursive(
    _LEAVES,
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(_SHORT, inner, max_size=3),
    max_leaves=4,
)
_ODD = ("", "-", "*", "n/a", "1,234", "-5", "1.5", "=1+1", "9" * 30, "2024-13-01", "0001-01-01", "\u0000", "é", "1e400")
CELLS = strategies.sampled_from(_ODD) | strategies.text(max_size=6)


def _settled(read: Callable[[Path], Reading], content: str, ending: str) -> None:
    """Read it leniently and strictly; only a `DataError` with a place and a remedy may be raised."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"spoilt{ending}"
        path.write_text(content, encoding="utf-8", errors="replace")
        try:
            reading = read(path)
            assert set(reading.issues["severity"]) <= {"warning", "note"}
        except DataError as refused:
            assert refused.issues
            assert all(issue.file and issue.what and issue.remedy for issue in refused.issues)


def _places(value: object, so_far: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [so_far, *(place for key, each in inner for place in _places(each, (*so_far, key)))]


def _with(whole: Any, place: tuple[Any, ...], spoilt: object) -> str:
    if not place:
        return json.dumps(spoilt)
    changed = copy.deepcopy(whole)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = spoilt
    return json.dumps(changed)


def _areas() -> dict[str, Any]:
    calls = {"received": 10, "answered": 8, "abandoned": 2, "triaged": 8, "final_dispositions": 8}
    groups = {
        name: {"count": 1} for name in ("ambulance", "emergency_department", "primary_care", "dental", "self_care")
    }
    parts = {name: {"count": 0} for name in ("gp", "iuc", "utc", "ed", "sdec", "other")}
    area = {
        "code": "111AH5", "name": "Synthetic", "months": 12, "lead_suppliers": ["S"], "calls": calls,
        "dispositions": groups, "bookings": {"total": 0, "breakdown": parts},
    }  # fmt: skip
    return {"period": "2024-25", "contract_area_count": 1, "england": area, "areas": [area]}


def _routes() -> dict[str, Any]:
    route = {"count": 5, "percent": 100.0, "suppressed_component": False}
    routes = {"ae-attendance": route, "unknown-route": route}
    provider = {"code": "AAA", "name": "Synthetic", "total": 5, "denominator_derived": True, "routes": routes}
    return {"period": "2024-25", "provider_count": 1, "providers": [provider]}


@QUICK
@given(data=strategies.data())
def test_a_spoilt_json_file_is_data_or_a_clean_error(data: strategies.DataObject) -> None:
    """Any one value of the ambulance, areas or routes file replaced by any other JSON."""
    ambulance = json.loads((FOLDER / "ambulance_aqi_2024-25.json").read_text(encoding="utf-8"))
    ambulance["trusts"] = ambulance["trusts"][:2]
    files = [(read_ambulance, ambulance), (read_iucadc_areas, _areas()), (read_ecds_routes, _routes())]
    read, whole = data.draw(strategies.sampled_from(files))
    place = data.draw(strategies.sampled_from(_places(whole)))
    _settled(read, _with(whole, place, data.draw(SPOILT)), ".json")


TABLES: list[tuple[Callable[[Path], Reading], list[str]]] = [
    (read_iucadc_daily, [
        "date,region_code,contract_code,contract_name,calls_received,calls_answered,calls_answered_60s,calls_abandoned,"
        "calls_triaged,week_ending",
        "2025-11-24,Y56,111AH5,Synthetic,10,9,8,1,7,2025-11-30",
        "2025-11-25,Y56,111AH5,Synthetic,10,9,8,1,7,2025-11-30",
    ]),
    (read_ae_types, ["period,org_code,type,attendances,breaches,admissions", "2016-04-01,AAA,1,10,1,2"]),
    (read_mhsds, (FOLDER / "mhsds-synthetic-monthly.csv").read_text(encoding="utf-8").splitlines()),
    (read_provider_icbs, (FOLDER / "trust_to_icb_mapping.csv").read_text(encoding="utf-8").splitlines()[:4]),
    (read_borough_trusts, (FOLDER / "london_borough_trust_ics.csv").read_text(encoding="utf-8").splitlines()),
    (read_ecds_national, [
        ",,,,", "Reporting Period,Measure Type,Measure,Attendances,% of total attendances",
        "2024/25,Arrival Mode,Other,5,100", "2024/25,Arrival Mode,Arrival Mode Total,5,100",
    ]),
]  # fmt: skip


@QUICK
@given(data=strategies.data())
def test_a_spoilt_table_is_data_or_a_clean_error(data: strategies.DataObject) -> None:
    """Any one cell of a small file of each layout replaced, its header included."""
    read, lines = data.draw(strategies.sampled_from(TABLES))
    row = data.draw(strategies.integers(0, len(lines) - 1))
    cells = lines[row].split(",")
    cells[data.draw(strategies.integers(0, len(cells) - 1))] = data.draw(CELLS)
    _settled(read, "\n".join([*lines[:row], ",".join(cells), *lines[row + 1 :]]) + "\n", ".csv")
