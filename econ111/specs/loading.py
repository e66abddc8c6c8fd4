"""Reading a specification: TOML to a `Spec`, with every fault named at once and the nearest valid key suggested."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from econ111.errors import DataError, InputError, Issue, nearest
from econ111.resources import shipped_folder, shipped_model
from econ111.specs.economics_checks import economics_faults
from econ111.specs.published_checks import published_faults
from econ111.specs.schema import SCHEMA_VERSION, Spec
from econ111.toml_text import parse_toml

_NEEDED = {
    "call_pathway": ("data", "trusts", "model", "assumptions", "economics", "sampling"),
    "outcome_series": ("data", "model", "series", "sampling"),
    "published_shares": ("published",),
}


def load_spec(name_or_path: str | Path) -> Spec:
    """Read one evaluation.

    Parameters
    ----------
    name_or_path : str or Path
        Name of a shipped evaluation, or path of a TOML file (ending in `.toml`).

    Returns
    -------
    Spec

    Raises
    ------
    InputError
        When there is no such evaluation or file.
    DataError
        With every unknown key, missing key and wrong value of the file.

    Examples
    --------
    >>> load_spec("hampshire-2021").design
    'published_shares'
    """
    path = spec_file(name_or_path)
    text = _read(path)
    try:
        content = parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError([Issue("error", path.name, None, f"not valid TOML: {error}.", "Mend that line.")]) from error
    return parse_spec(content, path.name, text)


def spec_file(name_or_path: str | Path) -> Path:
    """The TOML file of an evaluation: a path, or the name of one that ships.

    Raises
    ------
    InputError
        When there is no such file or name.
    """
    path = Path(name_or_path) if str(name_or_path).endswith(".toml") else shipped_model(str(name_or_path))
    if not path.is_file():
        raise InputError(f"There is no file {path}. Give a path to a .toml file, or the name of a shipped evaluation.")
    return path


def parse_spec(content: Mapping[str, Any], name: str, text: str = "") -> Spec:
    """A specification from its keys and values, as TOML or a run's record hold them.

    Parameters
    ----------
    content : mapping
        The whole specification.
    name : str
        File that errors name.
    text : str
        The file's text, in which errors find their row.

    Raises
    ------
    DataError
        With every unknown key, missing key and wrong value.
    """
    version = content.get("schema_version")
    if version != SCHEMA_VERSION:
        remedy = f"Write schema_version = {SCHEMA_VERSION}, or use the release of econ111 that wrote this file."
        what, row = "schema_version is not one that this release reads.", _row_of(("schema_version",), text)
        raise DataError([Issue("error", name, row, what, remedy, value=str(version))])
    try:
        spec = Spec.model_validate(content)
    except ValidationError as error:
        raise DataError([_explain(fault, name, text) for fault in error.errors()]) from error
    _check_whole(spec, name, text)
    return spec


def find_data_file(spec: Spec, spec_path: Path | None) -> Path:
    """The data file that a specification names: beside it, or among the shipped activity data.

    Raises
    ------
    InputError
        When it is in neither place, or the name points outside its folder.
    """
    if spec.data is None:
        raise InputError(f"{spec.study.name} names no data file.")
    _check_plain("data.succession", spec.data.succession or "")
    return find_named_file("data.file", spec.data.file, spec_path)


def find_named_file(key: str, name: str, spec_path: Path | None) -> Path:
    """A file that a key of a specification names: beside it, or among the shipped activity data.

    Raises
    ------
    InputError
        When it is in neither place, or the name points outside its folder.
    """
    _check_plain(key, name)
    folders = [spec_path.parent] if spec_path is not None else []
    for folder in (*folders, shipped_folder("data/activity")):
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"{key} {name!r} was not found. Put it beside the specification.")


def _check_plain(key: str, text: str) -> None:
    if Path(text).is_absolute() or ".." in Path(text).parts:
        raise InputError(f"{key} must be a plain name or a path below the specification, not {text!r}.")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as UTF-8 text: {error}.") from error


def _explain(fault: Any, file: str, text: str) -> Issue:
    place = [part for part in fault["loc"] if isinstance(part, str)]
    key = place[-1] if place else ""
    row = _row_of(fault["loc"], text)
    if fault["type"] == "extra_forbidden":
        allowed = _keys_at(tuple(fault["loc"][:-1]))
        return Issue("error", file, row, f"unknown key {'.'.join(place)!r}.", nearest(key, allowed))
    if fault["type"] == "missing":
        return Issue(
            "error", file, row, f"the key {'.'.join(place)!r} is missing.", "Add it; see models/ for examples."
        )
    shown = fault.get("input")
    value = str(shown)[:80] if not isinstance(shown, dict) else None
    return Issue("error", file, row, f"{'.'.join(place)}: {fault['msg']}.", "Correct the value.", value=value)


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Spec
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            inner = _model_within(model.model_fields[part].annotation)
            if inner is None:
                return []
            model = inner
    return list(model.model_fields)


def _model_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_within(part) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)


def _row_of(place: Sequence[str | int], text: str) -> int | None:
    """Line on which a key is first written; within a repeated table, of its own repetition, else that one's heading."""
    names = [part for part in place if isinstance(part, str)]
    key = re.compile(rf"^\s*(\[+.*\b)?{re.escape(names[-1])}\b") if names else None
    rows = list(enumerate(text.splitlines(), start=1))
    heading = None
    for depth, part in enumerate(place):
        table = f"[[{'.'.join(str(name) for name in place[:depth])}]]"
        found = [n for n, line in rows if line.split("#")[0].strip() == table]
        if isinstance(part, int) and part < len(found):
            heading, rows = found[part], rows[found[part] :]
            rows = list(takewhile(lambda row: not row[1].lstrip().startswith("["), rows))
    return next((n for n, line in rows if key and key.match(line)), heading)


