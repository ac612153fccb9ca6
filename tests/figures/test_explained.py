"""Figures of explanations hold what was counted: each push, each row, each step."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.engine.pushes import ONE, STEPS
from core.estimates.wording import DASH
from core.figures.explained import (
    DRAWN,
    NAMED,
    beeswarm,
    case_bridge,
    dependence,
    group_table,
    moved_bridge,
    response,
    strengths,
)
from core.figures.marks import Bars, Bridge, Curve, Drawn, Squares
from core.measures.curves import measure_curves
from core.records.estimate import NotEstimable
from core.records.explanations import Dependent, Link
from core.records.explanations import Square as Counted
from tests.measures.explained_cases import EVALUATION, case, driver, moved

MANY = tuple(driver(f"c{k}", 1 - k / 40) for k in range(20))


def _dependent(
    rows: list[tuple[int, int, int, int, float, float]], **more: Any
) -> Dependent:
    """Return counts by (x, y, part, rows, sum of pushes, sum of their squares)."""
    x, y, part, n, s, q = (np.array(v) for v in zip(*rows, strict=True))
    plain: dict[str, Any] = {
        "span": 1.0,
        "unit": 2.0,
        "low": 0.0,
        "high": 64.0,
        "steps": (),
        "parts": (),
    }
    sums, squares = ((v / u * ONE).astype(object) for v, u in ((s, 2.0), (q, 4.0)))
    return Dependent(x, y, part, n, sums, squares, **(plain | more))


def _lines(mark: Drawn) -> dict[str, dict[float, float]]:
    assert isinstance(mark, Squares)
    return {line.name: dict(zip(line.x, line.y, strict=True)) for line in mark.lines}


def test_the_strongest_fifteen_are_bars_and_the_chosen_one_stands_out() -> None:
    """A bar's key is the name of its column; what cannot be estimated has no bar."""
    none = NotEstimable("fewer than two rows", 1)
    figure = strengths(
        (*MANY[:3], replace(MANY[3], strength=none)), "log-odds", EVALUATION, "c1"
    )
    mark = figure.mark
    assert isinstance(mark, Bars)
    assert [point.key for point in mark.points] == ["c0", "c1", "c2"]
    assert [point.chosen for point in mark.points] == [False, True, False]
    assert mark.axis.title == "Mean push, in log-odds"
    many = strengths(MANY, "log-odds", EVALUATION, "").mark
    assert isinstance(many, Bars)
    assert len(many.points) == DRAWN == 15


def test_a_beeswarm_has_a_line_per_column_in_their_order() -> None:
    """Each counted square at its push, on the line of its column."""
    squares = ((Counted(-0.5, 7, 0.2), Counted(0.5, 3, None)), (Counted(0.1, 10, 1.0),))
    mark = beeswarm(MANY[:2], squares, "chance", EVALUATION).mark
    assert isinstance(mark, Squares)
    assert mark.names == ("c0", "c1")
    told = [(s.x, s.y, s.rows, s.shade) for s in mark.squares]
    assert told == [(-0.5, 0, 7, 0.2), (0.5, 0, 3, None), (0.1, 1, 10, 1.0)]


def test_a_dependence_draws_each_cell_and_the_mean_of_each_step() -> None:
    """By hand: two cells at 5.5 with pushes of mean 0.5, one at 8.5 with too few for a line."""
    found = _dependent(
        [(5, 40, 0, 6, 1.8, 0.6), (5, 60, 0, 4, 3.2, 2.6), (8, 0, 0, 4, -4.0, 4.0)]
    )
    mark = dependence(found, "debt", "log-odds", EVALUATION, rug=(1.0, 9.0)).mark
    assert isinstance(mark, Squares)
    told = [(s.x, s.rows) for s in mark.squares]
    assert told == [(5.5, 6), (5.5, 4), (8.5, 4)]
    ys = [(k + 0.5) / (STEPS / 2) - 1 for k in (40, 60, 0)]
    assert [s.y for s in mark.squares] == pytest.approx(ys)
    assert [s.shade for s in mark.squares] == pytest.approx([1.0, *[(4 / 6) ** 0.5] * 2])
    assert _lines(mark) == {"mean push": {5.5: pytest.approx(0.5)}}
    (line,) = mark.lines
    half = 1.959964 * ((0.32 - 0.25) / 10) ** 0.5
    assert (line.low[0], line.high[0]) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-6)
    assert mark.rug == (1.0, 9.0)


def test_few_rows_stand_together_with_their_neighbours() -> None:
    """Two rows at 1.5 and four at 3.5 are one place of the line; words are never mixed."""
    rows = [(1, 40, 0, 2, 1.0, 0.5), (3, 40, 0, 4, 0.5, 0.1), (9, 40, 0, 4, 0.5, 0.1)]
    pooled = dependence(_dependent(rows), "debt", "log-odds", EVALUATION).mark
    (line,) = _lines(pooled).values()
    assert [*line, *line.values()] == pytest.approx([(2 * 1.5 + 4 * 3.5) / 6, 0.25])
    named = _dependent(rows, steps=tuple("abcdefghij"))
    apart = dependence(named, "region", "log-odds", EVALUATION).mark
    assert _lines(apart) == {}


