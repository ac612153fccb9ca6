"""Every mark is drawn on screen and on paper, in light and in dark, and can be traced."""

import re
from dataclasses import replace
from itertools import product
from xml.etree import ElementTree as ET

import pytest
from plotly.io import to_json

from core.errors import WrongInputError
from core.estimates.wording import NBSP
from core.figures.inks import DARK, LIGHT, Inks
from core.figures.marks import (
    Axis,
    Bars,
    Bridge,
    Curve,
    Figure,
    Forest,
    Graph,
    GraphNode,
    Histogram,
    IntervalPoints,
    Line,
    Mark,
    Point,
    Reference,
    Series,
    Square,
    Squares,
    Step,
    inwards,
)
from core.figures.paper import draw_pdf, draw_svg
from core.figures.screen import draw, hover
from core.records.estimate import Estimate, Word

EVALUATION = "e" * 64
HOSTILE = '<script>alert("$1$")</script> $\\frac{$ & ä'
SHARE = Axis("Error rate", "share")


def _point(label: str, value: float, word: Word | None = None, **more: object) -> Point:
    estimate = Estimate(value, value * 0.9, min(1.0, value * 1.1), 812, 812.0, "by hand")
    chosen = bool(more.get("chosen"))
    return Point(label, estimate, EVALUATION, f"key of {label}", word, chosen)


POINTS = (
    _point("Self-employed", 0.278, Word.FAIL),
    _point(HOSTILE, 0.12, Word.PASS, chosen=True),
    _point("x" * 60, 0.05, Word.INSUFFICIENT),
    _point("None yet", 0.0, Word.NOT_MEASURED),
    _point("Plain", 1.0),
)
LINES = (Reference(0.25, "limit 25 %"), Reference(0.1, HOSTILE))
COUNTS = tuple(range(20))
MARKS: dict[str, Mark] = {
    "bars": Bars(POINTS, SHARE, LINES),
    "one bar": Bars(POINTS[:1], SHARE),
    "points": IntervalPoints(POINTS, Axis("AUC", "ratio"), LINES),
    "forest": Forest(POINTS, SHARE, LINES),
    "histogram": Histogram((Series("no", COUNTS),), 0.0, 1.0, SHARE, EVALUATION),
    "series": Histogram(
        (Series("no", COUNTS), Series(HOSTILE, COUNTS[::-1])),
        -3.0,
        9.0,
        Axis("EUR", "amount"),
        EVALUATION,
    ),
}
MARKS["graph"] = Graph(
    (
        GraphNode("a", "loans.csv", "3f9c 20aa"),
        GraphNode("b", HOSTILE, "validation", chosen=True),
        GraphNode("c", "x" * 60, "draft", faded=True),
        GraphNode("d", "alone", ""),
    ),
    (("a", "b"), ("b", "c"), ("a", "c")),
)
SQUARES = (
    Square(-1.5, 0.0, 400, 0.0),
    Square(2.0, 1.0, 100, 0.99),
    Square(0.5, 1.0, 1, 1.0),
    Square(0.25, 2.0, 25, None),
)
NAMES = ("debt", HOSTILE, "x" * 60)
LINE = Line(HOSTILE, (0.0, 1.0, 2.0), (0.1, 0.4, 0.2), (0.0, 0.3, 0.1), (0.2, 0.5, 0.3))
THIN = tuple(Line("", LINE.x, tuple(y + k / 9 for y in LINE.y)) for k in range(3))
PUSH = Axis("Push", "ratio")
STEPS = (
    Step("usual row", -1.0, -1.0),
    Step(HOSTILE, -1.0, 0.5),
    Step("x" * 60, 0.5, -0.25),
    Step("row 7", -0.25, -0.25),
)
MARKS |= {
    "swarm": Squares(SQUARES, PUSH, PUSH, "value:", EVALUATION, names=NAMES),
    "squares": Squares(
        SQUARES,
        Axis("debt", "amount"),
        PUSH,
        "",
        EVALUATION,
        lines=(LINE,),
        rug=(-1.0, 1.0),
    ),
    "stepped squares": Squares(SQUARES, PUSH, PUSH, "", EVALUATION, steps=NAMES),
    "no squares": Squares((), PUSH, PUSH, "", EVALUATION),
    "curve": Curve((LINE,), (), Axis("debt", "amount"), SHARE, thin=THIN),
    "stepped curve": Curve((LINE,), (), SHARE, SHARE, thin=THIN, steps=NAMES),
    "bridge": Bridge(STEPS, PUSH, EVALUATION),
    "double bridge": Bridge(
        STEPS, PUSH, EVALUATION, "Chance", ((-9.0, "0 %"), (0.0, HOSTILE), (0.4, "60 %"))
    ),
}
MATRIX = list(product(MARKS, [False, True]))


