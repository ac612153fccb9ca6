"""A model cut open (child side): its additive head, and what stands before it.

Three kinds of head have an exact account: trees that are added up, linear nodes of
ai.onnx.ml, and a last multiplication by constant weights. Everything before the head is
run by onnxruntime as it stands, never written again; so is the head, without its link.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from core.errors import RefusedModelError

TREES: Final = ("TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble")
LINEAR: Final = ("LinearClassifier", "LinearRegressor")
PRODUCTS: Final = ("MatMul", "Gemm")
# What may follow a last product, so that the product is the whole score.
TAILS: Final = frozenset(
    {
        "Add",
        "ArgMax",
        "ArrayFeatureExtractor",
        "Cast",
        "Concat",
        "Exp",
        "Flatten",
        "Identity",
        "Normalizer",
        "Reshape",
        "Sigmoid",
        "Softmax",
        "Squeeze",
        "Sub",
        "ZipMap",
    }
)
SIZES: Final = ("Shape", "Size")
MATRIX: Final = 2


@dataclass(frozen=True, slots=True)
class Head:
    """The node that adds up; `enters` and `leaves` name the tensors around it.

    `weights` (features, outputs) and `start` (outputs) are those of a linear head.
    """

    node: onnx.NodeProto
    enters: str
    leaves: str
    weights: NDArray[np.float64] | None = None
    start: NDArray[np.float64] | None = None

    @property
    def is_tree(self) -> bool:
        """Whether it is made of trees."""
        return self.weights is None


def find_head(model: onnx.ModelProto) -> Head:
    """Find the one node that adds up to the score.

    Raises:
        RefusedModelError: there is none, or more than one; the sentence says why.
    """
    nodes = list(model.graph.node)
    heads = [node for node in nodes if node.op_type in (*TREES, *LINEAR)]
    if len(heads) > 1:
        raise RefusedModelError(
            f"The model joins {len(heads):,} models in one.",
            hint="Its scores are explained by trying, on a sample.",
        )
    if heads and _joins_more(nodes, heads[0], initial_values(model)):
        raise RefusedModelError(
            "The score is more than what the model adds up.",
            hint="Its scores are explained by trying, on a sample.",
        )
    if heads:
        return _named(heads[0])
    product = _last_product(model)
    if product is None:
        raise RefusedModelError(
            "The model is neither made of trees nor linear.",
            hint="Its scores are explained by trying, on a sample.",
        )
    return product


def cut_model(model: onnx.ModelProto, head: Head) -> onnx.ModelProto:
    """Give the model that answers with what enters the head, and what leaves it bare.

    The head's own link (logistic, softmax, ...) is taken off, so that its answer is the
    sum itself. What enters is left out where it is an input of the model.
    """
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    for node in bare.graph.node:
        if head.leaves in node.output:
            for attribute in node.attribute:
                if attribute.name != "post_transform":
                    continue
                if attribute.type == onnx.AttributeProto.STRING:
                    attribute.s = b"NONE"
                else:
                    attribute.i = 0
    inputs = {port.name for port in model.graph.input}
    outputs = [name for name in (head.enters, head.leaves) if name not in inputs]
    return prune(bare, outputs)


def initial_values(model: onnx.ModelProto) -> dict[str, NDArray[Any]]:
    """Give the constants of a model by name, those of Constant nodes included."""
    found = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant" and len(node.attribute) == 1:
            value = helper.get_attribute_value(node.attribute[0])
            if isinstance(value, onnx.TensorProto):
                found[node.output[0]] = numpy_helper.to_array(value)
    return found


def prune(model: onnx.ModelProto, outputs: list[str]) -> onnx.ModelProto:
    """Give the model that computes only `outputs`."""
    needed, kept = set(outputs), []
    for node in reversed(model.graph.node):
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input) | set(_outer_names(node))
    graph = helper.make_graph(
        kept[::-1],
        "cut",
        [port for port in model.graph.input if port.name in needed],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [tensor for tensor in model.graph.initializer if tensor.name in needed],
        sparse_initializer=list(model.graph.sparse_initializer),
    )
    return helper.make_model(
        graph, opset_imports=model.opset_import, ir_version=model.ir_version
    )


def _outer_names(node: onnx.NodeProto) -> Iterator[str]:
    """Give the names that branches of a node take from outside."""
    for attribute in node.attribute:
        for inner in attribute.g.node:
            yield from inner.input
            yield from _outer_names(inner)
        yield from (port.name for port in attribute.g.output)


def _named(node: onnx.NodeProto) -> Head:
    leaves = node.output[1] if node.op_type.endswith("Classifier") else node.output[0]
    if node.op_type in TREES:
        return Head(node, node.input[0], leaves)
    found = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    start = np.asarray(found.get("intercepts", [0.0]), np.float64)
    try:
        weights = np.asarray(found["coefficients"], np.float64).reshape(len(start), -1).T
    except (KeyError, ValueError):
        raise RefusedModelError(
            "The weights of the model do not fit its outputs.", hint="Export it again."
        ) from None
    return Head(node, node.input[0], leaves, weights, start)


def _last_product(model: onnx.ModelProto) -> Head | None:
    """Give the last product with constant weights if only a link follows it."""
    constants = initial_values(model)
    nodes = list(model.graph.node)
    node = next((n for n in reversed(nodes) if n.op_type in PRODUCTS), None)
    if node is None or node.input[1] not in constants:
        return None
    after = _followers(nodes, node.output[0])
    weights = constants[node.input[1]]
    weights = weights[:, None] if weights.ndim == 1 else weights
    linked = not {n.op_type for n in after} - TAILS
    if weights.ndim != MATRIX or not linked or _joins_more(nodes, node, constants):
        return None
    found = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type == "Gemm":
        return _gemm(node, weights, constants, found)
    added = next(
        (n for n in after if n.op_type == "Add" and node.output[0] in n.input), None
    )
    if added is None:
        return Head(
            node, node.input[0], node.output[0], weights.astype(np.float64), _zeros(weights)
        )
    other = next((name for name in added.input if name != node.output[0]), "")
    start = constants.get(other)
    if start is None or start.size not in (1, weights.shape[1]):
        return None
    filled = np.broadcast_to(start.astype(np.float64).ravel(), (weights.shape[1],)).copy()
    return Head(node, node.input[0], added.output[0], weights.astype(np.float64), filled)


def _gemm(
    node: onnx.NodeProto,
    weights: NDArray[Any],
    constants: dict[str, NDArray[Any]],
    found: dict[str, Any],
) -> Head | None:
    if found.get("transA"):
        return None
    turned = weights.T if found.get("transB") else weights
    scaled = turned.astype(np.float64) * found.get("alpha", 1.0)
    start = _zeros(scaled)
    if len(node.input) > MATRIX and node.input[MATRIX]:
        added = constants.get(node.input[MATRIX])
        if added is None or added.size not in (1, scaled.shape[1]):
            return None
        start = start + added.astype(np.float64).ravel() * found.get("beta", 1.0)
    return Head(node, node.input[0], node.output[0], scaled, start)


def _zeros(weights: NDArray[Any]) -> NDArray[np.float64]:
    return np.zeros(weights.shape[1])


def _followers(nodes: list[onnx.NodeProto], name: str) -> list[onnx.NodeProto]:
    """Give the nodes that depend on a tensor."""
    reached, found = {name}, []
    for node in nodes:
        if reached & set(node.input):
            found.append(node)
            reached |= set(node.output)
    return found


def _joins_more(
    nodes: list[onnx.NodeProto], head: onnx.NodeProto, constants: dict[str, NDArray[Any]]
) -> bool:
    """Tell whether something else that depends on the row meets what the head adds up."""
    same, reached = {"", *constants}, set(head.output)
    for node in nodes:
        entering = {*node.input, *_outer_names(node)}
        if node.op_type in SIZES or entering <= same:
            same |= set(node.output)
        elif entering & reached:
            if entering - reached - same:
                return True
            reached |= set(node.output)
    return False
