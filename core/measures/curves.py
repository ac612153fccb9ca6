"""Curves: what the model answers when one column is changed and all others stay."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.estimates.intervals import Z95
from core.estimates.wording import NBSP
from core.records.estimate import Word
from core.records.explanations import Curves, Direction

STILL: Final = 1e-6  # of the range of answers; smaller steps are no movement


def measure_curves(
    answers: NDArray[np.float64],
    places: Sequence[float],
    words: Sequence[str],
    *,
    drawn: int,
    share: bool,
) -> Curves:
    """Return the partial dependence with its band, and some rows one by one.

    `answers` (rows, places) are the scores of each row with the column at each place.
    `rising` and `falling` are the shares of single steps, over all rows, that go up and
    down; a model that must rise breaks that in the share `falling`.
    Source: Friedman (2001), Annals of Statistics 29; Goldstein et al. (2015).
    """
    rows = len(answers)
    mean = answers.mean(axis=0)
    half = Z95 * answers.std(axis=0, ddof=1) / np.sqrt(rows) if rows > 1 else 0 * mean
    steps = np.diff(answers, axis=1)
    least = STILL * max(float(np.ptp(answers)), 1e-12)
    count = max(1, steps.size)
    return Curves(
        places=tuple(float(place) for place in places),
        words=tuple(words),
        mean=tuple(mean.tolist()),
        low=tuple((mean - half).tolist()),
        high=tuple((mean + half).tolist()),
        single=tuple(tuple(row) for row in answers[:drawn].tolist()),
        rows=rows,
        rising=float((steps > least).sum()) / count,
        falling=float((steps < -least).sum()) / count,
        share=share,
    )


def say_curve(column: str, curves: Curves) -> str:
    """Say which way the model answers to a column, and by how much on average."""
    if curves.rising + curves.falling == 0:
        return f"Changing {column} changes no answer of the model."
    at, to = int(np.argmin(curves.mean)), int(np.argmax(curves.mean))
    reach = f"{_say(curves, curves.mean[at])} to {_say(curves, curves.mean[to])}"
    ends = f"lowest at {curves.words[at]}, highest at {curves.words[to]}"
    if curves.ordered and not curves.falling:
        return f"More {column} never lowers the score: on average {reach}."
    if curves.ordered and not curves.rising:
        return f"More {column} never raises the score: on average {reach}."
    return f"With {column} the mean score goes from {reach}: {ends}."


def say_declared(column: str, curves: Curves, declared: Direction) -> tuple[Word, str]:
    """Hold a curve against the declared direction: the verdict, and what was seen.

    One single row that steps the other way breaks it; no row shows only that these rows
    keep it. Steps are taken in `curves.rows` rows, from each place to the next.
    """
    if declared is Direction.EITHER or not curves.ordered:
        return Word.NOT_APPLICABLE, f"Nobody has declared a direction for {column}."
    rises = declared is Direction.RISES
    against = curves.falling if rises else curves.rising
    verb = "lowers" if rises else "raises"
    if against:
        share = f"{max(against * 100, 0.1):.1f}{NBSP}%"
        said = f"More {column} {verb} the score in {share} of the steps that were tried"
        return Word.FAIL, f"{said}, though it was declared never to."
    return (
        Word.PASS,
        f"As declared, more {column} {verb} the score of none of {curves.rows:,} rows.",
    )


def _say(curves: Curves, value: float) -> str:
    return f"{value * 100:.1f}{NBSP}%" if curves.share else f"{value:,.4g}"
