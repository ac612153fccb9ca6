"""AUC and average precision of thousands of slices are those of one, with its interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import average_precision_score

from core.estimates.intervals import estimate_auc, wilson
from core.estimates.many_rankings import (
    auc_many,
    average_precision_many,
    newcombe_variance,
    unsure,
)
from core.records.estimate import NotEstimable


@given(st.integers(0, 10**6))
def test_aucs_equal_those_of_one_slice(seed: int) -> None:
    """Few and many rows, perfect and hopeless rankings, empty sides."""
    rng = np.random.default_rng(seed)
    auc = np.where(rng.random(40) < 0.3, rng.choice([0.0, 1.0], 40), rng.random(40))
    variance = rng.uniform(1e-6, 1e-2, 40)
    positives, negatives = rng.choice([0, 1, 3, 9, 10, 500], (2, 40))
    found = auc_many(auc, variance, positives, negatives)
    for at in range(40):
        one = estimate_auc(
            float(auc[at]),
            float(variance[at]),
            positives=float(positives[at]),
            negatives=float(negatives[at]),
            rows=9,
        )
        ends = [found.value[at], found.low[at], found.high[at]]
        if isinstance(one, NotEstimable):
            assert np.isnan(ends).all()
        else:
            assert ends == pytest.approx([one.value, one.low, one.high], abs=1e-13)


def test_what_is_unsure_of_an_auc() -> None:
    """Nine rows on a side, or an AUC of 0 or 1; a missing AUC is not unsure but missing."""
    auc = np.array([0.7, 0.7, 1.0, 0.0, np.nan])
    side = np.array([10, 9, 50, 50, 0])
    assert unsure(auc, side, side).tolist() == [False, True, True, True, False]


def test_the_variance_of_hanley_and_mcneil_by_hand() -> None:
    """At 1/2 with one pair: 1/4, as of a coin; with many rows 1/12 (1/P + 1/Q) about."""
    assert newcombe_variance(np.array([0.5]), np.array([1]), np.array([1])) == 0.25
    many = newcombe_variance(np.array([0.5]), np.array([10**6]), np.array([10**6]))
    assert many[0] * 10**6 == pytest.approx(2 / 12, rel=1e-5)


def test_average_precision_on_the_logit_scale() -> None:
    """By hand for 0.8 of 25 positives: logit 1.386 +- 1.96 / sqrt(25 * 0.16) = 0.98.

    At 1 the logit has no end: Wilson's among 25; without positives there is no number.
    """
    found = average_precision_many(np.array([0.8, 1.0, 0.3]), np.array([25, 25, 0]))
    z = stats.norm.ppf(0.975)
    ends = 1 / (1 + np.exp(-(np.log(4) + np.array([-1, 1]) * z / 2)))
    assert [found.low[0], found.high[0]] == pytest.approx(ends, abs=1e-12)
    assert (found.low[1], found.high[1]) == wilson(1.0, 25)
    assert np.isnan([found.value[2], found.low[2], found.high[2]]).all()


def test_average_precision_covers_as_boyd_eng_and_page_say() -> None:
    """300 seeded samples of 60 + 120 binormal scores: the truth inside nine times of ten.

    The truth is the average precision of 200,000 rows of the same share of positives.
    """
    rng = np.random.default_rng(12)

    def sample(positives: int, negatives: int) -> float:
        scores = np.concatenate([rng.normal(1, 1, positives), rng.normal(0, 1, negatives)])
        return float(average_precision_score([1] * positives + [0] * negatives, scores))

    truth = sample(66_667, 133_333)
    found = average_precision_many(
        np.array([sample(60, 120) for _ in range(300)]), np.full(300, 60)
    )
    covered = np.mean((found.low <= truth) & (truth <= found.high))
    assert covered >= 0.9
