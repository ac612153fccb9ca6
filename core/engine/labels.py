"""Labels: which values a label column takes, as a model would name them."""

from pathlib import Path
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.records.data import Column, ColumnType

MOST: Final = 1_000


def label_values(table: Path, label: Column) -> tuple[str, ...]:
    """Return the distinct labels of a clean table in ascending order, 1,000 at most.

    1.0 is written 1, true is written true: as the frame writes them.
    """
    column = pq.read_table(table, columns=[label.name]).column(0)
    values = sorted(
        v for v in pc.unique(column.combine_chunks()).to_pylist() if v is not None
    )
    return tuple(_word(value, label.type) for value in values[:MOST])


def _word(value: object, type_: ColumnType) -> str:
    if type_ is ColumnType.BOOLEAN:
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
