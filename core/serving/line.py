"""The line's other end: the running app takes commands from the shell and runs them."""

import asyncio
import logging
import os
import socket
import stat
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Event as Flag
from time import monotonic
from typing import Final, Protocol
from uuid import uuid4

from core.errors import CountersignError, StoppedError, WrongInputError
from core.runs.commands import run as run_command
from core.runs.desk import Desk
from core.runs.line import (
    LONGEST_ANSWER,
    LONGEST_REQUEST,
    LONGEST_RUN,
    read_request,
    write_answer,
)

LOG: Final = logging.getLogger(__name__)
PATIENCE: Final = 10.0  # seconds for a request to arrive, and for an answer to be taken
AT_ONCE: Final = 2
REFUSED = FAILED = 2  # exit codes; 1 is the verdict "fail"
LONGEST_OUT: Final = LONGEST_ANSWER // 8  # characters; JSON may write six bytes for one


class Run(Protocol):
    """How a command is run: as `core.runs.commands.run` does it."""

    def __call__(
        self, desk: Desk, argv: Sequence[str], /, *, cwd: Path, say: Callable[[str], None]
    ) -> int:
        """Run a command and return its exit code."""


class Line:
    """Listens at the workspace's socket, for this user only, while the app runs."""

    def __init__(self, desk: Desk, run: Run = run_command) -> None:
        self._desk = desk
        self._run = run
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="line")
        self._closing = Flag()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Take commands inside the block; at its end running ones are stopped.

        Raises:
            WrongInputError: the socket cannot be made in this folder.
        """
        place = self._desk.workspace.socket
        server = await asyncio.start_unix_server(
            self._answer, sock=make_socket(place), limit=LONGEST_REQUEST
        )
        try:
            yield
        finally:
            self._closing.set()
            server.close()
            place.unlink(missing_ok=True)
            await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        gone = Flag()
        try:
            text = await asyncio.wait_for(reader.readline(), PATIENCE)
            argv, cwd = read_request(text)
            watching = asyncio.create_task(_watch(reader, gone))
            try:
                await self._stream(argv, cwd, writer, gone)
            finally:
                watching.cancel()
        except CountersignError as error:
            await _send(writer, out=_sentence(error))
            await _send(writer, exit=REFUSED)
        except (TimeoutError, ValueError, OSError):
            LOG.debug("a command went away")  # the other side hung up or sent no whole line
        finally:
            gone.set()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _stream(
        self, argv: Sequence[str], cwd: Path, writer: asyncio.StreamWriter, gone: Flag
    ) -> None:
        """Run the command in a thread and send on what it says."""
        loop = asyncio.get_running_loop()
        until = monotonic() + LONGEST_RUN

        def say(text: str) -> None:
            if gone.is_set() or self._closing.is_set() or monotonic() > until:
                raise StoppedError
            sent = asyncio.run_coroutine_threadsafe(
                _send(writer, out=text[:LONGEST_OUT]), loop
            )
            try:
                sent.result(2 * PATIENCE)
            except OSError:
                raise StoppedError from None

        code = await loop.run_in_executor(self._pool, self._work, argv, cwd, say)
        await _send(writer, exit=code)

    def _work(self, argv: Sequence[str], cwd: Path, say: Callable[[str], None]) -> int:
        try:
            return self._run(self._desk, argv, cwd=cwd, say=say)
        except StoppedError:
            return FAILED
        except (
            SystemExit
        ) as left:  # a parser that printed its help; it must not end the app
            return left.code if isinstance(left.code, int) else FAILED
        except CountersignError as error:
            return _end(say, _sentence(error), REFUSED)
        except Exception:
            note = uuid4().hex[:4]
            LOG.exception("command %s", note)
            return _end(
                say, f"This could not be done. Note {note} in the log says why.", FAILED
            )


def make_socket(place: Path) -> socket.socket:
    """Return a socket that listens at `place`, which only this user can reach.

    What a dead app left there is removed; the caller holds the workspace, so nobody listens.

    Raises:
        WrongInputError: something else lies there, or the path is too long.
    """
    if place.exists() and stat.S_ISSOCK(place.lstat().st_mode):
        place.unlink()
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)  # before anybody could connect
    try:
        made.bind(str(place))
    except OSError as error:
        made.close()
        raise WrongInputError(
            f"The socket {place} cannot be made: {error.strerror or error}.",
            hint="Put the workspace in a folder with a shorter path.",
        ) from None
    finally:
        os.umask(mask)
    made.listen(AT_ONCE)
    return made


async def _watch(reader: asyncio.StreamReader, gone: Flag) -> None:
    """Set `gone` when the other side hangs up."""
    with suppress(OSError, ValueError):
        while await reader.read(LONGEST_REQUEST):
            continue
    gone.set()


async def _send(writer: asyncio.StreamWriter, **answer: str | int) -> None:
    writer.write(write_answer(**answer))
    await asyncio.wait_for(writer.drain(), PATIENCE)


def _sentence(error: CountersignError) -> str:
    return f"{error} {error.hint}"


def _end(say: Callable[[str], None], sentence: str, code: int) -> int:
    with suppress(StoppedError):
        say(sentence)
    return code
