"""A slice differs from the rest by more than chance: the p-values of the textbooks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.estimates.contrasts import (
    Means,
    Rankings,
    contrast_aucs,
    contrast_means,
    contrast_shares,
    contrast_weighted_shares,
)

SEEDS = st.integers(0, 10**6)


def _mid_p(hits: int, total: int, rest_hits: int, rest_total: int) -> float:
    """Fisher's mid-p by summing the hypergeometric distribution of scipy."""
    drawn = stats.hypergeom(total + rest_total, hits + rest_hits, total)
    log_chances = drawn.logpmf(np.arange(total + 1))
    seen = log_chances[hits]
    less, alike = log_chances < seen - 1e-9, np.abs(log_chances - seen) <= 1e-9
    return float(np.exp(log_chances[less]).sum() + np.exp(log_chances[alike]).sum() / 2)


@given(SEEDS)
def test_shares_have_the_p_of_g_or_of_fisher(seed: int) -> None:
    """Against scipy: G where all cells expect 5, else summed exact chances."""
    rng = np.random.default_rng(seed)
    total, rest_total = rng.choice([1, 4, 12, 60, 400], (2, 30))
    hits, rest_hits = rng.binomial(total, 0.15), rng.binomial(rest_total, 0.3)
    found = contrast_shares(hits, total, rest_hits, rest_total)
    for p, *counts in zip(found, hits, total, rest_hits, rest_total, strict=True):
        h, t, rh, rt = (int(count) for count in counts)
        if h + rh in (0, t + rt):
            assert p == 1.0
            continue
        table = [[h, t - h], [rh, rt - rh]]
        g = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        large = g.expected_freq.min() >= 5
        assert p == pytest.approx(g.pvalue if large else _mid_p(h, t, rh, rt), rel=1e-6)


def test_fishers_tea_by_hand() -> None:
    """3 of 4 cups against 1 of 4: chances 1, 16, 36, 16, 1 of 70: 2/70 + 32/70/2."""
    p = contrast_shares(*(np.array([count]) for count in (3, 4, 1, 4)))
    assert p[0] == pytest.approx(18 / 70)


@pytest.mark.parametrize(("total", "hits"), [(6, 5), (9, 4), (30, 3)])
def test_mid_p_is_one_half_on_average(total: int, hits: int) -> None:
    """Under no difference, over all tables of the margins, the mean of mid-p is 1/2."""
    seen = np.arange(max(0, hits - 20), min(total, hits) + 1)
    p = contrast_shares(
        seen, np.full_like(seen, total), hits - seen, np.full_like(seen, 20)
    )
    chance = stats.hypergeom(total + 20, hits, total).pmf(seen)
    assert (p * chance).sum() == pytest.approx(0.5)


def test_large_tables_with_rare_hits_are_counted_exactly() -> None:
    """A million rows with six hits, all of them in 2,000: rare, and surely no chance."""
    counts = (np.array([6, 0]), np.array([2000, 2000]), np.array([0, 6]))
    p = contrast_shares(*counts, np.array([998_000, 998_000]))
    assert p[0] == pytest.approx(_mid_p(6, 2000, 0, 998_000), rel=1e-6)
    assert p[0] < 1e-15
    assert p[1] > 0.4


def test_many_small_tables_go_through_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut into batches of 50 counts, the p-values are the same."""
    rng = np.random.default_rng(3)
    total = rng.integers(1, 30, 200)
    hits = rng.binomial(total, 0.2)
    arguments = (hits, total, np.full(200, 4), np.full(200, 90))
    whole = contrast_shares(*arguments)
    monkeypatch.setattr("core.estimates.contrasts.BATCH", 50)
    assert contrast_shares(*arguments) == pytest.approx(whole, abs=1e-12)


def test_the_gap_of_compas_is_no_chance() -> None:
    """False-positive rates 805 of 1,795 and 349 of 1,488, each among its own negatives.

    Aequitas tests them among the predicted positives and prints p = 0.05.
    """
    counts = (np.array([805]), np.array([1795]), np.array([349]), np.array([1488]))
    shares = counts[0] / counts[1], counts[2] / counts[3]
    assert (shares[0][0], shares[1][0]) == pytest.approx((0.4485, 0.2345), abs=5e-5)
    assert contrast_shares(*counts)[0] < 1e-30
    weighted = contrast_weighted_shares(
        shares[0], counts[1].astype(float), shares[1], counts[3].astype(float)
    )
    assert weighted[0] == pytest.approx(2.1e-37, rel=0.05)


def test_an_empty_side_has_no_p() -> None:
    """Nothing on one side is NaN; all alike is 1."""
    p = contrast_shares(
        np.array([0, 3, 0]), np.array([0, 5, 4]), np.array([2, 0, 0]), np.array([5, 0, 9])
    )
    assert np.isnan(p[:2]).all()
    assert p[2] == 1.0
    weighted = contrast_weighted_shares(
        np.array([np.nan, 0.0]),
        np.array([0.0, 4.0]),
        np.array([0.4, 0.0]),
        np.array([5.0, 9]),
    )
    assert np.isnan(weighted[0])
    assert weighted[1] == 1.0


@given(st.integers(2, 400), st.integers(2, 400), st.floats(0, 1), st.floats(0, 1))
def test_weighted_shares_have_the_p_of_the_score(
    n: int, m: int, part: float, other: float
) -> None:
    """With whole rows it is Pearson's chi-square without correction."""
    h, k = round(part * n), round(other * m)
    p = contrast_weighted_shares(
        *(np.array([x], dtype=np.float64) for x in (h / n, n, k / m, m))
    )
    if h + k in (0, n + m):
        assert p[0] == 1.0
        return
    table = [[h, n - h], [k, m - k]]
    chi = stats.chi2_contingency(table, correction=False)
    assert p[0] == pytest.approx(chi.pvalue, rel=1e-6, abs=1e-12)


