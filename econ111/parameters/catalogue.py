"""All parameters of one folder, checked together and addressed by name.

The folder holds thematic CSV files of openly licensed rows, sub-folders of rows under a share-alike licence, and
`sources.toml`. A sub-folder that is absent is skipped, so the open rows must be enough for a base case.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from econ111.display import Card, Shown, as_table
from econ111.errors import DataError, InputError, Issue
from econ111.files import sha256_of
from econ111.parameters.checks import OPTIONAL, REQUIRED, cross_row_problems, parameter_from
from econ111.parameters.evidence import EVIDENCE_FILE
from econ111.parameters.parameter import Parameter
from econ111.parameters.payment_rules import PAYMENT_RULES_FILE
from econ111.parameters.sources import SHARE_ALIKE, SOURCES_FILE, Source, load_sources
from econ111.parameters.text_table import read_text_table
from econ111.resources import shipped_folder


@dataclass(frozen=True, repr=False)
class Catalogue(Shown):
    """Parameters by name, with their sources and the checksum of each file they were read from.

    Examples
    --------
    >>> catalogue = load_catalogue()
    >>> catalogue["ed_attendance_all"].value
    280.17
    """

    parameters: Mapping[str, Parameter]
    sources: Mapping[str, Source]
    file_checksums: Mapping[str, str]

    def __getitem__(self, name: str) -> Parameter:
        """The parameter of that name; InputError naming the nearest when there is none."""
        if name not in self.parameters:
            raise InputError(f"There is no parameter named {name!r}. {self._remedy(name)}")
        return self.parameters[name]

    def __contains__(self, name: object) -> bool:
        return name in self.parameters

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.parameters)

    def _card(self) -> Card:
        years = sorted({parameter.price_year for parameter in self.parameters.values()} - {""})
        facts = {
            "parameters": f"{len(self)}, of which {sum(p.drawn for p in self.parameters.values())} are drawn",
            "sources": str(len(self.sources)),
            "price years": ", ".join(years),
            "checksum": self.checksum()[:16],
        }
        shown = ["name", "description", "value", "unit", "price_year", "distribution", "confidence", "source"]
        return Card("Parameters by name", (), facts, (), {"Parameters": self.to_frame()[shown]})

    def group(self, name: str) -> tuple[Parameter, ...]:
        """Components of a Dirichlet group, in the order of the file.

        Examples
        --------
        >>> [parameter.component for parameter in load_catalogue().group("crisis_line_mix")]
        ['ed', 'ambulance', 'primary_care', 'crisis_mh', 'self_care', 'other']
        """
        members = tuple(parameter for parameter in self.parameters.values() if parameter.group == name)
        if not members:
            groups = sorted({parameter.group for parameter in self.parameters.values()} - {""})
            raise InputError(f"There is no group of parameters named {name!r}. The groups are: {', '.join(groups)}.")
        return members

    def to_frame(self) -> pd.DataFrame:
        """Every column of every row, with the titles of its sources, for a table or a search."""
        columns = [field.name for field in fields(Parameter)]
        rows = [[getattr(parameter, column) for column in columns] for parameter in self.parameters.values()]
        frame = pd.DataFrame(rows, columns=columns)
        titles = ["; ".join(self.sources[key].title for key in p.sources) for p in self.parameters.values()]
        return as_table(frame.assign(source_title=titles), "Parameters, with sources")

    def overdue(self, on: date) -> list[Issue]:
        """A warning for each parameter whose review date has passed."""
        return [
            Issue(
                "warning", p.file, p.row, f"{p.name} was due for review on {p.review_date}.", "Look for a newer value."
            )
            for p in self.parameters.values()
            if p.review_date is not None and p.review_date < on
        ]

    def checksum(self) -> str:
        """One checksum over every file of the folder; it changes when any of them does."""
        return sha256_of(*(part for item in sorted(self.file_checksums.items()) for part in item))

    def _remedy(self, name: str) -> str:
        close = difflib.get_close_matches(name, self.parameters, n=3, cutoff=0.6)
        nearest = f"Did you mean {' or '.join(map(repr, close))}?" if close else "`econ111 parameters` lists them all."
        if any(parameter.licence in SHARE_ALIKE for parameter in self.parameters.values()):
            return nearest
        return f"{nearest} Rows under a share-alike licence stand in a sub-folder, which is not installed here."


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read and check every parameter file of a folder.

    Parameters
    ----------
    folder : Path, optional
        A folder of parameter files with `sources.toml`; the shipped one when left out.

    Returns
    -------
    Catalogue
        Parameters by name, their sources, and the checksum of every file.

    Raises
    ------
    DataError
        With every problem of every file: blanks, numbers that are none, units and sources that are not known, money
        without a price year, distributions that cannot be built, names twice, shares that do not add up to one.

    Examples
    --------
    >>> load_catalogue()["mh_liaison_contact"].unit
    'GBP per contact'
    """
    folder = shipped_folder("data/parameters") if folder is None else folder
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Name the folder that holds the parameter files.")
    sources, issues = load_sources(folder)
    found: list[Parameter] = []
    for path in parameter_files(folder):
        label = path.relative_to(folder).as_posix()
        rows, faults = read_text_table(path, label=label, required=REQUIRED, optional=OPTIONAL)
        issues += faults
        for row in rows:
            parameter, faults = parameter_from(row, sources=sources)
            issues += faults
            found += [parameter] if parameter is not None else []
    if not issues:
        issues = cross_row_problems(found)
    if not issues and not found:
        raise InputError(f"{folder} holds no parameter files. Put CSV files there.")
    if issues:
        raise DataError(issues)
    return Catalogue(
        parameters=MappingProxyType({parameter.name: parameter for parameter in found}),
        sources=MappingProxyType(sources),
        file_checksums=MappingProxyType(_checksums(folder)),
    )


def parameter_files(folder: Path) -> list[Path]:
    """Files of a parameter folder that hold parameters, in alphabetical order, the open ones first."""
    found = (*sorted(folder.glob("*.csv")), *sorted(folder.glob("*/*.csv")))
    return [path for path in found if path.name not in (EVIDENCE_FILE, PAYMENT_RULES_FILE)]


def _checksums(folder: Path) -> dict[str, str]:
    """Checksum of each file's text, so that line ends do not matter."""
    named = (SOURCES_FILE, EVIDENCE_FILE, PAYMENT_RULES_FILE)
    others = [folder / name for name in named if (folder / name).is_file()]
    files = [*parameter_files(folder), *others]
    return {path.relative_to(folder).as_posix(): sha256_of(path.read_text(encoding="utf-8-sig")) for path in files}
