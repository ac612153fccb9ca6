"""Values that do not fit the type a person set: counted, listed by line, never silent."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from core.intake.sniff import LARGEST_FIELD
from core.intake.staging import Staged
from core.intake.writing import Plan
from core.records.data import ColumnType, ReadAs, RejectedLine

MOST_REJECTED: Final = 100
MOST_TEXT: Final = 200
COUNT: Final = """
select count(*) from read_parquet($source) where {key} is not null and ({sql}) is null
"""
FIRST: Final = """
select file_row_number, left(({key})::varchar, {text})
from read_parquet($source, file_row_number = true)
where {key} is not null and ({sql}) is null order by file_row_number limit {most}
"""


def find_misfits(
    base: duckdb.DuckDBPyConnection,
    staged: Staged,
    plans: Sequence[Plan],
    plain: Path | None,
    read_as: ReadAs,
) -> tuple[tuple[RejectedLine, ...], int]:
    """Give the first values that are not of the type set by hand, and how many there are.

    `plain` is the text file, where lines are counted as an editor counts them; without it
    the line is the row.
    """
    total, found = 0, []
    for plan in plans:
        if not plan.by_hand or plan.type is ColumnType.TEXT:
            continue
        parts = {"key": plan.origin.key, "sql": plan.sql}
        asked = {"source": staged.path}
        count = (base.execute(COUNT.format(**parts), asked).fetchone() or (0,))[0]
        total += count
        if count:
            sql = FIRST.format(**parts, text=MOST_TEXT, most=MOST_REJECTED)
            rows = base.execute(sql, asked).fetchall()
            found += [(row, plan, text) for row, text in rows]
    found = sorted(found, key=lambda one: one[0])[:MOST_REJECTED]
    lines = _lines(plain, read_as, [row for row, *_ in found], staged.rejected)
    return tuple(
        RejectedLine(
            line,
            plan.origin.name,
            text,
            f"`{text[:60]}` is no {plan.type.word} value; it counts as missing.",
        )
        for line, (_, plan, text) in zip(lines, found, strict=True)
    ), total


def _lines(
    plain: Path | None,
    read_as: ReadAs,
    rows: Sequence[int],
    rejected: Sequence[RejectedLine],
) -> list[int]:
    """Give the line on which each row starts; rows rise and may repeat."""
    if plain is None or not rows:
        return [row + 1 for row in rows]
    csv.field_size_limit(LARGEST_FIELD)
    skipped = {bad.line for bad in rejected}
    wanted, starts = set(rows), {}
    row = -2 if read_as.header else -1
    with plain.open(encoding="utf-8", newline="") as file:
        records = csv.reader(
            file,
            delimiter=read_as.delimiter,
            quotechar=read_as.quote or None,
            quoting=csv.QUOTE_MINIMAL if read_as.quote else csv.QUOTE_NONE,
        )
        start = 1
        for record in records:
            counts = bool(record) and start not in skipped
            row += counts
            if counts and row in wanted:
                starts[row] = start
            if row >= rows[-1]:
                break
            start = records.line_num + 1
    return [starts.get(row, row + 1) for row in rows]
