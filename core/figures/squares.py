"""Squares: rows counted over two axes, larger where there are more."""

from math import sqrt
from typing import Any, Final

import plotly.graph_objects as go
from matplotlib.axes import Axes

from core.figures.curve import draw_line, ink_line
from core.figures.inks import Inks
from core.figures.marks import Square, Squares, short_label
from core.figures.plain import plain

LINE_PIXELS: Final = 26
FLAT: Final = 360  # pixels high, without names
LARGEST: Final = 15.0  # pixels
LEAST: Final = 3.0
SHADES: Final = 5
LETTERS: Final = 22
TICKS: Final = {"share": ".0%", "ratio": ".2f", "amount": ",~r"}


def draw_squares(mark: Squares, inks: Inks) -> go.Figure:
    """Return the squares for plotly."""
    figure = go.Figure()
    for shade, squares in _by_shade(mark).items():
        figure.add_trace(_squares(squares, _ink(shade, inks), mark))
    for k, line in enumerate(mark.lines):
        draw_line(figure, line, inks.series[(k + 1) % len(inks.series)])
    if mark.rug:
        figure.add_trace(_rug(mark, inks))
    across: dict[str, Any] = {
        "title": {"text": plain(short_label(mark.across.title))},
        "tickformat": TICKS[mark.across.kind],
    }
    if mark.steps:
        names = [plain(short_label(step, LETTERS)) for step in mark.steps]
        across |= {"tickvals": list(range(len(names))), "ticktext": names}
    up: dict[str, Any] = {"zeroline": bool(not mark.names)}
    if mark.names:
        names = [plain(short_label(name, LETTERS)) for name in mark.names]
        ends = [len(names) - 0.4, -0.6]
        up |= {"tickvals": list(range(len(names))), "ticktext": names, "range": ends}
        across |= {"zeroline": True, "zerolinecolor": inks.faint}
    else:
        up |= {"title": {"text": plain(short_label(mark.up.title))}}
        up |= {"tickformat": TICKS[mark.up.kind], "zerolinecolor": inks.faint}
    height = LINE_PIXELS * len(mark.names) + 56 if mark.names else FLAT
    legend = {"orientation": "h", "y": 1.12}
    return figure.update_layout(height=height, xaxis=across, yaxis=up, legend=legend)


def ink_squares(axes: Axes, mark: Squares, inks: Inks) -> None:
    """Draw the squares on paper."""
    most = _most(mark)
    for shade, squares in _by_shade(mark).items():
        axes.scatter(
            [square.x for square in squares],
            [square.y for square in squares],
            s=[(_size(square.rows, most) / 2) ** 2 for square in squares],
            marker="s",
            color=_ink(shade, inks),
            linewidths=0,
        )
    for k, line in enumerate(mark.lines):
        ink_line(axes, line, inks.series[(k + 1) % len(inks.series)])
    if mark.rug:
        floor = [_floor(mark)] * len(mark.rug)
        axes.plot(mark.rug, floor, "|", color=inks.text, markersize=5)
    if mark.names:
        axes.set_yticks(
            range(len(mark.names)), [short_label(n, LETTERS) for n in mark.names]
        )
        axes.invert_yaxis()
        axes.axvline(0, color=inks.faint, linewidth=0.8)
    else:
        axes.set_ylabel(short_label(mark.up.title))
        axes.axhline(0, color=inks.faint, linewidth=0.8)
    if mark.steps:
        axes.set_xticks(
            range(len(mark.steps)), [short_label(s, LETTERS) for s in mark.steps]
        )
    axes.set_xlabel(short_label(mark.across.title))
    if len(mark.lines) > 1:
        axes.legend(frameon=False, labelcolor=inks.text)


def _by_shade(mark: Squares) -> dict[int | None, list[Square]]:
    """Return the squares by how deep they are shaded, the lightest first."""
    found: dict[int | None, list[Square]] = {}
    for square in mark.squares:
        found.setdefault(_step(square.shade), []).append(square)
    return dict(sorted(found.items(), key=lambda pair: -1 if pair[0] is None else pair[0]))


def _step(shade: float | None) -> int | None:
    return None if shade is None else min(SHADES - 1, int(shade * SHADES))


def _ink(shade: int | None, inks: Inks) -> str:
    return inks.rest if shade is None else inks.ramp[shade]


def _most(mark: Squares) -> int:
    return max((square.rows for square in mark.squares), default=1)


def _size(rows: int, most: int) -> float:
    return max(LEAST, LARGEST * sqrt(rows / most))


def _squares(squares: list[Square], colour: str, mark: Squares) -> go.Scatter:
    most = _most(mark)
    return go.Scatter(
        x=[float(f"{square.x:.4g}") for square in squares],
        y=[float(f"{square.y:.4g}") for square in squares],
        mode="markers",
        showlegend=False,
        marker={
            "symbol": "square",
            "size": [round(_size(square.rows, most), 1) for square in squares],
            "color": colour,
            "line": {"width": 0},
        },
        customdata=[[square.rows, _say(square.shade)] for square in squares],
        hovertemplate=(
            "%{customdata[0]:,} rows · %{x}"
            + ("" if mark.names else " · %{y}")
            + (f" · {plain(mark.shading)} %{{customdata[1]}}" if mark.shading else "")
            + "<extra></extra>"
        ),
    )


def _say(shade: float | None) -> str:
    return "" if shade is None else f"{round(100 * shade)} %"


def _floor(mark: Squares) -> float:
    return min((square.y for square in mark.squares), default=0.0)


def _rug(mark: Squares, inks: Inks) -> go.Scatter:
    return go.Scatter(
        x=list(mark.rug),
        y=[_floor(mark)] * len(mark.rug),
        mode="markers",
        showlegend=False,
        hoverinfo="skip",
        marker={"symbol": "line-ns-open", "color": inks.text, "size": 8},
    )
