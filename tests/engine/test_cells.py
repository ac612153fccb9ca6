"""Counted cells add up to what a loop over the rows counts."""

from typing import Any, Final

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine import duck
from core.engine.cells import UNIT, Cells
from core.engine.duck import DuckDB
from core.errors import WrongInputError
from core.records.data import ColumnType, Use
from core.records.models import Task
from core.records.predicate import Comparison, Not
from core.runs.desk import Desk
from tests.kept import (
    AMOUNT,
    BINARY,
    THREE,
    Framed,
    Small,
    column,
    count,
    lay_frame,
)

Rng = np.random.Generator
TASKS: Final = {Task.BINARY: BINARY, Task.MULTICLASS: THREE, Task.REGRESSION: AMOUNT}
PARTS: Final[tuple[tuple[str, ...], ...]] = ((), ("a",), ("b",), ("a", "b"))
SEEDS: Final = st.integers(0, 10**6)


def _made(rng: Rng, task: Task, rows: int) -> tuple[Small, Any]:
    """Return a table with missing labels, weights and two columns, and its scores."""
    type_ = ColumnType.NUMBER if task is Task.REGRESSION else ColumnType.TEXT
    columns = (
        column("y", type_, Use.LABEL),
        column("weight", ColumnType.NUMBER, Use.WEIGHT),
        column("a", group=True),
        column("b", ColumnType.INTEGER),
    )
    labels: Any = {
        Task.BINARY: rng.choice(["no", "yes"], rows),
        Task.MULTICLASS: rng.choice(["a", "b", "c"], rows),
        Task.REGRESSION: rng.normal(size=rows) * 1000,
    }[task]
    scores: Any = {
        Task.BINARY: np.round(rng.random(rows), 3),
        Task.MULTICLASS: rng.integers(0, 3, rows),
        Task.REGRESSION: rng.normal(size=rows) * 1000,
    }[task]
    values = {
        "y": [None if rng.random() < 0.2 else label for label in labels.tolist()],
        "weight": np.round(rng.gamma(2.0, 3.0, rows), 3).tolist(),
        "a": [None if k == 2 else f"g{k}" for k in rng.integers(0, 3, rows)],
        "b": rng.integers(0, 3, rows).tolist(),
    }
    values["weight"][0] = 1.0
    return Small(columns, values), scores


def _lines(cells: Cells) -> dict[tuple[int, ...], tuple[int, ...]]:
    keys = zip(cells.part, cells.a, cells.b, cells.label, cells.said, strict=True)
    sums = zip(cells.n, cells.w, cells.w2, *cells.errors, strict=True)
    return {
        tuple(map(int, key)): tuple(map(int, sum_))
        for key, sum_ in zip(keys, sums, strict=True)
    }


def _places(framed: Framed, small: Small, name: str) -> list[int]:
    coded = framed.codebook.column(name)
    assert coded is not None
    words = ["" if value is None else str(value) for value in small.values[name]]
    return [["", *coded.values].index(word) for word in words]


def _brute(framed: Framed, small: Small, scores: Any) -> dict[tuple[int, ...], Any]:
    """Count row by row in Python, weights and errors in the same fixed point."""
    codes = {name: _places(framed, small, name) for name in ("a", "b")}
    found: dict[tuple[int, ...], list[int]] = {}
    for row, score in enumerate(scores.tolist()):
        label, said, errors = _answer(framed, small.values["y"][row], score)
        scale = 65536 / 2.0**framed.facts.weight_scale
        w = int(np.floor(small.values["weight"][row] * scale + 0.5))
        for number, part in enumerate(PARTS):
            place = [codes[name][row] for name in part]
            a, b = (*place, -1, -1)[:2]
            line = found.setdefault((number, a, b, label, said), [0] * (3 + len(errors)))
            amounts = (1, w, w * w, *(w * error for error in errors))
            for k, amount in enumerate(amounts):
                line[k] += amount
    return {key: tuple(line) for key, line in found.items()}


def _answer(framed: Framed, label: Any, score: Any) -> tuple[int, int, tuple[int, ...]]:
    match framed.answer.task:
        case Task.BINARY:
            step = sum(score >= k / 1000 for k in range(1, 1001))
            return -1 if label is None else int(label == "yes"), step, ()
        case Task.MULTICLASS:
            return -1 if label is None else "abc".index(label), score, ()
        case Task.REGRESSION if label is None:
            return -1, 0, (0, 0, 0, 0)
        case _:
            x = (score - label) / 2.0**framed.facts.error_scale
            powers = (abs(x), x, x * x, x * x * x * x)
            return 0, 0, tuple(int(np.floor(p * UNIT + 0.5)) for p in powers)


