"""Columns that meet in a feature are one player; the others stand alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.measures.players import find_players
from core.models.opened import Linear, Opened
from core.records.explanations import Player

NAMES = ("a", "b", "c", "d", "e")


def _opened(
    origins: tuple[tuple[int, ...], ...], met: tuple[tuple[tuple[int, ...], str], ...] = ()
) -> Opened:
    head = Linear(np.ones((len(origins), 1)), np.zeros(1))
    return Opened(head, "Gemm", NAMES, origins, met, 1, double=False)


def test_a_case_worked_out_by_hand() -> None:
    """B and d meet in PCA, and d and e in a product of their own: b + d + e."""
    opened = _opened(
        ((0,), (1, 3), (3, 4), (2,), (0,)), (((1, 3), "MatMul"), ((3, 4), "Mul"))
    )
    players, of_feature = find_players(opened)
    assert players == (Player(("a",)), Player(("b", "d", "e"), "MatMul"), Player(("c",)))
    assert of_feature.tolist() == [0, 1, 1, 2, 0]
    assert players[1].name == "b + d + e"


def test_a_feature_of_no_column_belongs_to_nobody() -> None:
    """A constant feature has a silent player after all others."""
    players, of_feature = find_players(_opened(((0,), ())))
    assert len(players) == len(NAMES)
    assert of_feature.tolist() == [0, 5]


def test_columns_that_are_never_read_are_players() -> None:
    """Their push is 0, and is shown as such."""
    players, of_feature = find_players(_opened(()))
    assert [player.columns for player in players] == [(name,) for name in NAMES]
    assert len(of_feature) == 0


@given(st.lists(st.sets(st.integers(0, 4), min_size=1), max_size=6))
def test_players_are_a_partition(sets: list[set[int]]) -> None:
    """Every column is in one player, and every feature's columns are in its own."""
    players, of_feature = find_players(_opened(tuple(tuple(sorted(few)) for few in sets)))
    assert sorted(name for player in players for name in player.columns) == list(NAMES)
    for few, number in zip(sets, of_feature, strict=True):
        assert {NAMES[k] for k in few} <= set(players[number].columns)
