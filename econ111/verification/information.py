"""Tests of value-of-information tables (U24 to U27), where an evaluation has them.

`information` has a row for everything at once (kind `perfect`), for groups and for single parameters; `studies` one for
each study. Values are estimates with a standard error, so every order is judged within Monte Carlo error.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from econ111.verification.finding import Finding, NotApplicableError, listed, none_of
from econ111.verification.subject import Subject

PERFECT, SINGLE = "perfect", "single"
DECISION = ["basis", "threshold", "trust"]
NAMED = ("kind", "learnt", "unit", "draws", "standard_error")
OTHER_DRAWS = "completed return"
FEW = 3
# One decision for all trusts is not the total of decisions that each takes for itself.
ONE_DECISION = "all trusts, one decision"


def reported_as_run(s: Subject) -> Finding:
    """U24: each value names its kind, what would be learnt, unit, number of draws and standard error."""
    table = s.table("information")
    missing = [f"no column {name}" for name in NAMED if name not in table]
    blank = [name for name in NAMED if name in table and table[name].isna().any()]
    return listed([*missing, *(f"{name} is empty in some rows" for name in blank)], looked_at=f"{len(table)} values")


def partial_below_perfect(s: Subject) -> Finding:
    """U25: no parameter or group is worth more than everything, on the same basis and threshold, for all and each."""
    table = _whole_and_each(s)
    partial = table[table["kind"] != PERFECT]
    return _below_perfect(s, partial, "value", "values above perfect information")


def sample_below_perfect(s: Subject) -> Finding:
    """U26: no study is worth more than everything, on the same basis, threshold and draws, nor less than nothing."""
    table = s.table("studies")
    kept = table[~table["design"].astype(str).str.startswith(OTHER_DRAWS)].assign(trust=ONE_DECISION)
    return _below_perfect(s, kept, "evsi", "studies above perfect information")


def ranks_agree(s: Subject) -> Finding:
    """U27: across parameters, more worth knowing goes with a larger one-way swing, on the base."""
    table, swings = s.table("information"), s.table("one_way").set_index("parameter")["swing"]
    lowest = table["threshold"].min()
    chosen = table[
        (table["kind"] == SINGLE)
        & (table["basis"] == s.economics.service_cost)
        & (table["threshold"] == lowest)
        & table["learnt"].isin(swings.dropna().index)
    ]
    value = chosen["value"].to_numpy(float)
    if len(chosen) < FEW or not (value > 0).any():
        raise NotApplicableError("no parameter is worth learning on the base, so there is no order to compare")
    swing = swings.loc[chosen["learnt"]].to_numpy(float)
    ranks = [pd.Series(values).rank().to_numpy() for values in (value, swing)]
    agreed = float(np.corrcoef(np.array(ranks))[0, 1]) if all(rank.std() > 0 for rank in ranks) else 0.0
    return Finding(agreed > 0, f"rank correlation {agreed:.2f} over {len(chosen)} parameters", "above 0")


def _whole_and_each(s: Subject) -> pd.DataFrame:
    """Values for one decision of all trusts, and beside them those of each trust's own, where there are any."""
    whole = s.table("information").assign(trust=ONE_DECISION)
    each = s.evaluation.tables.get("information_trusts")
    return whole if each is None else pd.concat([whole, each], ignore_index=True)


def _below_perfect(s: Subject, rows: pd.DataFrame, column: str, what: str) -> Finding:
    table = _whole_and_each(s)
    perfect = table[table["kind"] == PERFECT].set_index(DECISION)
    if perfect.empty or rows.empty:
        raise NotApplicableError("the tables hold nothing to compare")
    limit = perfect["value"].reindex(pd.MultiIndex.from_frame(rows[DECISION])).to_numpy(float)
    error = np.hypot(
        perfect["standard_error"].reindex(pd.MultiIndex.from_frame(rows[DECISION])).to_numpy(float),
        rows["standard_error"].to_numpy(float),
    )
    value = rows[column].to_numpy(float)
    slack = s.errors * np.nan_to_num(error) + s.rounding * np.nanmax(np.abs(limit), initial=1.0)
    wrong = ~((value <= limit + slack) & (value >= -slack))
    highest = float(np.nanmax(value / np.where(limit > 0, limit, np.nan), initial=0.0))
    return none_of(int(wrong.sum()), of=len(rows), what=what, note=f"At most {highest:.2f} of perfect information.")


TESTS: dict[str, Any] = {
    "U24": reported_as_run,
    "U25": partial_below_perfect,
    "U26": sample_below_perfect,
    "U27": ranks_agree,
}
