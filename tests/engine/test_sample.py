"""A sample is always the same, and nobody is preferred."""

import numpy as np

from core.engine.sample import MOST_VALUES, sample_rows, sample_values
from core.records.data import ColumnType
from core.runs.desk import Desk
from tests.kept import Small, Values, column, lay

N = 20_000
COLUMNS = (column("k", ColumnType.INTEGER), column("text"))


def _table(desk: Desk, rows: int = N) -> str:
    values: Values = {"k": list(range(rows)), "text": [f"v{k % 3000}" for k in range(rows)]}
    return desk.work.source(lay(desk, Small(COLUMNS, values)).object)


def test_a_small_table_is_taken_whole(desk: Desk) -> None:
    """In its own order, under names that cannot clash."""
    found = sample_rows(desk.work, _table(desk, 10), ["text", "k"], rows=10, size=50)
    assert found.column_names == ["c0", "c1"]
    assert found["c1"].to_pylist() == list(range(10))


def test_a_sample_has_about_its_size_and_is_the_same_again(desk: Desk) -> None:
    """A tenth of 20,000 rows, spread over the whole table."""
    table = _table(desk)
    first, again = (
        sample_rows(desk.work, table, ["k"], rows=N, size=2_000) for _ in range(2)
    )
    assert first.equals(again)
    assert abs(first.num_rows - 2_000) < 60
    tenths, _ = np.histogram(first["c0"].to_numpy(), bins=10, range=(0, N))
    assert min(tenths) > 150


def test_values_are_distinct_and_bounded(desk: Desk) -> None:
    """No more than 1,000, each once, as text."""
    values = sample_values(desk.work, _table(desk), "text", rows=N, size=N)
    assert len(values) == len(set(values)) == MOST_VALUES
    numbers = sample_values(desk.work, _table(desk, 5), "k", rows=5, size=5)
    assert numbers == ("0", "1", "2", "3", "4")
