"""What one evaluation may say: the closed set of keys of a `models/*.toml` file, in CHEERS order.

A specification names things (parameters, files, categories); it holds no code and no expressions. Numbers that could
be argued about are parameters, addressed by name, so that each has a source.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from econ111.display import SYNTHETIC, Card
from econ111.specs.closed import Closed
from econ111.specs.information import ValueOfInformation
from econ111.specs.sharing import Disclosure, Reporting
from econ111.specs.staffing import STAFFING, Staffing

SCHEMA_VERSION = 1

Disposition = Literal["ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other"]
Estimand = Literal["same_calls", "displaced", "net_system"]
DesignKind = Literal["call_pathway", "outcome_series", "published_shares"]
FigureQuantity = Literal[
    "fewer", "change", "relative_change", "after", "share_after", "chi_squared", "quotient", "not_recomputed"
]
Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, le=100)]


class Study(Closed):
    """Who, where, what against what, seen by whom (CHEERS items 1 to 9). `name` also names the folder of results."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: str
    question: str
    population: str
    setting: str
    intervention: str
    comparator: str
    perspective: str
    price_year: str
    period_start: date
    period_end: date
    synthetic: bool = False
    notes: tuple[str, ...] = ()


class Rule(Closed):
    """How a source hides and rounds small counts: `*` stands for 0 or 1 up to `below - 1`."""

    below: int = Field(default=0, ge=0)
    zero_included: bool = True
    base: int = Field(default=1, ge=1)
    rounding: Literal["nearest", "up", "none"] = "none"


class Data(Closed):
    """The call or series file, and how its words map to ours."""

    file: str
    layout: Literal["calls", "type1_series", "outcome_columns"] = "calls"
    categories: dict[str, Annotated[tuple[Disposition, ...], Field(min_length=1)]] = Field(default_factory=dict)
    max_other_share: Share = 0.5
    rules: dict[str, Rule] = Field(default_factory=dict)
    succession: str | None = None
    region: str | None = None


class Trust(Closed):
    """One provider (or unit): its code in the data, its area, and when its service started."""

    code: str
    name: str
    launch_date: date
    icb: tuple[str, ...] = ()
    rule: str | None = None
    note: str = ""


class Model(Closed):
    """Choices of the statistical model; `priors` replaces scales of `data/parameters/priors.csv` by name."""

    harmonics: int = Field(ge=0, le=2)
    minimum_pre_months: int = Field(ge=1)
    priors: dict[str, float] = Field(default_factory=dict)


class Assumptions(Closed):
    """What calls data cannot tell, each the name of a parameter or of a group of parameters."""

    absorbed_share: str
    crisis_line_mix: str
    induced_otherwise: str


class Structural(Closed):
    """What call data cannot judge: the parameters that the scenarios use, by name, and what the main results take.

    `unrecorded_log_odds` is the stem of one parameter for each line and disposition. `tilted` names the dispositions
    whose odds of going unrecorded are gone through on a grid. `crosswalk` and `crosswalk_audit` are files. The keys
    `base_...` choose the scenario on which every other table rests; the others stand beside it.
    """

    unrecorded_log_odds: str = "unrecorded_log_odds"
    unrecorded_odds_limit: str = "unrecorded_odds_limit"
    tilted: tuple[Disposition, ...] = Field(default=("ed",), min_length=1)
    crosswalk: str | None = None
    crosswalk_audit: str | None = None
    transfer_share: str = "transfer_share"
    transfer_overlap: str = "transfer_overlap"
    induced_otherwise_survey: str = "induced_otherwise_survey"
    called_once_share: str = "called_once_share"
    frequent_caller_share: str = "frequent_caller_share"
    frequent_call_share: str = "frequent_call_share"
    avoided_cap: str = "avoided_cap_per_person"
    base_unrecorded: Literal["at_random", "elicited"] = "at_random"
    base_crosswalk: Literal["as_recorded", "stated"] = "as_recorded"
    base_overlap: Literal["none", "stated", "full"] = "none"


class Excluded(Closed):
    """Months of an outcome series not used, from `first` to `last`, and why; of all trusts if none is named."""

    first: date
    last: date
    reason: str = Field(min_length=1)
    trusts: tuple[str, ...] = ()


