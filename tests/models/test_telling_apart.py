"""Two tables are told apart where they differ, in combinations too, and not by chance."""

import os
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import kstest, mannwhitneyu

from core.errors import WrongInputError
from core.models.telling_apart import _delong, tell_apart

TABLES: Final = 200 if os.environ.get("PROVE") else 20
Floats = NDArray[np.float64]


def normal(seed: int, rows: int, columns: int = 3) -> Floats:
    """Draw independent normal columns."""
    return np.random.default_rng(seed).normal(size=(rows, columns))


def by_pairs(low: Floats, high: Floats) -> tuple[float, float]:
    """Return AUC and its error from the matrix of all pairs (DeLong et al., 1988, eq. 6)."""
    psi = (high[:, None] > low[None, :]) + 0.5 * (high[:, None] == low[None, :])
    s10, s01 = psi.mean(axis=1).var(ddof=1), psi.mean(axis=0).var(ddof=1)
    return float(psi.mean()), float(np.sqrt(s10 / len(high) + s01 / len(low)))


@pytest.mark.parametrize("seed", range(5))
def test_the_interval_is_delongs(seed: int) -> None:
    """Equal to the matrix of all pairs, ties included; the AUC is Mann and Whitney's U."""
    rng = np.random.default_rng(seed)
    low, high = rng.normal(0, 1, 60).round(1), rng.normal(0.5, 1, 90).round(1)
    assert _delong(low, high) == pytest.approx(by_pairs(low, high), abs=1e-12)
    u = mannwhitneyu(high, low).statistic / (60 * 90)
    assert _delong(low, high)[0] == pytest.approx(u)


def test_a_combination_is_seen_where_no_column_moved() -> None:
    """Both columns are normal on both sides, and correlated on one: 0.6 or more, by both."""
    before = normal(1, 2000)
    after = normal(2, 2000)
    after[:, 1] = 0.8 * after[:, 0] + 0.6 * after[:, 1]
    found = tell_apart(before, after, ("a", "b", "c"))
    assert found.low > 0.55
    assert found.p < 1e-6
    assert {name for name, _ in found.by[:2]} == {"a", "b"}
    assert sum(share for _, share in found.by) == pytest.approx(1.0)


def test_the_column_that_moved_leads() -> None:
    """Half a standard deviation in one of three."""
    after = normal(3, 1000)
    after[:, 2] += 0.5
    found = tell_apart(normal(4, 1000), after, ("a", "b", "c"))
    assert found.by[0][0] == "c"
    assert found.low <= found.auc <= found.high


def test_values_that_go_missing_are_seen() -> None:
    """A third missing on one side only."""
    after = normal(5, 600)
    after[::3, 0] = np.nan
    assert tell_apart(normal(6, 600), after, ("a", "b", "c")).p < 1e-6


def test_like_tables_are_told_apart_by_chance_only() -> None:
    """P is uniform over pairs of like tables, so that 5 % of them alarm (seeded)."""
    found = [
        tell_apart(normal(10 + k, 100, 2), normal(5000 + k, 100, 2), ("a", "b")).p
        for k in range(TABLES)
    ]
    assert kstest(found, "uniform").pvalue > 0.01
    assert np.mean(np.array(found) < 0.05) <= 0.15


def test_it_is_the_same_each_time() -> None:
    """No chance is left in it."""
    sides = normal(7, 200), normal(8, 200)
    assert tell_apart(*sides, ("a", "b", "c")) == tell_apart(*sides, ("a", "b", "c"))


def test_few_rows_are_refused() -> None:
    """Forty-nine on one side."""
    with pytest.raises(WrongInputError, match="49 rows are too few"):
        tell_apart(normal(1, 500), normal(2, 49), ("a", "b", "c"))
