"""Rows leave as files that a spreadsheet opens without running anything."""

import csv
from io import BytesIO, StringIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.sheet import FORMULA, write_csv, write_parquet


def _read(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode(), newline="")))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_a_formula_is_made_a_text(sign: str) -> None:
    """An apostrophe stands before it, in a cell as in the name of a column."""
    formula = f'{sign}cmd|"/c calc"!A1'
    line = _read(write_csv(pa.table({formula: [formula, "plain"]})))
    assert line[0] == line[1] == [f"'{formula}"]
    assert line[2] == ["plain"]


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), max_size=8))
def test_every_other_text_comes_back_as_it_was(texts: list[str | None]) -> None:
    """Quotes, commas and line ends too; no cell begins like a formula."""
    data = write_csv(pa.table({"t": pa.array(texts, pa.string()), "n": range(len(texts))}))
    lines = _read(data)[1:]
    assert [int(line[1]) for line in lines] == list(range(len(texts)))
    for text, (found, _) in zip(texts, lines, strict=True):
        guarded = f"'{text}" if text and text[0] in FORMULA else text
        assert found == (guarded or "")


def test_a_missing_text_is_not_an_empty_one() -> None:
    """By hand: nothing between the commas, or two quotes; large texts like any."""
    table = pa.table({"t": pa.array([None, "", "=1"], pa.large_string()), "n": [1, 2, 3]})
    assert write_csv(table) == b'"t","n"\n,1\n"",2\n"\'=1",3\n'


def test_numbers_and_days_stay_what_they_are() -> None:
    """A minus before a number is no formula."""
    table = pa.table({"x": [-1.5, 2.0], "k": [-7, None], "b": [True, None]})
    assert write_csv(table) == b'"x","k","b"\n-1.5,-7,true\n2,,\n'


def test_columns_of_one_name_both_leave() -> None:
    """A table may have two columns of one name."""
    table = pa.Table.from_arrays([pa.array(["+a"]), pa.array([-1])], names=["c", "c"])
    assert write_csv(table) == b'"c","c"\n"\'+a",-1\n'


def test_parquet_is_untouched() -> None:
    """There text is text: the same table comes back."""
    table = pa.table({"=1+1": ["=1+1", "-", None], "x": [-1.0, None, 2.0]})
    assert pq.read_table(BytesIO(write_parquet(table))).equals(table)
