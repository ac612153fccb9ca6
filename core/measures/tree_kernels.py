"""Compiled walks over trees. No bounds are looked at here: `check_forest` did it before.

All kernels let go of the interpreter lock, and are run by a pool of threads over parts of
the rows; none starts threads of its own.
"""

from typing import Any, Final

import numba as nb
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TEST, TO_LEFT, TO_RIGHT, GROUP = 0, 1, 2, 3
FACTORIAL: Final = np.cumprod(np.concatenate([[1.0], np.arange(1, 40, dtype=np.float64)]))


@nb.njit(cache=True, nogil=True)
def write_out(
    left: Array, right: Array, roots: Array, most: int, deepest: int, out: Array
) -> int:
    """Write every tree out from the root down, left before right; return the nodes needed.

    Row `i` of `out` gets the original node, the place of its right child and its depth; with
    no rows in `out` nodes are only counted. -1: more than `most` nodes or `deepest` levels.
    """
    nodes = np.empty(deepest + 2, np.int64)
    depths = np.empty(deepest + 2, np.int64)
    parents = np.empty(deepest + 2, np.int64)
    filled = 0
    for root in roots:
        nodes[0], depths[0], parents[0] = root, 0, -1
        waiting = 1
        while waiting:
            waiting -= 1
            node, depth, parent = nodes[waiting], depths[waiting], parents[waiting]
            if filled >= most or depth >= deepest:
                return -1
            if len(out):
                out[filled, 0], out[filled, 1], out[filled, 2] = node, -1, depth
                if parent >= 0:
                    out[parent, 1] = filled
            if left[node] >= 0:
                nodes[waiting], depths[waiting] = right[node], depth + 1
                parents[waiting] = filled
                nodes[waiting + 1], depths[waiting + 1] = left[node], depth + 1
                parents[waiting + 1] = -1
                waiting += 2
            filled += 1
    return filled


@nb.njit(cache=True, nogil=True, inline="always")
def ask(
    x: Array, kind: int, limit: Any, missing_left: bool, few: Array, out: Array, rows: int
) -> None:
    """Write 1 where a row goes left, else 0."""
    if kind == 0:
        if missing_left:
            for r in range(rows):
                out[r] = 0 if x[r] > limit else 1
        else:
            for r in range(rows):
                out[r] = 1 if x[r] <= limit else 0
    elif kind == 1:
        for r in range(rows):
            out[r] = 1 if (x[r] == limit or (missing_left and x[r] != x[r])) else 0
    else:
        for r in range(rows):
            held = missing_left and x[r] != x[r]
            for value in few:
                held = held or x[r] == value
            out[r] = 1 if held else 0


@nb.njit(cache=True, nogil=True)
def _walk_group(
    features: Array,
    tests: Any,
    groups: Array,
    own: Array,
    g: int,
    index: Array,
    s0: int,
    n: int,
    held: Array,
) -> None:
    """Add the group's own tests to the pattern of each row."""
    kind, feature, limit, missing_left, first, last, members = tests
    for i in range(groups[g, 1]):
        k = own[groups[g, 0] + i]
        shift = np.uint16(groups[g, 2] + i)
        ask(
            features[feature[k]][s0 : s0 + n],
            kind[k],
            limit[k],
            missing_left[k],
            members[first[k] : last[k]],
            held,
            n,
        )
        for r in range(n):
            index[r] |= held[r] << shift


@nb.njit(cache=True, nogil=True)
def _step(
    features: Array, tests: Any, step: Array, bits: Array, held: Array, s0: int, n: int
) -> None:
    """Do one step above the groups: a test, or the way to one of its sides."""
    kind, feature, limit, missing_left, first, last, members = tests
    op, k, depth = step[0], step[1], step[2]
    if op == TEST:
        ask(
            features[feature[k]][s0 : s0 + n],
            kind[k],
            limit[k],
            missing_left[k],
            members[first[k] : last[k]],
            held[depth],
            n,
        )
        return
    slot = np.uint16(step[3])
    above, below, side = bits[depth], bits[depth + 1], held[depth]
    turn = np.uint16(1) if op == TO_RIGHT else np.uint16(0)
    if step[4]:
        for r in range(n):
            below[r] = above[r] | ((side[r] ^ turn) << slot)
    else:
        others = np.uint16(~(1 << slot) & 0xFFFF)
        for r in range(n):
            below[r] = above[r] & (others | ((side[r] ^ turn) << slot))


@nb.njit(cache=True, nogil=True)
def count_patterns(
    features: Array,
    tests: Any,
    steps: Array,
    groups: Array,
    own: Array,
    sizes: Any,
    counts: Array,
    span: Any,
) -> None:
    """Add, for each group, how many of the rows `span` show each pattern."""
    depth, block = sizes
    bits = np.zeros((depth + 1, block), np.uint16)
    held = np.zeros((depth + 1, block), np.uint16)
    index = np.zeros(block, np.uint16)
    for s0 in range(span[0], span[1], block):
        n = min(block, span[1] - s0)
        for u in range(len(steps)):
            if steps[u, 0] != GROUP:
                _step(features, tests, steps[u], bits, held, s0, n)
                continue
            g = steps[u, 1]
            above = bits[steps[u, 2]]
            for r in range(n):
                index[r] = above[r]
            _walk_group(features, tests, groups, own, g, index, s0, n, held[depth])
            start = groups[g, 6]
            for r in range(n):
                counts[start + index[r]] += 1


