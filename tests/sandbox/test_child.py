"""A child does what it is asked, within its limits, and can harm nobody."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import StoppedError
from core.sandbox.child import (
    ENVIRONMENT,
    Child,
    ChildDiedError,
    ChildError,
    _say_no_landlock,
)
from core.sandbox.frames import Header, Reader, receive, send
from core.sandbox.limits import Limits

Start = Callable[[Limits], Child]


def test_what_is_asked_comes_back_byte_for_byte(probe: Start) -> None:
    """Texts and buffers survive the way there and back, an empty buffer too."""
    with probe(Limits()) as child:
        header, buffers = child.ask({"op": "say", "word": "é"}, [b"", b"\x00\xff" * 99_999])
    assert header["said"] == "é"
    assert buffers == [b"", b"\x00\xff" * 99_999]


def test_an_error_leaves_the_child_alive(probe: Start) -> None:
    """The name and text of an exception travel; the next question is answered."""
    with probe(Limits()) as child:
        with pytest.raises(ChildError, match="dance") as caught:
            child.ask({"op": "dance"})
        assert caught.value.kind == "KeyError"
        assert child.ask({"op": "say", "word": "x"})[0]["said"] == "x"


def test_progress_arrives_before_the_answer(probe: Start) -> None:
    """A child reports a share and a text while it works."""
    heard: list[tuple[float, str]] = []
    with probe(Limits()) as child:
        child.ask({"op": "say"}, progress=lambda share, text: heard.append((share, text)))
    assert heard == [(0.5, "half")]


def test_the_wall_clock_ends_a_child(probe: Start) -> None:
    """Whoever sleeps past the deadline is killed, for the reason `time`."""
    started = time.monotonic()
    with probe(Limits()) as child, pytest.raises(ChildDiedError, match="time"):
        child.ask({"op": "sleep", "word": "60"}, seconds=0.3)
    assert time.monotonic() - started < 3


def test_the_processor_limit_is_called_time(probe: Start) -> None:
    """An endless loop ends at the CPU limit and is not mistaken for memory."""
    with probe(Limits(cpu_seconds=1)) as child, pytest.raises(ChildDiedError, match="time"):
        child.ask({"op": "spin"}, seconds=20)


def test_cancel_ends_a_child_within_a_second(probe: Start) -> None:
    """`stop()` is heard while the child is busy."""
    asked = time.monotonic()
    with probe(Limits()) as child:
        with pytest.raises(StoppedError):
            child.ask({"op": "spin"}, stop=lambda: time.monotonic() > asked + 0.5)
        assert time.monotonic() - asked < 1.5


def test_cancel_is_heard_before_a_quick_answer(probe: Start) -> None:
    """A question that takes less than a tick does not run past `stop()`."""
    with probe(Limits()) as child, pytest.raises(StoppedError):
        child.ask({"op": "say"}, stop=lambda: True)


def test_leaving_the_block_ends_the_child(probe: Start) -> None:
    """Nobody stays behind."""
    with probe(Limits()) as child:
        pid = child.pid
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(("op", "error"), [("eat", "MemoryError"), ("map", "OSError")])
def test_memory_is_bounded(probe: Start, op: str, error: str) -> None:
    """More than the limit cannot be had, from the heap or by mapping."""
    with probe(Limits(memory=1 << 30)) as child, pytest.raises(ChildError) as caught:
        child.ask({"op": op, "word": str(2 << 30)})
    assert caught.value.kind == error


@pytest.mark.parametrize(("op", "word"), [("exit", "3"), ("abort", "")])
def test_a_crash_is_an_error_and_no_more(probe: Start, op: str, word: str) -> None:
    """The parent survives an exit and an abort; an abort is mostly lack of memory."""
    with probe(Limits()) as child, pytest.raises(ChildDiedError, match=r"crash|memory"):
        child.ask({"op": op, "word": word})


def test_no_file_can_be_written_or_read(probe: Start, tmp_path: Path) -> None:
    """A planted secret stays secret, a folder stays as it is."""
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    with probe(Limits()) as child:
        if not child.ask({"op": "say"})[0]["landlock"]:
            pytest.skip("this kernel has no Landlock")
        for op, path in (("read", secret), ("write", tmp_path / "new"), ("write", secret)):
            with pytest.raises(ChildError) as caught:
                child.ask({"op": op, "word": str(path)})
            assert caught.value.kind == "PermissionError"
    assert secret.read_text(encoding="utf-8") == "secret"


def test_named_files_can_be_read_and_named_folders_written(
    probe: Start, tmp_path: Path
) -> None:
    """What `reads` and `writes` name stays reachable, and nothing beside it."""
    data, out, beside = tmp_path / "data", tmp_path / "out", tmp_path / "beside"
    out.mkdir()
    for path in (data, beside):
        path.write_text("x", encoding="utf-8")
    limits = Limits(reads=(str(data),), writes=(str(out),), file_bytes=1000)
    with probe(limits) as child:
        if not child.ask({"op": "say"})[0]["landlock"]:
            pytest.skip("this kernel has no Landlock")
        assert child.ask({"op": "read", "word": str(data)})[0]["said"] == "x"
        assert child.ask({"op": "write", "word": str(out / "new")})[0]["said"] == "1"
        with pytest.raises(ChildError, match="Permission"):
            child.ask({"op": "read", "word": str(beside)})


def test_written_files_are_bounded_without_landlock(probe: Start, tmp_path: Path) -> None:
    """RLIMIT_FSIZE holds also in a folder that may be written."""
    limits = Limits(writes=(str(tmp_path),), file_bytes=0)
    with probe(limits) as child, pytest.raises((ChildError, ChildDiedError)):
        child.ask({"op": "write", "word": str(tmp_path / "new")})
    assert not (tmp_path / "new").exists() or not (tmp_path / "new").stat().st_size


def test_the_network_is_refused(probe: Start) -> None:
    """Not even a server on this machine can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server, probe(Limits()) as child:
        if not child.ask({"op": "say"})[0]["landlock"]:
            pytest.skip("this kernel has no Landlock")
        with pytest.raises(ChildError) as caught:
            child.ask({"op": "connect", "word": str(server.getsockname()[1])})
    assert caught.value.kind == "PermissionError"


