"""What cannot be seen is written out; what can be read stays as it is."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records.predicate import Comparison, from_address, to_address, to_words
from core.records.texts import say_text, shorten, write_unseen
from tests.hostile.texts import HOSTILE, ORDINARY

TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}


def test_every_letter_stands_alone_or_is_written_out() -> None:
    """All of Unicode: a letter stays, or becomes an escape of printable ASCII letters."""
    kept = []
    for number in range(sys.maxunicode + 1):
        letter = chr(number)
        said = say_text(letter)
        if said == letter:
            kept.append(letter)
        else:
            assert said.startswith("\\")
            assert said.isascii()
            assert said.isprintable()
            assert said.encode().decode("unicode_escape") == letter
    assert not {unicodedata.bidirectional(letter) for letter in kept} & TURNING
    assert not [letter for letter in kept if letter in "\u200b\u2060\ufeff\u200e\u200f"]
    assert len(kept) > 130_000  # letters of all scripts, signs, pictures


@pytest.mark.parametrize("text", ORDINARY)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    """Umlauts, Hebrew, Arabic, Persian with its joiner, and joined pictures."""
    assert say_text(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\tb\r\nc", r"a\tb\r\nc"),
        ("No\u200drth", r"No\u200drth"),
        ("North\ufe0f", r"North\ufe0f"),
        ("\x00\x1b[31m", r"\u0000\u001b[31m"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud800", r"\ud800"),
        ("\u200d", r"\u200d"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_unseen_letters_by_hand(text: str, said: str) -> None:
    """Each as Python would write it; a joiner stays only where it joins."""
    assert say_text(text) == said


@given(st.text(st.sampled_from("ab\u200d\u200c\ufe0f\u202e\u2069\x00\n👩🏽ع्१ \\")))
def test_what_is_said_once_stays_so(text: str) -> None:
    """Shown twice is shown once, and nothing that turns is left in any mixture."""
    said = say_text(text)
    assert say_text(said) == said
    assert not set(said) & set("\u202e\u2069\x00\n")


@given(st.text())
def test_escapes_can_be_of_any_kind(text: str) -> None:
    """The caller says how a letter is written; the others are not touched."""
    dropped = write_unseen(text, lambda _: "")
    assert dropped == "".join(letter for letter in dropped if letter in text)
    assert len(dropped) <= len(text) <= len(say_text(text))


def test_a_long_text_is_cut() -> None:
    """Never longer than asked, and it says that something is missing."""
    assert shorten("Self-employed", 13) == "Self-employed"
    assert shorten("Self-employed", 12) == "Self-employ…"
    assert shorten("a b c", 3) == "a…"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_slice_is_said_so_that_it_can_be_read_and_kept_as_it_is(text: str) -> None:
    """In words nothing is unseen; in the address the value is what it was."""
    where = Comparison(text, "=", text)
    assert to_words(where) == f"{say_text(text)} = {say_text(text)}"
    assert from_address(to_address(where)) == where
    assert to_words(Comparison(text, "missing")) == f"{say_text(text)} is missing"
