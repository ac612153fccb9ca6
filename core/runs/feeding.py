"""Feeding: what a model is run on, column by column."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import NotFoundError
from core.models.scoring import Scoring
from core.records.data import DatasetVersion
from core.records.evaluations import Evaluation
from core.records.models import ModelVersion
from core.runs.desk import Desk

BATCH_ROWS: Final = 65_536


def scoring_of(desk: Desk, model: ModelVersion) -> Scoring:
    """Return how a model is run.

    Raises:
        NotFoundError: only its scores were brought.
    """
    if model.object is None or model.facts is None:
        raise NotFoundError(
            "This needs the model file; only its scores were imported.",
            hint="Import the ONNX file of the model.",
        )
    data = desk.workspace.objects.read(model.object)
    return Scoring(data, model.facts.inputs, model.feeds, model.answer)


def read_columns(evaluation: Evaluation) -> tuple[str, ...]:
    """Return the raw columns that the model of an evaluation reads, in its order."""
    return tuple(dict.fromkeys(name for _, names in evaluation.feeds for name in names))


def batches_of(
    desk: Desk, evaluation: Evaluation, dataset: DatasetVersion
) -> Iterator[pa.RecordBatch]:
    """Give the columns that a model reads of a table, batch by batch."""
    file = pq.ParquetFile(desk.workspace.objects.path(dataset.object))
    columns = list(read_columns(evaluation))
    yield from file.iter_batches(BATCH_ROWS, columns=columns)
