"""How long the search for the worst slices takes: `python -m tests.benchmarks.worst`."""

import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.measures.best import Items, Limits
from core.measures.chance import search_p
from core.measures.covering import cover_worst
from core.measures.heed import Heed
from core.measures.search import find_worst
from core.measures.slice_scores import Score
from tests.measures.coded_tables import PUBLIC, Table, make_table, plant, read_adult

ROWS: Final = 1_000_000
CARDS: Final = (3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 20) * 2
PLANTED: Final[dict[Items, float]] = {
    ((0, 1), (3, 2)): 0.40,
    ((1, 1), (2, 2), (5, 3)): 0.60,
    ((8, 3),): 0.25,
    ((0, 2), (4, 2), (6, 4)): 0.70,
    ((12, 0), (13, 3)): 0.20,
    ((14, 1), (15, 2)): 0.20,
    ((7, 5), (12, 2)): 0.30,
    ((9, 9),): 0.15,
}
LEAST: Final = ROWS // 1000


def say(text: str) -> None:
    """Write one line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def timed(work: Callable[[], object], *, times: int = 3) -> float:
    """Return the seconds that `work` takes, the middle of some times."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def plain_scan(table: Table) -> float:
    """Return the seconds of a plain DuckDB scan of the same columns and the errors."""
    coded = table.coded
    columns: dict[str, Any] = {f"c{k}": coded.column(k) for k in range(coded.columns)}
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        path = Path(folder) / "table.parquet"
        pq.write_table(pa.table({**columns, "wrong": pa.array(table.wrong)}), path)
        con.execute("set threads = 2")
        text = "select bit_xor(hash(columns(*))) from read_parquet(?)"
        return timed(lambda: con.execute(text, [str(path)]).fetchall(), times=5)


def bench_million() -> None:
    """1,000,000 rows x 24 columns, up to 4 conditions, LLR: search and cover under 2 s each."""
    rng = np.random.default_rng(1)
    table = plant(rng, make_table(rng, ROWS, CARDS), 0.1, PLANTED)
    coded, wrong = table.coded, table.wrong
    scan = plain_scan(table)
    best = timed(lambda: find_worst(coded, wrong, Limits(LEAST, 10)))
    say(
        f"10 worst slices of 1,000,000 x 24, 4 conditions, {LEAST:,} rows at least: "
        f"{best:.2f} s (target 2), beside a scan of {scan:.3f} s"
    )
    found = cover_worst(coded, wrong, Limits(LEAST, 8))
    planted = sum(slice_.pattern.items in PLANTED for slice_ in found)
    cover = timed(lambda: cover_worst(coded, wrong, Limits(LEAST, 8)), times=1)
    say(f"8 slices that cover, {planted} of 8 as planted: {cover:.2f} s (target 2)")
    shuffled = rng.permutation(wrong)
    for least in (LEAST, 5 * LEAST):
        cut: list[int] = []
        heed, limits = Heed(cut=cut.append), Limits(least, 1)
        none = timed(lambda: find_worst(coded, shuffled, limits, heed=heed), times=1)  # noqa: B023 - called at once
        deepest = min([limits.deepest, *cut])
        say(
            f"the same search where errors fall at random, {least:,} rows at least: "
            f"{none:.2f} s for {deepest} conditions (no target; little can be ruled out early)"
        )


def bench_adult(table: Table) -> None:
    """Adult, 16,281 x 13: whole lattice under 100 ms, 200 permutations under 5 s."""
    coded, wrong = table.coded, table.wrong
    least = coded.rows // 100
    scan = plain_scan(table)
    for score in Score:
        whole = timed(lambda: find_worst(coded, wrong, Limits(least, 10, 13), score=score))  # noqa: B023 - called at once
        say(
            f"Adult, all 13 conditions, {score}: {1000 * whole:.0f} ms (target 100), "
            f"beside a scan of {1000 * scan:.0f} ms"
        )
    shuffled = np.random.default_rng(1).permutation(wrong)
    for name, errors in (("Adult's errors", wrong), ("errors at random", shuffled)):
        (found,) = find_worst(coded, errors, Limits(least, 1))
        start = time.perf_counter()
        chance = search_p(
            coded,
            errors,
            Limits(least, 1),
            found_score=found.score,
            seed=1,
            stop_early=False,
        )
        say(
            f"200 permuted searches, {name}: {time.perf_counter() - start:.2f} s "
            f"(target 5), p = {chance.p:.3f}"
        )


def bench_sliceline(table: Table) -> None:
    """At least 500 times as fast as PyPI's sliceline, up to 3 conditions, same scores."""
    if find_spec("sliceline") is None:
        say("sliceline is not installed: pip install sliceline==0.3.0")
        return
    Slicefinder = import_module("sliceline").Slicefinder  # noqa: N806 - a class

    coded, wrong = table.coded, table.wrong
    least, codes = coded.rows // 100, np.array([coded.column(c) for c in range(13)])
    limits = Limits(least, 8, 3)

    def ours() -> list[float]:
        found = find_worst(coded, wrong, limits, score=Score.SLICELINE)
        return [pattern.score for pattern in found]

    peer = Slicefinder(alpha=0.95, k=8, max_l=3, min_sup=least, verbose=False)
    theirs = timed(lambda: peer.fit(codes.T, wrong.astype(np.float64)), times=1)
    mine = timed(ours, times=9)
    scores = np.array([line["slice_score"] for line in _statistics(peer)])
    same = np.allclose(np.sort(scores)[::-1][:8], ours())  # it adds what ties with the last
    say(
        f"Adult, 3 conditions: {1000 * mine:.1f} ms, sliceline {theirs:.2f} s, "
        f"{theirs / mine:,.0f} times (target 500); scores {'same' if same else 'differ'}"
    )


def _statistics(peer: Any) -> list[dict[str, float]]:
    found: list[dict[str, float]] = peer.top_slices_statistics_
    return found


def main() -> None:
    """Measure everything once."""
    bench_million()
    path = PUBLIC / "adult" / "adult.test"
    if not path.is_file():
        say("Adult is not measured: ../shared/data/adult is not there")
        return
    table = read_adult(path)
    bench_adult(table)
    bench_sliceline(table)


if __name__ == "__main__":
    main()
