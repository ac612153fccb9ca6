"""Performance: a model's metric in every table it met, with labels and without."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine import score_counts as score_counts_module
from core.engine.drill import find_numbered
from core.engine.duck import DuckDB
from core.engine.score_counts import ScoreCounts, read_score_counts, write_score_counts
from core.engine.scored import Scored
from core.engine.sheet import write_csv
from core.errors import NotFoundError, WrongInputError
from core.measures.label_free import (
    FORMULAS,
    Meaning,
    expect,
    judge_estimates,
    learn_meaning,
)
from core.measures.label_plan import plan_labels
from core.records.changes import LabelFree, LabelPlan, Window
from core.records.data import DatasetVersion, Split, Use
from core.records.estimate import Estimate
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.runs.asking import asked_of, quality_of
from core.runs.desk import Desk
from core.runs.rollups import Kind, fill_in
from core.runs.slicing import masked_columns

SCORE_COUNTS: Final = Kind("score counts", 1, (score_counts_module,))
PICKED: Final = 2_654_435_761  # as in samples: rows by a hash of their number


def windows_of(desk: Desk, evaluation: Evaluation) -> tuple[Evaluation, ...]:
    """Return the production tables that a model version met, the earliest first."""
    state = desk.workspace.state
    mine = [
        each
        for each in state.evaluations.values()
        if each.model == evaluation.model
        and each.answer == evaluation.answer
        and state.dataset(each.dataset).split is Split.PRODUCTION
    ]
    newest = {each.dataset: each for each in mine}  # a pair that was evaluated anew
    return tuple(sorted(newest.values(), key=lambda e: _time_of(state.dataset(e.dataset))))


def reference_for(desk: Desk, evaluation: Evaluation) -> Evaluation | None:
    """Return the evaluation that windows are held against: rows the model did not learn from.

    The newest on validation, test or reference data with labels; else the training data.
    """
    state = desk.workspace.state
    order = (Split.VALIDATION, Split.TEST, Split.REFERENCE, Split.TRAINING)
    mine = [
        each
        for each in state.evaluations.values()
        if each.model == evaluation.model
        and each.answer == evaluation.answer
        and each.labelled
        and state.dataset(each.dataset).split in order
    ]
    ranked = sorted(mine, key=lambda e: order.index(state.dataset(e.dataset).split))
    return ranked[0] if ranked else None


def performance_of(desk: Desk, evaluation: Evaluation, metric: str) -> LabelFree:
    """Return a metric in every production window, realised and estimated.

    The estimate rests on what scores meant in the reference; it stands beside its own past.

    Raises:
        NotFoundError: the model met no production table.
    """
    windows = windows_of(desk, evaluation)
    reference = reference_for(desk, evaluation)
    if not windows:
        raise NotFoundError(
            "This model met no production table yet.",
            hint="Import one, with the split production and its window.",
        )
    meaning = _meaning_of(desk, reference) if reference and metric in FORMULAS else None
    drawn = tuple(_window(desk, each, metric, meaning) for each in windows)
    usual = measured_of(desk, reference, metric) if reference else None
    if meaning is None or not isinstance(usual, Estimate):
        why = (
            "No estimate without labels: a regression states no chances."
            if evaluation.answer.task is Task.REGRESSION
            else "No estimate without labels for this metric."
        )
        return LabelFree(drawn, (), (), None, 0, trusted=False, sentence=why)
    return judge_estimates(drawn, usual.value)


def plan_of(desk: Desk, evaluation: Evaluation, half: float) -> LabelPlan:
    """Return how many labels would tell how often the model is right in a table.

    Raises:
        WrongInputError: the task has no right and wrong answers, or the width is none.
    """
    if evaluation.answer.task is Task.REGRESSION:
        raise WrongInputError(
            "A plan needs answers that are right or wrong; this is a regression.",
            hint="Label rows drawn at random.",
        )
    if not 0 < half < 1:
        raise WrongInputError(
            f"±{half:g} is no width of a share.", hint="Give a share between 0 and 1."
        )
    reference = reference_for(desk, evaluation)
    meaning = _meaning_of(desk, reference) if reference else None
    return plan_labels(counts_of(desk, evaluation), meaning, _edge(desk, evaluation), half)


def sample_to_label(desk: Desk, evaluation: Evaluation, plan: LabelPlan) -> bytes:
    """Return the rows to label as CSV: every column that may leave, a weight, no label.

    Rows are chosen by a hash of their number, within each range of the score where the
    plan draws by score. `weight` is how many rows of the table each of them stands for, so
    that the file, labelled and imported, measures the whole table.
    """
    numbers, weights = _drawn(desk, evaluation, plan)
    state = desk.workspace.state
    dataset = state.dataset(evaluation.dataset)
    masked = masked_columns(desk, dataset)
    label = dataset.used_as(Use.LABEL)
    shown = [
        column.name
        for column in dataset.columns
        if column.name not in masked and column.use is not Use.LABEL
    ]
    table = find_numbered(desk.work, dataset, numbers.tolist(), masked).select(shown)
    name = label.name if label else "label"
    weight = "weight" if "weight" not in shown else "sample_weight"
    table = table.append_column(weight, pa.array(weights))
    return write_csv(table.append_column(name, pa.nulls(table.num_rows, pa.string())))


def counts_of(desk: Desk, evaluation: Evaluation) -> ScoreCounts:
    """Return how many rows have each score."""
    scored = Scored(evaluation.frame, evaluation.scores, evaluation.answer)

    def fill(engine: DuckDB, into: Path) -> None:
        write_score_counts(engine, scored, into)

    inputs = {"frame": evaluation.frame, "scores": evaluation.scores}
    name = fill_in(desk, evaluation.id, SCORE_COUNTS, inputs, fill)
    return desk.once(("score counts", name), lambda: read_score_counts(desk.count, name))


def _drawn(
    desk: Desk, evaluation: Evaluation, plan: LabelPlan
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the numbers of the rows to label, in their order, and what each stands for."""
    scored = Scored(evaluation.frame, evaluation.scores, evaluation.answer)
    source, values = scored.source(desk.work)
    table = desk.work.table(f"select row, bucket from {source}", values)
    row, step = table["row"].to_numpy(), table["bucket"].to_numpy() // 64
    hashes = (row.astype(np.uint64) * np.uint64(PICKED)) % np.uint64(1 << 32)
    if plan.random <= plan.stratified:
        chosen = row[np.argsort(hashes, kind="stable")[: plan.random]]
        return np.sort(chosen), np.full(len(chosen), len(row) / max(1, len(chosen)))
    numbers, weights = [], []
    for stratum in plan.strata:
        mine = np.flatnonzero((step >= stratum.low) & (step < stratum.high))
        first = mine[np.argsort(hashes[mine], kind="stable")[: stratum.asked]]
        numbers.append(row[first])
        weights.append(np.full(len(first), len(mine) / max(1, len(first))))
    every, each = np.concatenate(numbers), np.concatenate(weights)
    order = np.argsort(every)
    return every[order], each[order]


