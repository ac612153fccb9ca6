"""A child that misbehaves on request; run by the tests of the sandbox."""

import mmap
import os
import socket
import sys
import time
from pathlib import Path

from core.sandbox.frames import Buffer, Header
from core.sandbox.worker import Report, serve


def _spin() -> str:
    while True:
        pass


def _connect(port: str) -> str:
    with socket.create_connection(("127.0.0.1", int(port)), timeout=2):
        return "connected"


def _answer(question: Header, report: Report) -> str:
    word = str(question.get("word", ""))
    match question["op"]:
        case "say":
            print(word)  # noqa: T201 - must not reach the frames
            return word
        case "spin":
            return _spin()
        case "sleep":
            time.sleep(float(word))
        case "eat":
            return str(len(bytearray(int(word))))
        case "map":
            return str(len(mmap.mmap(-1, int(word))))
        case "write":
            return str(Path(word).write_text("x", encoding="utf-8"))
        case "read":
            return Path(word).read_text(encoding="utf-8")
        case "connect":
            return _connect(word)
        case "environment":
            return " ".join(sorted(os.environ)) + f" {Path.cwd()}"
        case "exit":
            os._exit(int(word))
        case "abort":
            os.abort()
        case "report":
            report(0.5, "half")
        case _:
            raise ValueError(question["op"])
    return "done"


def _handle(
    question: Header, buffers: list[bytearray], report: Report
) -> tuple[Header, list[Buffer]]:
    return {"said": _answer(question, report)}, list(buffers)


if __name__ == "__main__":
    if "nonsense" in sys.argv[1]:  # a child that was taken over
        os.write(1, b"\x05\x00\x00\x00[1,2]")
        time.sleep(60)
    serve(_handle)
