"""Which rule an evaluation publishes its observed counts by.

Stated in [disclosure]; left out, the strictest of the rules by which its data came; if none of those hides anything,
the rule of the Mental Health Services Data Set, whose numbers are parameters. A series that an official publication
has already released needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from econ111.activity.cells import Cell, CellRule, Rounding, parse_count
from econ111.display import Shown
from econ111.parameters import Catalogue
from econ111.specs.schema import Rule, Spec

PARAMETERS = ("disclosure_first_hidden", "disclosure_below", "disclosure_base")
PUBLISHED_LAYOUTS = ("type1_series",)


@dataclass(frozen=True)
class DisclosureRule(Shown):
    """Counts from `first_hidden` to `below - 1` are hidden, the others rounded; `source` says whose rule it is."""

    below: int
    zero_included: bool = True
    base: int = 1
    rounding: Rounding = "none"
    source: str = ""

    @property
    def first_hidden(self) -> int:
        """The smallest hidden count."""
        return 0 if self.zero_included else 1

    @property
    def cells(self) -> CellRule:
        """The same rule, as a reader of what was published applies it."""
        return CellRule(self.below, self.zero_included, self.base, self.rounding)

    def hides(self, count: int) -> bool:
        """Whether a count is small enough to be hidden for itself.

        Examples
        --------
        >>> rule = DisclosureRule(below=8, zero_included=False)
        >>> [rule.hides(count) for count in (0, 1, 7, 8)]
        [False, True, True, False]
        """
        return self.first_hidden <= count < self.below

    def printed(self, count: int) -> int:
        """The number printed for a count that is not hidden.

        Examples
        --------
        >>> rule = DisclosureRule(below=5, base=5, rounding="nearest")
        >>> [rule.printed(count) for count in (5, 7, 8, 12)]
        [5, 5, 10, 10]
        """
        if not self.cells.rounds:
            return count
        up = self.base - 1 if self.rounding == "up" else self.base // 2
        return (count + up) // self.base * self.base

    def bounds(self, count: int) -> tuple[int, int]:
        """Least and greatest count that would be printed as this one is: all that a reader of it can know.

        Examples
        --------
        >>> DisclosureRule(below=5, base=5, rounding="nearest").bounds(6)
        (5, 7)
        """
        read = parse_count(str(self.printed(count)), self.cells)
        if not isinstance(read, Cell) or read.low is None or read.high is None:
            raise ValueError(f"{count} is hidden by this rule")
        return read.low, read.high

    def words(self) -> str:
        """The rule as a sentence for readers.

        Examples
        --------
        >>> print(DisclosureRule(below=5, base=5, rounding="nearest", source="MHSDS").words())
        Observed counts under 5, zero included, are hidden, with others where they could be worked out; the rest are \
rounded to the nearest 5 (MHSDS).
        """
        zero = "zero included" if self.zero_included else "zero shown"
        how = {"nearest": f"rounded to the nearest {self.base}", "up": f"rounded up to {self.base}"}.get(
            self.rounding if self.cells.rounds else "none", "shown as they are"
        )
        whose = f" ({self.source})" if self.source else ""
        return (
            f"Observed counts under {self.below}, {zero}, are hidden, with others where they could be worked out; "
            f"the rest are {how}{whose}."
        )


def publishing_rule(spec: Spec, catalogue: Catalogue) -> DisclosureRule | None:
    """The rule that an evaluation publishes by.

    Parameters
    ----------
    spec : Spec
        Its [disclosure] section, or else the rules of its data.
    catalogue : Catalogue
        Holds the numbers of the rule used when neither says anything.

    Returns
    -------
    DisclosureRule or None
        None when there are no counts of its own to protect: printed shares, or an official series already published.
    """
    given = spec.disclosure
    if given is not None:
        source = given.source or "as stated in the evaluation"
        return DisclosureRule(given.below, given.zero_included, given.base, given.rounding, source)
    if spec.design == "published_shares" or (spec.data and spec.data.layout in PUBLISHED_LAYOUTS):
        return None
    declared = [spec.data.rules[trust.rule] for trust in spec.trusts if trust.rule] if spec.data else []
    hiding = [rule for rule in declared if rule.below > 0]
    return _strictest(hiding) if hiding else _shipped(catalogue)


def disclosure_record(rule: DisclosureRule | None, *, applied: bool) -> Mapping[str, Any]:
    """What the record of a run says of disclosure control."""
    return {"applied": applied, "rule": None if rule is None else asdict(rule)}


def _strictest(rules: Iterable[Rule]) -> DisclosureRule:
    """One rule that hides and rounds at least what each of them does."""
    rules = list(rules)
    coarsest = max(rules, key=lambda rule: rule.base if rule.rounding != "none" else 1)
    return DisclosureRule(
        below=max(rule.below for rule in rules),
        zero_included=any(rule.zero_included for rule in rules),
        base=coarsest.base,
        rounding=coarsest.rounding,
        source="the rule by which the data came",
    )


def _shipped(catalogue: Catalogue) -> DisclosureRule:
    first, below, base = (int(catalogue[name].value) for name in PARAMETERS)
    source = catalogue.sources[catalogue[PARAMETERS[1]].sources[0]].title
    return DisclosureRule(below, first == 0, base, "nearest" if base > 1 else "none", source)
