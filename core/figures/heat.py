"""Heat tables: a table with shaded cells on screen, the same as a grid on paper."""

from collections.abc import Sequence
from itertools import chain, count
from statistics import median
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle
from pandas.io.formats.style import Styler

from core.estimates.wording import say
from core.figures.inks import DARK, LIGHT, Inks
from core.figures.marks import HeatCell, HeatTable, short_label
from core.measures.metrics import Metric
from core.records.estimate import Estimate, Measured
from core.records.texts import say_text

GROUND: Final = ("#ffffff", "#0f1416")  # of a page in light and in dark


def lay_heat(
    names: tuple[str, Sequence[str], Sequence[str]],
    cells: Sequence[Sequence[Measured]],
    metric: Metric,
    *,
    few: Sequence[Sequence[bool]],
) -> HeatTable:
    """Return a heat table of a metric: the worse a cell, the deeper its shade.

    `names` are the corner, the lines and the columns. Cells that rest on too `few` rows
    carry their number and no shade. Where worse is far from everybody else, on either
    side, everybody else is the median of the cells.
    """
    known = [
        cell.value
        for line, short in zip(cells, few, strict=True)
        for cell, is_few in zip(line, short, strict=True)
        if isinstance(cell, Estimate) and not is_few
    ]
    middle = median(known) if known else 0.0
    bad = [_badness(value, metric, middle) for value in known]
    least, room = (min(bad), max(bad) - min(bad)) if bad else (0.0, 0.0)

    def depth(cell: Measured, *, is_few: bool) -> float | None:
        if not isinstance(cell, Estimate) or is_few:
            return None
        return (_badness(cell.value, metric, middle) - least) / room if room else 0.0

    lines = tuple(
        tuple(
            HeatCell(say(cell, metric.kind), depth(cell, is_few=is_few))
            for cell, is_few in zip(line, short, strict=True)
        )
        for line, short in zip(cells, few, strict=True)
    )
    return HeatTable(names[0], tuple(names[1]), tuple(names[2]), lines)


def _badness(value: float, metric: Metric, middle: float) -> float:
    match metric.worse:
        case "high":
            return value
        case "low":
            return -value
        case _:
            return abs(value - middle)


def shade(mark: HeatTable, *, dark: bool = False) -> Styler:
    """Return the heat table as a table whose cells are shaded by their size.

    The first column holds the names of the lines; alike names of columns are told apart.
    """
    inks = DARK if dark else LIGHT
    names = _apart([say_text(name) for name in (mark.corner, *mark.columns)])
    lines = [
        [say_text(name), *(say_text(cell.text) for cell in cells)]
        for name, cells in zip(mark.lines, mark.cells, strict=True)
    ]
    frame = pd.DataFrame(lines, columns=pd.Index(names))
    styles = pd.DataFrame(
        [
            ["", *(_style(cell.shade, inks, dark=dark) for cell in cells)]
            for cells in mark.cells
        ],
        columns=frame.columns,
    )
    return frame.style.apply(lambda _: styles, axis=None)


def ink_heat(axes: Axes, mark: HeatTable, inks: Inks) -> None:
    """Draw the heat table as a grid."""
    dark = inks is DARK
    for y, cells in enumerate(mark.cells):
        for x, cell in enumerate(cells):
            ground = _ground(cell.shade or 0.0, inks, dark=dark)
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=ground))
            axes.text(x, y, say_text(cell.text), ha="center", va="center", fontsize=7)
    axes.set_xlim(-0.5, max(1, len(mark.columns)) - 0.5)
    axes.set_ylim(max(1, len(mark.lines)) - 0.5, -0.5)
    axes.set_xticks(
        range(len(mark.columns)), [short_label(name, 14) for name in mark.columns]
    )
    axes.set_yticks(range(len(mark.lines)), [short_label(name) for name in mark.lines])
    axes.set_xlabel(short_label(mark.corner))


def _style(depth: float | None, inks: Inks, *, dark: bool) -> str:
    if depth is None:
        return f"color: {inks.faint}"
    return f"background-color: {_ground(depth, inks, dark=dark)}; color: {inks.text}"


def _ground(depth: float, inks: Inks, *, dark: bool) -> str:
    pairs = zip(to_rgb(GROUND[dark]), to_rgb(inks.deepest), strict=True)
    red, green, blue = (near + (far - near) * depth for near, far in pairs)
    return to_hex((red, green, blue))


def _apart(names: list[str]) -> list[str]:
    """Return the names with a number behind those that occurred before."""
    apart: list[str] = []
    for name in names:
        numbered = (f"{name} ({number})" for number in count(2))
        apart.append(next(n for n in chain((name,), numbered) if n not in apart))
    return apart
