"""A part of the work tells its share of the whole, and hears Cancel."""

import pytest

from core.errors import StoppedError
from core.measures.heed import Heed


def test_parts_of_parts_tell_the_whole() -> None:
    """By hand: half of the second half of the last quarter."""
    told: list[float] = []
    Heed(progress=told.append).part(0.75, 1).part(0.5, 1).step(0.5)
    assert told == [0.9375]


def test_a_part_hears_cancel() -> None:
    """Nothing is told any more."""
    told: list[float] = []
    part = Heed(lambda: True, told.append).part(0, 1)
    with pytest.raises(StoppedError, match="Stopped"):
        part.step(0.5)
    with pytest.raises(StoppedError, match="Stopped"):
        part.check()
    assert told == []


def test_a_part_tells_where_the_search_was_cut() -> None:
    """As the whole would."""
    cut: list[int] = []
    Heed(cut=cut.append).part(0.2, 0.4).cut(2)
    assert cut == [2]
