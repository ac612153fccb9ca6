"""The model's answer becomes scores as a person has said it should be read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from core.errors import RefusedModelError
from core.models.answers import propose_answer, read_answer
from core.models.labels import find_label, sort_labels
from core.models.wire import Raw, pack_raw, pack_texts, unpack_raw, unpack_texts
from core.records.models import Answer, ModelFacts, ModelOutput, OutputKind, Task

TENSOR, MAPS, LABEL = OutputKind.TENSOR, OutputKind.MAPS, OutputKind.LABEL


def _facts(*outputs: ModelOutput) -> ModelFacts:
    return ModelFacts("", 0, (), outputs, 0, (), (), "", "")


NAMED = ModelOutput("label", LABEL, "int64", 1)
PAIR = ModelOutput("p", TENSOR, "float", 2)
MAPPED = ModelOutput("maps", MAPS, "map(int64)", None)
SINGLE = ModelOutput("y", TENSOR, "float", 1)
WORDS = ModelOutput("word", LABEL, "string", 1)


def _binary(kind: OutputKind = TENSOR, positive: str = "yes") -> Answer:
    return Answer(Task.BINARY, "p", kind, ("no", "yes"), positive)


def _three(kind: OutputKind = TENSOR) -> Answer:
    return Answer(Task.MULTICLASS, "p", kind, ("a", "b", "c"))


def test_a_column_per_class_is_proposed_before_maps_and_labels() -> None:
    """The classes of the file are put in the words of the label."""
    answer = propose_answer(
        _facts(NAMED, MAPPED, PAIR), ["true", "false"], Task.BINARY, classes=["0", "1"]
    )
    assert answer == Answer(Task.BINARY, "p", TENSOR, ("false", "true"), "true")
    assert propose_answer(_facts(NAMED, MAPPED), ["0", "1"], Task.BINARY).kind is MAPS


def test_without_classes_in_the_file_the_labels_are_sorted() -> None:
    """Numbers as numbers, and the positive class is the last where none says yes."""
    answer = propose_answer(_facts(PAIR), ["10", "9"], Task.BINARY)
    assert (answer.classes, answer.positive) == (("9", "10"), "10")


def test_a_class_that_the_table_lacks_keeps_its_name() -> None:
    """A third class of the model is not dropped because no row has it."""
    answer = propose_answer(
        _facts(MAPPED), ["a", "b"], Task.MULTICLASS, classes=["a", "b", "c"]
    )
    assert answer.classes == ("a", "b", "c")


def test_regression_takes_a_number_and_no_text() -> None:
    """The text output is passed over; with nothing else, the task is refused."""
    assert propose_answer(_facts(WORDS, SINGLE), [], Task.REGRESSION).output == "y"
    assert propose_answer(_facts(WORDS, NAMED), [], Task.REGRESSION).output == "label"
    with pytest.raises(RefusedModelError, match="1 outputs answers a regression question"):
        propose_answer(_facts(WORDS), [], Task.REGRESSION)


def test_two_columns_give_the_positive_one() -> None:
    """By hand: the column of the class that counts, whichever it is."""
    raw = Raw(np.array([[0.75, 0.25], [0.5, 0.5]], np.float32))
    assert read_answer(_binary(), raw).tolist() == [0.25, 0.5]
    assert read_answer(_binary(positive="no"), raw).tolist() == [0.75, 0.5]


@pytest.mark.parametrize("shape", [(2,), (2, 1)])
def test_one_column_is_the_positive_class(shape: tuple[int, ...]) -> None:
    """A sigmoid has no other side."""
    raw = Raw(np.array([0.25, 0.5], np.float32).reshape(shape))
    assert read_answer(_binary(), raw).tolist() == [0.25, 0.5]


def test_maps_are_read_by_their_keys() -> None:
    """The order of the keys does not matter; their meaning does."""
    raw = Raw(np.array([[0.5, 0.2, 0.3]]), ("c", "a", "b"))
    assert read_answer(_three(MAPS), raw).tolist() == [[0.2, 0.3, 0.5]]
    pair = Raw(np.array([[0.75, 0.25]]), ("True", "False"))
    assert read_answer(_binary(MAPS), pair).tolist() == [0.75]


def test_labels_are_zero_or_one() -> None:
    """By hand, for words, for numbers and for yes/no."""
    words = Raw(np.array(["c", "a"], dtype=object))
    assert read_answer(_three(LABEL), words).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert read_answer(_binary(LABEL), Raw(np.array([[1], [0]]))).tolist() == [1.0, 0.0]
    assert read_answer(_binary(LABEL), Raw(np.array([True, False]))).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("answer", "raw", "sentence"),
    [
        (_three(), Raw(np.ones((2, 4))), "shape 2 x 4; one column for each of 3 classes"),
        (_binary(), Raw(np.ones((2, 3))), "shape 2 x 3; one column for each of 2 classes"),
        (_binary(positive="?"), Raw(np.ones((2, 2))), "`[?]` is not one of two classes"),
        (Answer(Task.REGRESSION, "p"), Raw(np.ones((2, 2))), "2 x 2; one column is wanted"),
        (Answer(Task.REGRESSION, "p"), Raw(np.array(["a"], object)), "`p` is no number"),
        (_three(MAPS), Raw(np.ones((1, 2)), ("a", "b")), "no score for the class `c`"),
        (
            _three(MAPS),
            Raw(np.ones((1, 4)), ("a", "b", "c", "d")),
            "answers `d`, which is no",
        ),
        (_three(MAPS), Raw(np.ones((1, 3))), "`p` is no map list"),
        (_three(LABEL), Raw(np.array(["d"], object)), "answers `d`, which is no value"),
        (_three(LABEL), Raw(np.ones((1, 2), int)), "shape 1 x 2; one label per row"),
        (_binary(), Raw(np.array([0.5, np.nan, -np.inf])), "2 of 3 scores are not numbers"),
        (_binary(), Raw(np.array([0.5, 1.1])), "1 of 2 scores lie outside 0 to 1"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    answer: Answer, raw: Raw, sentence: str
) -> None:
    """Shape, class, number: each has its sentence and a hint."""
    with pytest.raises(RefusedModelError, match=sentence) as caught:
        read_answer(answer, raw)
    assert caught.value.hint


def test_rounding_of_the_models_own_sums_is_forgiven() -> None:
    """1.0000001 is 1; a regression is never clipped."""
    raw = Raw(np.array([1.0000001, -0.0000001], np.float32))
    assert read_answer(_binary(), raw).tolist() == [1.0, 0.0]
    assert read_answer(Answer(Task.REGRESSION), Raw(np.array([-7.5]))).tolist() == [-7.5]


@given(arrays(np.float32, st.integers(1, 20), elements=st.floats(0, 1, width=32)))
def test_every_float32_is_kept_exactly(values: NDArray[np.float32]) -> None:
    """The score that is stored is the score that the model gave."""
    kept = read_answer(_binary(), Raw(values))
    assert kept.dtype == np.float64
    assert np.array_equal(kept.astype(np.float32), values)


@pytest.mark.parametrize(
    ("name", "labels", "found"),
    [
        ("1", ("0", "1"), "1"),
        ("1", ("no", "yes"), "yes"),
        ("0", ("0.0", "1.0"), "0.0"),
        ("True", ("1", "0"), "1"),
        ("1", ("1.0", "true"), None),
        ("1", ("1", "true"), "1"),
        ("good", ("Good", "bad"), None),
        ("nan", ("inf", "nan"), "nan"),
    ],
)
def test_a_class_means_a_label_when_nothing_else_does(
    name: str, labels: tuple[str, ...], found: str | None
) -> None:
    """The same text first; then the only label of the same meaning."""
    assert find_label(name, labels) == found


def test_labels_are_sorted_as_numbers_or_as_texts() -> None:
    """As scikit-learn sorts its classes."""
    assert sort_labels(["10", "9", "9"]) == ("9", "10")
    assert sort_labels(["b", "10", "9"]) == ("10", "9", "b")


@given(st.lists(st.text()))
def test_texts_survive_the_way_to_the_child(texts: list[str]) -> None:
    """Empty, long and foreign texts come back as they were."""
    assert unpack_texts(*pack_texts(texts)).tolist() == texts


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.int32, np.bool_])
def test_matrices_survive_the_way_back(dtype: type[np.generic]) -> None:
    """Type, shape and keys come along."""
    raw = Raw(np.array([[1, 0], [0, 1], [1, 1]]).astype(dtype), ("a", "b"))
    back = unpack_raw(*pack_raw(raw))
    assert back.keys == raw.keys
    assert back.values.dtype == raw.values.dtype
    assert np.array_equal(back.values, raw.values)


def test_two_classes_for_one_label_are_refused() -> None:
    """`1` and `true` mean the same: which column is the score cannot be known."""
    with pytest.raises(RefusedModelError, match=r"Two classes of the model mean .* `1`"):
        propose_answer(_facts(PAIR), ["0", "1"], Task.BINARY, classes=["1", "true"])
    raw = Raw(np.array([[0.1, 0.2, 0.3]]), ("no", "yes", "True"))
    with pytest.raises(RefusedModelError, match=r"Two classes of the model mean .* `yes`"):
        read_answer(_binary(MAPS), raw)


def test_a_sentence_stays_short_whatever_is_called_how() -> None:
    """Names are cut after 60 letters."""
    answer = Answer(Task.BINARY, "o" * 2_000, TENSOR, ("n" * 2_000, "p"), "q" * 2_000)
    for raw in (Raw(np.zeros((1, 2))), Raw(np.zeros((1, 3)))):
        with pytest.raises(RefusedModelError) as caught:
            read_answer(answer, raw)
        assert len(str(caught.value)) < 300
