"""Figures of explanations: strengths, beeswarms, curves and bridges."""

from collections.abc import Iterator, Sequence
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.pushes import ONE, STEPS
from core.estimates.intervals import Z95
from core.figures.marks import (
    Axis,
    Bars,
    Bridge,
    Curve,
    Figure,
    HeatCell,
    HeatTable,
    Line,
    Point,
    Square,
    Squares,
    Step,
)
from core.measures.push_words import chance_ticks
from core.records.estimate import Estimate
from core.records.explanations import Case, Curves, Dependent, Driver, Moved, Pair, Surface
from core.records.explanations import Square as Counted

DRAWN: Final = 15
NAMED: Final = 12  # steps of a bridge; the rest stands together
LEAST: Final = 5  # rows of a place of a mean line


def strengths(drivers: Sequence[Driver], unit: str, evaluation: str, chosen: str) -> Figure:
    """Return the mean strength of the strongest players, with intervals."""
    points = tuple(
        Point(
            d.player.name,
            d.strength,
            evaluation,
            d.player.name,
            chosen=d.player.name == chosen,
        )
        for d in drivers[:DRAWN]
        if isinstance(d.strength, Estimate)
    )
    alt = f"Mean push of {len(points)} columns, the strongest first, evaluation {evaluation[:8]}."
    return Figure(Bars(points, Axis(f"Mean push, in {unit}", "ratio")), alt)


def beeswarm(
    drivers: Sequence[Driver],
    squares: Sequence[Sequence[Counted]],
    unit: str,
    evaluation: str,
) -> Figure:
    """Return all rows as squares, one line per player: where they are pushed."""
    mark = Squares(
        tuple(
            Square(square.push, float(line), square.rows, square.level)
            for line, row in enumerate(squares)
            for square in row
        ),
        Axis(f"Push, in {unit}", "ratio"),
        Axis("", "ratio"),
        "value, low to high:",
        evaluation,
        names=tuple(d.player.name for d in drivers),
    )
    alt = f"Pushes of all rows by {len(drivers)} columns, evaluation {evaluation[:8]}."
    return Figure(mark, alt)


def dependence(
    found: Dependent, column: str, unit: str, evaluation: str, *, rug: Sequence[float] = ()
) -> Figure:
    """Return the push of one column against its value, over all rows, with the mean line.

    `rug` are values of the reference rows.
    """
    places = _places(found)
    known = found.x >= 0
    most = max(1, int(found.n.max(initial=1)))
    cells: dict[tuple[int, int], int] = {}
    for x, y, n in zip(found.x[known], found.y[known], found.n[known], strict=True):
        cells[int(x), int(y)] = cells.get((int(x), int(y)), 0) + int(n)
    squares = tuple(
        Square(places[x], _push(y, found.span), rows, sqrt(rows / most))
        for (x, y), rows in cells.items()
    )
    parts = sorted(set(found.part.tolist()))
    lines = tuple(_mean_line(found, part, places) for part in parts)
    mark = Squares(
        squares,
        Axis(column, "amount"),
        Axis(f"Push, in {unit}", "ratio"),
        "",
        evaluation,
        lines=tuple(line for line in lines if line.x),
        steps=found.steps,
        rug=() if found.steps else tuple(rug),
    )
    alt = f"Push of {column} by its value, all rows, evaluation {evaluation[:8]}."
    return Figure(mark, alt)


def response(curves: Curves, column: str, evaluation: str) -> Figure:
    """Return what the model answers as one column changes: the mean, and single rows."""
    mean = Line("mean", curves.places, curves.mean, curves.low, curves.high)
    single = [Line(f"row {k}", curves.places, row) for k, row in enumerate(curves.single)]
    mark = Curve(
        (mean,),
        (),
        Axis(column, "amount"),
        Axis("Score", "share" if curves.share else "amount"),
        thin=tuple(single),
        steps=() if curves.ordered else curves.words,
    )
    alt = f"Mean answer of the model by {column}, evaluation {evaluation[:8]}."
    return Figure(mark, alt)


def moved_bridge(
    moved: Sequence[Moved], start: float, names: tuple[str, str], unit: str, evaluation: str
) -> Figure:
    """Return how each player moved the mean, from one table to another."""
    changes = [(each.player.name, each.change.value) for each in moved]
    steps = _steps(changes, start, names)
    alt = f"From the mean of {names[0]} to that of {names[1]}, evaluation {evaluation[:8]}."
    return Figure(Bridge(steps, Axis(f"Mean, in {unit}", "ratio"), evaluation), alt)


