"""What a parsed model says of itself (child side), as plain JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import onnx

from core.errors import RefusedModelError
from core.models.wording import quote
from core.records.models import OutputKind

TYPES: Final[dict[int, str]] = {
    onnx.TensorProto.FLOAT: "float",
    onnx.TensorProto.DOUBLE: "double",
    onnx.TensorProto.FLOAT16: "float16",
    onnx.TensorProto.INT64: "int64",
    onnx.TensorProto.INT32: "int32",
    onnx.TensorProto.BOOL: "bool",
    onnx.TensorProto.STRING: "string",
}
FED: Final = ("float", "double", "int64", "int32", "bool", "string")
SCORED: Final = ("float", "double", "float16")
MOST_PORTS: Final = 5_000  # inputs, and outputs
MOST_TEXT: Final = 2_000  # characters of anything the file says in words
MOST_NAMES: Final = 1_000_000  # characters of all names of inputs, or of outputs
MOST_CLASSES: Final = 1_000
ROWS_AND_COLUMNS: Final = 2
CLASS_LABELS: Final = ("classlabels_strings", "classlabels_int64s", "classlabels_ints")


def describe_model(model: onnx.ModelProto, operators: Counter[str]) -> dict[str, Any]:
    """Give inputs, outputs, classes, counts and the words of the file."""
    graph = model.graph
    inner = {t.name for t in graph.initializer}
    inner |= {s.values.name for s in graph.sparse_initializer}
    inputs = [_input(v) for v in _few(graph.input) if v.name not in inner]
    outputs = [o for v in _few(graph.output) if (o := _output(v))]
    if not inputs or not outputs:
        raise RefusedModelError(
            "The model has no input to fill."
            if not inputs
            else "The model gives no table.",
            hint="It needs rows and columns as input and one answer per row as output.",
        )
    return {
        "inputs": inputs,
        "outputs": outputs,
        "classes": _classes(graph.node),
        "nodes": operators.total(),
        "operators": sorted(operators.items(), key=lambda o: (-o[1], o[0]))[:200],
        "opsets": [
            (o.domain[:100] or "ai.onnx", o.version) for o in model.opset_import[:50]
        ],
        "producer": f"{model.producer_name[:100]} {model.producer_version[:100]}".strip(),
        "description": (model.doc_string or graph.doc_string)[:MOST_TEXT],
    }


def _few(values: Any) -> Any:  # noqa: ANN401 - a protobuf container
    names = [value.name for value in values]
    if (
        len(names) > MOST_PORTS
        or max(map(len, names), default=0) > MOST_TEXT
        or sum(map(len, names)) > MOST_NAMES
    ):
        raise RefusedModelError(
            f"The model has more than {MOST_PORTS:,} inputs or outputs, or endless names.",
            hint="Give it one tensor with all columns as input.",
        )
    if twice := _twice(names):
        raise RefusedModelError(
            f"The model has two inputs or two outputs called {quote(twice[0])}.",
            hint="Give each a name of its own, and export it again.",
        )
    return values


def _twice(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _input(value: onnx.ValueInfoProto) -> dict[str, Any]:
    tensor = value.type.tensor_type
    kind = TYPES.get(tensor.elem_type, "another type")
    if kind not in FED:
        raise RefusedModelError(
            f"The input {quote(value.name)} wants {kind}; tables hold numbers, yes/no and text.",
            hint=f"Export the model with inputs of type {', '.join(FED)}.",
        )
    shape = tensor.shape.dim
    if tensor.HasField("shape") and len(shape) not in (1, ROWS_AND_COLUMNS):
        raise RefusedModelError(
            f"The input {quote(value.name)} has {len(shape)} dimensions; a table has two.",
            hint="Countersign examines models of tables: rows and columns.",
        )
    if len(shape) and shape[0].dim_value > 0:  # below 0 is another way to say open
        raise RefusedModelError(
            f"The input {quote(value.name)} takes exactly {shape[0].dim_value:,} rows "
            "at a time.",
            hint="Export the model with an open first dimension.",
        )
    return {"name": value.name, "type": kind, "width": _width(tensor)}


def _width(tensor: onnx.TypeProto.Tensor) -> int | None:
    shape = tensor.shape.dim
    if len(shape) == 1:
        return 1
    return max(shape[-1].dim_value, 0) or None if shape else None


def _output(value: onnx.ValueInfoProto) -> dict[str, Any] | None:
    element = value.type.sequence_type.elem_type
    if element.HasField("map_type"):
        key = TYPES.get(element.map_type.key_type, "?")
        found = {"kind": OutputKind.MAPS, "type": f"map({key})", "width": None}
        return {"name": value.name} | found
    kind = TYPES.get(value.type.tensor_type.elem_type)
    if kind is None:
        return None
    return {
        "name": value.name,
        "kind": OutputKind.TENSOR if kind in SCORED else OutputKind.LABEL,
        "type": kind,
        "width": _width(value.type.tensor_type),
    }


def _classes(nodes: Iterable[onnx.NodeProto]) -> list[str]:
    """Give the classes, where the file names exactly one list of them; ZipMap first."""
    found: dict[str, set[tuple[str, ...]]] = {"ZipMap": set(), "": set()}
    for node in nodes:
        for attribute in node.attribute:
            if attribute.name in CLASS_LABELS and node.domain == "ai.onnx.ml":
                labels = (*attribute.strings, *attribute.ints)[: MOST_CLASSES + 1]
                found["ZipMap" if node.op_type == "ZipMap" else ""].add(
                    tuple(
                        x.decode(errors="replace") if isinstance(x, bytes) else str(x)
                        for x in labels
                    )
                )
    lists = [x for x in found["ZipMap"] or found[""] if 0 < len(x) <= MOST_CLASSES]
    return _sound(lists[0]) if len(lists) == 1 else []


def _sound(classes: tuple[str, ...]) -> list[str]:
    """Give the classes, each of which has one short name."""
    if twice := _twice(classes):
        raise _odd_class(f"the class {quote(twice[0])} twice")
    if max(map(len, classes)) > MOST_TEXT:
        raise _odd_class("a class with an endless text")
    return list(classes)


def _odd_class(what: str) -> RefusedModelError:
    return RefusedModelError(
        f"The model names {what}.",
        hint="Give every class one short name, and export it again.",
    )
