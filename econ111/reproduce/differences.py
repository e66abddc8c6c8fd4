"""What is not as it was when a run was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

COLUMNS = ("what", "recorded", "now")


def differences(recorded: Mapping[str, Any], fresh: Mapping[str, Any]) -> pd.DataFrame:
    """Every package, checksum and piece of code that two records do not share.

    Parameters
    ----------
    recorded, fresh : mapping
        Records of the two runs, from `econ111.results.make_record`.

    Returns
    -------
    DataFrame
        what, recorded, now; no row when nothing differs.

    Examples
    --------
    >>> then = {"seed": 1, "versions": {"numpy": "2.0"}, "checksums": {"data": {}, "parameters": "aa", "spec": "bb"}}
    >>> now = {**then, "versions": {"numpy": "2.1"}}
    >>> differences(then, now).values.tolist()
    [['package numpy', '2.0', '2.1']]
    """
    pairs = {"seed": (recorded.get("seed"), fresh.get("seed"))}
    pairs |= _pairs("package", recorded.get("versions"), fresh.get("versions"))
    pairs |= _pairs("machine", recorded.get("machine"), fresh.get("machine"))
    pairs |= _pairs("code", recorded.get("code"), fresh.get("code"))
    then, now = recorded["checksums"], fresh["checksums"]
    pairs |= {name: (then.get(name), now.get(name)) for name in ("spec", "parameters")}
    pairs |= _pairs("data file", then.get("data"), now.get("data"))
    rows = [(name, _short(old), _short(new)) for name, (old, new) in pairs.items() if old != new]
    return pd.DataFrame(rows, columns=COLUMNS)


def _pairs(kind: str, then: Any, now: Any) -> dict[str, tuple[Any, Any]]:
    then, now = then or {}, now or {}
    return {f"{kind} {name}": (then.get(name), now.get(name)) for name in {**then, **now}}


def _short(value: Any) -> str:
    """A checksum by its first digits; what was not recorded says so."""
    if value is None:
        return "not recorded"
    text = str(value)
    return text[:12] if len(text) in (40, 64) and text.isalnum() else text
