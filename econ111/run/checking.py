"""Everything wrong with an evaluation and its data, found together and before anything is computed.

An evaluation that cannot be read does not keep its data from being checked: they are then checked by themselves,
without the evaluation's trusts and rules.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from econ111.activity.check import check_file
from econ111.activity.reading import Reading, in_order
from econ111.display import Card, Shown
from econ111.errors import DataError, InputError, Issue
from econ111.parameters import load_catalogue
from econ111.prices import price_index
from econ111.run.assumed import structural_names
from econ111.run.call_data import call_layout, inputs_for
from econ111.run.linked_names import unmatched_linked
from econ111.run.money import named_parameters
from econ111.specs.loading import find_data_file, find_named_file, load_spec
from econ111.specs.schema import Spec
from econ111.toml_text import parse_toml


@dataclass(frozen=True, repr=False)
class Checked(Shown):
    """One file and what was found in it, errors first."""

    path: Path
    found: tuple[Issue, ...]

    def _card(self) -> Card:
        errors = sum(issue.severity == "error" for issue in self.found)
        title = f"{self.path.name}: {errors} errors, {len(self.found) - errors} warnings and notes"
        return Card(title, lines=tuple(f"{issue.severity}: {issue}" for issue in self.found))


def check_data(path: Path, *, evaluation: str | None = None) -> list[Checked]:
    """What is wrong with a data file, by itself or for an evaluation.

    Raises
    ------
    InputError
        When the evaluation cannot be read.
    """
    layout = call_layout(load_spec(evaluation)) if evaluation else None
    return [Checked(path, check_file(path, layout).found)]


def check_evaluation(path: Path, *, parameters: Path | None = None) -> list[Checked]:
    """What is wrong with an evaluation, the parameters it names, and its data.

    Parameters
    ----------
    path : Path
        The TOML file.
    parameters : Path, optional
        Folder of parameter files; the shipped one when left out.

    Returns
    -------
    list of Checked
        The evaluation, then the data file if it was found.
    """
    try:
        spec = load_spec(path)
    except DataError as refused:
        return [Checked(path, refused.issues), *_data_alone(path)]
    except InputError as refused:
        return [Checked(path, (Issue("error", path.name, None, str(refused), ""),))]
    found = [*_unknown_parameters(spec, path, parameters), *_missing_files(spec, path)]
    checked = Checked(path, tuple(in_order(found)))
    if spec.data is None or spec.data.layout != "calls" or _missing(spec, path) is not None:
        return [checked]
    data = find_data_file(spec, path)
    reading = check_file(data, call_layout(spec))
    return [checked, Checked(data, tuple(in_order([*reading.found, *_lacking(reading, spec, data.name)])))]


def _lacking(reading: Reading, spec: Spec, file: str) -> list[Issue]:
    """What readable data lack for this evaluation."""
    if any(issue.severity == "error" for issue in reading.found):
        return []
    try:
        return inputs_for(reading, spec, file)[1]
    except InputError as refused:
        return [Issue("error", file, None, str(refused).removeprefix(f"{file}: "), "")]


def _data_alone(path: Path) -> list[Checked]:
    """The data that an unreadable evaluation names, if so much can be made out."""
    try:
        name = parse_toml(path.read_text(encoding="utf-8-sig"))["data"]["file"]
        data = find_named_file("data.file", name, path)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, KeyError, TypeError, InputError):
        return []
    what, remedy = "was checked without the evaluation, which cannot be read yet.", "Mend it and check again."
    return [Checked(data, (*check_file(data).found, Issue("note", data.name, None, what, remedy)))]


def _unknown_parameters(spec: Spec, path: Path, folder: Path | None) -> Iterator[Issue]:
    """An error for each parameter that the evaluation names and that is not in the tables."""
    catalogue = load_catalogue(folder)
    text = path.read_text(encoding="utf-8-sig").splitlines()
    if spec.economics:
        try:
            index = price_index(spec.economics.price_index, edition=spec.economics.price_edition, catalogue=catalogue)
            if spec.study.price_year not in index.years:
                raise InputError(
                    f"{index} has no prices of {spec.study.price_year}. Its years: {', '.join(index.years)}."
                )
        except InputError as unknown:
            yield Issue("error", path.name, _row(text, "price_"), str(unknown), "")
    for unmatched in unmatched_linked(spec, folder):
        yield Issue("error", path.name, _row(text, "linked"), unmatched, "")
    for name, group in _named(spec):
        try:
            catalogue.group(name) if group else catalogue[name]
        except InputError as unknown:
            yield Issue("error", path.name, _row(text, f'"{name}"'), str(unknown), "")


def _row(lines: list[str], words: str) -> int | None:
    return next((number for number, line in enumerate(lines, start=1) if words in line), None)


def _named(spec: Spec) -> list[tuple[str, bool]]:
    """Every parameter that an evaluation names, and whether it is a group of shares."""
    names = [(name, False) for name in (named_parameters(spec.economics, spec.budget_impact) if spec.economics else ())]
    if spec.budget_impact:
        names += [(name, False) for name in spec.budget_impact.population]
    if spec.economics and spec.economics.staffing:
        names += [(name, True) for name in spec.economics.staffing.groups]
    if spec.value_of_information:
        given = spec.value_of_information
        wanted = (given.horizon, given.implementation, given.discount_rate, given.reporting, given.linkage_rate)
        costs = (given.provider_spread, given.set_up_cost, given.cost_per_provider, given.cost_per_month)
        names += [(name, False) for name in (*wanted, *costs) if name]
    if spec.assumptions:
        names += [(name, False) for name in (spec.assumptions.absorbed_share, *structural_names(spec, main=False))]
        groups = (spec.assumptions.crisis_line_mix, spec.assumptions.induced_otherwise)
        names += [(name, True) for name in (*groups, spec.structural.induced_otherwise_survey)]
    return list(dict.fromkeys(names))


def _missing_files(spec: Spec, path: Path) -> Iterator[Issue]:
    given = spec.structural
    wanted = {"structural.crosswalk": given.crosswalk, "structural.crosswalk_audit": given.crosswalk_audit}
    said = [_missing(spec, path), *(_not_found(key, name, path) for key, name in wanted.items() if name)]
    for what in said:
        if what:
            yield Issue("error", path.name, None, what, "")


def _missing(spec: Spec, path: Path) -> str | None:
    return _not_found("data.file", spec.data.file, path) if spec.data else None


def _not_found(key: str, name: str, path: Path) -> str | None:
    try:
        find_named_file(key, name, path)
    except InputError as missing:
        return str(missing)
    return None
