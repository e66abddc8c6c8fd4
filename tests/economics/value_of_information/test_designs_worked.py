"""Designs of studies, their scale and cost, and draws in files: each rule at its edge, by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from econ111.economics import Basis, DrawTables, Scale, StudyCost, enbs, read_draws, write_draws
from econ111.economics.value_of_information import audit, completed_return, linked_attendances
from econ111.errors import DataError, InputError

CHANCES = pd.DataFrame({"ed": [0.0, 0.5, 1.0], "rare": [0.1, 0.2, 0.3], "never": [0.5, 0.5, 0.5]})


def test_designs_come_in_order_and_leave_out_what_nobody_bears_on() -> None:
    """Calls of 10, 0.25 and 0.24 a month, half linked, up to 2 providers and 4 months: 40, 1 and 0.96 people.

    Below one person a quantity is left out. Providers and months that were not asked for are not given.
    """
    found = list(
        linked_attendances(
            CHANCES, {"ed": 10.0, "rare": 0.25, "never": 0.24}, providers=[2], months=[4, 1], linkage_rate=0.5,
            provider_spread=0.0, seed=1,
        )
    )  # fmt: skip
    assert [(providers, months) for providers, months, _ in found] == [(2, 1), (2, 4)]
    for _, _, table in found:
        assert table.columns.tolist() == ["ed", "rare"]
        assert (table["ed"][0], table["ed"][2]) == (0.0, 1.0), "what is never seen or always seen is seen so"
    # 0.125 people a month are nobody after one month (a share of 0) and, rounded, nobody or one after four: 0.5.
    assert (found[0][2]["rare"] == 0).all()


def test_larger_designs_add_people_to_smaller_ones() -> None:
    """10 x 0.8 = 8 people a month and provider, so 8, 24 and 16, 48; each share is a count of them, and counts grow."""
    chances = pd.DataFrame({"ed": np.linspace(0.05, 0.95, 400)})
    found = linked_attendances(
        chances, {"ed": 10.0}, providers=[1, 2], months=[1, 3], linkage_rate=0.8, provider_spread=0.5, seed=3
    )
    seen = {(providers, months): table["ed"].to_numpy() * 8 * providers * months for providers, months, table in found}
    for count in seen.values():
        assert count == pytest.approx(np.rint(count), abs=1e-9)
    for small, large, more in (((1, 1), (1, 3), 16), ((1, 1), (2, 1), 8), ((2, 1), (2, 3), 32)):
        added = np.rint(seen[large] - seen[small])
        assert added.min() >= 0 and added.max() <= more
        assert added.mean() == pytest.approx(more / 2, rel=0.05)
    # Two providers differ: their own log odds have the spread, and the number seen in the second is not the first's.
    first, second = seen[1, 3] / 24, (seen[2, 3] - seen[1, 3]) / 24
    spread = np.std(np.where((first > 0) & (second > 0), first - second, 0.0))
    # Var = 2 x mean of p (1 - p) x (1 / 24 + p (1 - p) x 0.5^2) of even p from 0.05 to 0.95; to first order.
    share = chances["ed"].to_numpy() * (1 - chances["ed"].to_numpy())
    assert spread == pytest.approx(math.sqrt(float((2 * share * (1 / 24 + share * 0.25)).mean())), rel=0.15)


def test_an_audit_is_one_provider_of_so_many_calls() -> None:
    """Sizes 4 and 10, all of them bearing on it: shares of 4 and of 10 calls; a certain thing is seen to be so."""
    found = dict(audit(CHANCES[["ed"]], {"ed": 1.0}, calls=[10, 4], seed=1))
    assert list(found) == [4, 10]
    assert found[4]["ed"].tolist()[::2] == [0.0, 1.0]
    assert (found[4]["ed"] * 4 % 1 == 0).all() and (found[10]["ed"] * 10).round(9).mod(1).eq(0).all()


def test_a_completed_return_counts_whole_calls() -> None:
    """2.4 calls are two and 2.6 three; with no call to complete the share is 0."""
    recorded = pd.DataFrame({"ed": [1.0, 0.0, 1.0, 0.5], "home": [1.0, 1.0, 0.0, 0.5]})
    calls = pd.DataFrame({"ed": [2.4, 2.6, 0.4, 2.6], "home": [2.4, 2.6, 0.4, 2.4]})
    table = completed_return(recorded, calls, seed=1)
    assert table.columns.tolist() == ["ed", "home"]
    assert table.iloc[:3].to_numpy().tolist() == [[1, 1], [0, 1], [0, 0]]
    assert (table["ed"][3] * 3 % 1, table["home"][3] * 2 % 1) == (0, 0)


def test_a_design_is_refused_with_every_problem() -> None:
    """Each has a line of its own, with the value that came and what is allowed."""
    chances = pd.DataFrame({"ed": [0.5], "home": [1.5], "police": [0.5]})
    with pytest.raises(InputError) as refused:
        list(
            linked_attendances(
                chances, {"ed": -1.0, "home": math.inf}, providers=[], months=[0], linkage_rate=1.01,
                provider_spread=-0.1, seed=1,
            )
        )  # fmt: skip
    assert str(refused.value).splitlines() == [
        "The study cannot be simulated:",
        "- no number of calls for 'police'.",
        "- 'ed' bears on -1.0 calls.",
        "- 'home' bears on inf calls.",
        "- providers [], each 1 or more.",
        "- months [0], each 1 or more.",
        "- linkage rate 1.01 (above 0, at most 1).",
        "- provider spread -0.1 (0 or above).",
        "- 'home' has draws outside 0 to 1.",
    ]
    for rate, spread in ((0.0, 0.0), (1.0, math.inf)):
        with pytest.raises(InputError, match="cannot be simulated"):
            list(
                linked_attendances(
                    CHANCES[["ed"]], {"ed": 0.0}, providers=[1], months=[1], linkage_rate=rate, provider_spread=spread,
                    seed=1,
                )
            )  # fmt: skip


def test_a_scale_by_hand_at_its_edges() -> None:
    """Three years at 25 %: 1 + 0.8 + 0.64 = 2.44; a report after 1.5 years leaves 0.4 + 0.64; after 3, nothing."""
    whole = Scale(decisions_per_year=2.0, years=3, discount_rate=0.25)
    assert (whole.implementation, whole.delay) == (1.0, 0.0)
    assert whole.factor == pytest.approx(2 * 2.44)
    assert Scale(decisions_per_year=1.0, years=3, discount_rate=0.25, delay=1.5).factor == pytest.approx(1.04)
    assert Scale(decisions_per_year=1.0, years=3, discount_rate=0.25, delay=3.0).factor == 0.0
    assert Scale(decisions_per_year=1.0, years=1, discount_rate=0.0, implementation=0.0).factor == 0.0
    assert Scale(decisions_per_year=1.0, years=2, discount_rate=0.035, implementation=0.25, delay=0.25).words() == (
        "1 such decisions a year for 2 years, discounted at 3.5% a year, 25% implemented, from 3 months after the "
        "start of the study"
    )
    with pytest.raises(InputError) as refused:
        Scale(decisions_per_year=math.inf, years=0, discount_rate=-0.1, implementation=-0.1, delay=-1.0)
    assert str(refused.value) == (
        "The population scale cannot be used: decisions a year inf; years 0; discount rate -0.1; implementation -0.1; "
        "delay -1.0."
    )
    for wrong in ({"decisions_per_year": 0.0}, {"discount_rate": math.inf}, {"implementation": 1.01}):
        with pytest.raises(InputError, match="cannot be used"):
            Scale(**({"decisions_per_year": 1.0, "years": 1, "discount_rate": 0.0} | wrong))  # type: ignore[arg-type]


def test_a_cost_is_stated_when_every_part_is() -> None:
    """Once 5, two for each of 3 providers, 0.5 for each of 4 months: 13. Any part left out leaves it empty."""
    parts = {"set_up": 5.0, "per_provider": 2.0, "per_month": 0.5}
    assert StudyCost(**parts).stated and StudyCost(**parts).of(3, 4) == 13.0
    for name in parts:
        some = StudyCost(**{one: value for one, value in parts.items() if one != name})
        assert not some.stated and math.isnan(some.of(3, 4))


def test_which_designs_are_best_and_nearly_best() -> None:
    """Worth 100, 95, 94 and 100 with no cost stated: two are best, and 95 % is near enough.

    With a cost of 1 for each of 5, 1, 0 and 9 providers, 95, 94, 94 and 91 are left: 0.95 x 95 = 90.25 is near enough.
    With 200 for setting up, none is worth buying, and none is called best.
    """
    designs = pd.DataFrame({"providers": [5, 1, 0, 9], "evsi": [100.0, 95.0, 94.0, 100.0], "standard_error": 2.0})
    scale = Scale(decisions_per_year=1.0, years=1, discount_rate=0.0)
    free = enbs(designs, scale=scale)
    assert free.columns.tolist() == [
        "providers", "evsi", "standard_error", "population_evsi", "population_standard_error", "study_cost", "enbs",
        "best", "nearly_best", "cost_stated", "scale",
    ]  # fmt: skip
    assert free.attrs["about"] == "Worth of each study over the horizon, and less its cost"
    assert (free["best"].tolist(), free["nearly_best"].tolist()) == (
        [True, False, False, True],
        [True, True, False, True],
    )
    assert (set(free["cost_stated"]), set(free["scale"])) == ({"not stated"}, {scale.words()})
    paid = enbs(designs, scale=scale, cost=StudyCost(set_up=0.0, per_provider=1.0, per_month=7.0))
    assert (paid["study_cost"].tolist(), paid["enbs"].tolist()) == ([5, 1, 0, 9], [95, 94, 94, 91])
    assert (paid["best"].tolist(), paid["nearly_best"].tolist()) == ([True, False, False, False], [True] * 4)
    assert set(paid["cost_stated"]) == {"stated"}
    double = enbs(designs.assign(months=2), scale=Scale(decisions_per_year=2.0, years=1, discount_rate=0.0))
    assert (double["population_evsi"][0], double["population_standard_error"][0]) == (200, 4)
    dear = enbs(designs, scale=scale, cost=StudyCost(set_up=200.0, per_provider=0.0, per_month=0.0))
    assert not dear["best"].any() and not dear["nearly_best"].any()
    none = enbs(designs.assign(evsi=0.0), scale=scale)
    assert not none["best"].any() and not none["nearly_best"].any()


def _draws(count: int = 2) -> DrawTables:
    options = pd.DataFrame({"none": np.arange(count) * 1.0, "line": 0.1})
    return DrawTables(options, options, pd.DataFrame({"p": np.arange(count) / 7}), Basis("NA", "2024", "", "none"))


def test_files_of_draws_hold_numbers_a_header_and_words_as_they_are(tmp_path: Path) -> None:
    """No index column; "NA" and "2024" are words of the basis, and what is empty in it is not stated."""
    folder = tmp_path / "new" / "draws"
    for _ in range(2):
        paths = write_draws(_draws(), folder)
    assert [path.name for path in paths] == ["costs.csv", "effects.csv", "parameters.csv", "basis.csv"]
    assert (folder / "costs.csv").read_text(encoding="utf-8").split() == ["none,line", "0.0,0.1", "1.0,0.1"]
    rows = (folder / "basis.csv").read_text(encoding="utf-8").split("\n")
    assert rows[:5] == ["name,value", "comparator,NA", "price_year,2024", "perspective,", "discounting,none"]
    (folder / "costs.csv").write_text("\ufeffnone,line\n0,1\n2,3\n", encoding="utf-8")
    (folder / "basis.csv").write_text("\ufeff" + "\n".join(rows), encoding="utf-8")
    again = read_draws(folder)
    assert again.costs.to_dict("list") == {"none": [0, 2], "line": [1, 3]}
    assert set(again.costs.dtypes) | set(again.effects.dtypes) | set(again.parameters.dtypes) == {np.dtype(float)}
    assert again.basis == Basis("NA", "2024", "not stated", "none")


def test_draws_show_themselves_by_size_options_and_basis() -> None:
    """What a reader sees first: how many draws, the comparator first, the words of the basis, the three tables."""
    assert repr(_draws(1200)).splitlines() == [
        "Draws of a decision",
        "  draws: 1,200",
        "  options, the comparator first: none, line",
        "  comparator: NA",
        "  price year: 2024",
        "  perspective: ",
        "  discounting: none",
        "  Costs, GBP: 1,200 rows",
        "  Effects: 1,200 rows",
        "  Parameters: 1,200 rows",
    ]


def test_every_cell_that_is_no_number_is_named(tmp_path: Path) -> None:
    """In any of the three files, by row as a spreadsheet counts and by column; an empty cell too."""
    write_draws(_draws(), tmp_path)
    (tmp_path / "costs.csv").write_text("none,line\n1,x\n,2\n", encoding="utf-8")
    (tmp_path / "parameters.csv").write_text("p\n1\nmuch\n", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read_draws(tmp_path)
    issues = [(one.severity, one.file, one.row, one.column, one.value) for one in refused.value.issues]
    assert issues == [
        ("error", "costs.csv", 3, "none", ""), ("error", "costs.csv", 2, "line", "x"),
        ("error", "parameters.csv", 3, "p", "much"),
    ]  # fmt: skip
    assert "leaving one out would bias the result" in str(refused.value)


def test_draws_that_do_not_belong_together_are_not_written(tmp_path: Path) -> None:
    """Other options, other lengths, or a value that is not finite: nothing is left behind."""
    good = _draws()
    gap = good.costs.assign(line=np.nan)
    for costs, effects, said in (
        (good.costs, good.effects[["line", "none"]], r"costs have the options \['none', 'line'\] and effects \['line'"),
        (good.costs, good.effects.iloc[:1], "The tables differ in draws: costs 2, effects 1, parameters 2"),
        (gap, good.effects, "net benefit 'line' has 2 draws that are not finite"),
        (good.costs, gap, "net benefit 'line' has 2 draws that are not finite"),
    ):
        with pytest.raises(InputError, match=said):
            write_draws(DrawTables(costs, effects, good.parameters, good.basis), tmp_path / "none")
    assert not (tmp_path / "none").exists()
