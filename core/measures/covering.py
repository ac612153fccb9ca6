"""Covering: which few slices, none saying the same twice, hold the worst of the errors?"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.coded import CodedRows
from core.engine.conjunctions import Conjunctions, Counter
from core.engine.remembered import Remembered
from core.errors import WrongInputError
from core.measures.aliases import Alias, find_aliases, rows_of
from core.measures.best import Limits, Pattern
from core.measures.heed import Heed
from core.measures.row_errors import RowErrors, Wrong, count_errors
from core.measures.search import Question, search
from core.measures.slice_scores import Likelihood, least_errors

ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Covered:
    """A slice of the cover.

    `pattern` is counted and scored among all rows. `found` is the same slice among the rows
    that no earlier slice holds, where it was the worst. `aliases` describe it as well.
    """

    pattern: Pattern
    found: Pattern
    aliases: tuple[Alias, ...]


def cover_worst(
    coded: CodedRows,
    wrong: Wrong,
    limits: Limits,
    *,
    above: float = 0.0,
    heed: Heed = Heed(),  # noqa: B008 - frozen
) -> tuple[Covered, ...]:
    """Return the worst slice, the worst of the rows outside of it, and so on.

    Sequential covering with the likelihood ratio: take the best slice, remove its rows,
    search the rest, until `most` slices are found or none scores more than `above` nats.
    Source: Lavrac et al. (2004), J. Mach. Learn. Res. 5, 153-188, section 2.

    Raises:
        WrongInputError: the errors are amounts, or do not fit the rows.
        StoppedError: somebody pressed Cancel.
    """
    errors = count_errors(coded, wrong)
    if errors.unit:
        raise WrongInputError(
            "Covering needs rows that are right or wrong.",
            hint="Search for the worst slices with the SliceLine score.",
        )
    scorer = Likelihood(coded.rows, errors.total, limits.least_rows)
    every = Conjunctions(coded)
    left = _Left(coded, wrong, every, errors.counter)
    slices: list[Covered] = []
    for number in range(limits.most):
        part = heed.part(number / limits.most, (number + 1) / limits.most)
        question = left.ask(limits)
        reached = left.reach(question, limits, above, part)
        best = search(question, replace(limits, most=1), above=reached, heed=part)
        if not best:
            break
        (found,) = best
        has = rows_of(coded, found.items)
        rows, wrong_rows = np.count_nonzero(has), np.count_nonzero(has & (wrong > 0))
        score = scorer.score(np.array([rows]), np.array([wrong_rows]))
        pattern = Pattern(found.items, int(rows), int(wrong_rows), float(score[0]))
        aliases = find_aliases(coded, every, pattern.items, heed=part)
        slices.append(Covered(pattern, found, aliases))
        left.leave(has)
    heed.step(1)
    return tuple(slices)


class _Left:
    """The rows that no slice holds yet.

    What one step of the cover counted, the next one brings up to date: errors and rows of a
    pattern only fall, so that few are counted again, and the best of those known so far
    tells how much the next slice scores at least.
    """

    def __init__(
        self, coded: CodedRows, wrong: Wrong, rows: Counter, errors: Counter
    ) -> None:
        self._coded, self._wrong = coded, wrong > 0
        self._left = np.ones(coded.rows, np.bool_)
        self._rows = Remembered(rows, coded.items)
        self._errors = Remembered(errors, coded.items)

    def ask(self, limits: Limits) -> Question:
        """Return the search among the rows that are left."""
        total = int(np.count_nonzero(self._left & self._wrong))
        scorer = Likelihood(int(np.count_nonzero(self._left)), total, limits.least_rows)
        errors = RowErrors(self._errors, total)
        return Question(self._coded, self._rows, errors, scorer, self._errors)

    def reach(self, question: Question, limits: Limits, above: float, heed: Heed) -> float:
        """Return a score from `above` on that some known pattern surpasses, or `above`."""
        for patterns in self._rows.patterns():
            least = least_errors(question.scorer, question.errors.total, above, ties=False)
            may = patterns[self._errors.at_most(patterns) >= least]
            errors = self._errors.count(may, heed.check)
            may, errors = may[errors >= least], errors[errors >= least]
            rows = self._rows.count(may, heed.check)
            fits = rows >= limits.least_rows
            scores = question.scorer.score(rows[fits], errors[fits])
            above = max(above, float(scores.max(initial=0.0)) * (1 - ROUNDING))
        return above

    def leave(self, has: NDArray[np.bool_]) -> None:
        """Take rows away."""
        gone, wrong = np.flatnonzero(self._left & has), self._wrong
        self._left &= ~has
        self._rows.leave(self._count(gone))
        rest = np.flatnonzero(self._left & wrong)
        self._errors.leave(self._count(gone[wrong[gone]]), self._count(rest))

    def _count(self, rows: NDArray[np.intp]) -> Counter:
        return Conjunctions(self._coded.take(rows))
