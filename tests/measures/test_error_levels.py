"""Error levels find where predicted amounts are biased, and seldom where they are not."""

import os

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import ttest_1samp

from core.engine.score_levels import ScoreLevels
from core.measures.error_levels import measure_levels, say_level
from core.records.estimate import Estimate, NotEstimable

RUNS = 1_000 if os.environ.get("PROVE") else 100
UNIT = 1 << 40
Floats = NDArray[np.float64]


def _count(p: Floats, error: Floats) -> ScoreLevels:
    """Count each row in a line of its own, without the engine."""
    order = np.argsort(p, kind="stable")
    p, error = p[order], error[order]
    one = np.ones(len(p), dtype=np.int64)
    low, high = (float(p.min()), float(p.max())) if len(p) else (0.0, 0.0)
    place = (p - low) / ((high - low) or 1.0)
    fixed = [
        np.rint(each * UNIT).astype(np.int64) for each in (place, error, error**2, error**4)
    ]
    above, same = (error > 0).astype(np.int64), (error == 0).astype(np.int64)
    places = np.floor(place * 63_999).astype(np.int64)
    sums, e1, e2, e4 = fixed
    return ScoreLevels(low, high, places, one, one, one, sums, above, same, e1, e2, e4, "")


def test_worked_by_hand() -> None:
    """Twenty predictions of 10 that are 1 too high, twenty of 20 that are right on average."""
    p = np.repeat([10.0, 20.0], 40)
    error = np.concatenate([np.tile([0.5, 1.5], 20), np.tile([-1.0, 1.0], 20)])
    found = measure_levels(_count(p, error), scale=1.0)
    low, high = found.levels[0], found.levels[-1]
    assert (low.predicted, high.predicted) == (10.0, 20.0)
    assert isinstance(found.whole, type(low))
    assert isinstance(found.whole.bias, Estimate)
    assert found.whole.bias.value == pytest.approx(0.5)
    assert isinstance(found.whole.spread, Estimate)
    assert found.whole.spread.value == pytest.approx(((0.25 + 2.25) / 4 + 0.5) ** 0.5)
    assert isinstance(found.whole.above, Estimate)
    assert found.whole.above.value == 0.75


def test_intervals_are_those_of_a_t_test() -> None:
    """Each level's mean error against scipy."""
    rng = np.random.default_rng(1)
    p, error = rng.normal(100, 10, 1_000), rng.normal(0.3, 1, 1_000)
    found = measure_levels(_count(p, error), scale=2.0)
    order = np.argsort(p)
    for k, level in enumerate(found.levels):
        mine = 2.0 * error[order][100 * k : 100 * k + 100]
        ends = ttest_1samp(mine, 0).confidence_interval()
        assert isinstance(level.bias, Estimate)
        assert (level.bias.low, level.bias.high) == pytest.approx((ends.low, ends.high))
        assert level.predicted == pytest.approx(p[order][100 * k : 100 * k + 100].mean())


def test_a_biased_level_is_named() -> None:
    """High amounts are told 5 too low; the sentence is that of the last level."""
    rng = np.random.default_rng(2)
    p = rng.uniform(0, 100, 3_000)
    error = rng.normal(0, 3, 3_000) - 5 * (p > 90)
    found = measure_levels(_count(p, error), scale=1.0)
    assert [level.apart for level in found.levels[:-1]] == [False] * 9
    assert found.levels[-1].apart
    assert found.sentence == found.levels[-1].sentence
    assert "too low on average" in found.sentence


def test_chance_seldom_names_a_level() -> None:
    """At most 6 % of 1,000 models that are right (by default 100)."""
    rng = np.random.default_rng(3)
    named = 0
    for _ in range(RUNS):
        found = measure_levels(_count(rng.random(600), rng.normal(0, 1, 600)), scale=1.0)
        named += any(level.apart for level in found.levels)
    assert named <= 0.07 * RUNS


def test_odd_data_get_a_sentence() -> None:
    """No row, one row, one prediction."""
    none = np.zeros(0)
    assert measure_levels(_count(none, none), scale=1.0).whole is None
    single = measure_levels(_count(np.array([3.0]), np.array([1.0])), scale=1.0)
    assert "too few rows" in single.levels[0].sentence
    same = measure_levels(_count(np.full(50, 0.0), np.zeros(50)), scale=1.0)
    assert same.sentence == "No level of the prediction is biased for sure."
    assert say_level(0.0, NotEstimable("", 1)).startswith("Where it predicts about 0,")
