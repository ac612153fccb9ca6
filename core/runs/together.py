"""Together: do two tables differ in combinations of columns?"""

from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine.one_row import read_sample
from core.errors import WrongInputError
from core.models.telling_apart import Told, tell_apart
from core.records.data import ColumnType, DatasetVersion, Use
from core.runs.desk import Desk
from core.runs.slicing import masked_columns

ROWS: Final = 10_000  # a side, chosen by hash
FEW: Final = (ColumnType.TEXT, ColumnType.BOOLEAN)


def told_apart(desk: Desk, before: DatasetVersion, after: DatasetVersion) -> Told:
    """Return how well a classifier tells two tables apart, by their common features.

    10,000 rows of either side are used, chosen by a hash of their number. Personal columns
    are left out.

    Raises:
        WrongInputError: they share no feature, or one has too few rows.
    """
    key = ("told apart", before.object, after.object, before.columns, after.columns)
    return desk.once(key, lambda: _told(desk, before, after))


def _told(desk: Desk, before: DatasetVersion, after: DatasetVersion) -> Told:
    names = _common(desk, before, after)
    if not names:
        raise WrongInputError(
            "These two tables share no feature.",
            hint="Choose tables with the same columns.",
        )
    samples = [read_sample(desk.work, each.object, names, ROWS) for each in (before, after)]
    columns = [_numbers(*(sample[name] for sample in samples)) for name in names]
    first, table = samples[0].num_rows, np.column_stack(columns)
    return tell_apart(table[:first], table[first:], names)


def _common(desk: Desk, before: DatasetVersion, after: DatasetVersion) -> tuple[str, ...]:
    masked = masked_columns(desk, before) | masked_columns(desk, after)
    return tuple(
        column.name
        for column in before.columns
        if column.use is Use.FEATURE
        and column.name not in masked
        and (other := after.column(column.name)) is not None
        and other.type is column.type
        and (column.type.is_number or column.type in FEW)
    )


def _numbers(
    one: "pa.ChunkedArray[Any]", other: "pa.ChunkedArray[Any]"
) -> NDArray[np.float64]:
    """Return both sides of a column as numbers; texts as the places of their values."""
    both = pa.chunked_array([*one.chunks, *other.chunks])
    if not (pa.types.is_string(both.type) or pa.types.is_large_string(both.type)):
        values = both.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return np.where(np.isfinite(values), values, np.nan)
    codes = both.combine_chunks().dictionary_encode().indices
    return codes.to_numpy(zero_copy_only=False).astype(np.float64)
