"""Coverage-guided fuzzing of every reader: whatever bytes come, a reader returns data or one of econ111's own errors.

    python benchmarks/fuzz_readers.py --seconds 60 [--reader calls] [--out docs/reliability/fuzz.csv]

Atheris watches which branches of econ111's readers each mutation reaches and keeps those that reach new ones. It is not
among econ111's own packages; install it beside them (`pip install atheris`). Without it the same mutations are made
at random, and the table says so. Each reader runs in a process of its own, so that one that dies is seen.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import io
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("reader", "seconds", "executions", "taken", "refused", "faults", "guided")
# Pieces that spoil files of their kind more often than random bytes do.
PIECES = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1a", b"\r", b'"', b";", b"\t", b",,,,", b"-", b"*", b"<5", b"n/a",
    b"=1+1", b"9" * 25, b"1e400", b"-0", b"nan", b"inf", b"1,234", b"2024-13-01", b"0001-01-01", b"29/02/2023",
    b"31/12/9999", b"{", b"}", b"[" * 40, b"]", b"null", b"true", b"\xc3\xa9", "\u202e\u0660\u00b2\ufeff".encode(),
    b"'", b'"""', b"[a.b]\n", b"[[trusts]]\n", b"1979-05-27T07:32:00Z", b"..", b"/", b"PK\x03\x04", b"\n\n",
)  # fmt: skip


def main() -> None:
    """Fuzz the chosen readers one after the other, print a line each, and write the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=int, default=60, help="for each reader")
    asked.add_argument("--reader", action="append", help="one reader; may be given again; all when left out")
    asked.add_argument("--out", type=Path, help="CSV file for the table")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--child", help=argparse.SUPPRESS)
    given = asked.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    if given.child:
        _fuzz(given.child, given.seconds, given.seed)
        return
    from reader_files import READERS

    rows = [_in_a_process(name, given.seconds, given.seed) for name in given.reader or READERS]
    _tell(rows)
    if given.out:
        _write(given.out, rows)
    sys.exit(any(row["faults"] for row in rows))


def _in_a_process(name: str, seconds: int, seed: int) -> dict[str, object]:
    command = [sys.executable, __file__, "--child", name, "--seconds", str(seconds), "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 600)
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"reader"')]
    if not lines:
        print(done.stderr[-4000:], file=sys.stderr)
        return dict.fromkeys(COLUMNS, 0) | {"reader": name, "seconds": seconds, "faults": 1, "guided": "died"}
    row = json.loads(lines[-1])
    for fault in row.pop("kinds"):
        print(f"{name}: {fault}", file=sys.stderr)
    print(f"{name:18} {row['executions']:>9,} executions, {row['faults']} faults", flush=True)
    return row


class _Trial:
    """One reader under fuzzing: what was executed, and every kind of fault with the first file that showed it."""

    def __init__(self, name: str, seconds: int, folder: Path) -> None:
        from reader_files import READERS

        from econ111.errors import Econ111Error

        self.reader = READERS[name]
        self.clean = Econ111Error
        self.folder = folder
        self.seconds = seconds
        self.start = time.monotonic()
        self.taken = self.refused = 0
        self.kinds: dict[str, str] = {}

    def one(self, content: bytes) -> None:
        """Read these bytes; any exception that is not econ111's own is a fault."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        try:
            self.reader.read(self.reader.put(self.folder, content))
            self.taken += 1
        except self.clean:
            self.refused += 1
        except Exception as fault:
            frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if "econ111/" in frame.filename]
            where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "elsewhere"
            kind = f"{type(fault).__name__} at {where}"
            self.kinds.setdefault(kind, f"{kind}: {str(fault)[:100]} | {content[:3000]!r}")

    def finish(self, *, guided: bool) -> None:
        """Print the counts as one line of JSON."""
        spent = time.monotonic() - self.start
        row = (self.reader.name, round(spent), self.taken + self.refused, self.taken, self.refused, len(self.kinds))
        found = dict(zip(COLUMNS, (*row, "yes" if guided else "no"), strict=True))
        print(json.dumps(found | {"kinds": list(self.kinds.values())}), flush=True)


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """A file with one to four places changed: a piece put in, bytes cut out, a line repeated, a cell replaced.

    Of a workbook, in three times out of four, the XML of one part is changed and not the bytes of the zip file.
    """
    if content.startswith(b"PK\x03\x04") and chance.random() < 0.75:
        try:
            return _spoilt_workbook(content, chance)
        except Exception:  # what was spoilt before may open as anything
            return _bytes_spoilt(content, chance)
    return _bytes_spoilt(content, chance)


