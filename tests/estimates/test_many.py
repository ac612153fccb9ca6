"""Intervals of thousands of slices are those of one slice, thousands of times."""

from math import atanh, sqrt, tanh

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import matthews_corrcoef

from core.estimates.intervals import (
    Z95,
    estimate_f1,
    estimate_mean,
    estimate_root,
    estimate_share,
)
from core.estimates.many import (
    Floats,
    Intervals,
    f1_many,
    mcc_many,
    mean_many,
    root_many,
    wilson_many,
)
from core.records.estimate import Measured, NotEstimable

SEEDS = st.integers(0, 10**6)


def _same(found: Intervals, one_by_one: list[Measured]) -> None:
    """Compare array and list; a missing number is NaN at all three places."""
    for at, measured in enumerate(one_by_one):
        ends = [found.value[at], found.low[at], found.high[at]]
        if isinstance(measured, NotEstimable):
            assert np.isnan(ends).all()
        else:
            wanted = [measured.value, measured.low, measured.high]
            assert ends == pytest.approx(wanted, rel=1e-12, abs=1e-14)


@given(SEEDS)
def test_shares_and_f1_equal_those_of_one_slice(seed: int) -> None:
    """Counts of any size, weights, empty slices, nothing and everything hit."""
    rng = np.random.default_rng(seed)
    total = rng.integers(0, 300, 40) * rng.choice([1.0, 2.5], 40)
    hits = np.floor(total * rng.choice([0.0, 0.1, 0.5, 1.0], 40))
    effective = total * rng.uniform(0.2, 1.0, 40)
    shares = [
        estimate_share(h, t, rows=9, effective_rows=e, nothing="none")
        for h, t, e in zip(hits, total, effective, strict=True)
    ]
    _same(wilson_many(hits, total, effective), shares)
    f1s = [
        estimate_f1(h, t - h, rows=9, effective_rows=e)
        for h, t, e in zip(hits, total, effective, strict=True)
    ]
    _same(f1_many(hits, total - hits, effective), f1s)


@given(SEEDS)
def test_means_and_roots_equal_those_of_one_slice(seed: int) -> None:
    """Also without any spread, at 0, and below two rows."""
    rng = np.random.default_rng(seed)
    mean = rng.normal(0, 3, 40) * rng.choice([0, 1], 40)
    square = mean**2 + rng.choice([0.0, 0.3, 5.0], 40)
    fourth = square**2 + rng.choice([0.0, 2.0], 40)
    effective = rng.choice([0.0, 1.9, 2.0, 7.5, 400.0], 40)
    rows = list(zip(mean, square, fourth, effective, strict=True))
    _same(
        mean_many(mean, square, effective),
        [estimate_mean(m, s, rows=9, effective_rows=e) for m, s, _, e in rows],
    )
    _same(
        root_many(square, fourth, effective),
        [estimate_root(s, f, rows=9, effective_rows=e) for _, s, f, e in rows],
    )


def test_wilson_covers_as_often_as_it_promises() -> None:
    """20,000 seeded samples of 25 rows at shares between 2 % and 98 %: 95 % on average."""
    rng = np.random.default_rng(4)
    share, rows = rng.uniform(0.02, 0.98, 20_000), np.full(20_000, 25)
    found = wilson_many(rng.binomial(25, share), rows, rows)
    covered = np.mean((found.low <= share) & (found.high >= share))
    assert covered == pytest.approx(0.95, abs=0.01)


def _mcc(*cells: int) -> tuple[float, float, float]:
    found = mcc_many(*(np.array([cell]) for cell in cells))
    return float(found.value[0]), float(found.low[0]), float(found.high[0])


@given(st.tuples(*[st.integers(0, 60)] * 4))
def test_mcc_is_that_of_scikit_learn_inside_its_interval(
    cells: tuple[int, int, int, int],
) -> None:
    """NaN where model or truth is one-sided; scikit-learn says 0 there."""
    tp, fp, fn, tn = cells
    value, low, high = _mcc(*cells)
    truth = [1] * tp + [0] * fp + [1] * fn + [0] * tn
    said = [1] * (tp + fp) + [0] * (fn + tn)
    if min(tp + fp, fn + tn, tp + fn, fp + tn) == 0:
        assert np.isnan([value, low, high]).all()
        return
    assert value == pytest.approx(matthews_corrcoef(truth, said), abs=1e-12)
    assert -1 <= low <= value <= high <= 1
    assert high - low > 0


@given(st.tuples(*[st.integers(1, 80)] * 4))
def test_mcc_has_the_variance_of_its_gradient(cells: tuple[int, int, int, int]) -> None:
    """The delta method worked out anew: the gradient of phi by small steps."""

    def phi(p: Floats) -> float:
        tp, fp, fn, tn = p
        margins = (tp + fp) * (fn + tn) * (tp + fn) * (fp + tn)
        return float((tp * tn - fp * fn) / sqrt(margins))

    n = sum(cells)
    share = np.array(cells) / n
    step = 1e-6
    slope = np.array(
        [(phi(share + step * e) - phi(share - step * e)) / (2 * step) for e in np.eye(4)]
    )
    variance = ((slope**2 * share).sum() - (slope @ share) ** 2) / n
    value, low, high = _mcc(*cells)
    half = Z95 * sqrt(max(0.0, variance)) / (1 - value**2)
    assert low == pytest.approx(tanh(atanh(value) - half), abs=1e-6)
    assert high == pytest.approx(tanh(atanh(value) + half), abs=1e-6)


def test_a_perfect_mcc_is_not_certain() -> None:
    """By hand: 20 and 20 all right; with 1/2 a cell phi is 20/21 of 42, V = (1 - phi^2) / 42.

    The value stays 1, and is the upper end.
    """
    value, low, high = _mcc(20, 0, 0, 20)
    half = Z95 / sqrt(42 * (1 - (20 / 21) ** 2))
    assert (value, high) == (1.0, 1.0)
    assert low == pytest.approx(tanh(atanh(20 / 21) - half))
    assert _mcc(2, 0, 0, 2)[1] < low
