"""Where derived features come from: the raw columns that each of them can depend on.

A run with sets instead of numbers (abstract interpretation; Cousot and Cousot, 1977): one
row flows through the front part of the model, and every number carries the set of raw
columns that could have changed it. An operator without a rule of its own gives each of its
outputs all columns that any of its inputs carries. So a set may be too large, never too
small (child side).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from core.models.cutting import initial_values, prune

Origins = NDArray[np.object_]  # of frozenset[int]
NOTHING: Final[frozenset[int]] = frozenset()

ELEMENTWISE: Final = frozenset(
    [
        "Abs",
        "Add",
        "And",
        "Binarizer",
        "Cast",
        "CastLike",
        "CategoryMapper",
        "Ceil",
        "Clip",
        "Div",
        "Elu",
        "Equal",
        "Erf",
        "Exp",
        "Floor",
        "Greater",
        "GreaterOrEqual",
        "HardSigmoid",
        "Identity",
        "Imputer",
        "IsInf",
        "IsNaN",
        "LabelEncoder",
        "LeakyRelu",
        "Less",
        "LessOrEqual",
        "Log",
        "Max",
        "Mean",
        "Min",
        "Mod",
        "Mul",
        "Neg",
        "Not",
        "Or",
        "Pow",
        "Reciprocal",
        "Relu",
        "Round",
        "Scaler",
        "Sigmoid",
        "Sign",
        "Softplus",
        "Sqrt",
        "Sub",
        "Sum",
        "Tanh",
        "Where",
        "Xor",
    ]
)
RESHAPING: Final = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze"})


@dataclass(frozen=True, slots=True)
class Step:
    """One operator with what flows into it, and the shapes that flow out."""

    node: onnx.NodeProto
    found: dict[str, Any]
    inputs: list[Origins]
    values: list[NDArray[Any] | None]
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Traced:
    """The raw columns behind each number of a tensor, in its order.

    `met` names, for each set of more than one column, the operator in which they first met.
    """

    origins: list[frozenset[int]]
    met: dict[frozenset[int], str]


def trace_origins(
    model: onnx.ModelProto,
    target: str,
    columns: dict[str, list[int]],
    run: Callable[[onnx.ModelProto], dict[str, NDArray[Any]]],
) -> Traced:
    """Give the raw columns behind each number of `target`.

    `columns` numbers the raw columns of each input; `run` gives every output of a model
    for one row.
    """
    met: dict[frozenset[int], str] = {}
    constants = initial_values(model)
    flowing: dict[str, Origins] = {
        name: _sets([frozenset({number}) for number in numbers])
        for name, numbers in columns.items()
    }
    cut = prune(model, [target])
    names = [name for node in cut.graph.node for name in node.output if name]
    values = constants | (run(prune(model, names)) if names else {})

    def carried(name: str) -> Origins:
        if name not in flowing:
            flowing[name] = np.full(np.shape(constants[name]), NOTHING, object)
        return flowing[name]

    for node in cut.graph.node:
        entering = [name for name in node.input if name]
        made = [name for name in node.output if name]
        step = Step(
            node,
            {a.name: helper.get_attribute_value(a) for a in node.attribute},
            [carried(name) for name in entering],
            [constants.get(name) for name in entering],
            np.shape(values[made[0]]),
        )
        exact = _apply(step)
        everything = _union([*step.inputs, *(flowing[n] for n in _outer(node, flowing))])
        for position, name in enumerate(made):
            same = exact is not None and position == 0
            flowing[name] = (
                exact
                if same and exact is not None
                else np.full(np.shape(values[name]), everything, object)
            )
            for joined in set(flowing[name].reshape(-1)):
                if len(joined) > 1:
                    met.setdefault(joined, node.op_type)
    return Traced(list(carried(target).reshape(-1)), met)


def _apply(step: Step) -> Origins | None:
    """Give the sets that leave a step where its operator has a rule that fits."""
    kind = step.node.op_type
    rule = (
        _elementwise
        if kind in ELEMENTWISE
        else _reshaped
        if kind in RESHAPING
        else RULES.get(kind)
    )
    if rule is None or not step.inputs:
        return None
    try:
        given = rule(step)
    except (ValueError, IndexError, TypeError, KeyError):
        return None  # a use of the operator that the rule does not know
    return given if given is not None and given.shape == step.shape else None


def _elementwise(step: Step) -> Origins:
    joined = step.inputs[0]
    for other in step.inputs[1:]:
        joined = _JOIN(joined, other)
    return np.broadcast_to(joined, step.shape).astype(object)


def _reshaped(step: Step) -> Origins:
    return step.inputs[0].reshape(step.shape)


def _concatenated(step: Step) -> Origins:
    return np.concatenate(step.inputs, int(step.found["axis"]))


def _side_by_side(step: Step) -> Origins:
    return np.concatenate([part.reshape(1, -1) for part in step.inputs], 1)


def _transposed(step: Step) -> Origins:
    return step.inputs[0].transpose(step.found.get("perm"))


def _one_hot(step: Step) -> Origins:
    return np.broadcast_to(step.inputs[0][..., None], step.shape).astype(object)


def _picked(step: Step) -> Origins | None:
    which = step.values[1]
    if which is None:
        return None
    return step.inputs[0][..., np.ravel(which)].reshape(step.shape)


def _gathered(step: Step) -> Origins | None:
    which = step.values[1]
    if which is None:
        return None
    taken: Origins = np.take(step.inputs[0], which, int(step.found.get("axis", 0)))
    return taken


def _multiplied(step: Step) -> Origins | None:
    """Join the columns that have a weight other than 0."""
    weights, entering = step.values[1], step.inputs[0]
    if weights is None or entering.ndim != weights.ndim or step.found.get("transA"):
        return None
    turned = weights.T if step.found.get("transB") else weights
    added = _union(step.inputs[2:])
    joined = [
        _union([entering[0, np.flatnonzero(turned[:, j])]]) | added
        for j in range(turned.shape[1])
    ]
    return _sets(joined)


RULES: Final[dict[str, Callable[[Step], Origins | None]]] = {
    "ArrayFeatureExtractor": _picked,
    "Concat": _concatenated,
    "FeatureVectorizer": _side_by_side,
    "Gather": _gathered,
    "Gemm": _multiplied,
    "MatMul": _multiplied,
    "OneHotEncoder": _one_hot,
    "Transpose": _transposed,
}
_JOIN: Final = np.frompyfunc(lambda one, other: one | other, 2, 1)


def _union(parts: list[Origins]) -> frozenset[int]:
    return NOTHING.union(*(one for part in parts for one in part.reshape(-1)))


def _sets(sets: list[frozenset[int]]) -> Origins:
    row = np.empty((1, len(sets)), object)
    row[0, :] = sets
    return row


def _outer(node: onnx.NodeProto, flowing: dict[str, Origins]) -> list[str]:
    """Give what the branches of a node take from outside."""
    names: list[str] = []
    stack = [attribute.g for attribute in node.attribute]
    while stack:
        graph = stack.pop()
        names += [port.name for port in graph.output]
        for inner in graph.node:
            names += inner.input
            stack += [attribute.g for attribute in inner.attribute]
    return [name for name in names if name in flowing]
