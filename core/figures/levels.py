"""Levels: bias and typical error of a regression by predicted amount, as figures."""

from collections.abc import Callable
from typing import Final

from core.figures.marks import Axis, Curve, CurvePoint, Figure, Line
from core.records.calibration import ErrorLevel, ErrorLevels
from core.records.estimate import Estimate, Measured

PREDICTED: Final = Axis("What the model predicts", "amount")
TOO_HIGH: Final = Axis("Too high on average by", "amount")
TYPICAL: Final = Axis("Typical error", "amount")


def bias_by_level(found: ErrorLevels, evaluation: str) -> Figure:
    """Return the mean error of each level with its interval, around a line at 0."""
    points = _points(found, evaluation, lambda level: level.bias)
    ends = (points[0].x, points[-1].x) if points else (0.0, 1.0)
    right = Line("right on average", ends, (0.0, 0.0))
    alt = (
        f"Mean error by predicted amount, evaluation {evaluation[:8]}. {found.sentence} "
        f"{len(points)} points; the table beside it holds them."
    )
    return Figure(Curve((right,), points, PREDICTED, TOO_HIGH), alt)


def spread_by_level(found: ErrorLevels, evaluation: str) -> Figure:
    """Return the root mean square error of each level with its interval."""
    points = _points(found, evaluation, lambda level: level.spread)
    alt = (
        f"Typical error by predicted amount, evaluation {evaluation[:8]}: {len(points)} "
        "points; the table beside it holds them."
    )
    return Figure(Curve((), points, PREDICTED, TYPICAL), alt)


def _points(
    found: ErrorLevels, evaluation: str, value: Callable[[ErrorLevel], Measured]
) -> tuple[CurvePoint, ...]:
    pairs = [(level, value(level)) for level in found.levels]
    return tuple(
        CurvePoint(
            x=level.predicted,
            label=level.sentence,
            estimate=measured,
            evaluation=evaluation,
            chosen=level.apart,
        )
        for level, measured in pairs
        if isinstance(measured, Estimate)
    )
