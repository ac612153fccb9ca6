"""On paper: figures drawn by matplotlib as SVG or PDF, the same bytes each time."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter

from core.estimates.wording import NBSP
from core.figures.bridge import ink_bridge
from core.figures.curve import ink_curve
from core.figures.graph import ink_graph, tallest
from core.figures.heat import ink_heat
from core.figures.inks import DARK, LIGHT, Inks
from core.figures.marks import (
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
from core.figures.squares import ink_squares
from core.records.estimate import Word
from core.records.texts import say_text

INCHES: Final = (7.0, 2.6)
ROW_INCHES: Final = 0.24
FORMS: Final[dict[Word | None, str]] = {Word.FAIL: "s", Word.INSUFFICIENT: "D"}
STYLE: Final[Any] = {  # matplotlib types each of 300 keys
    "svg.hashsalt": "countersign",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,  # letters stay letters, so that text can be found
    "font.family": "sans-serif",
    "font.sans-serif": ["Inter", "DejaVu Sans"],
    "font.size": 9,
    "text.parse_math": False,  # labels are data: a dollar sign starts no formula
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw_svg(figure: Figure, *, dark: bool = False) -> str:
    """Return the figure as SVG text; equal figures give equal text."""
    nobody = {"Date": None, "Creator": None}
    svg = _printed(figure, DARK if dark else LIGHT, "svg", nobody).decode()
    return svg[svg.index("<svg") :]


def draw_pdf(figure: Figure) -> bytes:
    """Return the figure as a PDF of one page; equal figures give equal bytes."""
    nobody = dict.fromkeys(("CreationDate", "ModDate", "Creator", "Producer"))
    return _printed(figure, LIGHT, "pdf", nobody)


def _printed(figure: Figure, inks: Inks, kind: str, said: dict[str, None]) -> bytes:
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=_size(figure), layout="constrained", facecolor="none")
        axes = canvas.add_subplot(facecolor="none")
        INKED[type(figure.mark)](axes, figure.mark, inks)
        _ink(axes, inks)
        into = BytesIO()
        canvas.savefig(into, format=kind, metadata=said)
    return into.getvalue()


def _size(figure: Figure) -> tuple[float, float]:
    match figure.mark:
        case Bars(points) | Forest(points):
            return _tall(0.8, len(points))
        case Curve(square=True):
            return INCHES[1] + 1.4, INCHES[1] + 1.4
        case Bridge(steps=steps):
            return _tall(1.0, len(steps))
        case HeatTable(lines=names) | Squares(names=names) if names:
            return _tall(0.8, len(names))
        case Graph():
            return _tall(0.6, 2 * tallest(figure.mark))
        case _:
            return INCHES


def _tall(around: float, lines: float) -> tuple[float, float]:
    return INCHES[0], max(1.4, around + ROW_INCHES * lines)


def _bars(axes: Axes, mark: Bars, inks: Inks) -> None:
    places = list(range(len(mark.points)))
    axes.barh(
        places,
        [point.estimate.value for point in mark.points],
        xerr=_whiskers(mark.points),
        color=_colours(mark.points, inks),
        error_kw={"ecolor": inks.text, "elinewidth": 1.2},
        height=0.65,
    )
    axes.set_yticks(places, [short_label(point.label) for point in mark.points])
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(_ticks(mark.axis))
    axes.set_xlabel(short_label(mark.axis.title))
    for reference in mark.references:
        axes.axvline(reference.value, **_line(inks))
        _note(axes, reference, (reference.value, 1.0), ("data", "axes fraction"))


def _forest(axes: Axes, mark: Forest, inks: Inks) -> None:
    colours = _colours(mark.points, inks)
    for place, (point, colour) in enumerate(zip(mark.points, colours, strict=True)):
        axes.errorbar(
            [point.estimate.value],
            [place],
            xerr=_whiskers([point]),
            fmt="^" if point.warns else FORMS.get(point.word, "o"),
            color=colour,
            elinewidth=1.2,
        )
    axes.set_yticks(
        list(range(len(mark.points))), [short_label(point.label) for point in mark.points]
    )
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(_ticks(mark.axis))
    axes.set_xlabel(short_label(mark.axis.title))
    for reference in mark.references:
        axes.axvline(reference.value, **_line(inks))
        _note(axes, reference, (reference.value, 1.0), ("data", "axes fraction"))


def _interval_points(axes: Axes, mark: IntervalPoints, inks: Inks) -> None:
    colours = _colours(mark.points, inks)
    for place, (point, colour) in enumerate(zip(mark.points, colours, strict=True)):
        axes.errorbar(
            [place],
            [point.estimate.value],
            yerr=_whiskers([point]),
            fmt="o",
            color=colour,
            elinewidth=1.2,
        )
    labels = [short_label(point.label) for point in mark.points]
    axes.set_xticks(list(range(len(labels))), labels)
    axes.margins(x=0.08)
    axes.yaxis.set_major_formatter(_ticks(mark.axis))
    axes.set_ylabel(short_label(mark.axis.title))
    for reference in mark.references:
        axes.axhline(reference.value, **_line(inks))
        _note(axes, reference, (1.0, reference.value), ("axes fraction", "data"))


def _histogram(axes: Axes, mark: Histogram, inks: Inks) -> None:
    steps = len(mark.series[0].counts)
    width = (mark.high - mark.low) / steps
    places = [mark.low + width * k for k in range(steps)]
    floor = [0] * steps
    drawn: list[BarContainer] = []
    for series, colour in zip(mark.series, inks.series, strict=False):
        bars = axes.bar(
            places,
            series.counts,
            width=width,
            bottom=floor,
            align="edge",
            color=colour,
        )
        floor = [low + count for low, count in zip(floor, series.counts, strict=True)]
        drawn.append(bars)
    axes.xaxis.set_major_formatter(_ticks(mark.axis))
    axes.set_xlabel(short_label(mark.axis.title))
    axes.set_ylabel("rows")
    names = [short_label(series.name) for series in mark.series]
    if len(mark.series) > 1:
        axes.legend(drawn, names, frameon=False, labelcolor=inks.text)


def _whiskers(points: Sequence[Point]) -> list[list[float]]:
    below = [p.estimate.value - p.estimate.low for p in points]
    above = [p.estimate.high - p.estimate.value for p in points]
    return [below, above]


def _colours(points: Sequence[Point], inks: Inks) -> list[str]:
    return [inks.of(p.word, chosen=p.chosen, warns=p.warns) for p in points]


def _ticks(axis: Axis) -> FuncFormatter:
    if axis.kind == "share":
        return FuncFormatter(lambda value, _: f"{value * 100:g}{NBSP}%")
    return FuncFormatter(lambda value, _: f"{value:,g}")


def _line(inks: Inks) -> dict[str, Any]:
    return {"color": inks.text, "linewidth": 0.8, "linestyle": ":"}


def _note(
    axes: Axes, reference: Reference, place: tuple[float, float], units: tuple[str, str]
) -> None:
    axes.annotate(
        say_text(reference.label),
        place,
        xycoords=units,
        xytext=(0, 2),
        textcoords="offset points",
        fontsize=8,
        horizontalalignment="right"
        if units[0] == "axes fraction"
        else inwards(reference.value, axes.get_xlim()),
    )


def _ink(axes: Axes, inks: Inks) -> None:
    axes.tick_params(colors=inks.text, labelcolor=inks.text)
    for text in (axes.xaxis.label, axes.yaxis.label, *axes.texts):
        text.set_color(inks.text)
    for spine in axes.spines.values():
        spine.set_color(inks.faint)


INKED: Final[dict[type[Any], Callable[[Axes, Any, Inks], None]]] = {
    Bars: _bars,
    Bridge: ink_bridge,
    Curve: ink_curve,
    Forest: _forest,
    Graph: ink_graph,
    HeatTable: ink_heat,
    Histogram: _histogram,
    IntervalPoints: _interval_points,
    Squares: ink_squares,
}
