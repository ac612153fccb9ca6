"""No hidden slice follows from the slices and sums that are shown around it."""

import os
from itertools import pairwise
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from core.engine.lattice import Layout, lay_out
from core.measures.privacy import gives_away, hide_small

Counts = NDArray[np.int64]
LIMIT: Final = 5
TABLES: Final = 1000 if os.environ.get("PROVE") else 100


def _hide(table: Counts) -> list[NDArray[np.bool_]]:
    """Return what is hidden: of the first column, of the second, of the table."""
    layout = lay_out(table.shape, paired=(0, 1))
    rows = np.concatenate([table.sum(axis=1), table.sum(axis=0), table.ravel()])
    hidden = hide_small(rows, layout, limit=LIMIT, in_all=int(table.sum()))
    first, second, both = (hidden[a:b] for a, b in pairwise(layout.starts))
    return [first, second, both.reshape(table.shape)]


def _random(rng: np.random.Generator) -> Counts:
    """Return a small table with empty, tiny and large cells, LIMIT rows in all at least."""
    shape = tuple(rng.integers(1, 6, 2))
    drawn = rng.choice([1, 2, 3, 4, 8, 20, 60, 200], shape)
    table = np.where(rng.random(shape) < 0.25, 0, drawn)
    table[0, 0] += LIMIT
    return table


def _range(
    goal: NDArray[np.float64], known: list[NDArray[np.float64]], table: Counts
) -> float:
    """Return by how much a sum of cells may vary, all that is known being what it is."""
    values = [float((each * table).sum()) for each in known]
    equal = np.array([each.ravel() for each in known])
    least, most = (
        linprog(sign * goal.ravel(), A_eq=equal, b_eq=values, bounds=(0, None)).fun or 0.0
        for sign in (1, -1)
    )
    return float(-most - least)


def _lines(table: Counts) -> list[tuple[int, NDArray[np.float64]]]:
    """Return each line of the table as a mask, with the axis that it is summed along."""
    masks = []
    for axis, size in enumerate(table.shape):
        for place in range(size):
            mask = np.zeros(table.shape)
            mask[(place, slice(None)) if axis == 0 else (slice(None), place)] = 1.0
            masks.append((axis, mask))
    return masks


