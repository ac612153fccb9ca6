"""How long all slices take: `python -m tests.benchmarks.slices`. 1,000,000 rows, 6,878 slices."""

import statistics
from collections.abc import Callable
from importlib.util import find_spec
from itertools import combinations
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn import metrics as sk

from core.engine.answered import AnsweredRows
from core.engine.lattice import Layout, count_slices, lay_out
from core.estimates.multiple import benjamini_hochberg
from core.measures.lattice import Compared, compare_answers, compare_ranks
from core.measures.metrics import find_metric
from core.measures.outcomes import Asked
from core.measures.privacy import hide_small
from core.measures.tallies import AnswerTally, count_answers, count_cube, count_ranks
from core.records.models import Answer, Task
from tests.benchmarks.yardstick import say, timed

ROWS: Final = 1_000_000
CARDS: Final = (3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20)
ASKED: Final = Asked(Answer(Task.BINARY, classes=("no", "yes"), positive="yes"))
FIVE: Final = ("error_rate", "precision", "recall", "false_positive_rate", "f1")
PEERS: Final[dict[str, Callable[..., float]]] = {
    "error_rate": sk.zero_one_loss,
    "precision": sk.precision_score,
    "recall": sk.recall_score,
    "f1": sk.f1_score,
}


def middle(work: Callable[[], object], *, times: int = 5) -> float:
    """Return the seconds that `work` takes, the middle of some times."""
    return statistics.median(timed(work) for _ in range(times))


def make_rows() -> tuple[AnsweredRows, NDArray[np.float64]]:
    """Return the rows of a model that is right in most cases, all labelled, and its scores."""
    rng = np.random.default_rng(1)
    codes = np.array([rng.integers(0, card, ROWS) for card in CARDS], np.uint8)
    label = (rng.random(ROWS) < 0.3).astype(np.int16)
    score = np.clip(rng.beta(2, 3, ROWS) * 0.6 + label * 0.35, 0.0, 1.0)
    said = np.floor(score * 1000).astype(np.int16)
    bucket = np.floor(score * 64_000).astype(np.int32)
    return AnsweredRows(codes, CARDS, label, said, bucket, None, None), score


def scan(codes: NDArray[np.uint8]) -> float:
    """Return the seconds of a plain DuckDB scan of the same columns, held in memory."""
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        held = pa.table({f"c{k}": column for k, column in enumerate(codes)})
        con.register("held", held)
        con.execute("create table codes as select * from held")
        sums = ", ".join(f"sum(c{k})" for k in range(len(codes)))
        return middle(lambda: con.execute(f"select {sums} from codes").fetchall())


def compare(tally: AnswerTally, names: tuple[str, ...]) -> list[Compared]:
    """Return metrics with intervals, rests, differences, tests and q-values."""
    found = [compare_answers(find_metric(name), tally) for name in names]
    for compared in found:
        benjamini_hochberg(compared.p)
    return found


def bench_counts(rows: AnsweredRows, layout: Layout) -> None:
    """Counts within 10 scans; five metrics with all that belongs to them within 25 and 0.5 s."""
    one = scan(rows.codes)
    say(
        f"a plain scan of {len(CARDS)} columns of bytes, sums of all, in memory: "
        f"{1000 * one:.1f} ms"
    )
    kind = (rows.label * 2 + (rows.said >= ASKED.threshold)).astype(np.uint8)
    for kinds in (4, 6):
        spent = middle(lambda: count_slices(rows.codes, layout, kind, kinds))  # noqa: B023 - called at once
        say(
            f"{layout.size:,} slices counted by {kinds} kinds: {spent:.3f} s, "
            f"{spent / one:.1f} scans (target 10)"
        )
    spent = middle(lambda: compare(count_answers(rows, layout, ASKED), FIVE))
    say(
        f"{len(FIVE)} metrics with intervals, tests and q on top: {spent:.3f} s (target 0.5), "
        f"{spent / one:.1f} scans (target 25)"
    )
    one_kind = np.zeros(ROWS, np.uint8)
    n = count_slices(rows.codes, layout, one_kind, 1)[:, 0]
    hiding = middle(lambda: hide_small(n, layout, limit=5, in_all=ROWS))
    say(f"which of them are hidden: {1000 * hiding:.0f} ms (no target)")


