"""Covering: which few slices, none saying the same twice, hold the worst of the errors?"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.engine.bitmaps import Tick
from core.engine.coded import CodedRows
from core.engine.conjunctions import Conjunctions, Counter, Patterns
from core.engine.joint import Numbers
from core.engine.remembered import Remembered
from core.errors import WrongInputError
from core.measures.aliases import Alias, find_aliases, rows_of
from core.measures.best import Limits, Pattern
from core.measures.heed import Heed
from core.measures.row_errors import Wrong, count_errors
from core.measures.search import Question, search
from core.measures.slice_scores import Likelihood


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
    every = Remembered(coded)  # each step asks of mostly the same patterns
    scorer = Likelihood(coded.rows, errors.total, limits.least_rows)
    left = np.ones(coded.rows, np.bool_)
    slices: list[Covered] = []
    for number in range(limits.most):
        part = heed.part(number / limits.most, (number + 1) / limits.most)
        question = _left(coded, every, wrong, left, limits)
        best = search(question, replace(limits, most=1), above=above, heed=part)
        if not best:
            break
        (found,) = best
        has = rows_of(coded, found.items)
        rows, wrong_rows = np.count_nonzero(has), np.count_nonzero(has & (wrong > 0))
        score = scorer.score(np.array([rows]), np.array([wrong_rows]))
        pattern = Pattern(found.items, int(rows), int(wrong_rows), float(score[0]))
        aliases = find_aliases(coded, every, pattern.items, heed=part)
        slices.append(Covered(pattern, found, aliases))
        left &= ~has
    heed.step(1)
    return tuple(slices)


def _left(
    coded: CodedRows, every: Counter, wrong: Wrong, left: NDArray[np.bool_], limits: Limits
) -> Question:
    """Return the search among the rows that are left."""
    wrong_rows = np.flatnonzero(left & (wrong > 0))
    errors = count_errors(coded.take(wrong_rows), np.ones(len(wrong_rows), np.bool_))
    gone = Conjunctions(coded.take(np.flatnonzero(~left)))
    scorer = Likelihood(int(np.count_nonzero(left)), errors.total, limits.least_rows)
    return Question(coded, _Left(every, gone), errors, scorer)


class _Left:
    """Counts the rows that are left: all of them without those that are gone."""

    def __init__(self, every: Counter, gone: Counter) -> None:
        self._every, self._gone = every, gone

    def singles(self) -> Numbers:
        return self._every.singles() - self._gone.singles()

    def count(self, patterns: Patterns, tick: Tick) -> Numbers:
        return self._every.count(patterns, tick) - self._gone.count(patterns, tick)
