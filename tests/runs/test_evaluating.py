"""An evaluation is what it was made from: change anything, and it is another."""

from dataclasses import replace

import pytest

from core.errors import NotFoundError, RefusedModelError, StoppedError, WrongInputError
from core.records.data import ColumnType, Use
from core.records.estimate import Estimate
from core.records.evaluations import Evaluation
from core.records.models import Answer, OutputKind, Task
from core.runs.asking import asked_of, quality_of
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.watch import Watch
from tests.kept import AMOUNT, BINARY, Small, Values, binary, bring, column, evaluated, keep
from tests.runs.onnx_file import ANSWER, keep_onnx

ROWS: list[tuple[str | None, float, str | None]] = [
    ("yes", 0.9, "N"),
    ("no", 0.2, "S"),
    ("yes", 0.4, "N"),
    ("no", 0.6, "S"),
    (None, 0.3, "S"),
] * 4


def _numbers(desk: Desk, evaluation: Evaluation) -> dict[str, float]:
    quality = quality_of(desk, evaluation, asked_of(desk, evaluation))
    known = ((h.id, h.measured) for h in quality.headlines)
    return {name: m.value for name, m in known if isinstance(m, Estimate)}


def test_a_pair_is_evaluated_once(desk: Desk) -> None:
    """Asking again writes nothing."""
    first = evaluated(desk, binary(ROWS), BINARY)
    events = desk.workspace.events
    assert evaluated(desk, binary(ROWS), BINARY) == first
    assert desk.workspace.events == events
    assert (first.rows, first.labelled) == (20, 16)


def test_worked_by_hand(desk: Desk) -> None:
    """8 yes and 8 no: half of each is right at 0.5; pairs 0.9 and 0.4 against 0.2 and 0.6."""
    numbers = _numbers(desk, evaluated(desk, binary(ROWS), BINARY))
    assert numbers["accuracy"] == 0.5
    assert numbers["recall"] == 0.5
    assert numbers["precision"] == 0.5
    assert numbers["auc"] == 0.75
    assert numbers["selection_rate"] == 8 / 20


CHANGED: list[tuple[str, int, tuple[str | None, float, str | None]]] = [
    ("one score", 0, ("yes", 0.1, "N")),
    ("one label", 0, ("no", 0.9, "N")),
    ("a missing label", 0, (None, 0.9, "N")),
]


@pytest.mark.parametrize(("what", "row", "values"), CHANGED)
def test_one_changed_row_changes_the_numbers(
    desk: Desk, what: str, row: int, values: tuple[str | None, float, str | None]
) -> None:
    """One score, one label, one label less."""
    first = evaluated(desk, binary(ROWS), BINARY)
    second = evaluated(desk, binary([*ROWS[:row], values, *ROWS[row + 1 :]]), BINARY)
    assert second.id != first.id, what
    assert _numbers(desk, second) != _numbers(desk, first)


def test_one_row_more_and_one_weight_change_the_numbers(desk: Desk) -> None:
    """A weight of 2 instead of 1 counts that row twice."""
    weights = [1.0] * 20
    plain = _numbers(desk, evaluated(desk, binary(ROWS, weights), BINARY))
    heavy = _numbers(desk, evaluated(desk, binary(ROWS, [2.0, *weights[1:]]), BINARY))
    twice = _numbers(desk, evaluated(desk, binary([ROWS[0], *ROWS]), BINARY))
    assert heavy["accuracy"] == 9 / 17
    assert heavy != plain
    assert heavy == pytest.approx(twice)


def test_another_positive_class_is_another_evaluation(desk: Desk) -> None:
    """The file keeps its version; there and back again the first evaluation counts."""
    small = binary(ROWS)
    data = keep(desk, small)
    model = keep_onnx(desk, "score", "score")
    first = evaluate(desk, model.id, data.id, actor="test")
    other = keep_onnx(desk, "score", "score", replace(ANSWER, positive="no"))
    assert other.id == model.id
    assert desk.workspace.events[-1].action == "model.understood"
    second = evaluate(desk, model.id, data.id, actor="test")
    assert second.id != first.id
    assert _numbers(desk, second)["auc"] == pytest.approx(0.25)
    keep_onnx(desk, "score", "score")
    again = evaluate(desk, model.id, data.id, actor="test")
    assert again.id == first.id
    assert desk.workspace.state.evaluation_of(model.id, data.id) == again
    events = desk.workspace.events
    assert evaluate(desk, model.id, data.id, actor="test") == again
    assert desk.workspace.events == events


def test_other_input_columns_are_another_evaluation(desk: Desk) -> None:
    """A model fed from another column gives other scores, and they are asked for anew."""
    columns = (*binary([]).columns, column("other", ColumnType.NUMBER))
    values = binary(ROWS).values | {"other": [1 - row[1] for row in ROWS]}
    data = keep(desk, Small(columns, values))
    model = keep_onnx(desk, "score", "other")
    first = evaluate(desk, model.id, data.id, actor="test")
    keep_onnx(desk, "other", "score")
    second = evaluate(desk, model.id, data.id, actor="test")
    assert first.id != second.id
    assert _numbers(desk, first)["auc"] == 0.75
    assert _numbers(desk, second)["auc"] == 0.25