def test_rows_without_a_value_are_not_drawn() -> None:
    """Step -1 has no place on an axis of numbers."""
    found = _dependent([(-1, 40, 0, 50, 5.0, 1.0), (3, 40, 0, 50, 5.0, 1.0)])
    mark = dependence(found, "debt", "log-odds", EVALUATION).mark
    assert isinstance(mark, Squares)
    assert [square.rows for square in mark.squares] == [50]


def test_parts_have_lines_of_their_own_over_common_squares() -> None:
    """Two groups at one step: one square, two means; values have the words of their codes."""
    found = _dependent(
        [(1, 40, 0, 10, 1.0, 0.2), (1, 40, 1, 10, 4.0, 1.7)],
        steps=("missing", "North"),
        parts=("f", "m"),
    )
    mark = dependence(found, "region", "log-odds", EVALUATION, rug=(1.0,)).mark
    assert isinstance(mark, Squares)
    assert [(s.x, s.rows) for s in mark.squares] == [(1.0, 20)]
    assert _lines(mark) == {"f": {1.0: pytest.approx(0.1)}, "m": {1.0: pytest.approx(0.4)}}
    assert (mark.steps, mark.rug) == (("missing", "North"), ())


@pytest.mark.parametrize(
    ("places", "steps"), [((0.0, 1.0), ("low", "high")), ((5.0, 9.0), ())]
)
def test_a_response_names_its_places_where_they_are_no_numbers(
    places: tuple[float, ...], steps: tuple[str, ...]
) -> None:
    """Places without an order stand for words; the mean has a band, single rows are thin."""
    answers = np.array([[0.1, 0.3], [0.2, 0.6]])
    curves = measure_curves(answers, places, ("low", "high"), drawn=2, share=True)
    mark = response(replace(curves, ordered=not steps), "region", EVALUATION).mark
    assert isinstance(mark, Curve)
    assert mark.steps == steps
    assert mark.lines[0].y == pytest.approx((0.15, 0.45))
    assert [line.y for line in mark.thin] == [(0.1, 0.3), (0.2, 0.6)]
    assert mark.up.kind == "share"


def test_a_moved_mean_is_bridged_from_one_table_to_the_other() -> None:
    """Steps of -0.5 and 0.2 from 1, closing at 0.7."""
    both = (moved("debt", -0.5), moved("late", 0.2))
    mark = moved_bridge(both, 1.0, ("March", "April"), "log-odds", EVALUATION).mark
    assert isinstance(mark, Bridge)
    told = [(step.label, step.start, step.end) for step in mark.steps]
    assert told == [
        ("March", 1.0, 1.0),
        ("debt", 1.0, 0.5),
        ("late", 0.5, pytest.approx(0.7)),
        ("April", pytest.approx(0.7), pytest.approx(0.7)),
    ]


def test_a_case_is_bridged_with_chances_above_log_odds_only() -> None:
    """From the usual row to this one, each push with its value."""
    told = case(("late", "3", 1.0), ("income", "21", -0.5))
    mark = case_bridge(told, "log-odds", EVALUATION).mark
    assert isinstance(mark, Bridge)
    labels = [step.label for step in mark.steps]
    assert labels == ["usual row", "late = 3", "income = 21", "row 7"]
    assert mark.steps[-1].end == pytest.approx(-0.5)
    assert (mark.second, len(mark.ticks)) == ("Chance", 9)
    plain = case_bridge(replace(told, link=Link.IDENTITY), "chance", EVALUATION).mark
    assert isinstance(plain, Bridge)
    assert plain.ticks == ()


def test_small_steps_stand_together_and_the_bridge_still_closes() -> None:
    """Twenty columns: twelve by name, eight as one."""
    told = case(*((f"c{k}", "1", (20 - k) / 10) for k in range(20)))
    mark = case_bridge(told, "log-odds", EVALUATION).mark
    assert isinstance(mark, Bridge)
    assert len(mark.steps) == NAMED + 3
    assert mark.steps[-2].label == "8 others"
    assert mark.steps[-1].end == pytest.approx(told.sum)


def test_groups_are_a_table_shaded_by_strength() -> None:
    """The strongest of all is the darkest; a group that lacks a column has a dash."""
    groups = {"North": (driver("a", 0.8), driver("b", 0.2)), "South": (driver("a", 0.4),)}
    table = group_table(groups, (driver("a", 0.5), driver("b", 0.1)))
    assert (table.lines, table.columns) == (("a", "b"), ("North", "South"))
    texts = [[cell.text for cell in line] for line in table.cells]
    assert texts == [["0.8", "0.4"], ["0.2", DASH]]
    shades = [[cell.shade for cell in line] for line in table.cells]
    assert shades == [[1.0, 0.5], [pytest.approx(0.25), None]]
    nothing = group_table({"North": (driver("a", 0.0),)}, (driver("a", 0.0),))
    assert nothing.cells[0][0].shade == 0.0
