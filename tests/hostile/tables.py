"""Tables that are broken, misleading or meant to harm, and what must be said of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyarrow as pa

from core.intake.bounds import IntakeLimits
from tests.hostile.table_makers import (
    LATE,
    Make,
    bomb,
    boxed,
    changed,
    days,
    duckdb_file,
    lines,
    moments,
    noise,
    packed,
    parquet,
    plain_parquet,
    repeated,
    same,
    sqlite_file,
    with_foot,
    written,
)

LIMITS: Final = IntakeLimits()
# So that what grows without end meets its bound soon.
TIGHT: Final = IntakeLimits(
    memory=1 << 30, engine_memory=256 << 20, cpu_seconds=10, wall_seconds=20,
    plain_bytes=50_000_000, rows=2_000_000, seconds_per_megabyte=0,
)  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """A file that is not read, and the sentence that says why."""

    name: str
    suffix: str
    make: Make
    sentence: str  # a pattern
    limits: IntakeLimits = LIMITS


@dataclass(frozen=True)
class Read:
    """A file that is read: what comes out, and what must be said beside it.

    `types` are the columns with their types; `first` are values of the first row, `last` of
    the last; `reasons` and `rejected` are patterns of sentences.
    """

    name: str
    suffix: str
    make: Make
    rows: int
    types: Sequence[tuple[str, str]]
    first: Sequence[object] = ()
    last: Sequence[object] = ()
    reasons: Sequence[str] = ()
    rejected: Sequence[str] = ()


HEAD: Final = "n,word,day"
NWD: Final = (("n", "integer"), ("word", "text"), ("day", "date"))
AB: Final = (("a", "integer"), ("b", "integer"))
ZERO: Final = r"Line {} holds a zero byte; the file is not a table as text\."
DAMAGED: Final = r"The Parquet file is damaged: "
UNFIT: Final = DAMAGED + r"what it says of itself does not fit what it holds\."
BEYOND: Final = r"Column `a` holds a day or time outside the years 1 to 9999\."
CUT: Final = r"The packed file is cut short or damaged\."
ROW: Final = '{"a":1}\n'

REFUSED_TEXT: Final = (
    Refused("many ragged lines", ".csv", lines(HEAD, rows=50, last=["1,x"] * 9),
            r"Line 52 has 2 fields, the header has 3\. Nothing was imported\."),
    Refused("header of other width", ".csv", repeated("a,b\n", "1,2,3\n", 50),
            r"Line 2 has 3 fields, the header has 2\. Nothing was imported\."),
    Refused("two tables in one file", ".csv", written("a,b\n1,2\n3,4\n\nx,y,z\n1,2,3\n"),
            r"Line 5 has 3 fields, the header has 2\. Nothing was imported\."),
    Refused("unclosed quote", ".csv", lines(HEAD, rows=99, last=['7,"x,2026-01-01', *["8,y,2026-01-01"] * 999]),
            r"Line 101 opens a quote that is never closed\. Nothing was imported\."),
    Refused("unclosed quote in the header", ".csv", written('a,"b\n1,2\n3,4\n'),
            r"Line 1 opens a quote that is never closed\."),
    Refused("quotes behind backslashes", ".csv", repeated("a,b\n", '1,"say \\"hi\\", ok"\n', 50),
            r"Line 2 opens a quote that is not closed where the field ends\. Nothing was imported\."),
    Refused("another encoding late", ".csv", lines(HEAD, rows=LATE, last=[b"2,\xe9,2026-01-01"]),
            r"Line 120,002 is not utf-8 text\."),
    Refused("a byte of no encoding", ".csv", written(b"a,b\n1,\x93hi\x94\n2,\x81\n"),
            r"Line 3 is not windows-1252 text\."),
    Refused("half a letter of UTF-16", ".csv", written(b"\xff\xfea\0,\0b\0\n\0" + b"1\0,\0\0\xd8\n\0"),
            r"Line 2 is not utf-16 text\."),
    Refused("UTF-32 with its mark", ".csv", written("a,b\n1,é\n", encoding="utf-32"),
            r"The file is written in UTF-32, which is not read\."),
    Refused("UTF-32 without a mark", ".csv", written("a,b\n1,é\n", encoding="utf-32-be"), ZERO.format(1)),
    Refused("UTF-7 with its mark", ".csv", written("+/v8-a,b\n1,+AOk-\n"),
            r"The file is written in UTF-7, which is not read\."),
    Refused("a zero byte in a value", ".csv", written("a,b\n1,x\0y\n2,z\n"), ZERO.format(2)),
    Refused("a zero byte in a name", ".csv", written("a\0b,c\n1,2\n"), ZERO.format(1)),
    Refused("a zero byte late", ".csv", lines(HEAD, rows=LATE, last=["2,\0,2026-01-01"]), ZERO.format("120,002")),
    Refused("nothing but zeros", ".csv", written(bytes(1_000)), ZERO.format(1)),
    Refused("noise", ".csv", noise(5_000, without=b"\0\r\n"), r"The file is not text: many of its bytes stand for no letter\."),
    Refused("100,000 columns", ".csv", repeated("a", ",c", 99_999, last="\n1" + ",1" * 99_999),
            r"The file has 100,000 columns; a table may have 2,000\."),
    Refused("a line of 30 MB", ".csv", repeated("a,b\n1,2\n1,", "x" * 1_000, 30_000), r"Line 3 has more than 10 MB\."),
    Refused("a first line of 30 MB", ".csv", repeated("", "x,y;" * 250, 30_000), r"Line 1 has more than 1 MB\."),
    Refused("a cell of 2 MB", ".csv", repeated("a,b\n1,2\n1,", "x" * 1_000, 2_000),
            r"Column `b` holds a text of 2\.0 MB; a cell may have 1\.0 MB\."),
    Refused("a name of 5,000 letters", ".csv", repeated("a,", "b" * 50, 100, last="\n1,2\n"),
            r"The name of column 2 has 5,000 characters; names may have 200: `b{40}…`\."),
    Refused("only a header", ".csv", written("a,b\n"), r"The file holds no rows\."),
    Refused("empty", ".csv", written(""), r"The file is empty\."),
    Refused("only blank lines", ".csv", written("\r\n\n  \n"), r"The file is empty\."),
    Refused("only a byte order mark", ".csv", written(b"\xff\xfe"), r"The file is empty\."),
    Refused("a web page", ".csv", written("\n<!DOCTYPE html>\n<html><body>Not found</body></html>\n"),
            r"The file is a web page or XML, not a table\."),
)  # fmt: skip

REFUSED_FILES: Final = (
    Refused("bomb of rows", ".csv.gz", bomb(b"1,2\n" * 1_000_000, 101), r"The file has more than 2,000,000 rows\.", TIGHT),
    Refused("bomb of bytes", ".csv.gz", bomb((b"1," + b"x" * 998_000 + b"\n") * 10, 300),
            r"The file unpacks to more than 50 MB\.", TIGHT),
    Refused("bomb of one line", ".csv.gz", bomb(b"x" * 10_000_000, 300), r"Line 1 has more than 1 MB\.|Line 2 has more than 10 MB\.", TIGHT),
    Refused("packed twice", ".csv.gz", packed(lines(HEAD, rows=9), times=2), r"The file is packed twice\."),
    Refused("packed and cut short", ".csv.gz", packed(lines(HEAD, rows=900), cut=20), CUT),
    Refused("packed, then noise", ".csv.gz", packed(lines(HEAD, rows=9), after=b"noise"), CUT),
    Refused("packed Parquet", ".parquet.gz", packed(plain_parquet), r"The Parquet file is packed with gzip\."),
    Refused("a spreadsheet", ".csv", boxed, r"The file is a zip file or a spreadsheet, not a table as text\."),
    Refused("a PDF", ".csv", noise(900, start=b"%PDF-1.7\n"), r"The file is a PDF, not a table as text\."),
    Refused("a picture", ".csv", noise(900, start=b"\x89PNG\r\n\x1a\n"), r"The file is a picture, not a table as text\."),
    Refused("a SQLite database", ".csv", sqlite_file, r"The file is a database, not a table as text\."),
    Refused("a DuckDB database", ".csv", duckdb_file, r"The file is a database, not a table as text\."),
    Refused("a database called Parquet", ".parquet", duckdb_file, r"The file does not begin as Parquet does\."),
    Refused("packed by another program", ".csv", noise(900, start=b"\x28\xb5\x2f\xfd"), r"The file is packed in a way that is not read\."),
    Refused("CSV called Parquet", ".parquet", written("a,b\n1,2\n"), r"The file does not begin as Parquet does\."),
    Refused("Parquet without its end", ".parquet", changed(lambda data: data[:-100]),
            r"The Parquet file is cut short: its end is missing\."),
    Refused("a footer beyond the file", ".parquet", with_foot(lambda _: 2**31 - 1), UNFIT),
    Refused("a footer of nothing", ".parquet", with_foot(lambda _: 0), UNFIT),
    Refused("a footer that begins late", ".parquet", with_foot(lambda true: true - 3), UNFIT),
    Refused("Parquet with a hole", ".parquet", changed(lambda data: data[:200] + bytes(400) + data[600:]),
            DAMAGED + r"a part of it cannot be unpacked\."),
    Refused("encrypted Parquet", ".parquet", changed(lambda data: b"PARE" + data[4:-4] + b"PARE"), r"The Parquet file is encrypted\."),
    Refused("Parquet without rows", ".parquet", parquet([("a", pa.array([], pa.int64()))]), r"The file holds no rows\."),
    Refused("Parquet without columns", ".parquet", parquet([]), r"The Parquet file has no columns\."),
    Refused("2 TB of one text", ".parquet", parquet([("a", same("x" * 1_000_000, 2_000_000))], compression="zstd"),
            r"Reading the file needs more memory than a file may have\.", TIGHT),
    Refused("lists", ".parquet", parquet([("a", [[1], [2]])]), r"Column `a` holds lists\."),
    Refused("structs", ".parquet", parquet([("a", [{"b": 1}])]), r"Column `a` holds objects\."),
    Refused("maps", ".parquet", parquet([("a", pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())))]), r"Column `a` holds objects\."),
    Refused("blobs", ".parquet", parquet([("x" * 99, [b"\0\1"])]), r"Column `x{60}…` holds bytes\."),
    Refused("text that is no text", ".parquet", parquet([("a", pa.array([b"ok", b"\xff\xfe"]).view(pa.string()))]),
            DAMAGED + r"a text in it is not UTF-8\."),
    Refused("days without end", ".parquet", parquet([("a", days([0, 2**31 - 1]))]), BEYOND),
    Refused("times before all years", ".parquet", parquet([("a", moments([0, -(2**63)], "us"))]), BEYOND),
    Refused("zoned times without end", ".parquet", parquet([("a", moments([0, 2**63 - 1], "us", "UTC"))]), BEYOND),
    Refused("a clock with 28 hours", ".parquet", parquet([("a", pa.array([10**11], pa.int64()).cast(pa.time64("us")))]),
            DAMAGED + r"a time in it is on no clock\."),
)  # fmt: skip

REFUSED_JSON: Final = (
    Refused("objects in objects", ".jsonl", repeated("", '{"a":{"b":1}}\n', 5), r"Column `a` holds objects\."),
    Refused("columns, not rows", ".json", written('{"a": [1, 2], "b": [3, 4]}'), r"Column `a` holds lists\."),
    Refused("10,000 brackets", ".jsonl", written(ROW * 4 + '{"a":' + "[" * 10_000 + "]" * 10_000 + "}\n"),
            r"Line 5 nests lists or objects more than 128 deep\."),
    Refused("10,000 brackets that never close", ".json", written("[" * 10_000), r"Line 1 nests lists or objects more than 128 deep\."),
    Refused("a key twice", ".jsonl", written(ROW + '{"a":1,"a":2}\n'), r"Line 2 has `a` twice\."),
    Refused("keys in two cases", ".jsonl", written('{"a":1}\n{"A":2}\n'), r"Two keys differ from `A` only in upper and lower case\."),
    Refused("a key without a name", ".jsonl", written(ROW + '{"":1}\n'), r"Line 2 has a value without a name\."),
    Refused("objects of nothing", ".jsonl", written("{}\n{}\n"), r"The rows of the file have no names\."),
    Refused("an array of numbers", ".json", written("[\n1,\n2]"), r"Line 2 is not a JSON object\."),
    Refused("a number", ".json", written("5"), r"The file does not hold JSON objects, one per line\."),
    Refused("an empty array", ".json", written("[]"), r"The file holds no rows\."),
    Refused("a broken line", ".jsonl", written(ROW * 50 + '{"a":\n' + ROW * 50), r"Line 51 is not JSON\."),
    Refused("a broken line late", ".jsonl", repeated("", '{"a":1,"t":"xxxxxxxxxx"}\n', 90_000, last='{"a":\n'), r"Line 90,001 is not JSON\."),
    Refused("a line of another kind", ".jsonl", written(ROW * 50 + "\n[1]\n" + ROW * 50), r"Line 52 is not a JSON object\."),
    Refused("an array without its end", ".json", written('[{"a":1},\n{"a":2},\n{"a"'), r"Line 3 is not JSON\."),
    Refused("an array without a comma", ".json", written('[{"a":1},\n{"a":2}\n{"a":3}]'), r"Line 3 is not JSON\."),
    Refused("a letter cut in half", ".jsonl", written(ROW + '{"a":"\\ud800"}\n'), r"Line 2 is not JSON\."),
    Refused("a control character", ".jsonl", written(ROW + '{"a":"x\x01y"}\n'), r"Line 2 is not JSON\."),
    Refused("a JSON line of 30 MB", ".jsonl", repeated('{"a":"', "x" * 1_000, 30_000, last='"}\n'),
            r"Column `a` holds a text of 30\.0 MB; a cell may have 1\.0 MB\."),
    Refused("5,000 keys", ".jsonl", written("".join(f'{{"k{n}":1}}\n' for n in range(5_000))),
            r"The file has 5,000 columns; a table may have 2,000\."),
)  # fmt: skip
REFUSED: Final = REFUSED_TEXT + REFUSED_FILES + REFUSED_JSON

READ_TEXT: Final = (
    Read("few ragged lines", ".csv", lines(HEAD, rows=400, last=["1,x", "2,y,2026-01-01,z"]), 400, NWD,
         rejected=[r"Line 402 has 2 fields, the header has 3\.", r"Line 403 has 4 fields, the header has 3\."]),
    Read("quote that is not closed at the end", ".csv", lines(HEAD, rows=400, last=['1,"x,2026-01-01']), 400, NWD,
         rejected=[r"Line 402 opens a quote that is not closed where the field ends\."]),
    Read("words behind a quote", ".csv", lines(HEAD, '1,"hi" there,2026-01-01', rows=400), 400, NWD,
         rejected=[r"Line 2 opens a quote that is not closed where the field ends\."]),
    Read("quotes in the middle", ".csv", written('a,b\n1,5" disk\n2,say "hi"\n'), 2, [("a", "integer"), ("b", "text")],
         first=[1, '5" disk'], last=[2, 'say "hi"']),
    Read("delimiters and line ends in quotes", ".csv", written('a,b\n1,"x;y,z|w\t"\n2,"x\r\ny"\n'), 2,
         [("a", "integer"), ("b", "text")], first=[1, "x;y,z|w\t"], last=[2, "x\ny"]),
    Read("nothing but quotes", ".csv", repeated("a,b\n1,", "''", 50_000, last="\n"), 1, [("a", "integer"), ("b", "text")]),
    Read("latin-1", ".csv", written("name,n\nJosé,1\n", encoding="latin-1"), 1, [("name", "text"), ("n", "integer")],
         first=["José", 1], reasons=[r"Encoding latin-1: the bytes are not UTF-8\."]),
    Read("windows-1252", ".csv", written("name,n\n€5,1\n", encoding="cp1252"), 1, [("name", "text"), ("n", "integer")],
         first=["€5", 1], reasons=[r"Encoding windows-1252: the bytes are not UTF-8\."]),
    Read("UTF-8 with two marks", ".csv", written(b"\xef\xbb\xbf\xef\xbb\xbfa,b\n1,2\n"), 1, AB, first=[1, 2],
         reasons=[r"Encoding UTF-8: a byte order mark says so\.", r"Characters that cannot be seen were taken out of the name `a`\."]),
    Read("UTF-16 with its mark", ".csv", written(b"\xfe\xff" + "n,t\n1,é\n".encode("utf-16-be")), 1, [("n", "integer"), ("t", "text")],
         first=[1, "é"], reasons=[r"Encoding UTF-16: a byte order mark says so\."]),
    Read("UTF-16 without a mark", ".csv", written("n,t\n1,é\n", encoding="utf-16-le"), 1, [("n", "integer"), ("t", "text")],
         first=[1, "é"], reasons=[r"Encoding UTF-16-LE: every second byte is zero\."]),
    Read("half of a pair in UTF-8", ".csv", written(b"a,b\n1,\xed\xa0\x80\n"), 1, [("a", "integer"), ("b", "text")],
         reasons=[r"Encoding windows-1252: the bytes are not UTF-8\."]),
    Read("decimal commas and points", ".csv", repeated("a;b\n", "1,5;x\n", 50, last="2.5;x\n"), 51, [("a", "text"), ("b", "text")],
         first=["1,5"], last=["2.5"], reasons=[r"Decimal signs disagree: 50 numbers have a comma, 1 a point\. .* Check it\."]),
    Read("days first and months first", ".csv", written("d,n\n13/01/2026,1\n01/14/2026,2\n"), 2, [("d", "text"), ("n", "integer")],
         first=["13/01/2026"], reasons=[r"Dates disagree: 1 fit only day first, 1 only month first\. Check it\."]),
    Read("days that fit both orders", ".csv", written("d,n\n03/04/2026,1\n"), 1, [("d", "date"), ("n", "integer")],
         reasons=[r"Dates such as 03/04/2026 fit day first and month first; .* Check it\."]),
    Read("NA among numbers", ".csv", written("a,b\n1,2\nNA,3\n4,N/A\n"), 3, AB, first=[1, 2], last=[4, None]),
    Read("words in numbers late", ".csv", lines(HEAD, rows=LATE, last=["oops,x,2026-01-01"]), LATE + 1,
         [("n", "text"), ("word", "text"), ("day", "date")], last=["oops", "x"]),
    Read("names twice, empty and long", ".csv", written("a,A,,a_2\n1,2,3,4\n"), 1,
         [("a", "integer"), ("A_2", "integer"), ("column_3", "integer"), ("a_2_2", "integer")], first=[1, 2, 3, 4],
         reasons=[r"The name `A` stands twice; column 2 is now `A_2`\.", r"Column 3 had no name; it is `column_3`\."]),
    Read("markup and formulae as names", ".csv", written("<script>alert(1)</script>,=cmd()|' /C calc'!A0\n1,2\n"), 1,
         [("<script>alert(1)</script>", "integer"), ("=cmd()|' /C calc'!A0", "integer")], first=[1, 2]),
    Read("names that turn and vanish", ".csv", written("a\u202eb,c\x07d,e\u200bf\n1,2,3\n"), 1,
         [("ab", "integer"), ("cd", "integer"), ("ef", "integer")],
         reasons=[rf"Characters that cannot be seen were taken out of the name `{name}`\." for name in ("ab", "cd", "ef")]),
    Read("a column of nothing", ".csv", written("a,b\n1,\n2,NA\n"), 2, [("a", "integer"), ("b", "text")], last=[2, None]),
    Read("nothing but missing values", ".csv", written("a,b\n,\nNA,\n"), 2, [("a", "text"), ("b", "text")], first=[None, None]),
    Read("a single column", ".csv", written("a\n1\n\n3\n"), 3, [("a", "integer")], first=[1], last=[3],
         reasons=[r"Delimiter comma: every line is one field, so none is needed\."]),
    Read("lines that end in CR", ".csv", written("a,b\r1,2\r3,4\r"), 2, AB, first=[1, 2], last=[3, 4]),
    Read("lines that end in every way", ".csv", written("a,b\r\n1,2\n3,4\r5,6\n\r7,8"), 4, AB, first=[1, 2], last=[7, 8]),
    Read("letters that look like line ends", ".csv", written("a,b\n1,x\u2028y\n2,z\x0bw\x0c\n"), 2, [("a", "integer"), ("b", "text")],
         first=[1, "x\u2028y"], last=[2, "z\x0bw\x0c"]),
    Read("numbers beyond numbers", ".csv", written("a,b,c\n1,1e-120,inf\n1e400,2e200,2\n"), 2,
         [("a", "text"), ("b", "number"), ("c", "text")], first=["1", 1e-120, "inf"], last=["1e400", 2e200, "2"]),
    Read("whole numbers of 20 digits", ".csv", written("a,b\n12345678901234567890,1\n2,2\n"), 2, [("a", "text"), ("b", "integer")],
         first=["12345678901234567890", 1]),
    Read("days that no calendar has", ".csv", written("a,b,c\n0000-00-00,99999-01-01,2026-02-30\n" + "2026-01-01," * 2 + "2026-01-01\n"), 2,
         [("a", "text"), ("b", "text"), ("c", "text")], first=["0000-00-00", "99999-01-01", "2026-02-30"]),
    Read("time zones", ".csv", written("t,u\n2026-01-01T10:00:00+02:00,2026-01-01T10:00:00+99:99\n2026-01-01 10:00:00Z,2026-01-01 10:00\n"), 2,
         [("t", "time"), ("u", "text")], last=[datetime(2026, 1, 1, 10), "2026-01-01 10:00"]),  # noqa: DTZ001 - UTC, as written
    Read("JSON called CSV", ".csv", written('{"a":1,"b":2}\n{"a":3,"b":4}\n'), 2, AB, last=[3, 4], reasons=[r"JSON: the file begins with a bracket\."]),
)  # fmt: skip

READ_FILES: Final = (
    Read("Parquet called CSV", ".csv", plain_parquet, 2_000, [("a", "integer"), ("t", "text")],
         reasons=[r"Parquet: the file says itself which types its columns have\."]),
    Read("2 GB of one text in 300 bytes", ".parquet", parquet([("a", same("x" * 1_000_000, 2_000))], compression="zstd"), 2_000, [("a", "text")]),
    Read("Parquet with names twice and none", ".parquet", parquet([("a", [1]), ("A", [2]), ("", [3])]), 1,
         [("a", "integer"), ("A_2", "integer"), ("column_3", "integer")], first=[1, 2, 3],
         reasons=[r"The name `A` stands twice; column 2 is now `A_2`\.", r"Column 3 had no name; it is `column_3`\."]),
    Read("whole numbers beyond whole numbers", ".parquet",
         parquet([("a", pa.array([2**64 - 1], pa.uint64())), ("b", pa.array([10**37 + 1], pa.decimal128(38, 0))), ("c", pa.array([7], pa.decimal128(38, 0)))]), 1,
         [("a", "text"), ("b", "text"), ("c", "number")], first=[str(2**64 - 1), str(10**37 + 1), 7.0]),
    Read("times of a billionth with a zone", ".parquet", parquet([("t", moments([10**18, None], "ns", "Europe/Berlin"))]), 2, [("t", "time")],
         first=[datetime(2001, 9, 9, 1, 46, 40)], last=[None]),  # noqa: DTZ001 - UTC, as counted
    Read("JSON numbers beyond numbers", ".jsonl", written('{"a":1e400,"b":9007199254740993,"c":1e-200}\n{"a":1,"b":1.5,"c":NaN}\n'), 2,
         [("a", "text"), ("b", "text"), ("c", "number")], first=["1e400", "9007199254740993", 1e-200], last=["1", "1.5", None]),
    Read("JSON whole numbers of 20 digits", ".jsonl", written('{"a":12345678901234567890}\n{"a":1}\n'), 2, [("a", "text")], first=["12345678901234567890"]),
    Read("JSON with infinity", ".jsonl", written('{"a":1}\n{"a":-Infinity}\n'), 2, [("a", "text")], last=["-Infinity"]),
    Read("JSON with a zero in a name", ".jsonl", written('{"a\\u0000b":1}\n'), 1, [("ab", "integer")],
         reasons=[r"Characters that cannot be seen were taken out of the name `ab`\."]),
    Read("JSON with words late", ".jsonl", repeated("", ROW, LATE, last='{"a":"oops"}\n'), LATE + 1, [("a", "text")], first=["1"], last=["oops"]),
)  # fmt: skip
READ: Final = READ_TEXT + READ_FILES

# Every sentence with which a table is refused: it names a line, a column, a limit, or what is
# wrong with the file. The one that repeats what the engine said is not among them.
_QUOTED: Final = r"`(?:[^`]|`(?=[^` .]))*`"
VOCABULARY: Final = (
    (
        r"Line [\d,]+ (has [\d,]+ fields, the (header|first line) has [\d,]+|cannot be split into fields|"
        r"opens a quote that is (never closed|not closed where the field ends)|is too long|"
        r"has more than \d+ MB|holds a zero byte; the file is not a table as text|"
        r"is not (utf-8|utf-16|utf-16-le|utf-16-be|latin-1|windows-1252) text|"
        rf"is not JSON|is not a JSON object|has {_QUOTED} twice|has a value without a name|"
        r"nests lists or objects more than 128 deep)\.( Nothing was imported\.)?"
    ),
    (
        rf"Column {_QUOTED} holds (lists|objects|lists or objects|bytes|"
        r"a day or time outside the years 1 to 9999|a text of [\d,.]+ MB; a cell may have [\d,.]+ MB)\."
    ),
    rf"The name of column [\d,]+ has [\d,]+ characters; names may have [\d,]+: {_QUOTED}\.",
    rf"Two keys differ from {_QUOTED} only in upper and lower case\.",
    r"The file has [\d,]+ (MB; a file|columns; a table|rows; a table) may have [\d,]+( MB)?\.",
    r"The file has more than [\d,]+ rows\.|The file unpacks to more than [\d,]+ MB\.",
    r"The (file holds no rows|rows of the file have no names|file is empty)\.",
    (
        r"The file is ((a zip file or a spreadsheet|an old spreadsheet|a PDF|a database|a picture), "
        r"not a table as text|a web page or XML, not a table|an Arrow file|an encrypted Parquet file|"
        r"packed twice|packed in a way that is not read|written in UTF-(7|32), which is not read)\."
    ),
    r"The file is not text: many of its bytes stand for no letter\.",
    r"The file does not (begin as Parquet does|hold JSON objects, one per line)\.",
    r"A row of the file is (too long|not JSON)\.|The packed file is cut short or damaged\.",
    (
        r"The Parquet file is (cut short: its end is missing|encrypted|packed with gzip|"
        r"written in a way that is not read)\.|The Parquet file has no columns\."
    ),
    (
        r"The Parquet file is damaged: (a text in it is not UTF-8|a time in it is on no clock|"
        r"a part of it cannot be unpacked|it points to bytes that are not there|"
        r"what it says of itself does not fit what it holds)\."
    ),
    r"Reading the file (took too long and was stopped|needs more memory than a file may have)\.",
    r"The table is too large once it is read\.",
    r"The file crashed the process that read it; nothing else was harmed\.",
)
