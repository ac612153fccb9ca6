"""Figures of drift hold what was counted: each window, each slice's part, each column."""

from dataclasses import replace

import pytest

from core.figures.drifted import (
    DRAWN,
    NAMED,
    both_shares,
    mix_and_inside,
    over_windows,
    quadrant,
    shifts_forest,
    split_bridge,
)
from core.figures.marks import Bridge, Curve, Forest
from core.records.changes import Change, ColumnSplit, LabelFree, SlicePart, Window
from core.records.data import ColumnType
from core.records.drift import Bin, Shape, Shift
from core.records.estimate import Estimate, NotEstimable, Word
from tests.measures.explained_cases import EVALUATION


def near(value: float, half: float = 0.01) -> Estimate:
    """Return a value with its interval."""
    return Estimate(value, value - half, value + half, 100, 100.0, "")


def window(number: int, realised: float | None, estimate: float) -> Window:
    """Return a window with an estimate and its band."""
    known = None if realised is None else near(realised)
    return Window(
        f"W{number}",
        f"e{number}",
        100,
        100,
        known,
        estimate,
        estimate - 0.02,
        estimate + 0.02,
    )


FOUND = LabelFree(
    (window(1, 0.9, 0.91), window(2, 0.8, 0.85), window(3, None, 0.84)),
    (0.01, 0.05),
    (0.0, 0.1),
    0.05,
    1,
    trusted=True,
    sentence="",
)


def curve(found: LabelFree, chosen: str = "e2") -> Curve:
    """Return the chart on top."""
    mark = over_windows(found, "Accuracy", "share", near(0.9), chosen).mark
    assert isinstance(mark, Curve)
    return mark


def test_windows_are_points_where_labels_came() -> None:
    """Two of three, each with its key; the chosen one stands out."""
    mark = curve(FOUND)
    assert [(p.x, p.estimate.value, p.key, p.chosen) for p in mark.points] == [
        (0.0, 0.9, "e1", False),
        (1.0, 0.8, "e2", True),
    ]
    assert mark.steps == ("W1", "W2", "W3")


def test_an_estimate_is_drawn_only_if_trusted() -> None:
    """With its band; else only the reference is a line."""
    names = [line.name for line in curve(FOUND).lines]
    assert names == ["estimated without labels", "reference"]
    assert curve(FOUND).lines[0].low == pytest.approx((0.89, 0.83, 0.82))
    bare = curve(replace(FOUND, trusted=False))
    assert [line.name for line in bare.lines] == ["reference"]


def part(number: int, both: float) -> SlicePart:
    """Return what a slice adds."""
    return SlicePart(
        f"s{number}", f"a{number}", (50, 50), (0.1, 0.1), (0.1, 0.2),
        near(both / 2), near(both / 2), near(both), both, 0.01,
    )  # fmt: skip


SPLIT = ColumnSplit(
    ("job",), near(0.1), near(0.1), tuple(part(k, 0.02) for k in range(NAMED + 2))
)
CHANGE = Change(near(0.1), near(0.3), near(0.2), (SPLIT,), None, "")


def test_the_bridge_goes_from_one_error_to_the_other() -> None:
    """Eight slices and the rest; each step begins where the last one ended."""
    mark = split_bridge(CHANGE, SPLIT, ("June", "July"), EVALUATION, "points").mark
    assert isinstance(mark, Bridge)
    names = [step.label for step in mark.steps]
    assert names == ["June", *(f"s{k}" for k in range(NAMED)), "all others", "July"]
    for one, other in zip(mark.steps, mark.steps[1:], strict=False):
        assert other.start == pytest.approx(one.end)
    assert mark.steps[-1].end == pytest.approx(0.3)


def test_mix_and_inside_stand_side_by_side() -> None:
    """Two points a slice, with its address as key."""
    mark = mix_and_inside(SPLIT, EVALUATION, "points").mark
    assert isinstance(mark, Forest)
    assert [p.label for p in mark.points[:2]] == ["mix: s0", "inside: s0"]
    assert len(mark.points) == 2 * NAMED
    assert mark.points[0].key == "a0"


def shift(column: str, moved: float | None) -> Shift:
    """Return a column that moved so far, or could not be compared."""
    effect = NotEstimable("type changed", 0) if moved is None else near(moved)
    return Shift(
        column, ColumnType.TEXT, Shape.CATEGORICAL, (100, 50), (0, 0), effect, 0.01, Word.FAIL,
        None, "", (), (), (), NotEstimable("", 0), (Bin("x", 60, 10), Bin("y", 40, 40)),
    )  # fmt: skip


def test_columns_are_points_and_what_cannot_be_compared_is_none() -> None:
    """At most fourteen; the limit is a line."""
    shifts = [shift("gone", None), *(shift(f"c{k}", 0.5 - k / 100) for k in range(20))]
    mark = shifts_forest(shifts, 0.1, EVALUATION, "c1").mark
    assert isinstance(mark, Forest)
    assert len(mark.points) == DRAWN
    assert [p.chosen for p in mark.points[:3]] == [False, True, False]
    assert [line.value for line in mark.references] == [0.1]


def test_both_distributions_have_the_same_bins() -> None:
    """Shares of their own rows: 60 of 100 and 10 of 50."""
    mark = both_shares(shift("job", 0.4), ("June", "July")).mark
    assert isinstance(mark, Curve)
    assert mark.steps == ("x", "y")
    assert [line.y for line in mark.lines] == [(0.6, 0.4), (0.2, 0.8)]


def test_the_quadrant_holds_columns_of_known_importance() -> None:
    """What moved to the right, what matters up; the far ones are named."""
    shifts = [shift("far", 0.3), shift("near", 0.01), shift("unknown", 0.9)]
    mark = quadrant(shifts, {"far": 0.5, "near": 0.9}, 0.1, EVALUATION).mark
    assert isinstance(mark, Curve)
    assert [(p.label, p.x, p.estimate.value, p.named) for p in mark.points] == [
        ("far", 0.3, 0.5, True),
        ("near", 0.01, 0.9, False),
    ]