def bench_fairlearn(rows: AnsweredRows, layout: Layout) -> None:
    """The same values as Fairlearn's MetricFrame to 1e-12, 5,000 times as fast."""
    if find_spec("fairlearn") is None:
        say("fairlearn is not installed: pip install fairlearn")
        return
    from fairlearn.metrics import (  # noqa: PLC0415 - where it is installed
        MetricFrame,
        false_positive_rate,
    )

    measures = PEERS | {"false_positive_rate": false_positive_rate}
    said = (rows.said >= ASKED.threshold).astype(np.int16)

    def peer(part: tuple[int, ...]) -> Any:
        features = {f"c{column}": rows.codes[column] for column in part}
        return MetricFrame(
            metrics=measures, y_true=rows.label, y_pred=said, sensitive_features=features
        ).by_group

    tally = count_answers(rows, layout, ASKED)
    pair = (2, 7)
    start = layout.starts[layout.parts.index(pair)]
    groups = peer(pair)
    farthest = 0.0
    for name in FIVE:
        value = compare_answers(find_metric(name), tally).values.value
        for (a, b), expected in groups[name].items():
            found = value[start + int(a) * CARDS[pair[1]] + int(b)]
            farthest = max(farthest, abs(float(found) - float(expected)))
    say(
        f"against Fairlearn, {len(FIVE)} metrics of {len(groups)} groups: "
        f"{farthest:.1e} apart at most (target 1e-12)"
    )
    tried: tuple[tuple[int, ...], ...] = ((5,), (0, 3), pair)
    each = [timed(lambda: peer(part)) for part in tried]  # noqa: B023 - called at once
    parts = sum(1 for _ in combinations(CARDS, 2)) + len(CARDS)
    theirs = statistics.fmean(each) * parts
    ours = middle(lambda: compare(count_answers(rows, layout, ASKED), FIVE))
    say(
        f"Fairlearn, {parts} groupings: {theirs:.0f} s, extrapolated from {len(tried)} of them "
        f"({', '.join(f'{seconds:.1f}' for seconds in each)} s); ours {ours:.3f} s, "
        f"{theirs / ours:,.0f} times as fast (target 5,000)"
    )


def bench_cube(rows: AnsweredRows, layout: Layout) -> None:
    """A threshold moved over all slices within 5 ms, from a cube that is made once."""
    cube = count_cube(rows, layout)
    made = middle(lambda: count_cube(rows, layout), times=3)
    say(f"cube of 1,001 thresholds made: {made:.2f} s, {cube.nbytes / 2**20:.0f} MB")
    metric = find_metric("error_rate")
    moves = iter(range(300, 700))
    bare = middle(lambda: cube.at(next(moves)), times=50)
    moved = middle(lambda: compare_answers(metric, cube.at(next(moves))), times=50)
    say(
        f"threshold moved: {1000 * bare:.2f} ms for the counts, {1000 * moved:.1f} ms with the "
        f"error rate of each slice compared (target 5)"
    )


def bench_auc(rows: AnsweredRows, score: NDArray[np.float64], layout: Layout) -> None:
    """The exact AUC of every slice, with its interval and against the rest."""
    auc = find_metric("auc")
    spent = timed(lambda: compare_ranks(auc, count_ranks(rows, layout, score)))
    say(f"exact AUC of {layout.size:,} slices, against the rest: {spent:.1f} s (no target)")


def main() -> None:
    """Measure all of it once."""
    rows, score = make_rows()
    layout = lay_out(CARDS, paired=range(len(CARDS)))
    bench_counts(rows, layout)
    bench_cube(rows, layout)
    bench_auc(rows, score, layout)
    bench_fairlearn(rows, layout)


if __name__ == "__main__":
    main()
