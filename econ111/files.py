"""Writing files so that a reader never meets half of one, and naming them by their content.

A file is written beside its place, verified if the caller can, then moved into place in one step. What a process that
was killed has left half-written is hidden; the first write into the folder an hour later clears it away.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from econ111.errors import Econ111Error, EnvironmentProblem

_OURS = "-econ111-"
_HALF_WRITTEN = re.compile(rf"\..{{0,40}}{_OURS}[a-z0-9_]{{8}}(\.\w+)?", re.ASCII | re.DOTALL)
# Seconds without a change before a half-written file may be cleared away; none of ours takes a minute to write.
_STALE = 3600
_PIECE = 1 << 20


def write_file(path: Path, write: Callable[[Path], None], *, verify: Callable[[Path], object] | None = None) -> Path:
    """Write through a temporary file in the same folder, verify it, and move it into place.

    Parameters
    ----------
    path : Path
        Where the file shall stand. Folders on the way are made.
    write : callable
        Given the temporary path, writes the whole file there.
    verify : callable, optional
        Given the temporary path, raises if what was written cannot be read back.

    Returns
    -------
    Path
        `path`. An older file there is replaced only by a complete new one.

    Raises
    ------
    EnvironmentProblem
        When the disk refuses; the older file, if any, is untouched.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}{_OURS}", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise EnvironmentProblem(f"Cannot write in {path.parent}: {error}. Choose another --out folder.") from error
    temporary = Path(name)
    try:
        _clear_stale(path.parent, now=temporary.stat().st_mtime)
        write(temporary)
        if verify is not None:
            verify(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    except Exception as error:
        # Libraries that write workbooks and arrays put the disk's refusal into errors of their own.
        refusal = _disk_refusal(error)
        if refusal is None:
            raise
        held = " Close it in Excel, if it is open there." if isinstance(refusal, PermissionError) else ""
        raise EnvironmentProblem(
            f"Cannot write {path}: {refusal}. The older file, if any, is unchanged.{held}"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def write_text(path: Path, text: str, *, verify: Callable[[Path], object] | None = None) -> Path:
    """Write UTF-8 text with plain line ends, in one step; see `write_file`."""
    return write_file(path, lambda place: _write_exact(place, text), verify=verify)


def user_cache() -> Path:
    """Folder of what may be made again: `ECON111_CACHE`, or a folder of the user's own cache."""
    chosen = os.environ.get("ECON111_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "econ111"


def sha256_of(*parts: bytes | str | Path | np.ndarray) -> str:
    """Checksum of texts, bytes, numbers and files, in the order given, each part set apart from the next.

    Files are read piece by piece, and numbers where they lie: neither is held a second time.

    Examples
    --------
    >>> sha256_of("a", "b") == sha256_of("ab")
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            _add_file(digest, part)
            continue
        content = _bytes_of(part)
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()


def _bytes_of(part: bytes | str | np.ndarray) -> bytes | memoryview:
    if isinstance(part, np.ndarray):
        return np.ascontiguousarray(part).reshape(-1).view(np.uint8).data
    return part.encode() if isinstance(part, str) else part


def _add_file(digest: hashlib._Hash, path: Path) -> None:
    with path.open("rb") as file:
        digest.update(os.fstat(file.fileno()).st_size.to_bytes(8, "big"))
        while piece := file.read(_PIECE):
            digest.update(piece)


def _disk_refusal(error: BaseException) -> OSError | None:
    """The operating system's own error, if that is what an error comes from."""
    if isinstance(error, Econ111Error):
        return None
    within = [error, error.__cause__, error.__context__]
    return next((each for each in within if isinstance(each, OSError)), None)


def _clear_stale(folder: Path, *, now: float) -> None:
    """Delete what killed processes left in a folder; `now` is by the clock of its disk, which may not be ours.

    Should its writer live after all (a computer that slept), it is told that the file has gone; the older one stands.
    """
    with suppress(OSError):
        for entry in os.scandir(folder):
            if _HALF_WRITTEN.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    if now - entry.stat(follow_symlinks=False).st_mtime > _STALE:
                        os.unlink(entry.path)


def _write_exact(place: Path, text: str) -> None:
    with place.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