def _figure(name: str) -> Figure:
    return Figure(MARKS[name], "what it shows")


@pytest.mark.parametrize(("name", "dark"), MATRIX)
def test_every_mark_is_drawn_on_screen(name: str, dark: bool) -> None:  # noqa: FBT001 - a case
    """Each point has its value, its interval, its key, its sentence and its evaluation."""
    drawn = draw(_figure(name), dark=dark)
    assert to_json(drawn, validate=True)
    mark = MARKS[name]
    if isinstance(mark, Squares | Curve | Bridge):
        return  # below
    if isinstance(mark, Histogram):
        assert [list(trace.y) for trace in drawn.data] == [
            list(s.counts) for s in mark.series
        ]
        return
    trace = drawn.data[-1] if isinstance(mark, Graph) else drawn.data[0]
    if isinstance(mark, Graph):
        assert [custom[0] for custom in trace.customdata] == [n.key for n in mark.nodes]
        return
    assert isinstance(mark, Bars | IntervalPoints | Forest)
    along, error = (
        (trace.y, trace.error_y)
        if isinstance(mark, IntervalPoints)
        else (trace.x, trace.error_x)
    )
    assert list(along) == [point.estimate.value for point in mark.points]
    for point, low, high in zip(mark.points, error.arrayminus, error.array, strict=True):
        assert point.estimate.value - low == pytest.approx(point.estimate.low)
        assert point.estimate.value + high == pytest.approx(point.estimate.high)
    assert [tuple(custom) for custom in trace.customdata] == [
        (point.key, hover(point, mark.axis.kind), EVALUATION) for point in mark.points
    ]


@pytest.mark.parametrize(("name", "dark"), MATRIX)
def test_every_mark_is_drawn_on_paper_the_same_each_time(name: str, dark: bool) -> None:  # noqa: FBT001 - a case
    """The SVG is well-formed, has no date and no script, and its bytes repeat."""
    svg = draw_svg(_figure(name), dark=dark)
    assert svg == draw_svg(_figure(name), dark=dark)
    ET.fromstring(svg)  # noqa: S314 - our own
    assert "<script" not in svg
    assert not re.search(r"(href|src)=\"(?!#)", svg)
    assert not re.search(r"<dc:date|20\d\d-\d\d-\d\d", svg)


@pytest.mark.parametrize("name", MARKS)
def test_every_mark_is_a_pdf_the_same_each_time(name: str) -> None:
    """One page, without a date, a maker or a script; its bytes repeat."""
    pdf = draw_pdf(_figure(name))
    assert pdf == draw_pdf(_figure(name))
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page ") == 1
    for word in (b"Date", b"/Creator", b"/Producer", b"/JavaScript", b"/URI"):
        assert word not in pdf


@pytest.mark.parametrize("name", MARKS)
def test_the_two_themes_differ(name: str) -> None:
    """Dark is not light."""
    assert draw_svg(_figure(name)) != draw_svg(_figure(name), dark=True)
    assert to_json(draw(_figure(name))) != to_json(draw(_figure(name), dark=True))


@pytest.mark.parametrize("name", ["bars", "points", "forest"])
def test_labels_are_written_as_they_are(name: str) -> None:
    """A dollar sign starts no formula, a tag no element."""
    root = ET.fromstring(draw_svg(_figure(name)))  # noqa: S314 - our own
    texts = ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("text")]
    assert HOSTILE in texts
    assert "limit 25 %" in texts


@pytest.mark.filterwarnings("ignore:Glyph")
def test_letters_that_the_font_lacks_are_left_to_the_reader() -> None:
    """The SVG holds text, not outlines, so that a browser can show any script."""
    svg = draw_svg(Figure(Bars((_point("日本 🦊", 0.5),), SHARE), "one bar"))
    assert "日本 🦊" in svg


def test_a_point_says_value_interval_and_rows() -> None:
    """By hand, as the design words it."""
    assert hover(POINTS[0], "share") == (
        f"Self-employed · 28{NBSP}% (25–31{NBSP}%) · 812 rows"
    )


