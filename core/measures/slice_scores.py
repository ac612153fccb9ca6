"""Slice scores: how bad is a slice, and how bad can any part of it be at most?

All three scores fall with the rows and rise with the errors of a slice wherever they are
positive. The most that a slice with at most e errors and at least `least_rows` rows can
score therefore follows from e alone, and rises with it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

from core.errors import WrongInputError
from core.estimates.intervals import Z95

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64] | NDArray[np.float64]
POINTS: Final = 65


class Score(StrEnum):
    """What makes a slice the worst."""

    LIKELIHOOD = "likelihood"
    WILSON = "wilson"
    SLICELINE = "sliceline"


class Scorer(Protocol):
    """Scores slices by their rows and errors; NaN-free, at most 0 where nothing is bad."""

    def score(self, rows: Numbers, errors: Numbers) -> Floats:
        """Return the score of each slice; rows are positive."""
        ...

    def bound(self, errors: Numbers) -> Floats:
        """Return the most that a slice with at most so many errors can score."""
        ...


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How much likelier two error rates, slice and rest, make the errors than one does.

    log L(e/n, (E-e)/(N-n)) - log L(E/N), in nats; half of the G statistic of the 2 x 2
    table. One-sided: 0 where the slice is no worse than the rest. A part of a slice scores
    most when it keeps all errors and as few right rows as it may: max(e, least_rows) rows.
    Source: Dunning (1993), Comput. Linguist. 19(1), 61-74; the bound after Morishita and
    Sese (2000), PODS, 226-236.
    """

    total_rows: int
    total_errors: int
    least_rows: int

    def score(self, rows: Numbers, errors: Numbers) -> Floats:
        """Return half of G where the slice is worse than the rest, else 0."""
        share = self.total_errors / self.total_rows
        rest, rest_errors = self.total_rows - rows, self.total_errors - errors
        found = (
            rel_entr(errors, rows * share)
            + rel_entr(rows - errors, rows * (1 - share))
            + rel_entr(rest_errors, rest * share)
            + rel_entr(rest - rest_errors, rest * (1 - share))
        )
        worse: Floats = np.where(errors > rows * share, found, 0.0)
        return worse

    def bound(self, errors: Numbers) -> Floats:
        """Return the score of all errors in as few rows as may be."""
        return self.score(np.maximum(errors, self.least_rows), errors)


@dataclass(frozen=True, slots=True)
class Wilson:
    """The error rate that the slice has at least: lower end of the 95 % Wilson interval.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.
    """

    least_rows: int

    def score(self, rows: Numbers, errors: Numbers) -> Floats:
        """Return the lower end."""
        z2 = Z95 * Z95
        spread = Z95 * np.sqrt(errors * (1 - errors / rows) + z2 / 4)
        lower: Floats = (errors + z2 / 2 - spread) / (rows + z2)
        return lower

    def bound(self, errors: Numbers) -> Floats:
        """Return the score of all errors in as few rows as may be."""
        return self.score(np.maximum(errors, self.least_rows), errors)


@dataclass(frozen=True, slots=True)
class SliceLine:
    """SliceLine's score: error against the average error, less a price for few rows.

    alpha (e/n / (E/N) - 1) - (1 - alpha) (N/n - 1), N being *rows*; an error is a number
    of at least 0 per row, `largest` at most. A part scores most when it keeps all errors in
    max(e / largest, least_rows) rows. With alpha <= 1/2 no slice scores above 0.
    Source: Sagadeeva and Boehm (2021), SIGMOD, 2290-2299, equation 1. Their programs put
    the number of one-hot columns for N into the bound, which loses slices.
    """

    total_rows: int
    total_errors: int
    least_rows: int
    alpha: float
    largest: float

    def score(self, rows: Numbers, errors: Numbers) -> Floats:
        """Return the score."""
        average = self.total_errors / self.total_rows
        larger = errors / rows / average - 1
        fewer = self.total_rows / rows - 1
        found: Floats = self.alpha * larger - (1 - self.alpha) * fewer
        return found

    def bound(self, errors: Numbers) -> Floats:
        """Return the score of all errors in as few rows as may be, 0 at least."""
        best = self.score(np.maximum(errors / self.largest, self.least_rows), errors)
        return np.maximum(best, 0.0)


def choose_scorer(
    score: Score, totals: tuple[int, int, float], least_rows: int, *, alpha: float
) -> Scorer:
    """Return the formula of a score.

    `totals` are all rows, the sum of all errors, and the largest error of one row.

    Raises:
        WrongInputError: alpha is not above 0 and at most 1.
    """
    if not 0 < alpha <= 1:
        raise WrongInputError(
            f"alpha is above 0 and at most 1, not {alpha}.", hint="Choose 0.95."
        )
    rows, errors, largest = totals
    if score is Score.WILSON:
        return Wilson(least_rows)
    if score is Score.LIKELIHOOD:
        return Likelihood(rows, errors, least_rows)
    return SliceLine(rows, errors, least_rows, alpha, largest)


def least_errors(scorer: Scorer, most: int, threshold: float, *, ties: bool) -> int:
    """Return how few errors can still lead above `threshold` (with `ties`: or to it).

    `most` is the number of all errors; most + 1 where not even they would do.
    """
    low, high = 0, most + 1  # low does not lead there, high does or is none
    while high - low > 1:
        step = max(1, (high - low) // (POINTS - 1))
        tried = np.arange(low + step, high, step, dtype=np.int64)
        bounds = scorer.bound(tried)
        leads = bounds >= threshold if ties else bounds > threshold
        first = int(np.argmax(leads)) if leads.any() else len(tried)
        low, high = (
            low + step * first,
            int(tried[first]) if first < len(tried) else high,
        )
    return high
