"""On screen: figures drawn by plotly."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import plotly.graph_objects as go

from core.errors import WrongInputError
from core.estimates.wording import say_both, say_rows
from core.figures.bridge import draw_bridge
from core.figures.curve import draw_curve
from core.figures.graph import draw_graph
from core.figures.inks import DARK, LIGHT, SHAPES, WARNING_SHAPE, Inks
from core.figures.marks import (
    LONGEST_NAME,
    Axis,
    Bars,
    Bridge,
    Curve,
    Figure,
    Forest,
    Graph,
    HeatTable,
    Histogram,
    IntervalPoints,
    Point,
    Reference,
    Squares,
    inwards,
    short_label,
)
from core.figures.plain import plain
from core.figures.squares import draw_squares
from core.records.texts import say_text

ROW_PIXELS: Final = 26
FOREST_PIXELS: Final = 22
FOREST_LETTERS: Final = 30  # beside a point, so that half a screen has room for the rest
HEIGHT: Final = 300
LEAST_HEIGHT: Final = 120
MARGIN: Final = {"l": 4, "r": 8, "t": 24, "b": 32}
HOVER: Final = "%{customdata[1]}<extra></extra>"
TICKS: Final = {"share": ".0%", "ratio": ".2f", "amount": ",~r"}


def draw(figure: Figure, *, dark: bool = False) -> go.Figure:
    """Return the figure for plotly; each point carries its key and its hover sentence."""
    inks = DARK if dark else LIGHT
    if isinstance(figure.mark, HeatTable):
        raise WrongInputError("A heat table is no chart.", hint="Draw it as a table.")
    drawn = DRAWN[type(figure.mark)](figure.mark, inks)
    margin = MARGIN | drawn.layout.margin.to_plotly_json()
    return drawn.update_layout(margin=margin, showlegend=_has_legend(figure))


def _forest(mark: Forest, inks: Inks) -> go.Figure:
    points = go.Scatter(
        mode="markers",
        x=[point.estimate.value for point in mark.points],
        y=list(range(len(mark.points))),
        error_x=_whiskers(mark.points, inks),
        marker={
            "color": _colours(mark.points, inks),
            "size": [13 if point.chosen else 9 for point in mark.points],
            "symbol": [_shape(point) for point in mark.points],
        },
        customdata=_custom(mark.points, mark.axis),
        hovertemplate=HOVER,
    )
    figure = go.Figure(points)
    span = _span(mark.points, mark.references)
    _draw_references(figure, mark.references, inks, span)
    names = [plain(short_label(point.label, FOREST_LETTERS)) for point in mark.points]
    places = list(range(len(names)))
    return figure.update_layout(
        height=max(LEAST_HEIGHT, FOREST_PIXELS * len(mark.points) + 56),
        yaxis={
            "range": [len(mark.points) - 0.4, -0.6],
            "zeroline": False,
            "tickmode": "array",
            "tickvals": places,
            "ticktext": names,
        },
        xaxis=_axis(mark.axis) | {"range": span, "nticks": 5},
    )


def _span(points: Sequence[Point], references: Sequence[Reference]) -> list[float]:
    """Return the ends of an axis: all intervals and references, and a little room."""
    ends = [end for p in points for end in (p.estimate.low, p.estimate.high)]
    ends += [reference.value for reference in references]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    room = 0.04 * (high - low) or 0.5
    return [low - room, high + room]


def _shape(point: Point) -> str:
    return WARNING_SHAPE if point.warns else SHAPES.get(point.word, "circle")


def hover(point: Point, kind: str) -> str:
    """Return what a point says of itself.

    `Self-employed · error rate 27.8 % (24.9-31.0 %) · 812 rows`.
    """
    name = plain(short_label(point.label, LONGEST_NAME))
    return f"{name} · {say_both(point.estimate, kind)} · {say_rows(point.estimate.rows)}"


def _bars(mark: Bars, inks: Inks) -> go.Figure:
    bars = go.Bar(
        orientation="h",
        y=list(range(len(mark.points))),
        x=[point.estimate.value for point in mark.points],
        error_x=_whiskers(mark.points, inks),
        marker={"color": _colours(mark.points, inks)},
        customdata=_custom(mark.points, mark.axis),
        hovertemplate=HOVER,
    )
    figure = go.Figure(bars)
    low, high = _span(mark.points, mark.references)
    _draw_references(figure, mark.references, inks, [min(low, 0.0), max(high, 0.0)])
    height = max(LEAST_HEIGHT, ROW_PIXELS * len(mark.points) + 56)
    return figure.update_layout(
        height=height,
        bargap=0.35,
        yaxis={"autorange": "reversed", **_named(mark.points)},
        xaxis=_axis(mark.axis) | {"rangemode": "tozero"},
    )


def _interval_points(mark: IntervalPoints, inks: Inks) -> go.Figure:
    shapes = [_shape(point) for point in mark.points]
    points = go.Scatter(
        mode="markers",
        x=list(range(len(mark.points))),
        y=[point.estimate.value for point in mark.points],
        error_y=_whiskers(mark.points, inks),
        marker={"color": _colours(mark.points, inks), "size": 10, "symbol": shapes},
        customdata=_custom(mark.points, mark.axis),
        hovertemplate=HOVER,
    )
    figure = go.Figure(points)
    _draw_references(figure, mark.references, inks)
    return figure.update_layout(
        height=HEIGHT - 80,
        xaxis={"range": [-0.5, len(mark.points) - 0.5], **_named(mark.points)},
        yaxis=_axis(mark.axis),
    )


def _histogram(mark: Histogram, inks: Inks) -> go.Figure:
    steps = len(mark.series[0].counts)
    width = (mark.high - mark.low) / steps
    centres = [mark.low + width * (k + 0.5) for k in range(steps)]
    figure = go.Figure(
        [
            go.Bar(
                name=_short(series.name),
                x=centres,
                y=list(series.counts),
                width=width,
                marker={"color": colour},
                hovertemplate=f"%{{x:.2f}} · %{{y:,}} rows<extra>{_short(series.name)}</extra>",
            )
            for series, colour in zip(mark.series, inks.series, strict=False)
        ]
    )
    return figure.update_layout(
        height=HEIGHT - 120,
        bargap=0,
        barmode="stack",
        xaxis=_axis(mark.axis),
        yaxis={"title": {"text": "rows"}},
        legend={"orientation": "h", "y": 1.15},
    )


def _whiskers(points: Sequence[Point], inks: Inks) -> dict[str, Any]:
    return {
        "type": "data",
        "array": [p.estimate.high - p.estimate.value for p in points],
        "arrayminus": [p.estimate.value - p.estimate.low for p in points],
        "thickness": 1.5,
        "width": 0,
        "color": inks.text,
    }


def _colours(points: Sequence[Point], inks: Inks) -> list[str]:
    return [inks.of(p.word, chosen=p.chosen, warns=p.warns) for p in points]


def _custom(points: Sequence[Point], axis: Axis) -> list[list[str]]:
    return [[point.key, hover(point, axis.kind), point.evaluation] for point in points]


def _draw_references(
    figure: go.Figure,
    references: Sequence[Reference],
    inks: Inks,
    across: Sequence[float] | None = None,
) -> None:
    """Draw lines at values, upright where the values run `across` from one end to another.

    The label of an upright line near an end stands inwards of it, so that nothing is cut.
    """
    line = {"color": inks.text, "width": 1, "dash": "dot"}
    for reference in references:
        if across:
            figure.add_vline(x=reference.value, line=line)
            place = {"x": reference.value, "y": 1, "yref": "paper", "yanchor": "bottom"}
            place["xanchor"] = inwards(reference.value, across)
        else:
            figure.add_hline(y=reference.value, line=line)
            place = {"x": 1, "xref": "paper", "y": reference.value, "yanchor": "bottom"}
        figure.add_annotation(
            text=plain(say_text(reference.label)),
            showarrow=False,
            font={"color": inks.text},
            **place,
        )


def _has_legend(figure: Figure) -> bool:
    match figure.mark:
        case Histogram(series):
            return len(series) > 1
        case Curve(lines=lines) | Squares(lines=lines):
            return len(lines) > 1
        case _:
            return False


def _axis(axis: Axis) -> dict[str, Any]:
    return {
        "tickformat": TICKS[axis.kind],
        "title": {"text": _short(axis.title)},
    }


def _named(points: Sequence[Point]) -> dict[str, Any]:
    """Name the places 0, 1, 2 ... of an axis after the points, alike names included."""
    names = [_short(point.label) for point in points]
    return {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": names}


def _short(label: str) -> str:
    return plain(short_label(label))


DRAWN: Final[dict[type[Any], Callable[[Any, Inks], go.Figure]]] = {
    Bars: _bars,
    Bridge: draw_bridge,
    Curve: draw_curve,
    Forest: _forest,
    Graph: draw_graph,
    Histogram: _histogram,
    IntervalPoints: _interval_points,
    Squares: draw_squares,
}
