"""Compiled tables and sums of pairs: how two players act together. No bounds are looked at."""

from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

from core.measures.tree_kernels import share_patterns, sum_block

Array = NDArray[Any]


@nb.njit(cache=True, nogil=True)
def weigh_subsets(players: int, share: Array, factorial: Array, sums: Array) -> None:
    """Write the weighed shares of all reference patterns within each set of players.

    A row that passes the tests of the players B reaches a leaf together with a reference
    row exactly when N, the players whose tests the reference row fails, lie in B and the
    others, M = not B, are the reference's. With n = |N|, m = |M| the interaction index of
    two players is (n-2)! m! / (n+m-1)! for both in N, n! (m-2)! / (n+m-1)! for both in M and
    -(n-1)! (m-1)! / (n+m-1)! for one in each, 0 else (by Grabisch and Roubens, 1999,
    definition 3, where only one coalition changes the worth). `sums` (3, players + 1, sets)
    gets, for these three cases and each m, the sum over all N within a set, by subset sums
    (Yates, 1937).
    """
    sums[:] = 0.0
    full = (1 << players) - 1
    for inside in range(full + 1):
        seen = share[full ^ inside]
        if seen == 0.0:
            continue
        n = 0
        for p in range(players):
            n += (inside >> p) & 1
        for m in range(players + 1 - n):
            if n + m <= 1:
                continue
            seen_here = seen / factorial[n + m - 1]
            if n > 1:
                sums[0, m, inside] = seen_here * factorial[n - 2] * factorial[m]
            if m > 1:
                sums[1, m, inside] = seen_here * factorial[n] * factorial[m - 2]
            if n and m:
                sums[2, m, inside] = -seen_here * factorial[n - 1] * factorial[m - 1]
    for case in range(3):
        for m in range(players + 1):
            line = sums[case, m]
            for p in range(players):
                bit = 1 << p
                for inside in range(full + 1):
                    if inside & bit:
                        line[inside] += line[inside ^ bit]


@nb.njit(cache=True, nogil=True)
def pair_of_leaf(players: int, sums: Array, one: int, other: int, out: Array) -> None:
    """Write the interaction of two players of a leaf of weight 1, for every row pattern.

    Only sets N that hold a player count for it: what lies within B, less what lies within B
    without that player.
    """
    first, second = 1 << one, 1 << other
    for b in range(len(out)):
        m = players
        for p in range(players):
            m -= (b >> p) & 1
        if b & first and b & second:
            line = sums[0, m]
            without = line[b ^ first] + line[b ^ second] - line[b ^ first ^ second]
            out[b] = line[b] - without
        elif b & first:
            out[b] = sums[2, m, b] - sums[2, m, b ^ first]
        elif b & second:
            out[b] = sums[2, m, b] - sums[2, m, b ^ second]
        else:
            out[b] = sums[1, m, b]


@nb.njit(cache=True, nogil=True)
def fill_pair_tables(
    leaves: Any,
    groups: Array,
    square: Array,
    place: Array,
    votes: Array,
    counts: Array,
    rows: float,
    factorial: Array,
    tables: Array,
    span: Any,
) -> None:
    """Add every leaf of `span` to the pair tables of its group.

    `place[square[g] + a * players + b]` tells where the table of the a-th and the b-th of
    the players of group g begins (a < b), -1 where there is none.
    """
    group, start, ones, zeros, entry = leaves
    for leaf in range(span[0], span[1]):
        g = group[leaf]
        lo, hi = start[leaf], start[leaf + 1]
        players, size = hi - lo, 1 << groups[g, 5]
        if players <= 1 or votes[leaf] == 0.0 or groups[g, 4] == 0:
            continue
        pattern = np.zeros(size, np.int64)
        share = np.zeros(1 << players)
        at = groups[g, 6]
        share_patterns(
            ones[lo:hi], zeros[lo:hi], counts[at : at + size], rows, pattern, share
        )
        sums = np.zeros((3, players + 1, 1 << players))
        weigh_subsets(players, share, factorial, sums)
        unit = np.zeros(1 << players)
        for one in range(players):
            for other in range(one + 1, players):
                low = min(entry[lo + one], entry[lo + other])
                high = max(entry[lo + one], entry[lo + other])
                where = place[square[g] + low * groups[g, 8] + high]
                if where < 0:
                    continue
                pair_of_leaf(players, sums, one, other, unit)
                for b in range(size):
                    tables[where + b] += votes[leaf] * unit[pattern[b]]


@nb.njit(cache=True, nogil=True)
def add_pairs(
    features: Array,
    tests: Any,
    steps: Array,
    groups: Array,
    own: Array,
    targets: Array,
    tables: Array,
    sizes: Any,
    out: Array,
    span: Any,
) -> None:
    """Add to `out` (3, pairs) the |value|, the value and its square, of the rows `span`."""
    depth, block = sizes
    room = (
        np.zeros((depth + 1, block), np.uint16),
        np.zeros((depth + 1, block), np.uint16),
        np.zeros(block, np.uint16),
    )
    sums = np.zeros((out.shape[1], block), np.float64)
    plan = (steps, groups, own, targets, tables)
    for s0 in range(span[0], span[1], block):
        n = min(block, span[1] - s0)
        sum_block(features, tests, *plan, room, sums, s0, n)
        for q in range(out.shape[1]):
            absolute, plain, square = 0.0, 0.0, 0.0
            for r in range(n):
                value = sums[q, r]
                absolute += abs(value)
                plain += value
                square += value * value
            out[0, q] += absolute
            out[1, q] += plain
            out[2, q] += square
