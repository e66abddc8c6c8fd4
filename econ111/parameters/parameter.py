"""One parameter: a number, what it means, how sure we are of it, and where a stranger can find it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from econ111.display import Card, Shown
from econ111.intervals import INTERVAL_LEVEL, interval_label
from econ111.parameters.distributions import CONSTANT, quantile
from econ111.units import is_money

GROUP_MARK = "."


@dataclass(frozen=True, repr=False)
class Parameter(Shown):
    """One row of a parameter file.

    `value` is always the mean of the distribution, in `unit`; money is in the prices of `price_year`. `low` and `high`
    are 95% bounds for a gamma, beta, normal or lognormal, the ends for a uniform or triangular, and the printed range
    for a value that is not drawn (fixed, scenario). `effective_n` is what a beta or Dirichlet is worth in
    observations. `year` is the year that a value describes when it is not money. `index`, `edition` and `status` are
    filled for price indices. `row` counts as an editor does: the header is row 1.
    """

    name: str
    description: str
    unit: str
    value: float
    distribution: str
    standard_error: float | None
    low: float | None
    high: float | None
    effective_n: float | None
    price_year: str
    source: str
    locator: str
    licence: str
    confidence: str
    note: str
    year: str = ""
    index: str = ""
    edition: str = ""
    status: str = ""
    review_date: date | None = None
    file: str = ""
    row: int = 0

    @property
    def group(self) -> str:
        """The Dirichlet group this is a component of; empty when it stands alone."""
        return self.name.partition(GROUP_MARK)[0] if GROUP_MARK in self.name else ""

    @property
    def component(self) -> str:
        """Its name inside the group; empty when it stands alone."""
        return self.name.partition(GROUP_MARK)[2]

    @property
    def drawn(self) -> bool:
        """Whether draws of it differ; fixed values and scenarios do not."""
        return self.distribution not in CONSTANT

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys in `sources.toml`: one, or several for a value derived from several."""
        return tuple(key.strip() for key in self.source.split(";"))

    def interval(self, level: float = INTERVAL_LEVEL) -> tuple[float, float]:
        """Equal-tailed interval of its own distribution; a constant is its own interval.

        Examples
        --------
        A uniform from 20 to 40 has its central half from 25 to 35.

        >>> example_parameter(distribution="uniform", value=30.0, low=20.0, high=40.0).interval(0.5)
        (25.0, 35.0)
        """
        tail = (1 - level) / 2
        low, high = quantile(self, [tail, 1 - tail])
        return float(low), float(high)

    def describe(self) -> dict[str, str]:
        """The parameter in words, for one row of a table; nothing is left unsaid.

        Examples
        --------
        >>> example_parameter().describe()["value"]
        '100 GBP per contact in 2023/24 prices'
        """
        prices = f" in {self.price_year} prices" if is_money(self.unit) else f" ({self.year})" if self.year else ""
        return {
            "name": self.name,
            "description": self.description,
            "value": f"{self.value:,.10g} {self.unit}{prices}",
            "uncertainty": self._uncertainty(),
            "source": self.source,
            "locator": self.locator,
            "licence": self.licence,
            "confidence": self.confidence,
            "note": self.note,
            "file": f"{self.file} row {self.row}",
        }

    def _card(self) -> Card:
        facts = {heading: words for heading, words in self.describe().items() if words and heading != "name"}
        return Card(f"Parameter {self.name}", (), facts)

    def _uncertainty(self) -> str:
        if self.drawn:
            low, high = self.interval()
            return f"{self.distribution}, {interval_label()} {low:,.5g} to {high:,.5g}"
        if self.low is None or self.high is None:
            return f"{self.distribution}, not drawn"
        return f"{self.distribution}, not drawn; printed range {self.low:,.10g} to {self.high:,.10g}"


def example_parameter(
    *,
    distribution: str = "gamma",
    value: float = 100.0,
    standard_error: float | None = None,
    low: float | None = None,
    high: float | None = None,
    effective_n: float | None = None,
    name: str = "example_contact",
    unit: str = "GBP per contact",
) -> Parameter:
    """A made-up parameter for examples and tests; a standard error of a tenth when no spread is given."""
    given = (standard_error, low, high, effective_n) != (None,) * 4 or distribution in CONSTANT
    return Parameter(
        name=name,
        description="Illustration only",
        unit=unit,
        value=value,
        distribution=distribution,
        standard_error=standard_error if given else abs(value) / 10,
        low=low,
        high=high,
        effective_n=effective_n,
        price_year="2023/24" if is_money(unit) else "",
        source="example_source",
        locator="Table 1",
        licence="MIT",
        confidence="low",
        note="Made up",
        file="example.csv",
        row=2,
    )
