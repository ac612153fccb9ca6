"""mrs1 is what its specification says, and nothing else about a file changes it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from math import isnan
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.engine.content import column_hash, content_root
from core.engine.duck import DuckDB
from core.records.data import ColumnType
from core.store.objects import Objects
from tests.kept import ARROW

Rows = list[tuple[Any, ...]]
Columns = Sequence[tuple[str, ColumnType]]
COLUMNS: Final = (
    ("digest", ColumnType.TEXT),  # the names that the query itself uses come first
    ("v", ColumnType.INTEGER),
    ("n", ColumnType.NUMBER),
    ("größe", ColumnType.BOOLEAN),
    ('a "quoted"', ColumnType.DATE),
    ("Bucket", ColumnType.TIME),
)
WORDS: Final = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)
NUMBERS: Final = st.floats() | st.sampled_from([0.0, -0.0, 1e16, 1e-5, float("nan"), 0.1])
CELLS: Final[dict[ColumnType, st.SearchStrategy[Any]]] = {
    ColumnType.TEXT: WORDS | st.sampled_from(["-", "1:a", "🦊"]),
    ColumnType.INTEGER: st.integers(-(2**63), 2**63 - 1) | st.integers(0, 3),
    ColumnType.NUMBER: NUMBERS,
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.DATE: st.dates(),
    ColumnType.TIME: st.datetimes(),
}
ROWS: Final = st.lists(st.tuples(*(st.none() | CELLS[t] for _, t in COLUMNS)), max_size=12)


def _text(value: Any, type_: ColumnType) -> str:
    match type_:
        case ColumnType.BOOLEAN:
            return "true" if value else "false"
        case ColumnType.NUMBER:
            return "nan" if isnan(value) else repr(0.0 if value == 0 else float(value))
        case ColumnType.DATE:
            return f"{value.year:04}-{value.month:02}-{value.day:02}"
        case ColumnType.TIME:
            day = f"{value.year:04}-{value.month:02}-{value.day:02}"
            return f"{day}T{value:%H:%M:%S}.{value.microsecond:06}"
        case _:
            return str(value)


def _code(value: Any, type_: ColumnType) -> bytes:
    if value is None:
        return b"-"
    text = _text(value, type_).encode()
    return b"%d:%b" % (len(text), text)


def _root(head: bytes, rows: list[bytes]) -> str:
    digests = [sha256(row).hexdigest() for row in rows]
    body = ""
    for first in sorted({digest[:2] for digest in digests}):
        bucket = sorted(digest for digest in digests if digest[:2] == first)
        body += f"{first}{sha256(''.join(bucket).encode()).hexdigest()}{len(bucket)}"
    return sha256(head + b"|" + body.encode()).hexdigest()


def _head(columns: Columns) -> bytes:
    return b"".join(_code(c, ColumnType.TEXT) + t.value.encode() for c, t in columns)


def mrs1(columns: Columns, rows: Rows) -> str:
    """Return the root as the docstring of `core.engine.content` specifies it."""
    order = sorted(range(len(columns)), key=lambda k: columns[k][0])
    ordered = [columns[k] for k in order]
    coded = [b"".join(_code(row[k], columns[k][1]) for k in order) for row in rows]
    return _root(_head(ordered), coded)


def mrs1_column(column: str, type_: ColumnType, values: list[Any]) -> str:
    """Return the digest of one column, from the same docstring."""
    counts: dict[bytes, int] = {}
    for value in values:
        code = _code(value, type_)
        counts[code] = counts.get(code, 0) + 1
    rows = [code + _code(n, ColumnType.INTEGER) for code, n in counts.items()]
    return _root(_head([(column, type_)]), rows)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDB]:
    """An engine over one folder of objects."""
    opened = DuckDB(Objects(tmp_path))
    yield opened
    opened.close()


def _put(
    engine: DuckDB, folder: Path, rows: Rows, columns: Columns = COLUMNS, **how: Any
) -> str:
    arrays = [
        pa.array([row[k] for row in rows], ARROW[t]) for k, (_, t) in enumerate(columns)
    ]
    names = [c for c, _ in columns]
    table = pa.Table.from_arrays(arrays, names=names)
    name = Objects(folder).put(lambda into: pq.write_table(table, into, **how))
    return engine.source(name)


@given(ROWS)
def test_the_root_is_what_the_specification_says(
    engine: DuckDB, tmp_path: Path, rows: Rows
) -> None:
    """An implementation of the docstring in hashlib gives the same root and digests."""
    table = _put(engine, tmp_path, rows)
    assert content_root(engine, table, COLUMNS) == mrs1(COLUMNS, rows)
    for k, (column, type_) in enumerate(COLUMNS):
        expected = mrs1_column(column, type_, [row[k] for row in rows])
        assert column_hash(engine, table, column, type_) == expected


def test_there_is_one_zero_and_one_nan(engine: DuckDB, tmp_path: Path) -> None:
    """The sign of a zero or of a NaN is no content."""
    columns = [("a", ColumnType.NUMBER)]
    nan = float("nan")
    found = []
    for rows in ([(0.0,), (0.0,), (nan,), (nan,)], [(-0.0,), (0.0,), (-nan,), (nan,)]):
        table = _put(engine, tmp_path, [*rows], columns)
        root = content_root(engine, table, columns)
        found.append((root, column_hash(engine, table, *columns[0])))
        assert found[-1] == (
            mrs1(columns, [*rows]),
            mrs1_column("a", columns[0][1], [r[0] for r in rows]),
        )
    assert found[0] == found[1]


def test_the_test_vector_holds(engine: DuckDB, tmp_path: Path) -> None:
    """One column `a` BIGINT with the rows 1 and NULL, as the docstring promises."""
    columns = [("a", ColumnType.INTEGER)]
    table = _put(engine, tmp_path, [(1,), (None,)], columns)
    root = "a890ed11e34f0f330e1bfd06d8897e838d283cd400ef7d37a353508dd20f80c7"
    assert content_root(engine, table, columns) == root
    assert mrs1(columns, [(1,), (None,)]) == root


@given(ROWS, st.randoms(use_true_random=False), st.integers(1, 4))
def test_neither_order_nor_file_changes_the_root(
    engine: DuckDB, tmp_path: Path, rows: Rows, random: Any, group: int
) -> None:
    """Rows, columns, row groups, compression and dictionaries: the same content."""
    root = content_root(engine, _put(engine, tmp_path, rows), COLUMNS)
    order = list(range(len(COLUMNS)))
    random.shuffle(order)
    columns = [COLUMNS[k] for k in order]
    turned = [tuple(row[k] for k in order) for row in rows]
    random.shuffle(turned)
    how = {"row_group_size": group, "compression": "zstd", "use_dictionary": False}
    assert content_root(
        engine, _put(engine, tmp_path, turned, columns, **how), columns
    ) == (root)


@given(ROWS.filter(bool), st.data())
def test_a_changed_cell_changes_the_root_and_its_column(
    engine: DuckDB, tmp_path: Path, rows: Rows, data: st.DataObject
) -> None:
    """Exactly the digest of that column changes; every other stays."""
    row = data.draw(st.integers(0, len(rows) - 1))
    place = data.draw(st.integers(0, len(COLUMNS) - 1))
    type_ = COLUMNS[place][1]
    value = data.draw(st.none() | CELLS[type_])
    assume(_code(value, type_) != _code(rows[row][place], type_))
    changed = [*rows]
    changed[row] = (*rows[row][:place], value, *rows[row][place + 1 :])

    def digests(content: Rows) -> list[str]:
        table = _put(engine, tmp_path, content)
        roots = [content_root(engine, table, COLUMNS)]
        return [*roots, *(column_hash(engine, table, c, t) for c, t in COLUMNS)]

    before, after = digests(rows), digests(changed)
    differ = [
        k for k, pair in enumerate(zip(before, after, strict=True)) if len({*pair}) > 1
    ]
    assert differ == [0, place + 1]


def test_a_swap_between_rows_shows_in_the_root_only(engine: DuckDB, tmp_path: Path) -> None:
    """By hand: (1, x), (2, y) against (1, y), (2, x) hold the same columns."""
    columns = [("a", ColumnType.INTEGER), ("b", ColumnType.TEXT)]
    one = _put(engine, tmp_path, [(1, "x"), (2, "y")], columns)
    first = content_root(engine, one, columns), column_hash(engine, one, *columns[1])
    two = _put(engine, tmp_path, [(1, "y"), (2, "x")], columns)
    second = content_root(engine, two, columns), column_hash(engine, two, *columns[1])
    assert first[0] != second[0]
    assert first[1] == second[1]


def test_name_and_type_of_a_column_count(engine: DuckDB, tmp_path: Path) -> None:
    """An empty table of another name or type is another table."""
    roots = set()
    for column, type_ in (("a", ColumnType.INTEGER), ("b", ColumnType.INTEGER)):
        table = _put(engine, tmp_path, [], [(column, type_)])
        roots.add(content_root(engine, table, [(column, type_)]))
    table = _put(engine, tmp_path, [], [("a", ColumnType.TEXT)])
    roots.add(content_root(engine, table, [("a", ColumnType.TEXT)]))
    assert len(roots) == 3


def test_texts_that_look_alike_do_not_collide(engine: DuckDB, tmp_path: Path) -> None:
    """`1:a` in one cell is not `a` in two; a dash is not a missing value."""
    columns = [("a", ColumnType.TEXT), ("b", ColumnType.TEXT)]
    tables: list[Rows] = [[("a1:b", "")], [("a", "b")], [("-", "-")], [(None, None)]]
    roots = {
        content_root(engine, _put(engine, tmp_path, rows, columns), columns)
        for rows in tables
    }
    assert len(roots) == len(tables)


def test_days_before_the_year_1000_have_four_digits(engine: DuckDB, tmp_path: Path) -> None:
    """31 January of the year 31 is 0031-01-31."""
    columns = [("a", ColumnType.DATE), ("b", ColumnType.TIME)]
    rows: Rows = [(date(31, 1, 31), datetime(31, 1, 31, 1, 2, 3))]  # noqa: DTZ001 - UTC
    table = _put(engine, tmp_path, rows, columns)
    assert content_root(engine, table, columns) == mrs1(columns, rows)
