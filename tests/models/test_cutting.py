"""A model is cut where it adds up; what is more than that is told why it cannot be."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from core.errors import RefusedModelError
from core.models.cutting import Head, cut_model, find_head, initial_values, prune
from tests.models import ensembles, graphs
from tests.models.fitted import LINEAR, TREES, fitted

WEIGHTS = np.array([[2.0], [-1.0]], np.float32)


def _model(nodes: Sequence[NodeProto], **constants: Any) -> onnx.ModelProto:
    """Give a model of two columns `x` to `y`."""
    tensors = [
        numpy_helper.from_array(np.asarray(value), name)
        for name, value in constants.items()
    ]
    ports = [graphs.port("x", shape=[None, 2])], [graphs.port("y", shape=None)]
    return graphs.model(graphs.graph(nodes, *ports, tensors))


def _node(kind: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


def _run(model: onnx.ModelProto, x: NDArray[Any]) -> NDArray[Any]:
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return np.asarray(session.run(None, {"x": x})[-1])


def _head(nodes: Sequence[NodeProto], **constants: Any) -> Head:
    return find_head(_model(nodes, **constants))


@pytest.mark.parametrize("name", [*TREES, *LINEAR])
def test_every_trained_model_has_one_head(name: str) -> None:
    """Trees where trees were trained, weights where a line was."""
    head = find_head(onnx.load_model_from_string(fitted(name).data))
    assert head.is_tree == (name in TREES)


@pytest.mark.parametrize("link", ["Sigmoid", "Exp", "Identity"])
def test_a_product_and_its_link(link: str) -> None:
    """MatMul + Add + a link: the bare model gives the sum before the link."""
    nodes = [
        _node("MatMul", "x w", "a"),
        _node("Add", "a b", "s"),
        _node(link, "s", "y"),
    ]
    model = _model(nodes, w=WEIGHTS, b=np.array([0.5], np.float32))
    head = find_head(model)
    assert (head.enters, head.leaves) == ("x", "s")
    assert head.weights is not None
    assert head.start is not None
    assert (head.weights[:, 0].tolist(), head.start.tolist()) == ([2.0, -1.0], [0.5])
    x = np.array([[1.0, 3.0]], np.float32)
    assert _run(cut_model(model, head), x)[0, 0] == -0.5


def test_a_product_by_a_vector() -> None:
    """Weights without a second dimension are one output."""
    head = _head([_node("MatMul", "x w", "y")], w=WEIGHTS[:, 0])
    assert head.weights is not None
    assert head.weights.shape == (2, 1)


@pytest.mark.parametrize("turned", [0, 1])
def test_a_gemm(turned: int) -> None:
    """Alpha x w + beta c, whichever way the weights lie."""
    weights = WEIGHTS.T if turned else WEIGHTS
    node = _node("Gemm", "x w c", "y", transB=turned, alpha=3.0, beta=2.0)
    head = _head([node], w=weights, c=np.array([0.25], np.float32))
    assert head.weights is not None
    assert head.start is not None
    assert (head.weights[:, 0].tolist(), head.start.tolist()) == ([6.0, -3.0], [0.5])


def test_the_link_of_trees_is_taken_off() -> None:
    """The bare answer of a logistic classifier is its sum, in the first dialect and the fifth."""
    model = onnx.load_model_from_string(ensembles.classifier(post_transform="LOGISTIC"))
    x = np.array([[0.0], [1.0]], np.float32)
    whole, bare = _run(model, x)[:, 1], _run(cut_model(model, find_head(model)), x)[:, 1]
    assert bare.tolist() == [0.25, 0.75]
    np.testing.assert_allclose(whole, 1 / (1 + np.exp(-bare)), rtol=1e-6)
    five = onnx.load_model_from_string(ensembles.tree_of_set_five(post_transform=2))
    cut = cut_model(five, find_head(five))
    assert _run(cut, x)[:, 0].tolist() == [0.25, 0.75]
    assert five.graph.node[0].attribute  # the model itself stays as it was


TREE = helper.make_node(
    "TreeEnsembleRegressor",
    ["x"],
    ["t"],
    domain="ai.onnx.ml",
    **ensembles.SOUND,
)
REFUSED: dict[str, tuple[list[NodeProto], dict[str, Any], str]] = {
    "two heads": (
        [TREE, _node("LinearRegressor", "x", "y", domain="ai.onnx.ml", coefficients=[1.0])],
        {},
        "joins 2 models",
    ),
    "trees and a column": (
        [TREE, _node("Slice", "x i j", "c"), _node("Add", "t c", "y")],
        {"i": np.array([0]), "j": np.array([1])},
        "more than what the model adds up",
    ),
    "a product and a column": (
        [_node("MatMul", "x w", "m"), _node("Sub", "m x", "y")],
        {"w": WEIGHTS},
        "neither made of trees nor linear",
    ),
    "two products": (
        [
            _node("MatMul", "x w", "m"),
            _node("MatMul", "x w", "n"),
            _node("Add", "m n", "y"),
        ],
        {"w": WEIGHTS},
        "neither",
    ),
    "a product and a bend": (
        [_node("MatMul", "x w", "m"), _node("Relu", "m", "y")],
        {"w": WEIGHTS},
        "neither",
    ),
    "computed weights": (
        [_node("Neg", "w", "v"), _node("MatMul", "x v", "y")],
        {"w": WEIGHTS},
        "neither",
    ),
    "no product": ([_node("Relu", "x", "y")], {}, "neither"),
    "crooked weights": (
        [
            _node(
                "LinearRegressor",
                "x",
                "y",
                domain="ai.onnx.ml",
                coefficients=[1.0, 2.0, 3.0],
                intercepts=[0.0, 0.0],
            )
        ],
        {},
        "do not fit",
    ),
    "no weights": ([_node("LinearRegressor", "x", "y", domain="ai.onnx.ml")], {}, "fit"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_exact_account(name: str) -> None:
    """The sentence says why, and what is done instead."""
    nodes, constants, says = REFUSED[name]
    with pytest.raises(RefusedModelError, match=says) as refused:
        _head(nodes, **constants)
    assert refused.value.hint


def test_a_shape_taken_from_the_row_joins_nothing() -> None:
    """A reshape to the number of rows leaves the sum what it was."""
    nodes = [
        _node("MatMul", "x w", "m"),
        _node("Shape", "x", "n"),
        _node("Slice", "n i j", "k"),
        _node("Reshape", "m k", "y"),
    ]
    head = _head(nodes, w=WEIGHTS, i=np.array([0]), j=np.array([1]))
    assert head.leaves == "m"


def test_only_what_is_needed_is_kept() -> None:
    """Pruning keeps the nodes and constants before an output, and no others."""
    nodes = [
        _node("Add", "x a", "p"),
        _node("Mul", "x b", "q"),
        _node("Neg", "p", "y"),
    ]
    model = _model(nodes, a=np.float32(1), b=np.float32(2))
    kept = prune(model, ["p"])
    assert [node.op_type for node in kept.graph.node] == ["Add"]
    assert [tensor.name for tensor in kept.graph.initializer] == ["a"]
    assert kept.graph.output[0].name == "p"


def test_names_inside_branches_are_needed() -> None:
    """What only a branch of If uses is kept."""
    branch = graphs.graph([_node("Add", "x a", "z")], [], [graphs.port("z")])
    nodes = [
        helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=branch),
    ]
    model = _model(nodes, a=np.float32(1), c=np.array(True))  # noqa: FBT003
    names = {tensor.name for tensor in prune(model, ["y"]).graph.initializer}
    assert names == {"a", "c"}


def test_constants_of_both_kinds() -> None:
    """Initializers and Constant nodes are found by name."""
    tensor = helper.make_tensor("v", TensorProto.FLOAT, [1], [4.0])
    nodes = [
        helper.make_node("Constant", [], ["k"], value=tensor),
        _node("Add", "x k", "y"),
    ]
    found = initial_values(_model(nodes, a=np.float32(1)))
    assert (float(found["a"]), found["k"].tolist()) == (1.0, [4.0])
