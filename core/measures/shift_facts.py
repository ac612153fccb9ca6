"""Shift facts: everything that is measured of one column, before it is judged."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.estimates.intervals import estimate_share
from core.estimates.many import Floats
from core.estimates.shift_distances import (
    chi_square,
    kolmogorov_floor,
    measure_bins,
    wasserstein_floor,
)
from core.estimates.shift_intervals import estimate_ks, estimate_variation, ks_p
from core.estimates.shift_order import (
    Paired,
    bound_ks,
    bound_wasserstein,
    decile_counts,
    quantile_of,
)
from core.measures.shift_bars import draw_bars
from core.measures.shift_pairs import REST, About, Named
from core.records.drift import Bin, Distance, Shape
from core.records.estimate import Estimate, Measured

Counts = NDArray[np.int64]
FEW_VALUES: Final = 50
TIED: Final = 0.01
SPREAD: Final = 1.349
QUARTERS: Final = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was measured of one column.

    `quartiles` are (before, after) of an ordered column, `spread` its usual spread before;
    `apart` is (value, share before, share after): the place where the distribution functions
    lie farthest apart, or the name whose share changed most.
    """

    about: About
    rows: tuple[int, int]
    missing: tuple[int, int]
    effect: Estimate
    p: float
    distances: tuple[Distance, ...]
    new: tuple[tuple[str, int], ...]
    vanished: tuple[tuple[str, int], ...]
    beyond: Measured
    quartiles: tuple[tuple[float, ...], tuple[float, ...]] | None
    spread: float
    apart: tuple[object, float, float]
    bars: tuple[Bin, ...]


def measure_ordered(
    about: About, paired: Paired, missing: tuple[int, int], beyond: int
) -> Facts:
    """Return what became of a column of numbers or dates.

    `beyond` counts the rows after whose value lies outside of the range before.
    """
    whole = paired.after_missing(missing)
    n, m = whole.rows
    low, high = bound_ks(whole)
    counts = _with_missing(_bins(about, paired), missing)
    known = paired.rows
    quartiles = tuple(
        tuple(quantile_of(paired, side, share) for share in QUARTERS) for side in (0, 1)
    )
    spread = _spread(about, quartiles[0])
    distances = measure_bins(counts)
    if all(known):
        distances = (*_by_order(paired, spread), *distances)
    return Facts(
        about=about,
        rows=(n, m),
        missing=missing,
        effect=estimate_ks(low, high, n, m),
        p=_test(about, whole, counts, low),
        distances=distances,
        new=(),
        vanished=(),
        beyond=_share(beyond, known[1]),
        quartiles=(quartiles[0], quartiles[1]) if all(known) else None,
        spread=spread,
        apart=_farthest(whole),
        bars=() if about.masked else draw_bars(about, paired, missing),
    )


def measure_named(about: About, named: Named) -> Facts:
    """Return what became of a column of names."""
    counts = named.counts
    n, m = (int(rows) for rows in counts.sum(axis=1))
    effect = estimate_variation(counts)
    return Facts(
        about=about,
        rows=(n, m),
        missing=named.missing,
        effect=effect,
        p=chi_square(counts)[2],
        distances=measure_bins(counts),
        new=named.new,
        vanished=named.vanished,
        beyond=_share(sum(rows for _, rows in named.new), m - named.missing[1]),
        quartiles=None,
        spread=0.0,
        apart=_most_changed(named, n, m),
        bars=() if about.masked else draw_bars(about, named, named.missing),
    )


def _bins(about: About, paired: Paired) -> Counts:
    """Return the bins of PSI and its like: values where they are few, else deciles."""
    few = about.shape is Shape.DISCRETE and len(paired.lo) <= 2 * FEW_VALUES
    return paired.n if few or 0 in paired.rows else decile_counts(paired)


def _with_missing(counts: Counts, missing: tuple[int, int]) -> Counts:
    if not any(missing):
        return counts
    return np.concatenate([np.array(missing, np.int64)[:, None], counts], axis=1)


def _by_order(paired: Paired, spread: float) -> tuple[Distance, ...]:
    low, high = bound_ks(paired)
    n, m = paired.rows
    found = [Distance("Kolmogorov-Smirnov", low, low, high, kolmogorov_floor(n, m))]
    finite = paired.finite
    if len(finite.lo) == len(paired.lo):
        least, most = (end / spread for end in bound_wasserstein(finite))
        floor = wasserstein_floor(finite.lo, finite.hi, finite.n) / spread
        found.append(Distance("Wasserstein-1", (least + most) / 2, least, most, floor))
    return tuple(found)


def _spread(about: About, quartiles: tuple[float, ...]) -> float:
    with np.errstate(invalid="ignore"):
        spread = (quartiles[2] - quartiles[0]) / SPREAD
    return spread if 0 < spread < float("inf") else about.spread


def _test(about: About, whole: Paired, counts: Counts, distance: float) -> float:
    n, m = whole.rows
    per_bin = whole.n.sum(axis=0)
    tied = per_bin[whole.single & (per_bin > 1)].sum() / (n + m)
    if max(about.ties, float(tied)) < TIED:
        return ks_p(distance, n, m)
    return chi_square(counts)[2]


def _share(rows: int, of: int) -> Measured:
    return estimate_share(rows, of, rows=of, effective_rows=of, nothing="no values")


def _farthest(whole: Paired) -> tuple[object, float, float]:
    reached = np.cumsum(whole.n, axis=1) / whole.n.sum(axis=1, keepdims=True)
    at = int(np.abs(reached[0] - reached[1]).argmax())
    return float(whole.hi[at]), float(reached[0, at]), float(reached[1, at])


def _most_changed(named: Named, n: int, m: int) -> tuple[object, float, float]:
    before, after = named.n[0] / n, named.n[1] / m
    changed: Floats = np.abs(after - before)
    named_only = len(changed) - (named.values[-1:] == (REST,))
    if not named_only:
        return None, 0.0, 0.0
    at = int(changed[:named_only].argmax())
    return named.values[at], float(before[at]), float(after[at])
