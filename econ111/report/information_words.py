"""What the value of information says, in sentences made from its tables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from econ111.economics.value_of_information import NOT_REFERENCE_CASE
from econ111.report.labels import clean, estimand_words, payer_words
from econ111.report.numbers import money_words, probability
from econ111.report.rows import rows_of
from econ111.report.words import headline_estimand
from econ111.results import Evaluation

LINKED = "linked records"
EVERYTHING = "everything"
# Less than this is not worth a sentence, let alone a study.
NOTHING = 0.5
MATTERS = 100_000.0


@dataclass(frozen=True)
class Setting:
    """A decision at which information is shown: under one basis of the service cost, at one threshold."""

    basis: str
    label: str
    threshold: float

    @property
    def words(self) -> str:
        """For the head of a column."""
        return f"{self.label}; £{self.threshold:,.0f} per avoided attendance"


def settings(evaluation: Evaluation) -> list[Setting]:
    """The basis of the main results where knowing is worth most, and the basis least decided without a threshold."""
    table = evaluation.tables["information"]
    perfect = table[table.learnt == EVERYTHING]
    main = perfect[perfect.base].sort_values("value", ascending=False).iloc[0]
    lowest = perfect[perfect.threshold == perfect.threshold.min()].sort_values("value", ascending=False).iloc[0]
    found = [Setting(str(row["basis"]), clean(row.basis_label), float(row.threshold)) for row in (lowest, main)]
    return list(dict.fromkeys(found))


def worth(value: float) -> str:
    """An amount, or that it is nothing."""
    return "nothing" if value < NOTHING else f"about {money_words(value)}"


def information_sentences(evaluation: Evaluation) -> list[str]:
    """What linked records would be worth, to whom it falls, and what it rests on."""
    estimand = estimand_words(headline_estimand(evaluation.spec))
    first = (
        f"The decision is whether to fund the service or go on as before, under {estimand}, for all trusts together."
    )
    lines = [f"{first} Information has a price only if it can change that decision."]
    lines += [_main_sentence(evaluation)]
    lines += [_linked_sentence(evaluation, setting) for setting in settings(evaluation)]
    lines += [_decided_sentence(evaluation), _cost_sentence(evaluation), NOT_REFERENCE_CASE]
    return [line for line in lines if line]


def best_linked(evaluation: Evaluation, setting: Setting) -> pd.Series:
    """The linked study with the largest value over the horizon."""
    table = evaluation.tables["studies"]
    here = (table["basis"] == setting.basis) & (table.threshold == setting.threshold) & (table.study == LINKED)
    return table[here].sort_values("population_evsi", ascending=False).iloc[0]


def gains_sentence(evaluation: Evaluation, setting: Setting) -> str:
    """Who gains and who loses when the decision follows a linked study."""
    table = evaluation.tables["information_gains"]
    rows = table[(table["basis"] == setting.basis) & (table.threshold == setting.threshold)]
    if rows.gain.sum() < NOTHING:
        return ""
    gaining, losing = (
        rows[rows.gain > NOTHING].sort_values("gain"),
        rows[rows.gain < -NOTHING].sort_values("gain"),
    )
    most = gaining.iloc[-1]
    said = (
        f"Under '{setting.label}' with £{setting.threshold:,.0f} per avoided attendance, most of the gain falls on "
        f"{_receiver(most.receiver)} ({money_words(most.gain)})"
    )
    if len(losing):
        said += f", and the largest loss on {_receiver(losing.iloc[0].receiver)} ({money_words(-losing.iloc[0].gain)})"
    return f"{said}: a changed decision moves money between them, and only the sum is what the records are worth."


def _main_sentence(evaluation: Evaluation) -> str:
    """The main basis of the service cost: with no value of its own for an attendance, and from where it matters."""
    table = evaluation.tables["studies"]
    rows = table[table.base & (table.study == LINKED)]
    best = rows.groupby("threshold").population_evsi.max()
    lowest = float(best.index[0])
    said = (
        f"On the main basis of its cost, '{clean(rows.basis_label.iloc[0])}', and with an avoided attendance worth "
        f"£{lowest:,.0f} over the costs it avoids, linked attendance records would be worth "
        f"{worth(float(best.iloc[0]))}"
    )
    from_here = best[best >= MATTERS]
    if best.iloc[0] >= MATTERS or from_here.empty:
        return f"{said}."
    return f"{said}; of the thresholds looked at, they pass {money_words(MATTERS)} from £{from_here.index[0]:,.0f} on."


def _linked_sentence(evaluation: Evaluation, setting: Setting) -> str:
    study = best_linked(evaluation, setting)
    table = evaluation.tables["information"]
    here = (table["basis"] == setting.basis) & (table.threshold == setting.threshold)
    perfect = float(table[here & (table.learnt == EVERYTHING)].population_value.iloc[0])
    chance = _chance(evaluation, setting)
    return (
        f"If the service costs what '{setting.label}' says and an avoided attendance is worth "
        f"£{setting.threshold:,.0f} over the costs it avoids, value exceeds cost with probability {chance}. Linked "
        f"attendance records of "
        f"{clean(study.design)} would then be worth {worth(study.population_evsi)} (standard error "
        f"{money_words(study.population_standard_error)}) over the horizon, the most that anyone should pay for them; "
        f"knowing everything, at once and over the same horizon, {worth(perfect)}."
    )


def _decided_sentence(evaluation: Evaluation) -> str:
    """Bases of the service cost under which nothing that could be learnt would change the decision."""
    table = evaluation.tables["information"]
    lowest = table[(table.learnt == EVERYTHING) & (table.threshold == table.threshold.min())]
    decided = [clean(row.basis_label) for row in rows_of(lowest) if row.value < NOTHING]
    if not decided:
        return ""
    named = "; ".join(f"'{name}'" for name in decided)
    return (
        f"Without a value of its own for an avoided attendance the decision is already clear, whatever could be "
        f"learnt, under: {named}. Linked records are then worth nothing for this decision."
    )


def _cost_sentence(evaluation: Evaluation) -> str:
    row = evaluation.tables["studies"].iloc[0]
    cost = (
        "What such a study would cost is not stated, so that no net benefit of it is given"
        if row.cost_stated == "not stated"
        else f"Net of its stated cost the first design leaves {money_words(row.enbs)}"
    )
    return (
        f"{cost}. Population and horizon: all trusts, {clean(row.scale)} for the smallest design. Assumed: "
        f"{clean(row.assumes)}."
    )


def _chance(evaluation: Evaluation, setting: Setting) -> str:
    table = evaluation.tables["decision_curve"]
    rows = table[(table["basis"] == setting.basis) & (table.threshold == setting.threshold)]
    return probability(float(rows[rows.option == "intervention"].probability_best.iloc[0]))


def _receiver(name: str) -> str:
    return "those who value attendances avoided" if "," in name else f"the {_small(payer_words(name))}"


def _small(words: str) -> str:
    """A name inside a sentence; abbreviations stay as they are."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]
