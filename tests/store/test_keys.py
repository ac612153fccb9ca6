"""The workspace key is made once, kept whole, and read by its owner alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import BrokenWorkspaceError
from core.store.keys import NAME, key_id, signing_key


def test_the_key_is_made_once(tmp_path: Path) -> None:
    """Asked again, the same key is there, and nobody else can read it."""
    first = signing_key(tmp_path)
    assert key_id(first.public_key()) == key_id(signing_key(tmp_path).public_key())
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_many_who_ask_at_once_get_one_key(tmp_path: Path) -> None:
    """A signature under a key that another replaced could never be checked."""
    with ThreadPoolExecutor(16) as pool:
        keys = list(pool.map(signing_key, [tmp_path] * 64))
    assert len({key_id(key.public_key()) for key in keys}) == 1


@pytest.mark.parametrize("text", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAA==\n"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    """A damaged key is not replaced: signatures could not be checked any more."""
    (tmp_path / NAME).write_text(text)
    with pytest.raises(BrokenWorkspaceError, match="holds no signing key"):
        signing_key(tmp_path)
    assert (tmp_path / NAME).read_text() == text