@pytest.mark.parametrize("task", list(Task))
@given(seed=SEEDS, rows=st.sampled_from([2, 40, 200]))
def test_cells_are_what_a_loop_counts(desk: Desk, task: Task, seed: int, rows: int) -> None:
    """Rows, weights, squares and errors of every part, exactly, label missing or not."""
    small, scores = _made(np.random.default_rng(seed), task, rows)
    framed = lay_frame(desk, small, TASKS[task], scores)
    parts = [
        part for part in PARTS if set(part) <= {c.name for c in framed.codebook.columns}
    ]
    if len(parts) < len(PARTS):
        return
    assert _lines(count(desk, framed, PARTS)) == _brute(framed, small, scores)
    assert framed.facts.rows == rows
    assert framed.facts.labelled == sum(y is not None for y in small.values["y"])


@pytest.mark.parametrize("task", list(Task))
@given(seed=SEEDS)
def test_a_partition_adds_up_to_the_whole(desk: Desk, task: Task, seed: int) -> None:
    """A slice and its complement, and all codes of a column, sum to all rows."""
    small, scores = _made(np.random.default_rng(seed), task, 60)
    framed = lay_frame(desk, small, TASKS[task], scores)
    slice_ = Comparison("b", "<", 1)
    whole = _totals(count(desk, framed))
    both = (count(desk, framed, where=part) for part in (slice_, Not(slice_)))
    assert _totals(*both) == whole
    assert _totals(count(desk, framed, (("a",),))) == whole


def _totals(*several: Cells) -> dict[tuple[int, int, int], int]:
    totals: dict[tuple[int, int, int], int] = {}
    for cells in several:
        for (_, _, _, label, said), sums in _lines(cells).items():
            for number, amount in enumerate(sums):
                key = label, said, number
                totals[key] = totals.get(key, 0) + amount
    return totals


@given(seed=SEEDS, threshold=st.integers(0, 1000))
def test_a_threshold_folds_the_score_grid(desk: Desk, seed: int, threshold: int) -> None:
    """With a threshold a row says yes (1000) exactly if its score reaches it."""
    small, scores = _made(np.random.default_rng(seed), Task.BINARY, 50)
    framed = lay_frame(desk, small, BINARY, scores)
    cells = count(desk, framed, threshold=threshold)
    yes = int(cells.n[cells.said == 1000].sum())
    assert yes == int((scores >= threshold / 1000).sum())
    assert set(cells.said.tolist()) <= {0, 1000}


@given(seed=SEEDS)
def test_neither_order_nor_threads_change_a_bit(desk: Desk, seed: int) -> None:
    """Shuffled rows and one thread instead of two give the same integers."""
    rng = np.random.default_rng(seed)
    small, scores = _made(rng, Task.REGRESSION, 120)
    order = rng.permutation(120)
    turned = Small(
        small.columns, {k: [v[i] for i in order] for k, v in small.values.items()}
    )
    first = _lines(count(desk, lay_frame(desk, small, AMOUNT, scores), PARTS))
    shuffled = lay_frame(desk, turned, AMOUNT, scores[order])
    assert _lines(count(desk, shuffled, PARTS)) == first


def test_one_thread_counts_what_two_count(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300,000 rows in many row groups, so that two threads do share the work."""
    rng = np.random.default_rng(5)
    small, scores = _made(rng, Task.BINARY, 300_000)
    big = Small(small.columns, small.values, parquet={"row_group_size": 20_000})
    framed = lay_frame(desk, big, BINARY, scores)
    two = count(desk, framed, PARTS)
    monkeypatch.setattr(duck, "CONFIG", duck.CONFIG | {"threads": 1})
    desk.count.close()
    desk.work.close()
    one = count(desk, framed, PARTS)
    assert one.object == two.object
    assert DuckDB(desk.workspace.objects).rows("select current_setting('threads')") == [
        (1,)
    ]


def test_an_uncut_column_is_refused(desk: Desk) -> None:
    """Only columns of the codebook can be counted by."""
    small, scores = _made(np.random.default_rng(1), Task.BINARY, 20)
    framed = lay_frame(desk, small, BINARY, scores)
    with pytest.raises(WrongInputError, match="`weight` is not cut into values"):
        count(desk, framed, (("weight",),))


def test_no_part_is_no_line(desk: Desk) -> None:
    """A table in which nobody marked a column has no slices, and no error."""
    small, scores = _made(np.random.default_rng(1), Task.BINARY, 20)
    assert count(desk, lay_frame(desk, small, BINARY, scores), ()).n.size == 0


def test_a_page_cannot_ask_for_ever(desk: Desk) -> None:
    """A question of a page ends after its seconds, and the next one is answered."""
    hasty = DuckDB(desk.workspace.objects, seconds=1)
    with pytest.raises(duckdb.Error, match=r"(?i)execution time|interrupt"):
        hasty.rows(
            "select count(*) from range(1000000) a, range(1000000) b where a.range * b.range % 7 = 1"
        )
    assert hasty.rows("select 1") == [(1,)]
    hasty.close()


def test_questions_reach_no_file_outside_the_objects(desk: Desk) -> None:
    """The engine's DuckDB reads the folder of objects and nothing else."""
    for text in ("select * from read_text('/etc/passwd')", "copy (select 1) to '/tmp/x'"):
        with pytest.raises(duckdb.Error, match=r"(?i)permission|disabled|access"):
            desk.count.rows(text)
