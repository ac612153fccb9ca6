"""Drops: by how much a metric is worse in one table than in another, with its interval."""

import numpy as np

from core.estimates.many import Intervals
from core.estimates.mover import difference_many, ratio_many
from core.records.estimate import Estimate, Measured, NotEstimable

METHOD = "MOVER, both tables independent"


def worse_by(before: Estimate, after: Estimate, worse: str) -> Estimate:
    """Return by how much `after` is worse than `before`; below 0 where it is better.

    `worse` says which way that is: "low" or "high" (`Metric.worse`). Of two shares with
    Wilson's intervals this is Newcombe's (1998, method 10).
    """
    first, last = (after, before) if worse == "high" else (before, after)
    return _estimate(difference_many(_one(first), _one(last)), before, after)


def grown_by(before: Estimate, after: Estimate) -> Measured:
    """Return by which share of itself an amount grew: 0.05 where it is 5 % larger now."""
    ratio = ratio_many(_one(after), _one(before))
    if not np.isfinite([ratio.value[0], ratio.high[0]]).all():
        return NotEstimable("there was no error before", before.rows)
    grown = Intervals(ratio.value - 1, ratio.low - 1, ratio.high - 1)
    return _estimate(grown, before, after)


def _one(estimate: Estimate) -> Intervals:
    ends = estimate.value, estimate.low, estimate.high
    return Intervals(*(np.array([end], np.float64) for end in ends))


def _estimate(found: Intervals, before: Estimate, after: Estimate) -> Estimate:
    value, low, high = (float(each[0]) for each in (found.value, found.low, found.high))
    rows, effective = zip(
        *((each.rows, each.effective_rows) for each in (before, after)), strict=True
    )
    return Estimate(value, low, high, min(rows), min(effective), METHOD)
