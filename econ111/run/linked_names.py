"""What linked records are said to show, compared with the evidence before anything is sampled."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from econ111.errors import InputError, nearest
from econ111.parameters import load_attendance_evidence
from econ111.specs.schema import Spec

ATTENDANCE_PREFIX = "attended."


def attendance_names(parameters: Path | None = None) -> tuple[str, ...]:
    """Names of the probabilities that join advice to what followed, each once, in the order of the evidence.

    Examples
    --------
    >>> attendance_names()[0]
    'attended.ed.ed_attendance'
    """
    evidence = load_attendance_evidence(parameters)
    pairs = zip(evidence.disposition, evidence.consequence, strict=True)
    return tuple(dict.fromkeys(f"{ATTENDANCE_PREFIX}{advice}.{after}" for advice, after in pairs))


def unmatched_linked(spec: Spec, parameters: Path | None = None) -> list[str]:
    """A sentence for each pattern of `value_of_information.linked` that fits no probability; none when all fit."""
    if spec.value_of_information is None:
        return []
    names = attendance_names(parameters)
    return [
        f"value_of_information.linked: {pattern!r} fits no probability of the evidence. {nearest(pattern, names)}"
        for pattern in spec.value_of_information.linked
        if not any(fnmatchcase(name, pattern) for name in names)
    ]


def check_linked(spec: Spec, parameters: Path | None = None) -> None:
    """Refuse a pattern that fits nothing.

    Raises
    ------
    InputError
        With every such pattern and the nearest name.
    """
    found = unmatched_linked(spec, parameters)
    if found:
        raise InputError("\n".join(found))
