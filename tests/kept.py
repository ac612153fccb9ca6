"""Small tables and scores-only models, kept the way an import keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

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
