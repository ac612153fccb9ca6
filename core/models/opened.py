"""A model cut open: what its head adds up, and the features that it reads of any rows.

The file is parsed and run in a limited process; what comes back are plain arrays, checked
here before any compiled code walks them.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.errors import NoExactAccountError, RefusedModelError
from core.models.asking import MOST_BYTES, Stop, ask_child, died
from core.models.feeding import feed_input
from core.models.forest import ARRAYS, Forest, check_forest
from core.models.scoring import (
    BATCH_ROWS,
    LEAST_SECONDS,
    LOAD_SECONDS,
    SECONDS_PER_ROW,
    Scoring,
    cut_batches,
    limits_for,
    pair_inputs,
)
from core.sandbox.child import Child
from core.sandbox.frames import Buffer, Header

MODULE: Final = "core.models.explain_runner"
MOST_WIDE: Final = 1 << 26  # numbers of one batch of features


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear head: `weights` (features, outputs) and what the sum starts from."""

    weights: NDArray[np.float64]
    start: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a model adds up: its head, over features that come from raw columns.

    `origins` holds, for each feature that the head reads, the numbers of the raw columns
    behind it; `columns` names them by number. `met` names the operator in which columns
    first met, `operator` the head's in the file; `bare` is the number of columns that
    onnxruntime gives for the sum.
    """

    head: Forest | Linear
    operator: str
    columns: tuple[str, ...]
    origins: tuple[tuple[int, ...], ...]
    met: tuple[tuple[tuple[int, ...], str], ...]
    bare: int
    double: bool


@dataclass(frozen=True, slots=True)
class Derived:
    """Features (features, rows) and the bare sum (rows, outputs) of some rows."""

    features: NDArray[Any]
    bare: NDArray[np.float64]


class CutModel:
    """A limited process with a model cut open; leaving the block ends it.

    Raises:
        NoExactAccountError: the model has no head with an exact account; the sentence says
            why.
    """

    def __init__(
        self,
        scoring: Scoring,
        first: pa.RecordBatch,
        rows: int,
        *,
        stop: Stop = lambda: False,
    ) -> None:
        self._feeds = pair_inputs(scoring)
        self._threads, self._stop = scoring.threads, stop
        names = [name for _, columns in self._feeds for name in columns]
        self._columns = tuple(dict.fromkeys(names))
        self._child = Child(MODULE, limits_for(rows))
        try:
            self.opened = self._open(scoring.model, first.slice(0, 1))
        except RefusedModelError as error:
            self._child.__exit__(None, None, None)
            raise NoExactAccountError(str(error), hint=error.hint) from None
        except BaseException:
            self._child.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        """Enter the block that ends the process."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self._child.__exit__(kind, error, trace)

    def derive(self, batch: pa.RecordBatch) -> Derived:
        """Give what the head reads of some rows, and the sum it makes of them."""
        header, buffers = self._fed(batch)
        seconds = LEAST_SECONDS + batch.num_rows * SECONDS_PER_ROW
        question = {"op": "derive", "rows": batch.num_rows, "threads": self._threads}
        answer, out = ask_child(
            self._child,
            question | {"feeds": header},
            buffers,
            seconds=seconds,
            stop=self._stop,
        )
        arrays = _unpacked(answer, out)
        features, bare = arrays.get("features"), arrays.get("bare")
        expected = (len(self.opened.origins), batch.num_rows)
        if (
            features is None
            or bare is None
            or features.shape != expected
            or bare.shape != (batch.num_rows, self.opened.bare)
        ):
            died("crash")
        return Derived(features, bare)

    def derive_all(self, batches: Iterable[pa.RecordBatch]) -> Iterator[Derived]:
        """Give the same for each of many batches, one being made while one is used."""
        most = max(1, min(BATCH_ROWS, MOST_WIDE // max(1, len(self.opened.origins))))
        with ThreadPoolExecutor(1) as ahead:
            waiting = None
            for batch in cut_batches(batches, most):
                coming = ahead.submit(self.derive, batch)
                if waiting is not None:
                    yield waiting.result()
                waiting = coming
            if waiting is not None:
                yield waiting.result()

    def _open(self, model: bytes, row: pa.RecordBatch) -> Opened:
        if len(model) > MOST_BYTES:
            raise RefusedModelError(
                "The file is too large.", hint="Export a smaller model."
            )
        if not row.num_rows:
            raise RefusedModelError(
                "There is no row to explain.", hint="Bring a table first."
            )
        headers, buffers = self._fed(row)
        numbers = {name: k for k, name in enumerate(self._columns)}
        for header, (_, columns) in zip(headers, self._feeds, strict=True):
            header["numbers"] = [numbers[name] for name in columns]
        answer, out = ask_child(
            self._child,
            {"op": "open", "rows": 1, "feeds": headers},
            [model, *buffers],
            seconds=LOAD_SECONDS,
            stop=self._stop,
        )
        try:
            return self._checked(answer, _unpacked(answer, out))
        except (KeyError, TypeError, ValueError, IndexError):
            died("crash")

    def _checked(self, answer: Header, arrays: dict[str, NDArray[Any]]) -> Opened:
        origins = tuple(tuple(int(k) for k in few) for few in answer["origins"])
        if any(not 0 <= k < len(self._columns) for few in origins for k in few):
            raise ValueError
        head: Forest | Linear
        if answer["kind"] == "trees":
            head = Forest(**{name: arrays[name] for name in ARRAYS}, width=len(origins))
            check_forest(head)
        else:
            head = Linear(arrays["weights"], arrays["start"])
            if head.weights.shape != (len(origins), len(head.start)):
                raise ValueError
        met = tuple((tuple(map(int, few)), str(kind)) for few, kind in answer["met"])
        return Opened(
            head,
            str(answer["operator"]),
            self._columns,
            origins,
            met,
            int(answer["bare"]),
            bool(answer["double"]),
        )

    def _fed(self, batch: pa.RecordBatch) -> tuple[list[Header], list[Buffer]]:
        headers: list[Header] = []
        buffers: list[Buffer] = []
        for port, columns in self._feeds:
            header, parts = feed_input(port, columns, batch, "these rows")
            headers.append(header)
            buffers += parts
        return headers, buffers


def _unpacked(header: Header, buffers: list[bytearray]) -> dict[str, NDArray[Any]]:
    """Give the arrays of a frame; ValueError, KeyError or TypeError when it makes no sense."""
    found: dict[str, NDArray[Any]] = {}
    for described, buffer in zip(header["arrays"], buffers, strict=True):
        kind = np.dtype(TYPES[described["type"]])
        shape = [int(size) for size in described["shape"]]
        found[str(described["name"])] = np.frombuffer(buffer, kind).reshape(shape)
    return found


TYPES: Final = {kind: kind for kind in ("<f4", "<f8", "<i8", "|i1", "|b1")}
