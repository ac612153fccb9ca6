"""How far apart two distributions of numbers lie, from counts in bins that keep their order.

F and G are the distribution functions before and after. At the ends of bins both are known
exactly; in between they are bounded by what a bin holds, so that each distance has a certain
interval, and it is known which bins must be looked into to close it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.estimates.many import Floats

Counts = NDArray[np.int64]
TENTHS: Final = np.arange(1, 10)


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """Both sides counted by the same bins, none of them empty, lowest first.

    `lo` and `hi` are the ends of each bin's values; `n` is (2, bins) rows; the sum of the
    values of each bin and side lies between `low_sum` and `high_sum`, both (2, bins).
    """

    lo: Floats
    hi: Floats
    n: Counts
    low_sum: Floats
    high_sum: Floats

    @property
    def rows(self) -> tuple[int, int]:
        """Rows with a value, before and after."""
        before, after = self.n.sum(axis=1)
        return int(before), int(after)

    @property
    def single(self) -> NDArray[np.bool_]:
        """Which bins hold one value only."""
        return np.asarray(self.lo == self.hi)

    @property
    def finite(self) -> "Paired":
        """Without infinite values."""
        return self.take(np.isfinite(self.lo) & np.isfinite(self.hi))

    def take(self, keep: NDArray[np.bool_]) -> "Paired":
        """Return only some bins."""
        sums = self.low_sum[:, keep], self.high_sum[:, keep]
        return Paired(self.lo[keep], self.hi[keep], self.n[:, keep], *sums)

    def after_missing(self, missing: tuple[int, int]) -> "Paired":
        """Return it with missing values as the lowest value of all."""
        if not any(missing):
            return self
        first = np.array([-np.inf])
        none = np.zeros((2, 1))
        return Paired(
            np.concatenate([first, self.lo]),
            np.concatenate([first, self.hi]),
            np.concatenate([np.array(missing, np.int64)[:, None], self.n], axis=1),
            np.concatenate([none, self.low_sum], axis=1),
            np.concatenate([none, self.high_sum], axis=1),
        )


def bound_ks(paired: Paired) -> tuple[float, float]:
    """Return limits of D = sup |F - G|, the Kolmogorov-Smirnov distance; equal if exact.

    At bin ends F - G = d is known. Inside a bin with shares r and q, which d enters as l, it
    stays within [l - q, l + r].
    """
    least, most = _limits(paired)
    low = float(least.max(initial=0.0))
    return low, max(low, float(most.max(initial=0.0)))


def open_bins(paired: Paired) -> NDArray[np.intp]:
    """Return the bins that may hold a larger difference than all bin ends have."""
    least, most = _limits(paired)
    return np.flatnonzero(~paired.single & (most > least.max(initial=0.0)))


def decile_bins(paired: Paired) -> NDArray[np.intp]:
    """Return the bins that hold the deciles of the first side, each once."""
    found = np.searchsorted(np.cumsum(paired.n[0]), _decile_ranks(paired))
    return np.unique(found)


def bound_wasserstein(paired: Paired) -> tuple[float, float]:
    """Return limits of W1 = integral |F - G| dx, in the unit of the column.

    Between bins F - G is constant. In a bin of width w the signed integral follows from the
    sum of its values, l w + r hi - S/n - (q hi - T/m); it is |F - G| itself where F - G
    cannot change its sign.
    """
    n, m = paired.rows
    if not n or not m or len(paired.lo) == 0:
        return 0.0, 0.0
    r, q, start, end = _shares(paired)
    width = paired.hi - paired.lo
    with np.errstate(over="ignore"):
        rises = [_area(paired, 0, high=high) / n for high in (False, True)]
        falls = [_area(paired, 1, high=high) / m for high in (False, True)]
        signed_low = start * width + rises[0] - falls[1]
        signed_high = start * width + rises[1] - falls[0]
        inside = np.maximum(np.abs(signed_low), np.abs(signed_high))
        sure = paired.single | (start >= q) | (-start >= r)
        most = np.minimum(
            width * np.maximum(start + r, q - start).clip(0),
            np.abs(start) * width + rises[1] + falls[1],
        )
        least = np.where(
            np.sign(signed_low) == np.sign(signed_high),
            np.minimum(np.abs(signed_low), np.abs(signed_high)),
            0.0,
        )
        between = (np.abs(end[:-1]) * (paired.lo[1:] - paired.hi[:-1])).sum()
        high = np.where(sure, inside, np.maximum(most, least))
        return float(between + least.sum()), float(between + high.sum())


def quantile_of(paired: Paired, side: int, share: float) -> float:
    """Return a quantile of one side, as exact as its bin is narrow."""
    counts = paired.n[side]
    total = int(counts.sum())
    if not total:
        return float("nan")
    rank = max(1, int(np.ceil(share * total)))
    reached = np.cumsum(counts)
    at = int(np.searchsorted(reached, rank))
    within = (rank - (reached[at] - counts[at])) / counts[at]
    low, high = paired.lo[at], paired.hi[at]
    return float(low if low == high else low + (high - low) * within)


def decile_counts(paired: Paired) -> Counts:
    """Return both sides between the deciles of the first, (2, at most 10).

    Cut at the ends of the bins that hold the deciles, so exact where these hold one value.
    """
    cuts = [int(at) + 1 for at in decile_bins(paired) if at + 1 < len(paired.lo)]
    return np.asarray(np.add.reduceat(paired.n, [0, *cuts], axis=1))


def split_bins(
    paired: Paired, at: NDArray[np.intp], before: Floats, after: Floats
) -> Paired:
    """Return it with some bins split into their values, given sorted for both sides."""
    if not len(at):
        return paired
    values = np.union1d(before, after)
    n = np.stack([_count(values, before), _count(values, after)])
    sums = n.astype(np.float64) * np.where(np.isfinite(values), values, 0.0)
    return replace_bins(paired, at, Paired(values, values, n, sums, sums))[0]


def replace_bins(
    paired: Paired, at: NDArray[np.intp], finer: Paired
) -> tuple[Paired, NDArray[np.intp]]:
    """Return it with finer bins in the place of some, and where each bin came from.

    The places count the bins that were kept, then the finer ones.
    """
    keep = np.ones(len(paired.lo), np.bool_)
    keep[at] = False
    left = paired.take(keep)
    lo, hi = (np.concatenate(ends) for ends in ((left.lo, finer.lo), (left.hi, finer.hi)))
    order = np.lexsort((hi, lo))
    counts = np.concatenate([left.n, finer.n], axis=1)[:, order]
    low_sum, high_sum = (
        np.concatenate(sums, axis=1)[:, order]
        for sums in ((left.low_sum, finer.low_sum), (left.high_sum, finer.high_sum))
    )
    return Paired(lo[order], hi[order], counts, low_sum, high_sum), order


def _count(values: Floats, found: Floats) -> Counts:
    ends = np.searchsorted(found, values, side="right")
    return (ends - np.searchsorted(found, values, side="left")).astype(np.int64)


def _decile_ranks(paired: Paired) -> Counts:
    rows = paired.rows[0]
    return np.array([-(-int(tenth) * rows // 10) for tenth in TENTHS], np.int64)


def _differences(paired: Paired) -> Counts:
    """Return (F - G) n m at the end of each bin: whole numbers, so that nothing is rounded."""
    n, m = paired.rows
    return np.asarray(np.cumsum(paired.n[0]) * m - np.cumsum(paired.n[1]) * n)


def _shares(paired: Paired) -> tuple[Floats, Floats, Floats, Floats]:
    n, m = paired.rows
    end = _differences(paired) / (n * m)
    start = np.concatenate([[0.0], end[:-1]])
    return paired.n[0] / n, paired.n[1] / m, start, end


def _limits(paired: Paired) -> tuple[Floats, Floats]:
    if 0 in paired.rows:
        return np.zeros(0), np.zeros(0)
    r, q, start, end = _shares(paired)
    least = np.abs(end)
    inside = np.maximum(start + r, q - start)
    return least, np.where(paired.single, least, np.maximum(inside, least))


def _area(paired: Paired, side: int, *, high: bool) -> Floats:
    """Return the integral of one side's count inside each bin: sum of (hi - x)."""
    sums = paired.low_sum if high else paired.high_sum
    found = paired.n[side] * paired.hi - sums[side]
    return np.asarray(np.clip(found, 0.0, paired.n[side] * (paired.hi - paired.lo)))
