"""The process in which a model is cut open: no files, no network, limits (child side).

`open` takes a file and one row, and gives the model's additive head as plain arrays with
the raw columns behind each feature; `derive` takes rows and gives the features that the
head reads, and the bare sum that onnxruntime makes of them. Run as
`python -I -m core.models.explain_runner`.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.ma
import onnx
from numpy.typing import NDArray

from core.errors import RefusedModelError
from core.models.cutting import Head, cut_model, find_head
from core.models.forest import ARRAYS, NO_CHILD, Forest
from core.models.origins import trace_origins
from core.models.runner import (
    PIECE_ROWS,
    cut_piece,
    feed_session,
    open_session,
    say_error,
)
from core.models.tree_heads import read_forest
from core.models.walk import parse_model, walk_model
from core.sandbox.frames import Buffer, Header
from core.sandbox.worker import Report, serve


@dataclass(slots=True)
class Cut:
    """Holds the cut model; refusals travel as a sentence and a hint."""

    session: Any = None
    head: Head | None = None
    used: NDArray[np.int64] | None = None
    single: bool = False

    def handle(
        self, question: Header, buffers: list[bytearray], _report: Report
    ) -> tuple[Header, Sequence[Buffer]]:
        """Answer one frame."""
        try:
            if question["op"] == "open":
                return self._open(question, buffers)
            return self._derive(question, buffers)
        except RefusedModelError as error:
            return {"refused": str(error), "hint": error.hint}, ()

    def _open(
        self, question: Header, buffers: list[bytearray]
    ) -> tuple[Header, Sequence[Buffer]]:
        model = parse_model(bytes(buffers.pop(0)))
        walk_model(model)
        head = self.head = find_head(model)
        cut = cut_model(model, head)
        self.session = open_session(cut.SerializeToString())
        whole = open_session(model.SerializeToString())
        fed = feed_session(whole, question["feeds"], question["rows"], buffers)
        entering, leaving = self._run(cut_piece(fed, 0)[0])
        traced = trace_origins(
            model,
            head.enters,
            {feed["name"]: feed["numbers"] for feed in question["feeds"]},
            lambda part: _all_of(part, fed),
        )
        if entering.ndim != 2 or len(traced.origins) != entering.shape[1]:  # noqa: PLR2004
            raise RefusedModelError(
                "What the model adds up is no table.",
                hint="Its scores are explained by trying, on a sample.",
            )
        double = entering.dtype == np.float64
        if head.weights is not None and head.start is not None:
            if head.weights.shape[0] != entering.shape[1]:
                raise RefusedModelError(
                    "The weights of the model do not fit its features.",
                    hint="Export it again.",
                )
            self.used = np.flatnonzero(head.weights.any(axis=1))
            arrays = {"weights": head.weights[self.used], "start": head.start}
        else:
            forest = read_forest(head.node, entering.shape[1], double=double)
            arrays = self._narrowed(forest)
        self.single = not double
        used = [] if self.used is None else self.used.tolist()
        header = {
            "kind": "trees" if head.is_tree else "linear",
            "operator": head.node.op_type,
            "origins": [sorted(traced.origins[k]) for k in used],
            "met": [[sorted(few), operator] for few, operator in traced.met.items()],
            "double": double,
            "bare": int(np.reshape(leaving, (len(leaving), -1)).shape[1]),
        }
        return _packed(header, arrays)

    def _narrowed(self, forest: Forest) -> dict[str, NDArray[Any]]:
        """Give the arrays of a forest over the features that it really tests."""
        arrays: dict[str, NDArray[Any]] = {name: getattr(forest, name) for name in ARRAYS}
        inner = forest.left != NO_CHILD
        tested = forest.feature[inner]
        if len(tested) and not 0 <= tested.min() <= tested.max() < forest.width:
            raise RefusedModelError(
                "The trees of the model test features that are not there.",
                hint="Export the model again.",
            )
        self.used = np.unique(tested)
        arrays["feature"] = np.where(inner, np.searchsorted(self.used, forest.feature), 0)
        return arrays

    def _derive(
        self, question: Header, buffers: list[bytearray]
    ) -> tuple[Header, Sequence[Buffer]]:
        rows = question["rows"]
        fed = feed_session(self.session, question["feeds"], rows, buffers)
        with ThreadPoolExecutor(question["threads"]) as pool:
            parts = list(
                pool.map(lambda at: self._piece(fed, at), range(0, rows, PIECE_ROWS))
            )
        features = np.concatenate([part[0] for part in parts], axis=1)
        bare = np.concatenate([part[1] for part in parts]).astype(np.float64)
        return _packed({"rows": rows}, {"features": features, "bare": bare})

    def _piece(
        self, fed: dict[str, NDArray[Any]], start: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        cut, rows = cut_piece(fed, start)
        entering, leaving = self._run(cut)
        kind = np.float32 if self.single else np.float64
        taken = entering[:rows, self.used].T.astype(kind)
        return np.ascontiguousarray(taken), np.reshape(leaving, (len(leaving), -1))[:rows]

    def _run(self, cut: dict[str, NDArray[Any]]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Give what enters the head and what leaves it."""
        head = self.head
        if head is None:
            raise RefusedModelError("No model was opened.", hint="Open one first.")
        wanted = [output.name for output in self.session.get_outputs()]
        ports = [port.name for port in self.session.get_inputs()]
        try:
            found = dict(
                zip(
                    wanted,
                    self.session.run(wanted, {name: cut[name] for name in ports}),
                    strict=True,
                )
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the model's
            raise say_error(error, "The model cannot be run on this table") from None
        entering = found.get(head.enters, cut.get(head.enters))
        return np.asarray(entering), np.asarray(found[head.leaves])


def _all_of(part: onnx.ModelProto, fed: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Give every output of a part of the model for the first row."""
    session = open_session(part.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    row = {port.name: fed[port.name][:1] for port in session.get_inputs()}
    try:
        found = session.run(names, row)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the model's
        raise say_error(error, "The model cannot be run on this table") from None
    return dict(zip(names, map(np.asarray, found), strict=True))


def _packed(header: Header, arrays: dict[str, NDArray[Any]]) -> tuple[Header, list[Buffer]]:
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    described = [
        {"name": name, "type": array.dtype.str, "shape": list(array.shape)}
        for name, array in whole.items()
    ]
    return header | {"arrays": described}, [
        array.data.cast("B") if array.size else b"" for array in whole.values()
    ]


if __name__ == "__main__":
    serve(Cut().handle)
