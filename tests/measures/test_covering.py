"""The cover tells each story once, the worst first, counted among all rows."""

from dataclasses import replace

import numpy as np
import pytest

from core.engine.coded import CodedRows
from core.errors import StoppedError, WrongInputError
from core.measures.best import Items, Limits
from core.measures.covering import cover_worst
from core.measures.heed import Heed
from core.measures.search import find_worst
from tests.measures.coded_tables import has, make_table, plant, public, read_adult

PLANTED: dict[Items, float] = {
    ((0, 1), (3, 2)): 0.55,
    ((1, 0), (4, 1), (5, 2)): 0.85,
    ((2, 4),): 0.25,
    ((5, 3), (6, 0), (7, 1)): 0.6,
}


def test_it_recovers_planted_slices_in_order() -> None:
    """50,000 rows, slices of 2, 3, 1 and 3 conditions: those four, each once, then no more."""
    rng = np.random.default_rng(7)
    coded = make_table(rng, 50_000, [4, 5, 8, 6, 5, 4, 6, 5, 12, 3])
    table = plant(rng, coded, 0.1, PLANTED)
    cover = cover_worst(coded, table.wrong, Limits(50, 8), above=25.0)
    by_worst = sorted(PLANTED, key=lambda items: -_excess(table.wrong, has(coded, items)))
    assert {slice_.pattern.items for slice_ in cover} == set(PLANTED)
    assert len(cover) == 4
    assert cover[0].pattern.items == by_worst[0]
    assert [s.found.score for s in cover] == sorted(
        (s.found.score for s in cover), reverse=True
    )


def _excess(wrong: np.ndarray, rows: np.ndarray) -> float:
    (found,) = find_worst(
        CodedRows(rows[np.newaxis].astype(np.uint8), (2,)), wrong, Limits(1, 1)
    )
    return found.score


def test_each_step_searches_the_rows_that_are_left() -> None:
    """Against searching tables without the rows of earlier slices, step by step."""
    rng = np.random.default_rng(9)
    for cards in ([3, 4, 5, 3], [2, 2, 3, 2], [5, 4, 6, 3], [9, 2, 2, 2], [3, 3, 3, 3]) * 2:
        coded = make_table(rng, 2000, cards)
        table = plant(rng, coded, 0.15, {((0, 1), (1, 1)): 0.6, ((2, 1),): 0.3})
        left = np.ones(2000, np.bool_)
        cover = cover_worst(coded, table.wrong, Limits(20, 8))
        assert cover
        for slice_ in cover:
            rest = np.flatnonzero(left)
            codes = np.array([coded.column(c)[rest] for c in range(4)])
            (best,) = find_worst(
                CodedRows(codes, coded.cards), table.wrong[rest], Limits(20, 1)
            )
            assert slice_.found == best
            rows = has(coded, best.items)
            assert slice_.pattern.rows == rows.sum()
            assert slice_.pattern.errors == (rows & table.wrong).sum()
            left &= ~rows
        rest = np.flatnonzero(left)
        codes = np.array([coded.column(c)[rest] for c in range(4)])
        more = find_worst(CodedRows(codes, coded.cards), table.wrong[rest], Limits(20, 1))
        assert len(cover) == 8 or not more


def test_the_first_slice_is_the_worst_of_all() -> None:
    """Found and pattern are then the same, and equal to the search's."""
    rng = np.random.default_rng(10)
    coded = make_table(rng, 3000, [4, 4, 4])
    table = plant(rng, coded, 0.1, {((0, 1), (2, 2)): 0.5})
    (first,) = cover_worst(coded, table.wrong, Limits(30, 1))
    assert first.found == first.pattern == find_worst(coded, table.wrong, Limits(30, 1))[0]
    assert cover_worst(coded, np.zeros(3000, np.bool_), Limits(30)) == ()


def test_other_words_stand_beside_a_slice() -> None:
    """A column that repeats another one is told as an alias, not as a second slice."""
    rng = np.random.default_rng(11)
    coded = make_table(rng, 5000, [4, 5, 3])
    codes = np.array([coded.column(c) for c in (0, 1, 2, 0)])
    codes[3, rng.random(5000) < 0.02] = 0
    table = plant(rng, CodedRows(codes, (4, 5, 3, 4)), 0.1, {((0, 2),): 0.4})
    first, *others = cover_worst(table.coded, table.wrong, Limits(50, 3), above=10.0)
    assert first.pattern.items == ((0, 2),)
    assert [alias.items for alias in first.aliases] == [((3, 2),)]
    assert not others


def test_husbands_are_other_words_for_the_married_on_adult() -> None:
    """On Adult the worst slice is about the married; some aliases speak of husbands or sex."""
    table = read_adult(public("adult", "adult.test"))
    cover = cover_worst(table.coded, table.wrong, Limits(163, 4))
    assert len({slice_.pattern.items for slice_ in cover}) == len(cover) == 4
    assert any(slice_.aliases for slice_ in cover)


def test_progress_rises_and_cancel_works() -> None:
    """Through all steps of the cover."""
    rng = np.random.default_rng(12)
    table = plant(rng, make_table(rng, 2000, [3, 4, 5]), 0.2, {((0, 1),): 0.5})
    shares: list[float] = []
    cover_worst(table.coded, table.wrong, Limits(20, 3), heed=Heed(progress=shares.append))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    asked = iter(range(1000))
    late = Heed(stop=lambda: next(asked) > 20)
    with pytest.raises(StoppedError, match="Stopped"):
        cover_worst(table.coded, table.wrong, replace(Limits(20), most=3), heed=late)


def test_amounts_are_refused() -> None:
    """Covering removes wrong rows; an amount is not wrong or right."""
    coded = make_table(np.random.default_rng(1), 10, [2])
    with pytest.raises(WrongInputError, match="right or wrong"):
        cover_worst(coded, np.ones(10), Limits(1))
