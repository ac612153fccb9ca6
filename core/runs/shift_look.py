"""Shift look: the bins that may hold the largest difference or a decile, looked into.

First they are cut into 16 each, which leaves few open; only the values of these are fetched.
"""

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import Engine
from core.engine.shift_bins import Binned
from core.engine.shift_exact import FINER, count_finer, fetch_values
from core.estimates.shift_order import (
    Paired,
    decile_bins,
    open_bins,
    replace_bins,
    split_bins,
)
from core.measures.shift_pairs import pair_codes
from core.runs.shift_sides import Rows

Codes = NDArray[np.int64]
Both = tuple[Binned, Binned]


def look_closer(
    engine: Engine, rows: tuple[Rows, Rows], part: int, binned: Both, paired: Paired
) -> Paired:
    """Return both sides with each open bin split into its values; `part` is that after."""
    codes = pair_codes(*binned)
    missing = binned[0].missing, binned[1].missing
    at, finer = _open(paired, missing), 1
    if rows[0].parts is None and rows[1].parts is None:
        paired, codes = _cut(engine, rows, binned[0], paired, (at, codes))
        at, finer = _open(paired, missing), FINER
    wanted = [int(code) for code in codes[at]]
    before, after = (
        fetch_values(
            engine,
            side.dataset,
            binned[0].scale,
            wanted,
            parts=side.parts,
            part=number,
            finer=finer,
        )
        for side, number in zip(rows, (0, part), strict=True)
    )
    return split_bins(paired, at, before, after)


def _open(paired: Paired, missing: tuple[int, int]) -> NDArray[np.intp]:
    """Return the bins that may hold the supremum, with or without missing values, or a decile."""
    shifted = open_bins(paired.after_missing(missing)) - int(any(missing))
    deciles = decile_bins(paired)
    wanted = [open_bins(paired), shifted, deciles[~paired.single[deciles]]]
    return np.unique(np.concatenate(wanted))


def _cut(
    engine: Engine,
    rows: tuple[Rows, Rows],
    binned: Binned,
    paired: Paired,
    at_codes: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> tuple[Paired, Codes]:
    """Return it with some bins cut into 16, and the code of each bin among the finer ones."""
    at, codes = at_codes
    wanted = [int(code) for code in codes[at]]
    sides = [count_finer(engine, each.dataset, binned.scale, wanted) for each in rows]
    fine = np.union1d(sides[0][0], sides[1][0])
    n = np.zeros((2, len(fine)), np.int64)
    lo, hi = np.full(len(fine), np.inf), np.full(len(fine), -np.inf)
    for side, (own, counted, lowest, highest) in enumerate(sides):
        place = np.searchsorted(fine, own)
        n[side, place] = counted
        lo[place] = np.minimum(lo[place], lowest)
        hi[place] = np.maximum(hi[place], highest)
    with np.errstate(over="ignore"):
        finer = Paired(lo, hi, n, n * lo, n * hi)
    kept = np.delete(codes, at) * FINER
    found, order = replace_bins(paired, at, finer)
    return found, np.concatenate([kept, fine])[order]
