"""The blocks found without sorting are those of a full sort, bit for bit."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from core.engine.score_blocks import ScoreBlocks
from core.estimates.isotonic import lower_hull
from core.runs.desk import Desk
from tests.engine.scores import find_blocks, lay_scored

KINDS = ["float64", "float32", "tied", "rare", "narrow"]


def _draw(
    kind: str, rows: int, seed: int
) -> tuple[NDArray[np.floating[Any]], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    x = rng.normal(-6 if kind == "rare" else -0.5, 1.5, rows)
    p: NDArray[np.floating[Any]] = 1 / (1 + np.exp(-x))
    y = (rng.random(rows) < 1 / (1 + np.exp(-0.85 * x + 0.1))).astype(np.int64)
    match kind:
        case "float32":
            p = p.astype(np.float32)
        case "tied":
            p = p.round(2)
        case "narrow":  # hundreds of scores in each bucket
            p = 0.3 + p / 1000
    return p, y


def _by_sorting(p: NDArray[Any], y: NDArray[np.int64]) -> ScoreBlocks:
    exact = p.astype(np.float64)
    values, place = np.unique(exact, return_inverse=True)
    n, s = np.bincount(place), np.bincount(place, y).astype(np.int64)
    hull = lower_hull(n, s)
    starts = hull[:-1]
    n, s = np.add.reduceat(n, starts), np.add.reduceat(s, starts)
    return ScoreBlocks(n, s, n, s, values[starts], values[hull[1:] - 1])


@pytest.mark.parametrize("rows", [3, 300, 40_000])
@pytest.mark.parametrize("kind", KINDS)
def test_blocks_are_those_of_a_full_sort(desk: Desk, kind: str, rows: int) -> None:
    """Rows, events and both ends of every block."""
    p, y = _draw(kind, rows, rows)
    found, _ = find_blocks(desk, lay_scored(desk, p, y))
    expected = _by_sorting(p, y)
    for name in ScoreBlocks.__dataclass_fields__:
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name


@given(st.integers(0, 10**6), st.booleans())
def test_the_curve_is_that_of_scikit_learn(desk: Desk, seed: int, weighed: bool) -> None:  # noqa: FBT001 - drawn
    """IsotonicRegression with sample_weight predicts the share of each row's block."""
    rng = np.random.default_rng(seed)
    p, y = rng.random(60).round(int(rng.integers(1, 7))), rng.integers(0, 2, 60)
    w = rng.integers(1, 9, 60) / 4 if weighed else None
    found, _ = find_blocks(desk, lay_scored(desk, p, y, w))
    fitted = IsotonicRegression().fit(p, y, sample_weight=w).predict(p)
    block = np.searchsorted(found.lo, p, side="right") - 1
    assert np.all(p <= found.hi[block])
    assert found.share[block] == pytest.approx(fitted, abs=1e-12)


def test_few_rows_are_read_again(desk: Desk) -> None:
    """Of 100,000 rows less than one in fifty; of tied scores none."""
    p, y = _draw("float64", 100_000, 1)
    assert find_blocks(desk, lay_scored(desk, p, y))[1] < 2_000
    assert find_blocks(desk, lay_scored(desk, p.round(2), y))[1] == 0


@pytest.mark.parametrize("label", [0, 1, -1])
def test_one_class_is_one_block(desk: Desk, label: int) -> None:
    """All happened, or none did; without labels there is no block."""
    found, _ = find_blocks(desk, lay_scored(desk, np.array([0.1, 0.5, 0.9]), [label] * 3))
    assert found.n.tolist() == ([] if label < 0 else [3])
    assert found.s.tolist() == ([] if label < 0 else [3 * label])
