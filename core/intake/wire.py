"""What parent and child say of a file, as plain JSON and back."""

from dataclasses import asdict
from typing import Any

from core.records.data import ColumnFacts, ColumnType, ReadAs, RejectedLine


def pack_read_as(read_as: ReadAs) -> dict[str, Any]:
    """Give a `ReadAs` as JSON takes it."""
    return asdict(read_as)


def unpack_read_as(plain: dict[str, Any]) -> ReadAs:
    """Give the `ReadAs` that was packed.

    >>> unpack_read_as(pack_read_as(ReadAs("csv"))) == ReadAs("csv")
    True
    """
    return ReadAs(
        **plain
        | {
            "missing": tuple(map(str, plain["missing"])),
            "types": tuple((str(name), ColumnType(kind)) for name, kind in plain["types"]),
        }
    )


def unpack_facts(plain: dict[str, Any]) -> ColumnFacts:
    """Give the facts of a column that were packed by `asdict`."""
    return ColumnFacts(
        name=str(plain["name"]),
        type=ColumnType(plain["type"]),
        missing=int(plain["missing"]),
        distinct=int(plain["distinct"]),
        low=str(plain["low"]),
        high=str(plain["high"]),
        examples=tuple(map(str, plain["examples"])),
    )


def unpack_rejected(plain: dict[str, Any]) -> RejectedLine:
    """Give the rejected line that was packed by `asdict`."""
    return RejectedLine(
        int(plain["line"]), str(plain["column"]), str(plain["text"]), str(plain["why"])
    )
