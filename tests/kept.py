"""Small tables and scores-only models, kept the way an import keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.engine.cells import Cells, read_cells, write_cells
from core.engine.codes import make_codebook
from core.engine.frame import FrameFacts, FramePlan, write_frame
from core.engine.grid import buckets
from core.engine.where import Where
from core.records.codes import Codebook
from core.records.data import (
    Column,
    ColumnType,
    DatasetVersion,
    ReadAs,
    Reading,
    Split,
    Use,
)
from core.records.evaluations import Evaluation
from core.records.models import Answer, ModelVersion, OutputKind, Task
from core.records.predicate import Predicate
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.keeping import ModelToKeep, TableToKeep, keep_model, keep_table

ARROW: Final = {
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.DATE: pa.date32(),
    ColumnType.TIME: pa.timestamp("us"),
    ColumnType.TEXT: pa.string(),
}
Values = dict[str, list[Any]]
BINARY: Final = Answer(Task.BINARY, classes=("no", "yes"), positive="yes")
THREE: Final = Answer(
    Task.MULTICLASS, kind=OutputKind.LABEL, classes=("a", "b", "c"), positive=""
)
AMOUNT: Final = Answer(Task.REGRESSION)


@dataclass(frozen=True)
class Small:
    """A table as a test writes it down: columns with their uses, values by column."""

    columns: tuple[Column, ...]
    values: Values
    name: str = "Validation"
    parquet: dict[str, Any] = field(default_factory=dict)


def column(
    name: str,
    type_: ColumnType = ColumnType.TEXT,
    use: Use = Use.FEATURE,
    *,
    group: bool = False,
) -> Column:
    """Return a column."""
    return Column(name, type_, use, group=group)


def arrow(small: Small) -> pa.Table:
    """Return the clean Arrow table."""
    arrays = [pa.array(small.values[c.name], ARROW[c.type]) for c in small.columns]
    return pa.Table.from_arrays(arrays, names=[c.name for c in small.columns])


def to_keep(desk: Desk, small: Small) -> TableToKeep:
    """Write the Parquet file of a table and say what an import would have found."""
    path = Path(desk.workspace.drafts) / f"{uuid4().hex}.parquet"
    table = arrow(small)
    pq.write_table(table, path, **small.parquet)
    reading = Reading(
        read_as=ReadAs("parquet"),
        rows=table.num_rows,
        columns=(),
        rejected=(),
        rejected_count=0,
        as_written=(),
        file_name="small.parquet",
        file_sha256="f" * 64,
        file_bytes=path.stat().st_size,
    )
    return TableToKeep(path, reading, small.columns, small.name, Split.VALIDATION)


def keep(desk: Desk, small: Small) -> DatasetVersion:
    """Keep a table and return its version."""
    return keep_table(desk, to_keep(desk, small), actor="test")


def bring(
    desk: Desk, answer: Answer, columns: Sequence[str] = ("score",), name: str = "Model"
) -> ModelVersion:
    """Keep a scores-only model whose scores stand in `columns`."""
    feeds = (("scores", tuple(columns)),)
    return keep_model(desk, ModelToKeep(None, None, answer, feeds, name), actor="test")


def evaluated(
    desk: Desk, small: Small, answer: Answer, columns: Sequence[str] = ("score",)
) -> Evaluation:
    """Keep a table and its scores and evaluate them."""
    data, model = keep(desk, small), bring(desk, answer, columns)
    return evaluate(desk, model.id, data.id, actor="test")


def binary(
    rows: Sequence[tuple[str | None, float, str | None]],
    weights: Sequence[float] | None = None,
) -> Small:
    """Return a table of (label, score, region) rows, with weights where they are given."""
    columns = [
        column("label", use=Use.LABEL),
        column("score", ColumnType.NUMBER, Use.SCORE),
        column("region", group=True),
    ]
    values: Values = {
        "label": [row[0] for row in rows],
        "score": [row[1] for row in rows],
        "region": [row[2] for row in rows],
    }
    if weights is not None:
        columns.append(column("weight", ColumnType.NUMBER, Use.WEIGHT))
        values["weight"] = list(weights)
    return Small(tuple(columns), values)


@dataclass(frozen=True)
class Framed:
    """Coded rows, laid down without an event: what the engine's own tests count."""

    dataset: DatasetVersion
    answer: Answer
    codebook: Codebook
    scores: str
    frame: str
    facts: FrameFacts


def lay(desk: Desk, small: Small) -> DatasetVersion:
    """Put a table among the objects and return a version of it that no event knows."""
    prepared = to_keep(desk, small)
    object_ = desk.workspace.objects.put_bytes(prepared.parquet.read_bytes())
    return DatasetVersion(
        id=object_,
        name=small.name,
        number=1,
        object=object_,
        rows=prepared.reading.rows,
        bytes=prepared.reading.file_bytes,
        columns=small.columns,
        split=Split.VALIDATION,
        window=None,
        read_as=prepared.reading.read_as,
        rejected=0,
        file_name="small.parquet",
        file_sha256="f" * 64,
        hashes=(),
        declared=(),
        at=datetime(2026, 7, 2, tzinfo=UTC),
        actor="test",
    )


def lay_scores(desk: Desk, answer: Answer, scores: NDArray[np.generic]) -> str:
    """Put scores (multiclass: predicted classes) among the objects."""
    columns: dict[str, Any]
    match answer.task:
        case Task.BINARY:
            fine = buckets(np.asarray(scores, scores.dtype))
            columns = {"score": scores.astype(np.float64), "bucket": fine}
        case Task.MULTICLASS:
            columns = {"predicted": scores.astype(np.int16)}
        case _:
            columns = {"score": scores.astype(np.float64)}
    table = pa.table(columns)
    return desk.workspace.objects.put(lambda into: pq.write_table(table, into))


def lay_frame(
    desk: Desk, small: Small, answer: Answer, scores: NDArray[np.generic]
) -> Framed:
    """Write the frame of a table and the scores of its rows."""
    dataset = lay(desk, small)
    label, weight = dataset.used_as(Use.LABEL), dataset.used_as(Use.WEIGHT)
    plan = FramePlan(
        dataset=dataset,
        answer=answer,
        label=label.name if label else "",
        weight=weight.name if weight else "",
        scores=lay_scores(desk, answer, scores),
        codebook=make_codebook(desk.work, dataset),
    )
    facts: list[FrameFacts] = []
    frame = desk.workspace.objects.put(
        lambda into: facts.append(write_frame(desk.work, plan, into))
    )
    return Framed(dataset, answer, plan.codebook, plan.scores, frame, facts[0])


def count(
    desk: Desk,
    framed: Framed,
    parts: Sequence[tuple[str, ...]] = ((),),
    where: Predicate | None = None,
    threshold: int | None = None,
) -> Cells:
    """Count the cells of a frame."""
    name = desk.workspace.objects.put(
        lambda into: write_cells(
            desk.work,
            frame=framed.frame,
            task=framed.answer.task,
            codebook=framed.codebook,
            parts=parts,
            where=Where(framed.dataset, where, framed.scores) if where else None,
            threshold=threshold,
            into=into,
        )
    )
    return read_cells(desk.count, name)
