"""The line between the shell and the running app, both ends."""

import asyncio
import json
import logging
import socket
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import TypeVar

import pytest

from core.errors import BusyWorkspaceError, NotFoundError, StoppedError, WrongInputError
from core.runs.desk import Desk, open_desk
from core.runs.line import LONGEST_REQUEST, ask_running_app, read_request, write_request
from core.serving.line import Line, Run, make_socket

Told = TypeVar("Told")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An open desk."""
    with open_desk(tmp_path / "w") as opened:
        yield opened


def echo(
    desk: Desk, argv: Sequence[str], /, *, cwd: Path, say: Callable[[str], None]
) -> int:
    """A command that says its words and the folder, and ends with their number."""
    for word in argv:
        say(word)
    say(f"{cwd} {len(desk.workspace.events)}")
    return len(argv)


def talk(desk: Desk, run: Run, ask: Callable[[Path], Told]) -> Told:
    """Return what `ask` returns of the socket, asked in a thread while the line listens."""

    async def live() -> Told:
        async with Line(desk, run).listening():
            return await asyncio.to_thread(ask, desk.workspace.socket)

    return asyncio.run(live())


def asked(argv: Sequence[str]) -> Callable[[Path], tuple[int, list[str]]]:
    """Return a client that asks for a command and gives its code and its words."""

    def ask(place: Path) -> tuple[int, list[str]]:
        said: list[str] = []
        return ask_running_app(place, argv, Path("/here"), said.append), said

    return ask


def test_a_command_runs_in_the_app(desk: Desk) -> None:
    """Its words come back in their order, then its exit code."""
    code, said = talk(desk, echo, asked(["a", "ä\n"]))
    assert (code, said) == (2, ["a", "ä\n", "/here 2"])


def test_an_error_is_told_with_its_hint(desk: Desk) -> None:
    """What is the reader's to mend comes back as a sentence, with exit code 2."""

    def fail(*_: object, **__: object) -> int:
        raise NotFoundError("There is no model 7.", hint="Choose one.")

    assert talk(desk, fail, asked(["x"])) == (2, ["There is no model 7. Choose one."])


def test_a_fault_is_told_without_its_trace(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """What is ours to mend goes to the log under the note that the reader sees."""

    def fail(*_: object, **__: object) -> int:
        return 1 // 0

    with caplog.at_level(logging.CRITICAL + 1, logger="core.serving.line"):
        code, said = talk(desk, fail, asked(["x"]))
    assert code == 2
    assert said[0].startswith("This could not be done. Note ")


def test_a_command_that_leaves_does_not_take_the_app_along(desk: Desk) -> None:
    """A parser that ends the process ends only its command; the next one is answered."""

    def leave(*_: object, **__: object) -> int:
        raise SystemExit(3)

    def twice(place: Path) -> list[tuple[int, list[str]]]:
        return [asked(["--help"])(place) for _ in range(2)]

    assert talk(desk, leave, twice) == [(3, []), (3, [])]


def test_hanging_up_stops_the_command(desk: Desk) -> None:
    """The command is stopped at its next word once nobody listens."""
    stopped = Event()

    def chat(
        _: Desk, argv: Sequence[str], /, *, cwd: Path, say: Callable[[str], None]
    ) -> int:
        try:
            while True:
                say(f"{cwd} {argv}")
        except StoppedError:
            stopped.set()
            raise

    def hang_up(place: Path) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(place))
            line.sendall(write_request(["x"], Path("/")))
            line.recv(100)
        return stopped.wait(10)

    assert talk(desk, chat, hang_up) is True


def test_the_end_of_the_app_stops_commands(desk: Desk) -> None:
    """The line closes although a command still talks; its client is told that it ended."""

    def chat(
        _: Desk, argv: Sequence[str], /, *, cwd: Path, say: Callable[[str], None]
    ) -> int:
        while True:
            say(f"{cwd} {argv}")

    async def live() -> None:
        async with Line(desk, chat).listening():
            reader, writer = await asyncio.open_unix_connection(desk.workspace.socket)
            writer.write(write_request(["x"], Path("/")))
            await reader.readline()
            draining = asyncio.create_task(reader.read())
        await draining
        writer.close()

    asyncio.run(asyncio.wait_for(live(), 10))


@pytest.mark.parametrize(
    "request_",
    [
        b"\n",
        b"[]\n",
        b'{"argv": ["a"]}\n',
        b'{"argv": [1], "cwd": "/"}\n',
        b'{"argv": ["a"], "cwd": "here"}\n',
        b"[" * 60_000 + b"\n",
        json.dumps({"argv": ["a"] * 257, "cwd": "/"}).encode() + b"\n",
    ],
)
def test_nonsense_is_refused(request_: bytes) -> None:
    """A line that is no command with an absolute folder is not run."""
    with pytest.raises(WrongInputError, match="not a command"):
        read_request(request_)


def test_too_long_a_request_is_cut_off(desk: Desk) -> None:
    """The app reads a bounded line and hangs up on a longer one; the client asks no such."""

    def flood(place: Path) -> bytes:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(place))
            try:
                line.sendall(b"x" * (4 * LONGEST_REQUEST))
                return line.recv(10)
            except OSError:
                return b""

    assert talk(desk, echo, flood) == b""
    with pytest.raises(WrongInputError, match="too long"):
        write_request(["x" * LONGEST_REQUEST], Path("/"))


def test_nobody_answers_where_no_app_runs(tmp_path: Path) -> None:
    """Without a socket the client says so."""
    with pytest.raises(BusyWorkspaceError, match="does not answer"):
        ask_running_app(tmp_path / "socket", ["list"], tmp_path, print)


def test_an_app_that_goes_away_is_an_error(tmp_path: Path) -> None:
    """A command without an exit code has not ended well."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.close()

    async def live() -> None:
        place = tmp_path / "s"
        async with await asyncio.start_unix_server(hang_up, place):
            with pytest.raises(BusyWorkspaceError, match="does not answer"):
                await asyncio.to_thread(ask_running_app, place, ["x"], tmp_path, print)

    asyncio.run(live())


def test_the_socket_is_private_and_takes_the_place_of_a_stale_one(tmp_path: Path) -> None:
    """A dead app's socket does not keep the next one from listening."""
    place = tmp_path / "socket"
    for _ in range(2):
        with make_socket(place):
            assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_socket_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A path longer than the system allows, or a file in the way, is refused in words."""
    long = tmp_path / ("x" * 120)
    with pytest.raises(WrongInputError, match="cannot be made"):
        make_socket(long / "socket")
    (tmp_path / "socket").write_text("mine")
    with pytest.raises(WrongInputError, match="cannot be made"):
        make_socket(tmp_path / "socket")
    assert (tmp_path / "socket").read_text() == "mine"
