"""Where a JSON file is not rows of plain objects: the first such line, and what is wrong there.

The engine counts records, not lines, and names neither well. A file that it refuses is read
once more here, to say what an editor will show.
"""

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

from core.intake.bounds import IntakeLimits, refuse
from core.intake.names import show_name

LARGEST_ARRAY: Final = 256 << 20  # bytes; a longer one is not searched
DEEPEST: Final = 128  # what the engine follows
BLANKS: Final = " \t\r\n"
NOT_BLANK: Final = re.compile(f"[^{BLANKS}]")
HALF_LETTER: Final = re.compile(r"[\ud800-\udfff]")
EACH: Final = 'Write each row as {"name": value, …} on a line of its own.'
Members = list[tuple[str, object]]


class _FaultError(Exception):
    """What is wrong with the object that is being read, and the next step."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


def check_rows(plain: Path, *, array: bool, limits: IntakeLimits) -> None:
    """Refuse the first row that is no plain object, by its line.

    It returns where every row is one, or where an array is too long to look.
    """
    rows = names = 0
    for row in _in_array(plain) if array else _in_lines(plain, limits.line_bytes):
        rows += 1
        names += len(row)
    if rows and not names:
        raise refuse("The rows of the file have no names.", EACH)


def first_names(text: str) -> list[str]:
    """Give the names in the first object of a JSON text, as far as it can be read."""
    start = _skip(text, 0)
    if text[start : start + 1] == "[":
        start = _skip(text, start + 1)
    if text[start : start + 1] != "{":
        return []
    names: list[list[str]] = []

    def keep(pairs: Members) -> None:
        names.append([name for name, _ in pairs])

    try:
        json.JSONDecoder(object_pairs_hook=keep).raw_decode(text, start)
    except (ValueError, RecursionError):
        return []
    return names[-1]  # the outermost object ends last


def _in_lines(plain: Path, longest: int) -> Iterator[dict[str, object]]:
    with plain.open(encoding="utf-8", newline="\n") as file:
        for line in count(1):
            whole = file.readline(longest + 1)
            text = whole.rstrip("\n")
            if len(text) > longest:
                raise refuse(f"Line {line:,} has more than {longest / 1e6:,.0f} MB.", EACH)
            if text.strip(BLANKS):
                row, end = _read_row(text, _skip(text, 0), line)
                if _skip(text, end) < len(text):
                    raise _not_json(line)
                yield row
            if not whole:
                return


def _in_array(plain: Path) -> Iterator[dict[str, object]]:
    if plain.stat().st_size > LARGEST_ARRAY:
        return
    text = plain.read_text(encoding="utf-8")
    at = _skip(text, text.find("[") + 1)
    more = text[at : at + 1] != "]"
    while more:
        row, end = _read_row(text, at, 1)
        yield row
        at = _skip(text, end)
        more = text[at : at + 1] == ","
        at = _skip(text, at + 1) if more else at
    closed = text[at : at + 1] == "]"
    rest = _skip(text, at + 1) if closed else at
    if not closed or rest < len(text):
        raise _not_json(_line(text, rest, 1))


def _read_row(text: str, at: int, first: int) -> tuple[dict[str, object], int]:
    """Give the object that begins at `at` and where it ends; `first` is the line of `text`."""
    line = _line(text, at, first)
    try:
        row, end = DECODER.raw_decode(text, at)
        deep = _depth(row) > DEEPEST
    except _FaultError as fault:
        raise refuse(f"Line {line:,} {fault}.", fault.hint) from None
    except json.JSONDecodeError as error:
        raise _not_json(_line(text, error.pos, first)) from None
    except RecursionError:
        row, end, deep = {}, at, True
    if deep:
        raise refuse(
            f"Line {line:,} nests lists or objects more than {DEEPEST} deep.",
            "Flatten it first.",
        )
    if not isinstance(row, dict):
        raise refuse(f"Line {line:,} is not a JSON object.", EACH)
    if "\\u" in text[at:end] and HALF_LETTER.search(json.dumps(row, ensure_ascii=False)):
        raise _not_json(line)
    return row, end


def _members(pairs: Members) -> dict[str, object]:
    """Give an object; a name that is empty, or stands twice, is a fault."""
    found = dict(pairs)
    if "" in found:
        raise _FaultError("has a value without a name", "Give each value a name.")
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _FaultError(
            f"has `{show_name(twice)}` twice", "Give each value its own name."
        )
    return found


def _depth(value: object) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def _skip(text: str, at: int) -> int:
    """Give the place of the first character from `at` on that is not blank."""
    found = NOT_BLANK.search(text, at)
    return found.start() if found else len(text)


def _line(text: str, at: int, first: int) -> int:
    return first + text.count("\n", 0, at)


def _not_json(line: int) -> Exception:
    return refuse(f"Line {line:,} is not JSON.", EACH)


# Whole numbers stay text: a very long one is no fault, but Python would not turn it.
DECODER: Final = json.JSONDecoder(object_pairs_hook=_members, parse_int=str)
