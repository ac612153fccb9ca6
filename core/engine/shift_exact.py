"""Shift exact: the values themselves, of the few bins that still have to be looked into."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import Engine
from core.engine.shift_bins import bin_sql, same_column
from core.engine.shift_codes import Parts
from core.engine.shift_scales import Scale, number_sql
from core.records.data import DatasetVersion

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]
FINER: Final = 16
FINE_SQL: Final = """
select {fine} as b, count(*) as n, min(x) as lo, max(x) as hi
from (select {value} as x from {table}) as t where {bin} in ({bins}) group by {fine} order by b
"""
FETCH_SQL: Final = """
select x{row} from (select {value} as x{numbered} from {table}) as t where {bin} in ({bins})
"""


def fetch_values(  # noqa: PLR0913 - which values of which rows
    engine: Engine,
    dataset: DatasetVersion,
    scale: Scale,
    bins: Sequence[int],
    *,
    parts: Parts | None = None,
    part: int = 0,
    finer: int = 1,
) -> NDArray[np.float64]:
    """Return the values of a column that fall into some bins, sorted; of one part if given.

    The bins are those of `finer` to each of the 4,096.
    """
    column = same_column(dataset, scale)
    if column is None or not bins:
        return np.zeros(0)
    text = FETCH_SQL.format(
        value=number_sql(column),
        table=engine.source(dataset.object),
        bin=bin_sql(scale, finer=finer),
        bins=", ".join(str(code) for code in bins),
        row=", row" if parts else "",
        numbered=", file_row_number as row" if parts else "",
    )
    found = engine.table(text)
    values: NDArray[np.float64] = found["x"].to_numpy()
    if parts:
        values = values[parts.of_row[found["row"].to_numpy()] == part]
    return np.sort(values)


def count_finer(
    engine: Engine, dataset: DatasetVersion, scale: Scale, bins: Sequence[int]
) -> tuple[Codes, Codes, Floats, Floats]:
    """Return some bins cut into 16 each: codes, rows, lowest and highest values."""
    column = same_column(dataset, scale)
    if column is None or not bins:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
    text = FINE_SQL.format(
        fine=bin_sql(scale, finer=FINER),
        value=number_sql(column),
        table=engine.source(dataset.object),
        bin=bin_sql(scale),
        bins=", ".join(str(code) for code in bins),
    )
    found = engine.table(text)
    codes, n = (found[key].to_numpy().astype(np.int64) for key in ("b", "n"))
    return codes, n, found["lo"].to_numpy(), found["hi"].to_numpy()
