"""Where numbers come from: `sources.toml`, one entry per publication, and the licences a row may carry."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from econ111.display import Shown
from econ111.errors import Issue, nearest
from econ111.toml_text import parse_toml

SOURCES_FILE = "sources.toml"

LICENCES = {
    "OGL-3.0": "Open Government Licence v3.0: free to use with the attribution in the source",
    "CC-BY-4.0": "Creative Commons Attribution 4.0: free to use with the attribution in the source",
    "CC-BY-NC-SA-4.0": "Creative Commons Attribution-NonCommercial-ShareAlike 4.0: kept in a folder of its own",
    "quoted-figure": "A single figure quoted, with its source, from a work under its publisher's own terms",
    "MIT": "A judgement of this project, under the licence of the code",
}
SHARE_ALIKE = frozenset({"CC-BY-NC-SA-4.0"})


@dataclass(frozen=True)
class Source(Shown):
    """One publication: `url` is where to find it, `seen` where its figures were read if not there."""

    key: str
    title: str
    publisher: str
    year: str
    licence: str
    url: str
    seen: str = ""


def load_sources(folder: Path) -> tuple[dict[str, Source], list[Issue]]:
    """Sources of a parameter folder, with every problem of the file.

    Examples
    --------
    >>> from econ111.resources import shipped_folder
    >>> sources, issues = load_sources(shipped_folder("data/parameters"))
    >>> sources["ncc_2024_25"].publisher, issues
    ('NHS England', [])
    """
    path = folder / SOURCES_FILE
    try:
        entries = parse_toml(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}, [_issue("there is no list of sources.", f"Put {SOURCES_FILE} beside the parameter files.")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [_issue(f"it cannot be read: {error}.", "Mend the file; each key may stand once only.")]
    issues = [issue for key, entry in entries.items() for issue in _problems(key, entry)]
    broken = {issue.column for issue in issues}
    return {key: Source(key=key, **_as_text(entry)) for key, entry in entries.items() if key not in broken}, issues


def _problems(key: str, entry: object) -> list[Issue]:
    allowed = {field.name for field in fields(Source)} - {"key"}
    if not isinstance(entry, dict):
        return [_issue("a source must be a table.", f"Write [{key}] and its keys below.", key)]
    found = [_issue(f"unknown key {word!r}.", nearest(word, allowed), key) for word in entry.keys() - allowed]
    missing = sorted(allowed - {"seen"} - {word for word, value in entry.items() if str(value).strip()})
    if missing:
        found.append(_issue(f"it lacks {', '.join(missing)}.", "Every source needs them.", key))
    elif (licence := str(entry["licence"])) not in LICENCES:
        found.append(_issue(f"licence {licence!r} is not known.", nearest(licence, LICENCES), key))
    return found


def _as_text(entry: dict[str, object]) -> dict[str, str]:
    return {key: str(value).strip() for key, value in entry.items()}


def _issue(what: str, remedy: str, key: str | None = None) -> Issue:
    return Issue("error", SOURCES_FILE, None, what, remedy, column=key)
