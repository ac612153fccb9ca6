"""Best: the worst slices met so far, and what it takes to get among them."""

from dataclasses import dataclass

import numpy as np

from core.engine.coded import CodedRows
from core.errors import WrongInputError
from core.measures.frontier import Frontier
from core.measures.row_errors import RowErrors
from core.measures.slice_scores import Scorer, least_errors

Items = tuple[tuple[int, int], ...]
# minus the score, length, columns, codes, rows, errors: the order of the result
Line = tuple[float, int, tuple[int, ...], tuple[int, ...], int, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many slices are wanted, of how many conditions and rows.

    Raises:
        WrongInputError: one of them is below 1.
    """

    least_rows: int
    most: int = 10
    deepest: int = 4

    def __post_init__(self) -> None:
        if min(self.least_rows, self.most, self.deepest) < 1:
            raise WrongInputError(
                f"Rows, slices and conditions are at least 1, not {self}.",
                hint="Ask for at least one of each.",
            )


@dataclass(frozen=True, slots=True)
class Pattern:
    """A slice: its items (column, code), ascending, with its rows, errors and score."""

    items: Items
    rows: int
    errors: int | float
    score: float


class Best:
    """Keeps the `most` best patterns that score above `above`.

    Ties go to fewer items, then to the earlier columns, then to the lower codes.
    """

    def __init__(
        self,
        coded: CodedRows,
        scorer: Scorer,
        errors: RowErrors,
        limits: Limits,
        above: float,
    ) -> None:
        self.limits = limits
        self._coded, self._scorer, self._errors = coded, scorer, errors
        self._above = above
        self._lines: list[Line] = []
        self._least: dict[tuple[float, bool], int] = {}

    def least_errors(self, *, ties: bool) -> int:
        """Return how few errors may still lead among the best.

        A pattern as good as the last of the best may still replace one of its own length
        (`ties`), but a longer one never does.
        """
        full = len(self._lines) == self.limits.most
        key = (-self._lines[-1][0] if full else self._above, ties and full)
        if key not in self._least:
            self._least[key] = least_errors(
                self._scorer, self._errors.total, key[0], ties=key[1]
            )
        return self._least[key]

    def offer(self, met: Frontier) -> None:
        """Take in the counted patterns that are among the best."""
        met = met.take((met.rows >= self.limits.least_rows) & (met.errors > 0))
        if not len(met):
            return
        scores = self._scorer.score(met.rows, met.errors)
        most = min(self.limits.most, len(scores))
        cut = np.partition(scores, len(scores) - most)[len(scores) - most]
        good = np.flatnonzero((scores > self._above) & (scores >= cut))
        columns = self._coded.column_of[met.patterns[good]]
        codes = self._coded.code_of[met.patterns[good]]
        order = np.lexsort([*codes.T[::-1], *columns.T[::-1], -scores[good]])[:most]
        self._lines += [
            (
                -float(scores[good[k]]),
                columns.shape[1],
                tuple(columns[k].tolist()),
                tuple(codes[k].tolist()),
                int(met.rows[good[k]]),
                int(met.errors[good[k]]),
            )
            for k in order.tolist()
        ]
        self._lines.sort()
        del self._lines[self.limits.most :]

    def found(self) -> tuple[Pattern, ...]:
        """Return the best, the worst slice first."""
        return tuple(
            Pattern(
                tuple(zip(columns, codes, strict=True)),
                rows,
                self._errors.amount(errors),
                -score,
            )
            for score, _, columns, codes, rows, errors in self._lines
        )
