"""Shift scores: what a model says of two sets of rows, and how often the outcome came."""

from dataclasses import replace
from typing import Final

from core.engine.shift_classes import count_labels, count_predictions
from core.engine.shift_values import Valued
from core.errors import WrongInputError
from core.measures.privacy import is_few
from core.measures.shift_facts import Facts, measure_named, measure_ordered
from core.measures.shift_pairs import (
    About,
    count_beyond,
    pair_bins,
    pair_values,
)
from core.measures.shift_words import say_compared, say_nothing
from core.measures.shifts import adjust, judge_shifts
from core.records.data import Column, ColumnType, DatasetVersion, Use
from core.records.drift import Compared, Shape, Side
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.runs.desk import Desk
from core.runs.shift_rollups import count_whole, ruler_of

TOLERANCE: Final = 0.1
SCORE: Final = Column("score", ColumnType.NUMBER, Use.SCORE)
FEWEST: Final = 2


def compare_scores(
    desk: Desk, before: Evaluation, after: Evaluation, *, tolerance: float = TOLERANCE
) -> Compared:
    """Return how scores, predictions and labels moved between two evaluations.

    `score` is what the model gives (not of several classes), `prediction` the share of each
    class at the thresholds in force, `label` that of each outcome among the rows that have
    one: labels that are late say nothing.

    Raises:
        WrongInputError: the two models answer different questions.
    """
    if (before.answer.task, before.answer.classes) != (
        after.answer.task,
        after.answer.classes,
    ):
        raise WrongInputError(
            "The two models do not answer the same question.",
            hint="Choose two evaluations with the same classes.",
        )
    state = desk.workspace.state
    limit = state.policy.policy.privacy_limit
    thresholds = state.threshold(before.model), state.threshold(after.model)
    key = (
        "score shifts",
        before.scores,
        before.frame,
        after.scores,
        after.frame,
        *thresholds,
        limit,
    )
    rows = before.rows, after.rows
    facts: list[Facts] = []
    if min(rows) >= FEWEST:
        facts = desk.once(key, lambda: _measure(desk, (before, after), thresholds))
    facts = [each for each in facts if not any(is_few(n, limit) for n in each.rows)]
    (q,) = adjust([facts])
    shifts = judge_shifts(facts, q, tolerance=tolerance)
    titles = [state.dataset(each.dataset).title for each in (before, after)]
    sentence = say_nothing(rows, (titles[0], titles[1])) or say_compared(shifts, tolerance)
    sides = Side(before.dataset), Side(after.dataset)
    return Compared(*sides, rows, tolerance, len(facts), 0, shifts, sentence)


def _measure(
    desk: Desk, both: tuple[Evaluation, Evaluation], thresholds: tuple[int, int]
) -> list[Facts]:
    task = both[0].answer.task
    least = desk.workspace.state.policy.policy.privacy_limit
    found = [] if task is Task.MULTICLASS else [_score(desk, both, least)]
    if task is Task.REGRESSION:
        return found
    said = [
        count_predictions(desk.count, each.scores, each.answer, threshold)
        for each, threshold in zip(both, thresholds, strict=True)
    ]
    found.append(_classes("prediction", said, least))
    if all(each.labelled for each in both):
        labels = [count_labels(desk.count, each.frame, each.answer) for each in both]
        found.append(_classes("label", labels, least))
    return found


def _score(desk: Desk, both: tuple[Evaluation, Evaluation], least: int) -> Facts:
    tables = [_as_table(desk, each) for each in both]
    ruler = ruler_of(desk, tables[0], [SCORE])
    left, right = (
        count_whole(desk, each, ruler, [SCORE]).bins[SCORE.name] for each in tables
    )
    (scale,) = ruler.scales
    ruled = Shape.CONTINUOUS, scale.spread, scale.ties
    about = About(SCORE.name, SCORE.type, *ruled, least=least)
    missing = left.missing, right.missing
    return measure_ordered(
        about, pair_bins(left, right), missing, count_beyond(left, right)
    )


def _as_table(desk: Desk, evaluation: Evaluation) -> DatasetVersion:
    """Return the scores as a table of one column."""
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    return replace(
        dataset, object=evaluation.scores, rows=evaluation.rows, columns=(SCORE,)
    )


def _classes(column: str, counted: list[dict[str, int]], least: int) -> Facts:
    sides = [
        Valued(column, tuple(each), tuple(each.values()), 0, whole=True) for each in counted
    ]
    about = About(column, ColumnType.TEXT, Shape.CATEGORICAL, least=least)
    return measure_named(about, pair_values(sides[0], sides[1]))
