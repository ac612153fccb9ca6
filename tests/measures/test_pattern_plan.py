"""Plans cover every leaf once, keep their limits, and cost what the cut is worth."""

from dataclasses import replace
from math import comb as choose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.measures import shapley_trees
from core.measures.pattern_plan import (
    PAIRS,
    SINGLES,
    Limits,
    Plan,
    TooDeepError,
    lay_out_trees,
    make_plan,
)
from core.measures.shapley_trees import THREADS, count_reference
from core.models.forest import MOST_NODES, NO_CHILD, Forest
from tests.models.combs import comb
from tests.models.random_trees import first_dialect, grow, rows
from tests.models.reading import read

BITS, ENTRIES, PLAYERS, TESTS = 5, 4, 8, 1


def _forest(seed: int, width: int = 6, depth: int = 6) -> Forest:
    rng = np.random.default_rng(seed)
    trees = [grow(rng, width, depth, [0, 2, 4]) for _ in range(3)]
    return read(first_dialect(trees, width=width), width)


def _plan(forest: Forest, limits: Limits = SINGLES) -> Plan:
    return make_plan(forest, np.arange(forest.width), forest.width, limits)


@given(st.integers(0, 10**6))
def test_every_leaf_is_in_one_group(seed: int) -> None:
    """The votes of all leaves are there, once each."""
    forest = _forest(seed)
    plan = _plan(forest)
    leaves = forest.value[forest.left == NO_CHILD, 0]
    assert sorted(plan.votes[:, 0].tolist()) == sorted(leaves.tolist())


@given(st.integers(0, 10**6))
def test_groups_keep_the_limits(seed: int) -> None:
    """Tests, bits and entries of a group with tests are never more than is allowed."""
    for limits in (SINGLES, PAIRS, Limits(tests=2, bits=5, entries=64)):
        groups = _plan(_forest(seed), limits).groups
        whole = groups[groups[:, TESTS] > 0]
        assert (whole[:, TESTS] <= limits.tests).all()
        assert (whole[:, BITS] <= limits.bits).all()
        entries = [
            choose(int(p), limits.order) << int(b) for b, p in whole[:, [BITS, PLAYERS]]
        ]
        assert all(n <= limits.entries for n in entries)


@given(st.integers(0, 10**6))
def test_every_row_shows_each_group_one_pattern(seed: int) -> None:
    """Counts of a group add up to the rows, also when they come in parts."""
    forest = _forest(seed)
    plan = _plan(forest)
    x = np.ascontiguousarray(rows(np.random.default_rng(seed), 6, 90).T)
    tests = shapley_trees.tests_of(forest, plan.nodes, double=False)
    counts, total = count_reference(plan, tests, [x[:, :50], x[:, 50:]])
    assert total == 90
    assert THREADS == 2
    for facts in plan.groups:
        assert counts[facts[6] : facts[6] + (1 << facts[BITS])].sum() == 90


def test_a_small_tree_is_one_group() -> None:
    """Three questions about three columns: one look, 2^3 patterns, three players."""
    plan = _plan(comb(3))
    assert plan.groups[:, [TESTS, BITS, ENTRIES, PLAYERS]].tolist() == [[3, 3, 3, 3]]
    assert plan.targets.tolist() == [0, 1, 2]
    assert (plan.table, plan.counts) == (24, 8)


def test_the_places_of_a_tree() -> None:
    """Left before right: node, place of the right child, depth."""
    assert lay_out_trees(comb(2)).tolist() == [
        [0, 2, 0],
        [1, -1, 1],
        [2, 4, 1],
        [3, -1, 2],
        [4, -1, 2],
    ]


def _circle() -> Forest:
    forest = comb(2)
    right = forest.right.copy()
    right[2] = 0
    return replace(forest, right=right)


def _shared(levels: int) -> Forest:
    """Give a tree whose questions lead both sides to the same next one."""
    forest = comb(levels)
    left = forest.left.copy()
    inner = left != NO_CHILD
    left[inner] = forest.right[inner]
    return replace(forest, left=left)


def test_circles_and_shared_branches_end() -> None:
    """What would be written out for ever, or to more than 2,000,000 nodes, is refused."""
    assert MOST_NODES == 2_000_000
    for forest in (_circle(), _shared(40)):
        with pytest.raises(TooDeepError):
            lay_out_trees(forest)


def test_long_ways_and_large_tables_are_refused() -> None:
    """15 columns on one way, or tables with more entries than are allowed."""
    _plan(comb(14))
    with pytest.raises(TooDeepError):
        _plan(comb(15))
    with pytest.raises(TooDeepError):
        _plan(comb(14), replace(SINGLES, table=100_000))


def test_pairs_count_twice_the_players() -> None:
    """The limit of all tables is held against those of pairs where pairs are planned."""
    entries = choose(12, 2) << 12
    _plan(comb(12), replace(PAIRS, table=3 * entries))
    with pytest.raises(TooDeepError):
        _plan(comb(12), replace(PAIRS, table=entries))