def test_nothing_is_inherited(probe: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the app, its secrets included, stays outside."""
    monkeypatch.setenv("COUNTERSIGN_SECRET", "1")
    with probe(Limits()) as child:
        said = child.ask({"op": "environment"})[0]["said"]
    assert "COUNTERSIGN_SECRET" not in said
    assert said.endswith(" /")


def test_nonsense_from_a_child_that_was_taken_over_ends_it(probe: Start) -> None:
    """A frame that is none kills the child soon, not at the deadline."""
    started = time.monotonic()
    with (
        probe(Limits(reads=("nonsense",))) as child,
        pytest.raises(ChildDiedError, match="crash"),
    ):
        child.ask({"op": "say"}, seconds=30)
    assert time.monotonic() - started < 5


class _Pipe:
    """A stream that hands out a few bytes at a time, as pipes do."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, buffer: bytes | bytearray | memoryview, /) -> int:
        piece = bytes(buffer[:7])
        self.data += piece
        return len(piece)

    def readinto(self, buffer: memoryview, /) -> int:
        piece = self.data[: min(5, len(buffer))]
        buffer[: len(piece)] = piece
        del self.data[: len(piece)]
        return len(piece)


@given(st.dictionaries(st.text(), st.integers() | st.text()), st.lists(st.binary()))
def test_a_frame_survives_a_stuttering_stream(
    header: dict[str, int | str], buffers: list[bytes]
) -> None:
    """Whatever is sent is received, also in small pieces."""
    header.pop("buffers", None)
    pipe = _Pipe()
    send(pipe, header, buffers)
    back, pieces = receive(pipe)
    assert back == header
    assert [bytes(piece) for piece in pieces] == buffers


@pytest.mark.parametrize(
    "text",
    [b"[1]", b"{", b"{}", b'{"buffers": [-1]}', b'{"buffers": [9e15]}', b'{"buffers": 1}'],
)
def test_a_frame_that_is_none_is_the_end_of_the_talk(text: bytes) -> None:
    """A child cannot make the app allocate without bound, or stumble."""
    pipe = _Pipe()
    pipe.data += len(text).to_bytes(4, "little") + text
    with pytest.raises(EOFError):
        receive(pipe)


def test_the_limits_hold_for_every_thread(probe: Start) -> None:
    """Landlock holds for a thread and those it starts: none may stand outside."""
    with probe(Limits()) as child:
        child.ask({"op": "say"})
        _assert_bound(child)


@pytest.mark.parametrize("module", ["core.intake.reader", "core.models.runner"])
def test_no_library_starts_a_thread_before_the_limits(module: str) -> None:
    """DuckDB opens after them; numpy and onnxruntime are told to start none on import."""
    with Child(module, Limits(cpu_seconds=20)) as child:
        with pytest.raises(ChildError):
            child.ask({"op": "nothing"})
        _assert_bound(child)


def _assert_bound(child: Child) -> None:
    tasks = list(Path(f"/proc/{child.pid}/task").iterdir())
    assert tasks
    for task in tasks:
        assert "NoNewPrivs:\t1" in (task / "status").read_text(encoding="utf-8")


def test_no_library_calls_home() -> None:
    """The child's environment turns off the telemetry of onnxruntime, and holds no secret."""
    with Child("core.models.runner", Limits(cpu_seconds=20)) as child:
        with pytest.raises(ChildError):
            child.ask({"op": "nothing"})
        text = Path(f"/proc/{child.pid}/environ").read_bytes().decode()
    found = dict(pair.split("=", 1) for pair in text.split("\0") if pair)
    assert found == ENVIRONMENT
    assert found["ORT_DISABLE_TELEMETRY"] == "1"


def test_a_missing_landlock_is_said_once(
    probe: Start, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a kernel without it the log says what does not hold, however many files come."""
    monkeypatch.setattr("core.sandbox.child.receive", _without_landlock)
    _say_no_landlock.cache_clear()
    with probe(Limits()) as child:
        for _ in range(3):
            child.ask({"op": "say"})
    _say_no_landlock.cache_clear()
    assert [record.message[:28] for record in caplog.records] == [
        "No Landlock on this machine:"
    ]


def _without_landlock(stream: Reader) -> tuple[Header, list[bytearray]]:
    header, buffers = receive(stream)
    return (header | {"landlock": False} if "landlock" in header else header), buffers
