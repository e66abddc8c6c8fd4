"""Whether a file kept still while it was read, and whether it lies where its name says.

A file that grows or is written over while it is read gives half of one state and half of another. Its size, the time
of its last change and its first and last megabyte are compared before and after: a file of records may be too large
to be read twice. A link that leads out of its folder is followed, because the folder is the user's own, and said.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from econ111.activity.reading import file_error
from econ111.errors import DataError, Issue

END = 1_000_000


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    r"""Refuse what was read in a `with` block when the file changed meanwhile, whatever else was found in it.

    Raises
    ------
    DataError
        When size, time of change or content differ after the block, or the file has gone.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     growing = Path(folder) / "records.csv"
    ...     _ = growing.write_text("call\n1\n")
    ...     with unchanged(growing):
    ...         _ = growing.write_text("call\n1\n2\n")
    Traceback (most recent call last):
    econ111.errors.DataError: records.csv: changed while it was read...
    """
    before = _state(path)
    try:
        yield
    except DataError:
        _compare(path, before)
        raise
    _compare(path, before)


def link_issues(path: Path) -> list[Issue]:
    """A warning for a file that is a link to another folder; none for a file, or for a link within its folder.

    The other folder is not named: what is written about the data may be shared, and a path says where others lie.
    """
    if not path.is_symlink() or path.resolve().parent == path.parent.resolve():
        return []
    what = f"is a link that leads out of its folder, to a file named {path.resolve().name!r}."
    remedy = "That file was read; if this is not meant, put a copy in the folder."
    return [Issue("warning", path.name, None, what, remedy)]


def _state(path: Path) -> tuple[object, ...] | None:
    """Size, time of change and checksum of both ends; None where there is no file that can be read."""
    try:
        with path.open("rb") as stream:
            about = os.fstat(stream.fileno())
            digest = hashlib.sha256(stream.read(END))
            stream.seek(max(about.st_size - END, 0))
            digest.update(stream.read(END))
        return about.st_size, about.st_mtime_ns, about.st_ino, digest.hexdigest()
    except OSError:
        return None


def _compare(path: Path, before: tuple[object, ...] | None) -> None:
    if before is None:
        return
    after = _state(path)
    if after == before:
        return
    was, now = (f"{state[0]:,} bytes" if state else "gone" for state in (before, after))
    how = f"it had {was} and is {now}" if after is None else f"it had {was} and has {now}"
    what = f"changed while it was read ({how}), so that nothing read from it can be used."
    raise file_error(path.name, what, "Wait until it is written, or copy it, and read that.")
