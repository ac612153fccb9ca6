"""Joint counts: how many rows there are for each combination of codes of a few columns."""

from collections.abc import Iterable, Iterator
from math import prod
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.engine.bitmaps import Tick
from core.engine.coded import CodedRows

Columns = tuple[int, ...]
Numbers = NDArray[np.int64] | NDArray[np.float64]
MOST_CELLS: Final = 1 << 14  # of a table of merged columns: its counters stay in the cache
BLOCK: Final = 1 << 16  # rows at a time


def count_jointly(
    coded: CodedRows,
    sets: Iterable[Columns],
    tick: Tick,
    *,
    weights: NDArray[np.float64] | None = None,
) -> Iterator[tuple[Columns, Numbers]]:
    """Yield each set of columns with its counts, one axis per column in order.

    Columns with few codes are merged first, so that one pass over the rows serves many
    sets, whose counts are then margins of one table. With `weights`, sums of the weights.
    """
    asked = list(sets)
    length = max(map(len, asked), default=1)
    merged = _merge(coded.cards, min(256, int(MOST_CELLS ** (1 / length))))
    home = {column: k for k, columns in enumerate(merged) for column in columns}
    together: dict[tuple[int, ...], list[Columns]] = {}
    for set_ in asked:
        together.setdefault(tuple(sorted({home[c] for c in set_})), []).append(set_)
    made: dict[int, NDArray[np.uint8]] = {}
    for homes, members in together.items():
        tick()
        if len(members) == 1:
            (columns,) = members
            parts = [(coded.column(c), coded.cards[c]) for c in columns]
        else:
            columns = tuple(c for k in homes for c in merged[k])
            for k in homes:
                if k not in made:
                    made[k] = _combine(coded, merged[k])
            parts = [(made[k], prod(coded.cards[c] for c in merged[k])) for k in homes]
        shape = [coded.cards[c] for c in columns]
        table = _table(parts, weights).reshape(shape)
        for set_ in members:
            yield set_, _margin(table, columns, set_)


def _merge(cards: tuple[int, ...], most: int) -> list[Columns]:
    """Pack columns into as few as fit with at most `most` combined codes (first fit)."""
    merged: list[list[int]] = []
    for column in sorted(range(len(cards)), key=lambda c: -cards[c]):
        for columns in merged:
            if prod(cards[c] for c in columns) * cards[column] <= most:
                columns.append(column)
                break
        else:
            merged.append([column])
    return [tuple(columns) for columns in merged]


def _combine(coded: CodedRows, columns: Columns) -> NDArray[np.uint8]:
    """Return one code for several columns."""
    code = coded.column(columns[0])
    for column in columns[1:]:
        code = code * np.uint8(coded.cards[column]) + coded.column(column)
    return code


def _table(
    parts: list[tuple[NDArray[np.uint8], int]], weights: NDArray[np.float64] | None
) -> Numbers:
    """Return the counts of all combinations, the last part running fastest."""
    cells, rows = prod(card for _, card in parts), len(parts[0][0])
    wide = np.min_scalar_type(cells)
    block = rows if cells > BLOCK else BLOCK
    total: NDArray[Any] = np.zeros(cells, np.int64) if weights is None else np.zeros(cells)
    for start in range(0, rows, max(1, block)):
        here = slice(start, start + block)
        code = parts[0][0][here].astype(wide)
        for codes, card in parts[1:]:
            code *= wide.type(card)
            code += codes[here]
        weighed = None if weights is None else weights[here]
        total += np.bincount(code, weighed, minlength=cells)
    return total


def _margin(table: Numbers, columns: Columns, set_: Columns) -> Numbers:
    """Sum out the columns that are not in the set; order the axes as the set does."""
    away = tuple(axis for axis, column in enumerate(columns) if column not in set_)
    left = [column for column in columns if column in set_]
    margin = table.sum(axis=away) if away else table
    return margin.transpose([left.index(column) for column in set_])
