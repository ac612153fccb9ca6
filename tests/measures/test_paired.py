"""Two models on the same rows are told apart by the rows where they disagree."""

import os
from math import comb, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats
from sklearn.metrics import roc_auc_score

from core.errors import WrongInputError
from core.estimates.intervals import Z95
from core.measures.paired import PairedAuc, mcnemar, paired_auc, paired_shares
from core.records.estimate import Estimate, NotEstimable

SEEDS = st.integers(0, 10**6)
COUNTS = st.integers(0, 40)
TIMES = 4000 if os.environ.get("PROVE") else 400


@given(COUNTS, COUNTS)
def test_mcnemar_is_the_binomial_with_half_of_what_was_seen(
    first: int, second: int
) -> None:
    """Below 25 disagreements the exact chances are summed, from there the score."""
    p = mcnemar(np.array([first]), np.array([second]))[0]
    n = first + second
    if n >= 25:
        assert p == pytest.approx(2 * stats.norm.sf(abs(first - second) / sqrt(n)))
        return
    farther = [k for k in range(n + 1) if abs(2 * k - n) > abs(first - second)]
    alike = [k for k in range(n + 1) if abs(2 * k - n) == abs(first - second)]
    chance = sum(comb(n, k) for k in farther) + sum(comb(n, k) for k in alike) / 2
    assert p == pytest.approx(chance / 2**n if n else 1.0)


def test_mcnemar_of_fagerland() -> None:
    """Airway reactivity, 1 against 7: mid-p 2 (1/256 + 8/256) - 8/256 = 0.0391."""
    assert mcnemar(np.array([1]), np.array([7]))[0] == pytest.approx(0.0390625)


def _tango(first: int, second: int, rows: int) -> tuple[float, float]:
    """Tango's interval with the likelihood maximised by search, not by its formula."""

    def score(d: float) -> float:
        def surprise(q: float) -> float:
            shares = q + d, q, 1 - 2 * q - d
            counts = first, second, rows - first - second
            return -sum(
                n * log(max(s, 1e-300)) for n, s in zip(counts, shares, strict=True)
            )

        bounds = max(0.0, -d), (1 - d) / 2
        found = optimize.minimize_scalar(
            surprise, bounds=bounds, method="bounded", options={"xatol": 1e-12}
        )
        q = float(found.x)
        return float((first - second - rows * d) / sqrt(rows * (2 * q + d * (1 - d))))

    seen = (first - second) / rows
    low = optimize.brentq(lambda d: score(d) - Z95, -1 + 1e-9, seen)
    high = optimize.brentq(lambda d: score(d) + Z95, seen, 1 - 1e-9)
    return float(low), float(high)


@pytest.mark.parametrize(
    ("first", "second", "rows"), [(9, 2, 40), (1, 7, 21), (3, 3, 10), (30, 11, 500)]
)
def test_a_paired_difference_has_the_score_interval_of_tango(
    first: int, second: int, rows: int
) -> None:
    """Against the likelihood maximised numerically."""
    found = paired_shares(*(np.array([n]) for n in (first, second, rows)))
    ends = found.difference.low[0], found.difference.high[0]
    assert found.difference.value[0] == (first - second) / rows
    assert ends == pytest.approx(_tango(first, second, rows), abs=1e-6)
    assert found.p[0] == mcnemar(np.array([first]), np.array([second]))[0]


def test_models_that_never_disagree_are_not_surely_alike() -> None:
    """By hand: no disagreement of n rows ends at z^2 / (n + z^2) either way; p is 1.

    No rows give no number.
    """
    zero = np.array([0, 0])
    found = paired_shares(zero, zero, np.array([20, 0]))
    end = Z95**2 / (20 + Z95**2)
    assert found.difference.low[0] == pytest.approx(-end)
    assert found.difference.high[0] == pytest.approx(end)
    assert (found.difference.value[0], found.p[0]) == (0.0, 1.0)
    assert np.isnan([found.difference.value[1], found.difference.low[1], found.p[1]]).all()


def test_a_paired_difference_covers_as_often_as_it_promises() -> None:
    """20,000 seeded tables of 40 rows, 20 % and 10 % disagreeing: 95 % within a point."""
    cells = np.random.default_rng(3).multinomial(40, [0.2, 0.1, 0.7], 20_000)
    found = paired_shares(cells[:, 0], cells[:, 1], np.full(20_000, 40))
    covered = (found.difference.low <= 0.1) & (found.difference.high >= 0.1)
    assert covered.mean() == pytest.approx(0.95, abs=0.01)


