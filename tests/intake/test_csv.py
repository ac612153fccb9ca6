"""CSV: what is found, and that what is read is what was written."""

import gzip
import io
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RefusedFileError
from core.intake.read import look, read
from core.records.data import ColumnType
from tests.intake.bench import Bench

SEMICOLONS = (
    "name;amount;paid;ok\r\n"
    "Zoë;1.234,50;03/04/2026;true\r\n"
    "Ana;-7,25;25/12/2026;FALSE\r\n"
    "Bo;;01/02/2026;\r\n"
)
ORDERS = {"year first": "%Y-%m-%d", "day first": "%d/%m/%Y", "month first": "%m/%d/%Y"}


def test_semicolons_decimal_commas_and_days_first_are_found_and_read(bench: Bench) -> None:
    """A European export is read as its author meant it, each choice with its reason."""
    seen = bench.look(SEMICOLONS)
    found = seen.read_as
    assert (found.delimiter, found.decimal, found.dates) == (";", ",", "day first")
    assert "Decimal comma: 2 numbers are written so." in seen.reasons
    assert "Dates with the day first: 1 fit no other order." in seen.reasons
    assert seen.as_written[0] == "name;amount;paid;ok"
    reading = bench.read(SEMICOLONS)
    assert bench.rows() == [
        ("Zoë", 1234.5, date(2026, 4, 3), True),
        ("Ana", -7.25, date(2026, 12, 25), False),
        ("Bo", None, date(2026, 2, 1), None),
    ]
    assert bench.types() == {
        "name": "VARCHAR",
        "amount": "DOUBLE",
        "paid": "DATE",
        "ok": "BOOLEAN",
    }
    amount = reading.columns[1]
    assert (amount.missing, amount.distinct, amount.low, amount.high) == (
        1,
        2,
        "-7.25",
        "1234.5",
    )
    assert reading.file_bytes == len(SEMICOLONS.encode())
    assert bench.left_behind() == ["table.parquet"]


def test_dates_that_fit_both_orders_are_said(bench: Bench) -> None:
    """Where 03/04 could be April or March, the reason asks to check it."""
    seen = bench.look("d\n03/04/2026\n05/06/2026\n")
    assert seen.read_as.dates == "day first"
    assert any("fit day first and month first" in why for why in seen.reasons)


def test_the_whole_file_decides_the_order_of_dates(bench: Bench) -> None:
    """One 13th of a month after the first megabyte makes the whole file month first."""
    text = "d,filler\n" + "01/02/2026,xxxxxxxxxxxxxxxx\n" * 60_000 + "01/13/2026,x\n"
    reading = bench.read(text)
    assert reading.read_as.dates == "month first"
    assert reading.columns[0].type is ColumnType.DATE
    assert reading.columns[0].high == "2026-01-13"


def test_times_are_utc(bench: Bench) -> None:
    """An offset moves a time to UTC; a time without one is taken as UTC."""
    text = "t,u\n2026-01-01T10:00:00+02:00,1/13/2026 5:06 PM\n2026-01-01 10:00,1/14/2026 5:06 AM\n"
    bench.read(text)
    assert bench.types() == {"t": "TIMESTAMP", "u": "TIMESTAMP"}
    assert bench.rows() == [
        (
            datetime.fromisoformat("2026-01-01T08:00"),
            datetime.fromisoformat("2026-01-13T17:06"),
        ),
        (
            datetime.fromisoformat("2026-01-01T10:00"),
            datetime.fromisoformat("2026-01-14T05:06"),
        ),
    ]


def test_codes_stay_text(bench: Bench) -> None:
    """Leading zeros, more than 15 digits, a plus sign and yes/no are not numbers."""
    bench.read(
        "zip,long,phone,answer,fine\n"
        "00123,1234567890123456,+4930,yes,1e3\n"
        "10115,12345678901234567890,+4940,no,-2.5\n"
    )
    assert list(bench.types().values()) == ["VARCHAR"] * 4 + ["DOUBLE"]
    assert bench.rows()[0] == ("00123", "1234567890123456", "+4930", "yes", 1000.0)


def test_thousands_are_read_by_the_decimal_sign(bench: Bench) -> None:
    """1.234 is 1234 beside decimal commas; 1,234 is 1234 beside decimal points."""
    bench.read("a;b\n1.234;1,5\n12.345.678;2,5\n")
    assert bench.rows() == [(1234, 1.5), (12345678, 2.5)]
    bench.read('a;b\n1,234;1.5\n"1,234,567";2.5\n')
    assert bench.rows() == [(1234, 1.5), (1234567, 2.5)]


