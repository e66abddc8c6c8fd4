"""Where the files that ship with the package are: evaluations, parameters, activity data.

A wheel carries them under `econ111/_files/`; an editable install and a checkout have them at the top level.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from econ111.errors import InputError, nearest

_PACKAGE = Path(__file__).resolve().parent


def shipped_folder(name: str) -> Path:
    """Folder of shipped files: `models`, `data/parameters` or `data/activity`.

    Raises
    ------
    InputError
        When neither the installed package nor the checkout has it.
    """
    for root in (_PACKAGE / "_files", _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise InputError(f"The installed econ111 lacks its folder {name!r}. Install the package again.")


def shipped_model(name: str) -> Path:
    """TOML file of a shipped evaluation, by its name without the ending.

    Raises
    ------
    InputError
        When there is no such evaluation; the message names the nearest.
    """
    path = shipped_folder("models") / f"{name}.toml"
    if not path.is_file():
        raise InputError(f"There is no evaluation named {name!r}. {nearest(name, shipped_models())}")
    return path


def shipped_models() -> list[str]:
    """Names of the shipped evaluations, in alphabetical order."""
    return sorted(path.stem for path in shipped_folder("models").glob("*.toml"))


@cache
def package_texts() -> tuple[str, ...]:
    """Every module and table of the package itself: what figures depend on besides their inputs and libraries."""
    paths = [path for suffix in ("py", "csv", "toml") for path in sorted(_PACKAGE.rglob(f"*.{suffix}"))]
    return tuple(path.read_text(encoding="utf-8") for path in paths)
