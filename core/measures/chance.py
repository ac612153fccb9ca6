"""Chance: would a search find a slice this bad if errors fell on rows at random?"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from core.engine.coded import CodedRows
from core.engine.remembered import Remembered
from core.errors import WrongInputError
from core.measures.best import Limits
from core.measures.heed import Heed
from core.measures.row_errors import Wrong, count_errors
from core.measures.search import ask, is_reached
from core.measures.slice_scores import Score

ENOUGH: Final = 10  # permutations that reach the score, after which p is large for sure
ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class SearchChance:
    """The p-value of a whole search, from so many permutations.

    `reached` of them held a slice that scores as much; `stopped` says that no more were
    tried because these were enough.
    """

    p: float
    permutations: int
    reached: int
    stopped: bool


def search_p(  # noqa: PLR0913 - a search, its result, and how it is put to the test
    coded: CodedRows,
    wrong: Wrong,
    limits: Limits,
    *,
    found_score: float,
    seed: int,
    permutations: int = 200,
    stop_early: bool = True,
    score: Score = Score.LIKELIHOOD,
    alpha: float = 0.95,
    heed: Heed = Heed(),  # noqa: B008 - frozen
) -> SearchChance:
    """Return how often the worst slice of permuted errors is as bad as the one found.

    Single-step max statistic: the errors are shuffled over the rows and searched with the
    same limits; p = (1 + reached) / (1 + permutations), which holds for the best of all
    slices looked at, and is conservative for any other one. A shuffled search only has to
    tell whether some slice reaches `found_score`, and ends there.

    With `stop_early`, no more permutations are tried once ten have reached the score. The
    p-value then is valid still. It never stops early because p looks small: that would
    make small p-values too frequent.
    Sources: Westfall and Young (1993), Resampling-Based Multiple Testing, section 2.6;
    Phipson and Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9(1), 39; Besag and Clifford
    (1991), Biometrika 78(2), 301-304.

    Raises:
        WrongInputError: the score is not above 0, or there are no permutations.
        StoppedError: somebody pressed Cancel.
    """
    if not (found_score > 0 and permutations >= 1):
        raise WrongInputError(
            f"No p-value for score {found_score} and {permutations} permutations.",
            hint="Give the score of a slice that was found, and at least 1 permutation.",
        )
    rng = np.random.default_rng(seed)
    asked = ask(coded, wrong, limits, score=score, alpha=alpha)
    rows = Remembered(asked.rows, coded.items)  # for they are never shuffled
    question = replace(asked, rows=rows)
    reached = done = 0
    while done < permutations and not (stop_early and reached == ENOUGH):
        heed.step(done / permutations)
        shuffled = replace(question, errors=count_errors(coded, rng.permutation(wrong)))
        quiet = Heed(heed.stop)
        reached += is_reached(shuffled, limits, found_score * (1 - ROUNDING), quiet)
        done += 1
    heed.step(1)
    p = (1 + reached) / (1 + done)
    return SearchChance(p, done, reached, stopped=done < permutations)
