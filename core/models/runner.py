"""The process in which a model lives: no files, no network, no environment, limits.

It answers two questions. `load` takes a file, walks it, opens a session and gives the
facts; `run` takes columns and gives one output. Run as `python -I -m core.models.runner`.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from math import prod
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.errors import RefusedModelError
from core.models.describe import MOST_CLASSES, MOST_TEXT, describe_model
from core.models.walk import parse_model, unreadable, walk_model
from core.models.wire import DTYPES, Raw, pack_raw, unpack_texts
from core.models.wording import quote, say_runtime
from core.sandbox.frames import Buffer, Header
from core.sandbox.worker import Report, serve

FATAL_ONLY: Final = 4
PIECE_ROWS: Final = 8_192
# A single row takes other paths through onnxruntime than many, and ends in other last bits.
LEAST_ROWS: Final = 16
NO_MEMORY: Final = ("bad_alloc", "Failed to allocate memory", "bad allocation")


@dataclass(slots=True)
class Runner:
    """Holds the session; refusals travel as a sentence and a hint."""

    session: Any = None

    def handle(
        self, question: Header, buffers: list[bytearray], _report: Report
    ) -> tuple[Header, Sequence[Buffer]]:
        """Answer one frame."""
        try:
            return self._answer(question, buffers)
        except RefusedModelError as error:
            return {"refused": str(error), "hint": error.hint}, ()

    def _answer(
        self, question: Header, buffers: list[bytearray]
    ) -> tuple[Header, Sequence[Buffer]]:
        if question["op"] == "load":
            return self._load(buffers), ()
        return self._run(question, buffers)

    def _load(self, buffers: list[bytearray]) -> Header:
        data = bytes(buffers.pop())
        facts = _read_facts(data)
        self.session = open_session(data)
        return {"facts": facts}

    def _run(
        self, question: Header, buffers: list[bytearray]
    ) -> tuple[Header, Sequence[Buffer]]:
        fed = feed_session(self.session, question["feeds"], question["rows"], buffers)
        starts = range(0, question["rows"], PIECE_ROWS)
        try:
            with ThreadPoolExecutor(question["threads"]) as pool:
                pieces = list(
                    pool.map(
                        lambda start: self._piece(question["output"], fed, start), starts
                    )
                )
        except RefusedModelError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the model's
            raise say_error(error, "The model cannot be run on this table") from None
        return pack_raw(_join(pieces, question["output"]))

    def _piece(self, output: str, fed: dict[str, NDArray[Any]], start: int) -> Any:  # noqa: ANN401 - array or list
        """Give one output for the rows from `start` on."""
        cut, rows = cut_piece(fed, start)
        given = len(next(iter(cut.values())))
        (found,) = self.session.run([output], cut)
        shape = np.shape(found) if isinstance(found, np.ndarray) else (_length(found),)
        if shape[:1] != (given,):
            raise _refuse(output, "does not hold one answer per row")
        columns = prod(shape[1:])
        if columns > MOST_CLASSES:
            raise _refuse(
                output, f"has {columns:,} columns; at most {MOST_CLASSES:,} are read"
            )
        return found[:rows]


def open_session(data: bytes) -> Any:  # noqa: ANN401 - onnxruntime has no types
    """Give a session on a file that was walked before.

    Raises:
        RefusedModelError: onnxruntime does not take it.
    """
    options = onnxruntime.SessionOptions()
    # More threads add up the votes of trees in another order. So each session run has
    # one, pieces of the table run side by side, and no score depends on the machine.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = FATAL_ONLY
    # Never take the bytes for onnxruntime's own format, which nobody has walked.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            data, options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the model's
        raise say_error(error, "The model cannot be loaded") from None


def feed_session(
    session: Any,  # noqa: ANN401 - onnxruntime has no types
    feeds: list[Header],
    rows: int,
    buffers: list[bytearray],
) -> dict[str, NDArray[Any]]:
    """Give each input of a session its array; the buffers are used up."""
    ranks = {i.name: len(i.shape or (0, 0)) for i in session.get_inputs()}
    fed: dict[str, NDArray[Any]] = {}
    for feed in feeds:
        values = read_columns(feed, rows, buffers)
        fed[feed["name"]] = values[:, 0] if ranks.get(feed["name"]) == 1 else values
    return fed


def cut_piece(
    fed: dict[str, NDArray[Any]], start: int
) -> tuple[dict[str, NDArray[Any]], int]:
    """Give the 8,192 rows from `start` on, and how many of them count."""
    cut = {name: values[start : start + PIECE_ROWS] for name, values in fed.items()}
    rows = len(next(iter(cut.values())))
    lacking = max(LEAST_ROWS - rows, 0)
    if lacking:
        cut = {
            name: np.concatenate([values, np.repeat(values[-1:], lacking, axis=0)])
            for name, values in cut.items()
        }
    return cut, rows


def read_columns(feed: Header, rows: int, buffers: list[bytearray]) -> NDArray[Any]:
    """Give the matrix (rows, columns) of one input; its buffers are used up."""
    text = feed["type"] == "string"
    dtype = object if text else DTYPES[feed["type"]]
    matrix = np.empty((rows, feed["columns"]), dtype=dtype)
    for column in range(feed["columns"]):
        first = buffers.pop(0)
        matrix[:, column] = (
            unpack_texts(first, buffers.pop(0)) if text else np.frombuffer(first, dtype)
        )
    return matrix


def _read_facts(data: bytes) -> Header:
    try:
        model = parse_model(data)
        return describe_model(model, walk_model(model))
    except RefusedModelError:
        raise
    except Exception:  # noqa: BLE001 - names that are no UTF-8, and what else is no model
        raise unreadable() from None


def _length(found: Any) -> int:  # noqa: ANN401 - whatever onnxruntime gives
    return len(found) if isinstance(found, list) else -1


def _refuse(output: str, what: str) -> RefusedModelError:
    return RefusedModelError(
        f"The output {quote(output)} {what}.", hint="Choose another output."
    )


def _join(pieces: list[Any], output: str) -> Raw:
    """Give all pieces as one; no more of it than the app can take."""
    if isinstance(pieces[0], list):
        raw = _maps(list(chain.from_iterable(pieces)), output)
    elif len({piece.shape[1:] for piece in pieces}) > 1:
        raise _refuse(output, "has another shape for other rows")
    else:
        raw = Raw(np.concatenate(pieces))
    texts = raw.values.ravel().tolist() if raw.values.dtype.kind in "OUS" else raw.keys
    if max((len(str(text)) for text in texts), default=0) > MOST_TEXT:
        raise _refuse(output, f"holds texts of more than {MOST_TEXT:,} letters")
    return raw


def _maps(rows: list[Any], output: str) -> Raw:
    """Give the matrix of a map list; a class that a row leaves out is NaN there."""
    if not all(isinstance(row, dict) for row in rows):
        raise _refuse(output, "is a list of tensors")
    keys = list(dict.fromkeys(chain.from_iterable(rows)))
    if len(keys) > MOST_CLASSES:
        raise _refuse(
            output, f"scores {len(keys):,} classes; at most {MOST_CLASSES:,} are read"
        )
    matrix = [[row.get(key, np.nan) for key in keys] for row in rows]
    return Raw(
        np.array(matrix, dtype="<f8").reshape(len(rows), len(keys)),
        tuple(str(key) for key in keys),
    )


def say_error(error: Exception, what: str) -> RefusedModelError:
    """Give the refusal that an error of onnxruntime becomes."""
    text = " ".join(str(error).split())
    if isinstance(error, UnicodeDecodeError):  # the name of a tensor, which nobody walked
        return unreadable()
    if isinstance(error, MemoryError) or any(word in text for word in NO_MEMORY):
        return RefusedModelError(
            f"{what}: it needs more memory than a model may have.",
            hint="Export a smaller model, or bring its scores instead.",
        )
    return RefusedModelError(
        f"{what}; onnxruntime says: {say_runtime(text)}",
        hint="Check that it runs in the place where it was made.",
    )


if __name__ == "__main__":
    serve(Runner().handle)
