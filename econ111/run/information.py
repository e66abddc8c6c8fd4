"""What better data would be worth: decision curves, parameters, and studies that could be bought.

Every figure is for each basis of the service cost and each threshold, in GBP over the evaluated period for one
decision, or over the horizon for all. Nothing is fitted again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics import value_of_information as voi
from econ111.parameters import Catalogue
from econ111.run.context import Context
from econ111.run.information_draws import ATTENDANCE, Drawn, Parts, draw_for_information, drawn_again
from econ111.run.information_studies import LINKED, Study, audit_studies, linked_studies, return_study
from econ111.run.information_trusts import Decisions, information_of_trusts
from econ111.run.weighing import Material
from econ111.specs.information import ValueOfInformation
from econ111.specs.schema import Economics
from econ111.threads import one_thread

EVERYTHING = "everything"
PERFECT, GROUP, SINGLE = "perfect", "group", "single"
AT_THRESHOLD = "attendances avoided, at the threshold"
PERIOD_UNIT = "GBP in the evaluated period"
MOST_TERMS = 200


@dataclass(frozen=True)
class _Setting:
    """What all tables share; `decisions` has a row per basis of the service cost and threshold."""

    economics: Economics
    given: ValueOfInformation
    scale: voi.Scale
    cost: voi.StudyCost
    words: voi.Basis
    decisions: pd.DataFrame
    weights: np.ndarray

    def rows(self, columns: Mapping[str, object]) -> pd.DataFrame:
        """A value for each decision, beside its basis and threshold."""
        return pd.concat([self.decisions, pd.DataFrame(columns, index=self.decisions.index)], axis=1)

    def on(self, table: pd.DataFrame) -> pd.DataFrame:
        """With the words that no table goes without."""
        labels = [self.economics.bases[name] for name in table["basis"]]
        base = table["basis"] == self.economics.service_cost
        return self.words.on(table.assign(basis_label=labels, base=base))


def information_tables(context: Context, material: Material, parameters: xr.Dataset) -> dict[str, pd.DataFrame]:
    """Decision curves and values of information of one evaluation; nothing when it has no such section.

    Parameters
    ----------
    context, material
        Of the run.
    parameters : Dataset (sample)
        Draws on which the main results rest.

    Returns
    -------
    mapping of str to DataFrame
        decision_curve, quadrants, information, information_trusts, studies, information_gains and information_learnt;
        see `TABLES`.
    """
    spec = context.spec
    if spec.value_of_information is None or spec.economics is None or not spec.economics.thresholds:
        return {}
    again = drawn_again(
        context, parameters, draws=spec.value_of_information.draws,
        absorbed_estimated=material.base.absorbed == "estimated",
    )  # fmt: skip
    drawn = draw_for_information(context, material, again)
    setting = _setting(context, spec.economics, spec.value_of_information, drawn.parts)
    with one_thread():
        fits = {name: voi.Pair.of(frame.to_numpy(), most=MOST_TERMS) for name, frame in drawn.groups.items()}
        learnt = {name: pair.main.fit(drawn.parts.values) for name, pair in fits.items()}
        linked = linked_studies(drawn, setting.given, context)
        studies = {study.label: study for study in (*linked, *audit_studies(drawn, setting.given, context))}
        of_studies = {label: study.fit(drawn.parts.values) for label, study in studies.items()}
        tables = _curves(drawn.parts, setting)
        tables["information"] = _parameters(drawn, fits, learnt, setting)
        valued = [_valued(study, of_studies[label], drawn.parts, setting) for label, study in studies.items()]
        of_trusts = information_of_trusts(drawn, fits, linked, _decisions_of_trusts(setting))
        if setting.given.completed_return:
            # On draws of its own: in the main ones nothing about unrecorded calls may be in doubt.
            elicited = draw_for_information(context, material, again, elicited=True, line=drawn.line)
            study = return_study(elicited, context)
            valued.append(_valued(study, study.fit(elicited.parts.values), elicited.parts, setting))
    tables["studies"] = setting.on(pd.concat(valued, ignore_index=True))
    tables["information_trusts"] = setting.on(of_trusts.assign(unit=PERIOD_UNIT))
    largest = linked[-1].label
    tables["information_gains"] = _gains(largest, of_studies[largest], drawn.parts, setting)
    shown = {name: of_studies[name] for name in (linked[0].label, largest)}
    tables["information_learnt"] = _learnt(learnt | shown, drawn.parts, setting)
    return tables


def _setting(context: Context, economics: Economics, given: ValueOfInformation, parts: Parts) -> _Setting:
    study, catalogue = context.spec.study, context.catalogue
    months = (study.period_end.year - study.period_start.year) * 12 + study.period_end.month - study.period_start.month
    scale = voi.Scale(
        decisions_per_year=12 / (months + 1),
        years=round(catalogue[given.horizon].value / 12),
        discount_rate=catalogue[given.discount_rate].value,
        implementation=catalogue[given.implementation].value,
    )
    costs = (given.set_up_cost, given.cost_per_provider, given.cost_per_month)
    discounting = f"{scale.discount_rate:.1%} a year over the horizon; the evaluated period is undiscounted"
    decisions = [(basis, float(threshold)) for basis in parts.bases for threshold in economics.thresholds]
    return _Setting(
        economics,
        given,
        scale,
        voi.StudyCost(*(_value(catalogue, name) for name in costs)),
        voi.Basis(study.comparator, study.price_year, study.perspective, discounting),
        pd.DataFrame(decisions, columns=["basis", "threshold"]),
        np.column_stack([parts.weights(*decision) for decision in decisions]),
    )


def _value(catalogue: Catalogue, name: str | None) -> float | None:
    return None if name is None else catalogue[name].value


def _curves(parts: Parts, setting: _Setting) -> dict[str, pd.DataFrame]:
    """Decision curve and quadrants under each basis of the service cost."""
    curves, planes = [], []
    fewer = parts.values[:, -1]
    for basis in parts.bases:
        cost = -(parts.values @ parts.weights(basis, 0.0))
        curves.append(voi.decision_curve(cost, fewer, setting.economics.thresholds).assign(basis=basis))
        ratio = voi.cost_per_effect(cost, fewer).iloc[0]
        planes.append(
            voi.quadrants(cost, fewer).assign(
                basis=basis, cost_per_avoided=ratio.ratio, low=ratio.low, high=ratio.high, level=ratio.level,
                note=ratio.note,
            )
        )  # fmt: skip
    return {
        "decision_curve": setting.on(pd.concat(curves, ignore_index=True)),
        "quadrants": setting.on(pd.concat(planes, ignore_index=True)),
    }


def _parameters(
    drawn: Drawn, fits: Mapping[str, voi.Pair], learnt: Mapping[str, voi.Fit], setting: _Setting
) -> pd.DataFrame:
    """Perfect information, groups of parameters, and each parameter alone, with checks."""
    values, weights = drawn.parts.values, setting.weights
    perfect = voi.value_of_learning(values, voi.Fit(values, values), weights)
    known = {"value": perfect.value, "standard_error": perfect.standard_error}
    parts = [setting.rows(known).assign(kind=PERFECT, learnt=EVERYTHING)]
    for name, pair in fits.items():
        found = voi.compared(values, learnt[name], pair.check.fit(values), weights)
        parts.append(setting.rows(found).assign(kind=GROUP, learnt=name, parameters=drawn.groups[name].shape[1]))
    for name in drawn.alone:
        alone = voi.Pair.of(drawn.single[[name]].to_numpy())
        found = voi.compared(values, alone.main.fit(values), alone.check.fit(values), weights)
        parts.append(setting.rows(found).assign(kind=SINGLE, learnt=name, parameters=1))
    table = pd.concat(parts, ignore_index=True)
    whole = table["value"] * setting.scale.factor
    table = table.assign(population_value=whole, scale=setting.scale.words(), unit=PERIOD_UNIT, draws=len(values))
    return setting.on(table)


def _decisions_of_trusts(setting: _Setting) -> Decisions:
    """The main basis at every threshold, and every basis at the lowest: those that a reader is shown."""
    rows = setting.decisions
    shown = (rows["basis"] == setting.economics.service_cost) | (rows["threshold"] == rows["threshold"].min())
    return Decisions(
        rows[shown].reset_index(drop=True), setting.weights[:, shown], setting.scale, setting.given.separable_decisions
    )


def _valued(study: Study, fit: voi.Fit, parts: Parts, setting: _Setting) -> pd.DataFrame:
    """A study under each basis of the service cost and at each threshold."""
    found = voi.value_of_learning(parts.values, fit, setting.weights)
    table = setting.rows({"evsi": found.value, "standard_error": found.standard_error}).assign(
        study=study.kind, design=study.label, providers=study.providers, months=study.months, calls=study.calls
    )
    cost = setting.cost if study.kind == LINKED else voi.StudyCost()
    valued = voi.enbs(table, scale=replace(setting.scale, delay=study.delay), cost=cost)
    # Which design is best is asked among designs, at one threshold: not among thresholds.
    return valued.drop(columns=["best", "nearly_best"]).assign(draws=len(parts.values), assumes=study.assumes)


def _gains(design: str, fit: voi.Fit, parts: Parts, setting: _Setting) -> pd.DataFrame:
    """On whom the value of the largest linked study falls: the parts add up to it."""
    gains = voi.gains_by_part(parts.values, fit, setting.weights)
    count = len(parts.payers)
    falls = dict(zip(parts.payers, gains[:count], strict=True))
    falls[setting.economics.service_payer] = falls[setting.economics.service_payer] + gains[count:-1].sum(axis=0)
    falls[AT_THRESHOLD] = gains[-1]
    rows = [setting.rows({"gain": gain}).assign(receiver=name) for name, gain in falls.items()]
    return setting.on(pd.concat(rows, ignore_index=True).assign(design=design, unit=PERIOD_UNIT))


def _learnt(fits: Mapping[str, voi.Fit], parts: Parts, setting: _Setting) -> pd.DataFrame:
    """Without a threshold: how much of the spread of attendances avoided, and of net value, would be settled."""
    worth = parts.weights(setting.economics.service_cost, 0.0)
    fewer = np.eye(len(worth))[-1]
    results = ((f"avoided {ATTENDANCE}", "number in the evaluated period", fewer), ("net value", PERIOD_UNIT, worth))
    rows = []
    for result, unit, weights in results:
        column = parts.values @ weights
        for name, fit in fits.items():
            share, error = voi.share_explained(column, fit.held_out @ weights)
            before, after = column.std(), column.std() * np.sqrt(1 - share)
            rows.append((result, name, share, error, before, after, unit, setting.economics.service_cost))
    columns = [
        "result",
        "learnt",
        "variance_explained",
        "standard_error",
        "spread_before",
        "spread_after",
        "unit",
        "basis",
    ]
    return setting.on(pd.DataFrame(rows, columns=columns))
