r"""Text from data as a reader may see it: nothing in it is unseen, nothing turns it round.

Names, values and sentences that quote them are kept as they are and shown through
`say_text`: each character that cannot be seen, or that changes the direction of what
follows, is written as the escape that Python would use. Arabic, Hebrew and emoji stay as they
are; so does a joiner or a variation selector where it has something to join or to vary.
"""

import unicodedata
from collections.abc import Callable
from typing import Final

JOINERS: Final = "\u200c\u200d"
SELECTORS: Final = "\ufe0e\ufe0f"
KEYCAP: Final = "\u20e3"
VIRAMA: Final = 9  # the combining class of signs that join Indic consonants
SHORT: Final = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}
# Control, format (bidi marks, zero width, tags), half characters, private use, line and
# paragraph separators.
UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Letters and marks that Unicode calls something else, and that leave no ink.
BLANK: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
)
INKLESS_PLANE: Final = range(0xE0000, 0xE1000)
NO_CHARACTERS: Final = range(0xFDD0, 0xFDF0)
LAST_TWO: Final = 0xFFFE  # the last two numbers of every plane are no characters either
PICTURE_SELECTORS: Final = range(0xFE00, 0xFE10)
# Format characters of Arabic, Syriac and Kaithi that are drawn.
DRAWN: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)


def say_text(text: str) -> str:
    r"""Return the text with each unseen character as its escape.

    >>> print(say_text("tab\there, turned \u202eround"))
    tab\there, turned \u202eround
    >>> say_text("שלום, 日本, 👩‍🔬") == "שלום, 日本, 👩‍🔬"
    True
    """
    return write_unseen(text, _escape)


def write_unseen(text: str, escape: Callable[[str], str]) -> str:
    """Return the text with each unseen character as `escape` writes it."""
    if text.isascii() and text.isprintable():
        return text
    said: list[str] = []
    left = ""
    for letter, right in zip(text, (*text[1:], ""), strict=True):
        seen = _is_seen(letter, left, right)
        said.append(letter if seen else escape(letter))
        left = letter if seen else ""
    return "".join(said)


def shorten(text: str, most: int) -> str:
    """Return at most that many letters of a text, the last one `…` where some are missing.

    >>> shorten("a long name", 7)
    'a long…'
    """
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _is_seen(letter: str, left: str, right: str) -> bool:
    if letter in JOINERS:
        return _joins(left, right)
    if letter in SELECTORS:
        return right == KEYCAP or (left != "" and unicodedata.category(left)[0] in "SP")
    return _has_ink(letter)


def _joins(left: str, right: str) -> bool:
    """Return whether a joiner has two letters or two pictures to join (after RFC 5892, A.1)."""
    if not left or not right or not _has_ink(right):
        return False
    if unicodedata.combining(left) == VIRAMA:
        return True
    if unicodedata.bidirectional(right) == "AL":
        return unicodedata.bidirectional(left) in ("AL", "NSM")
    picture = left in SELECTORS or unicodedata.category(left)[0] == "S"
    return picture and unicodedata.category(right)[0] == "S"


def _has_ink(letter: str) -> bool:
    if unicodedata.category(letter) in UNSEEN:
        return letter in DRAWN
    number = ord(letter)
    ranges = (INKLESS_PLANE, NO_CHARACTERS, PICTURE_SELECTORS)
    nothing = number & LAST_TWO == LAST_TWO or any(number in range_ for range_ in ranges)
    return not nothing and letter not in BLANK


def _escape(letter: str) -> str:
    number = ord(letter)
    wide = f"\\U{number:08x}" if number > 0xFFFF else f"\\u{number:04x}"  # noqa: PLR2004 - one plane
    return SHORT.get(letter, wide)
