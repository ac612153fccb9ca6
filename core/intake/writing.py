"""From the staged file to our clean Parquet: types found, values turned, facts counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from core.engine.sql import name as quoted
from core.intake.bounds import IntakeLimits, refuse
from core.intake.kinds import FOUND, ISO, convert, fits
from core.intake.staging import (
    INTEGERS,
    TEXT,
    TIMES,
    ZONED,
    Origin,
    Staged,
    group_rows,
)
from core.records.data import ColumnFacts, ColumnType, ReadAs

SAMPLE_ROWS: Final = 10_000
BATCH: Final = 100  # columns asked about at once
DISTINCT_AT_ONCE: Final = 10_000_000  # values counted for distinctness in one question
EXAMPLE_ROWS: Final = 200
EXAMPLES: Final = 3
MOST_EXAMPLE: Final = 80
FITTING: Final = "select count({key}), {counts} from {rows}"
ALL_ROWS: Final = "read_parquet($source)"
FIRST_ROWS: Final = "(select * from read_parquet($source) limit {rows})"
WRITE: Final = """
copy (select {columns} from read_parquet($source)) to $into (
    format parquet, compression zstd, use_tmp_file false, row_group_size {group}
)
"""
FACTS: Final = """
count(*) - count({name}), count(distinct {name}), left(min({name})::varchar, {most}),
left(max({name})::varchar, {most}), {longest}
"""
Candidate = tuple[ColumnType, str]  # with the order of its dates


@dataclass(frozen=True, slots=True)
class Plan:
    """What a column becomes: its type, and the SQL that gives its values."""

    origin: Origin
    type: ColumnType
    sql: str
    by_hand: bool


def find_types(
    base: duckdb.DuckDBPyConnection, staged: Staged, read_as: ReadAs
) -> tuple[ReadAs, tuple[Plan, ...]]:
    """Give a plan per column, and the reading with the date order that the values prove.

    A type is taken only if every value fits it. The first rows rule types out; what is
    left is counted over all rows, in one pass over each column.
    """
    orders = tuple(ISO) if read_as.dates in ISO else (read_as.dates,)
    texts = [origin for origin in staged.origins if origin.type == TEXT]
    left = {origin.key: _candidates(origin, orders) for origin in texts}
    for rows in (FIRST_ROWS.format(rows=SAMPLE_ROWS), ALL_ROWS):
        for origins in _batches([origin for origin in texts if left[origin.key]]):
            left |= _still_fitting(base, staged.path, rows, origins, left, read_as)
    dates = _date_order(left, read_as.dates)
    types = dict(read_as.types)
    plans = tuple(
        _plan(origin, types.get(origin.name), left.get(origin.key, ()), read_as.decimal, dates)
        for origin in staged.origins
    )
    return _with_dates(read_as, dates), plans
