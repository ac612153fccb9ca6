"""Two sides of a column, counted without an engine as the engine counts them."""

import numpy as np
from numpy.typing import NDArray

from core.engine.shift_bins import ABOVE, BELOW, CODES, MISSING, UNIT, Binned
from core.engine.shift_scales import Scale
from core.engine.shift_values import Valued
from core.measures.shift_facts import Facts, measure_named, measure_ordered
from core.measures.shift_pairs import About, count_beyond, pair_bins, pair_values
from core.measures.shifts import adjust, judge_shifts
from core.records.data import ColumnType
from core.records.drift import Shape, Shift

Values = NDArray[np.float64]


def scale_of(values: Values, name: str = "x") -> Scale:
    """Return the scale of a column; NaN is missing."""
    known = values[np.isfinite(values)]
    if not len(known):
        return Scale(name, ColumnType.NUMBER, 0.0, 1.0, 0, 0)
    low, centre, high = np.quantile(known, (0.25, 0.5, 0.75), method="inverted_cdf")
    spread = (high - low) / 1.349 or 1.0
    return Scale(
        name,
        ColumnType.NUMBER,
        float(centre),
        float(spread),
        len(np.unique(known)),
        len(known),
    )


def bin_values(values: Values, scale: Scale) -> Binned:
    """Return a column by code; NaN is missing."""
    known = values[~np.isnan(values)]
    z = np.clip((known - scale.centre) / scale.spread, -1e300, 1e300)
    code = np.floor(2050 + 2047.9 * (z / (1 + np.abs(z)))).astype(int)
    code = np.where(np.isinf(known), np.where(known > 0, ABOVE, BELOW), code)
    n = np.bincount(code, minlength=CODES)
    n[MISSING] = len(values) - len(known)
    lo, hi = np.full(CODES, np.inf), np.full(CODES, -np.inf)
    np.minimum.at(lo, code, known)
    np.maximum.at(hi, code, known)
    s = np.zeros(CODES)
    np.add.at(s, code, np.floor(np.clip(z, -4096, 4096) * UNIT + 0.5))
    lo[n == 0], hi[n == 0] = np.nan, np.nan
    return Binned(scale, n.astype(np.int64), s.astype(np.int64), lo, hi)


def numbers(
    before: Values, after: Values, name: str = "x", *, masked: bool = False, least: int = 1
) -> Facts:
    """Return what is measured of a column of numbers."""
    scale = scale_of(before, name)
    left, right = bin_values(before, scale), bin_values(after, scale)
    shape = Shape.DISCRETE if scale.distinct <= 50 else Shape.CONTINUOUS
    about = About(name, ColumnType.NUMBER, shape, scale.spread, scale.ties, masked, least)
    missing = left.missing, right.missing
    return measure_ordered(
        about, pair_bins(left, right), missing, count_beyond(left, right)
    )


def names(  # noqa: PLR0913 - what a column is
    before: dict[str, int],
    after: dict[str, int],
    missing: tuple[int, int] = (0, 0),
    *,
    name: str = "x",
    masked: bool = False,
    least: int = 1,
) -> Facts:
    """Return what is measured of a column of names, given the rows of each."""
    sides = [
        Valued(name, tuple(side), tuple(side.values()), none, whole=True)
        for side, none in zip((before, after), missing, strict=True)
    ]
    about = About(name, ColumnType.TEXT, Shape.CATEGORICAL, masked=masked, least=least)
    return measure_named(about, pair_values(*sides))


def judged(*facts: Facts, tolerance: float = 0.1) -> dict[str, Shift]:
    """Return the verdicts of a table by column."""
    (q,) = adjust([facts])
    found = judge_shifts(facts, q, tolerance=tolerance)
    return {shift.column: shift for shift in found}
