"""Remembered: counts of patterns that are asked for again and again, while rows leave."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from core.engine.bitmaps import Tick
from core.engine.conjunctions import Counter, Patterns
from core.engine.joint import Numbers

MOST: Final = 1 << 22  # patterns of one length
LARGEST_KEY: Final = 1 << 62
UNKNOWN: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """Patterns of one length by ascending key, their counts, and how many parts had left then."""

    keys: NDArray[np.intp]
    counts: NDArray[np.int64]
    left: NDArray[np.int16]

    def find(self, key: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return where each key stands, and whether it is there."""
        if not len(self.keys):
            return np.zeros(len(key), np.intp), np.zeros(len(key), np.bool_)
        place = np.searchsorted(self.keys, key)
        place[place == len(self.keys)] = 0
        return place, self.keys[place] == key

    def with_new(self, key: NDArray[np.intp], counts: Numbers, left: int) -> Self:
        """Return it with patterns that were not there."""
        keys = np.concatenate([self.keys, key])
        order = np.argsort(keys, kind="stable")
        return type(self)(
            keys[order],
            np.concatenate([self.counts, counts])[order],
            np.concatenate([self.left, np.full(len(key), left, np.int16)])[order],
        )


NOTHING: Final = _Known(np.zeros(0, np.intp), np.zeros(0, np.int64), np.zeros(0, np.int16))


class Remembered:
    """Counts patterns of whole rows once; later searches look them up.

    Rows may leave in parts. A count that is known is then brought up to date by the part
    alone, which has far fewer rows.
    """

    def __init__(self, counter: Counter, items: int) -> None:
        self._counter, self._items = counter, items
        self._since = 0  # parts that `counter` does not count any more
        self._parts: list[Counter] = []
        self._known: dict[int, _Known] = {}

    def leave(self, part: Counter, rest: Counter | None = None) -> None:
        """Take the rows of `part` away; `rest`, if given, counts those that are left."""
        self._parts.append(part)
        if rest is not None:
            self._counter, self._since = rest, len(self._parts)

    def singles(self) -> Numbers:
        """Return the count of every item."""
        counts = self._counter.singles()
        for part in self._parts[self._since :]:
            counts = counts - part.singles()
        return counts

    def count(self, patterns: Patterns, tick: Tick) -> Numbers:
        """Return the count of each pattern."""
        key = self._key(patterns)
        if key is None or not len(patterns):
            return self._fresh(patterns, tick)
        length = patterns.shape[1]
        known = self._known.get(length, NOTHING)
        place, is_known = known.find(key)
        new = ~is_known
        if len(known.keys) + np.count_nonzero(new) > MOST:  # forget, and begin with these
            known, new, is_known = NOTHING, np.ones_like(new), np.zeros_like(new)
        counts = np.empty(len(patterns), np.int64)
        self._update(known, patterns[is_known], place[is_known], tick)
        counts[is_known] = known.counts[place[is_known]]
        if new.any():
            counts[new] = self._fresh(patterns[new], tick)
            self._known[length] = known.with_new(key[new], counts[new], len(self._parts))
        return counts

    def at_most(self, patterns: Patterns) -> NDArray[np.int64]:
        """Return what is known of each count: when it was last told, it was so many."""
        key = self._key(patterns)
        most = np.full(len(patterns), UNKNOWN, np.int64)
        if key is not None:
            known = self._known.get(patterns.shape[1], NOTHING)
            place, is_known = known.find(key)
            most[is_known] = known.counts[place[is_known]]
        return most

    def patterns(self) -> Iterator[Patterns]:
        """Yield the patterns that were counted, length by length."""
        for length, known in self._known.items():
            rest, items = known.keys, []
            for _ in range(length):
                rest, item = np.divmod(rest, self._items)
                items.append(item)
            yield np.column_stack(items[::-1])

    def _key(self, patterns: Patterns) -> NDArray[np.intp] | None:
        """Return one number for each pattern; None where that would be too large."""
        if self._items ** patterns.shape[1] > LARGEST_KEY:
            return None
        key: NDArray[np.intp] = patterns[:, 0]
        for items in patterns.T[1:]:
            key = key * self._items + items
        return key

    def _fresh(self, patterns: Patterns, tick: Tick) -> Numbers:
        counts = self._counter.count(patterns, tick)
        for part in self._parts[self._since :]:
            counts = counts - part.count(patterns, tick)
        return counts

    def _update(
        self, known: _Known, patterns: Patterns, place: NDArray[np.intp], tick: Tick
    ) -> None:
        """Subtract from known counts what left since they were told."""
        left = known.left[place]
        for number in range(int(left.min(initial=len(self._parts))), len(self._parts)):
            old = np.flatnonzero(left <= number)
            gone = self._parts[number].count(patterns[old], tick)
            known.counts[place[old]] -= gone.astype(np.int64)
        known.left[place] = len(self._parts)
