"""Damage to files as disks, networks and people with intent do it: bytes in, bytes out.

Each damage is drawn from a seeded generator, so that a number is enough to see it again.
"""

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final, TypeVar

import numpy as np
import pyarrow.parquet as pq
from numpy.random import Generator

Thing = TypeVar("Thing")
Damage = Callable[[Generator, bytes], bytes]
Span = tuple[int, int]

MOST_BYTES: Final = 1 << 20  # no damage makes a file longer
PAGE_HEADER: Final = 48  # bytes from where a page begins in which its header lies
TAIL: Final = 8  # of a Parquet file: the length of its footer, and PAR1
NUMBERS: Final = (0, 1, 2, 127, 128, 255, 256, 32_767, 65_535, 2**31 - 1, 2**31, 2**32 - 1)
LONGER: Final = (2**62, 2**63 - 1, 2**63, 2**64 - 1)
SIGNS: Final = tuple(b",;|\t.:/- ")
TOKEN: Final = re.compile(rb"[\w.+-]+|\W")
WORDS: Final = (
    *(b"", b"NA", b"nan", b"null", b"NULL", b"true", b"-0", b"1e400", b"-1e400", b"1e-400"),
    *(b"0000-00-00", b"99999-12-31", b"2026-02-30", b"31/12/2026", b"23:59:60", b"+02:00"),
    *(b"12345678901234567890", b"9" * 400, b"1,5", b"1.234.567", b"0x1F", b"Infinity"),
    *(b'"', b'""', b"'", b'"""', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\n\n", b"\0"),
    *(b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\\u0000"),
    *(b"{", b"}", b"[", b"]", b":", b"{}", b"[]", b'{"a":{"b":[1]}}', b"[" * 3_000),
    *(b'"a":', b"\\", b"\\ud800", b"//", b"=cmd()", b"x" * 5_000, b"{" * 3_000, b"\x1a"),
)


@dataclass(frozen=True)
class Whole:
    """An undamaged file: its name, its bytes, and where its structure lies."""

    name: str
    data: bytes
    places: tuple[Span, ...] = ()


def mutate(rng: Generator, whole: Whole, other: Whole) -> bytes:
    """Give the file with one damage, or with up to three."""
    data = whole.data
    for _ in range(_pick(rng, (1, 1, 1, 2, 3))):
        data = _damage(rng, whole, other)(rng, data)[:MOST_BYTES]
    return data


def _damage(rng: Generator, whole: Whole, other: Whole) -> Damage:
    """Choose how a file is damaged: what it is made of weighs more than its values."""
    if whole.places and rng.random() < 0.7:
        return lambda rng, data: damage_place(rng, data, whole)
    if not whole.places and not whole.name.endswith(".gz") and rng.random() < 0.6:
        return _pick(rng, TEXT_DAMAGES)
    if rng.random() < 0.05:
        return lambda rng, data: splice(rng, data, other.data)
    return _pick(rng, DAMAGES)


def flip_bits(rng: Generator, data: bytes) -> bytes:
    """Turn over up to three bits."""
    changed = bytearray(data)
    for _ in range(_count(rng, 3) if data else 0):
        changed[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def write_number(rng: Generator, data: bytes) -> bytes:
    """Write a number over one, two, four or eight bytes: at a bound, or by chance."""
    size = int(_pick(rng, (1, 1, 2, 4, 8)))
    most = 1 << (8 * size)
    number = _pick(rng, NUMBERS + LONGER) if rng.random() < 0.7 else _below(rng, 2**32)
    at = _below(rng, len(data))
    return data[:at] + (number % most).to_bytes(size, "little") + data[at + size :]


def cut_end(rng: Generator, data: bytes) -> bytes:
    """Leave out the end."""
    return data[: _below(rng, len(data))]


def cut_out(rng: Generator, data: bytes) -> bytes:
    """Leave out a piece."""
    start, end = _span(rng, data)
    return data[:start] + data[end:]


def repeat(rng: Generator, data: bytes) -> bytes:
    """Write a piece again, perhaps very often."""
    start, end = _span(rng, data)
    times = int(_pick(rng, (1, 1, 2, 10, 1_000)))
    return data[:end] + (data[start:end] * times)[:MOST_BYTES] + data[end:]


def insert(rng: Generator, data: bytes) -> bytes:
    """Put in bytes by chance, or zeros."""
    at, size = _below(rng, len(data)), _count(rng, 64)
    new = rng.bytes(size) if rng.random() < 0.7 else bytes(size)
    return data[:at] + new + data[at:]


def swap(rng: Generator, data: bytes) -> bytes:
    """Let two pieces change places."""
    a, b, c, d = sorted(_below(rng, len(data)) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def splice(rng: Generator, data: bytes, other: bytes) -> bytes:
    """Go on with the rest of another file."""
    return data[: _below(rng, len(data))] + other[_below(rng, len(other)) :]


def change_word(rng: Generator, data: bytes) -> bytes:
    """Put an odd word in the place of one, or beside it."""
    words = TOKEN.findall(data)
    at = _below(rng, len(words))
    new = [_pick(rng, WORDS)]
    words[at : at + int(rng.integers(2))] = new
    return b"".join(words)


def drop_word(rng: Generator, data: bytes) -> bytes:
    """Leave out one to five words or signs, wherever they stand."""
    words = TOKEN.findall(data)
    for _ in range(_count(rng, 5)):
        at = _below(rng, len(words))
        words[at : at + 1] = []
    return b"".join(words)


def change_signs(rng: Generator, data: bytes) -> bytes:
    """Write another delimiter, here and there or everywhere."""
    old, new = (bytes([_pick(rng, SIGNS)]) for _ in range(2))
    return _replace_some(rng, data, old, new)


def change_quotes(rng: Generator, data: bytes) -> bytes:
    """Write quotes otherwise: none, doubled, single, behind a backslash."""
    return _replace_some(
        rng, data, b'"', _pick(rng, (b"", b'""', b"'", b'\\"', b"\xe2\x80\x9d"))
    )


def change_ends(rng: Generator, data: bytes) -> bytes:
    """End lines otherwise, here and there or everywhere."""
    ends = (b"\r", b"\r\n", b"\n\r", b"\n\n", b"", b" ", b"\x0b", b"\xe2\x80\xa8")
    return _replace_some(rng, data, b"\n", _pick(rng, ends))


def damage_place(rng: Generator, data: bytes, whole: Whole) -> bytes:
    """Damage the footer or the header of a page, not the values.

    Where the footer changes its size, its length is mostly written anew, so that what
    stands in it is read and not only its length.
    """
    start, end = _pick(rng, whole.places)
    footer = end == len(whole.data) - TAIL
    if footer:
        end = len(data) - TAIL
    changed = _pick(rng, PLACE_DAMAGES)(rng, data[start:end])
    rest = data[max(start, end) :]
    if footer and len(rest) == TAIL and rng.random() < 0.8:
        rest = struct.pack("<I", len(changed)) + rest[4:]
    return data[:start] + changed + rest


def find_places(data: bytes) -> tuple[Span, ...]:
    """Give where the footer of a Parquet file lies, as often as all its page headers."""
    described = pq.ParquetFile(BytesIO(data)).metadata
    (length,) = struct.unpack("<I", data[-TAIL:-4])
    pages = []
    for group in range(described.num_row_groups):
        for place in range(described.num_columns):
            chunk = described.row_group(group).column(place)
            pages.append(chunk.data_page_offset)
            if chunk.dictionary_page_offset is not None:
                pages.append(chunk.dictionary_page_offset)
    footer = (len(data) - TAIL - length, len(data) - TAIL)
    return tuple((page, page + PAGE_HEADER) for page in pages) + (footer,) * len(pages)


def _replace_some(rng: Generator, data: bytes, old: bytes, new: bytes) -> bytes:
    parts = data.split(old)
    share = float(_pick(rng, (0.01, 0.1, 1.0)))
    signs = np.where(rng.random(len(parts)) < share, 1, 0).tolist()
    ends = [(old, new)[sign] for sign in signs[:-1]] + [b""]
    return b"".join(part + end for part, end in zip(parts, ends, strict=True))


def _span(rng: Generator, data: bytes) -> Span:
    start = _below(rng, len(data))
    return start, start + int(2 ** rng.uniform(0, 11))


def _below(rng: Generator, size: int) -> int:
    return int(rng.integers(max(size, 1)))


def _count(rng: Generator, most: int) -> int:
    return int(rng.integers(1, most + 1))


def _pick(rng: Generator, things: Sequence[Thing]) -> Thing:
    return things[int(rng.integers(len(things)))]


DAMAGES: Final = (flip_bits, write_number, cut_end, cut_out, repeat, insert, swap)
PLACE_DAMAGES: Final = (
    flip_bits,
    flip_bits,
    write_number,
    write_number,
    cut_out,
    insert,
    swap,
)
TEXT_DAMAGES: Final = (
    *(change_word, change_word, change_word, drop_word),
    *(change_signs, change_quotes, change_ends),
)
