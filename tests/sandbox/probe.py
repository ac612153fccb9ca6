"""A child that misbehaves on request; run by the tests of the sandbox."""

import mmap
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core.sandbox.frames import Buffer, Header
from core.sandbox.worker import Report, serve


def _spin() -> str:
    while True:
        pass


def _connect(port: str) -> str:
    with socket.create_connection(("127.0.0.1", int(port)), timeout=2):
        return "connected"


def _say(word: str) -> str:
    print(word)  # noqa: T201 - must not reach the frames
    return word


DEEDS: dict[str, Callable[[str], object]] = {
    "say": _say,
    "spin": lambda _word: _spin(),
    "sleep": lambda word: time.sleep(float(word)),
    "eat": lambda word: len(bytearray(int(word))),
    "map": lambda word: len(mmap.mmap(-1, int(word))),
    "write": lambda word: Path(word).write_text("x", encoding="utf-8"),
    "read": lambda word: Path(word).read_text(encoding="utf-8"),
    "connect": _connect,
    "environment": lambda _word: " ".join(sorted(os.environ)) + f" {Path.cwd()}",
    "exit": lambda word: os._exit(int(word)),
    "abort": lambda _word: os.abort(),
}


def _handle(
    question: Header, buffers: list[bytearray], report: Report
) -> tuple[Header, list[Buffer]]:
    report(0.5, "half")
    said = DEEDS[question["op"]](str(question.get("word", "")))
    return {"said": str(said)}, list(buffers)


if __name__ == "__main__":
    if "nonsense" in sys.argv[1]:  # a child that was taken over
        os.write(1, b"\x05\x00\x00\x00[1,2]")
        time.sleep(60)
    serve(_handle)
