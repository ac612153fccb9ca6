"""A gate passes, fails, or says that it cannot tell and what would settle it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import WrongInputError
from core.estimates.intervals import estimate_share, wilson
from core.estimates.judge import judge
from core.records.estimate import Compare, Estimate, Gate, NotEstimable, Verdict, Word

LOWER, UPPER, POINT = Compare.LOWER95, Compare.UPPER95, Compare.POINT
PASS, FAIL, OPEN = Word.PASS, Word.FAIL, Word.INSUFFICIENT
# value 0.80 (0.70 to 0.88) on 100 rows against each limit
TABLE = [
    (">=", LOWER, 0.70, PASS),
    (">=", LOWER, 0.71, OPEN),
    (">=", LOWER, 0.88, OPEN),
    (">=", LOWER, 0.89, FAIL),
    (">=", UPPER, 0.88, PASS),
    (">=", UPPER, 0.89, FAIL),
    (">=", POINT, 0.80, PASS),
    (">=", POINT, 0.81, FAIL),
    ("<=", UPPER, 0.88, PASS),
    ("<=", UPPER, 0.87, OPEN),
    ("<=", UPPER, 0.70, OPEN),
    ("<=", UPPER, 0.69, FAIL),
    ("<=", LOWER, 0.70, PASS),
    ("<=", LOWER, 0.69, FAIL),
    ("<=", POINT, 0.80, PASS),
    ("<=", POINT, 0.79, FAIL),
]


def _gate(comparator: str, compare: Compare, limit: float, min_rows: int = 30) -> Gate:
    return Gate("G-1", "A gate", "accuracy", "all", comparator, limit, compare, min_rows)


def _estimate(rows: int = 100) -> Estimate:
    return Estimate(0.80, 0.70, 0.88, rows, rows, "by hand")


@pytest.mark.parametrize(("comparator", "compare", "limit", "word"), TABLE)
def test_each_comparison_by_hand(
    comparator: str, compare: Compare, limit: float, word: Word
) -> None:
    """Every comparator with every end of the interval, on and beside the limit."""
    assert judge(_estimate(), _gate(comparator, compare, limit)).word is word


def test_an_open_gate_says_about_how_many_rows_are_missing() -> None:
    """By hand: the lower arm is 1/4, the limit 1/8 away: 100 (1/4 / 1/8)^2 - 100.

    The upper arm is 1/16 and counts only for a limit above.
    """
    measured = Estimate(0.75, 0.5, 0.8125, 100, 100.0, "by hand")
    verdict = judge(measured, _gate(">=", LOWER, 0.625))
    assert verdict == Verdict(OPEN, "the limit lies inside the interval", 300)
    upper = judge(measured, _gate("<=", UPPER, 0.78125))
    assert upper.more_rows == 300


def test_thirty_right_answers_do_not_yet_prove_nine_of_ten() -> None:
    """By hand: 30 of 30 reach 0.886 at least; n (0.1135 / 0.1)^2 - n is about 9 more."""
    measured = estimate_share(30, 30, rows=30, effective_rows=30, nothing="")
    assert judge(measured, _gate(">=", LOWER, 0.9)).more_rows == 9


def test_on_the_limit_no_number_of_rows_settles_it() -> None:
    """A value that equals the limit, or nearly, gets no promise."""
    assert judge(_estimate(), _gate(">=", LOWER, 0.80)).more_rows is None
    assert judge(_estimate(), _gate(">=", LOWER, 0.7999)).more_rows is None


def test_too_few_rows_are_never_a_verdict() -> None:
    """29 rows cannot pass or fail a gate that wants 30, whatever they say."""
    for limit in (0.0, 1.0):
        verdict = judge(_estimate(29), _gate(">=", POINT, limit))
        assert verdict.word is OPEN
        assert verdict.reason == "29 rows are too few to judge"
        assert verdict.more_rows is not None
        assert verdict.more_rows >= 1


@given(st.integers(30, 400), st.floats(0, 1), st.sampled_from([0.1, 0.5, 0.8, 0.9, 0.95]))
def test_the_promised_rows_do_about_settle_it(rows: int, part: float, limit: float) -> None:
    """The interval clears the limit with twice as many rows as promised, at the latest."""
    hits = round(rows * part)
    measured = estimate_share(hits, rows, rows=rows, effective_rows=rows, nothing="")
    verdict = judge(measured, _gate(">=", LOWER, limit))
    if verdict.more_rows is None:
        return
    assert verdict.more_rows >= 1
    low, high = wilson(hits / rows, 2.0 * (rows + verdict.more_rows))
    assert low >= limit or high < limit


def test_no_value_is_not_measured() -> None:
    """The reason goes on; a missing number is no failure."""
    verdict = judge(NotEstimable("no positives here", 40), _gate(">=", POINT, 0.5))
    assert verdict == Verdict(Word.NOT_MEASURED, "no positives here")


@pytest.mark.parametrize("comparator", ["<", ">", "==", "", "≥"])
def test_another_comparator_is_refused(comparator: str) -> None:
    """Only <= and >= say what happens on the limit."""
    with pytest.raises(WrongInputError, match=f"The gate G-1 compares by `{comparator}`"):
        judge(_estimate(), _gate(comparator, POINT, 0.5))
