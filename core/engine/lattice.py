"""Lattice: every slice of one and of two columns counted at once, in memory.

All pairs of columns are covered by a few joint histograms: a table of three or four
columns, counted in one pass, holds every pair among them as a marginal sum. Source of the
idea: covering designs, as in data cubes (Harinarayan, Rajaraman and Ullman, 1996).
"""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations
from math import log, prod
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Place = tuple[int, ...]  # the columns of a part: none, one or two
Codes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Unsigned = TypeVar("Unsigned", np.uint16, np.uint32)
MOST_CELLS: Final = 32_000  # of a joint histogram; so many stay in the cache of a core
LARGEST_CUBE: Final = 64 * 2**20  # bytes


@dataclass(frozen=True)
class Layout:
    """Where each slice stands: parts one after the other, codes in row-major order.

    `cards` are the numbers of codes per column; slice (a, b) of a part of two columns
    stands at its start + a * cards[second] + b.
    """

    cards: tuple[int, ...]
    parts: tuple[Place, ...]

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many slices each part has, empty ones included."""
        return tuple(prod(self.cards[column] for column in part) for part in self.parts)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each part begins; one more for the end of the last."""
        return (0, *np.cumsum(self.sizes, dtype=np.int64).tolist())

    @property
    def paired(self) -> tuple[int, ...]:
        """The columns that are combined with others."""
        return tuple(
            sorted({column for part in self.parts if len(part) > 1 for column in part})
        )

    @property
    def size(self) -> int:
        """How many slices there are in all."""
        return self.starts[-1]

    def slice_at(self, number: int) -> tuple[Place, tuple[int, ...]]:
        """Return the columns and the codes of a slice."""
        part = bisect(self.starts, number) - 1
        columns, place = self.parts[part], number - self.starts[part]
        match columns:
            case (_, second):
                return columns, divmod(place, self.cards[second])
            case (_,):
                return columns, (place,)
            case _:
                return columns, ()


def lay_out(
    cards: Sequence[int], *, paired: Sequence[int], alone: Sequence[int] | None = None
) -> Layout:
    """Return the layout of each column alone and of each pair of the columns `paired`.

    `alone` are the columns that have slices at all, every one by default.
    """
    singles = [(column,) for column in (range(len(cards)) if alone is None else alone)]
    return Layout(tuple(cards), (*singles, *combinations(sorted(paired), 2)))