def _window(desk: Desk, each: Evaluation, metric: str, meaning: Meaning | None) -> Window:
    title = desk.workspace.state.dataset(each.dataset).title
    realised = measured_of(desk, each, metric)
    window = Window(title, each.id, each.rows, each.labelled, realised, None, None, None)
    if meaning is None:
        return window
    expected = expect(counts_of(desk, each), meaning, _edge(desk, each))
    return replace(window, estimate=FORMULAS[metric](expected))


def measured_of(desk: Desk, each: Evaluation, metric: str) -> Estimate | None:
    """Return a metric of an evaluation, if its labels tell it."""
    if not each.labelled:
        return None
    headline = quality_of(desk, each, asked_of(desk, each)).headline(metric)
    measured = headline.measured if headline else None
    return measured if isinstance(measured, Estimate) else None


def _meaning_of(desk: Desk, reference: Evaluation) -> Meaning | None:
    if reference.answer.task is Task.REGRESSION:
        return None
    counts = counts_of(desk, reference)
    return desk.once(
        ("meaning", reference.frame, reference.scores), lambda: learn_meaning(counts)
    )


def _edge(desk: Desk, each: Evaluation) -> int | None:
    """Return the bucket of the decision threshold; None for the top label."""
    binary = each.answer.task is Task.BINARY
    return desk.workspace.state.threshold(each.model) * 64 if binary else None


def _time_of(version: DatasetVersion) -> tuple[str, str]:
    return (version.window[0] if version.window else "", version.title)
