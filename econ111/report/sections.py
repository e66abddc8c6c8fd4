"""The page in reading order: verdict first, then what it is not, results, money, data, and how it was made."""

from __future__ import annotations

from econ111.economics.totals import TOTAL
from econ111.report.blocks import (
    Block,
    Bullets,
    Definitions,
    Disclosure,
    Heading,
    Paragraphs,
    Section,
    only,
    part_keys,
    with_blocks,
)
from econ111.report.checks_views import short_check_blocks
from econ111.report.data_figures import cells_figure, published_figure, series_avoided_figure, series_figure
from econ111.report.economics_views import (
    budget_ground_blocks,
    grid_blocks,
    perspective_blocks,
    staffing_blocks,
    turning_blocks,
)
from econ111.report.estimate_tables import estimates_table, key_figures, published_table, trusts_of
from econ111.report.evidence_table import evidence_blocks
from econ111.report.figures import calls_figure, estimands_figure, mix_figure, monthly_figure, trusts_figure
from econ111.report.information_views import information_blocks
from econ111.report.labels import clean, trust_name
from econ111.report.money_figures import budget_figure, cost_consequence_figure, one_way_figure, scenarios_figure
from econ111.report.money_tables import budget_view, cost_consequence_view, one_way_view, scenarios_view
from econ111.report.panel import panel_block
from econ111.report.parameter_tables import parameter_blocks
from econ111.report.price_views import price_years_view
from econ111.report.prose import glossary, limits, study_pairs
from econ111.report.published_views import changes_figure, changes_table, figures_table
from econ111.report.record_tables import checks_view, issues_view, record_blocks
from econ111.report.series_views import series_blocks
from econ111.report.sharing import sharing_words
from econ111.report.structural_tables import structural_blocks
from econ111.report.value_words import value_sentences
from econ111.report.verification_views import verification_blocks
from econ111.report.words import assumptions_note, verdict_sentences
from econ111.results import Evaluation

KINDS = ("referral", "consequence", "series")


def build_sections(evaluation: Evaluation) -> list[Section]:
    """Every section that the evaluation can fill."""
    return with_blocks(
        [
            Section("verdict", "Verdict", _verdict(evaluation)),
            Section("limits", "What this is not", (Bullets(limits(evaluation)),), short="Limits"),
            Section("study", "What was evaluated", (Definitions(study_pairs(evaluation)),), short="Study"),
            Section("effects", "What changed", _effects(evaluation), short="Effects"),
            Section("trusts", "Each trust", _trusts(evaluation), short="Trusts"),
            Section("consequences", "Consequences and their costs", _consequences(evaluation), short="Costs"),
            Section(
                "budget",
                "Budget impact",
                (*only(budget_figure(evaluation), budget_view(evaluation)), *budget_ground_blocks(evaluation)),
                short="Budget",
            ),
            Section(
                "scenarios",
                "Value against cost",
                (
                    *only(scenarios_figure(evaluation), scenarios_view(evaluation)),
                    *grid_blocks(evaluation),
                    *staffing_blocks(evaluation),
                    *perspective_blocks(evaluation),
                ),
                short="Scenarios",
            ),
            Section("what-if", "What if prices were different", only(panel_block(evaluation)), short="What if"),
            Section("one-way", "What moves the answer", _one_way(evaluation), short="Sensitivity"),
            Section(
                "information", "What better data would be worth", information_blocks(evaluation), short="Better data"
            ),
            Section("structural", "What call data cannot judge", structural_blocks(evaluation), short="Choices"),
            Section("data", "Data quality", _data(evaluation), short="Data"),
            Section("checks", "Checks of the fit", _checks(evaluation), short="Checks"),
            Section(
                "parameters",
                "Parameters and sources",
                (*only(price_years_view(evaluation)), *parameter_blocks(evaluation), *evidence_blocks(evaluation)),
                short="Parameters",
            ),
            Section(
                "verification",
                "Verification and reporting checklists",
                verification_blocks(evaluation),
                short="Verification",
            ),
            Section("record", "Record of the run", record_blocks(evaluation.record), short="Record"),
            Section("glossary", "Glossary", (Definitions(glossary()),)),
        ]
    )


def _verdict(evaluation: Evaluation) -> tuple[Block, ...]:
    note = assumptions_note(evaluation)
    blocks = only(
        Paragraphs(tuple(verdict_sentences(evaluation)), lead=True), Paragraphs(tuple(note)) if note else None
    )
    money = value_sentences(evaluation)
    if money:
        blocks += (Heading("Value and cost"), Paragraphs(tuple(money)))
    figures = key_figures(evaluation)
    return (*blocks, Heading("Key figures"), figures) if figures else blocks


def _effects(evaluation: Evaluation) -> tuple[Block, ...]:
    drawn = only(
        calls_figure(evaluation),
        mix_figure(evaluation),
        series_figure(evaluation),
        series_avoided_figure(evaluation),
        monthly_figure(evaluation),
        estimands_figure(evaluation),
        trusts_figure(evaluation),
        changes_figure(evaluation),
        published_figure(evaluation),
    )
    tables = only(
        *(estimates_table(evaluation, kind=kind) for kind in KINDS),
        changes_table(evaluation),
        published_table(evaluation),
        figures_table(evaluation),
    )
    return (*drawn, *tables, *series_blocks(evaluation))


def _trusts(evaluation: Evaluation) -> tuple[Block, ...]:
    """One part to open per trust; nothing for one trust alone, whose total says it all."""
    spec = evaluation.spec
    trusts = trusts_of(spec, evaluation.tables.get("estimates"))
    if len(trusts) < 2:
        return ()
    return tuple(
        Disclosure(trust_name(evaluation, trust), _one_trust(evaluation, trust), key)
        for trust, key in zip(trusts, part_keys("trust", trusts), strict=True)
    )


def _one_trust(evaluation: Evaluation, trust: str) -> tuple[Block, ...]:
    found = [one for one in evaluation.spec.trusts if one.code == trust]
    about = [f"Service started on {one.launch_date:%-d %B %Y}. {clean(one.note)}".strip() for one in found]
    return only(
        Paragraphs(tuple(about)) if about else None,
        *(estimates_table(evaluation, kind=kind, trust=trust) for kind in KINDS),
        cost_consequence_view(evaluation, trust),
        budget_view(evaluation, trust),
    )


def _consequences(evaluation: Evaluation) -> tuple[Block, ...]:
    total = only(cost_consequence_figure(evaluation), cost_consequence_view(evaluation, TOTAL))
    economics = evaluation.spec.economics
    if not total or economics is None or not economics.unmeasured:
        return total
    named = tuple(clean(name) for name in economics.unmeasured)
    return (*total, Heading("Not measured, and not to be forgotten"), Bullets(named))


def _data(evaluation: Evaluation) -> tuple[Block, ...]:
    """State of the data, and by which rule their counts are shown; nothing when there are no data to speak of."""
    shown = only(cells_figure(evaluation), issues_view(evaluation))
    return (Paragraphs((sharing_words(evaluation),)), *shown) if shown else ()


def _checks(evaluation: Evaluation) -> tuple[Block, ...]:
    return (*only(checks_view(evaluation)), *short_check_blocks(evaluation))


def _one_way(evaluation: Evaluation) -> tuple[Block, ...]:
    figure = one_way_figure(evaluation)
    return (*only(figure or one_way_view(evaluation)), *turning_blocks(evaluation))
