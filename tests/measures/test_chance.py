"""The p-value of a whole search is honest: rarely small where there is nothing to find."""

import os
from typing import Final

import numpy as np
import pytest

from core.errors import StoppedError, WrongInputError
from core.measures.best import Limits
from core.measures.chance import ENOUGH, search_p
from core.measures.heed import Heed
from core.measures.search import find_worst
from core.measures.slice_scores import Score
from tests.measures.coded_tables import make_table, plant

# How many of so many data sets without any slice may have p <= 5 %. Each one has it with
# probability 5 % at most, so more than this happens by chance in less than 1 % of series.
SETS, MOST_SMALL, PERMUTATIONS = (200, 18, 200) if os.environ.get("PROVE") else (20, 4, 60)
LIMITS: Final = Limits(40, 1, 3)


def test_chance_alone_rarely_has_a_small_p() -> None:
    """200 data sets without any slice (a tenth by default): at most 9 % have p <= 5 %."""
    small = 0
    for seed in range(SETS):
        rng = np.random.default_rng([20, seed])
        table = plant(rng, make_table(rng, 1500, [3, 4, 5, 6, 4]), 0.2, {})
        found = find_worst(table.coded, table.wrong, LIMITS)[0].score
        chance = search_p(
            table.coded,
            table.wrong,
            LIMITS,
            found_score=found,
            seed=seed,
            permutations=PERMUTATIONS,
        )
        small += chance.p <= 0.05
    assert small <= MOST_SMALL


@pytest.mark.parametrize("score", Score)
def test_it_counts_the_searches_that_reach_the_score(score: Score) -> None:
    """Against whole searches of the same permutations."""
    rng = np.random.default_rng(21)
    table = plant(rng, make_table(rng, 800, [3, 4, 5]), 0.2, {})
    tops = []
    shuffles = np.random.default_rng(5)
    for _ in range(30):
        found = find_worst(
            table.coded, shuffles.permutation(table.wrong), LIMITS, score=score
        )
        tops.append(found[0].score if found else 0.0)
    for found_score in sorted(tops)[10::6]:
        if found_score:
            chance = search_p(
                table.coded,
                table.wrong,
                LIMITS,
                found_score=found_score,
                seed=5,
                permutations=30,
                stop_early=False,
                score=score,
            )
            reached = sum(top >= found_score for top in tops)
            assert (chance.reached, chance.permutations) == (reached, 30)
            assert chance.p == (1 + reached) / 31
            assert not chance.stopped


def test_amounts_are_permuted_too() -> None:
    """A planted slice of large errors has the smallest p that 40 permutations can give."""
    rng = np.random.default_rng(22)
    table = plant(rng, make_table(rng, 1000, [3, 4, 5]), 0.0, {((1, 2),): 1.0})
    amounts = rng.random(1000) + 2 * table.wrong
    (found,) = find_worst(table.coded, amounts, LIMITS, score=Score.SLICELINE)
    chance = search_p(
        table.coded,
        amounts,
        LIMITS,
        found_score=found.score,
        seed=1,
        permutations=40,
        score=Score.SLICELINE,
    )
    assert chance.p == 1 / 41


def test_it_stops_when_p_is_large_for_sure() -> None:
    """Ten permutations that reach the score are enough; a planted slice has all 100 tried."""
    rng = np.random.default_rng(23)
    table = plant(rng, make_table(rng, 1000, [3, 4, 5]), 0.2, {((0, 1), (1, 1)): 0.8})
    (found,) = find_worst(table.coded, table.wrong, LIMITS)
    shares: list[float] = []
    low = search_p(table.coded, table.wrong, LIMITS, found_score=0.1, seed=3)
    assert low.stopped
    assert (low.reached, low.permutations, low.p) == (ENOUGH, 10, 1.0)
    high = search_p(
        table.coded,
        table.wrong,
        LIMITS,
        found_score=found.score,
        heed=Heed(progress=shares.append),
        seed=3,
        permutations=100,
    )
    assert (high.p, high.permutations, high.stopped) == (1 / 101, 100, False)
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_cancel_works_and_odd_questions_are_refused() -> None:
    """Between permutations and inside of them; a score of 0 was never found."""
    rng = np.random.default_rng(24)
    table = plant(rng, make_table(rng, 100, [3, 4]), 0.2, {})
    stopped = Heed(stop=lambda: True)
    with pytest.raises(StoppedError, match="Stopped"):
        search_p(table.coded, table.wrong, LIMITS, found_score=1, seed=1, heed=stopped)
    with pytest.raises(WrongInputError, match="No p-value"):
        search_p(table.coded, table.wrong, LIMITS, found_score=0, seed=1)
