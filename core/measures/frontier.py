"""Frontier: the patterns that may still be refined, and how two of them make a longer one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from core.engine.conjunctions import Patterns
from core.engine.joint import Numbers

AT_A_TIME: Final = 1 << 18
LARGEST_KEY: Final = 1 << 62


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """Patterns of one length, in the order of their items, with their rows and errors.

    `rows` and `errors` of patterns that were not counted yet are those of the smallest
    pattern that they were made from: there are at most so many.
    """

    patterns: Patterns  # (patterns, length) of items, ascending in a row
    rows: Numbers
    errors: Numbers

    @classmethod
    def joined(cls, parts: "Sequence[Frontier]") -> Self:
        """Return the patterns of all parts, of which there is at least one."""
        return cls(
            np.concatenate([part.patterns for part in parts]),
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.errors for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.patterns)

    def take(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """Return only some patterns."""
        return replace(
            self,
            patterns=self.patterns[chosen],
            rows=self.rows[chosen],
            errors=self.errors[chosen],
        )

    def with_rows(self, rows: Numbers) -> Self:
        """Return the same patterns with these rows."""
        return replace(self, rows=rows)

    def with_errors(self, errors: Numbers) -> Self:
        """Return the same patterns with these errors."""
        return replace(self, errors=errors)

    def joins(self, column_of: NDArray[np.intp]) -> int:
        """Return how many pairs of patterns `refine` joins."""
        first, end = self._partners(column_of)
        return int((end - first).sum())

    def refine(self, column_of: NDArray[np.intp]) -> Iterator[tuple[float, "Frontier"]]:
        """Yield longer patterns in portions, each with the share of the work then done.

        Two patterns that differ in the last column only are joined; the result is kept if
        all the patterns that it refines are in the frontier. Portions end, where they can,
        with the last pattern that begins with some column.
        Source: Agrawal and Srikant (1994), VLDB, 487-499, apriori-gen.
        """
        first, end = self._partners(column_of)
        made = np.concatenate([[0], np.cumsum(end - first)])
        leading = column_of[self.patterns[:, 0]]
        parents = _Parents(self)
        start = 0
        while start < len(self):
            stop = int(np.searchsorted(made, made[start] + AT_A_TIME, side="right")) - 1
            stop = max(start + 1, min(stop, len(self)))
            begun = int(np.searchsorted(leading, leading[stop - 1]))
            if start < begun and stop < len(self):
                stop = begun
            left = np.repeat(np.arange(start, stop), (end - first)[start:stop])
            here = np.arange(made[start], made[stop])
            right = first[left] + here - made[left]
            start = stop
            longer = self._join(left, right)
            yield stop / len(self), parents.check(longer)

    def _partners(
        self, column_of: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return from where to where the partners of each pattern stand.

        They begin alike and end in a later column.
        """
        begins = np.any(self.patterns[1:, :-1] != self.patterns[:-1, :-1], axis=1)
        group = np.concatenate([[0], np.cumsum(begins)])
        last = group * (len(column_of) + 1) + column_of[self.patterns[:, -1]]
        return (
            np.searchsorted(last, last, side="right"),
            np.searchsorted(group, group, side="right"),
        )

    def _join(self, left: NDArray[np.intp], right: NDArray[np.intp]) -> "Frontier":
        return Frontier(
            np.column_stack([self.patterns[left], self.patterns[right, -1]]),
            np.minimum(self.rows[left], self.rows[right]),
            np.minimum(self.errors[left], self.errors[right]),
        )


class _Parents:
    """Looks up the patterns that a longer one refines.

    Only a filter: where items and length are too many for a key of 62 bits, it lets pass.
    """

    def __init__(self, frontier: Frontier) -> None:
        self._frontier = frontier
        used = np.unique(frontier.patterns)
        self._base = len(used)
        self._rank = np.zeros(int(used[-1]) + 1 if len(used) else 0, np.intp)
        self._rank[used] = np.arange(len(used))
        fits = self._base ** frontier.patterns.shape[1] < LARGEST_KEY
        self._keys = self._key(self._rank[frontier.patterns].T) if fits else None

    def _key(self, ranks: NDArray[np.intp]) -> NDArray[np.intp]:
        key: NDArray[np.intp] = ranks[0]
        for rank in ranks[1:]:
            key = key * self._base + rank
        return key

    def check(self, longer: Frontier) -> Frontier:
        """Return the patterns whose every refined pattern is there, with the least counts.

        The two that were joined are there, so only those without an earlier item are
        looked for.
        """
        if self._keys is None:
            return longer
        for left_out in range(longer.patterns.shape[1] - 2):
            ranks = self._rank[np.delete(longer.patterns, left_out, axis=1).T]
            key = self._key(ranks)
            found = np.searchsorted(self._keys, key)
            found[found == len(self._keys)] = 0
            there = self._keys[found] == key
            found = found[there]
            kept = longer.take(there)
            longer = replace(
                kept,
                rows=np.minimum(kept.rows, self._frontier.rows[found]),
                errors=np.minimum(kept.errors, self._frontier.errors[found]),
            )
        return longer
