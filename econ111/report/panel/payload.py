"""What the page carries for the panel: counts, calls and prices of thinned draws, and what they are called.

Draws are little-endian single-precision numbers in base 64, the last dim running fastest, so that a reader needs numpy
alone to check the page: `numpy.frombuffer(base64.b64decode(text), "<f4").reshape(shape)`. Single precision moves a
value by less than one part in ten million, far less than the draws move it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from econ111.economics.totals import TOTAL
from econ111.intervals import INTERVAL_LEVEL
from econ111.report.estimate_tables import NONE_COUNTED, none_counted
from econ111.report.labels import clean, estimand_words, trust_name
from econ111.report.panel.attendance import AS_DRAWN, AttendanceScenarios, attendance_scenarios
from econ111.report.rows import rows_of
from econ111.report.staffed import STAFFING, staffed_calls
from econ111.results import Evaluation
from econ111.specs.schema import Economics

MOST_DRAWS = 1_000
MOST_BYTES = 1_000_000
# Below this the ends of intervals are rough.
FEW_DRAWS = 400
MOST_TRUSTS = 12
# With more trusts than that, so that a page of 60 of them stays under 3 MB and keeps enough draws for an interval.
LARGEST_TRUSTS, MOST_BYTES_OF_MANY = 8, 520_000
OTHERS = "+others"
BYTES_EACH = 16 / 3
ATTENDANCE = "ed_attendance"

type Payload = dict[str, Any]


def panel_payload(evaluation: Evaluation) -> Payload | None:
    """Everything the panel computes with; None when the evaluation kept no draws of costs.

    Parameters
    ----------
    evaluation : Evaluation
        With `outcomes`, `costs` and `parameter_draws` on one sample index.

    Returns
    -------
    dict, optional
        `draws` embedded out of `draws_kept`; `level`; `price_year`; choices with their labels; `unit_cost` (GBP per
        unit, None where not valued), `cost_per_call` (GBP per answered call) and `cash_share` (0 to 1) as the run had
        them; `verdicts` by estimand, trust and consequence; `numbers`, each with its dims, shape and text:
        `avoided` (estimand, trust, consequence, sample; positive is fewer), `calls` (trust, sample),
        `unit_cost` (consequence, sample) and `cost_per_call` (basis, sample); where a line is costed from the people
        up `staffed_calls` (trust, sample), calls weighted by each trust's cost; and where attendance can be weighed
        again `moved` (scenario, estimand, trust, consequence, sample), avoided numbers of the consequences that move.
    """
    economics, costs, outcomes = evaluation.spec.economics, evaluation.costs, evaluation.outcomes
    if economics is None or costs is None or outcomes is None or evaluation.parameter_draws is None:
        return None
    per_call = _cost_per_call(economics, evaluation.parameter_draws)
    apart = _apart(outcomes["calls"])
    staffed = staffed_calls(evaluation)
    if staffed is not None:
        own = xr.full_like(per_call.isel(basis=[0]), staffed.rate).assign_coords(basis=[STAFFING])
        per_call = xr.concat([per_call, own], dim="basis")
    many = OTHERS in apart
    arrays = {
        "avoided": _gathered(costs["avoided"], apart).transpose("estimand", "trust", "consequence", "sample"),
        "calls": _gathered(outcomes["calls"], apart).transpose("trust", "sample"),
        "unit_cost": costs["unit_cost"].fillna(0.0).transpose("consequence", "sample"),
        "cost_per_call": per_call.transpose("basis", "sample"),
    }
    if staffed is not None:
        arrays["staffed_calls"] = _gathered(staffed.calls, apart).transpose("trust", "sample")
    kept = costs.sizes["sample"]
    scenarios = attendance_scenarios(evaluation)
    if scenarios is not None:
        arrays["moved"] = _gathered(scenarios.avoided, apart).transpose(
            "scenario", "estimand", "trust", "consequence", "sample"
        )
    most = MOST_BYTES_OF_MANY if many else MOST_BYTES
    chosen = thinned(kept, cells=_cells(arrays), most_bytes=most)
    if scenarios is not None and len(chosen) < min(kept, FEW_DRAWS):
        # Draws for the ends of intervals come before a further choice.
        scenarios = None
        del arrays["moved"]
        chosen = thinned(kept, cells=_cells(arrays), most_bytes=most)
    return {
        "draws": len(chosen),
        "draws_kept": kept,
        "level": INTERVAL_LEVEL,
        "price_year": clean(costs.attrs.get("price_year", evaluation.spec.study.price_year)),
        **_choices(evaluation, economics, costs, apart, [str(name) for name in per_call.basis.values]),
        "staffed_basis": STAFFING if staffed is not None else "",
        **_attending(scenarios),
        "attendance": ATTENDANCE if ATTENDANCE in costs.indexes["consequence"] else "",
        "unit_cost": _stated_unit_costs(costs),
        "cost_per_call": {str(name): _pence(per_call.sel(basis=name)) for name in per_call.basis.values},
        "cash_share": {item.consequence: item.cash_share for item in economics.consequences},
        "verdicts": _verdicts(evaluation),
        "numbers": {name: pack(array.isel(sample=chosen)) for name, array in arrays.items()},
    }


def _cells(arrays: Mapping[str, xr.DataArray]) -> int:
    return sum(array[..., 0].size for array in arrays.values())


def _attending(scenarios: AttendanceScenarios | None) -> Payload:
    """Scenarios of attendance with the report's own first, and the consequences that they move."""
    labels = {} if scenarios is None else scenarios.labels
    moved = [] if scenarios is None else [str(name) for name in scenarios.avoided["consequence"].values]
    return {"attending": [(AS_DRAWN, "As in the report"), *labels.items()], "moved": moved}