def _bytes_spoilt(content: bytes, chance: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(made))
        match chance.randint(0, 5):
            case 0:
                made[at:at] = chance.choice(PIECES)
            case 1:
                del made[at : at + chance.choice((1, 2, 10, 200))]
            case 2:
                made[at : at + 1] = bytes([chance.randint(0, 255)])
            case 3:
                lines = bytes(made).split(b"\n")
                lines.insert(chance.randint(0, len(lines)), chance.choice(lines))
                made = bytearray(b"\n".join(lines))
            case _:
                cells = list(re.finditer(rb"[^,\n:{}\[\]]+", made))
                if cells:
                    cell = chance.choice(cells)
                    made[cell.start() : cell.end()] = chance.choice((*PIECES, chance.choice(cells)[0]))
    return bytes(made)


def _spoilt_workbook(content: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(parts))  # fails on a zip without parts
    parts[name] = spoilt(parts[name], chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for each, part in parts.items():
            archive.writestr(each, part)
    return stream.getvalue()


def _fuzz(name: str, seconds: int, seed: int) -> None:
    guided = importlib.util.find_spec("atheris") is not None
    home = Path(tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    try:
        if guided:
            _guided(name, seconds, seed, home)
        else:
            trial = _Trial(name, seconds, home / "files")
            chance, pool = random.Random(seed), [trial.reader.good]
            while time.monotonic() < trial.start + seconds:
                trial.one(spoilt(chance.choice(pool), chance))
            trial.finish(guided=False)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _guided(name: str, seconds: int, seed: int, home: Path) -> None:
    """Atheris keeps the corpus and chooses what to change; half of the changes are those of `spoilt`."""
    import atheris

    with atheris.instrument_imports(include=["econ111"]):
        trial = _Trial(name, seconds, home / "files")
    corpus = home / "corpus"
    corpus.mkdir()
    (corpus / "good").write_bytes(trial.reader.good)

    def one(content: bytes) -> None:
        if time.monotonic() > trial.start + seconds:
            trial.finish(guided=True)
            shutil.rmtree(home, ignore_errors=True)
            import os

            os._exit(0)
        trial.one(content)

    def changed(content: bytes, most: int, chance: int) -> bytes:
        draw = random.Random(chance)
        made = spoilt(content, draw) if draw.random() < 0.5 else atheris.Mutate(content, most)
        return bytes(made)[:most]

    most = max(2 * len(trial.reader.good), 4096)
    options = [
        f"-seed={seed}",
        f"-max_len={most}",
        "-verbosity=0",
        "-rss_limit_mb=6000",
        "-timeout=120",
        f"-artifact_prefix={home}/",
        str(corpus),
    ]
    atheris.Setup([sys.argv[0], *options], one, custom_mutator=changed)
    atheris.Fuzz()


def _tell(rows: list[dict[str, object]]) -> None:
    executions = sum(int(str(row["executions"])) for row in rows)
    minutes = sum(int(str(row["seconds"])) for row in rows) / 60
    faults = sum(int(str(row["faults"])) for row in rows)
    print(f"{len(rows)} readers, {executions:,} executions in {minutes:.0f} minutes, {faults} kinds of fault")


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