@pytest.mark.parametrize("seed", range(10))
def test_no_small_number_follows_from_all_that_is_shown(seed: int) -> None:
    """Each small cell or sum could be another number still, by linear programming.

    Known are the shown cells, the shown sums and the total, and that no cell is below 0.
    """
    rng = np.random.default_rng(seed)
    for _ in range(TABLES // 10):
        table = _random(rng)
        first, second, both = _hide(table)
        hidden_lines = np.concatenate([first, second])
        lines = [mask for _, mask in _lines(table)]
        cells = [np.eye(table.size)[k].reshape(table.shape) for k in range(table.size)]
        known = [np.ones(table.shape)]
        known += [m for m, hides in zip(lines, hidden_lines, strict=True) if not hides]
        known += [m for m, hides in zip(cells, both.ravel(), strict=True) if not hides]
        every = zip((*lines, *cells), (*hidden_lines, *both.ravel()), strict=True)
        for mask, hides in every:
            rows = int((mask * table).sum())
            if 0 < rows < LIMIT:
                assert hides
                assert _range(mask, known, table) > 0.5


@pytest.mark.parametrize("seed", range(5))
def test_no_line_hides_a_small_cell_alone(seed: int) -> None:
    """Other cells are hidden with it, of LIMIT rows together, or all that the line has."""
    rng = np.random.default_rng(seed)
    for _ in range(TABLES):
        table = _random(rng)
        *_, both = _hide(table)
        for _, mask in _lines(table):
            mine = mask.astype(np.bool_)
            hidden = table[mine & both]
            small = (hidden > 0) & (hidden < LIMIT)
            if small.any() and (table[mine & ~both] > 0).any():
                assert len(hidden) > 1
                assert hidden.sum() >= LIMIT


@pytest.mark.parametrize("seed", range(5))
def test_what_is_large_with_large_neighbours_is_shown(seed: int) -> None:
    """Nothing is hidden where each cell, and what it lacks of all rows, has enough rows."""
    rng = np.random.default_rng(seed)
    table = rng.integers(LIMIT, 50, rng.integers(2, 6, 2))
    assert not any(mask.any() for mask in _hide(table))


def test_one_small_value_hides_the_next_smallest() -> None:
    """By hand: of 3, 40, 20 and 0 rows, the 20 are hidden with the 3; the empty one is not."""
    rows = np.array([3, 40, 20, 0])
    hidden = hide_small(rows, lay_out((4,), paired=()), limit=5, in_all=63)
    assert hidden.tolist() == [True, False, True, False]


def test_two_small_values_hide_a_third_where_they_are_few_together() -> None:
    """By hand: 1 + 3 rows are fewer than 5 together; 2 + 3 are enough."""
    layout = lay_out((4,), paired=())
    few = hide_small(np.array([1, 3, 9, 8]), layout, limit=5, in_all=21)
    assert few.tolist() == [True, True, False, True]
    enough = hide_small(np.array([2, 3, 9, 8]), layout, limit=5, in_all=22)
    assert enough.tolist() == [True, True, False, False]


def test_nearly_everybody_is_hidden_too() -> None:
    """By hand: 98 of 100 rows tell the other two."""
    layout = lay_out((2,), paired=())
    assert hide_small(np.array([98, 2]), layout, limit=5, in_all=100).tolist() == [
        True,
        True,
    ]
    # Where the others are not coded in this column, the slice is hidden all the same.
    alone = hide_small(np.array([98, 0]), layout, limit=5, in_all=100)
    assert alone.tolist() == [True, False]


def test_a_cell_that_its_own_sum_gives_away_hides_nothing() -> None:
    """By hand: the 3 have two hidden cells in each line, but 20 follows from its column.

    So does 60 from 80 - 20 then, and 3 from 63 - 60. An empty cell is hidden as well.
    """
    *_, both = _hide(np.array([[20, 60, 0], [0, 3, 60]]))
    assert both.tolist() == [[True, True, True], [False, True, True]]


def test_a_sum_that_is_hidden_is_no_sum_of_shown_cells() -> None:
    """By hand: x has 3 rows, so y is hidden with it; some cell of y is hidden in the table."""
    table = np.array([[3, 0, 0], [10, 10, 10], [9, 90, 90], [90, 9, 90]])
    first, _, both = _hide(table)
    assert first.tolist() == [True, True, False, False]
    lines = [[True, False, False]] * 2 + [[True, True, False]] * 2
    assert both.tolist() == lines


def test_a_table_without_its_sums_is_looked_at_alone() -> None:
    """A layout of pairs only, and one of everybody: no sum is known to be hidden."""
    table = np.array([[3, 10], [20, 30]])
    pairs = hide_small(table.ravel(), Layout((2, 2), ((0, 1),)), limit=5, in_all=63)
    assert pairs.tolist() == [True, True, True, True]
    everybody = Layout((2, 2), ((),))
    assert hide_small(np.array([4]), everybody, limit=5, in_all=4).tolist() == [True]
    assert hide_small(np.array([63]), everybody, limit=5, in_all=63).tolist() == [False]


@pytest.mark.parametrize(
    ("rows", "around", "told"),
    [
        (4, (100,), True),  # too few
        (5, (100,), False),
        (0, (100,), False),  # nobody is nobody's secret
        (96, (100,), True),  # four others
        (95, (100,), False),
        (100, (100,), False),
        (50, (100, 53), True),  # three of a wider slice are not in this one
        (50, (100, 50), False),
        (50, (), False),
    ],
)
def test_a_slice_gives_away_the_few_it_lacks(
    rows: int, around: tuple[int, ...], *, told: bool
) -> None:
    """By hand, at a limit of 5."""
    assert gives_away(rows, around, limit=5) is told
