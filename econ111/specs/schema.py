"""What one evaluation may say: the closed set of keys of a `models/*.toml` file, in CHEERS order.

A specification names things (parameters, files, categories); it holds no code and no expressions. Numbers that could
be argued about are parameters, addressed by name, so that each has a source.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1

Disposition = Literal["ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other"]
Estimand = Literal["same_calls", "displaced", "net_system"]
DesignKind = Literal["call_pathway", "outcome_series", "published_shares"]
Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, le=100)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Study(_Closed):
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


class Rule(_Closed):
    """How a source hides and rounds small counts: `*` stands for 0 or 1 up to `below - 1`."""

    below: int = Field(default=0, ge=0)
    zero_included: bool = True
    base: int = Field(default=1, ge=1)
    rounding: Literal["nearest", "up", "none"] = "none"


class Data(_Closed):
    """The call or series file, and how its words map to ours."""

    file: str
    layout: Literal["calls", "type1_series"] = "calls"
    categories: dict[str, Annotated[tuple[Disposition, ...], Field(min_length=1)]] = {}
    max_other_share: Share = 0.5
    rules: dict[str, Rule] = {}
    succession: str | None = None
    region: str | None = None


class Trust(_Closed):
    """One provider (or unit): its code in the data, its area, and when its service started."""

    code: str
    name: str
    launch_date: date
    icb: tuple[str, ...] = ()
    rule: str | None = None
    note: str = ""


class Model(_Closed):
    """Choices of the statistical model; `priors` replaces scales of `data/parameters/priors.csv` by name."""

    harmonics: int = Field(ge=0, le=2)
    minimum_pre_months: int = Field(ge=1)
    priors: dict[str, float] = {}


class Assumptions(_Closed):
    """What calls data cannot tell, each the name of a parameter or of a group of parameters."""

    absorbed_share: str
    crisis_line_mix: str
    induced_otherwise: str


class Series(_Closed):
    """The outcome-series design: what could plausibly change at most, per month, by parameter name."""

    outcome: str
    launch_date: date
    plausible_monthly_effect: str
    left_out_from: date | None = None
    left_out_to: date | None = None


class PublishedShare(_Closed):
    """A share as printed before and after, each with the decimals it was printed with; `None` is not published."""

    disposition: Disposition
    before_percent: Percent | None = None
    after_percent: Percent | None = None
    before_decimals: int = Field(default=0, ge=0)
    after_decimals: int = Field(default=0, ge=0)


class Published(_Closed):
    """A pre/post comparison known only from print."""

    contacts_after: int = Field(gt=0)
    contacts_before: int | None = None
    shares: tuple[PublishedShare, ...]
    source: str


class Consequence(_Closed):
    """What one unit of a consequence costs, whom, and what it occupies; names of parameters, never numbers.

    Without `unit_cost` it is reported in natural units only. `cash_share` is the part that leaves a budget line.
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


class Economics(_Closed):
    """Unit costs by parameter name, service-cost bases, and who pays."""

    estimand: Estimand
    service_cost: str
    service_cost_bases: dict[str, str]
    service_cost_labels: dict[str, str] = {}
    service_payer: str
    consequences: tuple[Consequence, ...]
    unmeasured: tuple[str, ...] = ()
    thresholds: tuple[float, ...] = ()
    price_index: str
    price_edition: str | None = None


class BudgetImpact(_Closed):
    """Years 1 to 5: calls relative to the evaluated period (`uptake`, by year), growth, and whose heads are counted."""

    first_year: str
    uptake: tuple[float, ...] = Field(min_length=1, max_length=5)
    call_growth: str
    set_up_cost: str | None = None
    population: tuple[str, ...] = ()
    population_label: str = ""


class Sampling(_Closed):
    """How many draws, from which seed."""

    tune: int = Field(ge=100)
    draws: int = Field(ge=100)
    chains: int = Field(ge=2)
    seed: int = Field(ge=0)


class Spec(_Closed):
    """One evaluation, whole."""

    schema_version: Literal[1]
    study: Study
    design: DesignKind
    data: Data | None = None
    trusts: tuple[Trust, ...] = ()
    model: Model | None = None
    assumptions: Assumptions | None = None
    series: Series | None = None
    published: Published | None = None
    economics: Economics | None = None
    budget_impact: BudgetImpact | None = None
    sampling: Sampling | None = None
