"""Columns and answers as plain buffers: what the app and the model's process exchange.

A column of numbers is one buffer; a column of texts is two: the lengths of the texts in
UTF-8 bytes (uint32) and all texts end to end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.sandbox.frames import Buffer, Header

DTYPES: Final = {
    "float": "<f4",
    "double": "<f8",
    "int64": "<i8",
    "int32": "<i4",
    "bool": "|b1",
    "float16": "<f2",
    "uint8": "|u1",
    "int8": "|i1",
}
NAMES: Final = {dtype: name for name, dtype in DTYPES.items()}


@dataclass(frozen=True, slots=True)
class Raw:
    """One output as the model gave it; `keys` name the columns of a map list."""

    values: NDArray[Any]
    keys: tuple[str, ...] = ()


def pack_texts(texts: Sequence[str]) -> tuple[Buffer, Buffer]:
    """Give lengths and bytes of `texts`."""
    encoded = [text.encode() for text in texts]
    lengths = np.fromiter(map(len, encoded), dtype="<u4", count=len(encoded))
    return lengths.tobytes(), b"".join(encoded)


def unpack_texts(lengths: Buffer, blob: Buffer) -> NDArray[np.object_]:
    """Give the texts back, as an array of `str`."""
    ends = np.cumsum(np.frombuffer(lengths, dtype="<u4"), dtype=np.int64).tolist()
    whole = bytes(blob)
    texts = np.empty(len(ends), dtype=object)
    start = 0
    for i, end in enumerate(ends):
        texts[i] = whole[start:end].decode(errors="replace")
        start = end
    return texts


def pack_raw(raw: Raw) -> tuple[Header, list[Buffer]]:
    """Give the header and buffers of one output."""
    values = np.ascontiguousarray(raw.values)
    header: Header = {"shape": list(raw.values.shape), "keys": list(raw.keys)}
    if values.dtype.kind in "OUS":
        texts = [str(value) for value in values.ravel()]
        return header | {"type": "string"}, list(pack_texts(texts))
    name = NAMES[values.dtype.str]
    return header | {"type": name}, [values.tobytes()]


def unpack_raw(header: Header, buffers: Sequence[Buffer]) -> Raw:
    """Give one output back; KeyError, TypeError or ValueError when it makes no sense."""
    values = (
        unpack_texts(*buffers)
        if header["type"] == "string"
        else np.frombuffer(buffers[0], dtype=DTYPES[header["type"]])
    )
    return Raw(values.reshape(header["shape"]), tuple(map(str, header["keys"])))
