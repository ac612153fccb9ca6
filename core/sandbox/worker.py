"""The child's side: bind yourself to the limits, then answer questions until the end."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from core.sandbox.frames import Buffer, Header, receive, send
from core.sandbox.limits import Limits, apply

Report = Callable[[float, str], None]
Handler = Callable[[Header, list[bytearray], Report], tuple[Header, Sequence[Buffer]]]


def serve(handle: Handler) -> None:
    """Answer each frame on standard input through `handle`; errors travel as two strings.

    Import everything heavy before the call: afterwards no file can be opened. Standard
    output becomes standard error, so that no library can write into the frames.
    """
    plain: dict[str, Any] = json.loads(sys.argv[1])
    landlock = apply(
        Limits(**plain | {"reads": tuple(plain["reads"]), "writes": tuple(plain["writes"])})
    )
    questions = os.fdopen(0, "rb", 0)
    answers = os.fdopen(os.dup(1), "wb", 0)
    os.dup2(2, 1)

    def report(share: float, text: str) -> None:
        send(answers, {"progress": share, "text": text})

    while True:
        try:
            question, buffers = receive(questions)
        except EOFError:
            return
        try:
            header, out = handle(question, buffers, report)
            send(answers, header | {"landlock": landlock}, out)
        except Exception as error:  # noqa: BLE001 - the parent decides what it means
            send(answers, {"error": type(error).__name__, "message": str(error)[:2000]})
