"""Longer patterns come from shorter ones that are all there."""

from itertools import combinations

import numpy as np
import pytest

from core.measures import frontier
from core.measures.frontier import Frontier

COLUMN_OF = np.array([0, 0, 1, 1, 2, 3])


def _longer(patterns: list[tuple[int, ...]]) -> dict[tuple[int, ...], tuple[int, int]]:
    counts = np.arange(1, len(patterns) + 1)
    met = Frontier(np.array(patterns), counts, counts[::-1].copy())
    parts = [part for _, part in met.refine(COLUMN_OF)]
    joined = Frontier.joined(parts)
    keys = [tuple(row) for row in joined.patterns.tolist()]
    assert keys == sorted(keys)
    found = zip(joined.rows.tolist(), joined.errors.tolist(), strict=True)
    return dict(zip(keys, found, strict=True))


@pytest.mark.parametrize("at_a_time", [1, 3, 1 << 18])
def test_longer_patterns_are_those_with_all_parents(
    monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    """Against all combinations, in portions of any size; counts are the least of parents."""
    monkeypatch.setattr(frontier, "AT_A_TIME", at_a_time)
    rng = np.random.default_rng(at_a_time)
    for length in (1, 2, 3):
        every = [
            c
            for c in combinations(range(6), length)
            if len(set(COLUMN_OF[list(c)])) == length
        ]
        for share in (1.0, 0.7):
            there = [c for c in every if rng.random() < share] or every[:1]
            at = {c: (k + 1, len(there) - k) for k, c in enumerate(there)}
            expected = {}
            for c in combinations(range(6), length + 1):
                parents = [at.get(p) for p in combinations(c, length)]
                known = [p for p in parents if p]
                if len(known) == length + 1 and len(set(COLUMN_OF[list(c)])) == length + 1:
                    expected[c] = (min(p[0] for p in known), min(p[1] for p in known))
            assert _longer(there) == expected


def test_without_keys_only_the_two_joined_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By hand: (0, 2) and (0, 4) make (0, 2, 4), though (2, 4) is not there."""
    assert _longer([(0, 2), (0, 4)]) == {}
    monkeypatch.setattr(frontier, "LARGEST_KEY", 1)
    assert _longer([(0, 2), (0, 4)]) == {(0, 2, 4): (1, 1)}
