"""Pairing: can this model be run on this table, and will its answers be understood?"""

from typing import Final

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.errors import WrongInputError
from core.records.data import ColumnType, DatasetVersion, Use
from core.records.models import ModelVersion, OutputKind, Task
from core.records.texts import shorten
from core.runs.desk import Desk

BATCH_ROWS: Final = 65_536
TWO: Final = 2
LARGEST: Final = 1e100  # amount; the squares of larger errors could not be added up
LONGEST: Final = 60  # letters of a name in a sentence


def check_pair(desk: Desk, model: ModelVersion, dataset: DatasetVersion) -> None:
    """Refuse a pair that cannot be evaluated, before any row is scored.

    Raises:
        WrongInputError: a column or class is missing or unfit; the sentence names it.
    """
    _check_columns(model, dataset)
    _check_classes(model)
    if model.object is None:
        _check_brought(model, dataset)
    if model.answer.task is Task.REGRESSION:
        _check_amounts(desk, dataset)


def _check_columns(model: ModelVersion, dataset: DatasetVersion) -> None:
    for input_, columns in model.feeds:
        for column in columns:
            if dataset.column(column) is None:
                raise WrongInputError(
                    f"{model.title} reads `{column}` for `{input_}`; "
                    f"{dataset.title} has no such column.",
                    hint="Choose another dataset version, or import one that has it.",
                )


def _check_classes(model: ModelVersion) -> None:
    answer, names = model.answer, model.answer.classes
    if answer.task is Task.REGRESSION:
        return
    twice = next((name for name in names if names.count(name) > 1), None)
    trouble = ""
    if twice is not None:
        trouble = f"The class `{shorten(twice, LONGEST)}` is named twice."
    elif answer.task is Task.BINARY and len(names) != TWO:
        trouble = f"A binary model tells two classes apart; {len(names)} are named."
    elif answer.task is Task.BINARY and answer.positive not in names:
        named = f"`{shorten(answer.positive, LONGEST)}`"
        trouble = f"The positive class {named} is none of the two classes."
    if trouble:
        raise WrongInputError(trouble, hint="Say again what the scores mean.")


def _check_brought(model: ModelVersion, dataset: DatasetVersion) -> None:
    """Refuse columns that cannot be the answer of a model, before they are read."""
    answer = model.answer
    columns = [column for _, names in model.feeds for column in names]
    by_task = {
        Task.BINARY: (1, TWO),
        Task.REGRESSION: (1,),
        Task.MULTICLASS: (len(answer.classes),),
    }
    label = answer.kind is OutputKind.LABEL
    wanted: tuple[int, ...] = (1,) if label else by_task[answer.task]
    if len(columns) not in wanted:
        numbers = " or ".join(f"{number:,}" for number in wanted)
        raise WrongInputError(
            f"{len(columns):,} columns are marked as {'predictions' if label else 'scores'}; "
            f"this task takes {numbers}.",
            hint="Mark only the columns that hold the answer of the model.",
        )
    known = [dataset.column(name) for name in columns]
    text = [
        c for c in known if c and not (c.type.is_number or c.type is ColumnType.BOOLEAN)
    ]
    if text and not label:
        raise WrongInputError(
            f"The score column `{shorten(text[0].name, LONGEST)}` holds {text[0].type.word}; "
            "a score is a number.",
            hint="Mark another column, or read the file again with this one as a number.",
        )


def _check_amounts(desk: Desk, dataset: DatasetVersion) -> None:
    label = dataset.used_as(Use.LABEL)
    if label is None or not label.type.is_number:
        return  # where a number is needed, the frame says so
    file = pq.ParquetFile(desk.workspace.objects.path(dataset.object))
    beyond = sum(
        count_beyond(batch.column(0).drop_null().to_numpy(zero_copy_only=False))
        for batch in file.iter_batches(BATCH_ROWS, columns=[label.name])
    )
    if beyond:
        raise WrongInputError(
            f"The label `{shorten(label.name, LONGEST)}` is not a number, or beyond 10^100, "
            f"in {beyond:,} rows.",
            hint="Leave the value missing where nobody knows it.",
        )


def count_beyond(values: NDArray[np.generic]) -> int:
    """Count the values that are no amount anybody could compute with."""
    return int((~(np.abs(values.astype(np.float64)) <= LARGEST)).sum())
