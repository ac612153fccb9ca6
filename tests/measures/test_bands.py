"""Bands hold the curve as often as they promise."""

import os

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from core.measures.bands import consistency_band, honest_band, likely_band
from core.measures.calibration_slope import expit, logit
from core.measures.corp import curve_of_groups
from core.measures.score_groups import equal_count
from tests.measures.scored_rows import draw_calibrated, draw_stretched, group_rows

RUNS = 500 if os.environ.get("PROVE") else 50


def test_the_likely_band_is_that_of_a_full_bootstrap() -> None:
    """Rows drawn with replacement, scikit-learn's curve each time: edges within its noise."""
    rng = np.random.default_rng(1)
    p, y = draw_stretched(rng, 2_000, slope=0.85)
    grid = np.quantile(p, np.linspace(0.05, 0.95, 19))
    curves = []
    for _ in range(150):
        rows = rng.integers(0, 2_000, 2_000)
        fitted = IsotonicRegression(out_of_bounds="clip").fit(p[rows], y[rows])
        curves.append(fitted.predict(grid))
    full = np.quantile(curves, [0.025, 0.975], axis=0)
    band = likely_band(group_rows(p, y), resamples=400)
    mine = [np.interp(grid, band.said, edge) for edge in (band.low, band.high)]
    assert np.abs(np.array(mine) - full).mean() < 0.012
    width, theirs = (np.mean(edges[1] - edges[0]) for edges in (mine, full))
    assert width == pytest.approx(theirs, rel=0.15)


def test_a_calibrated_curve_stays_in_the_consistency_band() -> None:
    """Pointwise in about 95 %, over 500 tables (by default 50)."""
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(RUNS // 2):
        groups = equal_count(group_rows(*draw_calibrated(rng, 1_000)), 100)
        band = consistency_band(groups, resamples=200)
        curve = curve_of_groups(groups)
        inside.append(np.mean((band.low <= curve) & (curve <= band.high)))
    assert 0.91 <= np.mean(inside) <= 0.99


@pytest.mark.parametrize("slope", [1.0, 0.85])
def test_the_honest_band_holds_everywhere_at_once(slope: float) -> None:
    """The true curve, and the promised largest gap, in each of 500 tables (by default 50)."""
    rng = np.random.default_rng(3)
    missed = 0
    for _ in range(RUNS):
        p, y = draw_stretched(rng, 1_500, slope=slope, offset=-0.15 * (slope < 1))
        found = honest_band(group_rows(p, y))
        said = np.array(found.band.said)
        truth = expit(-0.15 * (slope < 1) + slope * logit(said))
        after = np.concatenate(
            [truth[1:], [1.0]]
        )  # the end of a group lies before the next
        before = np.concatenate([[0.0], truth[:-1]])
        holds = np.all(found.band.low <= after) and np.all(found.band.high >= before)
        middle = (p > np.quantile(p, 0.05)) & (p < np.quantile(p, 0.95))
        gap = np.abs(expit(-0.15 * (slope < 1) + slope * logit(p)) - p)[middle].max()
        missed += not holds or gap > found.largest
        assert slope < 1 or not found.contradicted
    assert missed <= 0.05 * RUNS


def test_the_honest_band_finds_a_wrong_model() -> None:
    """Slope 0.5 in 5,000 rows contradicts the diagonal."""
    p, y = draw_stretched(np.random.default_rng(4), 5_000, slope=0.5)
    assert honest_band(group_rows(p, y)).contradicted


def test_more_rows_promise_more() -> None:
    """Of a calibrated model at most 30, 20 and 11 points (2,000, 10,000, 100,000 rows)."""
    rng = np.random.default_rng(5)
    for rows, most in ((2_000, 0.30), (10_000, 0.20), (100_000, 0.11)):
        p, y = draw_calibrated(rng, rows)
        found = honest_band(group_rows(p.round(4), y))
        assert most / 3 < found.largest < most
        assert f"at most {100 * found.largest:.0f} points" in found.band.sentence


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1], [0, 1, 1]])
def test_three_rows_get_bands(y: list[int]) -> None:
    """One class or two: the ends lie between 0 and 1."""
    groups = group_rows([0.1, 0.5, 0.5], y)
    for band in (likely_band(groups), consistency_band(groups), honest_band(groups).band):
        assert len(band.said) == 2
        assert all(
            0 <= low <= high <= 1 for low, high in zip(band.low, band.high, strict=True)
        )


def test_bands_are_seeded() -> None:
    """The same band each time it is drawn."""
    groups = group_rows(*draw_calibrated(np.random.default_rng(6), 300))
    assert likely_band(groups, resamples=50) == likely_band(groups, resamples=50)