def test_a_model_file_repeats_the_scores_of_its_table(desk: Desk) -> None:
    """Its agreement with the score column is counted; a scores-only model has none."""
    data = keep(desk, binary(ROWS))
    model = keep_onnx(desk, "score", "score")
    evaluation = evaluate(desk, model.id, data.id, actor="test")
    assert evaluation.agreement is not None
    assert (evaluation.agreement.same, evaluation.agreement.rows) == (20, 20)
    assert evaluated(desk, binary(ROWS), BINARY).agreement is None


def test_several_classes_and_amounts(desk: Desk) -> None:
    """By hand: two of three right; off by 1 and 3."""
    columns = (column("y", use=Use.LABEL), column("said", use=Use.PREDICTION))
    answer = Answer(Task.MULTICLASS, kind=OutputKind.LABEL, classes=("a", "b", "c"))
    three = Small(columns, {"y": ["a", "b", "c"], "said": ["a", "b", "a"]})
    found = _numbers(desk, evaluated(desk, three, answer, ("said",)))
    assert found == {"accuracy": pytest.approx(2 / 3), "error_rate": pytest.approx(1 / 3)}
    number = ColumnType.NUMBER
    columns = (column("y", number, Use.LABEL), column("score", number, Use.SCORE))
    two = Small(columns, {"y": [1.0, 2.0], "score": [2.0, -1.0]})
    found = _numbers(desk, evaluated(desk, two, AMOUNT))
    assert found == {"mae": 2.0, "bias": -1.0, "rmse": pytest.approx(5**0.5)}


def test_scores_by_class_are_read_in_the_order_of_the_classes(desk: Desk) -> None:
    """The largest of three columns is the prediction."""
    columns = (
        column("y", use=Use.LABEL),
        *(column(f"p{k}", ColumnType.NUMBER, Use.SCORE) for k in range(3)),
    )
    values: Values = {"y": ["c", "a"], "p0": [0.1, 0.6], "p1": [0.2, 0.3], "p2": [0.7, 0.1]}
    answer = Answer(Task.MULTICLASS, classes=("a", "b", "c"))
    evaluation = evaluated(desk, Small(columns, values), answer, ("p0", "p1", "p2"))
    assert _numbers(desk, evaluation)["accuracy"] == 1.0


def test_a_column_that_the_table_lacks_is_named(desk: Desk) -> None:
    """Model, column, input and table stand in the sentence."""
    data, model = keep(desk, binary(ROWS)), bring(desk, BINARY, ("scroe",))
    sentence = "Model v1 reads `scroe` for `scores`; Validation has no such column"
    with pytest.raises(WrongInputError, match=sentence):
        evaluate(desk, model.id, data.id, actor="test")


def test_a_label_outside_the_classes_is_named(desk: Desk) -> None:
    """The values that the model does not know, and those that it knows."""
    small = binary([*ROWS, ("perhaps", 0.5, "N")])
    with pytest.raises(WrongInputError, match=r"holds perhaps, .*; it knows no, yes"):
        evaluated(desk, small, BINARY)
    assert not desk.workspace.state.evaluations


@pytest.mark.parametrize(
    ("score", "sentence"),
    [
        (None, "1 of 21 scores are not numbers"),
        (float("inf"), "1 of 21 scores are not numbers"),
        (1.5, "1 of 21 scores lie outside 0 to 1"),
    ],
)
def test_a_score_that_is_none_is_refused(
    desk: Desk, score: float | None, sentence: str
) -> None:
    """No row is left out in silence."""
    small = binary(ROWS)
    values = {name: [*column_] for name, column_ in small.values.items()}
    values["label"].append("yes")
    values["score"].append(score)
    values["region"].append("N")
    with pytest.raises(RefusedModelError, match=sentence):
        evaluated(desk, replace(small, values=values), BINARY)


def test_what_was_stopped_leaves_no_evaluation(desk: Desk) -> None:
    """Cancel at any step: no event of an evaluation, nothing half-written."""
    data, model = keep(desk, binary(ROWS)), bring(desk, BINARY)
    for steps in range(4):
        asked = iter([False] * steps)
        watch = Watch(stop=lambda asked=asked: next(asked, True))  # type: ignore[misc]
        with pytest.raises(StoppedError, match="nothing was kept"):
            evaluate(desk, model.id, data.id, actor="test", watch=watch)
    assert not desk.workspace.state.evaluations
    assert not list((desk.workspace.objects.folder / "tmp").iterdir())


def test_unknown_versions_are_refused(desk: Desk) -> None:
    """A stale link names neither model nor table."""
    with pytest.raises(NotFoundError, match="There is no model version abc"):
        evaluate(desk, "abc", "def", actor="test")
