"""Interactions are those of the definition, for every pair and every row."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.measures.interactions import (
    PairSums,
    count_interactions,
    measure_pairs,
    pair_values,
)
from core.measures.pattern_plan import TooDeepError
from core.measures.players import find_players
from core.models.forest import Forest
from core.records.estimate import Estimate
from core.records.explanations import Player
from tests.measures.enumerated import interactions, picked, worth_of
from tests.models.combs import comb
from tests.models.cut_here import cut_here
from tests.models.fitted import Fitted, batch_of, fitted

REFERENCE = slice(0, 50)
MODELS = (
    *("gradient regression", "hist regression", "xgboost binary", "lightgbm binary"),
    *("extra regression", "lightgbm categories", "double", "piped trees", "polynomial"),
)


def _opened(model: Fitted) -> tuple[Any, ...]:
    """Give head, player of each feature, players, features of the reference and of all."""
    cut = cut_here(model)
    head = cut.opened.head
    assert isinstance(head, Forest)
    players, player_of = find_players(cut.opened)
    reference = cut.derive(batch_of(picked(model.columns, REFERENCE))).features
    features = cut.derive(model.batch).features
    return head, player_of, players, reference, features, cut.opened.double


def _values(
    forest: Forest, pair: tuple[int, int], reference: NDArray[Any], features: NDArray[Any]
) -> NDArray[np.float64]:
    player_of = np.arange(forest.width)
    found = pair_values(
        forest, player_of, pair, lambda: [reference], [features], double=True
    )
    return next(found)


@pytest.mark.parametrize("name", MODELS)
def test_every_pair_is_that_of_the_definition(name: str) -> None:
    """Against all coalitions of raw columns, worth what the library itself predicts."""
    model = fitted(name)
    head, player_of, players, reference, features, double = _opened(model)
    for row in (3, 77):
        worth = worth_of(
            model.margin,
            [player.columns for player in players],
            picked(model.columns, row),
            picked(model.columns, REFERENCE),
        )
        for pair, truth in interactions(worth).items():
            (values,) = pair_values(
                head, player_of, pair, lambda: [reference], [features], double=double
            )
            assert values[row] == pytest.approx(truth[0], abs=1e-6)


@pytest.mark.parametrize("name", ["gradient regression", "piped trees"])
def test_sums_are_those_of_the_rows(name: str) -> None:
    """Mean of |interaction|, mean and mean square add up what each row has, batch by batch."""
    head, player_of, players, reference, features, double = _opened(fitted(name))
    cuts = [features[:, :130], features[:, 130:]]
    sums = count_interactions(
        head, player_of, len(players), lambda: [reference], cuts, double=double
    )
    assert sums.rows == features.shape[1]
    seen = {tuple(pair): q for q, pair in enumerate(sums.pairs.tolist())}
    for pair in combinations(range(len(players)), 2):
        (values,) = pair_values(
            head, player_of, pair, lambda: [reference], [features], double=double
        )
        if pair not in seen:
            assert not values.any()
            continue
        q = seen[pair]
        assert sums.absolute[q] == pytest.approx(np.abs(values).sum())
        assert sums.plain[q] == pytest.approx(values.sum(), abs=1e-9)
        assert sums.squares[q] == pytest.approx((values**2).sum())


def test_a_pair_worked_out_by_hand() -> None:
    """Votes 0, 1/2, 1 down a way of two questions; reference (1, 1), which votes 1.

    For the row (0, 0), which votes 0: v() = 1, v(a) = 0, v(b) = 1/2, v(ab) = 0, so the
    pair is 0 - 0 - 1/2 + 1 = 1/2. For the row (1, 0) only b differs, and the pair is 0.
    """
    reference = np.ones((2, 1))
    rows = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert _values(comb(2), (0, 1), reference, rows).tolist() == [0.5, 0.0, 0.0]
    assert _values(comb(2), (1, 0), reference, rows).tolist() == [0.5, 0.0, 0.0]


def test_only_the_players_asked_for() -> None:
    """Pairs among some players are the same as among all, and no others are counted."""
    head, player_of, players, reference, features, double = _opened(
        fitted("xgboost binary")
    )

    def count(among: list[int] | None) -> PairSums:
        return count_interactions(
            head,
            player_of,
            len(players),
            lambda: [reference],
            [features],
            double=double,
            among=among,
        )

    whole, few = count(None), count([4, 0, 1])
    assert {tuple(pair) for pair in few.pairs.tolist()} <= {(0, 1), (0, 4), (1, 4)}
    place = {tuple(pair): q for q, pair in enumerate(whole.pairs.tolist())}
    for pair, value in zip(few.pairs.tolist(), few.absolute, strict=True):
        assert value == whole.absolute[place[tuple(pair)]]


def test_one_question_joins_no_two_columns() -> None:
    """A model that asks one column has no pairs at all."""
    sums = count_interactions(
        comb(1), np.arange(1), 1, lambda: [np.ones((1, 4))], [np.ones((1, 4))], double=True
    )
    assert len(sums.pairs) == 0
    assert measure_pairs(sums, [Player(("a",))]) == ()


def test_pairs_stand_strongest_first_with_intervals() -> None:
    """Values -1, 1, 1, 3 have mean |value| 1.5 and mean 1; the half is 3.182 s / 2."""
    sums = PairSums(
        np.array([[0, 1], [0, 2]]),
        4,
        np.array([0.4, 6.0]),
        np.array([0.4, 4.0]),
        np.array([0.04, 12.0]),
    )
    players = [Player((name,)) for name in "abc"]
    first, second = measure_pairs(sums, players)
    assert [player.name for player in first.players] == ["a", "c"]
    assert (first.numbers, second.numbers) == ((0, 2), (0, 1))
    assert isinstance(first.mean, Estimate)
    assert isinstance(first.strength, Estimate)
    assert (first.strength.value, first.mean.value) == (1.5, 1.0)
    spread = np.std([-1, 1, 1, 3], ddof=1)
    assert first.mean.high - first.mean.value == pytest.approx(
        3.18245 * spread / 2, rel=1e-5
    )


def test_one_row_has_no_spread() -> None:
    """Nothing is said of fewer than two rows."""
    one = np.ones(1)
    sums = PairSums(np.array([[0, 1]]), 1, one, one, one)
    assert measure_pairs(sums, [Player(("a",)), Player(("b",))]) == ()


def test_long_ways_are_refused() -> None:
    """A way that asks 13 columns has too many pairs for its tables."""
    with pytest.raises(TooDeepError):
        count_interactions(comb(13), np.arange(13), 13, list, [], double=True)


def test_too_many_pairs_are_refused() -> None:
    """Trees that join more than 20,000 pairs are refused before tables are made."""
    forest = _many(201)
    with pytest.raises(TooDeepError):
        count_interactions(forest, np.arange(202), 202, list, [], double=True)


def _many(width: int) -> Forest:
    """Give a forest with one small tree for each two of `width` columns."""
    pairs = np.array(list(combinations(range(width), 2)))
    one = comb(2)
    size, count = len(one.test), len(pairs)
    shift = np.repeat(np.arange(count) * size, size)

    def moved(side: NDArray[Any]) -> NDArray[Any]:
        tiled = np.tile(side, count)
        return np.where(tiled < 0, tiled, tiled + shift)

    return replace(
        one,
        test=np.tile(one.test, count),
        feature=pairs[np.repeat(np.arange(count), size), np.tile(one.feature, count)],
        threshold=np.tile(one.threshold, count),
        missing_left=np.tile(one.missing_left, count),
        left=moved(one.left),
        right=moved(one.right),
        first=np.tile(one.first, count),
        last=np.tile(one.last, count),
        value=np.tile(one.value, (count, 1)),
        roots=np.arange(count) * size,
        width=width,
    )
