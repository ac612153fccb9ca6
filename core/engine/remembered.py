"""Remembered: row counts of patterns that are asked for again and again."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.bitmaps import Tick
from core.engine.coded import CodedRows
from core.engine.conjunctions import Conjunctions, Patterns
from core.engine.joint import Numbers

MOST: Final = 1 << 22  # patterns of one length
LARGEST_KEY: Final = 1 << 62
Known = tuple[NDArray[np.intp], Numbers]  # keys, ascending, and their counts


class Remembered:
    """Counts the rows of patterns once; later searches of the same rows look them up."""

    def __init__(self, coded: CodedRows) -> None:
        self._counter = Conjunctions(coded)
        self._items = coded.items
        self._known: dict[int, Known] = {}

    def singles(self) -> Numbers:
        """Return the count of every item."""
        return self._counter.singles()

    def count(self, patterns: Patterns, tick: Tick) -> Numbers:
        """Return the count of each pattern."""
        length = patterns.shape[1]
        if not len(patterns) or self._items**length > LARGEST_KEY:
            return self._counter.count(patterns, tick)
        key = patterns[:, 0]
        for items in patterns.T[1:]:
            key = key * self._items + items
        keys, counts = self._known.get(length, (key[:0], np.zeros(0, np.int64)))
        place = np.searchsorted(keys, key)
        is_new = np.append(keys, -1)[place] != key
        if len(keys) + np.count_nonzero(is_new) > MOST:  # forget, and begin with these
            keys, counts, is_new = keys[:0], counts[:0], np.ones_like(is_new)
        if is_new.any():
            found = self._counter.count(patterns[is_new], tick)
            keys = np.concatenate([keys, key[is_new]])
            order = np.argsort(keys, kind="stable")
            keys, counts = keys[order], np.concatenate([counts, found])[order]
            self._known[length] = keys, counts
        return counts[np.searchsorted(keys, key)]
