"""How much the page Calibration costs: `python -m tests.benchmarks.calibration [rows]`.

CPU time of all threads, the middle of several rounds, beside a plain scan of the objects
that hold scores and frame, and beside the named peers. dcurves wants an older pandas than the app, so that the
peers are best installed into a folder of their own that PYTHONPATH names; where one is
absent its line says so.
"""

import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from core.engine.duck import DuckDB
from core.engine.grid import STEPS, buckets
from core.engine.score_blocks import read_score_blocks, write_score_blocks
from core.engine.score_cube import (
    read_score_cube,
    read_score_sums,
    write_score_cube,
    write_score_sums,
)
from core.engine.score_slices import read_score_slices, write_score_slices
from core.engine.scored import Scored
from core.measures.acting import acting_at, count_thresholds
from core.measures.bands import consistency_band, honest_band, likely_band
from core.measures.calibration import measure_calibration
from core.measures.score_groups import group_cube
from core.measures.score_moments import moments_of_sums
from core.measures.slice_calibration import measure_slices
from core.records.codes import Code, Codebook, CodedColumn
from core.records.data import ColumnType
from core.records.models import Answer, Task
from core.store.objects import Objects
from tests.benchmarks.yardstick import say

ROWS: Final = 1_000_000
SLICES: Final = 100
ANSWER: Final = Answer(Task.BINARY, classes=("no", "yes"), positive="yes")


@dataclass
class Laid:
    """Scored rows as an evaluation leaves them, and what is counted of them."""

    objects: Objects
    engine: DuckDB
    scored: Scored
    p: NDArray[np.float64]
    y: NDArray[np.bool_]

    def put(self, write: Callable[[Path], object]) -> str:
        """Write a roll-up and return its name."""
        return self.objects.put(write)


