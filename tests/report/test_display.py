"""Everything that a user gets from the public rooms shows itself: short, escaped, and with the words not to be lost.

The inventory is taken from the rooms: every class that a room names in `__all__`, and every class that one of its
functions returns. An example of each is made from its fields, each text of which tries to run in the reader's notebook.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from call_records import SPEC

import econ111
from econ111 import economics as ec
from econ111.activity import CallLayout, Reading, TrustLayout, call_table_to_frame, state_counts
from econ111.activity.reading import issue_table
from econ111.activity.records import RecordsSpec, load_records_spec
from econ111.display import SYNTHETIC, Shown, Table, as_table, label_draws
from econ111.display.grid import html_grid, words_of
from econ111.economics.staffing import CallWeek, PayTerms
from econ111.errors import Issue
from econ111.parameters import Catalogue, Parameter, example_parameter, load_attendance_evidence, load_catalogue
from econ111.prices import PriceIndex, PriceMove
from econ111.reproduce import Recorded, Reproduction
from econ111.reproduce.lineage import Lineage
from econ111.results import TABLES, Evaluation
from econ111.run.checking import Checked
from econ111.simulate import Recipe, SimulatedCalls, load_recipe
from econ111.specs.schema import Spec
from econ111.verification import verify

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'
LONGEST_TEXT = 4_000
VOID = {"br", "wbr", "hr", "img", "input", "meta", "link"}
# Not shown: what only the sampler or a smoother calls, and warnings.
INNER = {"MixDensity", "VolumeDensity", "ShareDensity", "Density", "Posterior", "Diagnostics", "PolynomialSmoother"}
INNER |= {"EstimatesDiffer", "Pair", "PanelView", "Card", "Shown", "Table", "Tables"}
# Given by functions outside any `__all__`.
MORE = (Recipe, Checked, PriceIndex, PriceMove)


class _Reader(HTMLParser):
    """Reads HTML strictly enough to notice what is not closed, is closed in the wrong order, or would run."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "img", "iframe", "object")
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def well_formed(html: str) -> str:
    """The HTML, if every tag is closed in its order and nothing in it would run."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return html


def html_of(shown: Any) -> str:
    """What a notebook shows."""
    return str(shown._repr_html_())


def _rooms() -> Iterator[Any]:
    yield econ111
    for found in pkgutil.walk_packages(econ111.__path__, "econ111."):
        module = None if found.name.endswith("__main__") else importlib.import_module(found.name)
        if hasattr(module, "__all__"):
            yield module


def _classes(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _classes(part)


def _returned(function: Callable[..., Any]) -> Any:
    try:
        return typing.get_type_hints(function).get("return")
    except NameError:  # a name that is imported for type checking only
        return None


def inventory() -> list[type]:
    """Classes of this package that the rooms name, or that their functions return."""
    found: dict[str, type] = {kind.__name__: kind for kind in MORE}
    for room in _rooms():
        for thing in (getattr(room, name) for name in room.__all__):
            kinds = [thing] if inspect.isclass(thing) else []
            if inspect.isfunction(thing):
                kinds = list(_classes(_returned(thing)))
            found |= {kind.__name__: kind for kind in kinds if kind.__module__.startswith("econ111")}
    chosen = [kind for kind in found.values() if not getattr(kind, "_is_protocol", False)]
    return [kind for kind in chosen if kind.__name__ not in INNER]


def _of_dims(kind: Any) -> Any:
    """A staffing class, which checks its dims: each array with the dims that its name asks for."""
    dims = {"hour_shares": {"hour": 24}, "basic": {"band": 1}, "band_share": {"band": 1}, "zone_share": {"zone": 1}}
    dims |= {f"supplement_{name}": {"zone": 1} for name in ("share", "floor", "cap")}
    sizes = {field.name: dims.get(field.name, {}) for field in dataclasses.fields(kind)}
    return kind(
        **{
            name: xr.DataArray(
                np.full(tuple(size.values()), 1 / max(size.values(), default=1)), dims=list(size), attrs={"unit": EVIL}
            )
            for name, size in sizes.items()
        }
    )


def _example(kind: Any) -> Any:
    """A value of this type, in which every text is hostile."""
    if kind in (CallWeek, PayTerms):
        return _of_dims(kind)
    plain = {str: EVIL, bool: True, int: 3, float: 1.5, date: date(2024, 4, 1), Path: Path("calls.csv"), Any: EVIL}
    if kind in plain:
        return plain[kind]
    if kind is xr.DataArray:
        return xr.DataArray([1.0], dims="sample", attrs={"unit": EVIL, "price_year": "2024/25"})
    if kind is np.ndarray or typing.get_origin(kind) is np.ndarray:
        return np.ones((2, 2))
    if kind is pd.DataFrame:
        return pd.DataFrame({EVIL: [EVIL]}, index=[EVIL])
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{field.name: _example(hints[field.name]) for field in dataclasses.fields(kind)})
    return _compound(typing.get_origin(kind), typing.get_args(kind), kind)


def _compound(origin: Any, parts: tuple[Any, ...], kind: Any) -> Any:
    if origin is typing.Literal:
        return parts[0]
    if origin in (typing.Union, types.UnionType):
        return _example(next(part for part in parts if part is not type(None)))
    if origin in (Mapping, dict):
        return {EVIL: _example(parts[1])}
    if origin is tuple:
        return (_example(parts[0]),) if parts[1:] == (...,) else tuple(_example(part) for part in parts)
    if origin in (Sequence, list):
        return [_example(parts[0])]
    if hasattr(kind, "__value__"):
        return _example(kind.__value__)
    raise TypeError(f"no example of {kind}")


@pytest.fixture(scope="module")
def evil(make_evaluation: Callable[..., Evaluation]) -> Evaluation:
    """An evaluation of two trusts whose codes, names and title are hostile."""
    run = make_evaluation(((EVIL, EVIL), ("RKL", EVIL)))
    study = run.spec.study.model_copy(update={"title": EVIL, "comparator": EVIL, "perspective": EVIL})
    return dataclasses.replace(run, spec=run.spec.model_copy(update={"study": study}))


@pytest.fixture(scope="module")
def examples(evil: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> dict[type, Any]:
    """One object of each class of the inventory."""
    records = tmp_path_factory.mktemp("records") / "records.toml"
    records.write_text(SPEC, encoding="utf-8")
    shipped, parameter = load_catalogue(), example_parameter(name=EVIL)
    calls = pd.DataFrame({"trust": [EVIL], "month": ["2024-04"], "value": [EVIL]})
    nothing = {"table": EVIL, "row": EVIL, "figure": EVIL, "recorded": 1.0, "now": 2.0, "allowed": 0.1}
    figures = pd.DataFrame([nothing | {"verdict": "different"}])
    made: dict[type, Any] = {
        Evaluation: evil,
        Spec: evil.spec,
        Recipe: load_recipe(Path(__file__).resolve().parents[2] / "data/activity/recipes/london-2024.toml"),
        RecordsSpec: load_records_spec(records),
        Parameter: parameter,
        Catalogue: Catalogue({EVIL: parameter}, {"example_source": next(iter(shipped.sources.values()))}, {EVIL: EVIL}),
        Reading: Reading(xr.Dataset(attrs={"file": EVIL}), issue_table([_example(Issue)])),
        SimulatedCalls: SimulatedCalls(calls, calls),
        Recorded: Recorded(Path(EVIL), evil.record, evil.spec, evil.tables, (EVIL,)),
        Reproduction: Reproduction(EVIL, True, (EVIL,), pd.DataFrame(columns=["what", "recorded", "now"]), figures),
        ec.Scale: ec.Scale(decisions_per_year=1, years=1, discount_rate=0.0),
        Lineage: Lineage({EVIL: (EVIL, EVIL)}),
        ec.BudgetPlan: ec.BudgetPlan("2025/26", (1.0,), {"ed_attendance": EVIL}, EVIL),
    }
    return made | {kind: _example(kind) for kind in inventory() if kind not in made}


def test_every_public_class_shows_itself(examples: dict[type, Any]) -> None:
    """HTML that is well formed and runs nothing, hostile text as words; a text that is short and says something."""
    assert len(examples) > 40
    for kind, shown in examples.items():
        assert isinstance(shown, Shown), kind
        html, text = well_formed(html_of(shown)), repr(shown)
        assert kind in (Recipe, RecordsSpec, ec.Scale) or "script" not in text or "&lt;script&gt;" in html, kind
        assert 0 < len(text) < LONGEST_TEXT, kind
        assert not re.search(r"0x[0-9a-f]{6}|<econ111|object at", text + html), kind


def test_what_is_made_up_says_so_wherever_it_is_shown(examples: dict[type, Any]) -> None:
    """A run, its specification, its tables, a record of it, a reproduction and simulated calls, in HTML and in text."""
    for kind in (Evaluation, Spec, Recorded, Reproduction, SimulatedCalls):
        assert SYNTHETIC in html_of(examples[kind]), kind
        assert "synthetic" in repr(examples[kind]).lower(), kind
    for table in examples[Evaluation].tables.values():
        assert SYNTHETIC in html_of(table)
        assert SYNTHETIC in repr(table)


def test_every_attribute_that_completion_offers_can_be_fetched(examples: dict[type, Any]) -> None:
    """`object.<tab>` lists the fields; none of them is missing or hidden in a dictionary."""
    for kind, shown in examples.items():
        fields = [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []
        assert set(fields) <= set(dir(shown)), kind
        assert all(hasattr(shown, name) for name in fields), kind


def test_a_name_from_the_data_cannot_run_in_the_readers_notebook(evil: Evaluation) -> None:
    """Trusts, title, reasons, a column and a row label named <script> come out as words in every table."""
    assert "&lt;script&gt;" in html_of(evil)
    table = as_table(pd.DataFrame({EVIL: [EVIL], "level": [EVIL], "unit": [EVIL]}, index=[EVIL]), EVIL)
    for one in (evil, evil.spec.trusts[0], evil.tables, *evil.tables.values(), table):
        well_formed(html_of(one))


def public_tables(run: Evaluation) -> dict[str, pd.DataFrame]:
    """A table from each public function that gives one and needs no fit."""
    draws, basis = pd.Series(np.tile([-100.0, 300.0], 1000)), ec.Basis(price_year="2024/25")
    effect = draws / 100
    learnt = {"x": draws + 1}
    layout = CallLayout({"A": TrustLayout()})
    assert run.calls is not None
    return {
        "evpi": ec.evpi(draws, basis=basis),
        "evpi_curve": ec.evpi_curve(draws, effect, [0, 100], basis=basis),
        "evppi": ec.evppi(draws, learnt, basis=basis),
        "evppi_curve": ec.evppi_curve(draws, effect, learnt, [0, 100], basis=basis),
        "evsi": ec.evsi(draws, learnt, basis=basis),
        "enbs": ec.enbs(ec.evsi(draws, learnt), scale=ec.Scale(decisions_per_year=1, years=1, discount_rate=0.0)),
        "decision_curve": ec.decision_curve(draws, effect, [0, 100], basis=basis),
        "quadrants": ec.quadrants(draws, effect, basis=basis),
        "cost_per_effect": ec.cost_per_effect(draws, effect, basis=basis),
        "variance_explained": ec.variance_explained(draws, learnt, basis=basis),
        "budget_impact": run.tables["budget_impact"],
        "cost_consequence": run.tables["cost_consequence"],
        "one_way": run.tables["one_way"],
        "catalogue": load_catalogue().to_frame(),
        "evidence": load_attendance_evidence(),
        "issues": issue_table([]),
        "calls": call_table_to_frame(run.calls),
        "states": state_counts(run.calls),
        "verify": verify(run, only=["P1"]),
        "none": as_table(pd.DataFrame(), f"nothing of {layout.lines[0]}"),
    }


def test_every_public_table_has_a_caption_and_is_a_dataframe_still(evaluation: Evaluation) -> None:
    """Each shows its caption in both forms; a column of it is a plain Series."""
    for name, table in public_tables(evaluation).items():
        assert isinstance(table, Table), name
        assert table.attrs["about"], name
        assert table.attrs["about"] in repr(table), name
        well_formed(html_of(table))
        assert not table.shape[1] or type(table.iloc[:, 0]) is pd.Series, name


def test_a_selection_of_a_table_still_says_level_price_year_and_synthetic(evaluation: Evaluation) -> None:
    """Two columns of a money table, without `level` and `price_year`: both are said below, and synthetic above."""
    table = evaluation.tables["scenarios"]
    chosen = table.loc[table.trust == "Total", ["code", "net_value"]].sort_values("net_value").head(2).round(0)
    for text in (repr(chosen), html_of(chosen)):
        assert "95% intervals" in text
        assert "2024/25 prices" in text
        assert SYNTHETIC in text


def test_a_table_laid_out_anew_still_says_what_it_is(evaluation: Evaluation) -> None:
    """Payers by measure, of a budget whose hours have no price year: caption, prices of the pounds, synthetic."""
    budget = evaluation.tables["budget_impact"]
    money = budget[(budget.year == 1) & (budget.trust == "Total") & (budget.unit == "GBP")]
    wide = money.pivot(index="payer", columns="measure", values="mean")
    for text in (repr(wide), html_of(wide)):
        assert "2024/25 prices" in text
        assert SYNTHETIC in text
        assert TABLES["budget_impact"] in text
        assert "payer, by measure" in text
    assert wide.loc["Total", "cash"] == money.set_index(["payer", "measure"])["mean"]["Total", "cash"]


def test_a_level_of_a_factor_is_not_taken_for_that_of_an_interval() -> None:
    """A column `level` of words stays in the table; one of numbers, all the same, is said below it."""
    words = html_of(as_table(pd.DataFrame({"level": ["E1 every caller"], "net_value": [1.0]})))
    assert "E1 every caller" in words
    assert "intervals" not in words
    assert "50% intervals" in html_of(as_table(pd.DataFrame({"level": [0.5, 0.5], "low": [1.0, 2.0]})))


def test_made_up_data_make_up_whatever_they_are_joined_to() -> None:
    """A synthetic table merged with a plain one, or below or above another, is synthetic."""
    made = as_table(pd.DataFrame({"trust": ["A"], "avoided": [1.0]}), "made", synthetic=True)
    plain = as_table(pd.DataFrame({"trust": ["A"], "people": [10]}), "plain")
    for joined in (made.merge(plain, on="trust"), pd.concat([made, plain]), pd.concat([plain, made])):
        assert SYNTHETIC in repr(joined)
    assert SYNTHETIC not in repr(plain)


def test_numbers_are_written_as_a_person_would() -> None:
    """By hand: nothing behind the point of thousands, four figures of small numbers, a dash for none."""
    given = (1234567.891, 0.00012345, -886.3, 2024, 12345, float("nan"), np.bool_(False))
    assert [words_of(one) for one in given] == ["1,234,568", "0.0001234", "-886.3", "2024", "12,345", "–", "no"]
    one_of_thousands = html_grid(pd.DataFrame({"avoided": [840.6, 1027.4]}))
    assert ">841<" in one_of_thousands
    assert ">840.6<" not in one_of_thousands


def test_a_long_table_says_how_many_rows_it_left_out() -> None:
    """Of 100 rows 20 are shown and the number of all is said; 60 are shown whole."""
    long = as_table(pd.DataFrame({"place": range(100)}), "long")
    assert "The first 20 of 100 rows" in html_of(long)
    assert "88 more rows" in repr(long)
    assert "The first" not in html_of(long.head(60))


def test_the_run_lists_its_tables_by_name_and_caption(evaluation: Evaluation) -> None:
    """`run.tables` shows what there is and completes its names; a wrong name is answered with the right ones."""
    tables: Any = evaluation.tables
    assert "estimates" in tables._ipython_key_completions_()
    assert TABLES["estimates"] in html_of(tables)
    assert "synthetic" in repr(tables)
    with pytest.raises(KeyError, match="scenarios"):
        tables["scenario"]


def test_the_arrays_of_a_run_name_dims_units_and_synthetic(evaluation: Evaluation) -> None:
    """No nameless dim, a title, 1 for synthetic, a unit on what has one, words on the dims."""
    for name in ("calls", "posterior"):
        data = getattr(evaluation, name)
        assert data.attrs["synthetic"] == 1
        assert data.attrs["title"] == evaluation.spec.study.title
        assert not [dim for one in data.data_vars.values() for dim in one.dims if str(dim).startswith("dim_")]
        assert data.trust.attrs["long_name"] == "Trust"
    assert evaluation.posterior is not None
    assert evaluation.posterior.expected_with.attrs["units"] == "answered calls a month"


def test_money_without_a_price_year_is_given_that_of_the_evaluation() -> None:
    """And a unit or price year that is there already stays; the data handed over are not changed."""
    draws = xr.Dataset(
        {"cost_avoided": ("sample", [1.0]), "cash": ("sample", [1.0], {"unit": "GBP", "price_year": "2022/23"})}
    )
    labelled = label_draws(draws, title="", synthetic=False, price_year="2024/25")
    assert labelled.cost_avoided.attrs["price_year"] == "2024/25"
    assert (labelled.cash.attrs["units"], labelled.cash.attrs["price_year"]) == ("GBP", "2022/23")
    assert labelled.attrs["synthetic"] == 0
    assert "units" not in draws.cash.attrs


def test_the_estimands_are_an_array_equal_to_their_table(evaluation: Evaluation) -> None:
    """Each number of the table stands at its estimand, item and trust; level, sign and unit are said."""
    wide = evaluation.estimands
    assert wide.avoided.dims == ("estimand", "item", "trust")
    for row in evaluation.estimates.sample(20, random_state=1).to_dict("records"):
        place = {name: row[name] for name in wide.avoided.dims}
        assert float(wide.avoided_low.sel(place)) == row["avoided_low"]
        assert str(wide.verdict.sel(place).item()) == row["verdict"]
    assert (wide.attrs["level"], wide.attrs["synthetic"], wide.attrs["sign"]) == (0.95, 1, "positive is fewer")
    assert wide.avoided.attrs["units"] == "calls"


def test_every_plot_takes_its_axes_by_place_or_by_name_and_gives_them_back() -> None:
    """A tidy table first, then `axes`, so that several stand side by side in one figure."""
    room = importlib.import_module("econ111.report.plots")
    for name in room.__all__:
        arguments = inspect.signature(getattr(room, name)).parameters
        assert list(arguments)[1] == "axes", name
        assert arguments["axes"].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD, name
        assert inspect.signature(getattr(room, name)).return_annotation == "Axes", name
