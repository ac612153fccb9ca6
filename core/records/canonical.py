"""One way to write a record down, so that equal records have equal digests."""

from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeVar

import rfc8785
from cattrs import Converter

Record = TypeVar("Record")
CONVERTER: Final = Converter(forbid_extra_keys=False)
CONVERTER.register_unstructure_hook(datetime, lambda moment: moment.isoformat())
CONVERTER.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))


def to_plain(record: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Return `record` as dicts, lists, strings and numbers."""
    return CONVERTER.unstructure(record)


def from_plain(plain: object, kind: type[Record]) -> Record:
    """Return the record of `kind` that `to_plain` wrote down."""
    return CONVERTER.structure(plain, kind)


def canonical(record: object) -> bytes:
    r"""Return the one JSON text of `record` (RFC 8785: sorted keys, ECMAScript numbers).

    >>> canonical({"b": 1.0, "a": "ä"})
    b'{"a":"\xc3\xa4","b":1}'
    """
    return rfc8785.dumps(to_plain(record))


def digest(record: object) -> str:
    """Return the SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return sha256(canonical(record)).hexdigest()
