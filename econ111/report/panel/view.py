"""The panel as the page shows it: fields, what they start from, and the results under the report's own settings.

What a browser without script, or a printed page, shows is computed here; the script replaces it with the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from jinja2.utils import htmlsafe_json_dumps

from econ111.intervals import INTERVAL_KIND, interval_label
from econ111.report.blocks import basis, marked
from econ111.report.labels import clean, sentence_start
from econ111.report.numbers import (
    UNKNOWN,
    MoneyUnit,
    count,
    exact,
    interval,
    money,
    money_span,
    money_unit,
    money_words,
    probability,
)
from econ111.report.panel.arithmetic import Amount, Repriced, Settings, default_settings, reprice
from econ111.report.panel.parts import Choice, Number, PanelView, PricedRow, ResultRow, ShownNumber
from econ111.report.panel.payload import ATTENDANCE, FEW_DRAWS, OTHERS, panel_payload
from econ111.results import Evaluation

MEASURES = {
    "value": "Value of what was avoided, at average unit costs",
    "worth": "Worth of the avoided ED attendances at the threshold",
    "spent": "Service cost",
    "net": "Net value: value and worth less service cost",
    "cash": "Of the value, cash released",
}


def panel_block(evaluation: Evaluation) -> PanelView | None:
    """The panel of an evaluation; None when it kept no draws of costs."""
    payload = panel_payload(evaluation)
    if payload is None:
        return None
    settings = default_settings(payload)
    again = reprice(payload, settings)
    study, unit = evaluation.spec.study, money_unit(abs(found.mean) for found in again.amounts.values())
    shared = {"synthetic": study.synthetic, "money": {"size": unit.size, "decimals": unit.decimals}}
    return PanelView(
        about=_about(evaluation, payload),
        choices=_choices(payload),
        numbers=_numbers(payload),
        priced=_priced(payload),
        results=_results(again, unit, bool(payload["attendance"])),
        counts=_counts(payload, again, unit),
        money_unit=unit.label,
        caption=marked("Value and cost under these settings", study),
        counts_caption=marked("Consequences under these settings", study),
        basis=basis(
            study,
            unit="as each row or heading says, over the evaluated period",
            level=payload["level"],
            price_year=payload["price_year"],
        ),
        interval=interval_label(payload["level"]),
        headline=headline(again, payload["level"], looked_at=_looked_at(payload, settings)),
        payload=htmlsafe_json_dumps({**payload, **shared}, separators=(",", ":")),
    )


def headline(again: Repriced, level: float, *, looked_at: str) -> str:
    """The sentence that says the result; the script writes the same.

    Examples
    --------
    >>> even = Amount(0.0, -10.0, 10.0)
    >>> headline(Repriced({"net": even}, {}, {}, 0.5, 12.0), 0.95, looked_at="All trusts").split("; ")[:2]
    ['All trusts: net value £0.00 (95% interval −£10.00 to £10.00)', 'probability that value exceeds cost 50.0%']
    """
    net = again.amounts["net"]
    return (
        f"{looked_at}: net value {money_words(net.mean)} ({interval_label(level)} "
        f"{money_span(net.low, net.high)}); probability that value exceeds cost "
        f"{probability(again.probability)}; break-even {_even(again.break_even)} per answered call."
    )


def _looked_at(payload: Mapping[str, Any], settings: Settings) -> str:
    trust, estimand = dict(payload["trusts"])[settings.trust], dict(payload["estimands"])[settings.estimand]
    attending = dict(payload["attending"])[settings.attending]
    scenario = "" if settings.attending == payload["chosen"]["attending"] else f", {attending}"
    return f"{trust}, {estimand}{scenario}, service at {money_words(settings.cost_per_call)} per answered call"


def _about(evaluation: Evaluation, payload: Mapping[str, Any]) -> tuple[str, ...]:
    study, level = evaluation.spec.study, interval_label(payload["level"])
    drawn, kept = payload["draws"], payload["draws_kept"]
    first = (
        "Change a price, a share or a threshold and this part of the page prices the avoided consequences again, in "
        "your browser; nothing is sent anywhere. It prices again and does not refit: the avoided numbers, and their "
        "verdicts, stay as the run found them" + (", unless you choose a scenario." if payload["moved"] else ".")
    )
    differ = f"thinned from {kept:,}, so that they differ slightly from the tables" if drawn < kept else "all there are"
    second = f"Figures here come from {_draws(drawn)}, {differ}. Intervals: {level}, {INTERVAL_KIND}."
    if drawn < FEW_DRAWS:
        second += " With so few draws the ends of intervals are rough."
    third = (
        f"Prices are in {payload['price_year']} GBP. A price that you enter moves every draw of the report's price in "
        "proportion, so that its relative uncertainty stays. Prices start from the mean of the draws, which is within "
        "Monte Carlo error of the value of their source. The evaluated period is the report's, not a year."
    )
    if payload["staffed_basis"]:
        third += (
            " A line costed from the people up costs each trust its own: the field then holds the mean of all trusts, "
            "and a change moves every trust in proportion."
        )
    if payload["moved"]:
        third += (
            " The scenarios of attendance were weighed again from the draws of the same fit when the report was made; "
            "under them counts have no verdict."
        )
    if OTHERS in payload["trust_order"]:
        third += f" Only the {len(payload['trust_order']) - 1} largest trusts can be looked at one by one here."
    synthetic = ("These are SYNTHETIC DATA: whatever the settings, no figure here may be quoted.",)
    return (*(synthetic if study.synthetic else ()), first, f"{second} {third}", *_compared(evaluation, payload))


def _compared(evaluation: Evaluation, payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The same figure from the embedded draws and from all of them, so that a reader sees how far apart they are."""
    table, chosen = evaluation.tables.get("scenarios"), payload["chosen"]
    if table is None or table.empty or payload["draws"] == payload["draws_kept"]:
        return ()
    same = table[(table.estimand == chosen["estimand"]) & (table.basis == chosen["basis"])]
    same = same[same.trust == chosen["trust"]]
    if same.empty:
        return ()
    row, net = same.iloc[0], reprice(payload, default_settings(payload)).amounts["net"]
    whole = Amount(float(row.net_value), float(row.net_value_low), float(row.net_value_high))
    return (
        f"At the report's own settings these draws give a net value of {money_words(net.mean)} "
        f"({money_span(net.low, net.high)}); all draws, as in the tables, give "
        f"{money_words(whole.mean)} ({money_span(whole.low, whole.high)}).",
    )


