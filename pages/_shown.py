"""Text from data on a page: shown as it is, whatever it holds."""

import re
from collections.abc import Iterable
from typing import Any, Final

import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from core.figures.marks import LONGEST_LABEL
from core.records.texts import say_text

MARKS: Final = re.compile(r"[\\`*_{}\[\]()#+!|<>$~:&]")
APART: Final = ":small[]"  # draws nothing, and parts two texts
# Streamlit looks for these in finished text, where no backslash helps: addresses and mail
# (they would become links), icons and emoji by name, arrows and dashes.
JOINED: Final = re.compile(
    r"(?<=:)(?=\S)|(?<=@)(?=\S)|(?<=www)(?=\.)|(?<=[-<>~])(?=[-=>])", re.IGNORECASE
)
# What means something at the beginning only: a list, a rule, a numbered list.
BULLET: Final = re.compile(r"^(?:(?=[-=])|(\d+)(?=\.(?:\s|$)))")
# A word that is wider than a cell of `st.table`, where only code breaks inside of words.
LONG_WORD: Final = re.compile(r"([^\W_]{40,})")


def escape(text: str) -> str:
    r"""Return text that markdown shows as it is: data never becomes markup.

    >>> print(escape("a*b: [1]"))
    a\*b\: \[1\]
    >>> print(escape("www.example.org"))
    www:small[].example.org
    """
    whole = say_text(text)
    inner = whole.lstrip(" ")
    parts = [MARKS.sub(r"\\\g<0>", part) for part in JOINED.split(inner)]
    parts[0] = BULLET.sub(r"\1\\", parts[0])
    return "&#32;" * (len(whole) - len(inner)) + APART.join(parts)


def wrap(text: str) -> str:
    """Return escaped text for a cell of `st.table`; its long words are code."""
    parts = LONG_WORD.split(say_text(text))  # every second one is a long word
    return "".join(
        f"`{part}`" if number % 2 else escape(part) for number, part in enumerate(parts)
    )


def name_column(names: Iterable[str]) -> ColumnConfig:
    """Return how a column of names is drawn: it stays in sight and leaves room for others."""
    long = any(len(name) > LONGEST_LABEL for name in names)
    return st.column_config.TextColumn(pinned=True, width="medium" if long else None)


def show_table(found: pa.Table | pa.RecordBatch) -> pa.Table:
    """Return a table with each unseen character of its names and texts written out."""
    columns = [_show_column(column) for column in found.columns]
    return pa.Table.from_arrays(columns, names=[say_text(n) for n in found.schema.names])


def _show_column(
    column: "pa.Array[Any] | pa.ChunkedArray[Any]",
) -> "pa.Array[Any] | pa.ChunkedArray[Any]":
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    return pa.array([v and say_text(v) for v in column.to_pylist()], pa.string())
