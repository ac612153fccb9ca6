"""The average gap stands beside what chance alone would give."""

import numpy as np
import pytest

from core.measures.average_gap import (
    draw_floor,
    measure_gap,
    measure_smooth_gap,
    measure_squared,
)
from core.measures.score_groups import equal_count
from tests.measures.scored_rows import draw_calibrated, draw_stretched, group_rows


def test_worked_by_hand() -> None:
    """Gaps of 0.1 on 40 rows and 0.3 on 10: ECE 0.14, the widest 0.3."""
    bins = group_rows([0.2] * 40 + [0.8] * 10, [1] * 12 + [0] * 28 + [1] * 5 + [0] * 5)
    found = measure_gap(bins)
    assert found
    assert found.value == pytest.approx(0.14)
    assert found.widest == pytest.approx(0.3)
    assert found.squared == pytest.approx(
        (40 * (0.01 - 0.3 * 0.7 / 39) + 10 * (0.09 - 0.25 / 9)) / 50
    )
    assert 0 < found.chance < found.chance_most < found.chance_limit


def test_the_floor_is_what_chance_gives() -> None:
    """The mean of |N(0, p (1 - p) / n)| over bins, and that of models that are right."""
    rng = np.random.default_rng(1)
    seen = [
        measure_gap(equal_count(group_rows(*draw_calibrated(rng, 1_000)), 10), draws=2)
        for _ in range(200)
    ]
    bins = equal_count(group_rows(*draw_calibrated(rng, 1_000)), 10)
    floor = draw_floor(bins, draws=2_000, seed=1).mean()
    spread = np.sqrt(2 / np.pi * bins.said * (1 - bins.said) / bins.weight)
    assert floor == pytest.approx(np.average(spread, weights=bins.weight), rel=0.03)
    assert floor == pytest.approx(np.mean([gap.value for gap in seen if gap]), rel=0.05)


def test_the_floor_is_seeded() -> None:
    """The same draws each time; other draws differ a little."""
    bins = group_rows([0.2] * 40 + [0.8] * 10, [0] * 40 + [1] * 10)
    first, again, other = (draw_floor(bins, draws=200, seed=s) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_debiased_gap_is_right_on_average() -> None:
    """Slope 0.7: its mean over tables is the true one; that of a calibrated model is 0."""
    rng = np.random.default_rng(3)
    wrong, right = [], []
    for _ in range(100):
        wrong.append(
            measure_squared(equal_count(group_rows(*draw_stretched(rng, 1_000)), 10))
        )
        right.append(
            measure_squared(equal_count(group_rows(*draw_calibrated(rng, 1_000)), 10))
        )
    assert np.mean(right) == pytest.approx(0.0, abs=2e-4)
    assert np.sqrt(np.mean(wrong)) == pytest.approx(0.061, abs=0.005)


def test_smooth_gaps_are_those_of_the_definition() -> None:
    """Against sums over a kernel reflected at 0 and 1, also where scores pile up at the ends."""
    rng = np.random.default_rng(4)
    p = np.clip(rng.normal(0.5, 0.5, 4_000), 0, 1)
    y = rng.random(4_000) < 0.2 + 0.5 * p
    found = measure_smooth_gap(group_rows(p, y))
    assert _smoothed(p, y, found) == pytest.approx(found, abs=2e-3)


def _smoothed(p: np.ndarray, y: np.ndarray, width: float) -> float:
    grid = (np.arange(1000) + 0.5) / 1000
    rest = np.histogram(p, 1000, (0, 1), weights=y - p)[0] / len(p)
    kernel = np.zeros((1000, 1000))
    for shift in (-2, 0, 2):
        for mirrored in (grid, -grid):
            kernel += np.exp(-0.5 * ((grid[:, None] - mirrored + shift) / width) ** 2)
    kernel /= width * np.sqrt(2 * np.pi)
    return float(np.abs(kernel @ rest).mean())


def test_no_bins_no_gap() -> None:
    """Without labelled rows there is nothing to say."""
    assert measure_gap(group_rows([], [])) is None
