"""A range that somebody drew is a predicate in the type of its column."""

import pytest

from core.records.data import Column, ColumnType, Use
from core.records.predicate import Predicate, to_words
from core.records.ranges import between

DAY = 86_400.0


def _words(type_: ColumnType, low: float, high: float, *, last: bool = False) -> str:
    column = Column("x", type_, Use.FEATURE)
    found: Predicate = between(column, low, high, last=last)
    return to_words(found)


@pytest.mark.parametrize(
    ("type_", "low", "high", "words"),
    [
        (ColumnType.INTEGER, 20.0, 30.5, "x from 20 to under 30.5"),
        (ColumnType.NUMBER, 0.25, 0.5, "x from 0.25 to under 0.5"),
        (ColumnType.DATE, 0.0, 31 * DAY, "x from 1970-01-01 to under 1970-02-01"),
        (
            ColumnType.TIME,
            3600.0,
            DAY,
            "x from 1970-01-01T01:00:00 to under 1970-01-02T00:00:00",
        ),
    ],
)
def test_ends_are_said_in_the_type_of_the_column(
    type_: ColumnType, low: float, high: float, words: str
) -> None:
    """Numbers as numbers, days and times as such."""
    assert _words(type_, low, high) == words


def test_the_last_bar_includes_its_end() -> None:
    """The largest value of a column belongs to its last bar."""
    assert _words(ColumnType.INTEGER, 20.0, 30.0, last=True) == "x ≥ 20 and x ≤ 30"