def test_missing_words_are_null(bench: Bench) -> None:
    """NA, N/A, NULL and nothing at all count as missing; other words only if told."""
    text = "a,b\n1,x\nNA,NULL\n,-\n4,\n"
    reading = bench.read(text)
    assert [(c.type, c.missing) for c in reading.columns] == [
        (ColumnType.INTEGER, 2),
        (ColumnType.TEXT, 2),
    ]
    reading = bench.read(text, missing=("", "NA", "NULL", "-"))
    assert reading.columns[1].missing == 3


def test_quoted_line_ends_stay_in_their_cell(bench: Bench) -> None:
    """A line end between quotes is text; the lines after it are still read."""
    reading = bench.read('a,b\r\n"one\r\ntwo",1\r\nthree,2\r\n')
    assert reading.rows == 2
    assert bench.rows() == [("one\ntwo", 1), ("three", 2)]


def test_a_file_without_header_gets_names(bench: Bench) -> None:
    """Numbers in the first line are values, so the columns are numbered."""
    reading = bench.read("1,2.5,a\n3,4.5,b\n")
    assert not reading.read_as.header
    assert [c.name for c in reading.columns] == ["column_1", "column_2", "column_3"]
    assert reading.rows == 2


def test_a_header_can_be_denied_by_hand(bench: Bench) -> None:
    """A person who knows better may say that the first line holds values."""
    reading = bench.read("name,city\nAna,Rom\n", header=False)
    assert reading.rows == 2
    assert bench.rows()[0] == ("name", "city")


def test_names_are_made_clear_and_it_is_said(bench: Bench) -> None:
    """Empty, double, invisible and decomposed names are mended, each with a sentence."""
    text = "a,A,,b\u202e\u0000c,e\u0301\nx,y,z,u,v\nx,y,1,u,v\n"
    seen = bench.look(text.replace("\0", ""))
    assert "The name `A` stands twice; column 2 is now `A_2`." in seen.reasons
    assert "Column 3 had no name; it is `column_3`." in seen.reasons
    assert any("cannot be seen" in why and "`bc`" in why for why in seen.reasons)
    reading = bench.read(text.replace("\0", ""))
    assert [c.name for c in reading.columns] == ["a", "A_2", "column_3", "bc", "\u00e9"]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("latin-1", "latin-1"),
        ("cp1252", "windows-1252"),
    ],
)
def test_encodings_are_found(bench: Bench, encoding: str, found: str) -> None:
    """Marks, zero bytes and stray bytes tell the encoding; the text is what was meant."""
    price = "€" if found != "latin-1" else "é"
    text = f"name,price\nJosé,{price}\nZoë,{price}\n"
    seen = bench.look(text.encode(encoding))
    assert seen.read_as.encoding == found
    bench.read(text.encode(encoding))
    assert bench.rows() == [("José", price), ("Zoë", price)]
    assert list(bench.types()) == ["name", "price"]


def test_a_packed_file_and_tabs(bench: Bench) -> None:
    """A .tsv.gz is unpacked; its tabs are found."""
    packed = gzip.compress(b"a\tb\n1\tx,y\n2\tz\n")
    reading = bench.read(packed, "table.tsv.gz")
    assert reading.read_as.delimiter == "\t"
    assert bench.rows() == [(1, "x,y"), (2, "z")]


def test_a_type_set_by_hand_rejects_what_does_not_fit(bench: Bench) -> None:
    """Values that are no numbers are missing, and listed with line, column and text."""
    text = 'id,"n\nn"\n"1\n2",00123\nb,oops\nc,4\nd,1.5\n'
    path = bench.file(text)
    found = look(path).read_as
    by_hand = (("n n", ColumnType.INTEGER),)
    reading = bench.read(text, types=by_hand)
    assert reading.rejected_count == 2
    assert [(bad.line, bad.column, bad.text) for bad in reading.rejected] == [
        (5, "n n", "oops"),
        (7, "n n", "1.5"),
    ]
    assert "`oops` is no integer value" in reading.rejected[0].why
    assert [row[1] for row in bench.rows()] == [123, None, 4, None]
    assert found.types == ()


def test_yes_and_no_are_booleans_by_hand(bench: Bench) -> None:
    """The type yes/no, set by hand, takes yes, no, 1 and 0."""
    bench.read("a\nyes\nNo\n1\n0\n", types=(("a", ColumnType.BOOLEAN),))
    assert [row[0] for row in bench.rows()] == [True, False, True, False]


