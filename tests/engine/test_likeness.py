"""Rows that stand twice are found exactly, whatever their columns are called."""

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.engine.likeness import (
    MOST_FIRST,
    find_conflicts,
    find_nearly_repeated,
    find_repeated,
    find_shared,
)
from core.records.data import ColumnType, Use
from core.runs.desk import Desk
from tests.kept import Small, column, lay

COLUMNS = (
    column("c0", ColumnType.TEXT),  # names that the queries use themselves
    column("row", ColumnType.INTEGER),
    column('say "mark"', ColumnType.NUMBER),
)
CELL = (
    st.sampled_from(["a", "A ", None]),
    st.sampled_from([1, 2, None]),
    st.sampled_from([0.0, 1.5, None]),
)
ROWS = st.lists(st.tuples(*CELL), max_size=25)
Rows = list[tuple[Any, ...]]


def _small(rows: Rows) -> Small:
    return Small(COLUMNS, {c.name: [row[k] for row in rows] for k, c in enumerate(COLUMNS)})


def _table(desk: Desk, small: Small) -> str:
    return desk.work.source(lay(desk, small).object)


@given(ROWS)
def test_every_repetition_is_found(desk: Desk, rows: Rows) -> None:
    """Against a loop in Python: each row that stood before, missing equal to missing."""
    seen: set[tuple[Any, ...]] = set()
    expected = []
    for number, row in enumerate(rows):
        if row in seen:
            expected.append(number)
        seen.add(row)
    found = find_repeated(desk.work, _table(desk, _small(rows)), COLUMNS)
    assert found.first == tuple(expected)
    assert found.rows == len(expected)


@given(ROWS, ROWS)
def test_every_shared_row_is_found(desk: Desk, here: Rows, there: Rows) -> None:
    """Against a set in Python."""
    found = find_shared(
        desk.work, _table(desk, _small(here)), _table(desk, _small(there)), COLUMNS
    )
    assert found.first == tuple(k for k, row in enumerate(here) if row in set(there))


@given(ROWS)
def test_conflicts_are_rows_alike_with_different_labels(desk: Desk, rows: Rows) -> None:
    """Against a dictionary in Python; a row without a label conflicts with nothing."""
    small = _small(rows)
    label = COLUMNS[1]
    found = find_conflicts(desk.work, _table(desk, small), (COLUMNS[0], COLUMNS[2]), label)
    labels: dict[tuple[Any, Any], set[Any]] = {}
    for text, said, number in rows:
        if said is not None:
            labels.setdefault((text, number), set()).add(said)
    expected = [
        k
        for k, (text, said, number) in enumerate(rows)
        if said is not None and len(labels[text, number]) > 1
    ]
    assert found.first == tuple(expected)


def test_spelling_and_last_digits_do_not_hide_a_repetition(desk: Desk) -> None:
    """By hand: case, blanks and the fourth digit differ; exact repetitions are left out."""
    columns = (
        column("name"),
        column("income", ColumnType.NUMBER),
        column("age", ColumnType.INTEGER),
    )
    rows = [
        ("Ada Lovelace", 1234.5, 36),
        ("ada  lovelace.", 1234.9, 36),  # the same, written otherwise
        ("Ada Lovelace", 1234.5, 36),  # exactly the first: not counted here
        ("Ada Lovelace", 1251.0, 36),  # another third digit
        ("Ada Lovelace", 1234.5, 37),
        ("Ada Lovelace", -0.0, 1),
        ("ADA LOVELACE", 0.0, 1),
    ]
    small = Small(
        columns, {c.name: [row[k] for row in rows] for k, c in enumerate(columns)}
    )
    found = find_nearly_repeated(desk.work, _table(desk, small), columns, columns[1:2])
    assert found.first == (1, 6)


def test_only_the_first_rows_are_kept_but_all_are_counted(desk: Desk) -> None:
    """3,000 equal rows are 2,999 repetitions; 1,000 of them can be opened."""
    rows = [("a", 1, 1.0)] * 3_000
    found = find_repeated(desk.work, _table(desk, _small(rows)), COLUMNS)
    assert found.rows == 2_999
    assert found.first == tuple(range(1, MOST_FIRST + 1))


@given(ROWS)
def test_a_table_shares_all_rows_with_itself(desk: Desk, rows: Rows) -> None:
    """However often they stand there."""
    table = _table(desk, _small(rows))
    assert find_shared(desk.work, table, table, COLUMNS).rows == len(rows)
    counted = sum(n - 1 for n in Counter(rows).values())
    assert find_repeated(desk.work, table, COLUMNS).rows == counted


def test_uses_do_not_matter(desk: Desk) -> None:
    """Likeness looks at values, not at what a column is for."""
    ids = tuple(replace(each, use=Use.ID) for each in COLUMNS)
    table = _table(desk, _small([("a", 1, 1.0), ("a", 1, 1.0)]))
    assert find_repeated(desk.work, table, ids).first == (1,)
