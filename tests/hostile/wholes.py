"""Undamaged files in three formats: what is damaged, and read where it is not."""

import gzip
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.hostile.mutating import Whole, find_places

ROWS: Final = 240
START: Final = date(2026, 1, 1)
PLACES: Final = ("North", "Süd", "São Paulo, East", 'the "old" town', "")
PARQUET: Final[dict[str, dict[str, Any]]] = {
    "snappy.parquet": {"compression": "snappy", "row_group_size": 100},
    "zstd.parquet": {"compression": "zstd", "data_page_version": "2.0", "use_dictionary": False},
    "gzip.parquet": {"compression": "gzip", "write_statistics": False, "data_page_size": 512},
    "plain.parquet": {"compression": "none", "use_dictionary": ["place"], "write_page_index": True},
    "lz4.parquet": {"compression": "lz4", "version": "1.0", "use_deprecated_int96_timestamps": True},
    "delta.parquet": {
        "compression": "none",
        "use_dictionary": False,
        "column_encoding": {
            "id": "DELTA_BINARY_PACKED",
            "place": "DELTA_BYTE_ARRAY",
            "amount": "BYTE_STREAM_SPLIT",
        },
    },
}  # fmt: skip


def rows() -> list[dict[str, Any]]:
    """Give rows of five types, with gaps."""
    rng = np.random.default_rng(3)
    return [
        {
            "id": number,
            "amount": None if number % 17 == 0 else round(float(rng.normal(50, 20)), 2),
            "day": START + timedelta(days=number % 90),
            "place": PLACES[int(rng.integers(len(PLACES)))],
            "paid": bool(rng.random() < 0.5),
        }
        for number in range(1, ROWS + 1)
    ]


def write_csv(
    delimiter: str = ",", quote: str = '"', decimal: str = ".", end: str = "\n"
) -> str:
    """Give the rows as CSV; texts are quoted."""
    lines = [delimiter.join(rows()[0])]
    for row in rows():
        amount = "" if row["amount"] is None else str(row["amount"]).replace(".", decimal)
        place = quote + row["place"].replace(quote, quote * 2) + quote
        cells = [str(row["id"]), amount, str(row["day"]), place, str(row["paid"]).lower()]
        lines.append(delimiter.join(cells))
    return end.join(lines) + end


def write_json(*, array: bool = False) -> str:
    """Give the rows as JSON objects: one per line, or in one array."""
    objects = [
        json.dumps(row | {"day": str(row["day"])}, ensure_ascii=row["paid"])
        for row in rows()
    ]
    return "[" + ",\n".join(objects) + "]" if array else "\n".join(objects) + "\n"


def write_parquet(options: dict[str, Any]) -> bytes:
    """Give the rows, and columns of other types, as Parquet."""
    more = [
        {
            "at": datetime(2026, 1, 1) + timedelta(minutes=row["id"]),  # noqa: DTZ001 - without a zone
            "price": Decimal(row["id"]).scaleb(-2),
            "code": f"{row['id'] % 7:05d}",
            "small": row["id"] % 100,
        }
        for row in rows()
    ]
    table = pa.Table.from_pylist([a | b for a, b in zip(rows(), more, strict=True)])
    table = table.set_column(8, "small", table["small"].cast(pa.uint8()))
    out = BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


@cache
def wholes(kind: str) -> tuple[Whole, ...]:
    """Give the undamaged files of a format."""
    if kind == "csv":
        return (
            Whole("commas.csv", write_csv().encode()),
            Whole("semicolons.csv", write_csv(";", '"', ",", "\r\n").encode("latin-1")),
            Whole("bars.csv", write_csv("|", "'").encode("utf-8-sig")),
            Whole("tabs.tsv", write_csv("\t").encode("utf-16")),
            Whole("packed.csv.gz", gzip.compress(write_csv().encode(), mtime=0)),
        )
    if kind == "jsonl":
        return (
            Whole("lines.jsonl", write_json().encode()),
            Whole("crlf.ndjson", write_json().replace("\n", "\r\n").encode()),
            Whole("array.json", write_json(array=True).encode()),
            Whole("wide.jsonl", write_json().encode("utf-16")),
            Whole("packed.jsonl.gz", gzip.compress(write_json().encode(), mtime=0)),
        )
    return tuple(
        Whole(name, data := write_parquet(options), find_places(data))
        for name, options in PARQUET.items()
    )
