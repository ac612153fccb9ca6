"""Columns of a table, turned into what the inputs of a model want."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.errors import RefusedModelError
from core.models.wire import DTYPES
from core.models.wording import quote
from core.records.models import ModelInput
from core.sandbox.frames import Buffer, Header

WHOLE: Final = {"int64": (-(2**63), 2**63 - 1), "int32": (-(2**31), 2**31 - 1)}


def feed_input(
    wanted: ModelInput, columns: tuple[str, ...], batch: pa.RecordBatch, where: str
) -> tuple[Header, list[Buffer]]:
    """Give the frame part that fills one input from `batch`; `where` names its rows.

    A missing number becomes NaN in a float or double input, a missing text becomes "".
    Numbers are rounded to the nearest that the input can hold: a float input holds whole
    numbers exactly only up to 2^24 (16,777,216), a double input up to 2^53.

    Raises:
        RefusedModelError: a value is missing, too large, or of a type that cannot fit.
    """
    header = {"name": wanted.name, "type": wanted.type, "columns": len(columns)}
    buffers: list[Buffer] = []
    for name in columns:
        values = batch.column(name)
        try:
            if wanted.type == "string":
                buffers += _texts(values)
            elif wanted.type in WHOLE or wanted.type == "bool":
                _refuse_missing(wanted, name, values, where)
                buffers.append(_bytes(_exact(wanted, name, values)))
            else:
                buffers.append(_bytes(_numbers(values, DTYPES[wanted.type])))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise RefusedModelError(
                f"The input {quote(wanted.name)} wants {wanted.type}; "
                f"the column {quote(name)} holds {values.type}.",
                hint="Choose another column for it.",
            ) from None
    return header, buffers


def _bytes(values: NDArray[Any]) -> Buffer:
    return np.ascontiguousarray(values).data.cast("B")


def _texts(values: "pa.Array[Any]") -> list[Buffer]:
    if not _is_text(values.type):
        raise pa.ArrowInvalid
    texts = values.cast(pa.large_string()).fill_null("")
    _, starts, blob = texts.buffers()
    ends = np.frombuffer(memoryview(starts or b""), dtype="<i8")[
        texts.offset : texts.offset + len(texts) + 1
    ]
    lengths = np.diff(ends).astype("<u4")
    return [_bytes(lengths), memoryview(blob or b"").cast("B")[ends[0] : ends[-1]]]


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _numbers(values: "pa.Array[Any]", dtype: str) -> NDArray[Any]:
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.uint8())
    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
        raise pa.ArrowInvalid
    if values.null_count and pa.types.is_integer(values.type):
        present = values.fill_null(0).to_numpy(zero_copy_only=False).astype(dtype)
        present[values.is_null().to_numpy(zero_copy_only=False)] = np.nan
        return present
    with np.errstate(over="ignore"):  # beyond float32: infinity, as in onnxruntime
        found: NDArray[Any] = values.to_numpy(zero_copy_only=False).astype(dtype)
    return found


def _exact(wanted: ModelInput, name: str, values: "pa.Array[Any]") -> NDArray[Any]:
    if wanted.type == "bool":
        if not pa.types.is_boolean(values.type):
            raise pa.ArrowInvalid
        return values.to_numpy(zero_copy_only=False).astype("|b1")
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.int64())
    if not pa.types.is_integer(values.type):
        raise pa.ArrowInvalid
    numbers = values.to_numpy(zero_copy_only=False)
    low, high = WHOLE[wanted.type]
    outside = int(((numbers < low) | (numbers > high)).sum())
    if outside:
        raise RefusedModelError(
            f"{outside:,} values of the column {quote(name)} are too large for the "
            f"{wanted.type} input {quote(wanted.name)}.",
            hint="Choose another column, or export the model with an int64 input.",
        )
    return numbers.astype(DTYPES[wanted.type])


def _refuse_missing(
    wanted: ModelInput, name: str, values: "pa.Array[Any]", where: str
) -> None:
    if values.null_count:
        raise RefusedModelError(
            f"The column {quote(name)} misses {values.null_count:,} values in {where}; "
            f"the {wanted.type} input {quote(wanted.name)} has no place for a missing value.",
            hint="Fill them in the table, or export the model with a float input.",
        )
