"""Bitmaps count what a loop over the rows counts, short or long, kept or packed again."""

from itertools import combinations

import numpy as np
import pytest

from core.engine import bitmaps
from core.engine.bitmaps import Bitmaps
from core.engine.coded import CodedRows


def _case(rows: int) -> tuple[CodedRows, np.ndarray, list[int]]:
    rng = np.random.default_rng(rows)
    coded = CodedRows(rng.integers(0, 3, (4, rows)).astype(np.uint8), (3,) * 4)
    patterns = np.array(list(combinations(range(12), 3)))
    masks = [coded.has(item) for item in range(12)]
    expected = [
        int(np.sum(masks[a] & masks[b] & masks[c])) for a, b, c in patterns.tolist()
    ]
    return coded, patterns, expected


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 1000])
def test_short_bitmaps_count_rows(rows: int) -> None:
    """At, below and above a whole number of words."""
    coded, patterns, expected = _case(rows)
    assert Bitmaps(coded).count(patterns, lambda: None).tolist() == expected


@pytest.mark.parametrize("kept", [1 << 29, 3 * 128])
def test_long_bitmaps_count_rows(monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    """One by one, also where only three bitmaps may be kept at a time."""
    monkeypatch.setattr(bitmaps, "NARROW", 0)
    monkeypatch.setattr(bitmaps, "MOST_BYTES", kept)
    coded, patterns, expected = _case(1000)
    counter = Bitmaps(coded)
    assert counter.count(patterns, lambda: None).tolist() == expected
    singles = counter.count(np.arange(12)[:, np.newaxis], lambda: None)
    assert singles.tolist() == [int(coded.has(item).sum()) for item in range(12)]


def test_the_watch_is_asked_while_it_counts() -> None:
    """What the watch raises ends the counting."""
    coded, patterns, _ = _case(1000)

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        Bitmaps(coded).count(patterns, stop)
