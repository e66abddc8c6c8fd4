"""Moving money between price years, by a named index and edition.

An amount in prices of year a is worth amount x level(b) / level(a) in prices of year b. Indices are rows of the
parameter files with `index`, `edition` and `year`: either a level (unit `index`) or a change into the year (unit
`percent`), which is chained: level(year) = level(year before) x (1 + change / 100). The edition is part of the name,
because indices are revised: the change in NHS pay and prices into 2023/24 was first printed as 4.31% and a year later
as 2.47%, which makes results uprated through that year 1.8% too high.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

import xarray as xr

from econ111.display import Shown
from econ111.errors import InputError, nearest
from econ111.parameters.catalogue import Catalogue, load_catalogue
from econ111.parameters.checks import year_problem
from econ111.parameters.parameter import Parameter


@dataclass(frozen=True, repr=False)
class PriceIndex(Shown):
    """One edition of an index: a level per year, the status of years, and whether it is a chain of changes."""

    name: str
    edition: str
    levels: dict[str, float]
    status: dict[str, str] = field(default_factory=dict)
    chained: bool = False

    @property
    def years(self) -> list[str]:
        """Years it covers, in order."""
        return sorted(self.levels)

    def leans_on(self, from_year: str, to_year: str, *, status: str) -> tuple[str, ...]:
        """Years of that status whose figures a move uses: every change on the way, or the two levels."""
        first, last = sorted((from_year, to_year))
        used = [year for year in self.years if first < year <= last] if self.chained else sorted({first, last})
        return tuple(year for year in used if self.status.get(year) == status) if first != last else ()


@dataclass(frozen=True)
class PriceMove(Shown):
    """How one amount is moved: multiply by `factor`; `provisional` and `derived` name years it leans on."""

    factor: float
    from_year: str
    to_year: str
    index: str
    edition: str
    provisional: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = {"provisional": self.provisional, "derived": self.derived}
        marks = [f"{status}: {', '.join(years)}" for status, years in named.items() if years]
        label = "; ".join([f"{self.index}, edition {self.edition}", *marks])
        return f"{self.from_year} to {self.to_year}: x {self.factor:.4f} ({label})"


def move_price[Amount: (float, xr.DataArray)](
    value: Amount,
    *,
    from_year: str,
    to_year: str,
    index: str,
    edition: str | None = None,
    catalogue: Catalogue | None = None,
) -> Amount:
    """An amount in the prices of another year.

    Parameters
    ----------
    value : float or DataArray
        GBP in the prices of `from_year`, any shape.
    from_year, to_year : str
        As the index has them: `2024/25`, or `2024` for a calendar-year index. Either may be the earlier.
    index : str
        Such as `gdp_deflator` or `nhscii_pay_prices`.
    edition : str, optional
        The newest when left out.
    catalogue : Catalogue, optional
        Where the index is kept; the shipped parameters when left out.

    Returns
    -------
    Same as `value`
        GBP in the prices of `to_year`; a DataArray says so in its attribute `price_year`, and by which
        `price_index` and `price_factor` it was moved.

    Raises
    ------
    InputError
        For an index, edition or year that is not there; the message says what is.

    Examples
    --------
    From 2022/23 the deflator rises from 91.2996 to 100.

    >>> round(move_price(91.2996, from_year="2022/23", to_year="2024/25", index="gdp_deflator"), 6)
    100.0
    """
    move = price_move(from_year=from_year, to_year=to_year, index=index, edition=edition, catalogue=catalogue)
    moved = value * move.factor
    if isinstance(moved, xr.DataArray) and isinstance(value, xr.DataArray):
        label = f"{move.index}, edition {move.edition}"
        return moved.assign_attrs(value.attrs, price_year=to_year, price_index=label, price_factor=move.factor)
    return moved


def move_price_split[Amount: (float, xr.DataArray)](
    value: Amount,
    *,
    from_year: str,
    to_year: str,
    pay_share: float,
    pay_index: str = "nhscii_pay",
    prices_index: str = "nhscii_prices",
    edition: str | None = None,
    catalogue: Catalogue | None = None,
) -> Amount:
    """An amount in the prices of another year, its pay and its other prices each moved by an index of their own.

    Parameters
    ----------
    value, from_year, to_year, edition, catalogue
        As for `move_price`.
    pay_share : float
        Share of the amount in `from_year` that is pay, from 0 to 1.
    pay_index, prices_index : str
        Indices for the two parts; one edition for both.

    Returns
    -------
    Same as `value`
        value x (pay_share x pay factor + (1 - pay_share) x prices factor).

    Raises
    ------
    InputError
        For a share outside 0 to 1, and as `move_price`.

    Examples
    --------
    Pay rose by 5.11 % into 2024/25 and prices by 2.04 %: 100 of which 70 are pay become 70 x 1.0511 + 30 x 1.0204.

    >>> round(move_price_split(100.0, from_year="2023/24", to_year="2024/25", pay_share=0.7), 4)
    104.189
    """
    if not 0 <= pay_share <= 1:
        raise InputError(f"pay_share is {pay_share!r}. Give the share of the amount that is pay, from 0 to 1.")
    indices = {pay_index: pay_share, prices_index: 1 - pay_share}
    moves = {
        name: price_move(from_year=from_year, to_year=to_year, index=name, edition=edition, catalogue=catalogue)
        for name in indices
    }
    moved = value * sum(share * moves[name].factor for name, share in indices.items())
    if isinstance(moved, xr.DataArray) and isinstance(value, xr.DataArray):
        label = " and ".join(f"{move.index}, edition {move.edition}" for move in moves.values())
        return moved.assign_attrs(value.attrs, price_year=to_year, price_index=label)
    return moved


def price_move(
    *, from_year: str, to_year: str, index: str, edition: str | None = None, catalogue: Catalogue | None = None
) -> PriceMove:
    """The factor between two price years, and what it leans on. See `move_price`.

    Examples
    --------
    >>> print(price_move(from_year="2022/23", to_year="2024/25", index="gdp_deflator"))
    2022/23 to 2024/25: x 1.0953 (gdp_deflator, edition 2026-03)
    """
    chosen = price_index(index, edition=edition, catalogue=catalogue)
    for year in (from_year, to_year):
        _check_year(year, chosen)
    return PriceMove(
        factor=chosen.levels[to_year] / chosen.levels[from_year],
        from_year=from_year,
        to_year=to_year,
        index=chosen.name,
        edition=chosen.edition,
        provisional=chosen.leans_on(from_year, to_year, status="provisional"),
        derived=chosen.leans_on(from_year, to_year, status="derived"),
    )


def price_index(name: str, *, edition: str | None = None, catalogue: Catalogue | None = None) -> PriceIndex:
    """One edition of an index; the newest edition when none is named.

    Examples
    --------
    >>> price_index("gdp_deflator").years[-1]
    '2024/25'
    """
    indices = price_indices(catalogue)
    editions = {key[1] for key in indices if key[0] == name}
    if not editions:
        raise InputError(f"There is no price index named {name!r}. {nearest(name, {key[0] for key in indices})}")
    wanted = max(editions) if edition is None else edition
    if wanted not in editions:
        raise InputError(f"{name} has no edition {wanted!r}. Its editions are: {', '.join(sorted(editions))}.")
    return indices[name, wanted]


def price_indices(catalogue: Catalogue | None = None) -> dict[tuple[str, str], PriceIndex]:
    """Every index by (name, edition).

    Raises
    ------
    InputError
        When an edition mixes levels and changes, repeats a year or leaves out a year in between.
    """
    rows: dict[tuple[str, str], list[Parameter]] = defaultdict(list)
    for parameter in (_shipped() if catalogue is None else catalogue).parameters.values():
        if parameter.index:
            rows[parameter.index, parameter.edition].append(parameter)
    return {key: _index_of(key, sorted(members, key=lambda p: p.year)) for key, members in rows.items()}


@lru_cache(maxsize=1)
def _shipped() -> Catalogue:
    return load_catalogue()


def _index_of(key: tuple[str, str], rows: list[Parameter]) -> PriceIndex:
    units = {row.unit for row in rows}
    years = [row.year for row in rows]
    if units not in ({"index"}, {"percent"}) or not all(years) or not key[1] or len(set(years)) < len(years):
        where = f"{rows[0].file} row {rows[0].row}"
        raise InputError(
            f"{where}: index {key[0]!r}, edition {key[1]!r}, cannot be read. Give an edition, one row per year, "
            "and either the unit 'index' throughout or 'percent' throughout."
        )
    chained = units == {"percent"}
    levels = _chain(rows) if chained else {row.year: row.value for row in rows}
    return PriceIndex(key[0], key[1], levels, {row.year: row.status for row in rows if row.status}, chained)


def _chain(rows: list[Parameter]) -> dict[str, float]:
    """Levels from changes; the year before the first change is 100."""
    level = 100.0
    levels = {_year_before(rows[0].year): level}
    for row in rows:
        if _year_before(row.year) not in levels:
            raise InputError(
                f"{row.file} row {row.row}: {row.index}, edition {row.edition}, has no change into "
                f"{_year_before(row.year)}. Add the row; a chain cannot skip a year."
            )
        level *= 1 + row.value / 100
        levels[row.year] = level
    return levels


def _year_before(year: str) -> str:
    start = int(year[:4]) - 1
    return f"{start}/{(start + 1) % 100:02d}" if "/" in year else str(start)


def _check_year(year: str, index: PriceIndex) -> None:
    if year in index.levels:
        return
    problem = year_problem(year)
    what = f"{year!r}: {problem}" if problem else f"{index.name}, edition {index.edition}, has no level for {year!r}."
    raise InputError(f"{what} Its years are: {', '.join(index.years)}.")
