"""How a text file seems to be written, from its first megabyte, each with a reason."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

ENOUGH_RECORDS: Final = 2_000
LARGEST_FIELD: Final = 16 << 20
DELIMITERS: Final = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
COMMA_NUMBER: Final = re.compile(r"-?(\d+|[1-9]\d{0,2}(\.\d{3})+),\d+")
POINT_NUMBER: Final = re.compile(r"-?(\d*|[1-9]\d{0,2}(,\d{3})+)\.\d+")
EITHER: Final = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")
SHORT_DATE: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2\d{4}(?!\d).*", re.DOTALL)
ISO_DATE: Final = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?!\d).*", re.DOTALL)
PLAIN_VALUE: Final = re.compile(r"-?[\d.,:/ -]*\d[\d.,:/ -]*|true|false", re.IGNORECASE)
LAST_MONTH: Final = 12
Record = Sequence[str]


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What was found of one property: its value and the sentence why."""

    value: str
    why: str


def split_records(text: str, delimiter: str, quote: str) -> list[list[str]]:
    """Give the first records of a text as fields; empty lines are left out."""
    csv.field_size_limit(LARGEST_FIELD)
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    found: list[list[str]] = []
    for row in rows:
        if row:
            found.append(row)
        if len(found) == ENOUGH_RECORDS:
            break
    return found


def find_quote(text: str) -> Sniffed:
    """Tell which sign wraps fields that hold a delimiter."""
    inside = r"(?:^|[,;|\t]){0}[^{0}\n]*{0}(?=[,;|\t]|$)"
    double = len(re.findall(inside.format('"'), text, re.MULTILINE))
    single = len(re.findall(inside.format("'"), text, re.MULTILINE))
    if single > double:
        return Sniffed("'", f"Quote ': it wraps {single:,} fields of the start.")
    if double:
        return Sniffed('"', f'Quote ": it wraps {double:,} fields of the start.')
    return Sniffed('"', 'Quote ": no field of the start is quoted; this is the custom.')


def find_delimiter(text: str, quote: str, suffix: str) -> Sniffed:
    """Tell which sign stands between the fields: the one that splits lines alike."""
    best, share, fields = "", 0.0, 1
    order = sorted(DELIMITERS, key=lambda sign: sign != "\t" or suffix != ".tsv")
    for sign in order:
        counts = Counter(len(record) for record in split_records(text, sign, quote))
        if not counts:
            continue
        width, often = max(counts.items(), key=lambda item: (item[1], item[0]))
        alike = round(often / counts.total(), 2)
        if width > 1 and alike > share:
            best, share, fields = sign, alike, width
    if not best:
        return Sniffed(",", "Delimiter comma: every line is one field, so none is needed.")
    return Sniffed(
        best,
        f"Delimiter {DELIMITERS[best]}: it splits {share:.0%} of the first lines into "
        f"{fields:,} fields.",
    )


def find_decimal(records: Sequence[Record]) -> Sniffed:
    """Tell which sign stands before the decimals of a number."""
    commas = points = either = 0
    for cell in _cells(records):
        if EITHER.fullmatch(cell):
            either += 1
        elif COMMA_NUMBER.fullmatch(cell):
            commas += 1
        elif POINT_NUMBER.fullmatch(cell):
            points += 1
    return _decimal(commas, points, either)


def _decimal(commas: int, points: int, either: int) -> Sniffed:
    if commas and points:
        return Sniffed(
            "," if commas > points else ".",
            f"Decimal signs disagree: {commas:,} numbers have a comma, {points:,} a point. "
            "A column that holds both stays text. Check it.",
        )
    if commas:
        return Sniffed(",", f"Decimal comma: {commas:,} numbers are written so.")
    if points:
        return Sniffed(".", f"Decimal point: {points:,} numbers are written so.")
    if either:
        return Sniffed(
            ".",
            "Decimal point: numbers such as 1.234 and 1,234 could be read either way; "
            "check it.",
        )
    return Sniffed(".", "Decimal point: no number of the start has decimals.")


def find_dates(records: Sequence[Record]) -> Sniffed:
    """Tell in which order day and month stand, by the days above 12."""
    firsts = seconds = short = iso = 0
    example = ""
    for cell in _cells(records):
        if match := SHORT_DATE.fullmatch(cell):
            short += 1
            example = example or cell
            firsts += int(match[1]) > LAST_MONTH
            seconds += int(match[3]) > LAST_MONTH
        iso += ISO_DATE.fullmatch(cell) is not None
    if not short:
        why = f"{iso:,} are written so" if iso else "the start holds none"
        return Sniffed("year first", f"Dates with the year first: {why}.")
    if firsts and seconds:
        return _clashing(firsts, seconds)
    if firsts:
        return Sniffed(
            "day first", f"Dates with the day first: {firsts:,} fit no other order."
        )
    if seconds:
        return Sniffed(
            "month first", f"Dates with the month first: {seconds:,} fit no other order."
        )
    return Sniffed(
        "day first",
        f"Dates such as {example[:30]} fit day first and month first; day first is taken "
        "unless the whole file says otherwise. Check it.",
    )


def _clashing(firsts: int, seconds: int) -> Sniffed:
    return Sniffed(
        "day first" if firsts >= seconds else "month first",
        f"Dates disagree: {firsts:,} fit only day first, {seconds:,} only month first. "
        "Check it.",
    )


def find_header(records: Sequence[Record]) -> tuple[bool, str]:
    """Tell whether the first line holds names, by what stands below it."""
    if not records:
        return True, "Header: the file is empty."
    first, below = records[0], records[1:]
    odd = next((cell for cell in first if PLAIN_VALUE.fullmatch(cell.strip())), None)
    if odd is not None:
        return False, f"No header: `{odd[:40]}` in the first line is a value, not a name."
    if len(set(first)) < len(first) or not below:
        return True, "Header: the first line holds no numbers."
    for place, name in enumerate(first):
        cells = [row[place].strip() for row in below if place < len(row) and row[place]]
        if cells and sum(
            PLAIN_VALUE.fullmatch(cell) is not None for cell in cells
        ) * 2 > len(cells):
            return True, f"Header: `{name[:40]}` stands above numbers, dates or true/false."
    recurring = sum(
        any(place < len(row) and row[place] == name for row in below)
        for place, name in enumerate(first)
    )
    if recurring * 2 > len(first):
        return False, "No header: the values of the first line occur again below."
    return True, "Header: the words of the first line do not occur again below."


def _cells(records: Sequence[Record]) -> list[str]:
    return [cell.strip() for record in records for cell in record]
