"""Reliability: stated chances against what happened, as a figure."""

from collections.abc import Sequence
from typing import Final

from core.engine.score_blocks import ScoreBlocks
from core.figures.marks import Axis, Curve, CurvePoint, Figure, Line
from core.records.calibration import Band, Calibration, ReadingLine
from core.records.estimate import Estimate

SAID: Final = Axis("What the model says", "share")
HAPPENED: Final = Axis("What happens", "share")
WHOLE: Final = (0.0, 1.0)
LEAST: Final = 1e-4  # of a logarithmic axis


def reliability(  # noqa: PLR0913 - what may be shown around one diagonal
    lines: Sequence[ReadingLine],
    evaluation: str,
    *,
    curves: Sequence[Line] = (),
    sentence: str = "",
    chosen: tuple[float, float] | None = None,
    log: bool = False,
) -> Figure:
    """Return reading lines as points around the diagonal, with curves and bands.

    The key of a point is its range of scores; `chosen` is one of them.
    """
    points = tuple(
        CurvePoint(
            x=line.said,
            label=line.sentence,
            estimate=line.happened,
            evaluation=evaluation,
            key=range_key(line),
            chosen=chosen == (line.low_score, line.high_score),
        )
        for line in lines
        if isinstance(line.happened, Estimate) and (line.happened.value or not log)
    )
    span = (-4.0, 0.0) if log else WHOLE  # ends of a logarithmic axis are exponents
    mark = Curve(
        tuple(curves),
        points,
        SAID,
        HAPPENED,
        diagonal=True,
        square=True,
        log=log,
        span=span,
        rise=span,
    )
    alt = (
        f"Reliability diagram, evaluation {evaluation[:8]}. {sentence} {len(points)} points; "
        "the table beside it holds them."
    )
    return Figure(mark, alt)


def range_key(line: ReadingLine) -> str:
    """Return the range of scores of a reading line as text."""
    return f"{line.low_score!r} {line.high_score!r}"


def curve_line(name: str, blocks: ScoreBlocks) -> Line:
    """Return the best rising curve: level within a block, straight between two."""
    x, y = [], []
    for low, high, share in zip(blocks.lo, blocks.hi, blocks.share, strict=True):
        x += [float(low), float(high)]
        y += [float(share)] * 2
    return Line(name, tuple(x), tuple(y))


def band_line(name: str, band: Band) -> Line:
    """Return a band alone: it has no line in its middle."""
    return Line(name, band.said, (), band.low, band.high)


def other_line(name: str, other: Calibration) -> Line:
    """Return the reading lines of another model or table, to be drawn beside these."""
    pairs = [
        (line.said, line.happened.value)
        for line in other.lines
        if isinstance(line.happened, Estimate)
    ]
    return Line(name, tuple(x for x, _ in pairs), tuple(y for _, y in pairs))