@nb.njit(cache=True, nogil=True)
def sum_block(
    features: Array,
    tests: Any,
    steps: Array,
    groups: Array,
    own: Array,
    targets: Array,
    tables: Array,
    room: Any,
    sums: Array,
    s0: int,
    n: int,
) -> None:
    """Write the value of each target for `n` rows from `s0` on; `room` is scratch space."""
    bits, held, index = room
    sums[:] = 0.0
    for u in range(len(steps)):
        if steps[u, 0] != GROUP:
            _step(features, tests, steps[u], bits, held, s0, n)
            continue
        g = steps[u, 1]
        if groups[g, 4] == 0:
            continue
        above = bits[steps[u, 2]]
        for r in range(n):
            index[r] = above[r]
        _walk_group(features, tests, groups, own, g, index, s0, n, held[-1])
        size = 1 << groups[g, 5]
        for e in range(groups[g, 4]):
            at = groups[g, 7] + e * size
            table = tables[at : at + size]
            added = sums[targets[groups[g, 3] + e]]
            for r in range(n):
                added[r] += table[index[r]]


@nb.njit(cache=True, nogil=True)
def explain_rows(
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
    """Write the value of each target (a player of an output) for the rows `span`."""
    depth, block = sizes
    room = (
        np.zeros((depth + 1, block), np.uint16),
        np.zeros((depth + 1, block), np.uint16),
        np.zeros(block, np.uint16),
    )
    sums = np.zeros((len(out), block), np.float64)
    plan = (steps, groups, own, targets, tables)
    for s0 in range(span[0], span[1], block):
        n = min(block, span[1] - s0)
        sum_block(features, tests, *plan, room, sums, s0, n)
        for t in range(len(out)):
            for r in range(n):
                out[t, s0 + r] = sums[t, r]


@nb.njit(cache=True, nogil=True)
def share_patterns(
    ones: Array, zeros: Array, counts: Array, rows: float, pattern: Array, share: Array
) -> None:
    """Turn a group's patterns into those of one leaf: which players are on its way."""
    pattern[:] = 0
    for p in range(len(ones)):
        for b in range(len(pattern)):
            if (b & ones[p]) == ones[p] and (b & zeros[p]) == 0:
                pattern[b] |= 1 << p
    share[:] = 0.0
    for b in range(len(pattern)):
        share[pattern[b]] += counts[b] / rows


@nb.njit(cache=True, nogil=True)
def _leaf_values(players: int, share: Array, factorial: Array, out: Array) -> None:
    """Write the Shapley value of each player of a leaf of weight 1, for every row pattern.

    A row with pattern B reaches the leaf together with a reference row of pattern Z exactly
    when the players N = not Z are its own and the players M = not B are the reference's: a
    unanimity game with exceptions, whose value is (|N|-1)! |M|! / (|N|+|M|)! for a player in
    N and -|N|! (|M|-1)! / (|N|+|M|)! for one in M (Lundberg et al., 2020). The shares of all Z
    with the same |N| are added up by subset sums (Yates, 1937), so that nothing is listed.
    """
    full = (1 << players) - 1
    sums = np.zeros((players + 1, full + 1))
    for n in range(full + 1):
        size = 0
        for p in range(players):
            size += (n >> p) & 1
        sums[size, n] = share[full ^ n]
    for size in range(players + 1):
        for p in range(players):
            for n in range(full + 1):
                if (n >> p) & 1:
                    sums[size, n] += sums[size, n ^ (1 << p)]
    for b in range(full + 1):
        outside = players
        for p in range(players):
            outside -= (b >> p) & 1
        for p in range(players):
            inside = (b >> p) & 1
            total = 0.0
            for size in range(players - outside + 1):
                both = factorial[size + outside]
                if inside and size:
                    mine = sums[size, b] - sums[size, b ^ (1 << p)]
                    total += mine * factorial[size - 1] * factorial[outside] / both
                elif not inside:
                    total -= sums[size, b] * factorial[size] * factorial[outside - 1] / both
            out[p, b] = total


@nb.njit(cache=True, nogil=True)
def fill_tables(
    leaves: Any,
    groups: Array,
    votes: Array,
    counts: Array,
    rows: float,
    factorial: Array,
    tables: Array,
    base: Array,
    span: Any,
) -> None:
    """Add every leaf of `span` to the tables of its group, and its mean vote to `base`."""
    group, start, ones, zeros, entry, outputs = leaves
    for leaf in range(span[0], span[1]):
        g = group[leaf]
        lo, hi = start[leaf], start[leaf + 1]
        players, size = hi - lo, 1 << groups[g, 5]
        pattern = np.zeros(size, np.int64)
        share = np.zeros(1 << players)
        at = groups[g, 6]
        share_patterns(
            ones[lo:hi], zeros[lo:hi], counts[at : at + size], rows, pattern, share
        )
        unit = np.zeros((players, 1 << players))
        _leaf_values(players, share, factorial, unit)
        width = groups[g, 8]
        for o in range(votes.shape[1]):
            vote = votes[leaf, o]
            base[o] += vote * share[(1 << players) - 1]
            block = outputs[g, o]
            if vote == 0.0 or block < 0:
                continue
            for p in range(players):
                place = groups[g, 7] + (block * width + entry[lo + p]) * size
                for b in range(size):
                    tables[place + b] += vote * unit[p, pattern[b]]