def test_a_ragged_line_is_set_aside_and_listed(bench: Bench) -> None:
    """One short line among 500 is rejected with its number; the others are read."""
    lines = [f"{i},x,{i}" for i in range(500)]
    lines[41] = "41,x"
    reading = bench.read("a,b,c\n" + "\n".join(lines) + "\n")
    assert (reading.rows, reading.rejected_count) == (499, 1)
    (bad,) = reading.rejected
    assert (bad.line, bad.text) == (43, "41,x")
    assert bad.why == "Line 43 has 2 fields, the header has 3."


def test_many_ragged_lines_refuse_the_file(bench: Bench) -> None:
    """Above one line in a hundred nothing is imported, and the first such line is named."""
    lines = [f"{i},x" if i % 20 else f"{i},x,y,z" for i in range(1, 1000)]
    with pytest.raises(
        RefusedFileError, match=r"Line 21 has 4 fields, the header has 2\. Nothing"
    ):
        bench.read("a,b\n" + "\n".join(lines) + "\n")
    assert bench.left_behind() == []


def test_blank_lines_are_no_rows(bench: Bench) -> None:
    """Empty lines before, between and after the rows do not count, nor hide the header."""
    bench.read("\n\na,b\n1,2\n\n3,4\n\n")
    assert bench.types() == {"a": "BIGINT", "b": "BIGINT"}
    assert bench.rows() == [(1, 2), (3, 4)]


def test_what_is_beyond_a_number_is_rejected(bench: Bench) -> None:
    """Infinity is no number, not even by hand; a day in the year 0 is no date."""
    by_hand = (("a", ColumnType.NUMBER),)
    reading = bench.read("a,d\n1.5,0000-01-01\n1e999,2026-01-01\ninf,\n", types=by_hand)
    assert [bad.text for bad in reading.rejected] == ["1e999", "inf"]
    assert bench.types() == {"a": "DOUBLE", "d": "VARCHAR"}


def test_a_sign_of_two_letters_is_refused(bench: Bench) -> None:
    """A delimiter is one character."""
    with pytest.raises(RefusedFileError, match="delimiter `;;` is not one character"):
        bench.read("a,b\n1,2\n", delimiter=";;")


def test_an_unclosed_quote_is_named(bench: Bench) -> None:
    """A quote that swallows the rest of the file refuses it, with the line where it opens."""
    text = "a,b\n" + "1,2\n" * 4_000 + '1,"2\n' + "1,2\n" * 4_000
    with pytest.raises(
        RefusedFileError, match="Line 4,002 opens a quote that is never closed"
    ):
        bench.read(text)
    assert bench.left_behind() == []


def test_bytes_of_another_encoding_late_in_the_file_are_named(bench: Bench) -> None:
    """A byte that is not UTF-8 after the first megabyte refuses the file by line."""
    data = b"a,b\n" + b"1,xxxxxxxxxxxxxxxx\n" * 70_000 + b"2,\xe9\n"
    with pytest.raises(RefusedFileError, match="Line 70,002 is not utf-8 text") as caught:
        bench.read(data)
    assert "windows-1252" in caught.value.hint


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12
).filter(lambda text: text not in ("NA", "N/A", "NULL", "null", "NaN", "nan", ""))
ROW = st.tuples(
    CELL.map(lambda text: "t" + text),
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(lambda x: round(x, 3)),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
)


STYLE = st.tuples(
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([".", ","]),
    st.sampled_from(sorted(ORDERS)),
    st.sampled_from(["\n", "\r\n"]),
)


@settings(max_examples=10)
@given(rows=st.lists(ROW, min_size=1, max_size=8), style=STYLE)
def test_what_is_written_is_read_back(
    bench: Bench, rows: list[tuple[str, int, float, date]], style: tuple[str, str, str, str]
) -> None:
    """Any table, under any delimiter, decimal sign and order of dates, comes back equal."""
    delimiter, decimal, order, end = style
    out = io.StringIO()
    out.write(delimiter.join(["text", "whole", "number", "day"]) + end)
    for text, whole, number, day in rows:
        shown = f"{number:.3f}".replace(".", decimal)
        cells = [text, str(whole), shown, day.strftime(ORDERS[order]).zfill(10)]
        quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
        out.write(delimiter.join(quoted) + end)
    path = bench.file(out.getvalue())
    found = look(path).read_as
    read_as = replace(
        found,
        delimiter=delimiter,
        decimal=decimal,
        dates=order,
        header=True,
        quote='"',
        types=(("number", ColumnType.NUMBER),),
    )
    reading = read(path, read_as, bench.into)
    assert reading.rejected_count == 0
    got = bench.rows()
    assert [row[0] for row in got] == [row[0] for row in rows]
    assert [row[1] for row in got] == [row[1] for row in rows]
    assert [row[2] for row in got] == pytest.approx([row[2] for row in rows])
    assert [row[3] for row in got] == [row[3] for row in rows]
