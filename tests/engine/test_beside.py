"""A table held against another: what is new, outside, too early or too late."""

from datetime import date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.engine.beside import (
    count_groups,
    find_earlier,
    find_ends,
    find_later,
    find_outside,
    find_unseen,
)
from core.records.data import ColumnType
from core.runs.desk import Desk
from tests.kept import Small, column, lay

WORD = column('odd "name"')
NUMBER = column("x", ColumnType.NUMBER)
DAY = column("day", ColumnType.DATE)
MOMENT = column("at", ColumnType.TIME)
WORDS = st.lists(st.sampled_from(["a", "b", "c", "", None]), max_size=15)
NUMBERS = st.lists(st.sampled_from([-1e9, 0.0, 1.0, 2.5, float("inf"), None]), max_size=15)


def _table(desk: Desk, **values: list[Any]) -> str:
    known = {c.name.split(" ")[0]: c for c in (WORD, NUMBER, DAY, MOMENT)}
    columns = tuple(known[key] for key in values)
    small = Small(columns, {known[key].name: cells for key, cells in values.items()})
    return desk.work.source(lay(desk, small).object)


@given(WORDS, WORDS)
def test_unseen_values_are_those_the_other_table_lacks(
    desk: Desk, here: list[str | None], there: list[str | None]
) -> None:
    """Against a set in Python; a missing value is not an unseen one."""
    found = find_unseen(desk.work, _table(desk, odd=here), _table(desk, odd=there), WORD)
    known = set(there) | {None}
    assert found.first == tuple(k for k, value in enumerate(here) if value not in known)
    assert found.rows == len(found.first)


@given(NUMBERS)
def test_numbers_outside_are_found_and_ends_are_finite(
    desk: Desk, values: list[float | None]
) -> None:
    """Against comparisons in Python; infinite numbers are outside of everything."""
    table = _table(desk, x=values)
    found = find_outside(desk.work, table, NUMBER, 0.0, 2.0)
    expected = [k for k, v in enumerate(values) if v is not None and not 0 <= v <= 2]
    assert found.first == tuple(expected)
    finite = [v for v in values if v is not None and abs(v) < float("inf")]
    ends = find_ends(desk.work, table, NUMBER)
    assert ends == ((min(finite), max(finite), len(finite)) if finite else (0.0, 0.0, 0))


def test_rows_before_the_end_of_training_are_found(desk: Desk) -> None:
    """By hand: the last day of the other table counts as before its end."""
    days = [date(2025, 6, 29), date(2025, 6, 30), date(2025, 7, 1), None]
    other = _table(desk, day=[date(2025, 1, 1), date(2025, 6, 30)])
    assert find_earlier(desk.work, _table(desk, day=days), other, DAY).first == (0, 1)


def test_dates_after_the_outcome_are_found(desk: Desk) -> None:
    """By hand: the day of the outcome itself is not after it."""
    table = _table(
        desk,
        day=[date(2025, 7, 1), date(2025, 7, 2), None],
        at=[datetime(2025, 7, 1), datetime(2025, 7, 1), datetime(2025, 7, 1)],  # noqa: DTZ001 - UTC by rule
    )
    assert find_later(desk.work, table, DAY, MOMENT).first == (1,)


@given(WORDS, st.integers(1, 4))
def test_small_groups_are_counted(desk: Desk, words: list[str | None], least: int) -> None:
    """Against a count in Python; missing values are a group of their own."""
    sizes = {word: words.count(word) for word in words}
    found = count_groups(desk.work, _table(desk, odd=words), [WORD], least=least)
    small = [k for k, word in enumerate(words) if sizes[word] < least]
    assert found.groups == len(sizes)
    assert found.smallest == min(sizes.values(), default=0)
    assert found.small.first == tuple(small)
    assert found.small.rows == len(small)