class Series(Closed):
    """The outcome-series design, and the parameter that says what could plausibly change at most, per month.

    `launch_date` is that of every trust which [[trusts]] does not name; `start` is how the service reaches its effect.
    The first `washout_months` after launch are not counted. Controls are series that the service does not touch:
    trusts without it (`control_trusts`), or other outcomes of the same trusts (`control_outcomes`). `placebo_outcome`
    is one that it should not change, analysed in the same way.
    """

    outcome: str
    launch_date: date
    plausible_monthly_effect: str
    trusts: tuple[str, ...] = ()
    start: Literal["step", "ramp"] = "step"
    washout_months: int = Field(default=0, ge=0)
    excluded: tuple[Excluded, ...] = ()
    control_trusts: tuple[str, ...] = ()
    control_outcomes: tuple[str, ...] = ()
    placebo_outcome: str | None = None


class PublishedShare(Closed):
    """A share as printed before and after, each with the decimals it was printed with; `None` is not published."""

    disposition: Disposition
    before_percent: Percent | None = None
    after_percent: Percent | None = None
    before_decimals: int = Field(default=0, ge=0)
    after_decimals: int = Field(default=0, ge=0)


class PublishedCount(Closed):
    """Events counted before and after, each over some months, and if published the same of an area without the service.

    The control area is counted over the same months as the area with the service.
    """

    outcome: str
    label: str
    before: int = Field(ge=0)
    after: int = Field(ge=0)
    before_months: float = Field(gt=0)
    after_months: float = Field(gt=0)
    control_before: int | None = Field(default=None, ge=0)
    control_after: int | None = Field(default=None, ge=0)


class PublishedRate(Closed):
    """Events a year per so many people, as printed, with the people behind them: the count is known within rounding."""

    outcome: str
    label: str
    before: float = Field(ge=0)
    after: float = Field(ge=0)
    decimals: int = Field(ge=0)
    per: int = Field(gt=0)
    population: int = Field(gt=0)


class PublishedProportion(Closed):
    """A part of a total, both counted, before and after."""

    outcome: str
    label: str
    before: int = Field(ge=0)
    before_of: int = Field(gt=0)
    after: int = Field(ge=0)
    after_of: int = Field(gt=0)


class PublishedEstimate(Closed):
    """A model's estimate as printed: the level without the service, and how the service changed it, with interval."""

    outcome: str
    label: str
    unit: str
    without: float
    change: float
    change_low: float
    change_high: float
    level: float = Field(gt=0, lt=1)
    decimals: int = Field(ge=0)
    comparison: Literal["control area", "projection"]


class PublishedProduct(Closed):
    """What follows from two published estimates multiplied, such as referrals times the share accepted."""

    outcome: str
    label: str
    unit: str
    factors: tuple[str, str]


class PublishedFigure(Closed):
    """One figure as published, and what of ours stands beside it.

    `quantity` is what is computed for `outcome`: `fewer` and its opposite `change`, `relative_change` in %, the number
    `after`, its `share_after` in %, or the `chi_squared` of two counts. `quotient` is `numerator` over `denominator`;
    `not_recomputed` has nothing beside it. `explained` is needed where the two differ by more than the rounding of the
    figure. `taken_as_input` marks what ours is made of, so that agreement proves nothing.
    """

    what: str
    value: float
    decimals: int = Field(default=0, ge=0)
    unit: str
    locator: str
    quantity: FigureQuantity
    outcome: str = ""
    qualifier: Literal["", "fewer than", "almost", "more than"] = ""
    numerator: float | None = None
    denominator: float | None = None
    source: str | None = None
    taken_as_input: bool = False
    explained: str = ""


class Published(Closed):
    """A pre/post comparison known only from print.

    `overdispersion` names the parameter by which counts vary more than by chance alone; `draws` and `seed` are of the
    simulation behind every interval.
    """

    source: str
    contacts_after: int | None = Field(default=None, gt=0)
    contacts_before: int | None = Field(default=None, gt=0)
    shares: tuple[PublishedShare, ...] = ()
    counts: tuple[PublishedCount, ...] = ()
    rates: tuple[PublishedRate, ...] = ()
    proportions: tuple[PublishedProportion, ...] = ()
    estimates: tuple[PublishedEstimate, ...] = ()
    products: tuple[PublishedProduct, ...] = ()
    figures: tuple[PublishedFigure, ...] = ()
    overdispersion: str = "published_overdispersion"
    draws: int = Field(default=200_000, ge=10_000)
    seed: int = Field(default=1, ge=0)


