"""Heads are kept beside the log, and a torn line does not spoil the file."""

from pathlib import Path

import pytest

from core.errors import BrokenWorkspaceError
from core.store.heads import HEADS, keep_head, kept_heads

FIRST, SECOND = {"root": "aa"}, {"root": "bb"}


def test_heads_come_back_in_their_order(tmp_path: Path) -> None:
    """Without a file there is none."""
    assert kept_heads(tmp_path) == ()
    keep_head(tmp_path, FIRST)
    keep_head(tmp_path, SECOND)
    assert kept_heads(tmp_path) == (FIRST, SECOND)


def test_a_line_that_was_cut_makes_room(tmp_path: Path) -> None:
    """A process that died while it wrote leaves no file that can never be read again."""
    keep_head(tmp_path, FIRST)
    with (tmp_path / HEADS).open("ab") as file:
        file.write(b'{"root":"c')
    assert kept_heads(tmp_path) == (FIRST,)
    keep_head(tmp_path, SECOND)
    assert kept_heads(tmp_path) == (FIRST, SECOND)


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    """What stood there is not passed over."""
    (tmp_path / HEADS).write_bytes(b"{nonsense}\n")
    with pytest.raises(BrokenWorkspaceError, match=r"heads\.jsonl is damaged"):
        kept_heads(tmp_path)
