"""Curves: lines with their bands, points with their intervals, over two axes."""

from typing import Any, Final

import plotly.graph_objects as go
from matplotlib.axes import Axes

from core.estimates.wording import say_both, say_rows
from core.figures.inks import Inks
from core.figures.marks import Curve, CurvePoint, Line, short_label
from core.figures.plain import plain

SQUARE: Final = 380  # pixels
HEIGHT: Final = 300
FLAT: Final = 190
BAND: Final = 0.2  # of the line's ink
THIN: Final = 0.35
STEP_LETTERS: Final = 18
TICKS: Final = {"share": ".0%", "ratio": ".2f", "amount": ",~r"}


def draw_curve(mark: Curve, inks: Inks) -> go.Figure:
    """Return the curve for plotly; a click on a point gives its key."""
    figure = go.Figure()
    for line in mark.thin:
        figure.add_trace(_thin(line, inks))
    for line, colour in zip(mark.lines, _colours(mark, inks), strict=True):
        draw_line(figure, line, colour)
    if mark.points:
        figure.add_trace(_points(mark, inks))
    if mark.diagonal:
        figure.add_shape(
            type="line", x0=0, y0=0, x1=1, y1=1, line={"color": inks.faint, "width": 1}
        )
    for reference in mark.references:
        figure.add_vline(
            x=reference.value, line={"color": inks.text, "width": 1, "dash": "dot"}
        )
        figure.add_annotation(
            text=plain(short_label(reference.label)),
            x=reference.value,
            y=1,
            yref="paper",
            yanchor="top",
            xanchor="left",
            showarrow=False,
            font={"color": inks.text},
        )
    square: dict[str, Any] = {"scaleanchor": "x", "constrain": "domain"}
    return figure.update_layout(
        height=SQUARE if mark.square else FLAT if mark.flat else HEIGHT,
        xaxis={
            "title": {"text": plain(short_label(mark.across.title))},
            "tickformat": TICKS[mark.across.kind],
            "range": list(mark.span) if mark.span else None,
            "type": "log" if mark.log else "linear",
            "constrain": "domain",
            **_named(mark),
        },
        yaxis={
            "title": {"text": plain(short_label(mark.up.title))},
            "tickformat": TICKS[mark.up.kind],
            "range": list(mark.rise) if mark.rise else None,
            "type": "log" if mark.log else "linear",
            **(square if mark.square else {}),
        },
        legend={"orientation": "h", "y": 1.04, "yanchor": "bottom"},
    )


def ink_curve(axes: Axes, mark: Curve, inks: Inks) -> None:
    """Draw the curve on paper."""
    _ink_ground(axes, mark, inks)
    for line, colour in zip(mark.lines, _colours(mark, inks), strict=True):
        ink_line(axes, line, colour)
    for point in mark.points:
        _ink_point(axes, point, inks)
    for reference in mark.references:
        axes.axvline(reference.value, color=inks.text, linewidth=0.8, linestyle=":")
    if mark.square:
        axes.set_aspect("equal", adjustable="box")
    if mark.log:
        axes.set_xscale("log")
        axes.set_yscale("log")
    axes.set_xlabel(short_label(mark.across.title))
    axes.set_ylabel(short_label(mark.up.title))
    if len(mark.lines) > 1:
        axes.legend(frameon=False, labelcolor=inks.text)


def _ink_ground(axes: Axes, mark: Curve, inks: Inks) -> None:
    """Draw what lies behind lines and points."""
    for line in mark.thin:
        axes.plot(line.x, line.y, color=inks.faint, linewidth=0.5, alpha=THIN)
    if mark.steps:
        names = [short_label(step, STEP_LETTERS) for step in mark.steps]
        axes.set_xticks(range(len(names)), names)
    if mark.diagonal:
        axes.plot([0, 1], [0, 1], color=inks.faint, linewidth=0.8)


def ink_line(axes: Axes, line: Line, colour: str) -> None:
    """Draw one line with its band on paper."""
    label = short_label(line.name)
    if line.y:
        axes.plot(
            line.x,
            line.y,
            color=colour,
            linewidth=1.4,
            drawstyle="steps-post" if line.steps else "default",
            label=label,
        )
    if line.low and line.high:
        axes.fill_between(
            line.x,
            line.low,
            line.high,
            color=colour,
            alpha=BAND,
            linewidth=0,
            label=None if line.y else label,
        )


def _ink_point(axes: Axes, point: CurvePoint, inks: Inks) -> None:
    found = point.estimate
    axes.errorbar(
        [point.x],
        [found.value],
        yerr=[[found.value - found.low], [found.high - found.value]],
        fmt="o",
        color=inks.of(None, chosen=point.chosen),
        elinewidth=1.2,
    )


def draw_line(figure: go.Figure, line: Line, colour: str) -> None:
    """Add one line with its band to a plotly figure."""
    shape = "hv" if line.steps else "linear"
    name = plain(short_label(line.name))
    if line.low and line.high:
        figure.add_trace(
            go.Scatter(
                x=[*line.x, *reversed(line.x)],
                y=[*line.high, *reversed(line.low)],
                fill="toself",
                fillcolor=colour,
                opacity=BAND,
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
                name=name,
                showlegend=not line.y,
            )
        )
    if not line.y:
        return
    figure.add_trace(
        go.Scatter(
            x=list(line.x),
            y=list(line.y),
            mode="lines",
            name=name,
            line={"color": colour, "width": 2, "shape": shape},
            hovertemplate=f"{name} · %{{x}} · %{{y}}<extra></extra>",
        )
    )


def _thin(line: Line, inks: Inks) -> go.Scatter:
    return go.Scatter(
        x=list(line.x),
        y=list(line.y),
        mode="lines",
        line={"color": inks.faint, "width": 1},
        opacity=THIN,
        hoverinfo="skip",
        showlegend=False,
    )


def _named(mark: Curve) -> dict[str, Any]:
    names = [plain(short_label(step, STEP_LETTERS)) for step in mark.steps]
    return {"tickvals": list(range(len(names))), "ticktext": names} if names else {}


def _points(mark: Curve, inks: Inks) -> go.Scatter:
    points = mark.points
    return go.Scatter(
        x=[point.x for point in points],
        y=[point.estimate.value for point in points],
        mode="markers+text" if any(point.named for point in points) else "markers",
        text=[plain(short_label(p.label)) if p.named else "" for p in points],
        textposition="middle left",
        showlegend=False,
        error_y={
            "type": "data",
            "array": [p.estimate.high - p.estimate.value for p in points],
            "arrayminus": [p.estimate.value - p.estimate.low for p in points],
            "thickness": 1.5,
            "width": 0,
            "color": inks.text,
        },
        marker={
            "color": [inks.of(None, chosen=point.chosen) for point in points],
            "size": [13 if point.chosen else 9 for point in points],
        },
        customdata=[[p.key, _say(p, mark.up.kind), p.evaluation] for p in points],
        hovertemplate="%{customdata[1]}<extra></extra>",
    )


def _say(point: CurvePoint, kind: str) -> str:
    rows = say_rows(point.estimate.rows)
    return f"{plain(short_label(point.label))} · {say_both(point.estimate, kind)} · {rows}"


def _colours(mark: Curve, inks: Inks) -> list[str]:
    return [inks.series[k % len(inks.series)] for k in range(len(mark.lines))]
