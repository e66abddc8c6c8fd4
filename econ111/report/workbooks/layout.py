"""Where things stand in the model workbook: every reference that a formula needs, in one place.

Inputs -> Prices (each input in each draw) -> Workings (value, cost and net value in each draw) -> results sheets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from econ111.report.workbooks.cells import across, cell, down, sheet_name
from econ111.report.workbooks.priced import Priced

COVER, CHECKS, INPUTS, DRAWS, PRICES, WORKINGS = "Cover", "Checks", "Inputs", "Draws", "Prices", "Workings"
TOTALS, ORIGINAL, NAMES, SOURCES = "All trusts", "Original results", "Names", "Sources"
FIXED_SHEETS = (COVER, CHECKS, INPUTS, SOURCES, DRAWS, PRICES, WORKINGS, TOTALS, ORIGINAL, NAMES)
FIRST_DRAW, HEAD_ROW, CODE_ROW = 8, 6, 7
COLUMNS_OF_WORKINGS = 3
INPUT_COLUMN, USED_COLUMN, RUN_COLUMN, CHANGED_COLUMN = 2, 6, 7, 8
FIRST_INPUT = 5


@dataclass(frozen=True)
class Layout:
    """Places of one workbook. Trusts are counted as in `Priced`: the last is the total."""

    priced: Priced
    rows: Mapping[str, int]
    trust_sheets: tuple[str, ...]

    @property
    def total(self) -> int:
        """Place of the total among the trusts."""
        return len(self.priced.trusts) - 1

    @property
    def draws(self) -> str:
        """Reference to the number of draws."""
        return cell(DRAWS, 3, 1)

    def used(self, key: str) -> str:
        """Reference to an input as used."""
        return cell(INPUTS, self.rows[key], USED_COLUMN)

    def sheet(self, trust: int) -> str:
        """Name of the results sheet of a trust or of the total."""
        return TOTALS if trust == self.total else self.trust_sheets[trust]

    def spread(self, key: str) -> int:
        """Column of the Draws sheet with the spread of an input."""
        return self._blocks + self.spread_keys.index(key)

    @property
    def spread_keys(self) -> list[str]:
        """Keys of the inputs that have draws, in the order of their columns."""
        inputs = self.priced.inputs
        single = tuple(one for one in (inputs.growth, inputs.set_up) if one is not None)
        return [one.key for one in (*inputs.unit_costs, *inputs.bases, *inputs.capacities, *single)]

    @property
    def volumes(self) -> int:
        """First column of the Draws sheet with the settled volume of a trust, where there is any."""
        return 1 + self.total * self.wide

    @property
    def wide(self) -> int:
        """Columns of draws of one trust: calls, calls as staffed where there are any, avoided numbers."""
        return 1 + self._staffed + len(self.priced.consequences)

    @property
    def _staffed(self) -> int:
        return int(self.priced.staffed is not None)

    @property
    def _blocks(self) -> int:
        return self.volumes + (self.total if self.priced.volume is not None else 0)

    def volume(self, trust: int) -> str:
        """Reference to the settled volume of a trust in every draw."""
        return self.column(DRAWS, self.volumes + trust)

    @property
    def settled_total(self) -> int:
        """First column on Workings of the total over a settled month: avoided numbers, value, service cost."""
        return self.worked(self.total, 2) + 1

    @property
    def workings(self) -> int:
        """Number of columns of Workings after that of the draw."""
        more = len(self.priced.consequences) + 2 if self.priced.volume is not None else 0
        return self.worked(self.total, 2) + more

    def block(self, trust: int) -> int:
        """First column of a trust's draws, its calls; on the Draws sheet, or for the total on Workings."""
        return 1 + (COLUMNS_OF_WORKINGS if trust == self.total else self.wide) * trust

    def charged(self, trust: int, base: int) -> int:
        """Column with the calls of a trust as one of the bases charges them, on the sheet of its block."""
        last = len(self.priced.inputs.bases) - 1
        return self.block(trust) + (1 if self._staffed and base == last else 0)

    def charged_calls(self, trust: int, base: int) -> str:
        """Reference to the calls of a trust in every draw as one of the bases charges them."""
        return self.column(self._source(trust), self.charged(trust, base))

    def first_avoided(self, trust: int) -> int:
        """First column of a trust's avoided numbers."""
        return self.block(trust) + 1 + self._staffed

    def calls(self, trust: int) -> str:
        """Reference to the calls of a trust in every draw."""
        return self.column(self._source(trust), self.block(trust))

    def avoided(self, trust: int, consequence: int) -> str:
        """Reference to the avoided numbers of a trust in every draw."""
        return self.column(self._source(trust), self.first_avoided(trust) + consequence)

    def avoided_across(self, trust: int, row: int) -> str:
        """Reference to the avoided numbers of the valued consequences in one draw."""
        return across(self._source(trust), row, self.first_avoided(trust), len(self.priced.valued))

    def worked(self, trust: int, which: int) -> int:
        """Column on Workings of a trust's value (0), service cost (1) and net value (2)."""
        ahead = self.wide if trust == self.total else 0
        return 1 + COLUMNS_OF_WORKINGS * trust + ahead + which

    def value(self, trust: int) -> str:
        """Reference to the value avoided in every draw."""
        return self.column(WORKINGS, self.worked(trust, 0))

    def service_cost(self, trust: int) -> str:
        """Reference to the service cost in every draw, on the base chosen."""
        return self.column(WORKINGS, self.worked(trust, 1))

    def net_value(self, trust: int) -> str:
        """Reference to the net value in every draw."""
        return self.column(WORKINGS, self.worked(trust, 2))

    def price_columns(self) -> list[str]:
        """Keys of the columns of Prices, after the number of the draw."""
        inputs = self.priced.inputs
        keys = [*(one.key for one in inputs.unit_costs), "call_cost", *(one.key for one in inputs.capacities)]
        years = [f"factor_{year}" for year in range(1, len(inputs.uptake) + 1)]
        return [*keys, *years, *((inputs.set_up.key,) if inputs.set_up else ())]

    def price(self, key: str) -> str:
        """Reference to a price, a capacity or a factor in every draw."""
        return self.column(PRICES, 1 + self.price_columns().index(key))

    def spread_column(self, key: str) -> str:
        """Reference to the spread of an input in every draw."""
        return self.column(DRAWS, self.spread(key))

    def _source(self, trust: int) -> str:
        return WORKINGS if trust == self.total else DRAWS

    def column(self, sheet: str, column: int) -> str:
        """Reference to one column of a sheet of draws, from the first draw to the last."""
        return down(sheet, FIRST_DRAW, self.priced.size, column)


def lay_out(priced: Priced) -> Layout:
    """Places of everything, before anything is written."""
    rows: dict[str, int] = {}
    row = FIRST_INPUT
    for title, inputs in priced.inputs.sections:
        row += 1
        for one in inputs:
            rows[one.key] = row
            row += 1
        extra = {"Interval": ("low_tail", "high_tail"), "Cost of an answered call, by basis": ("basis",)}
        for key in extra.get(title, ()):
            rows[key] = row
            row += 1
        row += 1
    sheets: list[str] = []
    for code in priced.trusts[:-1]:
        sheets.append(sheet_name(f"Trust {code}", [*FIXED_SHEETS, *sheets]))
    return Layout(priced, rows, tuple(sheets))
