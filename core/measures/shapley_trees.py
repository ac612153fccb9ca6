"""Exact Shapley values of trees, for raw columns and against every reference row.

The game (interventional; Lundberg et al., 2020): a coalition of raw columns keeps the
values of the row, all others take those of a reference row, and the worth is the mean sum
over all reference rows. A column that was turned into several features is one player.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.measures.pattern_plan import Plan, make_plan
from core.measures.tree_kernels import (
    FACTORIAL,
    count_patterns,
    explain_rows,
    fill_tables,
)
from core.models.forest import Forest

THREADS: Final = 2
BLOCK: Final = 4_096
LEAST_BLOCK: Final = 256
CACHED: Final = 1 << 20  # sums that one thread keeps close
EXACT_TABLE: Final = 8_000_000  # entries; larger tables hold float32
Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TreeShapley:
    """Tables that give the Shapley values of any row; `base` (outputs) is the mean sum."""

    plan: Plan
    tests: tuple[Any, ...]
    tables: NDArray[Any]
    base: NDArray[np.float64]
    players: int
    double: bool

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        return int(self.tables.nbytes)

    def explain(self, features: NDArray[Any]) -> Values:
        """Give (outputs x players, rows): by how much each player moves each output."""
        rows = features.shape[1]
        targets = len(self.base) * self.players
        out = np.zeros(
            (targets, rows), np.float32 if self.tables.dtype == np.float32 else np.float64
        )
        block = max(LEAST_BLOCK, min(BLOCK, CACHED // max(1, targets)))
        plan = self.plan
        side_by_side(
            rows,
            lambda span: explain_rows(
                features,
                self.tests,
                plan.steps,
                plan.groups,
                plan.own,
                plan.targets,
                self.tables,
                (plan.depth, block),
                out,
                span,
            ),
        )
        return out


def read_reference(
    forest: Forest,
    player_of: NDArray[np.int64],
    players: int,
    reference: Iterable[NDArray[Any]],
    *,
    double: bool,
) -> TreeShapley:
    """Count the patterns of all reference rows, and make the tables from them.

    `player_of` names the player of each feature; `reference` gives features (features,
    rows), batch by batch.

    Raises:
        TooDeepError: the trees are too deep for tables.
    """
    plan = make_plan(forest, player_of, players)
    tests = tests_of(forest, plan.nodes, double=double)
    counts, rows = count_reference(plan, tests, reference)
    tables, base = _filled(plan, counts, rows, forest)
    return TreeShapley(plan, tests, tables, base, players, double)


def count_reference(
    plan: Plan, tests: tuple[Any, ...], reference: Iterable[NDArray[Any]]
) -> tuple[NDArray[np.int64], int]:
    """Count how many reference rows show each pattern, and how many rows there are."""
    counts = np.zeros((THREADS, plan.counts), np.int64)
    rows = 0
    for features in reference:
        rows += features.shape[1]
        halves = iter(range(THREADS))
        side_by_side(
            features.shape[1],
            lambda span, features=features, halves=halves: count_patterns(  # type: ignore[misc]
                features,
                tests,
                plan.steps,
                plan.groups,
                plan.own,
                (plan.depth, BLOCK),
                counts[next(halves)],
                span,
            ),
            parts=THREADS,
        )
    return counts.sum(axis=0), rows


def tests_of(forest: Forest, node: NDArray[np.int64], *, double: bool) -> tuple[Any, ...]:
    """Give the tests of some nodes, in the type that the features have."""
    kind = np.float64 if double else np.float32
    return (
        forest.test[node],
        forest.feature[node].astype(np.int32),
        forest.threshold[node].astype(kind),
        forest.missing_left[node],
        forest.first[node],
        forest.last[node],
        forest.members.astype(kind),
    )


def _filled(
    plan: Plan, counts: NDArray[np.int64], rows: int, forest: Forest
) -> tuple[NDArray[Any], NDArray[np.float64]]:
    tables = np.zeros(plan.table)
    base = np.zeros((THREADS, forest.outputs))
    group = plan.leaves[0]
    # A group is filled by one thread: its leaves stand together.
    cuts = [len(plan.groups) * part // THREADS for part in range(THREADS + 1)]
    ends = np.searchsorted(group, cuts)
    with ThreadPoolExecutor(THREADS) as pool:
        list(
            pool.map(
                lambda part: fill_tables(
                    plan.leaves,
                    plan.groups,
                    plan.votes,
                    counts,
                    float(rows),
                    FACTORIAL,
                    tables,
                    base[part],
                    (int(ends[part]), int(ends[part + 1])),
                ),
                range(THREADS),
            )
        )
    kind = np.float64 if plan.table <= EXACT_TABLE else np.float32
    return tables.astype(kind), forest.base + base.sum(axis=0)


def side_by_side(
    rows: int,
    work: Callable[[tuple[int, int]], None],
    *,
    parts: int = 4 * THREADS,
    block: int = BLOCK,
) -> None:
    """Run `work` on parts of the rows, two at a time."""
    cuts = [rows * part // parts // block * block for part in range(parts)] + [rows]
    spans = [(a, b) for a, b in pairwise(cuts) if a < b]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, spans))
