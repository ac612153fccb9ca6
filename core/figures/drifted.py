"""Figures of drift: a metric over windows, where a change came from, how far columns moved."""

from collections.abc import Sequence
from typing import Final

from core.figures.marks import (
    Axis,
    Bridge,
    Curve,
    CurvePoint,
    Figure,
    Forest,
    Line,
    Point,
    Reference,
    Step,
)
from core.records.changes import Change, ColumnSplit, LabelFree
from core.records.drift import Shift
from core.records.estimate import Estimate

DRAWN: Final = 14
NAMED: Final = 8


def over_windows(
    found: LabelFree, title: str, kind: str, usual: Estimate | None, chosen: str
) -> Figure:
    """Return a metric in every window: realised with intervals, estimated as a band."""
    places = [float(k) for k in range(len(found.windows))]
    points = tuple(
        CurvePoint(
            place, w.title, w.realised, w.evaluation, w.evaluation, w.evaluation == chosen
        )
        for place, w in zip(places, found.windows, strict=True)
        if w.realised is not None
    )
    lines: list[Line] = []
    known = [
        (p, w) for p, w in zip(places, found.windows, strict=True) if w.low is not None
    ]
    if found.trusted and known:
        x, y, low, high = zip(
            *((p, w.estimate or 0.0, w.low or 0.0, w.high or 0.0) for p, w in known),
            strict=True,
        )
        lines.append(Line("estimated without labels", x, y, low, high))
    if usual is not None and places:
        ends = (places[0] - 0.4, places[-1] + 0.4)
        band = (usual.low, usual.low), (usual.high, usual.high)
        lines.append(Line("reference", ends, (usual.value, usual.value), *band))
    mark = Curve(
        tuple(lines),
        points,
        Axis("", "amount"),
        Axis(title, kind),
        steps=tuple(w.title for w in found.windows),
        span=(-0.5, len(places) - 0.5),
        flat=True,
    )
    return Figure(mark, f"{title} in {len(places)} windows.")


def split_bridge(
    change: Change, split: ColumnSplit, names: tuple[str, str], evaluation: str, kind: str
) -> Figure:
    """Return how the slices of a column carry the error from one table to the other."""
    steps, at = (
        [Step(names[0], change.before.value, change.before.value)],
        change.before.value,
    )
    parts = [(f"{each.words}", each.both.value) for each in split.slices[:NAMED]]
    left = change.difference.value - sum(value for _, value in parts)
    if abs(left) > 1e-12:  # noqa: PLR2004 - nothing is left but rounding
        parts.append(("all others", left))
    for name, value in parts:
        steps.append(Step(name, at, at + value))
        at += value
    steps.append(Step(names[1], at, at))
    mark = Bridge(tuple(steps), Axis("Error", _axis(kind)), evaluation)
    return Figure(
        mark, f"From the error of {names[0]} to that of {names[1]}, slice by slice."
    )


def mix_and_inside(split: ColumnSplit, evaluation: str, kind: str) -> Figure:
    """Return what mix and model add by slice, each with its interval."""
    points = tuple(
        Point(f"{word}: {each.words}", part, evaluation, each.address)
        for each in split.slices[:NAMED]
        for word, part in (("mix", each.mix), ("inside", each.inside))
        if part.rows
    )
    mark = Forest(
        points, Axis("Adds to the error", _axis(kind)), (Reference(0.0, "nothing"),)
    )
    return Figure(mark, "What each slice adds by its size and by its error.")


def shifts_forest(
    shifts: Sequence[Shift], tolerance: float, evaluation: str, chosen: str
) -> Figure:
    """Return how far each column moved, with interval, the farthest first."""
    points = tuple(
        Point(
            each.column,
            each.effect,
            evaluation,
            each.column,
            each.word,
            chosen=each.column == chosen,
        )
        for each in shifts
        if isinstance(each.effect, Estimate)
    )[:DRAWN]
    axis = Axis("How far it moved (0 to 1)", "ratio")
    mark = Forest(points, axis, (Reference(tolerance, f"least that counts {tolerance:g}"),))
    return Figure(mark, f"How far {len(points)} columns moved, with intervals.")


def both_shares(shift: Shift, names: tuple[str, str]) -> Figure:
    """Return both distributions of a column over the same bins."""
    before, after = (max(1, rows) for rows in shift.rows)
    steps = tuple(each.words for each in shift.bins)
    places = tuple(float(k) for k in range(len(steps)))
    lines = (
        Line(
            names[0], places, tuple(each.before / before for each in shift.bins), steps=True
        ),
        Line(
            names[1], places, tuple(each.after / after for each in shift.bins), steps=True
        ),
    )
    mark = Curve(
        lines, (), Axis(shift.column, "amount"), Axis("Share of rows", "share"), steps=steps
    )
    return Figure(mark, f"{shift.column} before and after, over {len(steps)} bins.")


def quadrant(
    shifts: Sequence[Shift], importance: dict[str, float], tolerance: float, evaluation: str
) -> Figure:
    """Return how far each column moved against how much the model leans on it."""
    points = tuple(
        CurvePoint(
            each.moved,
            each.column,
            Estimate(
                value, value, value, sum(each.rows), float(sum(each.rows)), "mean push"
            ),
            evaluation,
            each.column,
            named=each.moved > tolerance / 3,
        )
        for each in shifts
        if (value := importance.get(each.column)) is not None
    )
    mark = Curve(
        (),
        points,
        Axis("How far it moved", "ratio"),
        Axis("Importance (mean push)", "ratio"),
        references=(Reference(tolerance, "least that counts"),),
    )
    return Figure(
        mark, f"{len(points)} columns by how far they moved and how much they matter."
    )


def _axis(kind: str) -> str:
    return "amount" if kind == "amount" else "share"