def _choices(payload: Mapping[str, Any]) -> tuple[Choice, ...]:
    chosen = payload["chosen"]
    listed = (
        ("trust", "Trust", "trusts", ""),
        ("estimand", "Estimand", "estimands", "Which calls are credited; the glossary defines each."),
        ("attending", "Attendance after advice", "attending", "Moves avoided numbers, which then have no verdict."),
        ("basis", "Basis of the service's cost", "bases", "Choosing one sets the cost per call below."),
    )
    return tuple(
        Choice(name, label, tuple((key, text) for key, text in payload[options]), chosen[name], hint)
        for name, label, options, hint in listed
        if name != "attending" or len(payload[options]) > 1
    )


def _numbers(payload: Mapping[str, Any]) -> tuple[Number, ...]:
    stated = payload["cost_per_call"][payload["chosen"]["basis"]]
    call = Number("call", "Service cost per answered call, £", _plain(stated), 1_000_000, "pounds")
    hint = "What one avoided attendance is worth over and above the costs it avoids; 0 in the report's tables."
    threshold = Number("threshold", "Threshold, £ per avoided ED attendance", "0", 1_000_000, "pounds", hint=hint)
    return (call, threshold) if payload["attendance"] == ATTENDANCE else (call,)


def _priced(payload: Mapping[str, Any]) -> tuple[PricedRow, ...]:
    rows = []
    for name, label in payload["consequences"]:
        stated, share = payload["unit_cost"][name], payload["cash_share"].get(name, 0.0)
        text = "" if stated is None else _plain(stated)
        cost = Number(f"cost.{name}", f"Unit cost, £: {label}", text, 1_000_000, "pounds", optional=stated is None)
        cash = Number(f"cash.{name}", f"Cash share, %: {label}", f"{100 * share:g}", 100, "per cent")
        rows.append(PricedRow(label, cost, cash))
    return tuple(rows)


def _results(again: Repriced, unit: MoneyUnit, thresholds: bool) -> tuple[ResultRow, ...]:
    rows = [
        ResultRow(
            f"{label}, {unit.label}",
            (f"{name}.mean", f"{name}.interval", f"{name}.report"),
            (_money(found.mean, unit), _ends(found, unit), _money(found.mean, unit)),
            total=name == "net",
        )
        for name, label in MEASURES.items()
        if (thresholds or name != "worth") and (found := again.amounts[name])
    ]
    chance = ShownNumber(probability(again.probability), repr(again.probability))
    even = ShownNumber(_even(again.break_even), repr(again.break_even))
    for name, label, shown in (
        ("probability", "Probability that value exceeds cost", chance),
        ("even", "Break-even cost per answered call", even),
    ):
        keys = (f"{name}.mean", f"{name}.interval", f"{name}.report")
        rows.append(ResultRow(label, keys, (shown, ShownNumber("no interval"), shown)))
    return tuple(rows)


def _counts(payload: Mapping[str, Any], again: Repriced, unit: MoneyUnit) -> tuple[ResultRow, ...]:
    chosen = payload["chosen"]
    verdicts = payload["verdicts"].get(chosen["estimand"], {}).get(chosen["trust"], {})
    rows = []
    for name, label in payload["consequences"]:
        fewer, cost = again.avoided[name], again.cost_avoided[name]
        cells = (
            ShownNumber(count(fewer.mean), repr(fewer.mean)),
            ShownNumber(interval(fewer.low, fewer.high), f"{fewer.low!r} {fewer.high!r}"),
            ShownNumber(verdicts.get(name, "") or "not judged"),
            _money(cost.mean, unit) if cost else ShownNumber("not valued"),
            _ends(cost, unit) if cost else ShownNumber(UNKNOWN),
        )
        keys = tuple(f"{name}.{part}" for part in ("avoided", "fewer", "verdict", "cost", "spread"))
        rows.append(ResultRow(sentence_start(clean(label)), keys, cells))
    return tuple(rows)


def _money(amount: float, unit: MoneyUnit) -> ShownNumber:
    return ShownNumber(money(amount, unit), repr(amount))


def _ends(found: Amount, unit: MoneyUnit) -> ShownNumber:
    return ShownNumber(
        interval(found.low, found.high, lambda value: money(value, unit)), f"{found.low!r} {found.high!r}"
    )


def _even(value: float) -> str:
    return f"{'−' if value < 0 else ''}£{exact(abs(value), 2)}" if math.isfinite(value) else "not known"


def _plain(amount: float) -> str:
    return f"{amount:.2f}" if amount == round(amount, 2) else f"{amount:.6g}"


def _draws(number: int) -> str:
    return "1 draw" if number == 1 else f"{number:,} draws"
