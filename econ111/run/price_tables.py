"""Two tables a reviewer asks for first: how each price was moved between years, and what discounting would change."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from econ111 import economics as e
from econ111.economics.joint import study_of
from econ111.economics.tables import frame_of
from econ111.economics.totals import TOTAL
from econ111.errors import InputError
from econ111.intervals import INTERVAL_LEVEL, summarise
from econ111.parameters import Catalogue
from econ111.prices import PriceMove, price_move
from econ111.specs.schema import Spec
from econ111.units import is_money

ALTERNATIVE = "nhscii_pay_prices"
RATES = {
    "": "none: budgets are not discounted",
    "discount_rate_costs": "in force",
    "discount_rate_review_2026": "recommended, not in force when last seen",
    "discount_rate_health_green_book": "for health effects in departments' appraisals",
}


def price_years_table(spec: Spec, catalogue: Catalogue, names: dict[str, str]) -> pd.DataFrame:
    """How each price that the evaluation uses came into the price year of the study.

    Returns
    -------
    DataFrame
        parameter, value (as printed), from_year, to_year, index, edition, factor, moved_value, provisional and derived
        (years it leans on), source (titles, of the index), alternative (factor of NHS pay and prices, NaN where that
        index has no such year or is not installed), difference (moved by the alternative over moved as it is, less 1),
        use.
    """
    economics = spec.economics
    if economics is None:
        raise InputError(f"{spec.study.name} has no [economics] section. Add it to compute costs.")
    rows = []
    for name, use in names.items():
        parameter = catalogue[name]
        if not is_money(parameter.unit):
            continue
        years = {"from_year": parameter.price_year, "to_year": spec.study.price_year}
        own = None
        if parameter.price_year != spec.study.price_year:
            own = price_move(**years, index=economics.price_index, edition=economics.price_edition, catalogue=catalogue)
        other = _alternative(catalogue, **years) if own else None
        factor = own.factor if own else 1.0
        rows.append({
            "parameter": name, "unit": parameter.unit, "value": parameter.value, **years,
            "index": own.index if own else "", "edition": own.edition if own else "", "factor": factor,
            "moved_value": parameter.value * factor, "provisional": ", ".join(own.provisional) if own else "",
            "derived": ", ".join(own.derived) if own else "",
            "source": _source(catalogue, own) if own else "", "alternative": other.factor if other else None,
            "difference": other.factor / factor - 1 if other else None, "use": use,
        })  # fmt: skip
    return pd.DataFrame(rows).astype({"alternative": float, "difference": float})


def present_values_table(budget: xr.Dataset, catalogue: Catalogue) -> pd.DataFrame:
    """The budget over all its years under each discount rate, all trusts and payers together.

    Parameters
    ----------
    budget : Dataset (sample, estimand, trust, payer, year)
        Result of `budget_impact`, real.
    catalogue : Catalogue
        For the rates.

    Returns
    -------
    DataFrame
        rate, name, status, measure (economic_value, service_cost, net_cost at economic value), mean, low, high, years,
        level, unit, price_year, comparator, perspective, note.
    """
    spent = budget["service_cost"] + budget["set_up_cost"] if "set_up_cost" in budget else budget["service_cost"]
    whole = {"economic_value": budget["economic_value"], "service_cost": spent}
    summed = {
        name: amount.sum([dim for dim in ("trust", "payer") if dim in amount.dims]) for name, amount in whole.items()
    }
    summed["net_cost"] = summed["service_cost"] - summed["economic_value"]
    about = {**study_of(budget), "level": INTERVAL_LEVEL, "unit": "GBP", "price_year": budget.attrs["price_year"]}
    kept = {name: about[name] for name in ("comparator", "perspective", "level", "unit", "price_year") if name in about}
    parts = []
    for name, status in RATES.items():
        rate = catalogue[name].value if name else 0.0
        for measure, amount in summed.items():
            draws = e.present_value(amount.assign_attrs(price_basis="real"), rate=rate)
            table = frame_of(summarise(draws))[["mean", "low", "high"]]
            note = catalogue[name].note if name else ""
            parts.append(table.assign(rate=rate, name=name, status=status, measure=measure, note=note))
    table = pd.concat(parts, ignore_index=True).assign(years=budget.sizes["year"], trust=TOTAL, **kept)
    first = ["rate", "name", "status", "measure", "trust", "mean", "low", "high", "years"]
    return table[[*first, *[column for column in table if column not in first]]]


def _source(catalogue: Catalogue, move: PriceMove) -> str:
    """Titles of the sources of the levels that a move leans on, each once."""
    frame = catalogue.to_frame()
    here = (frame["index"] == move.index) & (frame["edition"] == move.edition)
    levels = frame[here & frame["year"].isin([move.from_year, move.to_year])]
    keys = dict.fromkeys(key.strip() for keys in levels["source"] for key in str(keys).split(";"))
    return "; ".join(catalogue.sources[key].title for key in keys)


def _alternative(catalogue: Catalogue, *, from_year: str, to_year: str) -> PriceMove | None:
    try:
        return price_move(from_year=from_year, to_year=to_year, index=ALTERNATIVE, catalogue=catalogue)
    except InputError:
        return None
