"""Tests of calibration keep their level, and say which way the model is wrong."""

import os

import numpy as np
import pytest

from core.measures.calibration_tests import (
    kuiper,
    kuiper_of_few,
    measure_observed,
    observed_p,
    range_of_brownian_motion,
    say_observed,
    spiegelhalter,
)
from core.measures.score_moments import moments_of_groups
from core.records.estimate import Estimate, NotEstimable
from tests.measures.scored_rows import draw_calibrated, draw_stretched, group_rows

RUNS = 2_000 if os.environ.get("PROVE") else 200


@pytest.mark.parametrize("rows", [300, 3_000])
def test_one_calibrated_model_in_twenty_fails(rows: int) -> None:
    """Share of p-values below 5 % for each test, of 2,000 tables (by default 200)."""
    rng = np.random.default_rng(rows)
    p = []
    for _ in range(RUNS):
        groups = group_rows(*draw_calibrated(rng, rows))
        moments = moments_of_groups(groups)
        z, path = spiegelhalter(moments), kuiper(groups, moments)
        assert z
        assert path
        p.append([observed_p(moments), z.p, path.p])
    size = (np.array(p) < 0.05).mean(axis=0)
    assert np.all(size <= 0.075 if RUNS < 1_000 else 0.06)
    assert np.all(size >= 0.005)


def test_each_test_has_its_own_strength() -> None:
    """Wrong slopes are Spiegelhalter's and Kuiper's, an offset is that of O / E and Kuiper's."""
    rng = np.random.default_rng(1)
    found = {}
    for name, slope, offset in (("slope", 0.7, -0.15), ("offset", 1.0, 0.3)):
        p = []
        for _ in range(40):
            groups = group_rows(*draw_stretched(rng, 1_000, slope=slope, offset=offset))
            moments = moments_of_groups(groups)
            z, path = spiegelhalter(moments), kuiper(groups, moments)
            assert z
            assert path
            p.append([observed_p(moments), z.p, path.p])
        found[name] = (np.array(p) < 0.05).mean(axis=0)
    assert found["slope"][1] > 0.9
    assert found["slope"][2] > 0.6
    assert found["offset"][0] > 0.8
    assert found["offset"][2] > 0.8


def test_kuiper_worked_by_hand() -> None:
    """Sums run 0, -0.5, +0.5 over three scores: range 1 over the root of the variance."""
    groups = group_rows([0.25, 0.25, 0.5, 0.5], [0, 0, 1, 1])
    moments = moments_of_groups(groups)
    found = kuiper(groups, moments)
    assert found
    assert found.statistic == pytest.approx(1.0 / np.sqrt(2 * 0.1875 + 2 * 0.25))


def test_the_range_of_brownian_motion_is_that_of_simulated_paths() -> None:
    """Random walks of 2,000 steps; published: 5 % lie above 2.497."""
    rng = np.random.default_rng(2)
    steps = rng.choice(np.array([-1, 1], dtype=np.int32), (4_000, 2_000))
    paths = np.cumsum(steps, axis=1)
    ranges = (
        np.maximum(paths.max(axis=1), 0) - np.minimum(paths.min(axis=1), 0)
    ) / 2_000**0.5
    for length in (1.0, 1.5, 2.0, 2.5):
        assert range_of_brownian_motion(length) == pytest.approx(
            (ranges >= length).mean(), abs=0.04
        )
    assert range_of_brownian_motion(0.3) == 1.0
    assert range_of_brownian_motion(2.4977) == pytest.approx(0.05, abs=2e-4)


def test_few_events_are_no_proof() -> None:
    """Five events where one was expected are less rare than their range of Brownian motion."""
    few = group_rows([0.01] * 100, [0] * 95 + [1] * 5)
    many = group_rows([0.5] * 10_000, [0] * 4_880 + [1] * 5_120)
    for groups, rare in ((few, True), (many, False)):
        moments = moments_of_groups(groups)
        plain = kuiper(groups, moments)
        assert plain
        assert plain.p < kuiper_of_few(groups, moments)
        assert (kuiper_of_few(groups, moments) > 10 * plain.p) == rare
    nothing = group_rows([0.0, 1.0], [0, 1])
    assert kuiper_of_few(nothing, moments_of_groups(nothing)) == 1.0


def test_weights_do_not_make_chance_smaller() -> None:
    """Doubling all weights changes nothing; uneven ones widen the interval."""
    p, y = draw_calibrated(np.random.default_rng(3), 500)
    plain, double, uneven = (
        measure_observed(moments_of_groups(group_rows(p, y, w)))
        for w in (None, np.full(500, 2.0), np.tile([0.1, 1.9], 250))
    )
    assert isinstance(plain, Estimate)
    assert isinstance(double, Estimate)
    assert isinstance(uneven, Estimate)
    assert (plain.value, plain.low, plain.high) == pytest.approx(
        (double.value, double.low, double.high)
    )
    assert uneven.high - uneven.low > 1.2 * (plain.high - plain.low)


def test_sentences() -> None:
    """More, fewer, as many, and nothing expected."""
    assert say_observed(1602, 1480).endswith("1,602 happened: 8\u00a0% more than it said.")
    assert say_observed(1000, 1001).endswith(": as many as it said.")
    assert say_observed(1, 0) == "It expected 0 cases; 1 happened."


def test_scores_without_doubt_cannot_be_tested() -> None:
    """Only zeros and ones leave nothing to chance."""
    groups = group_rows([0.0, 1.0], [0, 1])
    moments = moments_of_groups(groups)
    assert spiegelhalter(moments) is None
    assert kuiper(groups, moments) is None
    assert isinstance(measure_observed(moments), NotEstimable)
