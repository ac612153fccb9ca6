"""Numbers are said with the digits that their interval allows, everywhere alike."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.estimates.wording import (
    DASH,
    MINUS,
    NBSP,
    decimals,
    say,
    say_both,
    say_bytes,
    say_day,
    say_frequency,
    say_hash,
    say_interval,
    say_number,
    say_points,
    say_rows,
)
from core.records.estimate import Estimate, NotEstimable


def _estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, 812, 812.0, "by hand")


SELF_EMPLOYED = _estimate(0.278, 0.249, 0.310)
NOTHING = NotEstimable("no positives in this slice", 12)


def test_the_examples_of_the_design() -> None:
    """27.8 % (24.9-31.0 %) beside a finer number; alone, whole percents are allowed."""
    assert say(SELF_EMPLOYED, finer=1) == f"27.8{NBSP}%"
    assert say_both(SELF_EMPLOYED, finer=1) == f"27.8{NBSP}% (24.9–31.0{NBSP}%)"
    assert say_both(SELF_EMPLOYED) == f"28{NBSP}% (25–31{NBSP}%)"
    auc = _estimate(0.874, 0.866, 0.882)
    assert say_both(auc, "ratio") == "0.874 (0.866–0.882)"
    points = _estimate(-0.040, -0.051, -0.029)
    assert say_both(points, "points", finer=1) == (
        f"{MINUS}4.0{NBSP}points ({MINUS}5.1 to {MINUS}2.9{NBSP}points)"
    )
    assert say_rows(60_012) == "60,012 rows"
    assert say_rows(1) == "1 row"
    assert say_day(date(2026, 7, 2)) == "2 Jul 2026"
    assert say_hash("3f9c20aa77") == "3f9c 20aa"
    assert say_bytes(8_100_000) == f"8.1{NBSP}MB"
    assert say_bytes(999) == f"999{NBSP}bytes"


@pytest.mark.parametrize(
    ("half", "digits"),
    [(30.0, 0), (1.0, 0), (0.99, 1), (0.1, 1), (0.099, 2), (0.001, 3), (1e-9, 6), (0.0, 6)],
)
def test_the_last_digit_is_at_most_half_the_interval(half: float, digits: int) -> None:
    """The largest power of ten that is at most half the width; six decimals at most."""
    assert decimals(_estimate(0.0, -half, half)) == digits


@given(st.floats(-1e6, 1e6), st.floats(1e-5, 1e5))
def test_rounding_hides_less_than_half_the_doubt(value: float, half: float) -> None:
    """The number as said lies within half the half width, or half a unit."""
    estimate = _estimate(value, value - half, value + half)
    said = float(say(estimate, "amount").replace(",", "").replace(MINUS, "-"))
    assert abs(said - value) <= max(half / 2, 0.5 * 10 ** -decimals(estimate)) * 1.001
    assert "-" not in say_both(estimate, "amount")


def test_zero_has_no_sign() -> None:
    """What rounds to nothing is not negative; a minus is a true minus."""
    assert say_number(-0.04, 1) == "0.0"
    assert say_number(-0.06, 1) == f"{MINUS}0.1"
    assert say_number(-1_234_567.0, 0) == f"{MINUS}1,234,567"


def test_no_number_is_a_dash_with_its_reason() -> None:
    """Never 0, never blank."""
    assert say(NOTHING) == DASH
    assert say_interval(NOTHING) == DASH
    assert say_both(NOTHING) == "– no positives in this slice"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.278, "28 of 100"),
        (1.0, "100 of 100"),
        (0.01, "1 of 100"),
        (0.003, "3 of 1,000"),
        (0.001, "1 of 1,000"),
        (0.0002, "2 of 10,000"),
        (0.0, "0 of 10,000"),
    ],
)
def test_shares_as_frequencies(value: float, words: str) -> None:
    """One denominator: 100, 1,000 below 1 %, 10,000 below 0.1 %."""
    assert say_frequency(_estimate(value, 0.0, 1.0)) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0.01, "1 point"), (0.05, "5 points"), (0.015, "1.5 points")]
)
def test_one_point_is_no_points(share: float, words: str) -> None:
    """A limit, and an estimate beside its interval."""
    assert say_points(share) == words
    assert say(_estimate(0.0104, -0.06, 0.08), "points") == f"1{NBSP}point"
    assert say(_estimate(-0.0104, -0.06, 0.08), "points") == f"{MINUS}1{NBSP}point"
    assert say(_estimate(0.0204, -0.06, 0.08), "points") == f"2{NBSP}points"
