"""Compiled walks along every way of a tree, for trees of any depth."""

from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

from core.measures.tree_kernels import ask

Array = NDArray[Any]


@nb.njit(cache=True, nogil=True)
def count_covers(
    features: Array, tests: Any, right: Array, roots: Array, counts: Array, span: Any
) -> None:
    """Add how many of the rows `span` pass each place of the written-out trees."""
    kind, feature, limit, missing_left, first, last, members = tests
    for row in range(span[0], span[1]):
        for root in roots:
            at = root
            counts[at] += 1
            while right[at] >= 0:
                x = features[feature[at], row]
                if np.isnan(x):
                    left = missing_left[at]
                elif kind[at] == 0:
                    left = x <= limit[at]
                elif kind[at] == 1:
                    left = x == limit[at]
                else:
                    left = False
                    for m in range(first[at], last[at]):
                        left = left or x == members[m]
                at = at + 1 if left else right[at]
                counts[at] += 1


@nb.njit(cache=True, nogil=True)
def explain_paths(
    features: Array,
    tests: Any,
    inner: Any,
    leaves: Any,
    ways: Any,
    votes: Array,
    points: Any,
    out: Array,
    span: Any,
) -> None:
    """Write the path-dependent value of each target for the rows `span`.

    A leaf of weight w is worth w times, for each player on its way, 1 or 0 (does the row
    pass all of the player's tests?) inside a coalition and c (the share of reference rows
    that do) outside. By the multilinear extension (Owen, 1972) player p is worth
    w (b_p - c_p) times the integral over t of the product of c_q + (b_q - c_q) t of the
    others, a polynomial that Gauss-Legendre points integrate exactly.
    """
    kind, feature, limit, missing_left, first, last, members = tests
    tree_inner, inner_place = inner
    tree_leaf, leaf_player, player, share = leaves
    leaf_way, way_test, way_side, way_slot = ways
    t, weight, block, widest, deepest = points
    count, players = len(t), len(out) // votes.shape[1]
    held = np.zeros((widest, block), np.uint8)
    passed = np.zeros((deepest, block), np.uint8)
    product = np.zeros((count, block))
    high, low = np.zeros((deepest, count)), np.zeros((deepest, count))
    over_high, over_low = np.zeros((deepest, count)), np.zeros((deepest, count))
    sums = np.zeros((len(out), block))
    rest = np.zeros(block)
    for s0 in range(span[0], span[1], block):
        n = min(block, span[1] - s0)
        sums[:] = 0.0
        for tree in range(len(tree_leaf) - 1):
            for i in range(tree_inner[tree], tree_inner[tree + 1]):
                k = inner_place[i]
                ask(
                    features[feature[k]][s0 : s0 + n],
                    kind[k],
                    limit[k],
                    missing_left[k],
                    members[first[k] : last[k]],
                    held[i - tree_inner[tree]],
                    n,
                )
            for leaf in range(tree_leaf[tree], tree_leaf[tree + 1]):
                p0 = leaf_player[leaf]
                width = leaf_player[leaf + 1] - p0
                for p in range(width):
                    for r in range(n):
                        passed[p, r] = 1
                for w in range(leaf_way[leaf], leaf_way[leaf + 1]):
                    mine = passed[way_slot[w]]
                    test, side = held[way_test[w]], way_side[w]
                    for r in range(n):
                        mine[r] &= test[r] ^ side
                for p in range(width):
                    c = share[p0 + p]
                    for q in range(count):
                        high[p, q] = c + (1.0 - c) * t[q]
                        low[p, q] = c * (1.0 - t[q])
                        over_high[p, q] = 1.0 / high[p, q]
                        over_low[p, q] = 1.0 / low[p, q] if low[p, q] > 0.0 else 0.0
                for q in range(count):
                    for r in range(n):
                        product[q, r] = weight[q]
                    for p in range(width):
                        h, lo = high[p, q], low[p, q]
                        for r in range(n):
                            product[q, r] *= h if passed[p, r] else lo
                for p in range(width):
                    for r in range(n):
                        rest[r] = 0.0
                    for q in range(count):
                        h, lo = over_high[p, q], over_low[p, q]
                        for r in range(n):
                            rest[r] += product[q, r] * (h if passed[p, r] else lo)
                    c = share[p0 + p]
                    for r in range(n):
                        rest[r] *= passed[p, r] - c
                    for o in range(votes.shape[1]):
                        vote = votes[leaf, o]
                        if vote != 0.0:
                            added = sums[o * players + player[p0 + p]]
                            for r in range(n):
                                added[r] += vote * rest[r]
        for target in range(len(out)):
            for r in range(n):
                out[target, s0 + r] = sums[target, r]