def test_bars_start_at_zero_and_read_from_top_to_bottom() -> None:
    """The first point is the uppermost."""
    drawn = draw(_figure("bars"))
    assert drawn.layout.xaxis.rangemode == "tozero"
    assert drawn.layout.yaxis.autorange == "reversed"
    assert drawn.layout.yaxis.ticktext[0] == "Self-employed"
    assert len(drawn.layout.yaxis.ticktext[2]) == 34


@pytest.mark.parametrize("name", ["points", "forest"])
def test_a_verdict_shows_in_shape_as_well_as_in_colour(name: str) -> None:
    """Fail and pass are told apart without colours."""
    symbols = draw(_figure(name)).data[0].marker.symbol
    assert symbols[:4] == ("square", "circle", "diamond-open", "circle-open")


def test_a_forest_reads_from_top_to_bottom_and_shows_what_is_chosen() -> None:
    """The first point is the uppermost, each has its line, the chosen one is larger."""
    drawn = draw(_figure("forest"))
    top, bottom = drawn.layout.yaxis.range
    assert top > len(POINTS) - 1 > 0 > bottom
    assert list(drawn.data[0].y) == list(range(len(POINTS)))
    assert drawn.layout.yaxis.ticktext[0] == "Self-employed"
    sizes = drawn.data[0].marker.size
    assert sizes[1] > sizes[0]
    few = draw(Figure(Forest(POINTS[:1], SHARE), "one"))
    assert drawn.layout.height > few.layout.height


def test_a_point_may_warn_instead_of_failing() -> None:
    """A triangle in a colour of its own, on screen and on paper."""
    failed = _point("Mobile", 0.3, Word.FAIL)
    warned = replace(failed, warns=True)
    one, other = (Figure(Forest((point,), SHARE), "one") for point in (failed, warned))
    marker = draw(other).data[0].marker
    assert marker.symbol == ("triangle-up",)
    assert marker.color != draw(one).data[0].marker.color
    assert draw_svg(one) != draw_svg(other)


@pytest.mark.parametrize(
    ("rows", "evaluation"), [(0, EVALUATION), (5, ""), (5, "e" * 63), (-1, EVALUATION)]
)
def test_a_point_that_nobody_could_trace_is_refused(rows: int, evaluation: str) -> None:
    """No rows, or no evaluation: no point."""
    estimate = Estimate(0.5, 0.4, 0.6, rows, float(rows), "by hand")
    with pytest.raises(WrongInputError, match="'North' has no rows or no evaluation"):
        Point("North", estimate, evaluation)


def test_points_of_the_same_name_have_places_of_their_own() -> None:
    """Two tables whose long names begin alike are two points side by side."""
    points = (_point("x" * 60, 0.2), _point("x" * 60 + "y", 0.4))
    drawn = draw(Figure(IntervalPoints(points, SHARE), "two points"))
    assert list(drawn.data[0].x) == [0, 1]
    assert (
        drawn.layout.xaxis.ticktext[0] == drawn.layout.xaxis.ticktext[1] == "x" * 33 + "…"
    )


@pytest.mark.parametrize(
    ("value", "side"), [(0.02, "left"), (0.5, "center"), (0.98, "right")]
)
def test_a_label_near_an_end_runs_inwards(value: float, side: str) -> None:
    """On screen and on paper, so that nothing of it is cut off."""
    reference = (Reference(value, "no difference"),)
    for mark in (Forest(POINTS, SHARE, reference), Bars(POINTS, SHARE, reference)):
        (label,) = draw(Figure(mark, "one")).layout.annotations
        assert (label.x, label.xanchor) == (value, side)
        svg = draw_svg(Figure(mark, "one"))
        anchor = {"left": "start", "center": "middle", "right": "end"}[side]
        (text,) = re.findall(r"<text[^>]*>no difference<", svg)
        found = re.search(r"text-anchor: (\w+)", text)
        assert (found[1] if found else "start") == anchor


def test_an_axis_without_width_has_its_label_in_the_middle() -> None:
    """All values alike."""
    assert inwards(0.3, (0.3, 0.3)) == "center"


