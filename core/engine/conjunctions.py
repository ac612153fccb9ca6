"""Conjunctions: how many rows have all items of a pattern, for very many patterns.

Three ways, chosen by what they cost: join the bitmaps of the items; look the patterns up in
one joint table of their columns; or, for many patterns that begin with the same item, take
the rows that have it and count the shorter patterns among them.
"""

from collections.abc import Iterator
from math import prod
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from core.engine.bitmaps import Bitmaps, Tick
from core.engine.coded import CodedRows
from core.engine.joint import Columns, Numbers, count_jointly
from core.errors import WrongInputError

Patterns = NDArray[np.intp]
FEW: Final = 1 << 21  # words to join, below which no other way is looked for
KEPT_CELLS: Final = 1 << 12  # of a pair of columns whose table is kept
MANY: Final = 1 << 24  # words to join, above which taking fewer rows may pay
LARGEST_KEY: Final = 1 << 62
# What one step costs in nanoseconds, measured; only the ratios matter.
WORD: Final = 0.9  # of a bitmap joined and counted
MASK: Final = 0.6  # a row weighed
ROW, ROW_COLUMN, CELL, TABLE = 1.0, 0.2, 1.0, 25_000.0  # a joint table
FOUND, TAKEN, PACKED, PROJECTED = 0.2, 1.0, 0.04, 200_000.0  # rows that have an item


class Counter(Protocol):
    """What counts the rows, or sums up the errors, of patterns."""

    def singles(self) -> Numbers:
        """Return the count of every item."""
        ...

    def count(self, patterns: Patterns, tick: Tick) -> Numbers:
        """Return the count of each pattern (patterns, length) of items."""
        ...


