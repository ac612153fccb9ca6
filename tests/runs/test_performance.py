"""A metric in every window, realised and estimated; and the rows to label, as a file."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from core.errors import NotFoundError, WrongInputError
from core.records.models import Task
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.performance import (
    performance_of,
    plan_of,
    reference_for,
    sample_to_label,
    windows_of,
)
from core.runs.provenance import decide_personal
from tests.drifted import Values, World, bring
from tests.kept import BINARY, binary, evaluated


def late(last: int) -> World:
    """Return windows of which the last has no labels."""

    def drop(k: int, values: Values) -> None:
        if k == last:
            values["label"] = [None] * len(values["label"])

    return World(rows=800, moved=(False,) * last, change=drop)


def test_windows_stand_in_the_order_of_time(desk: Desk) -> None:
    """Earliest first, the reference is none of them."""
    reference, *windows = bring(desk, World(rows=200))
    found = windows_of(desk, reference)
    assert [each.id for each in found] == [each.id for each in windows]
    assert reference_for(desk, windows[0]) == reference


def test_realised_values_are_those_of_the_rows(desk: Desk) -> None:
    """Accuracy of each window by brute force."""
    kept: list[Values] = []
    world = World(rows=300, change=lambda _, values: kept.append(values))
    evaluations = bring(desk, world)
    found = performance_of(desk, evaluations[-1], "accuracy")
    for window, values in zip(found.windows, kept[1:], strict=True):
        right = (np.array(values["score"]) >= 0.5) == (np.array(values["label"]) == "yes")
        assert window.realised is not None
        assert window.realised.value == pytest.approx(right.mean())


def test_a_window_without_labels_is_estimated_with_its_past(desk: Desk) -> None:
    """Scores keep their meaning: the estimate is near the truth, its band around it."""
    *_, last = bring(desk, late(5))
    found = performance_of(desk, last, "accuracy")
    window = found.windows[-1]
    assert (window.labelled, window.realised) == (0, None)
    assert window.estimate == pytest.approx(0.9, abs=0.03)
    assert len(found.errors) == 4
    assert found.band == pytest.approx(max(map(abs, found.errors)))
    assert window.low == pytest.approx(window.estimate - found.band)  # type: ignore[operator]


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("labels", [True, False])
def test_every_task_has_an_answer(desk: Desk, task: Task, *, labels: bool) -> None:
    """With and without labels; a regression states no chances."""
    *_, last = bring(desk, World(task=task, rows=150, moved=(False, True), labels=labels))
    metric = "mae" if task is Task.REGRESSION else "accuracy"
    found = performance_of(desk, last, metric)
    assert len(found.windows) == 2
    assert all((w.realised is not None) is labels for w in found.windows)
    assert found.sentence
    assert not found.trusted


def test_without_windows_there_is_nothing_to_follow(desk: Desk) -> None:
    """A table to validate on is no production window."""
    evaluation = evaluated(desk, binary([("yes", 0.9, "N"), ("no", 0.1, "N")]), BINARY)
    with pytest.raises(NotFoundError, match="no production table"):
        performance_of(desk, evaluation, "accuracy")


def rows_of(sample: bytes) -> list[dict[str, str]]:
    """Read a sample as its receiver would."""
    return list(csv.DictReader(io.StringIO(sample.decode())))


@pytest.mark.parametrize("by_score", [True, False])
def test_the_sample_stands_for_the_window(desk: Desk, *, by_score: bool) -> None:
    """As many rows as planned, each once, weights sum to the window, labels empty."""
    *_, last = bring(desk, late(2))
    plan = plan_of(desk, last, 0.05)
    plan = replace(plan, random=10**6) if by_score else replace(plan, stratified=10**6)
    rows = rows_of(sample_to_label(desk, last, plan))
    assert len(rows) == (plan.stratified if by_score else plan.random)
    assert sum(float(row["weight"]) for row in rows) == pytest.approx(last.rows)
    assert {row["label"] for row in rows} == {""}
    assert len({tuple(row.values()) for row in rows}) == len(rows)
    assert len({row["email"] for row in rows}) == len(rows)


def test_the_sample_is_the_same_each_time(desk: Desk) -> None:
    """Two people label the same rows."""
    *_, last = bring(desk, late(2))
    plan = plan_of(desk, last, 0.05)
    assert sample_to_label(desk, last, plan) == sample_to_label(desk, last, plan)


def test_personal_columns_do_not_leave(desk: Desk) -> None:
    """Once somebody confirmed what they are, they are not in the file."""
    *_, last = bring(desk, late(2))
    decide_personal(desk, last.dataset, "email", personal=True, actor="test")
    header = set(rows_of(sample_to_label(desk, last, plan_of(desk, last, 0.05)))[0])
    names = {c.name for c in desk.workspace.state.dataset(last.dataset).columns}
    assert header == names - {"email"} | {"weight"}


def test_impossible_widths_are_refused(desk: Desk) -> None:
    """Nothing, and more than everything."""
    evaluation = evaluated(desk, binary([("yes", 0.9, "N"), ("no", 0.1, "N")]), BINARY)
    for half in (0.0, 1.0):
        with pytest.raises(WrongInputError, match="no width of a share"):
            plan_of(desk, evaluation, half)


def test_a_regression_has_no_plan(desk: Desk) -> None:
    """Its answers are not right or wrong."""
    *_, last = bring(desk, World(task=Task.REGRESSION, rows=100, moved=(False,)))
    with pytest.raises(WrongInputError, match="this is a regression"):
        plan_of(desk, last, 0.05)


def test_a_window_evaluated_twice_stands_once(desk: Desk) -> None:
    """The newest counts."""
    *_, last = bring(desk, World(rows=100, moved=(False,)))
    evaluate(desk, last.model, last.dataset, actor="again")
    assert len(windows_of(desk, last)) == 1
