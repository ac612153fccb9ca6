"""Inputs find their columns, or a sentence says which does not and why."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RefusedModelError
from core.models.matching import match_inputs, order_features, say_match
from core.records.data import Column, ColumnType, Use
from core.records.models import ModelFacts, ModelInput


def _facts(*inputs: ModelInput) -> ModelFacts:
    return ModelFacts("", 0, inputs, (), 0, (), (), "", "")


def _column(
    name: str, kind: ColumnType = ColumnType.NUMBER, use: Use = Use.FEATURE
) -> Column:
    return Column(name, kind, use)


def _one(name: str, kind: str = "float") -> ModelInput:
    return ModelInput(name, kind, 1)


MANY = [_column(f"f{i}") for i in range(12)]
TENSOR = _facts(ModelInput("X", "float", 12))


def test_every_input_finds_its_column_by_name_and_type() -> None:
    """The exact name wins over one that differs in case."""
    columns = [_column("AGE"), _column("age"), _column("region", ColumnType.TEXT)]
    matches = match_inputs(_facts(_one("age"), _one("region", "string")), columns)
    assert [m.columns for m in matches] == [("age",), ("region",)]
    assert say_match(matches) == "Both inputs of the model match a column by name and type."


def test_nineteen_inputs_are_a_numeral() -> None:
    """Numbers above nine are written as numerals."""
    columns = [_column(f"c{i}") for i in range(19)]
    matches = match_inputs(_facts(*[_one(c.name) for c in columns]), columns)
    assert (
        say_match(matches) == "All 19 inputs of the model match a column by name and type."
    )


def test_case_spaces_and_underscores_do_not_matter() -> None:
    """`Months Employed` feeds `months_employed`."""
    (match,) = match_inputs(_facts(_one("months_employed")), [_column("Months Employed")])
    assert (match.columns, match.trouble) == (("Months Employed",), "")
    assert say_match([match]) == "The input of the model matches a column by name and type."


def test_two_candidates_are_both_named() -> None:
    """Nobody chooses between `AGE` and `Age` but a person."""
    (match,) = match_inputs(_facts(_one("age")), [_column("AGE"), _column("Age")])
    assert (match.columns, match.trouble) == ((), "The input `age` may be `AGE` or `Age`.")


@pytest.mark.parametrize(
    ("wanted", "held", "sentence"),
    [
        ("float", ColumnType.TEXT, "wants a number; the column of that name holds text."),
        ("double", ColumnType.DATE, "wants a number; the column of that name holds dates."),
        (
            "int64",
            ColumnType.NUMBER,
            "wants a whole number; the column of that name holds numbers with decimals.",
        ),
        (
            "bool",
            ColumnType.INTEGER,
            "wants yes/no; the column of that name holds whole numbers.",
        ),
        ("string", ColumnType.BOOLEAN, "wants text; the column of that name holds yes/no."),
    ],
)
def test_another_type_is_named(wanted: str, held: ColumnType, sentence: str) -> None:
    """What the input wants and what the column holds stand in one sentence."""
    matches = match_inputs(
        _facts(_one("months_employed", wanted)), [_column("months_employed", held)]
    )
    assert matches[0].columns == ()
    assert say_match(matches) == f"The input `months_employed` {sentence}"


def test_the_label_never_feeds_the_model() -> None:
    """An input that has the name of the label is a leak, not a match."""
    (match,) = match_inputs(_facts(_one("paid")), [_column("paid", use=Use.LABEL)])
    assert match.trouble == (
        "The input `paid` cannot be fed from `paid`, which is the label of the table."
    )


def test_inputs_without_a_column_are_counted_and_named() -> None:
    """Two are `Two inputs`, one is `One input`; other troubles follow."""
    facts = _facts(_one("a"), _one("b"), _one("c"))
    columns = [_column("c", ColumnType.TEXT)]
    assert say_match(match_inputs(facts, columns)) == (
        "Two inputs have no column: `a`, `b`. Choose one for each. "
        "The input `c` wants a number; the column of that name holds text."
    )
    assert say_match(match_inputs(_facts(_one("a"), _one("c")), [_column("c")])) == (
        "One input has no column: `a`. Choose one for it."
    )


def test_one_tensor_takes_the_features_in_the_order_of_the_table() -> None:
    """Labels and times are left out."""
    (match,) = match_inputs(TENSOR, [_column("y", use=Use.LABEL), *MANY])
    assert match.columns == tuple(c.name for c in MANY)
    assert say_match([match]) == "12 columns fill the input `X`, in the order shown."


def test_a_tensor_of_open_width_takes_all_features() -> None:
    """Where the file does not say how many, the table decides."""
    (match,) = match_inputs(_facts(ModelInput("X", "float", None)), MANY[:3])
    assert match.columns == ("f0", "f1", "f2")


@pytest.mark.parametrize(
    ("count", "said"), [(11, "11 columns are features."), (1, "one column is a feature.")]
)
def test_a_tensor_of_another_width_says_both_numbers(count: int, said: str) -> None:
    """The model's number, then the table's."""
    (match,) = match_inputs(TENSOR, MANY[:count])
    assert (match.columns, match.trouble) == ((), f"The model wants 12 numbers, {said}")


def test_a_feature_that_is_no_number_does_not_fit_a_tensor() -> None:
    """The column is named."""
    columns = [*MANY[:11], _column("region", ColumnType.TEXT)]
    (match,) = match_inputs(TENSOR, columns)
    assert match.trouble == "The input `X` wants a number; the column `region` holds text."


def test_several_tensors_are_left_to_a_person() -> None:
    """Nobody can say which feature belongs to which."""
    facts = _facts(ModelInput("X", "float", 5), _one("age"))
    assert (
        match_inputs(facts, MANY)[0].trouble
        == "The input `X` wants 5 columns. Choose them."
    )


@pytest.mark.parametrize(
    "pasted", ["b,a", "b\na\n", '["b", "a"]', "  'b' ,\n 'a'\n", "b, a"]
)
def test_a_pasted_order_is_taken(pasted: str) -> None:
    """Lines, commas, or a list as Python prints it."""
    facts = _facts(ModelInput("X", "float", 2))
    match = order_features(facts, pasted, [_column("a"), _column("b")])
    assert (match.columns, match.trouble) == (("b", "a"), "")


@pytest.mark.parametrize(
    ("pasted", "trouble"),
    [
        ("agee, b", "There is no column `agee`; did you mean `age`?"),
        ("zzzzzz, b", "There is no column `zzzzzz`."),
        ("b, b", "The column `b` is named twice."),
        ("b", "The model wants 2 numbers, one name was given."),
        ("", "The model wants 2 numbers, no names were given."),
        ("age, t", "The input `X` wants a number; the column `t` holds text."),
    ],
)
def test_a_pasted_order_that_does_not_fit_says_why(pasted: str, trouble: str) -> None:
    """Unknown names come with the nearest known one."""
    columns = [_column("age"), _column("b"), _column("t", ColumnType.TEXT)]
    match = order_features(_facts(ModelInput("X", "float", 2)), pasted, columns)
    assert (match.columns, match.trouble) == ((), trouble)


def test_an_order_needs_a_single_input() -> None:
    """Several inputs are matched one by one."""
    with pytest.raises(
        RefusedModelError, match="has 2 inputs; an order of columns fits one"
    ):
        order_features(_facts(_one("a"), _one("b")), "a", [])


@given(st.permutations([c.name for c in MANY]))
def test_any_order_comes_back_as_pasted(names: list[str]) -> None:
    """The order is the person's, not the table's."""
    assert order_features(TENSOR, "\n".join(names), MANY).columns == tuple(names)


def test_thousands_of_inputs_are_matched_at_once_and_five_are_named() -> None:
    """5,000 inputs of a hostile file against 2,000 columns: seconds, and a short sentence."""
    facts = _facts(*[_one(f"{'n' * 150}{i}") for i in range(5_000)])
    started = time.monotonic()
    said = say_match(match_inputs(facts, [_column(f"c_{i}") for i in range(2_000)]))
    assert time.monotonic() - started < 10
    assert said.startswith("5,000 inputs have no column: `nnn")
    assert said.endswith("and 4,995 more. Choose one for each.")
    assert len(said) < 500
