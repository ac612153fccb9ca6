"""Exact path-dependent Shapley values of trees of any depth, by quadrature.

The game (path-dependent; Lundberg et al., 2020): where a column is left out, a row goes
both ways of its tests, in the shares in which the reference rows went. The values add up
like those of the interventional game, and differ from them where columns depend on each
other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.measures.path_kernels import count_covers, explain_paths
from core.measures.pattern_plan import TooDeepError, lay_out_trees
from core.measures.shapley_trees import side_by_side, tests_of
from core.models.forest import NO_CHILD, Forest

BLOCK: Final = 64
MOST_STEPS: Final = 40_000_000  # tests on all ways to all leaves
EVEN: Final = 0.5  # of a test that no reference row came to


@dataclass(frozen=True, slots=True)
class PathShapley:
    """Ways and shares that give the Shapley values of any row; `base` is the mean sum.

    `inner` holds where each tree's tests begin, and their places; `leaves` where each
    tree's leaves begin, and of each leaf the players with their shares; `ways` the tests on
    the way to each leaf, the side and the player they belong to. `work` counts the
    multiplications of a row.
    """

    tests: tuple[Any, ...]
    inner: tuple[NDArray[Any], ...]
    leaves: tuple[NDArray[Any], ...]
    ways: tuple[NDArray[Any], ...]
    votes: NDArray[np.float64]
    points: tuple[Any, ...]
    base: NDArray[np.float64]
    players: int

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        arrays = (*self.tests, *self.inner, *self.leaves, *self.ways, self.votes)
        return int(sum(array.nbytes for array in arrays))

    @property
    def work(self) -> int:
        """The multiplications that one row costs."""
        return int(2 * len(self.leaves[2]) * len(self.points[0]))

    def explain(self, features: NDArray[Any]) -> NDArray[np.float64]:
        """Give (outputs x players, rows): by how much each player moves each output."""
        out = np.zeros((len(self.base) * self.players, features.shape[1]))
        side_by_side(
            features.shape[1],
            lambda span: explain_paths(
                features,
                self.tests,
                self.inner,
                self.leaves,
                self.ways,
                self.votes,
                self.points,
                out,
                span,
            ),
            block=BLOCK,
        )
        return out


def read_paths(
    forest: Forest,
    player_of: NDArray[np.int64],
    players: int,
    reference: Iterable[NDArray[Any]],
    *,
    double: bool,
) -> PathShapley:
    """Count how the reference rows went, and write down every way to every leaf.

    Raises:
        TooDeepError: the ways have more than 40,000,000 tests in all.
    """
    written = lay_out_trees(forest)
    node, right, depth = written.T
    leaf = forest.left[node] == NO_CHILD
    if int(depth[leaf].sum()) > MOST_STEPS:
        raise TooDeepError
    roots = np.flatnonzero(depth == 0)
    tests = tests_of(forest, node, double=double)
    counts = np.zeros(len(node), np.int64)
    for features in reference:
        count_covers(
            features,
            tests,
            np.ascontiguousarray(right),
            roots,
            counts,
            (0, features.shape[1]),
        )
    of_place = player_of[forest.feature[node]] if len(player_of) else np.zeros_like(node)
    ways = _Ways(right.tolist(), leaf.tolist(), of_place.tolist(), counts.tolist())
    ends = np.append(roots, len(node))
    inner_ends = np.concatenate([[0], np.cumsum(~leaf)])[ends]
    leaf_ends = np.concatenate([[0], np.cumsum(leaf)])[ends]
    for root in roots.tolist():
        ways.walk(root)
    votes = forest.value[node[leaf]]
    shares = np.array(ways.share)
    starts = np.array(ways.leaf_player, np.int64)
    reach = (
        np.multiply.reduceat(np.append(shares, 1.0), starts[:-1]) if len(starts) > 1 else 1
    )
    reach = np.where(np.diff(starts) > 0, reach, 1.0)
    widest = int(np.diff(starts).max(initial=1))
    t, weight = np.polynomial.legendre.leggauss(max(1, (widest + 1) // 2))
    points = (
        (t + 1) / 2,
        weight / 2,
        BLOCK,
        int(np.diff(inner_ends).max(initial=1)),
        max(1, widest),
    )
    return PathShapley(
        tests,
        (inner_ends, np.flatnonzero(~leaf)),
        (leaf_ends, starts, np.array(ways.player, np.int64), shares),
        (
            np.array(ways.leaf_way, np.int64),
            np.array(ways.test, np.int64),
            np.array(ways.side, np.uint8),
            np.array(ways.slot, np.int64),
        ),
        votes,
        points,
        forest.base + reach @ votes,
        players,
    )


class _Ways:
    """Writes down the way to each leaf: tests, sides, players and the shares they let through."""

    def __init__(
        self, right: list[int], leaf: list[bool], player: list[int], counts: list[int]
    ) -> None:
        self.right, self.is_leaf, self.of_place, self.counts = right, leaf, player, counts
        self.leaf_player, self.leaf_way = [0], [0]
        self.player: list[int] = []
        self.share: list[float] = []
        self.test: list[int] = []
        self.side: list[int] = []
        self.slot: list[int] = []

    def walk(self, root: int) -> None:
        """Add all leaves of one tree, in their order."""
        waiting: list[tuple[int, tuple[tuple[int, int, int, float], ...]]] = [(root, ())]
        tests = 0
        while waiting:
            at, way = waiting.pop()
            if self.is_leaf[at]:
                self._add(way)
                continue
            here, left = self.counts[at], self.counts[at + 1]
            share = left / here if here else EVEN
            player = self.of_place[at]
            waiting.append((self.right[at], (*way, (tests, 1, player, 1 - share))))
            waiting.append((at + 1, (*way, (tests, 0, player, share))))
            tests += 1

    def _add(self, way: tuple[tuple[int, int, int, float], ...]) -> None:
        slots: dict[int, int] = {}
        shares: list[float] = []
        for test, side, player, share in way:
            slot = slots.setdefault(player, len(slots))
            if slot == len(shares):
                shares.append(1.0)
            shares[slot] *= share
            self.test.append(test)
            self.side.append(side)
            self.slot.append(slot)
        self.player += list(slots)
        self.share += shares
        self.leaf_player.append(len(self.player))
        self.leaf_way.append(len(self.test))
