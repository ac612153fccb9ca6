"""One row is found, read and picked; what others hold is seen in the order of their values."""

from typing import Any

import numpy as np
import pytest

from core.engine.grid import buckets
from core.engine.one_row import (
    STEPS,
    Pick,
    find_row,
    pick_row,
    read_row,
    read_sample,
    seen_numbers,
    seen_values,
)
from core.engine.where import Where
from core.records.data import ColumnType, DatasetVersion, Use
from core.records.predicate import Comparison
from core.runs.desk import Desk
from tests.kept import BINARY, Framed, Small, column, lay, lay_frame

ROWS = 500


def _small(**more: Any) -> Small:
    rng = np.random.default_rng(4)
    values: dict[str, list[Any]] = {
        "x": [*rng.normal(0, 1, ROWS - 2).tolist(), None, float("nan")],
        "name": [f"n{k % 7}" if k % 50 else None for k in range(ROWS)],
        'odd "name"': list(range(ROWS)),
        "label": rng.choice(["yes", "no"], ROWS).tolist(),
    }
    columns = (
        column("x", ColumnType.NUMBER),
        column("name"),
        column('odd "name"', ColumnType.INTEGER),
        column("label", use=Use.LABEL),
    )
    return Small(columns, values | more)


@pytest.fixture
def table(desk: Desk) -> DatasetVersion:
    """A table of 500 rows."""
    return lay(desk, _small())


def test_a_row_is_read_by_its_number(desk: Desk, table: DatasetVersion) -> None:
    """The columns asked for, in that order; nothing beyond the end."""
    found = read_row(desk.count, table.object, ('odd "name"', "name"), 8)
    assert found.to_pylist() == [{'odd "name"': 8, "name": "n1"}]
    assert read_row(desk.count, table.object, ("x",), ROWS).num_rows == 0


def test_a_sample_is_the_same_each_time_and_spread_over_the_table(
    desk: Desk, table: DatasetVersion
) -> None:
    """The rows of the lowest hashes, by Knuth's multiplication, in the order of the table."""
    found = read_sample(desk.count, table.object, ("x",), 40)
    again = read_sample(desk.work, table.object, ("x",), 40)
    hashes = [(k * 2_654_435_761) % 2**32 for k in range(ROWS)]
    chosen = sorted(sorted(range(ROWS), key=lambda k: hashes[k])[:40])
    assert found["row"].to_pylist() == again["row"].to_pylist() == chosen
    halves = np.histogram(chosen, bins=4, range=(0, ROWS))[0]
    assert halves.min() >= 8
    assert read_sample(desk.count, table.object, ("x",), 10_000).num_rows == ROWS


def test_a_row_is_found_by_what_stands_in_it(desk: Desk, table: DatasetVersion) -> None:
    """Numbers as text too; of many rows the first two, of none nothing, and no formula."""
    assert find_row(desk.count, table.object, 'odd "name"', "17") == (17,)
    assert find_row(desk.count, table.object, "name", "n3") == (3, 10)
    assert find_row(desk.count, table.object, "name", "' or 1 = 1 --") == ()


@pytest.fixture
def framed(desk: Desk) -> Framed:
    """The same rows with scores; of three the highest, and of two the lowest is the same."""
    scores = np.random.default_rng(6).uniform(0.1, 0.9, ROWS).round(3)
    scores[[40, 50, 60]] = 0.95
    scores[[70, 80]] = 0.01
    labels = _small().values["label"]
    labels[:5] = [None] * 5
    return lay_frame(desk, _small(label=labels), BINARY, scores)


def _pick(
    desk: Desk, framed: Framed, kind: str, edge: int = 500, **more: Any
) -> int | None:
    return pick_row(
        desk.count, Pick(kind, framed.scores, framed.frame, edge=edge * 64, **more)
    )


def test_the_highest_and_the_lowest_are_the_first_of_their_kind(
    desk: Desk, framed: Framed
) -> None:
    """Of equal scores the row that stands first."""
    assert _pick(desk, framed, "highest") == 40
    assert _pick(desk, framed, "lowest") == 70


@pytest.mark.parametrize("edge", [300, 500, 701])
def test_the_surest_of_the_wrong_is_that_of_a_loop(
    desk: Desk, framed: Framed, edge: int
) -> None:
    """The farthest from the threshold on the wrong side; rows without a label do not count."""
    found = desk.count.table(
        f"select f.row, f.label, s.score from {desk.count.source(framed.frame)} as f "
        f"join {desk.count.source(framed.scores)} as s on s.file_row_number = f.row"
    ).to_pylist()
    wrong = [
        row
        for row in found
        if row["label"] >= 0
        and (buckets(np.array([row["score"]]))[0] >= edge * 64) != row["label"]
    ]
    surest = min(wrong, key=lambda row: (-abs(row["score"] - edge / 1000), row["row"]))
    assert _pick(desk, framed, "wrong and sure", edge) == surest["row"]


def test_a_pick_keeps_to_its_slice(desk: Desk, framed: Framed) -> None:
    """The highest of a name; none where nothing is left."""
    where = Where(framed.dataset, Comparison("name", "=", "n4"), framed.scores)
    picked = _pick(desk, framed, "highest", where=where)
    assert picked is not None
    assert picked % 7 == 4
    nowhere = Where(framed.dataset, Comparison("name", "=", "n9"), framed.scores)
    assert _pick(desk, framed, "highest", where=nowhere) is None


def test_numbers_seen_are_quantiles_without_doubles(
    desk: Desk, table: DatasetVersion
) -> None:
    """Least and largest among them, each a number of the table, neither missing nor NaN."""
    found = seen_numbers(desk.count, table.object, "x")
    known = np.array(_small().values["x"][:-2])
    assert (found[0], found[-1]) == (known.min(), known.max())
    assert list(found) == sorted(set(found))
    assert len(found) == STEPS + 1
    assert set(found) <= set(known.tolist())
    shares = [(known < value).mean() for value in found]
    assert np.abs(np.diff(shares) - 1 / STEPS).max() < 2 / len(known)


def test_a_column_without_numbers_was_seen_at_none(desk: Desk) -> None:
    """All missing, or all NaN."""
    small = Small(
        (column("a", ColumnType.NUMBER), column("b", ColumnType.NUMBER)),
        {"a": [None, None], "b": [float("nan")] * 2},
    )
    table = lay(desk, small).object
    assert seen_numbers(desk.count, table, "a") == ()
    assert seen_numbers(desk.count, table, "b") == ()


def test_values_seen_come_by_how_often(desk: Desk) -> None:
    """The most frequent first, equal ones by name, 40 at most, missing ones not."""
    values = (
        ["b"] * 3 + ["a"] * 3 + ["c"] * 4 + [None] * 9 + [f"z{k:02}" for k in range(60)]
    )
    table = lay(desk, Small((column("t"),), {"t": values})).object
    found = seen_values(desk.count, table, "t")
    assert found[:4] == ("c", "a", "b", "z00")
    assert len(found) == 40