def case_bridge(case: Case, unit: str, evaluation: str) -> Figure:
    """Return how each player moved the score of one row."""
    changes = [(f"{p.player.name} = {p.words}", p.value) for p in case.pushes]
    steps = _steps(changes, case.base, ("usual row", f"row {case.row:,}"))
    mark = Bridge(
        steps, Axis(unit.capitalize(), "ratio"), evaluation, "Chance", chance_ticks(case)
    )
    alt = f"From the usual sum to that of row {case.row}, evaluation {evaluation[:8]}."
    return Figure(mark, alt)


def group_table(
    groups: dict[str, tuple[Driver, ...]], order: Sequence[Driver]
) -> HeatTable:
    """Return the mean strength of the strongest players in each group of a column."""
    names = [d.player.name for d in order[:DRAWN]]
    values = {
        group: {
            d.player.name: d.strength.value
            for d in drivers
            if isinstance(d.strength, Estimate)
        }
        for group, drivers in groups.items()
    }
    most = max((v for each in values.values() for v in each.values()), default=0.0) or 1.0
    cells = tuple(
        tuple(_cell(values[group].get(name), most) for group in groups) for name in names
    )
    return HeatTable("Column", tuple(names), tuple(groups), cells)


def pair_bars(pairs: Sequence[Pair], unit: str, evaluation: str, chosen: str) -> Figure:
    """Return the strongest pairs, with intervals."""
    points = []
    for pair in pairs[:DRAWN]:
        name = " and ".join(player.name for player in pair.players)
        if isinstance(pair.strength, Estimate):
            points.append(
                Point(name, pair.strength, evaluation, name, chosen=name == chosen)
            )
    mark = Bars(tuple(points), Axis(f"Together, in {unit}", "ratio"))
    return Figure(mark, f"How strongly {len(points)} pairs of columns push together.")


def surface_table(surface: Surface) -> HeatTable:
    """Return the mean interaction of two columns, by the codes of both."""
    most = max((abs(cell.mean) for cell in surface.cells), default=0.0) or 1.0
    values = {(cell.x, cell.y): cell.mean for cell in surface.cells}
    lines = sorted({x for x, _ in values})
    columns = sorted({y for _, y in values})
    cells = tuple(tuple(_signed(values.get((x, y)), most) for y in columns) for x in lines)
    return HeatTable(
        surface.first.name,
        tuple(surface.first.codes[x].words for x in lines),
        tuple(surface.second.say(y) for y in columns),
        cells,
    )


def _signed(value: float | None, most: float) -> HeatCell:
    return HeatCell("–") if value is None else HeatCell(f"{value:+.2f}", abs(value) / most)


def _cell(value: float | None, most: float) -> HeatCell:
    return HeatCell("–") if value is None else HeatCell(f"{value:.2g}", value / most)


def _steps(
    changes: Sequence[tuple[str, float]], start: float, ends: tuple[str, str]
) -> tuple[Step, ...]:
    """Return the steps of a bridge; what is small stands together at the end."""
    shown = list(changes[:NAMED])
    rest = changes[NAMED:]
    if rest:
        shown.append((f"{len(rest):,} others", sum(value for _, value in rest)))
    steps, at = [Step(ends[0], start, start)], start
    for name, value in shown:
        steps.append(Step(name, at, at + value))
        at += value
    return (*steps, Step(ends[1], at, at))


def _places(found: Dependent) -> list[float]:
    """Return where each step of the column stands."""
    if found.steps:
        return [float(k) for k in range(len(found.steps))]
    width = (found.high - found.low) / STEPS
    return [found.low + (k + 0.5) * width for k in range(STEPS)]


def _push(step: int, span: float) -> float:
    return ((step + 0.5) / (STEPS / 2) - 1) * span


def _mean_line(found: Dependent, part: int, places: Sequence[float]) -> Line:
    """Return the mean push along the column, with its 95 % band.

    Neighbouring steps of a number stand together until they hold enough rows.
    """
    x, y, low, high = [], [], [], []
    for here in _pooled(found, (found.part == part) & (found.x >= 0)):
        n = int(found.n[here].sum())
        mean = float(found.s[here].sum()) / ONE * found.unit / n
        square = float(found.q[here].sum()) / ONE * found.unit**2 / n
        half = Z95 * sqrt(max(square - mean**2, 0.0) / n)
        x.append(float(np.take(places, found.x[here]) @ found.n[here]) / n)
        y.append(mean)
        low.append(mean - half)
        high.append(mean + half)
    name = found.parts[part] if found.parts else "mean push"
    return Line(name, tuple(x), tuple(y), tuple(low), tuple(high))


def _pooled(found: Dependent, mine: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """Give the counts of each step of the line that hold enough rows."""
    here = np.zeros_like(mine)
    for step in np.unique(found.x[mine]).tolist():
        here = here | (mine & (found.x == step))
        enough = int(found.n[here].sum()) >= LEAST
        if enough:
            yield here
        if enough or found.steps:
            here = np.zeros_like(mine)
