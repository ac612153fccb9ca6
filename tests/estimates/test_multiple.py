"""Many tests at once are corrected as their authors say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.estimates.intervals import Z95
from core.estimates.multiple import (
    benjamini_hochberg,
    benjamini_yekutieli,
    holm,
    joint_z,
)

CHANCES = st.lists(st.floats(0, 1), min_size=1, max_size=40)
CORRECTIONS = [benjamini_hochberg, benjamini_yekutieli, holm]


@given(CHANCES)
def test_false_discoveries_are_controlled_as_in_scipy(p: list[float]) -> None:
    """Benjamini-Hochberg and -Yekutieli against scipy, ties included."""
    bh = stats.false_discovery_control(p, method="bh")
    by = stats.false_discovery_control(p, method="by")
    assert benjamini_hochberg(np.array(p)) == pytest.approx(bh, abs=1e-14)
    assert benjamini_yekutieli(np.array(p)) == pytest.approx(by, abs=1e-14)


@given(CHANCES)
def test_holm_by_its_definition(p: list[float]) -> None:
    """Reject in order while p_(j) <= alpha / (m - j + 1); the adjusted p says the same."""
    adjusted = holm(np.array(p))
    order = np.argsort(p, kind="stable")
    for alpha in (0.01, 0.05, 0.3):
        rejected = set()
        for step, at in enumerate(order):
            if p[at] * (len(p) - step) > alpha:
                break
            rejected.add(int(at))
        assert set(np.flatnonzero(adjusted <= alpha).tolist()) == rejected


def test_corrections_by_hand() -> None:
    """P of 0.01, 0.04, 0.03: BH 0.03, 0.04, 0.04; Holm 0.03, 0.06, 0.06; BY times 11/6."""
    p = np.array([0.01, 0.04, 0.03])
    assert benjamini_hochberg(p) == pytest.approx([0.03, 0.04, 0.04])
    assert holm(p) == pytest.approx([0.03, 0.06, 0.06])
    assert benjamini_yekutieli(p) == pytest.approx(np.array([0.03, 0.04, 0.04]) * 11 / 6)


@pytest.mark.parametrize("correct", CORRECTIONS)
def test_what_was_not_tested_does_not_count(correct: type) -> None:
    """NaN stays NaN and makes nobody else pay; nothing at all stays nothing."""
    p = np.array([np.nan, 0.01, 0.2, np.nan, 0.04])
    found = correct(p)
    assert np.isnan(found).tolist() == [True, False, False, True, False]
    assert found[[1, 2, 4]] == pytest.approx(correct(p[[1, 2, 4]]))
    assert np.isnan(correct(np.full(3, np.nan))).all()
    assert correct(np.array([])).shape == (0,)


def test_false_discoveries_stay_at_their_level() -> None:
    """2,000 seeded pages of 100 tests, 20 real: 8 % of what q <= 0.1 flags is false.

    Giskard's formula reaches 34 % here.
    """
    rng = np.random.default_rng(2)
    z = rng.normal(0, 1, (2000, 100)) + np.repeat([3.0, 0.0], [20, 80])
    shares = []
    for p in 2 * stats.norm.sf(np.abs(z)):
        flagged = benjamini_hochberg(p) <= 0.1
        shares.append(flagged[20:].sum() / max(1, flagged.sum()))
    assert np.mean(shares) == pytest.approx(0.08, abs=0.01)


def test_all_pairs_hold_together_by_tukeys_tables() -> None:
    """Q of 5 % without limit of rows: 2.772, 3.314, 3.858, 4.474 for 2, 3, 5, 10 groups."""
    tables = {2: 2.772, 3: 3.314, 5: 3.858, 10: 4.474}
    for groups, q in tables.items():
        assert joint_z(groups) * np.sqrt(2) == pytest.approx(q, abs=6e-4)
    assert joint_z(2) == pytest.approx(Z95)
    assert joint_z(1) == joint_z(2)
    assert joint_z(2, families=2) == pytest.approx(stats.norm.ppf(0.9875))