def _check_whole(spec: Spec, file: str, text: str) -> None:
    """Faults that no single key shows."""
    found = [
        Issue("error", file, None, f"design {spec.design!r} needs the section [{name}].", "Add it.")
        for name in _NEEDED[spec.design]
        if not getattr(spec, name)
    ]
    if spec.study.period_end < spec.study.period_start:
        found.append(
            Issue("error", file, _row_of(("period_end",), text), "the period ends before it starts.", "Correct it.")
        )
    codes = [trust.code for trust in spec.trusts]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        row = _row_of(("trusts", len(codes) - 1 - codes[::-1].index(code), "code"), text)
        found.append(Issue("error", file, row, f"trust {code!r} is listed twice.", "Remove one."))
    found += _same_name(spec, file, text)
    rules = spec.data.rules if spec.data else {}
    for trust in spec.trusts:
        if trust.rule is not None and trust.rule not in rules:
            remedy = nearest(trust.rule, rules) if rules else "Add [data.rules.NAME]."
            found.append(
                Issue("error", file, None, f"trust {trust.code!r} names an unknown rule {trust.rule!r}.", remedy)
            )
    structural = spec.structural
    if structural.crosswalk is None and (structural.crosswalk_audit or structural.base_crosswalk == "stated"):
        what = "[structural] builds on a crosswalk and names none."
        found.append(Issue("error", file, _row_of(("structural",), text), what, "Name the file: crosswalk = ..."))
    if spec.published is not None:
        row = _row_of(("published",), text)
        found += [Issue("error", file, row, what, remedy) for what, remedy in published_faults(spec.published)]
    for key, what, remedy in economics_faults(spec.economics) if spec.economics else ():
        found.append(Issue("error", file, _row_of(("economics", key), text), what, remedy))
    if found:
        raise DataError(found)


def _same_name(spec: Spec, file: str, text: str) -> list[Issue]:
    """One trust under two codes would be counted as two; two trusts of one name could not be told apart."""
    names = [" ".join(trust.name.casefold().split()) for trust in spec.trusts]
    found = []
    for place, trust in enumerate(spec.trusts):
        first = spec.trusts[names.index(names[place])]
        if first.code != trust.code:
            what = f"trusts {first.code!r} and {trust.code!r} have the same name, {trust.name!r}."
            remedy = "If they are one trust, keep one code and add its counts up; if they are two, name them apart."
            found.append(Issue("error", file, _row_of(("trusts", place, "name"), text), what, remedy))
    return found
