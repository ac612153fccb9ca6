"""Parquet and JSON: brought to the six types, or refused by the name of the column."""

import json
from collections.abc import Callable
from datetime import date, datetime

import pytest

from core.errors import RefusedFileError
from core.records.data import ColumnType
from tests.intake.bench import Bench


def test_every_plain_type_becomes_one_of_six(
    bench: Bench, make_parquet: Callable[[str], bytes]
) -> None:
    """Floats, decimals, small and unsigned integers, times and enums find their place."""
    data = make_parquet(
        "select 1.5::float as f, 2.25::decimal(9, 2) as d, 7::utinyint as u, "
        "18446744073709551615::ubigint as huge, '12:30'::time as t, "
        "'2026-01-01 10:00:00+02'::timestamptz as z, 'a'::enum('a', 'b') as e, "
        "'2026-01-02'::date as day, true as b, 'NA' as text, "
        "'550e8400-e29b-41d4-a716-446655440000'::uuid as id, 'nan'::double as n"
    )
    reading = bench.read(data, "table.parquet")
    assert bench.types() == {
        "f": "DOUBLE", "d": "DOUBLE", "u": "BIGINT", "huge": "VARCHAR", "t": "VARCHAR",
        "z": "TIMESTAMP", "e": "VARCHAR", "day": "DATE", "b": "BOOLEAN", "text": "VARCHAR",
        "id": "VARCHAR", "n": "DOUBLE",
    }  # fmt: skip
    assert bench.rows() == [
        (
            1.5, 2.25, 7, "18446744073709551615", "12:30:00", datetime.fromisoformat("2026-01-01T08:00"),
            "a", date(2026, 1, 2), True, "NA", "550e8400-e29b-41d4-a716-446655440000", None,
        )
    ]  # fmt: skip
    assert reading.as_written == ()
    assert reading.columns[-1].missing == 1


def test_nan_is_missing_whatever_the_statistics_say(
    bench: Bench, make_parquet: Callable[[str], bytes]
) -> None:
    """The statistics of the column say 0 to 1 and pass over the NaN."""
    data = make_parquet("select unnest([0.0, 1.0, 'nan'::double]) as x")
    reading = bench.read(data, "table.parquet")

    assert bench.rows() == [(0.0,), (1.0,), (None,)]
    assert reading.columns[0].missing == 1


def test_the_order_of_rows_is_kept(
    bench: Bench, make_parquet: Callable[[str], bytes]
) -> None:
    """300,000 rows, several row groups, come out as they went in."""
    data = make_parquet("select (i * 7919) % 300000 as i from range(300000) t(i)")
    assert bench.read(data, "table.parquet").rows == 300_000
    assert bench.rows() == [((i * 7919) % 300_000,) for i in range(300_000)]


def test_a_type_set_by_hand_for_parquet(
    bench: Bench, make_parquet: Callable[[str], bytes]
) -> None:
    """Text that says numbers may be made numbers; the row stands for the line."""
    data = make_parquet("select * from (values ('1'), ('x'), ('3')) t(a)")
    reading = bench.read(data, "table.parquet", types=(("a", ColumnType.INTEGER),))
    assert [row[0] for row in bench.rows()] == [1, None, 3]
    assert [(bad.line, bad.text) for bad in reading.rejected] == [(2, "x")]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select [1, 2] as x", "Column `x` holds lists."),
        ("select {'a': 1} as x", "Column `x` holds objects."),
        ("select map {'a': 1} as x", "Column `x` holds objects."),
        ("select 'a'::blob as x", "Column `x` holds bytes."),
    ],
)
def test_nested_columns_are_refused_by_name(
    bench: Bench, make_parquet: Callable[[str], bytes], sql: str, message: str
) -> None:
    """Lists, objects and bytes are not flattened by guessing."""
    with pytest.raises(RefusedFileError, match=message):
        bench.look(make_parquet(sql), "table.parquet")


def test_a_cut_or_damaged_parquet_is_refused(
    bench: Bench, make_parquet: Callable[[str], bytes]
) -> None:
    """A file without its end, or with its middle overwritten, gives one sentence."""
    data = make_parquet("select i, i::varchar as t from range(10000) t(i)")
    with pytest.raises(RefusedFileError, match="its end is missing"):
        bench.look(data[:-100], "table.parquet")
    damaged = data[:200] + bytes(400) + data[600:]
    with pytest.raises(
        RefusedFileError, match="is damaged: a part of it cannot be unpacked"
    ):
        bench.read(damaged, "table.parquet")
    foot = data[:-8] + b"\xff\xff\xff\x7f" + data[-4:]
    with pytest.raises(RefusedFileError, match="is damaged: what it says of itself"):
        bench.look(foot, "table.parquet")
    assert bench.left_behind() == []


@pytest.mark.parametrize("layout", ["lines", "array"])
def test_json_objects_are_rows(bench: Bench, layout: str) -> None:
    """Numbers stay numbers, texts stay texts, dates in texts are found, gaps are missing."""
    objects = [
        {"a": 1, "code": "00123", "day": "2026-01-31", "on": True},
        {"a": 2.5, "code": "7", "day": "2026-02-01", "more": None},
    ]
    lines = "\n".join(map(json.dumps, objects))
    text = lines if layout == "lines" else json.dumps(objects)
    reading = bench.read(text, "table.json")
    assert reading.read_as.format == "jsonl"
    assert bench.types() == {
        "a": "DOUBLE", "code": "VARCHAR", "day": "DATE", "on": "BOOLEAN", "more": "VARCHAR",
    }  # fmt: skip
    assert bench.rows() == [
        (1.0, "00123", date(2026, 1, 31), True, None),
        (2.5, "7", date(2026, 2, 1), None, None),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1}\n{"a": \n', "Line 2 is not JSON"),
        ('{"a": [1]}\n', "Column `a` holds lists"),
        ('{"a": {"b": 1}}\n{"a": "x"}\n', "Column `a` holds lists or objects"),
        ('{"a": 1, "a": 2}\n', "Line 1 has `a` twice"),
        ('{"A": 1, "a": 2}\n', "differ from `a` only in upper and lower case"),
        ('{"a": 1}\n[2]\n', "Line 2 is not a JSON object"),
        ("5\n6\n", "does not hold JSON objects"),
    ],
)
def test_other_json_is_refused(bench: Bench, text: str, message: str) -> None:
    """Broken lines and nested values give one sentence with line or column."""
    with pytest.raises(RefusedFileError, match=message):
        bench.read(text, "table.jsonl")
    assert bench.left_behind() == []
