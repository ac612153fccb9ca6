"""The parent's side: start a limited child, ask it, and outlive whatever it does."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from json import dumps
from types import TracebackType
from typing import Final, Self, cast

from core.errors import StoppedError
from core.sandbox.frames import Buffer, Header, Reader, receive, send
from core.sandbox.limits import Limits

LOG: Final = logging.getLogger(__name__)
Progress = Callable[[float, str], None]
TICK_SECONDS = 0.05
GRACE_SECONDS = 2.0
ENVIRONMENT: Final = {
    "PATH": "",
    # A thread that a library starts on import would stand outside Landlock.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # onnxruntime would keep a device id in the home folder and send it to its maker.
    "ORT_DISABLE_TELEMETRY": "1",
}


class ChildError(Exception):
    """The child said no: `kind` is the name of its exception, the text its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class ChildDiedError(Exception):
    """The child is gone: `cause` is `time`, `memory` or `crash`."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(slots=True)
class _Watch:
    """Kills the child at the deadline or when somebody asks to stop."""

    process: subprocess.Popen[bytes]
    deadline: float
    stop: Callable[[], bool]
    done: threading.Event
    cause: str = ""

    def run(self) -> None:
        while not self.done.wait(TICK_SECONDS):
            self.cause = (
                "stop"
                if self.stop()
                else "time"
                if time.monotonic() > self.deadline
                else ""
            )
            if self.cause:
                self.process.kill()
                return


class Child:
    """A child process of `module` that answers one question at a time.

    It is started as `python -I` with an empty environment and bound by `limits`. Use it
    in a `with` block; leaving the block kills it.
    """

    def __init__(self, module: str, limits: Limits) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-I", "-m", module, dumps(asdict(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            bufsize=0,
        )

    def __enter__(self) -> Self:
        """Enter the block that ends the child."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill the child and collect it."""
        self._process.kill()
        self._process.communicate()

    @property
    def pid(self) -> int:
        """The process id, for measuring."""
        return self._process.pid

    def ask(
        self,
        question: Header,
        buffers: Sequence[Buffer] = (),
        *,
        seconds: float = 60.0,
        stop: Callable[[], bool] = lambda: False,
        progress: Progress = lambda _share, _text: None,
    ) -> tuple[Header, list[bytearray]]:
        """Return the child's answer to `question`.

        Raises:
            StoppedError: `stop()` became true; the child was killed.
            ChildDiedError: the child is gone, by a limit or by a crash.
            ChildError: the child answered that it cannot.
        """
        if stop():  # a quick answer may come before the first tick
            raise StoppedError
        watch = _Watch(self._process, time.monotonic() + seconds, stop, threading.Event())
        thread = threading.Thread(target=watch.run, daemon=True)
        thread.start()
        try:
            header, answer = self._talk(question, buffers, progress)
        except (EOFError, OSError):
            raise self._why(watch) from None
        finally:
            watch.done.set()
            thread.join()
        if "error" in header:
            raise ChildError(header["error"], header["message"])
        if not header.get("landlock"):
            _say_no_landlock()
        return header, answer

    def _talk(
        self, question: Header, buffers: Sequence[Buffer], progress: Progress
    ) -> tuple[Header, list[bytearray]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        send(stdin, question, buffers)
        while True:
            header, answer = receive(cast(Reader, stdout))
            if "progress" not in header:
                return header, answer
            progress(float(header["progress"]), str(header["text"]))

    def _why(self, watch: _Watch) -> Exception:
        try:
            code = self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:  # it lives, but talks nonsense
            self._process.kill()
            self._process.wait()
            code = 0
        if watch.cause == "stop":
            return StoppedError()
        if watch.cause == "time" or code == -24:  # noqa: PLR2004 - SIGXCPU
            return ChildDiedError("time")
        return ChildDiedError("memory" if code in (-9, -6) else "crash")


@cache
def _say_no_landlock() -> None:
    """Say it once: the other limits hold, but this kernel does not close files and network."""
    LOG.warning(
        "No Landlock on this machine: processes that open brought files are bound in memory, "
        "time and environment, but could reach files and the network."
    )
