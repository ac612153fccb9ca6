"""Of many groups the farthest two are found, with an interval that knows they were sought."""

import numpy as np
import pytest

from core.estimates.intervals import Z95, estimate_share
from core.estimates.multiple import joint_z
from core.measures.pairs import (
    JOINT,
    Pool,
    difference_to,
    largest_difference,
    pool_means,
    pool_shares,
    ratio_to,
    smallest_ratio,
)
from core.records.estimate import Estimate, NotEstimable


def _share(hits: int, rows: int) -> Estimate:
    found = estimate_share(hits, rows, rows=rows, effective_rows=rows, nothing="")
    assert isinstance(found, Estimate)
    return found


def _pool(*groups: tuple[int, int]) -> Pool:
    return pool_shares("ABCDEFGHIJ"[: len(groups)], [_share(*group) for group in groups])


def _known(measured: object) -> Estimate:
    assert isinstance(measured, Estimate)
    assert measured.low <= measured.value <= measured.high
    return measured


def test_two_groups_have_newcombes_interval() -> None:
    """With one pair nothing is stretched: 56 of 70 and 48 of 80 (Newcombe 1998, table II)."""
    pool = _pool((56, 70), (48, 80))
    extreme = largest_difference(pool)
    found = _known(extreme.measured)
    ends = (found.value, found.low, found.high)
    assert ends == pytest.approx((0.2, 0.0524, 0.3339), abs=6e-5)
    assert (extreme.highest, extreme.lowest, extreme.certain) == ("A", "B", True)
    assert (found.rows, found.effective_rows, found.method) == (150, 150.0, JOINT)
    other = _known(difference_to(pool, "B", "A"))
    assert (other.low, other.high) == pytest.approx((-0.3339, -0.0524), abs=6e-5)


def test_three_groups_are_stretched_by_tukey() -> None:
    """Normal values with error 1 each: an arm of z sqrt 2, z = 2.344 in place of 1.96."""
    values = [Estimate(v, v - Z95, v + Z95, 50, 50, "") for v in (0.0, 1.0, 9.0)]
    pool = pool_means("ABC", values)
    arm = joint_z(3) * np.sqrt(2)
    found = _known(largest_difference(pool).measured)
    assert (found.low, found.high) == pytest.approx((9 - arm, 9 + arm))
    assert pool.variance == pytest.approx(np.ones(3))
    near = _known(difference_to(pool, "B", "A"))
    assert (near.low, near.high) == pytest.approx((1 - arm, 1 + arm))


def test_the_end_of_another_pair_can_decide() -> None:
    """The farthest pair is small and unsure; a nearer pair of large groups is not.

    The largest true difference is at least what that pair proves.
    """
    pool = _pool((4, 12), (500, 10_000), (1_500, 10_000))
    extreme = largest_difference(pool)
    found = _known(extreme.measured)
    proved = _known(difference_to(pool, "C", "B"))
    assert (extreme.highest, extreme.lowest) == ("A", "B")
    assert _known(difference_to(pool, "A", "B")).low < proved.low == found.low


def test_ratios_are_of_the_lowest_by_the_highest() -> None:
    """By hand: 10 % by 20 %; against a reference of 0 there is no ratio, of 0 there is."""
    pool = _pool((100, 1000), (200, 1000))
    extreme = smallest_ratio(pool)
    found = _known(extreme.measured)
    assert found.value == 0.5
    assert (extreme.highest, extreme.lowest, extreme.certain) == ("B", "A", True)
    assert _known(ratio_to(pool, "A", "B")).low == pytest.approx(found.low)
    assert _known(ratio_to(pool, "B", "A")).value == 2.0
    itself = _known(ratio_to(pool, "A", "A"))
    assert (itself.low, itself.high) == (1.0, 1.0)
    none = _pool((0, 50), (25, 50))
    assert _known(smallest_ratio(none).measured).value == 0.0
    assert _known(smallest_ratio(none).measured).high > 0.0
    assert ratio_to(none, "B", "A") == NotEstimable("the rate of the reference is 0", 50)
    nobody = smallest_ratio(_pool((0, 50), (0, 50)))
    assert nobody.measured == NotEstimable("the rate is 0 in every group", 100)


def test_equal_groups_are_two_groups_still() -> None:
    """Where all rates are one, two different groups stand for the farthest."""
    extreme = largest_difference(_pool((5, 50), (5, 50), (5, 50)))
    assert extreme.highest != extreme.lowest
    assert (_known(extreme.measured).value, extreme.certain) == (0.0, False)
    assert _known(smallest_ratio(_pool((5, 50), (5, 50))).measured).high == 1.0


@pytest.mark.parametrize("groups", [(), ((5, 50),)])
def test_one_group_has_nothing_beside_it(groups: tuple[tuple[int, int], ...]) -> None:
    """Fewer than two groups are no pair, and no gap of 0 or 1."""
    pool = _pool(*groups)
    reason = "fewer than two groups can be compared"
    for extreme in (largest_difference(pool), smallest_ratio(pool)):
        assert extreme.measured == NotEstimable(reason, 50 * len(groups))
        assert not extreme.certain


def test_a_variance_is_never_0() -> None:
    """By hand: 0 of 50 has that of 1/2 of 51; 10 of 50 the unbiased 0.16 / 49."""
    pool = _pool((0, 50), (10, 50))
    soft = 0.5 / 51
    assert pool.variance == pytest.approx([soft * (1 - soft) / 50, 0.16 / 49])


@pytest.mark.parametrize("truth", [[0.3] * 6, [0.1, 0.2, 0.25, 0.3, 0.3, 0.45]])
def test_the_largest_true_difference_is_covered(truth: list[float]) -> None:
    """500 seeded tables of six groups of 40 to 300 rows: in 95 %, less two sampling errors."""
    rng = np.random.default_rng(14)
    rows = [40, 60, 90, 120, 200, 300]
    gap, ratio = max(truth) - min(truth), min(truth) / max(truth)
    covered = np.zeros(2)
    for _ in range(500):
        pool = _pool(*zip(rng.binomial(rows, truth).tolist(), rows, strict=True))
        apart = _known(largest_difference(pool).measured)
        share = _known(smallest_ratio(pool).measured)
        covered += [apart.low <= gap <= apart.high, share.low <= ratio <= share.high]
    assert (covered / 500 >= 0.93).all()
