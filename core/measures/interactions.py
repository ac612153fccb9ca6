"""Exact Shapley interactions of trees: what two raw columns do together, beyond each alone.

The index (Grabisch and Roubens, 1999) of two players is how much the presence of one
changes what the other adds, averaged over all coalitions of the rest; in the same game as
the pushes, against every reference row. The matrix that shap prints holds half of it on
either side of its diagonal; here it is whole.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.estimates.intervals import estimate_mean
from core.measures.pair_kernels import add_pairs, fill_pair_tables
from core.measures.pattern_plan import PAIRS, Plan, TooDeepError, make_plan
from core.measures.shapley_trees import THREADS, count_reference, side_by_side, tests_of
from core.measures.tree_kernels import FACTORIAL, explain_rows
from core.models.forest import Forest
from core.records.explanations import Pair, Player

MOST_PAIRS: Final = 20_000
BLOCK: Final = 512
LEAST_BLOCK: Final = 64
CACHED: Final = 1 << 18  # sums that one thread keeps close
FIRST, ENTRIES, COUNTS, TABLES, PLAYERS = 3, 4, 6, 7, 8  # columns of a plan's groups
BITS: Final = 5

Reference = Callable[[], Iterable[NDArray[Any]]]


@dataclass(frozen=True, slots=True, eq=False)
class PairSums:
    """Sums over `rows` rows of the interaction of each pair that the trees can join.

    `pairs` (pairs, 2) numbers the players; `absolute`, `plain` and `squares` (pairs) add up
    |interaction|, interaction and its square. Every other pair is 0 in every row.
    """

    pairs: NDArray[np.int64]
    rows: int
    absolute: NDArray[np.float64]
    plain: NDArray[np.float64]
    squares: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Tables:
    """Tables that give the interaction of each of `pairs` in any row."""

    plan: Plan
    tests: tuple[Any, ...]
    tables: NDArray[np.float64]
    pairs: NDArray[np.int64]

    @property
    def block(self) -> int:
        """The rows that are looked at together."""
        return max(LEAST_BLOCK, min(BLOCK, CACHED // max(1, len(self.pairs))))

    def run(
        self,
        kernel: Callable[..., None],
        features: NDArray[Any],
        out: NDArray[np.float64],
        span: tuple[int, int],
    ) -> None:
        """Let a kernel look up the rows `span`."""
        plan = self.plan
        kernel(
            features,
            self.tests,
            plan.steps,
            plan.groups,
            plan.own,
            plan.targets,
            self.tables,
            (plan.depth, self.block),
            out,
            span,
        )


def count_interactions(  # noqa: PLR0913 - those of the pushes, and the rows
    forest: Forest,
    player_of: NDArray[np.int64],
    players: int,
    reference: Reference,
    rows: Iterable[NDArray[Any]],
    *,
    double: bool,
    among: Sequence[int] | None = None,
) -> PairSums:
    """Add up the interactions of all pairs of players, or of those `among` some, over rows.

    `reference` and `rows` give features (features, rows), batch by batch. The forest has
    one output.

    Raises:
        TooDeepError: the trees are too deep for tables, or join more than 20,000 pairs.
    """
    wanted = None if among is None else set(combinations(sorted(among), 2))
    made = _tables(forest, player_of, players, reference, double=double, wanted=wanted)
    sums, total = np.zeros((3, len(made.pairs))), 0
    for features in rows:
        total += features.shape[1]
        sums += _added(made, features)
    return PairSums(made.pairs, total, *sums)


def pair_values(  # noqa: PLR0913 - those of the pushes, the pair and the rows
    forest: Forest,
    player_of: NDArray[np.int64],
    pair: tuple[int, int],
    reference: Reference,
    rows: Iterable[NDArray[Any]],
    *,
    double: bool,
) -> Iterator[NDArray[np.float64]]:
    """Give the interaction of one pair in each row, batch by batch.

    Raises:
        TooDeepError: the trees are too deep for tables.
    """
    low, high = sorted(pair)
    made = _tables(
        forest, player_of, high + 1, reference, double=double, wanted={(low, high)}
    )
    for features in rows:
        out = np.zeros((len(made.pairs), features.shape[1]))
        if len(out):
            side_by_side(
                features.shape[1],
                lambda span, x=features, out=out: made.run(explain_rows, x, out, span),  # type: ignore[misc]
            )
        yield out.sum(axis=0)


def measure_pairs(sums: PairSums, players: Sequence[Player]) -> tuple[Pair, ...]:
    """Return the pairs that the trees join by the mean of |interaction|, strongest first.

    Both means have t intervals; nothing where there are fewer than two rows.
    """
    rows = sums.rows
    if rows < 2:  # noqa: PLR2004 - a spread needs two rows
        return ()
    order = np.argsort(-sums.absolute, kind="stable")
    pairs = []
    for q in order.tolist():
        strength, mean = (
            estimate_mean(
                float(each[q]) / rows,
                float(sums.squares[q]) / rows,
                rows=rows,
                effective_rows=rows,
            )
            for each in (sums.absolute, sums.plain)
        )
        one, other = sums.pairs[q].tolist()
        numbers = (one, other)
        pairs.append(Pair((players[one], players[other]), numbers, strength, mean))
    return tuple(pairs)


def _added(made: _Tables, features: NDArray[Any]) -> NDArray[np.float64]:
    """Add up some rows; parts are joined in their order, so that sums repeat to the bit."""
    parts: dict[int, NDArray[np.float64]] = {}

    def work(span: tuple[int, int]) -> None:
        out = parts[span[0]] = np.zeros((3, len(made.pairs)))
        made.run(add_pairs, features, out, span)

    side_by_side(features.shape[1], work)
    total = np.zeros((3, len(made.pairs)))
    for start in sorted(parts):
        total += parts[start]
    return total


def _tables(  # noqa: PLR0913 - those of the pushes, and the pairs
    forest: Forest,
    player_of: NDArray[np.int64],
    players: int,
    reference: Reference,
    *,
    double: bool,
    wanted: set[tuple[int, int]] | None,
) -> _Tables:
    plan = make_plan(forest, player_of, players, PAIRS)
    tests = tests_of(forest, plan.nodes, double=double)
    counts, rows = count_reference(plan, tests, reference())
    paired = _Pairing(plan, wanted)
    tables = np.zeros(paired.entries)
    group, start, ones, zeros, entry, _ = plan.leaves
    # A group is filled by one thread: its leaves stand together.
    cuts = [len(plan.groups) * part // THREADS for part in range(THREADS + 1)]
    ends = np.searchsorted(group, cuts)
    votes = np.ascontiguousarray(plan.votes[:, 0])
    with ThreadPoolExecutor(THREADS) as pool:
        list(
            pool.map(
                lambda part: fill_pair_tables(
                    (group, start, ones, zeros, entry),
                    paired.plan.groups,
                    paired.square,
                    paired.place,
                    votes,
                    counts,
                    float(rows),
                    FACTORIAL,
                    tables,
                    (int(ends[part]), int(ends[part + 1])),
                ),
                range(THREADS),
            )
        )
    return _Tables(paired.plan, tests, tables, paired.pairs)


class _Pairing:
    """Turns a plan of players into one of pairs.

    `place` tells where the table of each two players of a group begins, from `square` of the
    group on; -1 where they are not wanted.
    """

    def __init__(self, plan: Plan, wanted: set[tuple[int, int]] | None) -> None:
        groups = plan.groups.copy()
        numbers: dict[tuple[int, int], int] = {}
        targets: list[int] = []
        place: list[int] = []
        square: list[int] = []
        self.entries = 0
        for g, facts in enumerate(plan.groups.tolist()):
            mine = plan.targets[facts[FIRST] :][: facts[ENTRIES]].tolist()
            square.append(len(place))
            groups[g, FIRST], groups[g, TABLES] = len(targets), self.entries
            for a, b in ((a, b) for a in range(len(mine)) for b in range(len(mine))):
                pair = (min(mine[a], mine[b]), max(mine[a], mine[b]))
                if a >= b or (wanted is not None and pair not in wanted):
                    place.append(-1)
                    continue
                targets.append(numbers.setdefault(pair, len(numbers)))
                place.append(self.entries)
                self.entries += 1 << facts[BITS]
            groups[g, ENTRIES] = len(targets) - groups[g, FIRST]
        if len(numbers) > MOST_PAIRS:
            raise TooDeepError
        self.pairs = np.array(list(numbers), np.int64).reshape(-1, 2)
        self.place, self.square = np.array(place, np.int64), np.array(square, np.int64)
        self.plan = replace(plan, groups=groups, targets=np.array(targets, np.int32))
