"""How trees are cut into small groups, each of which is one look into a table.

A group is a subtree with few tests. A row shows it a pattern of bits: one for each column
that was tested above (did the row pass all of that column's tests on the way?), one for
each test inside. Everything that the group adds to the Shapley values of a row depends on
that pattern alone, so it is counted once per pattern instead of once per row.
"""

from dataclasses import dataclass
from math import comb
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.measures.tree_kernels import GROUP, TEST, TO_LEFT, TO_RIGHT, write_out
from core.models.forest import DEEPEST, MOST_NODES, NO_CHILD, Forest

LOOK: Final = 2.0  # price of a group, in additions
FACTS: Final = 9


@dataclass(frozen=True, slots=True)
class Limits:
    """How large groups and their tables may become.

    `tests` inside a group, `bits` of its patterns, `entries` of its tables for one output.
    `path` is the most columns on the way to one leaf, whose table has 2^path lines, `table`
    the most entries of all tables. Tables hold one number for each set of `order` players.
    """

    tests: int = 7
    bits: int = 10
    entries: int = 1 << 15
    path: int = 14
    table: int = 48_000_000
    order: int = 1


SINGLES: Final = Limits()
PAIRS: Final = Limits(tests=3, bits=8, entries=1 << 12, path=12, table=24_000_000, order=2)


class TooDeepError(Exception):
    """The trees ask about too many columns on one way; quadrature explains them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps through all trees, the groups they lead to, and the leaves of each group.

    `steps` (steps, 5): kind, node, depth, slot, whether the slot is new. `groups` (groups,
    9): first own test, number of tests, bits from above, first entry, number of entries,
    bits, start of the counts, start of the tables, players. `targets` names for each entry
    the (output, player) it adds to, as output x players + player. `leaves` holds group,
    start, ones, zeros and entry of each leaf's players, and the block of each output in a
    group. `nodes` are original nodes in the order of the tests, `votes` (leaves, outputs).
    """

    steps: NDArray[np.int32]
    groups: NDArray[np.int64]
    own: NDArray[np.int32]
    targets: NDArray[np.int32]
    leaves: tuple[NDArray[np.int64], ...]
    nodes: NDArray[np.int64]
    votes: NDArray[np.float64]
    counts: int
    table: int
    depth: int


@dataclass(slots=True)
class _Trees:
    """Trees written out: the left child of place i is i + 1, the right one `right[i]`."""

    node: NDArray[np.int64]
    right: list[int]
    player: list[int]
    leaf: list[bool]

    def inside(self, place: int) -> tuple[list[int], list[int]]:
        """Give the tests and the leaves of the subtree at `place`."""
        tests, leaves, waiting = [], [], [place]
        while waiting:
            at = waiting.pop()
            if self.leaf[at]:
                leaves.append(at)
            else:
                tests.append(at)
                waiting += (self.right[at], at + 1)
        return tests, leaves


def lay_out_trees(forest: Forest) -> NDArray[np.int64]:
    """Write all trees out: original node, place of the right child and depth of each place.

    Raises:
        TooDeepError: more than 2,000,000 nodes or 1,000 levels, or a branch that runs in a
            circle.
    """
    nothing = np.empty((0, 3), np.int64)
    way = (forest.left, forest.right, forest.roots, MOST_NODES, DEEPEST)
    count = write_out(*way, nothing)
    if count < 0:
        raise TooDeepError
    out = np.empty((count, 3), np.int64)
    write_out(*way, out)
    return out


def make_plan(
    forest: Forest,
    player_of: NDArray[np.int64],
    players: int,
    limits: Limits = SINGLES,
) -> Plan:
    """Cut the trees of a forest into groups, so that rows cost as little as possible.

    The cheapest cut of each tree is found from its leaves up (dynamic programming): a
    subtree is one group if that costs no more than its two sides apart.

    Raises:
        TooDeepError: a way asks about more columns, or the tables have more entries, than
            `limits` allow.
    """
    written = lay_out_trees(forest)
    node = written[:, 0]
    trees = _Trees(
        node,
        written[:, 1].tolist(),
        player_of[forest.feature[node]].tolist() if len(player_of) else [0] * len(node),
        (forest.left[node] == NO_CHILD).tolist(),
    )
    above = _players_above(trees, written[:, 2] == 0)
    whole = _cheapest(trees, above, limits)
    maker = _Maker(trees, forest.value, players, limits)
    for root in np.flatnonzero(written[:, 2] == 0).tolist():
        maker.add_tree(root, whole)
    return maker.made(int(written[:, 2].max()) + 1)


def _players_above(trees: _Trees, roots: NDArray[np.bool_]) -> list[int]:
    """Give the set of players tested above each place, as the bits of a number."""
    above = [0] * len(trees.right)
    for at in range(len(above)):
        if roots[at]:
            above[at] = 0
        if not trees.leaf[at]:
            above[at + 1] = above[trees.right[at]] = above[at] | 1 << trees.player[at]
    return above


def _cheapest(trees: _Trees, above: list[int], limits: Limits) -> list[bool]:
    """Tell for each place whether its subtree is best taken whole."""
    count = len(above)
    tests, below, price = [0] * count, [0] * count, [0.0] * count
    whole = [True] * count
    for at in range(count - 1, -1, -1):
        ways = above[at].bit_count()
        if trees.leaf[at]:
            if ways > limits.path:
                raise TooDeepError
            price[at] = comb(ways, limits.order) + LOOK
            continue
        left, right = at + 1, trees.right[at]
        tests[at] = tests[left] + tests[right] + 1
        below[at] = below[left] | below[right] | 1 << trees.player[at]
        entries = comb((above[at] | below[at]).bit_count(), limits.order)
        bits = ways + tests[at]
        fits = (
            tests[at] <= limits.tests
            and bits <= limits.bits
            and entries << bits <= limits.entries
        )
        apart = price[left] + price[right] + 1.0
        whole[at] = fits and entries + LOOK <= apart
        price[at] = entries + LOOK if whole[at] else apart
    return whole


