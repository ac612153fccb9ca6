"""What one threshold for everybody costs a slice, counted by hand."""

import pytest

from core.runs.costs import cheapest_of
from core.runs.desk import Desk
from tests.kept import BINARY, binary, evaluated
from tests.runs.sliced import Kind, make

# In the north 0.3 is a yes already, in the south 0.7 is a no still.
NORTH = [("yes", 0.3, "N")] * 40 + [("no", 0.1, "N")] * 40
SOUTH = [("yes", 0.9, "S")] * 100 + [("no", 0.7, "S")] * 100


def test_each_slice_has_its_cheapest_threshold(desk: Desk) -> None:
    """A missed case weighs one false alarm: from 70.1 % on only the 40 northern ones are missed."""
    evaluation = evaluated(desk, binary(NORTH + SOUTH), BINARY)
    common, lines = cheapest_of(desk, evaluation, missed=1)
    assert common == 701
    costs = {line.title: (line.best, line.paid, line.least, line.rows) for line in lines}
    assert costs == {"N": (101, 40.0, 0.0, 80), "S": (701, 0.0, 0.0, 200)}
    assert [line.title for line in lines] == ["N", "S"]


def test_dearer_misses_lower_the_threshold(desk: Desk) -> None:
    """At five false alarms a missed case the north decides, and the south pays 100 alarms."""
    evaluation = evaluated(desk, binary(NORTH + SOUTH), BINARY)
    common, lines = cheapest_of(desk, evaluation, missed=5)
    assert common == 101
    assert {line.title: line.paid for line in lines} == {"N": 0.0, "S": 100.0}


def test_small_and_hidden_slices_stay_out(desk: Desk) -> None:
    """Fewer rows than the policy wants, or so few that they are hidden: no threshold of their own."""
    evaluation = make(desk, Kind())
    _, lines = cheapest_of(desk, evaluation, missed=2)
    assert all(line.rows >= 30 for line in lines)
    assert "Tiny" not in {line.title for line in lines}
    for line in lines:
        assert line.least <= line.paid
        assert line.least == pytest.approx(round(line.least))
