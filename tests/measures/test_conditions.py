"""What one condition of a slice decides about: none, or enough, on every side."""

import pytest

from core.measures.conditions import Parted, tells_by_range, tells_by_value

FULL = {(True, 1): 20, (False, 2): 30, (False, 3): 40}


@pytest.mark.parametrize(
    ("rows", "lets_in", "tells"),
    [
        pytest.param(FULL, True, False, id="enough everywhere"),
        pytest.param(FULL | {(True, 1): 4}, True, True, id="lets a few in"),
        pytest.param({(True, 1): 20, (False, 2): 4}, True, True, id="keeps a few out"),
        pytest.param(FULL | {(False, 1): 2}, True, True, id="all but two of a group"),
        pytest.param(FULL | {(False, 2): 3}, True, False, id="a few beside many, kept out"),
        pytest.param(
            FULL | {(False, 2): 3}, False, True, id="a few beside one group, let in"
        ),
        pytest.param(FULL, False, False, id="not, and enough everywhere"),
        pytest.param({}, True, False, id="decides about nobody"),
    ],
)
def test_a_condition_on_a_value_tells_a_few(
    rows: dict[tuple[bool, int], int], *, lets_in: bool, tells: bool
) -> None:
    """By hand, with a limit of five: group 1 is asked for, groups 2 and 3 are not."""
    assert tells_by_value(Parted(rows, lets_in), limit=5) is tells


@pytest.mark.parametrize(
    ("sizes", "ends", "tells"),
    [
        pytest.param([9, 9, 9, 9], (1, 3), False, id="groups of nine"),
        pytest.param([9, 9, 3, 9], (1, 3), True, id="the last group inside is small"),
        pytest.param([9, 3, 9, 9], (1, 3), True, id="the first group inside is small"),
        pytest.param([9, 9, 9, 3, 9], (1, 3), True, id="the next group outside is small"),
        pytest.param([9, 3, 9, 9, 9], (2, 4), True, id="the group before is small"),
        pytest.param([9, 9, 0, 3, 9], (0, 2), True, id="an empty group hides none"),
        pytest.param([9, 9, 3, 9, 9], (1, 4), False, id="small between large ones"),
        pytest.param([9, 9, 3, 9], (1, 2), False, id="one group is a value"),
        pytest.param([3, 9, 9, 9], (0, 3), True, id="without a lower end"),
    ],
)
def test_a_range_tells_a_few_when_an_end_moves(
    sizes: list[int], ends: tuple[int, int], *, tells: bool
) -> None:
    """By hand, with a limit of five."""
    rows = {(ends[0] <= k < ends[1], k + 1): n for k, n in enumerate(sizes)}
    parted = Parted(rows, lets_in=True)
    assert tells_by_range(parted, len(sizes), limit=5) is tells


@pytest.mark.parametrize(
    ("sizes", "tells"),
    [
        pytest.param([9, 9, 9, 9, 9], False, id="groups of nine"),
        pytest.param([9, 9, 9, 2, 1], True, id="three people beyond it"),
        pytest.param([2, 2, 9, 9, 9], True, id="four people before it"),
        pytest.param([9, 2, 9, 9, 9], True, id="two people beside it"),
    ],
)
def test_all_but_a_range_is_two_ranges(sizes: list[int], *, tells: bool) -> None:
    """Whoever asks for one of the two would know the other; the third group is left out."""
    rows = {(k == 2, k + 1): n for k, n in enumerate(sizes)}
    assert tells_by_range(Parted(rows, lets_in=False), 5, limit=5) is tells


@pytest.mark.parametrize(
    ("rows", "tells"),
    [
        pytest.param({(True, 2): 20, (False, 2): 9, (False, 3): 9}, False, id="enough"),
        pytest.param({(True, 2): 20, (False, 2): 3, (False, 3): 9}, True, id="all but 3"),
        pytest.param({(True, 2): 3, (False, 2): 9, (False, 3): 9}, True, id="three"),
    ],
)
def test_a_value_is_held_against_its_range(
    rows: dict[tuple[bool, int], int], *, tells: bool
) -> None:
    """People of thirty beside all from 25 to 35."""
    assert tells_by_range(Parted(rows, lets_in=True), 3, limit=5) is tells


def test_gaps_that_a_not_lets_in_are_held_apart() -> None:
    """Not under thirty: two people whose age is missing are among them."""
    rows = {(True, 1): 9, (True, 2): 9, (False, 3): 9, (False, 4): 9, (False, 0): 2}
    assert tells_by_range(Parted(rows, lets_in=False), 4, limit=5)