class _Maker:
    """Collects steps, groups and leaves, tree by tree."""

    def __init__(
        self, trees: _Trees, value: NDArray[np.float64], players: int, limits: Limits
    ) -> None:
        self.trees, self.value, self.players = trees, value, players
        self.limits, self.work = limits, 0
        self.outputs = value.shape[1]
        self.steps: list[tuple[int, int, int, int, int]] = []
        self.groups: list[tuple[int, ...]] = []
        self.own: list[int] = []
        self.targets: list[int] = []
        self.blocks: list[list[int]] = []
        self.leaf: dict[str, list[int]] = {
            name: [] for name in ("group", "start", "ones", "zeros", "entry", "place")
        }
        self.counts = self.table = 0

    def add_tree(self, root: int, whole: list[bool]) -> None:
        """Add the steps through one tree."""
        waiting: list[
            tuple[int, int, tuple[int, ...], tuple[int, int, int, int, int] | None]
        ]
        waiting = [(root, 0, (), None)]
        while waiting:
            at, depth, path, way = waiting.pop()
            if way:
                self.steps.append(way)
            if whole[at]:
                self.steps.append((GROUP, len(self.groups), depth, 0, 0))
                self._add_group(at, path)
                continue
            player = self.trees.player[at]
            new = player not in path
            longer = (*path, player) if new else path
            slot = longer.index(player)
            self.steps.append((TEST, at, depth, 0, 0))
            for child, op in ((self.trees.right[at], TO_RIGHT), (at + 1, TO_LEFT)):
                waiting.append((child, depth + 1, longer, (op, at, depth, slot, int(new))))

    def _add_group(self, root: int, path: tuple[int, ...]) -> None:
        tests, leaves = self.trees.inside(root)
        everybody = tuple(dict.fromkeys([*path, *(self.trees.player[t] for t in tests)]))
        bits = len(path) + len(tests)
        votes = self.value[self.trees.node[leaves]]
        voted = np.flatnonzero(votes.any(axis=0)).tolist()
        blocks = [-1] * self.outputs
        for block, output in enumerate(voted):
            blocks[output] = block
        entries = len(voted) * len(everybody)
        number, first = len(self.groups), len(self.targets)
        self.targets += [o * self.players + p for o in voted for p in everybody]
        self.groups.append(
            (
                len(self.own),
                len(tests),
                len(path),
                first,
                entries,
                bits,
                self.counts,
                self.table,
                len(everybody),
            )
        )
        self.own += tests
        self.blocks.append(blocks)
        self.counts += 1 << bits
        self.table += entries << bits
        self.work += len(voted) * comb(len(everybody), self.limits.order) << bits
        if max(self.work, self.table) > self.limits.table:
            raise TooDeepError
        place = {test: len(path) + k for k, test in enumerate(tests)}
        for leaf, way in self._ways(root):
            self._add_leaf(number, leaf, way, (path, place, everybody))

    def _ways(self, root: int) -> list[tuple[int, tuple[tuple[int, bool], ...]]]:
        """Give each leaf below `root` with the tests on its way, and whether they hold."""
        found = []
        waiting: list[tuple[int, tuple[tuple[int, bool], ...]]] = [(root, ())]
        while waiting:
            at, way = waiting.pop()
            if self.trees.leaf[at]:
                found.append((at, way))
            else:
                waiting.append((self.trees.right[at], (*way, (at, False))))
                waiting.append((at + 1, (*way, (at, True))))
        return found

    def _add_leaf(
        self,
        number: int,
        leaf: int,
        way: tuple[tuple[int, bool], ...],
        group: Any,  # noqa: ANN401 - three parts of a group
    ) -> None:
        """Add a leaf: for each of its players the bits that must be 1 and those that must be 0."""
        path, place, everybody = group
        mine = tuple(dict.fromkeys([*path, *(self.trees.player[test] for test, _ in way)]))
        self.leaf["group"].append(number)
        self.leaf["place"].append(leaf)
        self.leaf["start"].append(len(self.leaf["ones"]))
        for player in mine:
            ones = 1 << path.index(player) if player in path else 0
            zeros = 0
            for test, holds in way:
                if self.trees.player[test] == player and holds:
                    ones |= 1 << place[test]
                elif self.trees.player[test] == player:
                    zeros |= 1 << place[test]
            self.leaf["ones"].append(ones)
            self.leaf["zeros"].append(zeros)
            self.leaf["entry"].append(everybody.index(player))

    def made(self, depth: int) -> Plan:
        """Give the plan of all trees that were added."""
        whole = {name: np.array(values, np.int64) for name, values in self.leaf.items()}
        start = np.append(whole["start"], len(self.leaf["ones"]))
        blocks = np.array(self.blocks, np.int64).reshape(-1, self.outputs)
        return Plan(
            steps=np.array(self.steps, np.int32).reshape(-1, 5),
            groups=np.array(self.groups, np.int64).reshape(-1, FACTS),
            own=np.array(self.own, np.int32),
            targets=np.array(self.targets, np.int32),
            leaves=(
                whole["group"],
                start,
                whole["ones"],
                whole["zeros"],
                whole["entry"],
                blocks,
            ),
            nodes=self.trees.node,
            votes=self.value[self.trees.node[whole["place"]]],
            counts=self.counts,
            table=self.table,
            depth=depth,
        )
