"""The static walk (child side): every message of a model file, before any session.

A model given as bytes can still make the runtime read files next to the app, through
"external data" in any of its tensors. So every tensor is looked at, wherever it hides:
initializers, attributes, subgraphs, functions, sparse tensors, training graphs.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import onnx

from core.errors import RefusedModelError

Message: TypeAlias = Any  # protobuf messages have no types

MOST_BYTES: Final = 500_000_000
MOST_NODES: Final = 100_000
MOST_MESSAGES: Final = 2_000_000
DEEPEST: Final = 8

# What onnxruntime 1.31 loads; tests/models/test_walk.py asks the installed one.
NEWEST_IR: Final = 13
NEWEST_OPSETS: Final = {"": 26, "ai.onnx": 26, "ai.onnx.ml": 5, "com.microsoft": 1}

# Operators that onnxruntime's own quantisation writes; all work on tensors alone.
QUANTISED: Final = frozenset(
    {
        "DequantizeLinear",
        "DynamicQuantizeMatMul",
        "MatMulIntegerToFloat",
        "QGemm",
        "QLinearAdd",
        "QLinearConcat",
        "QLinearLeakyRelu",
        "QLinearMul",
        "QLinearSigmoid",
        "QLinearSoftmax",
        "QuantizeLinear",
    }
)
# Nobody can say beforehand how often these run.
ENDLESS: Final = frozenset({"Loop", "Scan"})
# A number drawn anew for every run, even from a seed: evidence could not be repeated.
CHANCE: Final = frozenset(
    {
        "Bernoulli",
        "Multinomial",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
    }
)
TRAINING: Final = 2  # the input of Dropout that says whether it draws numbers


def parse_model(data: bytes) -> onnx.ModelProto:
    """Give the parsed file; its bytes are the only thing that is read."""
    if len(data) > MOST_BYTES:
        raise RefusedModelError(
            f"The file has {len(data) / 1e6:,.0f} MB; models may have {MOST_BYTES / 1e6:,.0f} MB.",
            hint="Export a smaller model, or bring its scores instead.",
        )
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except Exception:  # noqa: BLE001 - protobuf's own, which has no public home in onnx
        model.Clear()
    if data[4:8] == b"ORTM" or not model.ir_version or not model.graph.node:
        raise unreadable()
    return model


def unreadable() -> RefusedModelError:
    """Give the refusal of bytes that are no model."""
    return RefusedModelError(
        "This file cannot be read as an ONNX model.",
        hint="It may be cut short, or saved in another format. Export it as .onnx again.",
    )


def walk_model(model: onnx.ModelProto) -> Counter[str]:
    """Count the operators of a model that passes every check; refuse it otherwise.

    The walk is generic: it follows every field that holds a message, so that a place for
    tensors which a later ONNX invents is walked as well.
    """
    _check_versions(model)
    operators: Counter[str] = Counter()
    stack: list[tuple[Message, int]] = [(model, 0)]
    seen = nodes = 0
    while stack:
        message, depth = stack.pop()
        seen += 1
        kind = message.DESCRIPTOR.name
        if kind == "TensorProto":
            _check_tensor(message)
            continue
        if kind == "NodeProto":
            nodes += 1
            operators[_check_node(message)] += 1
        depth += kind == "GraphProto"
        _check_size(nodes, depth)
        stack.extend((child, depth) for child in _children(message))
        if seen + len(stack) > MOST_MESSAGES:
            raise _too_large("parts", MOST_MESSAGES)
    if model.functions:
        raise RefusedModelError(
            "The model brings functions of its own; such files are refused.",
            hint="Inline them with `onnx.inliner.inline_local_functions` and save it again.",
        )
    return operators


def _children(message: Message) -> Iterator[Message]:
    for field, value in message.ListFields():
        if field.type == field.TYPE_STRING:
            _check_text(value)
        elif hasattr(value, "ListFields"):
            yield value
        elif not isinstance(value, (str, bytes, int, float)) and hasattr(
            value[0], "ListFields"
        ):
            if len(value) > MOST_MESSAGES:
                raise _too_large("parts", MOST_MESSAGES)
            yield from value


def _check_text(value: Any) -> None:  # noqa: ANN401 - a text, or a container of texts
    """Refuse what is no UTF-8; protobuf gives it as bytes."""
    texts = [value] if isinstance(value, (str, bytes)) else value
    if any(isinstance(text, bytes) for text in texts):
        raise unreadable()


def _check_tensor(tensor: Message) -> None:
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        raise RefusedModelError(
            "This ONNX file refers to another file on disk; such files are refused.",
            hint="Save the model as one file, with its weights inside.",
        )


def _check_node(node: Message) -> str:
    operator, domain = str(node.op_type)[:100], str(node.domain)[:100]
    if domain not in NEWEST_OPSETS or (
        domain == "com.microsoft" and operator not in QUANTISED
    ):
        raise RefusedModelError(
            f"The model uses the operator `{operator}` of `{domain}`, which is not accepted.",
            hint="Export it with standard operators (ai.onnx, ai.onnx.ml) only.",
        )
    if operator in ENDLESS:
        raise RefusedModelError(
            f"The model uses `{operator}`, which may run without end.",
            hint="Export it without loops, or bring its scores instead.",
        )
    training = operator == "Dropout" and any(node.input[TRAINING:])
    if operator in CHANCE or training:
        raise RefusedModelError(
            f"The model uses `{operator}`, which answers the same row differently each time.",
            hint="Export it as it is used, without chance, or bring its scores instead.",
        )
    return operator


def _check_size(nodes: int, depth: int) -> None:
    if nodes > MOST_NODES:
        raise _too_large("nodes", MOST_NODES)
    if depth > DEEPEST:
        raise RefusedModelError(
            f"The model nests graphs more than {DEEPEST} deep.",
            hint="Export it without branches inside branches.",
        )


def _too_large(what: str, most: int) -> RefusedModelError:
    return RefusedModelError(
        f"The model has more than {most:,} {what}.",
        hint="Export a smaller model, or bring its scores instead.",
    )


def _check_versions(model: onnx.ModelProto) -> None:
    if model.ir_version > NEWEST_IR:
        raise RefusedModelError(
            f"The file is written in ONNX version {model.ir_version}; "
            f"up to {NEWEST_IR} can be read.",
            hint="Export it with an older version of onnx.",
        )
    for opset in model.opset_import:
        newest = NEWEST_OPSETS.get(opset.domain)
        if newest is not None and opset.version > newest:
            raise RefusedModelError(
                f"The model uses operator set {opset.version} of "
                f"`{opset.domain or 'ai.onnx'}`; up to {newest} can be run.",
                hint=f"Export it with target_opset {newest} or lower.",
            )
