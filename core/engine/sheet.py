"""Sheets: rows as a file that a spreadsheet opens without running anything."""

from io import BytesIO
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

FORMULA: Final = tuple("=+-@\t\r\n\0")  # what a spreadsheet takes for one


def write_csv(table: pa.Table) -> bytes:
    """Return rows as CSV; text that a spreadsheet would run gets an apostrophe before it.

    Source: OWASP, CSV injection, and ASVS 5.0, 1.2.10.
    """
    columns = [_guarded(table.column(k)) for k in range(table.num_columns)]
    names = [_guard(name) for name in table.column_names]
    out = BytesIO()
    csv.write_csv(pa.Table.from_arrays(columns, names=names), out)
    return out.getvalue()


def write_parquet(table: pa.Table) -> bytes:
    """Return rows as Parquet, where text is text."""
    out = BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _guarded(column: "pa.ChunkedArray[Any]") -> "pa.Array[Any] | pa.ChunkedArray[Any]":
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    return pa.array([v and _guard(v) for v in column.to_pylist()], pa.string())


def _guard(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
