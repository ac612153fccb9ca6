"""Ranks: how the scores of each slice order its rows, exactly, for all slices at once.

Rows are sorted by score once. A stable sort by slice then lays each slice's rows side by
side, still in the order of their scores, so that one running sum serves all slices.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.lattice import Codes, Floats, Layout, Place, add_up, join_codes


@dataclass(frozen=True, slots=True)
class Ranks:
    """Sums per slice over its positives (p) and negatives (q), by weight.

    `ahead` sums, over positives, the weight of negatives of the same slice that score below
    (ties count half); `ahead2` and `behind2` sum the squares of what stands below each
    positive and above each negative. `out_of_slice` sums, over the slice's rows, what stands
    below its positives and above its negatives in the whole table. `precision` sums, over
    positives, the share of positives among the rows that score at least as high.
    """

    positives: NDArray[np.int64]
    negatives: NDArray[np.int64]
    wp: Floats
    wq: Floats
    wp2: Floats
    wq2: Floats
    ahead: Floats
    ahead2: Floats
    behind2: Floats
    out_of_slice: Floats
    precision: Floats


@dataclass(frozen=True, slots=True)
class Scored:
    """Labelled rows in ascending order of their scores: what they weigh as p and as q.

    `tie` numbers the different scores, `below` is what stands below a positive or above a
    negative in the whole table, by weight. A row of weight 0 is a row, but weighs nothing.
    """

    order: NDArray[np.int64]
    tie: NDArray[np.int64]
    positive: NDArray[np.bool_]
    p: Floats
    q: Floats
    below: Floats


def sort_scored(
    score: NDArray[np.float64], label: NDArray[np.int16], weight: NDArray[np.int64] | None
) -> Scored:
    """Return the labelled rows in the order of their scores."""
    known = np.flatnonzero(label >= 0)
    order = known[np.argsort(score[known], kind="stable")]
    ascending = score[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = ascending[1:] != ascending[:-1]
    tie = np.cumsum(first) - 1
    mass = np.ones(len(order)) if weight is None else weight[order].astype(np.float64)
    positive = label[order] == 1
    p = np.where(positive, mass, 0.0)
    q = mass - p
    ties = int(tie[-1]) + 1 if len(tie) else 0
    before_p, before_q = (_mid(add_up(tie, part, ties))[tie] for part in (p, q))
    below = np.where(positive, before_q, p.sum() - before_p)
    return Scored(order, tie, positive, p, q, below)


def rank_slices(codes: Codes, layout: Layout, scored: Scored) -> Ranks:
    """Return the ranking sums of every slice of the layout."""
    ordered = codes[:, scored.order]
    sums = [_rank_part(ordered, layout, part, scored) for part in layout.parts]
    columns = [np.concatenate(column) for column in zip(*sums, strict=True)]
    positives, negatives, *others = columns
    return Ranks(positives.astype(np.int64), negatives.astype(np.int64), *others)


def _rank_part(
    ordered: Codes, layout: Layout, part: Place, scored: Scored
) -> tuple[Floats, ...]:
    size = int(np.prod([layout.cards[column] for column in part], dtype=np.int64))
    slice_of = join_codes(ordered, layout.cards, part, np.uint16)
    by_slice = np.argsort(slice_of, kind="stable")
    where = slice_of[by_slice].astype(np.int64)
    p, q, tie = scored.p[by_slice], scored.q[by_slice], scored.tie[by_slice]
    first = np.ones(len(where), dtype=np.bool_)
    first[1:] = (where[1:] != where[:-1]) | (tie[1:] != tie[:-1])
    starts = np.flatnonzero(first)
    groups = where[starts]  # the slice of each run of equal scores
    gp, gq = np.add.reduceat(p, starts), np.add.reduceat(q, starts)
    wp, wq = (add_up(where, part_, size) for part_ in (p, q))
    before_p, before_q = (
        _within(mass, groups, total) for mass, total in ((gp, wp), (gq, wq))
    )
    below = before_q + gq / 2
    above = wp[groups] - before_p - gp / 2
    reached = wp[groups] - before_p, wq[groups] - before_q
    precision = gp * reached[0] / np.maximum(reached[0] + reached[1], 1)

    def total(each: Floats) -> Floats:
        return add_up(groups, each, size)

    positive = scored.positive[by_slice].astype(np.float64)
    rows = (add_up(where, side, size) for side in (positive, 1 - positive))
    squares = (add_up(where, side * side, size) for side in (p, q))
    outside = add_up(where, (p + q) * scored.below[by_slice], size)
    return (
        *rows,
        wp,
        wq,
        *squares,
        total(gp * below),
        total(gp * below * below),
        total(gq * above * above),
        outside,
        total(precision),
    )


def _within(mass: Floats, groups: NDArray[np.int64], totals: Floats) -> Floats:
    """Return the running sum before each group, from the start of its slice."""
    return np.cumsum(mass) - mass - (np.cumsum(totals) - totals)[groups]


def _mid(mass: Floats) -> Floats:
    """Return the running sum up to the middle of each group."""
    return np.cumsum(mass) - mass / 2
