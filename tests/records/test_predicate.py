"""A slice is written down once, whatever the order in which it was put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import WrongInputError
from core.records.predicate import (
    And,
    Comparison,
    Not,
    Or,
    Predicate,
    both,
    columns_of,
    from_address,
    slice_id,
    to_address,
    to_words,
)

NAMES = st.sampled_from(["age", "region", 'a "b"', "x; drop table t", "größe", "日本"])
VALUES = (
    st.text(st.characters(codec="utf-8"), max_size=8)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
)
COMPARISONS = st.builds(
    Comparison, NAMES, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), VALUES
) | st.builds(Comparison, NAMES, st.just("missing"))


def _grow(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(And, some) | st.builds(Or, some) | st.builds(Not, inner)


def _deep(depth: int) -> st.SearchStrategy[Predicate]:
    simple: st.SearchStrategy[Predicate] = COMPARISONS
    return simple if depth == 0 else simple | _grow(_deep(depth - 1))


PREDICATES = _deep(4)


def _shuffled(predicate: Predicate, turn: int) -> Predicate:
    """Return the same rows, said in another way."""
    match predicate:
        case And(parts) | Or(parts):
            kind = type(predicate)
            turned = [_shuffled(part, turn + 1) for part in reversed(parts)]
            if turn % 2:
                return kind((kind(tuple(turned)), turned[0]))
            return kind((*turned[1:], kind((turned[0],))))
        case Not(part):
            return Not(And((_shuffled(part, turn + 1),)))
        case _:
            return And((Not(Not(predicate)),)) if turn % 2 else predicate


def test_the_words_of_a_slice_are_those_of_a_reader() -> None:
    """Worked by hand: brackets only where a reader would need them."""
    region = Comparison("region", "=", "North")
    young = Or((Comparison("age", "<", 25), Comparison("age", "missing")))
    slice_ = And((region, young, Not(Comparison("member", "=", value=True))))
    assert (
        to_words(slice_)
        == "region = North and (age < 25 or age is missing) and not (member = yes)"
    )
    assert to_words(None) == "All rows"
    assert to_words(Comparison("age", ">=", 40)) == "age ≥ 40"
    assert to_words(Comparison("region", "!=", "North")) == "region is not North"
    assert columns_of(slice_) == {"region", "age", "member"}
    assert columns_of(None) == frozenset()


def test_both_leaves_out_what_is_all_rows() -> None:
    """None stands for all rows, so it adds nothing to another slice."""
    region = Comparison("region", "=", "North")
    assert both(None, None) is None
    assert both(None, region) == region
    assert both(region, region) == And((region, region))


@given(PREDICATES)
def test_an_address_leads_back_to_the_same_slice(predicate: Predicate) -> None:
    """Reading an address and writing it again gives the same text and the same id."""
    address = to_address(predicate)
    again = from_address(address)
    assert to_address(again) == address
    assert slice_id(again) == slice_id(predicate)
    assert columns_of(again) == columns_of(predicate)


@given(PREDICATES, st.integers(0, 1))
def test_the_id_does_not_depend_on_how_a_slice_was_put_together(
    predicate: Predicate, turn: int
) -> None:
    """Order, repetition, needless brackets and double negation do not change the name."""
    assert slice_id(_shuffled(predicate, turn)) == slice_id(predicate)


@given(PREDICATES)
def test_the_complement_has_another_id(predicate: Predicate) -> None:
    """A slice and its complement are never taken for each other."""
    assert slice_id(Not(predicate)) != slice_id(predicate)
    assert slice_id(Not(Not(predicate))) == slice_id(predicate)


def test_neighbouring_whole_numbers_beyond_double_precision_stay_apart() -> None:
    """2^60 and 2^60 + 1 are one double but two integers: two slices."""
    first, second = (Comparison("id", "=", 2**60 + k) for k in (0, 1))
    assert slice_id(first) != slice_id(second)
    assert to_words(from_address(to_address(second))) == f"id = {2**60 + 1}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '"age"',
        '["and"]',
        '["=","age"]',
        '["=","age",null]',
        '["=","age",[1]]',
        '["~","age",1]',
        '["missing","age",1]',
        '["not"]',
        '["=",1,1]',
        '["=","age",NaN]',
        '["=","age",1e999]',
        '["=","age",-Infinity]',
        '["=","a\\ud800",1]',
        '["not",' * 7 + '["missing","a"]' + "]" * 7,
        "[" * 3000,
        '["=","age","' + "x" * 5000 + '"]',
    ],
)
def test_what_is_no_slice_is_refused(text: str) -> None:
    """A link that somebody typed or cut short is answered with a sentence."""
    with pytest.raises(WrongInputError, match="names a slice that cannot be read"):
        from_address(text)


def test_a_comparison_without_a_value_is_refused() -> None:
    """`age <` says nothing."""
    with pytest.raises(WrongInputError, match="comparison has no value"):
        to_address(Comparison("age", "<"))