def _known(found: PairedAuc | NotEstimable) -> tuple[PairedAuc, Estimate]:
    assert isinstance(found, PairedAuc)
    assert isinstance(found.difference, Estimate)
    return found, found.difference


@given(SEEDS)
def test_aucs_are_compared_by_all_pairs(seed: int) -> None:
    """Against scikit-learn's AUC and DeLong's variance from the table of all pairs, ties 1/2."""
    rng = np.random.default_rng(seed)
    positive = rng.permutation(np.repeat([True, False], [12, 19]))
    first, second = (rng.integers(0, 8, 31) + 2.0 * positive for _ in range(2))
    if np.array_equal(first, second):
        return
    found, difference = _known(paired_auc(first, second, positive))
    assert found.first == pytest.approx(roc_auc_score(positive, first))
    assert found.second == pytest.approx(roc_auc_score(positive, second))
    table = np.zeros((12, 19))
    for scores, sign in ((first, 1), (second, -1)):
        apart = scores[positive][:, None] - scores[~positive][None, :]
        table += sign * np.where(apart > 0, 1.0, np.where(apart == 0, 0.5, 0.0))
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    error = sqrt(rows.var(ddof=1) / 12 + columns.var(ddof=1) / 19)
    assert difference.value == pytest.approx(table.mean(), abs=1e-12)
    assert difference.high - difference.value == pytest.approx(Z95 * error)
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(table.mean()) / error))


def test_pairing_sees_what_two_samples_would_miss() -> None:
    """A model and the same with a little noise: p is small although both AUC are close."""
    rng = np.random.default_rng(9)
    positive = rng.random(3000) < 0.4
    first = rng.normal(0, 1, 3000) + positive
    found, difference = _known(
        paired_auc(first, first + rng.normal(0, 0.5, 3000), positive)
    )
    assert 0.01 < difference.value < 0.05
    assert difference.low > 0
    assert found.p < 1e-6


def test_equal_models_are_rarely_called_unequal() -> None:
    """Two scores of one quality on the same 100 rows: p < 0.05 in about 5 % of data sets."""
    rng = np.random.default_rng(10)
    positive = np.repeat([True, False], 50)
    flagged = 0
    for _ in range(TIMES):
        shared = rng.normal(0, 1, 100) + positive
        scores = [shared + rng.normal(0, 1, 100) for _ in range(2)]
        flagged += _known(paired_auc(scores[0], scores[1], positive))[0].p < 0.05
    assert 0.025 <= flagged / TIMES <= 0.08


def test_rankings_without_spread_have_no_interval() -> None:
    """The same ranking twice says p = 1; perfect against upside down says nothing of chance."""
    positive = np.array([True, True, False, False])
    scores = np.array([0.9, 0.8, 0.3, 0.2])
    same = paired_auc(scores, scores**3, positive)
    assert isinstance(same, PairedAuc)
    reason = "the two rankings differ nowhere, or everywhere alike"
    assert same.difference == NotEstimable(reason, 4)
    assert same.p == 1.0
    opposite = paired_auc(scores, -scores, positive)
    assert isinstance(opposite, PairedAuc)
    assert (opposite.first, opposite.second) == (1.0, 0.0)
    assert np.isnan(opposite.p)


def test_one_sided_rows_cannot_be_ranked() -> None:
    """Fewer than two rows on a side leave no spread; the reason names the side."""
    scores = np.array([0.1, 0.2, 0.3])
    for positive, side in (([1, 0, 0], "positives"), ([1, 1, 0], "negatives")):
        found = paired_auc(scores, scores, np.array(positive, dtype=bool))
        assert found == NotEstimable(f"fewer than two {side} to rank", 3)


def test_unlike_arrays_and_missing_scores_are_refused() -> None:
    """Each row has both scores and a label."""
    scores, positive = np.array([0.1, 0.2]), np.array([True, False])
    with pytest.raises(WrongInputError, match="There are 2, 1 scores and 2 labels"):
        paired_auc(scores, scores[:1], positive)
    with pytest.raises(WrongInputError, match="A score is missing"):
        paired_auc(scores, np.array([0.1, np.nan]), positive)
