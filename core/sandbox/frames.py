"""What parent and child say to each other: a JSON header, then plain bytes.

A frame is a 4-byte little-endian length, that many bytes of JSON, then the buffers whose
sizes stand under `buffers` in the JSON. Nothing is ever unpickled.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any, Protocol

Header = dict[str, Any]
Buffer = bytes | bytearray | memoryview
LARGEST_HEADER = 64 << 20
LARGEST_BUFFERS = 2 << 30  # all buffers of one frame


class Reader(Protocol):
    """A raw stream that fills a buffer and says how much it filled."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill `buffer`, perhaps in part; 0 at the end of the stream."""


class Writer(Protocol):
    """A raw stream that takes bytes and says how many it took."""

    def write(self, buffer: Buffer, /) -> int | None:
        """Take `buffer`, perhaps in part."""


def send(stream: Writer, header: Header, buffers: Sequence[Buffer] = ()) -> None:
    """Write one frame."""
    views = [memoryview(buffer).cast("B") for buffer in buffers]
    text = json.dumps(header | {"buffers": [view.nbytes for view in views]}).encode()
    for view in (memoryview(struct.pack("<I", len(text)) + text), *views):
        done = 0
        while done < view.nbytes:
            done += stream.write(view[done:]) or 0


def receive(stream: Reader) -> tuple[Header, list[bytearray]]:
    """Read one frame; EOFError when the other side is gone, or talks nonsense."""
    (size,) = struct.unpack("<I", _exactly(stream, 4))
    if size > LARGEST_HEADER:
        raise EOFError
    header, sizes = _read_header(bytes(_exactly(stream, size)))
    return header, [_exactly(stream, count) for count in sizes]


def _read_header(text: bytes) -> tuple[Header, list[int]]:
    try:
        header: Header = json.loads(text)
        sizes = [int(count) for count in header.pop("buffers")]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise EOFError from None
    if min(sizes, default=0) < 0 or sum(sizes) > LARGEST_BUFFERS:
        raise EOFError
    return header, sizes


def _exactly(stream: Reader, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    done = 0
    while done < size:
        got = stream.readinto(view[done:])
        if not got:
            raise EOFError
        done += got
    return data
