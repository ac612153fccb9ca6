"""By how much a metric is worse: Newcombe's interval for shares, a ratio for amounts."""

import numpy as np
import pytest
from scipy.stats import binomtest

from core.estimates.intervals import wilson
from core.measures.drops import grown_by, worse_by
from core.records.estimate import Estimate, NotEstimable


def share(hits: int, rows: int) -> Estimate:
    """Return a share with its Wilson interval."""
    return Estimate(hits / rows, *wilson(hits / rows, rows), rows, float(rows), "")


def test_a_drop_of_accuracy_has_newcombes_interval() -> None:
    """56 of 70 before, 48 of 80 now: 20 points (5.2 to 33.4), his example (a)."""
    found = worse_by(share(56, 70), share(48, 80), "low")
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.rows == 70


def test_it_is_made_of_scipys_wilson_intervals() -> None:
    """For other counts too: each arm is the root of two squared arms (method 10)."""
    found = worse_by(share(90, 100), share(150, 200), "low")
    one, two = (
        binomtest(*c).proportion_ci(method="wilson") for c in ((90, 100), (150, 200))
    )
    low = 0.15 - np.hypot(0.9 - one.low, two.high - 0.75)
    high = 0.15 + np.hypot(one.high - 0.9, 0.75 - two.low)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)


def test_more_of_an_error_is_worse() -> None:
    """The same as accuracy, seen from the other side."""
    one = worse_by(share(14, 70), share(32, 80), "high")
    other = worse_by(share(56, 70), share(48, 80), "low")
    assert (one.value, one.low, one.high) == pytest.approx(
        (other.value, other.low, other.high)
    )


def test_an_amount_grows_by_a_share_of_itself() -> None:
    """From 2.0 to 2.5: a quarter more."""
    before = Estimate(2.0, 1.9, 2.1, 100, 100.0, "")
    found = grown_by(before, Estimate(2.5, 2.4, 2.6, 100, 100.0, ""))
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(0.25)
    assert 0.1 < found.low < 0.25 < found.high < 0.4


def test_from_nothing_nothing_can_be_said() -> None:
    """An error of 0 before has no multiple."""
    nothing = Estimate(0.0, 0.0, 0.0, 100, 100.0, "")
    assert isinstance(grown_by(nothing, Estimate(1.0, 0.9, 1.1, 9, 9.0, "")), NotEstimable)
