"""Groups beside each other: differences and ratios that hold for all pairs at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.estimates.homogeneity import ALONE
from core.estimates.intervals import Z95
from core.estimates.many import Floats, Intervals, score_many
from core.estimates.mover import difference_many, ratio_many
from core.estimates.multiple import joint_z
from core.records.estimate import Estimate, Measured, NotEstimable

JOINT: Final = "MOVER, joint over all pairs (Tukey)"


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Groups that can be compared: 95 % intervals stretched until all pairs hold together.

    `variance` is the sampling variance of each value, never 0.
    """

    titles: tuple[str, ...]
    rows: Floats
    effective: Floats
    joint: Intervals
    variance: Floats


@dataclass(frozen=True, slots=True)
class Extreme:
    """The two groups farthest apart.

    `measured` is what lies between them, with an interval for the farthest true pair;
    `certain` says that chance alone hardly sets these two apart.
    """

    measured: Measured
    highest: str = ""
    lowest: str = ""
    certain: bool = False


def pool_shares(
    titles: Sequence[str], found: Sequence[Estimate], *, families: int = 1
) -> Pool:
    """Return a pool of shares, by Wilson intervals at Tukey's level.

    `families` rates are to hold together, as the two of equalised odds.
    """
    value, effective = _column(found, "value"), _column(found, "effective_rows")
    joint = score_many(value, effective, z=joint_z(len(found), families=families))
    plain = value * (1 - value) / np.maximum(1.0, effective - 1)
    soft = (value * effective + 0.5) / (effective + 1)
    variance = np.where(plain > 0, plain, soft * (1 - soft) / np.maximum(1.0, effective))
    return Pool(tuple(titles), _column(found, "rows"), effective, joint, variance)


def pool_means(titles: Sequence[str], found: Sequence[Estimate]) -> Pool:
    """Return a pool of roughly normal values, their arms stretched to Tukey's level."""
    value, effective = _column(found, "value"), _column(found, "effective_rows")
    low, high = _column(found, "low"), _column(found, "high")
    stretch = joint_z(len(found)) / Z95
    joint = Intervals(
        value, value - stretch * (value - low), value + stretch * (high - value)
    )
    variance = ((high - low) / (2 * Z95)) ** 2
    return Pool(tuple(titles), _column(found, "rows"), effective, joint, variance)


def largest_difference(pool: Pool) -> Extreme:
    """Return the largest difference between two groups of the pool.

    The interval is for the largest true difference: with all pairs inside their intervals,
    it is at least the largest of the lower ends and at most the largest of the upper ones.
    """
    if len(pool.titles) < 2:  # noqa: PLR2004 - a pair
        return Extreme(NotEstimable(ALONE, int(pool.rows.sum())))
    pairs = difference_many(_down(pool.joint), _across(pool.joint))
    low, high = _off_diagonal(pairs.low), _off_diagonal(pairs.high)
    bottom, top = _ends(pool)
    measured = Estimate(
        float(pairs.value[top, bottom]),
        max(0.0, float(np.max(low))),
        float(np.max(high)),
        *_counted(pool, top, bottom),
        JOINT,
    )
    certain = bool(pairs.low[top, bottom] > 0)
    return Extreme(measured, pool.titles[top], pool.titles[bottom], certain)


def smallest_ratio(pool: Pool) -> Extreme:
    """Return the smallest ratio of two groups of the pool, at most 1.

    The interval is for the smallest true ratio, by the same reasoning.
    """
    if len(pool.titles) < 2:  # noqa: PLR2004 - a pair
        return Extreme(NotEstimable(ALONE, int(pool.rows.sum())))
    bottom, top = _ends(pool)
    if not pool.joint.value[top]:
        return Extreme(NotEstimable("the rate is 0 in every group", int(pool.rows.sum())))
    pairs = ratio_many(_down(pool.joint), _across(pool.joint))
    low, high = _off_diagonal(pairs.low), _off_diagonal(pairs.high)
    measured = Estimate(
        float(pairs.value[bottom, top]),
        float(np.nanmin(low)),
        min(1.0, float(np.nanmin(high))),
        *_counted(pool, top, bottom),
        JOINT,
    )
    certain = bool(pairs.high[bottom, top] < 1)
    return Extreme(measured, pool.titles[top], pool.titles[bottom], certain)


def difference_to(pool: Pool, title: str, reference: str) -> Measured:
    """Return one group minus another, with its joint interval."""
    i, j = pool.titles.index(title), pool.titles.index(reference)
    if i == j:
        return Estimate(0.0, 0.0, 0.0, *_counted(pool, i), "the reference itself")
    found = difference_many(_one(pool.joint, i), _one(pool.joint, j))
    return _estimate(found, pool, i, j)


def ratio_to(pool: Pool, title: str, reference: str) -> Measured:
    """Return one group by another, with its joint interval."""
    i, j = pool.titles.index(title), pool.titles.index(reference)
    if not pool.joint.value[j]:
        return NotEstimable("the rate of the reference is 0", int(pool.rows[j]))
    if i == j:
        return Estimate(1.0, 1.0, 1.0, *_counted(pool, i), "the reference itself")
    found = ratio_many(_one(pool.joint, i), _one(pool.joint, j))
    return _estimate(found, pool, i, j)


def _column(found: Sequence[Estimate], name: str) -> Floats:
    return np.array([getattr(each, name) for each in found], dtype=np.float64)


def _one(intervals: Intervals, at: int) -> Intervals:
    ends = (intervals.value, intervals.low, intervals.high)
    return Intervals(*(end[at : at + 1] for end in ends))


def _down(intervals: Intervals) -> Intervals:
    ends = (intervals.value, intervals.low, intervals.high)
    return Intervals(*(end[:, None] for end in ends))


def _across(intervals: Intervals) -> Intervals:
    ends = (intervals.value, intervals.low, intervals.high)
    return Intervals(*(end[None, :] for end in ends))


def _off_diagonal(square: Floats) -> Floats:
    """Return the pairs of unlike groups: a group differs from itself by nothing."""
    return square[~np.eye(len(square), dtype=np.bool_)]


def _ends(pool: Pool) -> tuple[int, int]:
    order = np.argsort(pool.joint.value, kind="stable")
    return int(order[0]), int(order[-1])


def _counted(pool: Pool, *at: int) -> tuple[int, float]:
    return int(pool.rows[list(at)].sum()), float(pool.effective[list(at)].sum())


def _estimate(found: Intervals, pool: Pool, i: int, j: int) -> Estimate:
    value, low, high = (float(end[0]) for end in (found.value, found.low, found.high))
    return Estimate(value, low, high, *_counted(pool, i, j), JOINT)
