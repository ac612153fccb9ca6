"""How long a comparison of all columns takes: `python -m tests.benchmarks.drift`.

20 numeric and 10 named columns, 1,000,000 rows a side. Two peers, Evidently and NannyML, run
in environments of their own where these lie under $PEERS as `ev` and `nml`; they need older
libraries. With the argument `tall`: 10,000,000 rows a side in a process of its own.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.records.data import (
    Column,
    ColumnType,
    DatasetVersion,
    ReadAs,
    Split,
    Use,
)
from core.records.drift import Side
from core.records.estimate import Estimate
from core.records.predicate import And, Comparison, Predicate
from core.runs.desk import Desk, open_desk
from core.runs.drifting import compare, compare_windows
from tests.benchmarks.yardstick import peak_gb, plain_scan, say, timed

ROWS: Final = 1_000_000
TALL: Final = 10_000_000
PEER_ROWS: Final = 200_000
PIECE: Final = 500_000
TIMES: Final = {"ev": 150, "nml": 40}
LEVELS: Final = (2, 3, 4, 6, 8, 12, 20, 50, 200, 2000)
NUMERIC: Final = 20
WINDOWS: Final = 12
TYPES: Final = {"double": ColumnType.NUMBER, "int64": ColumnType.INTEGER}
EVIDENTLY: Final = """
import sys, time, pandas as pd
from evidently import Report, Dataset, DataDefinition
from evidently.presets import DataDriftPreset
before, after = (pd.read_parquet(path) for path in sys.argv[1:3])
start = time.perf_counter()
Report([DataDriftPreset()]).run(Dataset.from_pandas(after), Dataset.from_pandas(before)).dict()
print(time.perf_counter() - start)
"""
NANNYML: Final = """
import sys, time, pandas as pd, nannyml
before, after = (pd.read_parquet(path) for path in sys.argv[1:3])
start = time.perf_counter()
found = nannyml.UnivariateDriftCalculator(column_names=list(before.columns), chunk_number=10)
found.fit(before).calculate(after)
print(time.perf_counter() - start)
"""


def make_piece(seed: int, rows: int) -> pa.Table:
    """Return some rows: normal, skewed, whole, rounded with gaps, and heavy-tailed numbers."""
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {}
    for k in range(NUMERIC):
        gaps = rng.random(rows) < 0.05
        columns[f"n{k}"] = (
            lambda: pa.array(rng.normal(size=rows)),
            lambda: pa.array(rng.lognormal(size=rows)),
            lambda: pa.array(rng.integers(18, 90, rows).astype(np.float64)),
            lambda: pa.array(np.round(rng.normal(50, 10, rows), 2), mask=gaps),  # noqa: B023
            lambda: pa.array(rng.standard_t(2, rows)),
        )[k % 5]()
    for k, levels in enumerate(LEVELS):
        names = pa.array([f"level {level}" for level in range(levels)])
        columns[f"c{k}"] = names.take(pa.array(rng.integers(0, levels, rows), pa.int64()))
    columns["t"] = pa.array(np.sort(rng.integers(0, WINDOWS, rows)))
    return pa.table(columns)


def lay(desk: Desk, seed: int, rows: int) -> DatasetVersion:
    """Put a table of that many rows among the objects, as if it had been imported."""

    def fill(into: Path) -> None:
        with pq.ParquetWriter(into, schema, compression="zstd") as writer:
            for k, start in enumerate(range(0, rows, PIECE)):
                writer.write_table(make_piece(1000 * seed + k, min(PIECE, rows - start)))

    schema = make_piece(0, 1).schema
    object_ = desk.workspace.objects.put(fill)
    version = DatasetVersion(
        id=object_,
        name=f"Side {seed}",
        number=1,
        object=object_,
        rows=rows,
        bytes=0,
        columns=tuple(
            Column(
                field.name,
                TYPES.get(str(field.type), ColumnType.TEXT),
                Use.IGNORE if field.name == "t" else Use.FEATURE,
            )
            for field in schema
        ),
        split=Split.VALIDATION,
        window=None,
        read_as=ReadAs("parquet"),
        rejected=0,
        file_name="side.parquet",
        file_sha256="f" * 64,
        hashes=(),
        declared=(),
        at=datetime(2026, 7, 2, tzinfo=UTC),
        actor="bench",
    )
    desk.workspace.state.datasets[version.id] = version
    return version


def forget_rollups(desk: Desk, kept: str = "") -> None:
    """Count again what was counted, but of one table."""
    desk.forget()
    known = desk.workspace.state.rollups
    for key in [key for key, made in known.items() if made.evaluation != kept]:
        del known[key]


def median(
    work: Callable[[], object], before: Callable[[], object], times: int = 3
) -> float:
    """Return the seconds that `work` takes after `before`, the middle of some times."""
    spent = []
    for _ in range(times):
        before()
        spent.append(timed(work))
    return statistics.median(spent)


def window(number: int) -> Predicate:
    """Return the rows of one window of the 12."""
    return And((Comparison("t", ">=", number), Comparison("t", "<", number + 1)))


def bench_ours(
    desk: Desk, one: DatasetVersion, other: DatasetVersion
) -> tuple[float, float]:
    """Certified within 9 scans, exact within 20, 12 windows within 4, a redraw within 40 ms."""
    objects = desk.workspace.objects
    scan = sum(plain_scan(objects.path(each.object)) for each in (one, other))
    say(f"a plain scan of both tables, warm: {scan:.3f} s")
    before, after = Side(one.id), Side(other.id)
    found = compare(desk, before, after)
    first = median(lambda: compare(desk, before, after), lambda: forget_rollups(desk))
    say(
        f"30 columns certified, nothing stored: {first:.2f} s, {first / scan:.1f} scans (target 9)"
    )
    half = median(
        lambda: compare(desk, before, after), lambda: forget_rollups(desk, one.id)
    )
    say(
        f"30 columns certified, the first side stored: {half:.2f} s, {half / scan:.1f} scans"
    )
    exact = median(
        lambda: compare(desk, before, after, exact=True), lambda: forget_rollups(desk)
    )
    say(f"30 columns exact: {exact:.2f} s, {exact / scan:.1f} scans (target 20)")
    widest = max(
        d.high - d.low for s in found.shifts for d in s.distances if d.name[0] == "K"
    )
    say(f"widest certain interval of a KS distance: {widest:.1e}")
    every = [window(number) for number in range(WINDOWS)]
    made = timed(lambda: compare_windows(desk, before, other.id, every))
    say(f"codes of each row made, and 12 windows: {made:.2f} s (no target)")
    windows = median(lambda: compare_windows(desk, before, other.id, every), desk.forget)
    say(
        f"12 windows from stored codes: {windows:.2f} s, {windows / scan:.1f} scans (target 4)"
    )
    slice_ = Side(other.id, Comparison("c2", "=", "level 1"))
    compare(desk, before, slice_)
    sliced = median(lambda: compare(desk, before, slice_), desk.forget)
    say(
        f"one slice from stored codes: {sliced:.2f} s, {sliced / scan:.1f} scans (target 4)"
    )
    redraw = median(lambda: compare(desk, before, after), desk.forget, 9)
    say(f"redraw from stored histograms: {1000 * redraw:.0f} ms (target 40)")
    moved = median(lambda: compare(desk, before, after, tolerance=0.05), lambda: None, 9)
    say(f"the same with another tolerance: {1000 * moved:.1f} ms (target 40)")
    if not all(isinstance(shift.effect, Estimate) for shift in found.shifts):
        raise RuntimeError  # that was no comparison
    return first, exact


def bench_peer(name: str, program: str, folder: Path, ours: float, rows: int) -> None:
    """Say how many times as fast as a peer, extrapolated where it runs on fewer rows."""
    python = Path(os.environ.get("PEERS", "peers")) / name / "bin/python"
    if not python.exists():
        say(f"{name} is not installed: set PEERS to a folder with {name}/bin/python")
        return
    paths = []
    for seed in (1, 2):
        table = make_piece(seed, rows).drop_columns("t")
        paths.append(str(folder / f"peer {seed}.parquet"))
        pq.write_table(table, paths[-1])
    command = [str(python), "-W", "ignore", "-c", program, *paths]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    theirs = float(said.stdout.split()[-1])
    whole = theirs * ROWS / rows
    say(
        f"{name}: {theirs:.1f} s for {rows:,} rows a side, so {whole:.0f} s for {ROWS:,}; "
        f"ours is {whole / ours:.0f} times as fast (target {TIMES[name]})"
    )


def bench_tall() -> None:
    """10,000,000 rows a side within 2 GB."""
    with tempfile.TemporaryDirectory() as name, open_desk(Path(name) / "w") as desk:
        start = time.perf_counter()
        one, other = (lay(desk, seed, TALL) for seed in (1, 2))
        say(
            f"2 tables of {TALL:,} rows kept: {time.perf_counter() - start:.0f} s, peak {peak_gb():.2f} GB"
        )
        before, after = Side(one.id), Side(other.id)
        scan = sum(plain_scan(desk.workspace.objects.path(o.object)) for o in (one, other))
        spent = timed(lambda: compare(desk, before, after))
        say(
            f"certified: {spent:.1f} s, {spent / scan:.1f} scans; peak {peak_gb():.2f} GB (target 2)"
        )
        spent = timed(lambda: compare(desk, before, after, exact=True))
        say(f"exact: {spent:.1f} s; peak {peak_gb():.2f} GB (target 2)")
        spent = timed(
            lambda: compare_windows(desk, before, other.id, [window(k) for k in range(12)])
        )
        say(f"codes and 12 windows: {spent:.1f} s; peak {peak_gb():.2f} GB (target 2)")


def main() -> None:
    """Measure all of it once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_desk(folder / "workspace") as desk:
            one, other = (lay(desk, seed, ROWS) for seed in (1, 2))
            first, _ = bench_ours(desk, one, other)
        bench_peer("ev", EVIDENTLY, folder, first, PEER_ROWS)
        bench_peer("nml", NANNYML, folder, first, ROWS)
    subprocess.run([sys.executable, "-m", "tests.benchmarks.drift", "tall"], check=True)


if __name__ == "__main__":
    bench_tall() if sys.argv[1:] == ["tall"] else main()