def thinned(kept: int, *, cells: int, most: int = MOST_DRAWS, most_bytes: int = MOST_BYTES) -> NDArray[np.intp]:
    """Places of the draws that the page carries: evenly apart, so many as fit.

    Parameters
    ----------
    kept : int
        Draws of the run, 1 or more.
    cells : int
        Numbers that each draw holds.
    most, most_bytes : int
        Neither more draws nor more text than this; but always one draw.

    Returns
    -------
    array of int (sample)
        Rising places, from 0.

    Examples
    --------
    >>> thinned(4000, cells=130)[:3], len(thinned(4000, cells=130))
    (array([0, 4, 8]), 1000)
    >>> len(thinned(4000, cells=1500)), len(thinned(1, cells=10))
    (125, 1)
    """
    wanted = max(1, min(kept, most, int(most_bytes / (BYTES_EACH * max(cells, 1)))))
    return np.arange(wanted) * kept // wanted


def pack(array: xr.DataArray) -> dict[str, Any]:
    """An array as text, with the names and lengths of its dims.

    Examples
    --------
    >>> pack(xr.DataArray([1.0], dims="sample"))
    {'dims': ['sample'], 'shape': [1], 'text': 'AACAPw=='}
    """
    text = base64.b64encode(np.ascontiguousarray(array.to_numpy(), dtype="<f4").tobytes()).decode("ascii")
    return {"dims": [str(dim) for dim in array.dims], "shape": list(array.shape), "text": text}


def unpack(packed: Mapping[str, Any]) -> NDArray[np.float64]:
    """The numbers of a packed array, in double precision.

    Examples
    --------
    >>> unpack({"dims": ["sample"], "shape": [1], "text": "AACAPw=="})
    array([1.])
    """
    numbers = np.frombuffer(base64.b64decode(packed["text"]), dtype="<f4")
    return numbers.reshape(packed["shape"]).astype(np.float64)


def _apart(calls: xr.DataArray) -> list[str]:
    """Trusts that the panel shows apart, in their own order; of many, the largest by calls, and then the others."""
    trusts = [str(code) for code in calls.indexes["trust"]]
    if len(trusts) <= MOST_TRUSTS:
        return trusts
    size = dict(zip(trusts, calls.mean("sample").to_numpy(), strict=True))
    largest = sorted(trusts, key=lambda code: -size[code])[:LARGEST_TRUSTS]
    return [*(code for code in trusts if code in largest), OTHERS]


def _gathered(draws: xr.DataArray, apart: list[str]) -> xr.DataArray:
    """The draws of the trusts shown apart, the others summed draw by draw, so that the total is that of all."""
    if OTHERS not in apart:
        return draws
    shown = draws.sel(trust=apart[:-1]).drop_attrs()
    others = draws.drop_sel(trust=apart[:-1]).sum("trust", skipna=False).expand_dims(trust=[OTHERS])
    return xr.concat([shown, others], dim="trust")


def _choices(
    evaluation: Evaluation, economics: Economics, costs: xr.Dataset, apart: list[str], bases: list[str]
) -> dict[str, Any]:
    labels = {item.consequence: clean(item.label) for item in economics.consequences}
    named = {code: trust_name(evaluation, code) for code in (TOTAL, *apart)}
    named |= {OTHERS: f"The other {costs.sizes['trust'] - len(apart) + 1} trusts together"} if OTHERS in apart else {}
    return {
        "trusts": list(named.items()) if len(apart) > 1 else [(TOTAL, named[TOTAL])],
        "trust_order": apart,
        "estimands": [(str(name), estimand_words(name)) for name in costs.indexes["estimand"]],
        "consequences": [(str(name), labels.get(str(name), clean(name))) for name in costs.indexes["consequence"]],
        "bases": [(name, clean(economics.bases[name])) for name in bases],
        "chosen": {
            "trust": TOTAL,
            "estimand": economics.estimand,
            "basis": economics.service_cost,
            "threshold": 0.0,
            "attending": AS_DRAWN,
        },
    }


def _cost_per_call(economics: Economics, parameters: xr.Dataset) -> xr.DataArray:
    named = [parameters[name] for name in economics.service_cost_bases.values()]
    bases = [array.drop_attrs().reset_coords(drop=True).rename("cost_per_call") for array in named]
    return xr.concat(bases, dim="basis").assign_coords(basis=list(economics.service_cost_bases))


def _stated_unit_costs(costs: xr.Dataset) -> dict[str, float | None]:
    priced, valued = costs["unit_cost"], costs["valued"]
    names = [str(name) for name in costs.indexes["consequence"]]
    return {
        name: _pence(priced.sel(consequence=name)) if bool(valued.sel(consequence=name)) else None for name in names
    }


def _pence(draws: xr.DataArray) -> float:
    mean = float(draws.mean())
    return round(mean, 2) or mean


def _verdicts(evaluation: Evaluation) -> dict[str, dict[str, dict[str, str]]]:
    table = evaluation.tables.get("estimates")
    found: dict[str, dict[str, dict[str, str]]] = {}
    if table is None or table.empty:
        return found
    for row in rows_of(table[table.kind == "consequence"]):
        if not clean(row.verdict) and not none_counted(row):
            continue
        of_trust = found.setdefault(str(row.estimand), {}).setdefault(str(row.trust), {})
        of_trust[str(row.item)] = NONE_COUNTED if none_counted(row) else clean(row.verdict)
    return found
