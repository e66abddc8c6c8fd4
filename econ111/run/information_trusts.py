"""What better data would be worth to each trust that decides for itself, from its own joint draws.

The parameters and studies are those of the whole evaluation; the net benefit is the trust's own. A trust's own rates of
attending are taken to be the common ones, as everywhere in the evaluation. Values of trusts are added up only where the
evaluation says that their decisions are separable, and then draw by draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from econ111.economics import TOTAL
from econ111.economics import value_of_information as voi
from econ111.run.information_draws import CALLS, Drawn, columns_of_calls
from econ111.run.information_studies import Study

PERFECT, GROUP, STUDY = "perfect", "group", "study"
EVERYTHING = "everything"
ALONE = "each trust decides for itself; values are not to be added up"
# A trust's own calls enter its net benefit nearly in a straight line; a search for a form would be slow.
_FORM = voi.Form(2)
SEPARABLE = "each trust decides for itself, declared separable; the total is added up draw by draw"


@dataclass(frozen=True)
class Decisions:
    """Bases of the service cost and thresholds (one a row), weights (part, decision), scale, and who decides."""

    rows: pd.DataFrame
    weights: np.ndarray
    scale: voi.Scale
    separable: bool


@dataclass(frozen=True)
class _Learnt:
    """What would be learnt, each trust's columns smoothed on it, and on the check where there is one."""

    kind: str
    name: str
    main: list[voi.Fit]
    check: list[voi.Fit] | None = None
    delay: float = 0.0


def information_of_trusts(
    drawn: Drawn, fits: Mapping[str, voi.Pair], studies: Sequence[Study], decisions: Decisions
) -> pd.DataFrame:
    """Perfect information, groups of parameters and linked studies, for each trust's own decision.

    Parameters
    ----------
    drawn : Drawn
        Draws of the whole evaluation.
    fits : mapping
        Group of parameters to its smoothers; those of the calls are made again from each trust's own calls,
        of one form and without a check.
    studies : sequence of Study
        Linked studies; the smallest, the longest of one provider, and the largest are valued.
    decisions : Decisions
        For which to value them.

    Returns
    -------
    DataFrame
        trust, basis, threshold, kind (perfect, group, study), learnt, value, standard_error (GBP in the evaluated
        period), check, check_standard_error, agrees, population_value and population_standard_error (GBP over the
        horizon), scale, decided, draws. A row of the total only where decisions are separable.
    """
    columns = [np.ascontiguousarray(one) for one in np.moveaxis(drawn.parts.of_trusts, 1, 0)]
    tables = []
    for learnt in _everything_learnt(drawn, columns, fits, studies):
        rough: Sequence[voi.Fit | None] = learnt.check or [None] * len(columns)
        scale = replace(decisions.scale, delay=learnt.delay)
        parts = [
            decisions.rows.assign(trust=trust, **_worth(own, fit, check, decisions.weights))
            for trust, own, fit, check in zip(drawn.parts.trusts, columns, learnt.main, rough, strict=True)
        ]
        if decisions.separable:
            whole = voi.value_apart(columns, learnt.main, decisions.weights)
            found = {"value": whole.value, "standard_error": whole.standard_error}
            parts.append(decisions.rows.assign(trust=TOTAL, **found))
        table = pd.concat(parts, ignore_index=True)
        tables.append(
            table.assign(
                kind=learnt.kind, learnt=learnt.name, population_value=table["value"] * scale.factor,
                population_standard_error=table["standard_error"] * scale.factor, scale=scale.words(),
            )
        )  # fmt: skip
    said = SEPARABLE if decisions.separable else ALONE
    return pd.concat(tables, ignore_index=True).assign(decided=said, draws=len(drawn.parts.values))


def valued_studies(studies: Sequence[Study]) -> list[Study]:
    """The smallest linked study, the longest of the fewest providers, and the largest; the smallest comes first."""
    fewest = [study for study in studies if study.providers == studies[0].providers]
    return list({study.label: study for study in (studies[0], fewest[-1], studies[-1])}.values())


def _everything_learnt(
    drawn: Drawn, columns: list[np.ndarray], fits: Mapping[str, voi.Pair], studies: Sequence[Study]
) -> Iterator[_Learnt]:
    yield _Learnt(PERFECT, EVERYTHING, [voi.Fit(own, own) for own in columns])
    wide = np.hstack(columns)
    for name, pair in fits.items():
        if name == CALLS:
            own = [voi.PolynomialSmoother(frame.to_numpy(), form=_FORM) for frame in _own_calls(drawn)]
            yield _Learnt(GROUP, name, [one.fit(ours) for one, ours in zip(own, columns, strict=True)])
        else:
            yield _Learnt(GROUP, name, _split(pair.main.fit(wide), columns), _split(pair.check.fit(wide), columns))
    for study in valued_studies(studies):
        yield _Learnt(STUDY, study.label, _split(study.fit(wide), columns), delay=study.delay)


def _own_calls(drawn: Drawn) -> list[pd.DataFrame]:
    """The calls of each trust, as those of all are kept."""
    weighed = drawn.weighed
    return [
        columns_of_calls(
            replace(weighed, flows=weighed.flows.sel(trust=[name]), shares=weighed.shares.sel(trust=[name]))
        )
        for name in drawn.parts.trusts
    ]


def _split(fit: voi.Fit, columns: list[np.ndarray]) -> list[voi.Fit]:
    ends = np.cumsum([own.shape[1] for own in columns])[:-1]
    halves = (np.split(part, ends, axis=1) for part in (fit.fitted, fit.held_out))
    return [voi.Fit(fitted, held_out) for fitted, held_out in zip(*halves, strict=True)]


def _worth(own: np.ndarray, fit: voi.Fit, check: voi.Fit | None, weights: np.ndarray) -> dict[str, np.ndarray]:
    if check is not None:
        return voi.compared(own, fit, check, weights)
    found = voi.value_of_learning(own, fit, weights)
    return {"value": found.value, "standard_error": found.standard_error}
