"""Evaluate: run a model version on a dataset version, and count what came out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.engine.agreement import count_agreement
from core.engine.codes import make_codebook
from core.engine.frame import FrameFacts, FramePlan, write_frame
from core.engine.grid import buckets, is_single
from core.errors import NotFoundError, RefusedModelError, WrongInputError
from core.models.answers import read_answer
from core.models.scoring import Scoring, score_table
from core.models.wire import Raw
from core.records.canonical import canonical, digest, to_plain
from core.records.data import DatasetVersion, Use
from core.records.evaluations import Evaluation
from core.records.models import ModelVersion, OutputKind, Task
from core.records.texts import shorten
from core.runs.desk import Desk
from core.runs.pairing import LONGEST, check_pair, count_beyond
from core.runs.rollups import cells_of, codebook_of, first_parts, ranking_of
from core.runs.score_rollups import count_calibration
from core.runs.watch import Watch

BATCH_ROWS: Final = 65_536
SCORED: Final = 0.8  # share of the progress bar
LOST: Final = 0.01  # of all rows; fewer that count as 0 change no number


def evaluate(
    desk: Desk, model_id: str, dataset_id: str, *, actor: str, watch: Watch | None = None
) -> Evaluation:
    """Return the evaluation of a pair, made now if nobody made it before.

    Raises:
        WrongInputError: the table lacks a column that the model reads.
        RefusedModelError: the model cannot be run on this table.
        StoppedError: somebody pressed Cancel; nothing is kept.
    """
    watch = watch or Watch()
    state = desk.workspace.state
    model, dataset = state.model(model_id), state.dataset(dataset_id)
    known = state.evaluation_of(model_id, dataset_id)
    if known:
        count_first(desk, known)  # what was damaged meanwhile
        return known
    check_pair(desk, model, dataset)
    watch.step(0.0, "Starting the model")
    scores = desk.workspace.objects.put(
        lambda into: _write_scores(desk, model, dataset, into, watch)
    )
    watch.step(SCORED, "Cutting columns into values and ranges")
    evaluation = _made(desk, model, dataset, scores, actor)
    watch.step(0.9, "Counting slices")
    count_first(desk, evaluation)
    watch.step(0.99, "Writing it down")
    desk.workspace.keep(actor, "evaluation.made", evaluation)
    return state.evaluation(evaluation.id)


def count_first(desk: Desk, evaluation: Evaluation) -> None:
    """Count the roll-ups that the pages show first."""
    codebook = codebook_of(desk, evaluation)
    cells_of(desk, evaluation, first_parts(codebook))
    ranking_of(desk, evaluation)
    count_calibration(desk, evaluation)


def _made(
    desk: Desk, model: ModelVersion, dataset: DatasetVersion, scores: str, actor: str
) -> Evaluation:
    objects = desk.workspace.objects
    codebook = desk.once(
        ("made codebook", dataset.id, dataset.columns),
        lambda: make_codebook(desk.work, dataset),
    )
    label, weight = dataset.used_as(Use.LABEL), dataset.used_as(Use.WEIGHT)
    plan = FramePlan(
        dataset=dataset,
        answer=model.answer,
        label=label.name if label else "",
        weight=weight.name if weight else "",
        scores=scores,
        codebook=codebook,
    )
    facts: list[FrameFacts] = []
    frame = objects.put(lambda into: facts.append(_write_frame(desk, plan, into)))
    threshold = desk.workspace.state.threshold(model.id)
    identity: dict[str, Any] = {
        "model": model.id,
        "dataset": dataset.id,
        "answer": to_plain(model.answer),
        "label": plan.label,
        "weight": plan.weight,
        "scores": scores,
        "columns": digest(dataset.columns),
    }
    return Evaluation(
        id=digest(identity),
        model=model.id,
        dataset=dataset.id,
        answer=model.answer,
        label=plan.label,
        weight=plan.weight,
        scores=scores,
        frame=frame,
        codebook=objects.put_bytes(canonical(codebook)),
        weight_scale=facts[0].weight_scale,
        error_scale=facts[0].error_scale,
        rows=facts[0].rows,
        labelled=facts[0].labelled,
        agreement=count_agreement(desk.work, plan, threshold) if model.object else None,
        feeds=model.feeds,
        columns=identity["columns"],
        at=desk.workspace.now(),
        actor=actor,
    )


def _write_frame(desk: Desk, plan: FramePlan, into: Path) -> FrameFacts:
    facts = write_frame(desk.work, plan, into)
    if plan.weight:
        table = desk.workspace.objects.path(plan.dataset.object)
        given, kept = _count_positive(table, plan.weight), _count_positive(into, "w")
        if given - kept > given * LOST:
            raise WrongInputError(
                f"{given - kept:,} of {given:,} weights in `{shorten(plan.weight, LONGEST)}` "
                "are so small beside the others that they would count as 0.",
                hint="Bring weights that differ less, or use the column as something else.",
            )
    return facts


def _count_positive(table: Path, column: str) -> int:
    batches = pq.ParquetFile(table).iter_batches(BATCH_ROWS, columns=[column])
    return sum(
        int((batch.column(0).to_numpy(zero_copy_only=False) > 0).sum()) for batch in batches
    )


def _write_scores(
    desk: Desk, model: ModelVersion, dataset: DatasetVersion, into: Path, watch: Watch
) -> None:
    schema = _schema(model)
    single = _is_single(desk, model, dataset)
    with pq.ParquetWriter(into, schema, compression="zstd") as writer:
        for scores in _scores(desk, model, dataset, watch):
            columns = _columns(model, scores, single=single)
            writer.write_table(
                pa.Table.from_arrays(list(map(pa.array, columns)), schema=schema)
            )


def _scores(
    desk: Desk, model: ModelVersion, dataset: DatasetVersion, watch: Watch
) -> Iterator[NDArray[np.float64]]:
    batches = _batches(desk, model, dataset)
    if model.object is None:
        yield from (_brought(model, batch) for batch in batches)
        return
    if model.facts is None:
        raise NotFoundError("The model has no file.", hint="Import the model again.")
    scoring = Scoring(
        desk.workspace.objects.read(model.object),
        model.facts.inputs,
        model.feeds,
        model.answer,
    )
    yield from score_table(
        scoring,
        batches,
        dataset.rows,
        stop=watch.stop,
        progress=lambda share, text: watch.progress(share * SCORED, text),
    )


def _batches(
    desk: Desk, model: ModelVersion, dataset: DatasetVersion
) -> Iterator[pa.RecordBatch]:
    needed = sorted({column for _, columns in model.feeds for column in columns})
    file = pq.ParquetFile(desk.workspace.objects.path(dataset.object))
    yield from file.iter_batches(BATCH_ROWS, columns=needed)


def _brought(model: ModelVersion, batch: pa.RecordBatch) -> NDArray[np.float64]:
    """Return the scores that the table itself holds, checked like those of a model."""
    names = [name for _, columns in model.feeds for name in columns]
    columns = [batch.column(batch.schema.get_field_index(name)) for name in names]
    if model.answer.kind is OutputKind.LABEL:
        if missing := columns[0].null_count:
            raise RefusedModelError(
                f"{missing:,} of {batch.num_rows:,} predictions are missing.",
                hint="Fill them in the table, or leave out these rows.",
            )
        values = np.array([_class(value) for value in columns[0].to_pylist()], dtype=object)
    else:
        numbers = [
            column.cast(pa.float64()).fill_null(np.nan).to_numpy() for column in columns
        ]
        values = numbers[0] if len(numbers) == 1 else np.column_stack(numbers)
    return read_answer(model.answer, Raw(values, ()))


def _class(value: object) -> str:
    """Return a class as the label is written: 1.0 is 1, True is true."""
    if isinstance(value, bool):
        return str(value).lower()
    return (
        str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    )


def _is_single(desk: Desk, model: ModelVersion, dataset: DatasetVersion) -> bool:
    """Return whether scores are float32, which decides how they meet a threshold."""
    if model.answer.task is not Task.BINARY:
        return False
    if model.facts is None:
        if model.answer.kind is not OutputKind.TENSOR:
            return False
        for batch in _batches(desk, model, dataset):
            _brought(model, batch)  # one beyond float32 is refused before it is asked
        columns = [column for _, names in model.feeds for column in names]
        return all(is_single(desk.work, dataset, column) for column in columns)
    outputs = {output.name: output.type for output in model.facts.outputs}
    return outputs.get(model.answer.output) == "float"


def _schema(model: ModelVersion) -> pa.Schema:
    fields: list[tuple[str, pa.DataType]]
    match model.answer.task:
        case Task.BINARY:
            fields = [("score", pa.float64()), ("bucket", pa.int32())]
        case Task.REGRESSION:
            fields = [("score", pa.float64())]
        case Task.MULTICLASS:
            fields = [
                (f"score_{k}", pa.float64()) for k in range(len(model.answer.classes))
            ]
            fields.append(("predicted", pa.int16()))
    return pa.schema(fields)


def _columns(
    model: ModelVersion, scores: NDArray[np.float64], *, single: bool
) -> list[NDArray[np.generic]]:
    match model.answer.task:
        case Task.BINARY:
            compared = scores.astype(np.float32) if single else scores
            return [scores, buckets(compared)]
        case Task.REGRESSION:
            if beyond := count_beyond(scores):
                raise RefusedModelError(
                    f"{beyond:,} of {len(scores):,} scores are beyond 10^100.",
                    hint="Check that the model answers in the unit of the label.",
                )
            return [scores]
        case Task.MULTICLASS:
            return [*scores.T, scores.argmax(axis=1).astype(np.int16)]
