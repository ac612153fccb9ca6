"""Isotonic blocks are exact: the strict lower hull of the cumulative sums."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from core.estimates.isotonic import lies_below, lower_hull, rising

COUNTS = st.lists(
    st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    min_size=1,
    max_size=40,
)


def _pooled(groups: list[tuple[int, int]]) -> list[int]:
    """Pool adjacent violators in fractions: the definition."""
    blocks: list[tuple[int, int, int]] = []  # groups, weight, events
    for n, s in groups:
        blocks.append((1, n, s))
        while len(blocks) > 1 and Fraction(*blocks[-2][:0:-1]) >= Fraction(
            *blocks[-1][:0:-1]
        ):
            last = blocks.pop()
            blocks[-1] = tuple(a + b for a, b in zip(blocks[-1], last, strict=True))  # type: ignore[assignment]  # three and three
    return [0, *np.cumsum([block[0] for block in blocks]).tolist()]


@given(COUNTS, st.sampled_from([1, 10**6, 10**12]))
def test_blocks_are_those_of_fractions(groups: list[tuple[int, int]], times: int) -> None:
    """Pooling in exact fractions, also where products pass 64 bits."""
    n, s = (np.array(each, dtype=np.int64) for each in zip(*groups, strict=True))
    assert lower_hull(n * times, s * times).tolist() == _pooled(groups)


def test_equal_shares_are_one_block() -> None:
    """Thirds that floating point tells apart are pooled."""
    n = np.array([3, 10**15, 3 * 10**15])
    s = np.array([1, 333333333333333, 10**15])
    assert lower_hull(n[[0, 2]], s[[0, 2]]).tolist() == [0, 2]
    assert lower_hull(n, s).tolist() == [0, 2, 3]


def test_points_below_a_hull_are_found() -> None:
    """Through (0, 0), (2, 0), (4, 2): (3, 1) lies on it, (3, 0) below, (1, 1) above."""
    x, y = np.array([0, 2, 4]), np.array([0, 0, 2])
    found = lies_below(np.array([3, 3, 1]), np.array([1, 0, 1]), x, y)
    assert found.tolist() == [False, True, False]


@given(st.integers(0, 10**6))
def test_the_rising_curve_is_that_of_scikit_learn(seed: int) -> None:
    """Groups of weight 0 take part without a say."""
    rng = np.random.default_rng(seed)
    n = rng.integers(0, 5, 30).astype(np.float64)
    n[0] = 1.0
    s = rng.binomial(n.astype(np.int64), 0.5).astype(np.float64)
    some = n > 0
    places = np.arange(30)[some]
    fitted = IsotonicRegression().fit(places, s[some] / n[some], sample_weight=n[some])
    expected = fitted.predict(places)
    assert rising(n, s)[some] == pytest.approx(expected, abs=1e-7)
