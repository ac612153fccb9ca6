"""Bridges: steps from one number to another, with a second axis on top."""

from typing import Any, Final

import plotly.graph_objects as go
from matplotlib.axes import Axes

from core.figures.inks import Inks
from core.figures.marks import Bridge, Step, short_label
from core.figures.plain import plain

STEP_PIXELS: Final = 28
AROUND: Final = 96
LETTERS: Final = 30
TICKS: Final = {"share": ".0%", "ratio": ".2f", "amount": ",~r"}


def draw_bridge(mark: Bridge, inks: Inks) -> go.Figure:
    """Return the bridge for plotly; the first and the last step are its ends."""
    places = list(range(len(mark.steps)))
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=places,
            base=[step.start for step in mark.steps],
            x=[step.end - step.start for step in mark.steps],
            width=0.62,
            marker={"color": [_colour(step, inks) for step in mark.steps]},
            customdata=[
                [step.label, f"{step.end - step.start:+.3g}"] for step in mark.steps
            ],
            hovertemplate="%{customdata[0]} · %{customdata[1]}<extra></extra>",
        )
    )
    for above, step in zip(places, mark.steps[:-1], strict=False):
        figure.add_shape(
            type="line",
            x0=step.end,
            x1=step.end,
            y0=above,
            y1=above + 1,
            line={"color": inks.faint, "width": 1},
        )
    low, high = _span(mark)
    across: dict[str, Any] = {
        "title": {"text": plain(short_label(mark.axis.title))},
        "tickformat": TICKS[mark.axis.kind],
        "range": [low, high],
        "zeroline": False,
    }
    figure.update_layout(
        height=STEP_PIXELS * len(mark.steps) + AROUND,
        xaxis=across,
        yaxis={
            "range": [len(places) - 0.4, -0.6],
            "tickvals": places,
            "ticktext": [plain(short_label(step.label, LETTERS)) for step in mark.steps],
            "zeroline": False,
        },
    )
    inside = [(place, text) for place, text in mark.ticks if low <= place <= high]
    if inside:
        figure.add_trace(
            go.Scatter(x=[low], y=[0], xaxis="x2", opacity=0, hoverinfo="skip")
        )
        figure.update_layout(
            xaxis2={
                "title": {"text": plain(mark.second)},
                "overlaying": "x",
                "side": "top",
                "range": [low, high],
                "tickvals": [place for place, _ in inside],
                "ticktext": [text for _, text in inside],
                "showgrid": False,
            },
            margin={"t": 64},
        )
    return figure


def ink_bridge(axes: Axes, mark: Bridge, inks: Inks) -> None:
    """Draw the bridge on paper."""
    places = list(range(len(mark.steps)))
    axes.barh(
        places,
        [step.end - step.start for step in mark.steps],
        left=[step.start for step in mark.steps],
        color=[_colour(step, inks) for step in mark.steps],
        height=0.62,
    )
    axes.set_yticks(places, [short_label(step.label, LETTERS) for step in mark.steps])
    axes.invert_yaxis()
    axes.set_xlim(*_span(mark))
    axes.set_xlabel(short_label(mark.axis.title))
    inside = [(x, text) for x, text in mark.ticks if _span(mark)[0] <= x <= _span(mark)[1]]
    if inside:
        top = axes.secondary_xaxis("top")
        top.set_xticks([x for x, _ in inside], [text for _, text in inside])
        top.set_xlabel(mark.second)
        top.tick_params(colors=inks.text)
        top.xaxis.label.set_color(inks.text)


def _colour(step: Step, inks: Inks) -> str:
    return inks.series[0] if step.end >= step.start else inks.series[1]


def _span(mark: Bridge) -> tuple[float, float]:
    """Return the ends of the axis: all steps, and a little room."""
    ends = [end for step in mark.steps for end in (step.start, step.end)]
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room
