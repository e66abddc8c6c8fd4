"""How fast single calls are counted, against SQL written by hand for the same file, in one run on one machine.

    python benchmarks/aggregate_records.py                     # 5 million synthetic calls, Parquet
    python benchmarks/aggregate_records.py --rows 100000000 --memory 3GB
    python benchmarks/aggregate_records.py --kind csv

Each side runs in a fresh process with the same memory limit and threads, in turns, and the faster of its runs is
printed. The SQL answers the same questions: transfers, repeats, counts by code, and whether an id stands twice. Both
must give the same counts. The calls are synthetic. Needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
MEGABYTE = 1024**2 if sys.platform == "darwin" else 1024  # units of the largest resident size
SPEC = """
time_format = "YYYY-MM-DD hh:mm:ss"
[columns]
call = "call_id"
caller = "caller"
started = "started"
trust = "trust"
line = "line"
outcome = "outcome"
disposition = "advice"
[period]
first = "2024-04"
last = "2025-03"
[windows]
transfer_minutes = 60
repeat_hours = 24
repeats = "count"
[trusts]
T0 = "T0"
T1 = "T1"
T2 = "T2"
T3 = "T3"
T4 = "T4"
[lines]
PH = "physical"
MH = "mental"
[outcomes]
an = "answered"
ab = "abandoned"
[dispositions]
D0 = "ed"
D1 = "ambulance"
D2 = "primary_care"
D3 = "crisis_mh"
D4 = "self_care"
D5 = "other"
[engine]
"""
# Synthetic: callers make two and a half calls each on average, one call in four is on the mental line.
CALLS = """
SELECT 'c' || i AS call_id, md5((hash(i * 7 + 1) % greatest(1, {rows} * 2 // 5))::VARCHAR)[:12] AS caller,
    TIMESTAMP '2024-04-01' + to_seconds((hash(i) % 31536000)::BIGINT) AS started,
    CASE WHEN hash(i + 1) % 4 = 0 THEN 'MH' ELSE 'PH' END AS line, 'T' || (hash(i + 2) % 5) AS trust,
    CASE WHEN hash(i + 3) % 20 = 0 THEN 'ab' ELSE 'an' END AS outcome,
    CASE WHEN hash(i + 4) % 8 > 5 THEN '' ELSE 'D' || (hash(i + 4) % 8) END AS advice
FROM range({rows}) AS r(i)
"""
BY_HAND = """
WITH calls AS (
    SELECT call_id, nullif(caller, '') AS caller, {started} AS started, line, trust, outcome, advice FROM {source}),
placed AS (
    SELECT *, last_value(CASE WHEN line = 'PH' THEN started END IGNORE NULLS)
            OVER (PARTITION BY caller ORDER BY started, line = 'MH', call_id
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS last_physical,
        lag(started) OVER (PARTITION BY caller, line ORDER BY started, call_id) AS previous
    FROM calls)
SELECT trust, year(started), month(started), line, outcome, advice,
    coalesce(caller IS NOT NULL AND line = 'MH' AND started <= last_physical + INTERVAL 60 MINUTE, FALSE) AS transfer,
    coalesce(caller IS NOT NULL AND started <= previous + INTERVAL 24 HOUR, FALSE) AS repeat, count(*) AS calls
FROM placed GROUP BY ALL
"""


def make_calls(path: Path, *, rows: int, memory: str, threads: int) -> None:
    """Write synthetic calls, a part at a time, so that making them needs little memory."""
    settings = {"memory_limit": memory, "threads": threads, "preserve_insertion_order": False}
    with duckdb.connect(config=settings) as connection:
        kind = (
            "FORMAT parquet" if path.suffix == ".parquet" else "FORMAT csv, HEADER, TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S'"
        )
        connection.execute(f"COPY ({CALLS.format(rows=rows)}) TO '{path}' ({kind})")


def by_hand(path: Path, *, memory: str, threads: int) -> dict[str, int]:
    """The same questions in SQL: calls, transfers, repeats, and rows that repeat an id."""
    is_csv = path.suffix == ".csv"
    source = f"read_csv('{path}', all_varchar = true)" if is_csv else f"read_parquet('{path}')"
    started = "strptime(started, '%Y-%m-%d %H:%M:%S')" if is_csv else "started"
    with tempfile.TemporaryDirectory() as spill:
        settings = {
            "memory_limit": memory, "threads": threads, "temp_directory": spill, "preserve_insertion_order": False,
        }  # fmt: skip
        with duckdb.connect(config=settings) as connection:
            groups = connection.execute(BY_HAND.format(source=source, started=started)).fetchall()
            ids = connection.execute(f"SELECT count(*) - count(DISTINCT call_id) FROM {source}").fetchone()
    return {
        "calls": sum(group[-1] for group in groups),
        "transfers": sum(group[-1] for group in groups if group[-3]),
        "repeats": sum(group[-1] for group in groups if group[-2]),
        "repeated ids": ids[0] if ids else 0,
    }


def by_package(path: Path, *, memory: str, threads: int) -> dict[str, int]:
    """What econ111 finds."""
    from econ111.activity.records import aggregate_records, load_records_spec

    with tempfile.TemporaryDirectory() as folder:
        meaning = Path(folder) / "records.toml"
        meaning.write_text(f'{SPEC}memory_limit = "{memory}"\nthreads = {threads}\n', encoding="utf-8")
        made = aggregate_records(path, load_records_spec(meaning)).resolved
    return {
        "calls": int(made["calls"].sum()),
        "transfers": int(made["transfers_in"].sum()),
        "repeats": int(made["repeats"].sum()),
        "repeated ids": 0,
    }


def measured(side: str, path: Path, options: argparse.Namespace) -> tuple[dict[str, float], dict[str, int]]:
    """One run in a process of its own: seconds, processor seconds, megabytes, and what it found."""
    command = [sys.executable, __file__, "--side", side, "--file", str(path), "--memory", options.memory]
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [*command, "--threads", str(options.threads)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    wall, after = time.perf_counter() - start, os.times()
    if done.returncode:
        raise SystemExit(f"{side} failed: {done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"wall": wall, "cpu": cpu, "megabytes": told["megabytes"]}, told["found"]


def one_side(options: argparse.Namespace) -> None:
    """Run one side and print what it found and the memory it took."""
    import resource

    side = by_package if options.side == "econ111" else by_hand
    found = side(Path(options.file), memory=options.memory, threads=options.threads)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    print(json.dumps({"found": found, "megabytes": megabytes}))


def compare(options: argparse.Namespace) -> None:
    """Make the calls, run both sides in turns, print the table and the ratio."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / f"calls.{options.kind}"
        make_calls(path, rows=options.rows, memory=options.memory, threads=options.threads)
        load = os.getloadavg()[0]
        print(
            f"{options.rows:,} synthetic calls, {path.stat().st_size / 1e6:,.0f} MB of {options.kind}; memory limit "
            f"{options.memory}, {options.threads} threads; {platform.machine()}, load {load:.1f}, DuckDB "
            f"{duckdb.__version__}"
        )
        runs: dict[str, list[tuple[dict[str, float], dict[str, int]]]] = {"sql": [], "econ111": []}
        for _ in range(options.repeats):
            for side, done in runs.items():
                done.append(measured(side, path, options))
    found = [each for done in runs.values() for _, each in done]
    if any(each != found[0] for each in found):
        raise SystemExit(f"The two sides disagree: {found}")
    print(", ".join(f"{name} {value:,}" for name, value in found[0].items()))
    best = {side: {key: min(run[key] for run, _ in done) for key in ("wall", "cpu")} for side, done in runs.items()}
    for side, done in runs.items():
        peak = max(run["megabytes"] for run, _ in done)
        print(f"{side:8} wall {best[side]['wall']:7.1f} s   CPU {best[side]['cpu']:7.1f} s   largest {peak:7.0f} MB")
    for key in ("wall", "cpu"):
        ratio = best["sql"][key] / best["econ111"][key]
        print(f"speed of econ111 over SQL by hand, by {key}: {ratio:.2f} (wanted: at least 0.50)")


def main() -> None:
    """Read the options and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--kind", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--memory", default="2GB")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=None, help="Where the calls are made; removed afterwards.")
    parser.add_argument("--side", choices=("sql", "econ111"), help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        one_side(options)
    else:
        compare(options)


if __name__ == "__main__":
    main()
