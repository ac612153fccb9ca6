"""An object is there whole, under the name of its bytes, or not at all."""

import errno
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BrokenWorkspaceError, NotFoundError, StorageError
from core.store.objects import Objects


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@given(st.binary(max_size=200))
def test_bytes_are_kept_under_their_hash(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """Twice the same bytes are one read-only file; both ways of putting agree."""
    objects = Objects(tmp_path_factory.mktemp("objects"))
    name = objects.put_bytes(data)
    assert name == sha256(data).hexdigest()
    assert objects.put(lambda into: into.write_bytes(data)) == name
    assert objects.put_bytes(data) == name
    assert objects.read(name) == data
    assert name in objects
    assert [path.stat().st_mode & 0o777 for path in _files(objects.folder)] == [0o444]


def _half(into: Path) -> None:
    into.write_bytes(b"half")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    """A half-written file is removed when its writer raises; the disk's word is a sentence."""
    objects = Objects(tmp_path / "objects")
    with pytest.raises(StorageError, match="The disk is full; nothing was changed"):
        objects.put(_half)
    assert _files(tmp_path) == []


def test_a_writer_that_writes_nothing_keeps_nothing(tmp_path: Path) -> None:
    """There is no object without a file."""
    objects = Objects(tmp_path / "objects")
    with pytest.raises(StorageError, match="No such file"):
        objects.put(lambda _: None)
    assert _files(tmp_path) == []


def test_leftovers_of_a_killed_process_are_swept(tmp_path: Path) -> None:
    """What lies aside when a workspace opens was never finished."""
    kept = Objects(tmp_path).put_bytes(b"whole")
    aside = tmp_path / "tmp" / "deadbeef"
    aside.write_bytes(b"half")
    objects = Objects(tmp_path)
    assert not aside.exists()
    assert objects.read(kept) == b"whole"


@pytest.mark.parametrize("name", ["0" * 64, "", "ab", "tmp"])
def test_a_name_without_an_object_is_refused(tmp_path: Path, name: str) -> None:
    """The sentence names the first digits and the way out."""
    objects = Objects(tmp_path)
    assert name not in objects
    with pytest.raises(
        NotFoundError, match=f"The object {name[:8]} is not in the workspace"
    ):
        objects.read(name)


def test_a_damaged_object_is_never_read(tmp_path: Path) -> None:
    """One flipped bit is seen at the first reading; putting the bytes again mends it."""
    objects = Objects(tmp_path)
    name = objects.put_bytes(b"whole")
    place = objects.path(name)
    place.chmod(0o644)
    place.write_bytes(b"whale")
    assert not objects.is_whole(name)
    with pytest.raises(BrokenWorkspaceError, match=f"The object {name[:8]} is damaged"):
        objects.read(name)
    objects.put_bytes(b"whole")
    assert objects.read(name) == b"whole"
    assert list(objects.names()) == [name]
