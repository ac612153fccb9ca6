"""The content hash of a table: mrs1, independent of row order, file and writer.

Specification, so that somebody else can write it again:

1. The table has columns of six types: BOOLEAN, BIGINT, DOUBLE, DATE, TIMESTAMP, VARCHAR.
2. The text of a value: `true` or `false`; the decimal digits of an integer; for a number
   the shortest text that reads back as the same double, as Python's `repr` writes it, with
   `nan`, `inf`, `-inf`, and `0.0` for both zeros; `2026-01-31` for a date;
   `2026-01-31T10:00:00.000000` for a timestamp (UTC, always six digits); a text is itself.
3. The code of a value: `-` for a missing one, else the number of bytes of its text in
   UTF-8, a colon, and the text.
4. The code of a row: the codes of its values, columns in the order of their names (by
   Unicode code points), without separators. Its digest: SHA-256, 64 lower-case digits.
5. The digests are put into 256 buckets by their first two digits. The digest of a bucket:
   SHA-256 of its digests, sorted and joined without separators.
6. The head: for each column in the same order the code (as in 3) of its name, then its
   type, joined without separators.
7. The root: SHA-256 of the head, a `|`, and for each bucket that is not empty, in order,
   its two digits, its digest, and its number of rows.

The digest of one column is the root (3 to 7) of a table with one row for each distinct
value: the code of the row is the code of the value followed by the code of its count, and
the head is the code of the column's name and its type. It names the column that changed;
it is blind to values that swap rows, so it stands beside the root, never in its place.

Test vector: one column `a` BIGINT with the rows 1 and NULL has the root
`a890ed11e34f0f330e1bfd06d8897e838d283cd400ef7d37a353508dd20f80c7`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

import pyarrow as pa

from core.engine.duck import Engine
from core.engine.sql import name
from core.records.data import ColumnType

# Sorted by the engine, which can put aside what memory does not hold; joined here.
DIGESTS_SQL: Final = """
select digest from (select unhex(sha256({row})) as digest from {table}) order by digest
"""
WIDTH: Final = 32  # bytes of a digest
COUNTS_SQL: Final = "(select {column} as v, count(*) as n from {table} group by all)"
TEXTS: Final = {
    ColumnType.BOOLEAN: "cast({c} as varchar)",
    ColumnType.INTEGER: "cast({c} as varchar)",
    # Compared as text: Parquet statistics pass over NaN, so isnan() may be folded to false.
    ColumnType.NUMBER: "case cast({c} as varchar) when '-0.0' then '0.0' "
    "when '-nan' then 'nan' else cast({c} as varchar) end",
    ColumnType.DATE: "strftime({c}, '%Y-%m-%d')",
    ColumnType.TIME: "strftime({c}, '%Y-%m-%dT%H:%M:%S.%f')",
    ColumnType.TEXT: "{c}",
}
Columns = Sequence[tuple[str, ColumnType]]


def content_root(engine: Engine, table: str, columns: Columns) -> str:
    """Return the mrs1 root: equal tables, and no others, have equal roots.

    `table` is what stands after FROM; columns that are not named do not count.
    """
    ordered = sorted(columns)
    row = " || ".join(_code(column, type_) for column, type_ in ordered)
    return _root(engine, row, table, ordered)


def column_hash(engine: Engine, table: str, column: str, type_: ColumnType) -> str:
    """Return the digest of one column's values and how often each occurs."""
    counts = COUNTS_SQL.format(column=name(column), table=table)
    row = f"{_code('v', type_)} || {_code('n', ColumnType.INTEGER)}"
    return _root(engine, row, counts, [(column, type_)])


def _root(engine: Engine, row: str, table: str, columns: Columns) -> str:
    head = "".join(f"{len(c.encode())}:{c}{t.value}" for c, t in columns)
    body = _buckets(engine.batches(DIGESTS_SQL.format(row=row, table=table)))
    return sha256(f"{head}|{body}".encode()).hexdigest()


def _buckets(sorted_digests: Iterator[pa.RecordBatch]) -> str:
    """Return the digits, the digest and the rows of each bucket, in order."""
    buckets = {first: sha256() for first in range(256)}
    rows: Counter[int] = Counter()
    for batch in sorted_digests:
        column: list[Any] = batch.column(0).to_pylist()
        digests = b"".join(column)
        counts = Counter(digests[::WIDTH])
        end = 0
        for first in sorted(counts):
            start, end = end, end + WIDTH * counts[first]
            buckets[first].update(digests[start:end].hex().encode())
        rows += counts
    return "".join(f"{k:02x}{buckets[k].hexdigest()}{rows[k]}" for k in sorted(rows))


def _code(column: str, type_: ColumnType) -> str:
    text = TEXTS[type_].format(c=name(column))
    return f"coalesce(strlen({text})::varchar || ':' || {text}, '-')"
