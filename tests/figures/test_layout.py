"""A graph is laid out in layers, from what came first to what came last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import WrongInputError
from core.figures.layout import lay_out

NAMES = [f"n{k}" for k in range(12)]
# Only from lower to higher numbers, so that no circle arises.
EDGES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(
        lambda pair: pair[0] < pair[1]
    ),
    max_size=25,
)


def test_a_chain_is_a_row() -> None:
    """File, table, evaluation: one layer each, at the same height."""
    places = lay_out(
        ["file", "table", "evaluation"], [("file", "table"), ("table", "evaluation")]
    )
    assert places == {"file": (0.0, 0.5), "table": (1.0, 0.5), "evaluation": (2.0, 0.5)}


@given(EDGES)
def test_what_comes_of_something_stands_to_its_right(pairs: list[tuple[int, int]]) -> None:
    """Every edge leads to a later layer, by the longest way; no two nodes share a place."""
    edges = [(NAMES[a], NAMES[b]) for a, b in pairs]
    places = lay_out(NAMES, edges)
    assert len(set(places.values())) == len(NAMES)
    for name in NAMES:
        before = [places[a][0] for a, b in edges if b == name]
        assert places[name][0] == (max(before) + 1 if before else 0)


def test_a_layer_follows_the_order_of_the_one_before() -> None:
    """Two tables with one evaluation each: the lines do not cross."""
    places = lay_out(["a", "b", "of b", "of a"], [("a", "of a"), ("b", "of b")])
    assert places["a"][1] < places["b"][1]
    assert places["of a"][1] < places["of b"][1]


def test_a_circle_is_refused() -> None:
    """Nothing can come of itself."""
    with pytest.raises(WrongInputError, match="leads in a circle"):
        lay_out(["a", "b"], [("a", "b"), ("b", "a")])
