"""A heat table over time says in one sentence what it shows."""

from datetime import date

import pytest

from core.measures.time_words import say_over_time, say_window
from tests.measures.judged import NOTHING, judged


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("day", "5 Oct 2026"),
        ("week", "week of 5 Oct 2026"),
        ("month", "Oct 2026"),
        ("quarter", "Q4 2026"),
        ("year", "2026"),
    ],
)
def test_windows_are_called_by_their_first_day(period: str, words: str) -> None:
    """As far as the period goes."""
    assert say_window(period, date(2026, 10, 5)) == words


def test_the_worst_cell_is_the_answer() -> None:
    """A value of 30 % against 10 % of everybody else."""
    found = judged([NOTHING, (0.3, 0.27, 0.33), (0.1, 0.09, 0.11)], p=[1.0, 1e-9, 1.0])
    light, rule, sentence = say_over_time(found, "a", "week")
    assert (light, rule) == (
        "▲ Attention",
        "error rate is worse than everybody else's in some week",
    )
    assert sentence.startswith("a1: error rate 30")


def test_nothing_worse_is_said_with_how_much_was_compared() -> None:
    """Two cells alike, of which one has a wide interval."""
    found = judged([NOTHING, (0.1, 0.09, 0.11), (0.1, 0.02, 0.4)], p=[1.0, 0.9, 0.9])
    light, rule, sentence = say_over_time(found, "a", "month")
    assert (light, rule) == ("● Pass", "")
    assert sentence == (
        "In no month is a value of a surely worse than everybody else by more than is "
        "allowed; 2 cells were compared in error rate. For 1 of them there are too few "
        "rows to rule it out."
    )


def test_mostly_open_cells_are_no_pass() -> None:
    """One of one has a wide interval."""
    found = judged([NOTHING, (0.1, 0.02, 0.4)], p=[1.0, 0.9])
    light, _, sentence = say_over_time(found, "a", "month")
    assert light == "◇ Not enough evidence"
    assert "1 cell was compared" in sentence


def test_too_few_rows_everywhere_are_not_measured() -> None:
    """Nothing can be compared."""
    found = judged([NOTHING, (0.1, 0.0, 0.4)], rows=[0, 9], p=[1.0, 0.9])
    assert say_over_time(found, "a", "day") == (
        "○ Not measured",
        "",
        "In no day has a value of a enough rows to be compared.",
    )
