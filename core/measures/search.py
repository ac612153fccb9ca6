"""Search: which slices are the worst, among all of up to some conditions?

Branch and bound, level by level, exact. A pattern is a conjunction of items (column =
code). Per level: join the patterns that may still lead to something, count their errors
on the rows with errors only, drop those with too few, count the rows of the rest.
Sources: Morishita and Sese (2000), PODS; Sagadeeva and Boehm (2021), SIGMOD, algorithm 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.coded import CodedRows
from core.engine.conjunctions import Conjunctions, Counter
from core.engine.remembered import Remembered
from core.errors import WrongInputError
from core.measures.best import Best, Limits, Pattern
from core.measures.frontier import Frontier
from core.measures.heed import Heed
from core.measures.row_errors import RowErrors, Wrong, count_errors
from core.measures.slice_scores import Score, Scorer, choose_scorer

FIRST: Final = (256, 4096)  # patterns whose rows are counted in the first rounds
AT_A_TIME: Final = 1 << 16
MOST_JOINED: Final = 1 << 23  # for one more condition; some seconds of a million rows


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is searched: items named by `coded`, rows and errors counted, perhaps in fewer rows.

    `known` tells how many errors a pattern has at most, where an earlier search counted it.
    """

    coded: CodedRows
    rows: Counter
    errors: RowErrors
    scorer: Scorer
    known: Remembered | None = None


def find_worst(  # noqa: PLR0913 - the question has six coordinates
    coded: CodedRows,
    wrong: Wrong,
    limits: Limits,
    *,
    score: Score = Score.LIKELIHOOD,
    alpha: float = 0.95,
    heed: Heed = Heed(),  # noqa: B008 - frozen
) -> tuple[Pattern, ...]:
    """Return the worst slices, the worst first.

    `wrong` says of each row whether the model errs (bool, or 0 and 1), or, for the
    SliceLine score only, by how much (float64, 0 at least). Only slices with a score above
    0, at least `least_rows` rows and some error are found; ties go to fewer conditions,
    then to the earlier columns, then to the lower codes. `alpha` is SliceLine's.

    The search is exact. Only where one more condition makes more than 8 million slices that
    cannot be ruled out (few rows asked for, and errors without a pattern), it ends before,
    and tells `heed.cut` of how many conditions all slices were searched.

    Raises:
        WrongInputError: the errors do not fit the rows or the score.
        StoppedError: somebody pressed Cancel.
    """
    return search(ask(coded, wrong, limits, score=score, alpha=alpha), limits, heed=heed)


def ask(
    coded: CodedRows,
    wrong: Wrong,
    limits: Limits,
    *,
    score: Score = Score.LIKELIHOOD,
    alpha: float = 0.95,
) -> Question:
    """Return the question that `find_worst` answers.

    Raises:
        WrongInputError: the errors do not fit the rows or the score.
    """
    errors = count_errors(coded, wrong)
    if errors.unit and score is not Score.SLICELINE:
        raise WrongInputError(
            f"The score {score} needs rows that are right or wrong.",
            hint="Choose the SliceLine score for errors that are amounts.",
        )
    totals = (coded.rows, errors.total, errors.largest)
    scorer = choose_scorer(score, totals, limits.least_rows, alpha=alpha)
    return Question(coded, Conjunctions(coded), errors, scorer)


def search(
    question: Question,
    limits: Limits,
    *,
    above: float = 0.0,
    heed: Heed = Heed(),  # noqa: B008 - frozen
) -> tuple[Pattern, ...]:
    """Return the worst slices that score above some number."""
    best = Best(question.coded, question.scorer, question.errors, limits, above)
    for _ in _levels(question, best, heed):
        pass
    return best.found()


def is_reached(question: Question, limits: Limits, above: float, heed: Heed) -> bool:
    """Return whether any slice scores above some number; stop at the first level with one."""
    best = Best(question.coded, question.scorer, question.errors, limits, above)
    return any(best.found() for _ in _levels(question, best, heed))


def _levels(question: Question, best: Best, heed: Heed) -> Iterator[None]:
    """Offer the patterns of one item to `best`, then those of two, and so on."""
    coded, errors, limits = question.coded, question.errors, best.limits
    heed.step(0)
    if errors.total:
        patterns = np.arange(coded.items)[:, np.newaxis]
        met = Frontier(patterns, question.rows.singles(), errors.counter.singles())
        best.offer(met)
        yield
        for length in range(2, min(limits.deepest, coded.columns) + 1):
            least = best.least_errors(ties=False)
            met = met.take((met.rows >= limits.least_rows) & (met.errors >= least))
            if not len(met):
                break
            if met.joins(coded.column_of) > MOST_JOINED:
                heed.cut(length - 1)
                break
            done, whole = length - 1, min(limits.deepest, coded.columns)
            met = _refine(question, met, best, heed.part(done / whole, (done + 1) / whole))
            yield
    heed.step(1)


def _refine(question: Question, met: Frontier, best: Best, heed: Heed) -> Frontier:
    """Return the counted patterns with one more item; offer them to `best`."""
    least = best.least_errors(ties=False)
    kept: list[Frontier] = []
    for share, longer in met.refine(question.coded.column_of):
        heed.step(share / 2)
        if question.known:
            longer = longer.take(question.known.at_most(longer.patterns) >= least)  # noqa: PLW2901 - only fewer
        errors = question.errors.counter.count(longer.patterns, heed.check)
        enough = np.flatnonzero(errors >= least)
        kept.append(longer.with_errors(errors).take(enough))
    return _count_rows(question, Frontier.joined(kept), best, heed.part(0.5, 1))


def _count_rows(question: Question, met: Frontier, best: Best, heed: Heed) -> Frontier:
    """Return the patterns with their rows counted; 0 rows where counting is in vain."""
    counted: NDArray[np.int64] = np.zeros(len(met), np.int64)
    done = 0
    for chosen in _rounds(question.scorer.score(met.rows, met.errors)):
        heed.step(done / max(1, len(met)))
        done += len(chosen)
        worth = chosen[met.errors[chosen] >= best.least_errors(ties=True)]
        part = met.take(worth)
        counted[worth] = question.rows.count(part.patterns, heed.check)
        best.offer(part.with_rows(counted[worth]))
    return met.with_rows(counted)


def _rounds(promised: NDArray[np.float64]) -> Iterator[NDArray[np.intp]]:
    """Yield all places, the most promising first, each round in the order of the items.

    With fewer rows a score can only rise, so the rows that a pattern has at most tell what
    it scores at least. Those that promise most let `best` rise early; the others are taken
    as they stand, for patterns that begin alike are counted together.
    """
    order = np.argsort(-promised, kind="stable")
    start = 0
    for size in FIRST:
        yield np.sort(order[start : start + size])
        start += size
    rest = np.sort(order[start:])
    for start in range(0, len(rest), AT_A_TIME):
        yield rest[start : start + AT_A_TIME]
