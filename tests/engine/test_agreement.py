"""How many predictions of a table the model repeats, counted as a reader would."""

from typing import Any

import numpy as np
import pytest

from core.engine.agreement import count_agreement
from core.engine.frame import FramePlan
from core.records.codes import Codebook
from core.records.data import ColumnType, Use
from core.records.evaluations import Agreement
from core.records.models import Answer, OutputKind, Task
from core.runs.desk import Desk
from tests.kept import AMOUNT, BINARY, Small, column, lay, lay_scores

THREE = Answer(Task.MULTICLASS, kind=OutputKind.LABEL, classes=("a", "b", "c"))
NUMBER = ColumnType.NUMBER


def _count(
    desk: Desk, small: Small, answer: Answer, scores: list[float], threshold: int = 500
) -> Agreement | None:
    dataset = lay(desk, small)
    laid = lay_scores(desk, answer, np.array(scores))
    plan = FramePlan(dataset, answer, "", "", laid, Codebook(()))
    return count_agreement(desk.work, plan, threshold)


@pytest.mark.parametrize("name", ["score", "bucket", "same"])
def test_scores_agree_within_rounding(desk: Desk, name: str) -> None:
    """By hand: equal, 0.000009 off, 0.1 off, and one row that holds no score."""
    small = Small((column(name, NUMBER, Use.SCORE),), {name: [0.5, 0.200009, 0.3, None]})
    found = _count(desk, small, BINARY, [0.5, 0.2, 0.2, 0.9])
    assert found == Agreement(same=2, rows=3)


@pytest.mark.parametrize("name", ["predicted", "score", "says"])
def test_classes_agree_at_the_threshold(desk: Desk, name: str) -> None:
    """A prediction column may be called as the scores are."""
    values: list[Any] = ["yes", "no", "yes", None]
    small = Small((column(name, use=Use.PREDICTION),), {name: values})
    assert _count(desk, small, BINARY, [0.6, 0.6, 0.7, 0.1], 650) == Agreement(2, 3)
    three = Small((column(name, use=Use.PREDICTION),), {name: ["a", "c", None]})
    assert _count(desk, three, THREE, [0, 1, 2]) == Agreement(1, 2)


def test_amounts_agree_in_proportion(desk: Desk) -> None:
    """1 of 1,000,000 is rounding; 100 is not."""
    small = Small((column("s", NUMBER, Use.SCORE),), {"s": [1_000_001.0, 1_000_100.0]})
    assert _count(desk, small, AMOUNT, [1e6, 1e6]) == Agreement(1, 2)


def test_without_predictions_there_is_nothing_to_agree(desk: Desk) -> None:
    """None, not 0 of 0."""
    assert _count(desk, Small((column("x"),), {"x": ["a"]}), BINARY, [0.5]) is None
