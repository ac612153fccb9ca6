"""Shift pairs: one column of both sides, brought into the same bins."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.shift_bins import ABOVE, BELOW, FARTHEST, UNIT, Binned
from core.engine.shift_values import Valued
from core.estimates.many import Floats
from core.estimates.shift_order import Paired
from core.records.data import ColumnType
from core.records.drift import Shape

Counts = NDArray[np.int64]
MOST_NAMES: Final = 254  # values with a bin of their own; the others share one
FLOAT: Final = 1e-15  # how far a double is off, relative
REST: Final = "all other values"


@dataclass(frozen=True, slots=True)
class About:
    """Which column is measured: its name and type, how it is compared.

    `spread` is the usual spread where the quartiles give none; `ties` the share of rows
    whose value is not alone; `masked` keeps values out of words; `least` rows of
    one side are the fewest that a bar or a named value may tell.
    """

    column: str
    type: ColumnType
    shape: Shape
    spread: float = 1.0
    ties: float = 1.0
    masked: bool = False
    least: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """The values of a column of names and their rows, (2, values), most rows first.

    `missing` are the rows without a value; the last value stands for all others where there
    are more than 254.
    """

    values: tuple[str, ...]
    n: Counts
    missing: tuple[int, int]
    new: tuple[tuple[str, int], ...]
    vanished: tuple[tuple[str, int], ...]

    @property
    def counts(self) -> Counts:
        """The rows of every value, those without one first."""
        return np.concatenate([np.array(self.missing, np.int64)[:, None], self.n], axis=1)


def pair_bins(before: Binned, after: Binned) -> Paired:
    """Return both sides of an ordered column in the bins that hold a value of either."""
    codes = np.arange(BELOW, ABOVE + 1)
    codes = codes[(before.n[codes] + after.n[codes]) > 0]
    lo = np.fmin(before.lo[codes], after.lo[codes])
    hi = np.fmax(before.hi[codes], after.hi[codes])
    sums = [_sums(side, codes) for side in (before, after)]
    n = np.stack([before.n[codes], after.n[codes]])
    low, high = (np.stack([side[end] for side in sums]) for end in (0, 1))
    return Paired(lo, hi, n, low, high)


def pair_codes(before: Binned, after: Binned) -> NDArray[np.intp]:
    """Return the codes of the bins that `pair_bins` gives, in its order."""
    codes = np.arange(BELOW, ABOVE + 1)
    return codes[(before.n[codes] + after.n[codes]) > 0]


def count_beyond(before: Binned, after: Binned) -> int:
    """Return the rows after whose value surely lies outside of the range before.

    In the two bins at the ends of the range only where the whole bin does.
    """
    codes = np.arange(BELOW, ABOVE + 1)
    seen = codes[before.n[codes] > 0]
    if not len(seen):
        return 0
    first, last = int(seen[0]), int(seen[-1])
    beyond = int(after.n[BELOW:first].sum() + after.n[last + 1 : ABOVE + 1].sum())
    if after.hi[first] < before.lo[first]:
        beyond += int(after.n[first])
    if after.lo[last] > before.hi[last]:
        beyond += int(after.n[last])
    return beyond


def pair_values(before: Valued, after: Valued) -> Named:
    """Return both sides of a column of names, value by value."""
    left = {v: n for v, n in zip(before.values, before.rows, strict=True) if n}
    right = {v: n for v, n in zip(after.values, after.rows, strict=True) if n}
    every = sorted(left | right, key=lambda v: (-left.get(v, 0) - right.get(v, 0), v))
    n = np.array([[side.get(v, 0) for v in every] for side in (left, right)], np.int64)
    n = n.reshape(2, len(every))
    if len(every) > MOST_NAMES:
        rest = n[:, MOST_NAMES:].sum(axis=1, keepdims=True)
        n = np.concatenate([n[:, :MOST_NAMES], rest], axis=1)
    shown = (*every[:MOST_NAMES], REST)[: n.shape[1]]
    missing = before.missing, after.missing
    new = [(v, right[v]) for v in every if v not in left]
    gone = [(v, left[v]) for v in every if v not in right]
    ordered = (tuple(sorted(each, key=lambda pair: -pair[1])) for each in (new, gone))
    return Named(tuple(shown), n, missing, *ordered)


def _sums(side: Binned, codes: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return limits of the sum of the values of each bin."""
    n = side.n[codes].astype(np.float64)
    lo, hi = np.nan_to_num(side.lo[codes]), np.nan_to_num(side.hi[codes])
    with np.errstate(over="ignore"):
        low, high = n * lo, n * hi
    if side.s is None:
        return low, high
    centre, spread = side.scale.centre, side.scale.spread
    with np.errstate(over="ignore", invalid="ignore"):
        near = np.maximum(np.abs(lo - centre), np.abs(hi - centre)) < FARTHEST * spread
        found = n * centre + spread * (side.s[codes].astype(np.float64) / UNIT)
        error = n * (spread / UNIT + FLOAT * (np.abs(centre) + np.abs(hi) + np.abs(lo)))
        few = np.where(n == 2, lo + hi, low)  # noqa: PLR2004 - the lowest and the highest
    known = n <= 2  # noqa: PLR2004 - as above
    found, error = np.where(known, few, found), np.where(known, 0.0, error)
    sure = known | near
    return (
        np.where(sure, np.maximum(found - error, low), low),
        np.where(sure, np.minimum(found + error, high), high),
    )