@given(SEEDS, st.integers(2, 40), st.integers(2, 40))
def test_means_have_the_p_of_welch(seed: int, n: int, m: int) -> None:
    """Against scipy's t-test with unequal variances, from the sums alone."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 1, n), rng.normal(0.4, 3, m)
    sides = [
        Means(*(np.array([x]) for x in (s.mean(), s.var(ddof=1), float(len(s)))))
        for s in samples
    ]
    wanted = stats.ttest_ind(*samples, equal_var=False).pvalue
    assert contrast_means(*sides)[0] == pytest.approx(wanted, rel=1e-9)


def test_means_without_spread_or_rows_have_no_p() -> None:
    """Two rows are needed on each side, and something to measure the difference by."""
    one = Means(np.array([1.0, 1.0]), np.array([1.0, 0.0]), np.array([1.0, 5.0]))
    other = Means(np.array([2.0, 2.0]), np.array([1.0, 0.0]), np.array([9.0, 9.0]))
    assert np.isnan(contrast_means(one, other)).all()


def _rankings(auc: float, variance: float, rows: int) -> Rankings:
    side = np.array([float(rows)])
    return Rankings(np.array([auc]), np.array([variance]), side, side)


def test_aucs_are_compared_by_both_variances() -> None:
    """By hand: 0.80 and 0.74 with errors 0.03 and 0.04: z = 0.06 / 0.05 = 1.2."""
    p = contrast_aucs(_rankings(0.80, 0.0009, 50), _rankings(0.74, 0.0016, 50))
    assert p[0] == pytest.approx(2 * stats.norm.sf(1.2))


def test_a_few_lucky_pairs_are_no_proof() -> None:
    """Four right pairs have DeLong variance 0; held against 0.75 of many they prove nothing.

    Many thousand right pairs do. Two perfect rankings do not differ; an empty side is NaN.
    """
    rest = _rankings(0.75, 1e-5, 5000)
    assert contrast_aucs(_rankings(1.0, 0.0, 2), rest)[0] > 0.1
    assert contrast_aucs(_rankings(1.0, 0.0, 500), rest)[0] < 1e-9
    assert contrast_aucs(_rankings(1.0, 0.0, 5), _rankings(1.0, 0.0, 50))[0] == 1.0
    assert np.isnan(contrast_aucs(_rankings(np.nan, 0.0, 0), rest)[0])


@pytest.mark.parametrize("rows", [6, 40])
def test_aucs_of_alike_slices_are_rarely_called_unlike(rows: int) -> None:
    """2,000 seeded slices against a rest of the same quality: p < 0.05 in about 5 %."""
    rng = np.random.default_rng(11)
    high, low = rng.normal(1, 1, (2000, rows)), rng.normal(0, 1, (2000, rows))
    above = (high[:, :, None] > low[:, None, :]).astype(float)
    auc, side = above.mean(axis=(1, 2)), np.full(2000, float(rows))
    variance = (
        above.mean(axis=2).var(axis=1, ddof=1) + above.mean(axis=1).var(axis=1, ddof=1)
    ) / rows
    truth = float(stats.norm.cdf(1 / np.sqrt(2)))
    rest = Rankings(*(np.full(2000, x) for x in (truth, 1e-7, 1e5, 1e5)))
    p = contrast_aucs(Rankings(auc, variance, side, side), rest)
    assert 0.02 <= np.mean(p < 0.05) <= 0.08
