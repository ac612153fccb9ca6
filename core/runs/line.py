"""The line: how a command reaches the app that holds the workspace.

Over a Unix socket in the workspace, one JSON object a line. The command asks
`{"argv": [...], "cwd": "..."}`; the app answers `{"out": "..."}` any number of times, then
`{"exit": n}`. Whoever hangs up stops the command at its next word.
"""

import json
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from core.errors import BusyWorkspaceError, WrongInputError

LONGEST_REQUEST: Final = 64 << 10  # bytes
LONGEST_ANSWER: Final = 1 << 20  # bytes of one line
LONGEST_RUN: Final = 3600  # seconds
MOST_WORDS: Final = 256


def ask_running_app(
    place: Path, argv: Sequence[str], cwd: Path, say: Callable[[str], None]
) -> int:
    """Let the app at the socket `place` run a command; return the command's exit code.

    Raises:
        BusyWorkspaceError: nobody answers, or the app went away before the end.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(LONGEST_RUN)
        try:
            line.connect(str(place))
            line.sendall(write_request(argv, cwd))
            with line.makefile("rb") as answers:
                while text := answers.readline(LONGEST_ANSWER):
                    answer = json.loads(text)
                    if "exit" in answer:
                        return int(answer["exit"])
                    say(str(answer["out"]))
        except (OSError, ValueError):
            raise _gone() from None
    raise _gone()


def write_request(argv: Sequence[str], cwd: Path) -> bytes:
    """Return the line that asks for a command.

    Raises:
        WrongInputError: the command is too long for one line.
    """
    text = json.dumps({"argv": list(argv), "cwd": str(cwd)}).encode() + b"\n"
    if len(text) > LONGEST_REQUEST or len(argv) > MOST_WORDS:
        raise WrongInputError("The command is too long.", hint="Name fewer files at once.")
    return text


def read_request(text: bytes) -> tuple[tuple[str, ...], Path]:
    """Return the words of a command and the folder in which it was typed.

    Raises:
        WrongInputError: the line is no such request.

    >>> read_request(b'{"argv": ["list"], "cwd": "/tmp"}')
    (('list',), PosixPath('/tmp'))
    """
    try:
        asked = json.loads(text)
        argv, cwd = asked["argv"], asked["cwd"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _nonsense() from None
    if not isinstance(argv, list) or len(argv) > MOST_WORDS or not isinstance(cwd, str):
        raise _nonsense()
    if not all(isinstance(word, str) for word in argv) or not Path(cwd).is_absolute():
        raise _nonsense()
    return tuple(argv), Path(cwd)


def write_answer(**answer: str | int) -> bytes:
    """Return one line of an answer: `out="text"` or `exit=0`."""
    return json.dumps(answer).encode() + b"\n"


def _gone() -> BusyWorkspaceError:
    return BusyWorkspaceError(
        "The app that holds the workspace does not answer.",
        hint="Close it, then try again.",
    )


def _nonsense() -> WrongInputError:
    return WrongInputError("This is not a command.", hint="Use `countersign`.")