class Consequence(Closed):
    """What one unit of a consequence costs, whom, and what it occupies; names of parameters, never numbers.

    Without `unit_cost` it is reported in natural units only. `cash_share` is the part that leaves a budget line; above
    0 it needs a `payment_rule` of `payment_rules.csv` that lets so much of the price follow activity in every year.
    """

    consequence: str
    label: str
    payer: str
    evidence: str
    cash_class: Literal["cash_releasing", "non_cash_releasing", "societal", "unmonetisable"]
    unit_cost: str | None = None
    capacity: str | None = None
    capacity_unit: str | None = None
    cash_share: Share = 0.0
    payment_rule: str | None = None


class Wider(Closed):
    """A cost outside the study's perspective that follows one of its consequences: so many units for each avoided."""

    name: str
    label: str
    borne_by: str
    follows: str
    per_unit: str
    unit_cost: str
    evidence: str


class Economics(Closed):
    """Unit costs by parameter name, service-cost bases, and who pays."""

    estimand: Estimand
    service_cost: str
    service_cost_bases: dict[str, str]
    service_cost_labels: dict[str, str] = Field(default_factory=dict)
    staffing: Staffing | None = None
    service_payer: str
    consequences: tuple[Consequence, ...]
    unmeasured: tuple[str, ...] = ()
    wider: tuple[Wider, ...] = ()
    wider_unmeasured: tuple[str, ...] = ("police time", "carers' time")
    thresholds: tuple[float, ...] = ()
    price_index: str
    price_edition: str | None = None

    @property
    def bases(self) -> dict[str, str]:
        """Every basis of the service cost with its label; that from the people up last."""
        labels = {name: self.service_cost_labels.get(name, name) for name in self.service_cost_bases}
        return labels | ({STAFFING: self.staffing.label} if self.staffing else {})


class BudgetImpact(Closed):
    """Years 1 to 5: calls relative to the evaluated period (`uptake`, by year), growth, and whose heads are counted.

    `settled_months`: how many of the last evaluated months are a settled service, whose calls then make year 0; left
    out, year 0 is the evaluated period made a year. `price_growth` names the growth of prices for nominal figures.
    """

    first_year: str
    uptake: tuple[float, ...] = Field(min_length=1, max_length=5)
    call_growth: str
    settled_months: int | None = Field(default=None, ge=1)
    price_growth: str | None = None
    set_up_cost: str | None = None
    population: tuple[str, ...] = ()
    population_label: str = ""


class Sampling(Closed):
    """How many draws, from which seed."""

    tune: int = Field(ge=100)
    draws: int = Field(ge=100)
    chains: int = Field(ge=2)
    seed: int = Field(ge=0)


class Spec(Closed):
    """One evaluation, whole."""

    schema_version: Literal[1]
    study: Study
    design: DesignKind
    data: Data | None = None
    disclosure: Disclosure | None = None
    trusts: tuple[Trust, ...] = ()
    model: Model | None = None
    assumptions: Assumptions | None = None
    structural: Structural = Structural()
    series: Series | None = None
    published: Published | None = None
    economics: Economics | None = None
    budget_impact: BudgetImpact | None = None
    reporting: Reporting = Reporting()
    value_of_information: ValueOfInformation | None = None
    sampling: Sampling | None = None

    def _card(self) -> Card:
        study = self.study
        facts = {
            "question": study.question,
            "population": study.population,
            "setting": study.setting,
            "intervention": study.intervention,
            "compared with": study.comparator,
            "perspective": study.perspective,
            "price year": study.price_year,
            "period": f"{study.period_start} to {study.period_end}",
            "design": self.design.replace("_", " "),
            "data": self.data.file if self.data else "printed numbers",
            "trusts": "; ".join(f"{trust.name} ({trust.code}) from {trust.launch_date}" for trust in self.trusts),
            "sections": ", ".join(name for name in type(self).model_fields if getattr(self, name) not in (None, ())),
        }
        marks = (SYNTHETIC,) if study.synthetic else ()
        return Card(study.title, marks, {name: words for name, words in facts.items() if words})