class Conjunctions:
    """Counts the patterns of some rows.

    With `weights` (one per row, whole numbers) it sums them up instead; sums below 2^53
    are exact. Tables of pairs of columns are kept, for they are asked for again.
    """

    def __init__(
        self, coded: CodedRows, weights: NDArray[np.float64] | None = None
    ) -> None:
        self._coded, self._weights = coded, weights
        self._bitmaps = Bitmaps(coded)
        self._pairs: dict[Columns, Numbers] = {}
        self._singles: Numbers | None = None

    def singles(self) -> Numbers:
        """Return the count of every item.

        Raises:
            WrongInputError: a column has a code that it should not have.
        """
        if self._singles is None:
            self._singles = np.concatenate(
                [self._single(column) for column in range(self._coded.columns)]
            )
        return self._singles

    def _single(self, column: int) -> Numbers:
        card = self._coded.cards[column]
        codes = self._coded.column(column)
        counts: NDArray[Any] = np.bincount(codes, self._weights, minlength=card)
        if len(counts) > card:
            raise WrongInputError(
                f"Column {column} has code {len(counts) - 1}, but only {card} codes.",
                hint="Cut the columns into codes again.",
            )
        return counts

    def count(self, patterns: Patterns, tick: Tick) -> Numbers:
        """Return the count of each pattern; those that begin alike should stand together."""
        if not len(patterns) or (
            self._weights is None and len(patterns) * self._bitmaps.words <= FEW
        ):
            return self._bitmaps.count(patterns, tick)
        columns = self._coded.column_of[patterns]
        order, starts = _group(columns, self._coded.columns)
        sets: list[Columns] = [tuple(row) for row in columns[order[starts[:-1]]].tolist()]
        costs = np.add.reduceat(self._costs(patterns)[order], starts[:-1])
        is_dense = self._table_costs(sets) < costs
        none = np.zeros(len(patterns), np.int64)
        counts: NDArray[Any] = none if self._weights is None else none.astype(np.float64)
        sparse = np.sort(order[np.repeat(~is_dense, np.diff(starts))])
        counts[sparse] = self._count_sparse(patterns[sparse], tick)
        cells = self._cells(patterns, columns)
        place = {sets[k]: k for k in np.flatnonzero(is_dense).tolist()}
        for set_, table in self._tables(list(place), tick):
            members = order[starts[place[set_]] : starts[place[set_] + 1]]
            counts[members] = table.ravel()[cells[members]]
        return counts

    def _table_costs(self, sets: list[Columns]) -> NDArray[np.float64]:
        """Return what the joint table of each set of columns costs."""
        cards = self._coded.cards
        each = TABLE + self._coded.rows * (ROW + ROW_COLUMN * len(sets[0]))
        return np.array(
            [
                0.0 if set_ in self._pairs else each + CELL * prod(cards[c] for c in set_)
                for set_ in sets
            ]
        )

    def _costs(self, patterns: Patterns) -> NDArray[np.float64]:
        """Return what each pattern costs without a joint table."""
        if self._weights is not None:
            return np.full(len(patterns), self._coded.rows * MASK)
        sizes = np.bincount(patterns[:, 0], minlength=self._coded.items)
        direct, projected = self._ways(patterns, sizes)
        cheapest = np.minimum(direct, projected) / np.maximum(sizes, 1)
        costs: NDArray[np.float64] = cheapest[patterns[:, 0]]
        return costs

    def _ways(
        self, patterns: Patterns, sizes: NDArray[np.intp]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what the patterns that begin with each item cost, both ways."""
        direct = sizes * self._bitmaps.words * WORD
        if patterns.shape[1] == 2 or len(patterns) * self._bitmaps.words <= MANY:  # noqa: PLR2004 - nothing would be left to join
            return direct, np.full(len(sizes), np.inf)
        is_used = np.zeros(self._coded.items, np.bool_)
        is_used[patterns[:, 1:]] = True
        used = len(np.unique(self._coded.column_of[is_used]))
        each = TAKEN * used + PACKED * np.count_nonzero(is_used)
        with_item = self.singles()
        projected = (
            PROJECTED
            + FOUND * self._coded.rows
            + with_item * each
            + sizes * (with_item / 64 * WORD)
        )
        return direct, projected

    def _count_sparse(self, patterns: Patterns, tick: Tick) -> Numbers:
        """Count pattern by pattern, or begun item by begun item."""
        if self._weights is not None:
            return self._weigh(patterns, self._weights, tick)
        sizes = np.bincount(patterns[:, 0], minlength=self._coded.items)
        direct, projected = self._ways(patterns, sizes)
        is_near = (direct <= projected)[patterns[:, 0]]
        counts = np.empty(len(patterns), np.int64)
        counts[is_near] = self._bitmaps.count(patterns[is_near], tick)
        for item in np.flatnonzero(sizes * (projected < direct)).tolist():
            begun = np.flatnonzero(patterns[:, 0] == item)
            fewer = self._coded.take(np.flatnonzero(self._coded.has(item)))
            counts[begun] = Conjunctions(fewer).count(patterns[begun, 1:], tick)
        return counts

    def _weigh(
        self, patterns: Patterns, weights: NDArray[np.float64], tick: Tick
    ) -> NDArray[np.float64]:
        sums = np.zeros(len(patterns))
        for place, pattern in enumerate(patterns.tolist()):
            tick()
            has = np.logical_and.reduce([self._coded.has(item) for item in pattern])
            sums[place] = weights[has].sum()
        return sums

    def _cells(self, patterns: Patterns, columns: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return where each pattern stands in the joint table of its columns."""
        cards = np.asarray(self._coded.cards)
        codes = self._coded.code_of[patterns]
        cell: NDArray[np.intp] = codes[:, 0]
        for place in range(1, patterns.shape[1]):
            cell = cell * cards[columns[:, place]] + codes[:, place]
        return cell

    def _tables(self, sets: list[Columns], tick: Tick) -> Iterator[tuple[Columns, Numbers]]:
        """Yield the joint table of each set of columns."""
        yield from ((set_, self._pairs[set_]) for set_ in sets if set_ in self._pairs)
        missing = [set_ for set_ in sets if set_ not in self._pairs]
        for set_, table in count_jointly(self._coded, missing, tick, weights=self._weights):
            if len(set_) == 2 and table.size <= KEPT_CELLS:  # noqa: PLR2004 - a pair
                self._pairs[set_] = table
            yield set_, table


def _group(
    columns: NDArray[np.intp], base: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the order of patterns by their columns, and where each set of them starts."""
    most = base ** columns.shape[1]
    if most > LARGEST_KEY:
        order = np.lexsort(columns.T[::-1])
        ordered = columns[order]
        changes = np.any(ordered[1:] != ordered[:-1], axis=1)
    else:
        key = columns[:, 0]
        for column in columns.T[1:]:
            key = key * base + column
        key = key.astype(np.min_scalar_type(most))  # 16 bits are sorted much faster
        order = np.argsort(key, kind="stable")
        changes = key[order[1:]] != key[order[:-1]]
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1, [len(columns)]])
    return order, starts.astype(np.intp)
