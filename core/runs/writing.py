"""Writing: the values of an explanation, row by row into one object."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.errors import RefusedModelError
from core.measures.explainer import Explainer
from core.records.canonical import canonical
from core.records.explanations import Explanation

FACTS: Final = "countersign"
HASH: Final = 2_654_435_761  # Knuth (1973), The Art of Computer Programming 3, section 6.4


class Writing:
    """Writes values batch by batch, and checks that they add up."""

    def __init__(self, into: Path, targets: int) -> None:
        self.rows, self.largest, self.apart = 0, 0.0, 0.0
        values = [f"v{k}" for k in range(targets)]
        kinds = {"row": pa.int64()} | dict.fromkeys(values, pa.float32())
        self.schema = pa.schema(kinds)
        self._made: NDArray[np.floating[Any]] = np.empty((targets, 0))
        self._writer = pq.ParquetWriter(
            into,
            self.schema,
            compression="zstd",
            use_dictionary=False,
            use_byte_stream_split=values,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def add(self, numbers: NDArray[np.int64], pushes: NDArray[np.floating[Any]]) -> None:
        """Write the pushes (targets, rows) of the next rows."""
        self._made = pushes
        self.largest = max(self.largest, float(np.abs(pushes).max(initial=0.0)))
        columns = [pa.array(numbers), *(pa.array(v.astype(np.float32)) for v in pushes)]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self.schema))
        self.rows += len(numbers)

    def check(self, explainer: Explainer, bare: NDArray[np.float64]) -> None:
        """Hold the pushes that were written last against the sums of onnxruntime.

        Raises:
            RefusedModelError: a sum is no number.
        """
        sums = explainer.sums(bare)
        if not np.isfinite(sums).all():
            raise RefusedModelError(
                "The model gives no number for some rows.",
                hint="Look at the rows on Slices.",
            )
        shaped = self._made.reshape(explainer.outputs, -1, len(sums))
        made = shaped.sum(axis=1, dtype=np.float64).T + explainer.pushes.base
        apart = np.abs(made - sums) / (1 + np.abs(sums))
        self.apart = max(self.apart, float(apart.max(initial=0.0)))

    def close(self, facts: Explanation) -> None:
        """Write down what was explained and how."""
        self._writer.add_key_value_metadata({FACTS: canonical(facts).decode()})


def thin_rows(rows: int, most: int) -> NDArray[np.int64]:
    """Return the numbers of the rows to explain: all, or those with the lowest hashes."""
    numbers = np.arange(rows, dtype=np.uint64)
    if rows <= most:
        return numbers.astype(np.int64)
    hashes = (numbers * np.uint64(HASH)) % np.uint64(1 << 32)
    chosen = np.argsort(hashes, kind="stable")[:most]
    return np.sort(chosen).astype(np.int64)


def take_rows(
    batches: Iterator[pa.RecordBatch], numbers: NDArray[np.int64]
) -> Iterator[pa.RecordBatch]:
    """Give only the rows of those numbers."""
    start = 0
    for batch in batches:
        lo, hi = np.searchsorted(numbers, (start, start + batch.num_rows))
        if hi - lo == batch.num_rows:
            yield batch
        elif hi > lo:
            yield batch.take(numbers[lo:hi] - start)
        start += batch.num_rows
