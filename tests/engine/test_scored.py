"""Scored rows say what the model said of each row, for the output that is asked for."""

import numpy as np
import pytest

from core.engine.scored import Scored
from core.errors import WrongInputError
from core.records.models import Task
from core.runs.desk import Desk
from tests.kept import AMOUNT, THREE
from tests.runs.sliced import Kind, make


@pytest.mark.parametrize("of_class", ["", "a", "c"])
def test_multiclass_scores_are_those_of_the_class(desk: Desk, of_class: str) -> None:
    """Top label: the highest score and whether it was right; a class: its own."""
    evaluation = make(desk, Kind(Task.MULTICLASS))
    scored = Scored(evaluation.frame, evaluation.scores, evaluation.answer, of_class)
    source, values = scored.source(desk.work)
    found = desk.work.table(f"select * from {source} order by row", values)
    scores = desk.work.table(f"select * from {desk.work.source(evaluation.scores)}")
    frame = desk.work.table(f"select * from {desk.work.source(evaluation.frame)}")
    matrix = np.column_stack([scores[f"score_{k}"].to_numpy() for k in range(3)])
    label = frame["label"].to_numpy()
    k = "abc".index(of_class) if of_class else matrix.argmax(axis=1)
    said = matrix.max(axis=1) if not of_class else matrix[:, k]
    right = np.where(label < 0, -1, label == k)
    assert np.array_equal(found["score"].to_numpy(), said)
    assert np.array_equal(found["label"].to_numpy(), right)
    assert np.array_equal(found["bucket"].to_numpy(), np.floor(said * 64_000))


def test_other_questions_are_refused(desk: Desk) -> None:
    """A class that the model does not know, and a model without chances."""
    with pytest.raises(WrongInputError, match="no class `d`"):
        Scored("", "", THREE, "d").source(desk.work)
    with pytest.raises(WrongInputError, match="amounts, not chances"):
        Scored("", "", AMOUNT).source(desk.work)