@pytest.mark.parametrize(
    ("inks", "grounds"),
    [(LIGHT, ("#ffffff", "#f5f7f7")), (DARK, ("#0f1517", "#182023"))],
)
def test_what_is_written_can_be_read(inks: Inks, grounds: tuple[str, ...]) -> None:
    """Texts have a contrast of 4.5 at least to the page and its bars (WCAG 2.2, 1.4.3)."""
    for ground in grounds:
        for ink in (inks.text, inks.faint):
            light, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_square_grows_with_its_rows_and_darkens_with_its_level() -> None:
    """Side by the root of the rows, at least three pixels; levels in five shades, or none."""
    mark = MARKS["swarm"]
    assert isinstance(mark, Squares)
    drawn = {
        (x, y): (size, trace.marker.color, custom)
        for trace in draw(_figure("swarm")).data
        for x, y, size, custom in zip(
            trace.x, trace.y, trace.marker.size, trace.customdata, strict=True
        )
    }
    assert list(drawn) == [(s.x, s.y) for s in (SQUARES[3], *SQUARES[:3])]
    sizes = [drawn[s.x, s.y][0] for s in SQUARES]
    assert sizes == [15.0, 7.5, 3.0, 3.8]
    shades = [drawn[s.x, s.y][1] for s in SQUARES]
    assert shades == [LIGHT.ramp[0], LIGHT.ramp[4], LIGHT.ramp[4], LIGHT.rest]
    said = [drawn[s.x, s.y][2] for s in SQUARES]
    assert said == [[400, "0 %"], [100, "99 %"], [1, "100 %"], [25, ""]]


def test_names_of_a_swarm_read_from_top_to_bottom() -> None:
    """The first line is the uppermost; a line of zero stands between up and down."""
    layout = draw(_figure("swarm")).layout
    assert layout.yaxis.ticktext[0] == "debt"
    assert layout.yaxis.range == (2.6, -0.6)
    assert layout.xaxis.zeroline


def test_squares_without_names_have_two_axes_a_line_and_a_rug() -> None:
    """The rug lies at the foot of the squares."""
    drawn = draw(_figure("squares"))
    assert (drawn.layout.xaxis.title.text, drawn.layout.yaxis.title.text) == (
        "debt",
        "Push",
    )
    *_, band, line, rug = drawn.data
    assert list(line.y) == list(LINE.y)
    assert list(band.y) == [*LINE.high, *reversed(LINE.low)]
    assert (list(rug.x), list(rug.y)) == ([-1.0, 1.0], [0.0, 0.0])
    stepped = draw(_figure("stepped squares")).layout.xaxis
    assert stepped.ticktext[0] == "debt"
    assert list(stepped.tickvals) == [0, 1, 2]


def test_several_lines_through_squares_are_told_apart_by_a_legend() -> None:
    """On screen and on paper; one line needs none."""
    mark = MARKS["squares"]
    assert isinstance(mark, Squares)
    two = Figure(replace(mark, lines=(LINE, replace(LINE, name="South"))), "two lines")
    assert draw(two).layout.showlegend
    assert "South" in draw_svg(two)
    assert not draw(_figure("squares")).layout.showlegend


def test_thin_lines_lie_behind_the_others_without_names() -> None:
    """They come first, nobody can hover them, and they stand in no legend."""
    drawn = draw(_figure("curve"))
    for trace, line in zip(drawn.data, THIN, strict=False):
        assert list(trace.y) == list(line.y)
        assert (trace.hoverinfo, trace.showlegend) == ("skip", False)
    assert list(drawn.data[-1].y) == list(LINE.y)
    assert not drawn.layout.showlegend
    assert draw(_figure("stepped curve")).layout.xaxis.ticktext[0] == "debt"


def test_each_step_of_a_bridge_begins_where_the_last_one_ended() -> None:
    """Up and down in colours of their own, joined by thin lines."""
    drawn = draw(_figure("bridge"))
    (bars,) = drawn.data
    assert list(bars.base) == [step.start for step in STEPS]
    assert list(bars.x) == [0.0, 1.5, -0.75, 0.0]
    assert [custom[1] for custom in bars.customdata] == ["+0", "+1.5", "-0.75", "+0"]
    up, down = bars.marker.color[1:3]
    assert up != down
    assert [shape.x0 for shape in drawn.layout.shapes] == [-1.0, 0.5, -0.25]
    assert drawn.layout.yaxis.range == (3.6, -0.6)


def test_a_second_axis_stands_above_a_bridge_with_the_ticks_that_lie_within() -> None:
    """Over the same span, with room for its title."""
    layout = draw(_figure("double bridge")).layout
    assert layout.xaxis2.range == layout.xaxis.range
    assert list(layout.xaxis2.tickvals) == [0.0, 0.4]
    assert layout.margin.t > draw(_figure("bridge")).layout.margin.t
    root = ET.fromstring(draw_svg(_figure("double bridge")))  # noqa: S314 - our own
    texts = ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("text")]
    assert {"Chance", "60 %"} <= set(texts)
    assert "0 %" not in texts