def cpu(work: Callable[[], object], *, times: int = 5) -> float:
    """Return the milliseconds of CPU that `work` takes, the middle of some times."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return 1000 * statistics.median(spent)


def lay(folder: Path, rows: int) -> Laid:
    """Lay down log-odds-normal scores that are too extreme (slope 0.85), and 100 slices."""
    rng = np.random.default_rng(1)
    x = rng.normal(-1.0, 1.5, rows)
    p, y = 1 / (1 + np.exp(-x)), rng.random(rows) < 1 / (1 + np.exp(-0.85 * x))
    fine = buckets(p)
    frame: dict[str, Any] = {
        "row": np.arange(rows),
        "label": y.astype(np.int16),
        "w": np.ones(rows, np.int64),
        "c0": rng.integers(0, SLICES, rows).astype(np.uint16),
        "bucket": fine,
        "step": (fine // 64).astype(np.int16),
    }
    objects = Objects(folder)
    names = [
        objects.put(lambda into, t=table: pq.write_table(pa.table(t), into))  # type: ignore[misc]
        for table in (frame, {"score": p, "bucket": fine})
    ]
    engine = DuckDB(objects, seconds=600)
    return Laid(objects, engine, Scored(names[0], names[1], ANSWER), p, y)


def scan_of(laid: Laid) -> float:
    """Return the CPU of a plain scan of the same columns: their sums, nothing else."""
    source, values = laid.scored.source(laid.engine, codes=[0])
    text = f"select sum(score), sum(label), sum(w), sum(bucket), sum(c0) from {source}"
    return cpu(lambda: laid.engine.rows(text, values), times=15)


def bench_page(laid: Laid, scan: float) -> None:
    """Counting once, the page from what was counted, and the peers of both."""
    cost = _page_costs(laid)
    for name, spent in cost.items():
        say(f"  {name}: {spent:.0f} ms CPU, {spent / scan:.0f} scans")
    say(f"page from stored roll-ups: {cost['draw']:.0f} ms CPU (target 40)")
    fit = cpu(lambda: IsotonicRegression().fit(laid.p, laid.y), times=3)
    pav, both = cost["find_blocks"], cost["count_cube"] + cost["find_blocks"]
    say(
        f"exact PAV beside the cube: {pav:.0f} ms CPU, scikit-learn's fit {fit:.0f} ms: "
        f"{pav / fit:.2f} (target 0.33); with the counting of the cube {both / fit:.2f}"
    )
    whole = sum(cost.values())
    peer = "model-diagnostics is not installed"
    if find_spec("model_diagnostics"):
        scoring = import_module("model_diagnostics.scoring")
        decompose, score = scoring.decompose, scoring.SquaredError()
        y = laid.y.astype(np.float64)
        theirs = cpu(lambda: decompose(y, laid.p, scoring_function=score), times=3)
        peer = f"one `decompose` of model-diagnostics {theirs:.0f} ms: {whole / theirs:.2f}"
    say(f"whole page with all counting: {whole:.0f} ms CPU; {peer} (target below 1)")


def _page_costs(laid: Laid) -> dict[str, float]:
    engine, scored = laid.engine, laid.scored
    names: dict[str, str] = {}

    def count_cube() -> None:
        names["cube"] = laid.put(
            lambda into: write_score_cube(engine, scored, into, weighted=False)
        )

    def count_sums() -> None:
        names["sums"] = laid.put(
            lambda into: write_score_sums(engine, scored, into, weighted=False)
        )

    def find_blocks() -> None:
        cube = read_score_cube(engine, names["cube"])
        names["blocks"] = laid.put(
            lambda into: write_score_blocks(engine, scored, cube, into)
        )

    def draw() -> None:
        cube = read_score_cube(engine, names["cube"])
        sums = read_score_sums(engine, names["sums"])
        blocks = read_score_blocks(engine, names["blocks"])
        groups = group_cube(cube)
        measure_calibration(groups, moments_of_sums(sums, groups), blocks)
        acting_at(count_thresholds(groups), 350)

    return {f.__name__: cpu(f) for f in (count_cube, count_sums, find_blocks, draw)}


def bench_thresholds(laid: Laid) -> None:
    """1,001 thresholds: from the coded rows, from the cube, and 99 of dcurves."""
    engine, scored = laid.engine, laid.scored
    name = laid.put(lambda into: write_score_cube(engine, scored, into, weighted=False))
    groups = group_cube(read_score_cube(engine, name))
    text = f"""
        select step, label, count(*) as n from {engine.source(scored.frame)}
        where label >= 0 group by step, label
    """

    def from_rows() -> NDArray[np.float64]:
        step, label, n_of = (column.to_numpy() for column in engine.table(text).columns)
        n, s = (
            np.cumsum(np.bincount(step, mass.astype(float), STEPS + 1)[::-1])[::-1]
            for mass in (n_of, n_of * label)
        )
        at = np.arange(STEPS) / STEPS
        net: NDArray[np.float64] = (s[:-1] - (n[:-1] - s[:-1]) * at / (1 - at)) / n[0]
        return net

    rows, cube = cpu(from_rows), cpu(lambda: count_thresholds(groups).net_benefit)
    say(f"1,001 thresholds from rows {rows:.1f} ms CPU (target 15), cube {cube:.1f} (5)")
    if not find_spec("dcurves"):
        say("dcurves is not installed")
        return
    dca = import_module("dcurves").dca
    frame = pd.DataFrame({"p": laid.p, "y": laid.y.astype(int)})
    at = np.arange(1, 100) / 100
    found: list[Any] = []

    def theirs() -> None:
        found.append(dca(data=frame, outcome="y", modelnames=["p"], thresholds=at))

    spent = cpu(theirs, times=1)
    lines = found[0][found[0].model == "p"].sort_values("threshold")
    exact = count_thresholds(groups).net_benefit
    if np.abs(from_rows() - exact[:STEPS]).max() > 1e-12:
        raise RuntimeError  # both are to count the same rows
    mine = exact[np.rint(lines.threshold * 1000).astype(int)]
    say(
        f"dcurves, 99 thresholds: {spent:.0f} ms CPU, {spent / cube:,.0f} times the cube's "
        f"and {spent / rows:.0f} times that from rows (target 150); largest difference {np.abs(mine - lines.net_benefit).max():.0e}"
    )


def bench_bands(laid: Laid, scan: float) -> None:
    """1,000 resamples, and the band that holds everywhere; slices of one column."""
    engine, scored = laid.engine, laid.scored
    name = laid.put(lambda into: write_score_cube(engine, scored, into, weighted=False))
    groups = group_cube(read_score_cube(engine, name))
    for title, draw in (("likely", likely_band), ("if perfect", consistency_band)):
        tracemalloc.start()
        draw(groups)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        spent = cpu(lambda d=draw: d(groups), times=3) / 1000  # type: ignore[misc]
        say(
            f"band, {title}, 1,000 resamples: {spent:.2f} s CPU (0.25), {peak:.0f} MB (200)"
        )
    honest = cpu(lambda: honest_band(groups), times=3) / 1000
    say(f"honest band, 200 groups: {honest:.2f} s CPU (0.15)")
    codes = tuple(Code(f"r{k}", f"region = r{k}") for k in range(SLICES))
    book = Codebook((CodedColumn("region", ColumnType.TEXT, codes, ("x",) * SLICES),))

    def by_slice() -> None:
        made = laid.put(
            lambda into: write_score_slices(
                engine, scored, into, columns=[0], weighted=False
            )
        )
        measure_slices(read_score_slices(engine, made), book)

    spent = cpu(by_slice, times=3)
    say(f"100 slices: {spent:.0f} ms CPU, {spent / scan:.0f} scans (target 45)")


def main(rows: int = ROWS) -> None:
    """Measure everything once."""
    with tempfile.TemporaryDirectory() as name:
        laid = lay(Path(name), rows)
        scan = scan_of(laid)
        say(f"{rows:,} rows; a plain scan: {scan:.1f} ms CPU")
        bench_page(laid, scan)
        bench_thresholds(laid)
        bench_bands(laid, scan)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
