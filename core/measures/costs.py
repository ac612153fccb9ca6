"""Costs: the threshold that is cheapest for each slice, and the price of one for all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.measures.tallies import Cube


@dataclass(frozen=True, slots=True, eq=False)
class Cheapest:
    """Thresholds in thousandths and costs in false alarms.

    `common` is the cheapest for all rows together, `best` that of each slice; `paid` is what
    a slice costs at the common threshold, `least` at its own.
    """

    common: int
    best: NDArray[np.int64]
    paid: NDArray[np.float64]
    least: NDArray[np.float64]


def find_cheapest(cube: Cube, *, missed: float) -> Cheapest:
    """Return the cheapest thresholds where a missed case costs `missed` false alarms.

    cost(t) = FP(t) + missed * FN(t), over all thresholds of the grid; of equally cheap ones
    the lowest. Rows without a label cost nothing, and rows count once whatever they weigh.
    Source: Elkan (2001), IJCAI, section 1.
    """
    whole = _cost(cube.whole[..., np.newaxis], missed)[:, 0]
    common = int(np.argmin(whole))
    costs = _cost(cube.counts, missed)
    best = np.argmin(costs, axis=0)
    least = np.take_along_axis(costs, best[np.newaxis], axis=0)[0]
    return Cheapest(common, best, costs[common], least)


def _cost(
    counts: NDArray[np.int64] | NDArray[np.uint32], missed: float
) -> NDArray[np.float64]:
    """Return (thresholds, slices): what each threshold costs."""
    reached, false = counts[0].astype(np.float64), counts[1].astype(np.float64)
    cost: NDArray[np.float64] = false + missed * (reached[0] - reached)
    return cost