def count_slices(
    codes: Codes, layout: Layout, kind: Codes, kinds: int
) -> NDArray[np.int64]:
    """Return (slices, kinds): the rows of each slice by their `kind` (0 to kinds - 1).

    `codes` is (columns, rows).
    """
    counted = np.zeros((layout.size, kinds), dtype=np.int64)
    for block in cover(layout.cards, layout.parts, max(1, MOST_CELLS // kinds)):
        cells = prod(layout.cards[column] for column in block) * kinds
        at = _joined(codes, layout.cards, block, cells)
        at = at * at.dtype.type(kinds) + kind
        _share_out(counted, layout, block, np.bincount(at, minlength=cells))
    return counted


def sum_slices(
    codes: Codes, layout: Layout, values: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return (slices, values): the sums of each of `values` over the rows of each slice.

    Sums of whole numbers are exact up to 2^53.
    """
    summed = np.zeros((layout.size, len(values)))
    for block in cover(layout.cards, layout.parts, MOST_CELLS):
        cells = prod(layout.cards[column] for column in block)
        at = _joined(codes, layout.cards, block, cells)
        columns = [add_up(at, each, cells) for each in values]
        _share_out(summed, layout, block, np.stack(columns, axis=-1))
    return summed


def add_up(at: NDArray[np.integer], mass: Floats, size: int) -> Floats:
    """Return the sum of `mass` at each of `size` places."""
    summed: Floats = np.bincount(at, weights=mass, minlength=size).astype(np.float64)
    return summed


def join_codes(
    codes: Codes, cards: Sequence[int], columns: Sequence[int], kind: type[Unsigned]
) -> NDArray[Unsigned]:
    """Return one number per row for its codes in several columns, in row-major order."""
    at = np.zeros(codes.shape[1], dtype=kind)
    for column in columns:
        at = at * kind(cards[column]) + codes[column].astype(kind)
    return at


def cube_bytes(layout: Layout, kinds: int, steps: int) -> int:
    """Return the size of a cube in memory."""
    return layout.size * kinds * steps * np.dtype(np.uint32).itemsize


def make_cube(
    codes: Codes,
    layout: Layout,
    kind: Codes,
    step: NDArray[np.int64],
    *,
    shape: tuple[int, int],
) -> NDArray[np.uint32]:
    """Return (kinds, steps, slices): the rows of each slice by kind and step of the score.

    `shape` is (kinds, steps). Rows are taken in the order of kind and step, so that the
    counters that are written to lie near each other.
    """
    kinds, steps = shape
    lines = kind.astype(np.int64) * steps + step
    order = np.argsort(lines, kind="stable")
    base = lines[order] * layout.size
    cube = np.zeros(kinds * steps * layout.size, dtype=np.uint32)
    sorted_codes = [column[order].astype(np.int64) for column in codes]
    one = np.uint32(1)
    for part, start in zip(layout.parts, layout.starts, strict=False):
        at = base + start
        match part:
            case (a,):
                at += sorted_codes[a]
            case (a, b):
                at += sorted_codes[a] * layout.cards[b] + sorted_codes[b]
        np.add.at(cube, at, one)
    return cube.reshape(kinds, steps, layout.size)


@lru_cache(maxsize=64)
def cover(cards: tuple[int, ...], parts: tuple[Place, ...], most: int) -> tuple[Place, ...]:
    """Return sets of columns whose joint histograms hold every part as a marginal sum.

    A greedy choice: start from the largest part that is not covered yet, and add the column
    that covers most for its size while the histogram has at most `most` cells.
    """
    needed = {part for part in parts if part}
    blocks: list[Place] = []
    while needed:
        block = _grown(
            max(needed, key=lambda part: prod(cards[c] for c in part)), cards, needed, most
        )
        blocks.append(block)
        needed -= {part for k in (1, 2) for part in combinations(block, k)}
    return tuple(blocks) if blocks else ((),)


def _grown(seed: Place, cards: tuple[int, ...], needed: set[Place], most: int) -> Place:
    block = set(seed)
    while True:
        cells = prod(cards[column] for column in block)
        gains = {
            column: len(needed & {tuple(sorted((column, other))) for other in block})
            for column in range(len(cards))
            if column not in block and cells * cards[column] <= most
        }
        useful = [column for column, gain in gains.items() if gain]
        if not useful:
            return tuple(sorted(block))
        block.add(max(useful, key=lambda column: gains[column] / log(cards[column] + 1)))


def _joined(
    codes: Codes, cards: tuple[int, ...], block: Place, cells: int
) -> NDArray[np.uint16] | NDArray[np.uint32]:
    """Return the number of the cell of each row, in the smallest type that holds `cells`."""
    if cells <= np.iinfo(np.uint16).max:
        return join_codes(codes, cards, block, np.uint16)
    return join_codes(codes, cards, block, np.uint32)


def _share_out(
    into: NDArray[np.int64] | NDArray[np.float64],
    layout: Layout,
    block: Place,
    histogram: NDArray[np.int64] | NDArray[np.float64],
) -> None:
    """Write the marginal sums of a joint histogram to the parts that it holds."""
    table = histogram.reshape(*(layout.cards[column] for column in block), into.shape[1])
    for part, start, size in zip(layout.parts, layout.starts, layout.sizes, strict=False):
        if set(part) <= set(block):
            others = tuple(k for k, column in enumerate(block) if column not in part)
            into[start : start + size] = table.sum(axis=others).reshape(size, -1)
