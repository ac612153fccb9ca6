"""Heat tables are shaded by how bad a cell is, on screen and on paper, in light and dark."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from core.errors import WrongInputError
from core.estimates.wording import DASH, NBSP
from core.figures.heat import lay_heat, shade
from core.figures.inks import DARK, LIGHT
from core.figures.marks import Figure, HeatCell, HeatTable
from core.figures.paper import draw_svg
from core.figures.screen import draw
from core.measures.metrics import find_metric
from core.records.estimate import Estimate, Measured, NotEstimable

HOSTILE = '<script>alert("$1$")</script> $\\frac{$ & ä'
UNSEEN = "left\u202eright\n"
TABLE = HeatTable(
    corner=HOSTILE,
    lines=("self-employed", UNSEEN, "x" * 60),
    columns=("mobile", HOSTILE, "mobile"),
    cells=(
        (HeatCell("28 %", 1.0), HeatCell("4 %", 0.0), HeatCell(DASH)),
        (HeatCell("12 %", 0.5), HeatCell(HOSTILE, 0.2), HeatCell(UNSEEN)),
        (HeatCell(DASH), HeatCell(DASH), HeatCell("9 %", 0.3)),
    ),
)


def _cell(value: float, rows: int = 100) -> Estimate:
    return Estimate(value, value - 0.01, value + 0.01, rows, float(rows), "by hand")


def _few(cells: list[list[Measured]]) -> list[list[bool]]:
    return [[cell.rows < 10 for cell in line] for line in cells]


def _shades(cells: list[list[Measured]], metric: str) -> list[list[float | None]]:
    names = ("a", [str(k) for k in range(len(cells))], ["x", "y"])
    mark = lay_heat(names, cells, find_metric(metric), few=_few(cells))
    return [[cell.shade for cell in line] for line in mark.cells]


def test_the_worse_the_deeper() -> None:
    """By hand: error rates rise from 0 to 1, recalls fall, on the range that is there."""
    cells: list[list[Measured]] = [[_cell(0.1), _cell(0.2)], [_cell(0.5), _cell(0.3)]]
    rising = [[0.0, 0.25], [1.0, 0.5]]
    for line, expected in zip(_shades(cells, "error_rate"), rising, strict=True):
        assert line == pytest.approx(expected)
    for line, expected in zip(_shades(cells, "recall"), rising, strict=True):
        assert line == pytest.approx([1 - each for each in expected])


def test_far_on_either_side_is_deep() -> None:
    """By hand: biases of -9, 0, 1 and 3 lie 9.5, 0.5, 0.5 and 2.5 from their median."""
    cells: list[list[Measured]] = [[_cell(-9.0), _cell(0.0)], [_cell(1.0), _cell(3.0)]]
    flat = [each for line in _shades(cells, "bias") for each in line]
    assert flat == pytest.approx([1.0, 0.0, 0.0, 2 / 9])


def test_few_rows_have_no_shade_and_set_no_end() -> None:
    """A wild value of 9 rows leaves the others as they are; what is missing is a dash."""
    nothing = NotEstimable("hidden, fewer than 5 rows", 3)
    cells: list[list[Measured]] = [[_cell(0.1), _cell(0.9, 9)], [nothing, _cell(0.3)]]
    assert _shades(cells, "error_rate") == [[0.0, None], [None, 1.0]]
    names = ("a", ("0", "1"), ("x", "y"))
    mark = lay_heat(names, cells, find_metric("error_rate"), few=_few(cells))
    assert [cell.text for cell in mark.cells[1]] == [DASH, f"30{NBSP}%"]
    assert (mark.corner, mark.lines, mark.columns) == names


def test_alike_cells_and_none_at_all_are_not_deep() -> None:
    """Without a range, and without a number, there is nothing to shade."""
    alike: list[list[Measured]] = [[_cell(0.2), _cell(0.2)]]
    assert _shades(alike, "error_rate") == [[0.0, 0.0]]
    unknown: list[list[Measured]] = [[NotEstimable("no rows", 0)] * 2]
    assert _shades(unknown, "error_rate") == [[None, None]]
    assert _shades([], "error_rate") == []


@pytest.mark.parametrize("dark", [False, True])
def test_on_screen_it_is_a_table_with_shaded_cells(*, dark: bool) -> None:
    """Names and texts as they are, what is unseen as its escape; the deepest ground is known."""
    styled: Any = shade(TABLE, dark=dark)
    inks = DARK if dark else LIGHT
    frame = styled.data
    assert list(frame.columns) == [HOSTILE, "mobile", f"{HOSTILE} (2)", "mobile (2)"]
    assert frame.iloc[1].tolist() == [
        r"left\u202eright\n",
        "12 %",
        HOSTILE,
        r"left\u202eright\n",
    ]
    drawn = styled._compute().ctx
    css = {place: dict(pairs) for place, pairs in drawn.items() if pairs}
    assert css[0, 1]["background-color"] == inks.deepest
    assert css[0, 1]["color"] == inks.text
    assert css[0, 3] == {"color": inks.faint}
    assert all(column > 0 for _, column in css)
    grounds = {css[0, 2]["background-color"], css[1, 1]["background-color"]}
    assert len(grounds | {inks.deepest}) == 3


def test_names_stay_apart_whatever_they_are() -> None:
    """A name that looks like a numbered one, or like the corner, is no other's."""
    names = ("a", "a", "a (2)", "a")
    table = HeatTable("a (3)", ("x",), names, ((HeatCell("1"),) * 4,))
    columns = list(shade(table).columns)
    assert columns[:4] == ["a (3)", "a", "a (2)", "a (2) (2)"]
    assert len(set(columns)) == 5


@pytest.mark.parametrize("dark", [False, True])
def test_on_paper_it_is_the_same_each_time(*, dark: bool) -> None:
    """The SVG is well-formed, has no date and no script, and holds names and numbers."""
    figure = Figure(TABLE, "what it shows")
    svg = draw_svg(figure, dark=dark)
    assert svg == draw_svg(figure, dark=dark)
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert "<script" not in svg
    assert not re.search(r"<dc:date|20\d\d-\d\d-\d\d|\u202e", svg)
    texts = ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("text")]
    for text in ("28 %", "self-employed", HOSTILE, r"left\u202eright\n"):
        assert text in texts
    assert (DARK if dark else LIGHT).deepest in svg


def test_the_two_themes_differ() -> None:
    """Dark is not light, on screen as on paper."""
    figure = Figure(TABLE, "what it shows")
    assert draw_svg(figure) != draw_svg(figure, dark=True)
    assert shade(TABLE).to_html(uuid="t") != shade(TABLE, dark=True).to_html(uuid="t")


def test_a_table_without_cells_is_empty() -> None:
    """No line, no cell, no error."""
    empty = HeatTable("a", (), ("x", "y"), ())
    styled = shade(empty)
    assert (len(styled.index), len(styled.columns)) == (0, 3)
    ET.fromstring(draw_svg(Figure(empty, "nothing")))  # noqa: S314 - our own


def test_plotly_draws_no_heat_table() -> None:
    """On screen its cells can be chosen, so it is a table."""
    with pytest.raises(WrongInputError, match="A heat table is no chart"):
        draw(Figure(TABLE, "what it shows"))
