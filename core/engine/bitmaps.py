"""Bitmaps: one bit per row for each value, so that rows with several values are counted fast."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.coded import CodedRows

Tick = Callable[[], None]
BLOCK: Final = 1 << 15  # words worked on at a time: they stay in the processor's cache
NARROW: Final = 1 << 12  # words of a bitmap, above which bitmaps are joined one by one
MOST_BYTES: Final = 1 << 29  # of bitmaps kept
TICKS: Final = 64  # patterns between two looks at the watch, where each takes long


class Bitmaps:
    """Counts the rows of patterns by joining (AND) one bitmap per item.

    Bitmaps are packed when they are first wanted and kept while they fit in 512 MB.
    """

    def __init__(self, coded: CodedRows) -> None:
        self._coded = coded
        self.words = -(-coded.rows // 64)
        size = coded.items * self.words * 8
        self._narrow = self.words <= NARROW and size <= MOST_BYTES
        self._table = np.zeros((coded.items * self._narrow, self.words), np.uint64)
        self._packed = np.zeros(coded.items, np.bool_)
        self._kept: dict[int, NDArray[np.uint64]] = {}

    def count(self, patterns: NDArray[np.intp], tick: Tick) -> NDArray[np.int64]:
        """Return the rows of each pattern; `patterns` (patterns, length) holds items.

        Patterns that begin alike should stand together: long bitmaps reuse what they share.
        """
        return (self._by_block if self._narrow else self._one_by_one)(patterns, tick)

    def _by_block(self, patterns: NDArray[np.intp], tick: Tick) -> NDArray[np.int64]:
        """Join many short bitmaps at once, in buffers that are used again."""
        self._pack_missing(patterns)
        counts = np.empty(len(patterns), np.int64)
        step = max(1, BLOCK // max(1, self.words))
        joined = np.empty((step, self.words), np.uint64)
        next_, bits = np.empty_like(joined), np.empty(joined.shape, np.uint8)
        for start in range(0, len(patterns), step):
            tick()
            part = patterns[start : start + step]
            k = len(part)
            np.take(self._table, part[:, 0], 0, out=joined[:k], mode="clip")
            for items in part.T[1:]:
                np.take(self._table, items, 0, out=next_[:k], mode="clip")
                np.bitwise_and(joined[:k], next_[:k], out=joined[:k])
            np.bitwise_count(joined[:k], out=bits[:k])
            np.add.reduce(bits[:k], 1, np.int64, out=counts[start : start + k])
        return counts

    def _one_by_one(self, patterns: NDArray[np.intp], tick: Tick) -> NDArray[np.int64]:
        """Join long bitmaps one pattern at a time."""
        counts = np.empty(len(patterns), np.int64)
        joined = np.empty(self.words, np.uint64)
        bits = np.empty(self.words, np.uint8)
        begun: list[int] = []
        shared = joined
        for k, (*first, last) in enumerate(patterns.tolist()):
            if k % TICKS == 0:
                tick()
            if first != begun or not first:
                begun, shared = first, self._join(first or [last])
            np.bitwise_and(shared, self._bitmap(last), out=joined)
            np.bitwise_count(joined, out=bits)
            counts[k] = bits.sum(dtype=np.uint32)
        return counts

    def _join(self, items: list[int]) -> NDArray[np.uint64]:
        joined = self._bitmap(items[0])
        for item in items[1:]:
            joined = joined & self._bitmap(item)
        return joined

    def _bitmap(self, item: int) -> NDArray[np.uint64]:
        """Return a long bitmap; when too many are kept, start over."""
        if item not in self._kept:
            if (len(self._kept) + 1) * self.words * 8 > MOST_BYTES:
                self._kept.clear()
            self._kept[item] = np.zeros(self.words, np.uint64)
            self._pack(item, self._kept[item])
        return self._kept[item]

    def _pack_missing(self, patterns: NDArray[np.intp]) -> None:
        wanted = np.zeros_like(self._packed)
        wanted[patterns] = True
        for item in np.flatnonzero(wanted & ~self._packed).tolist():
            self._pack(item, self._table[item])
        self._packed |= wanted

    def _pack(self, item: int, into: NDArray[np.uint64]) -> None:
        has = self._coded.has(item)
        into.view(np.uint8)[: -(-len(has) // 8)] = np.packbits(has)
