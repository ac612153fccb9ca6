"""Tree nodes of every dialect are read as onnxruntime runs them."""

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.errors import RefusedModelError
from core.models.forest import Forest, check_forest
from core.models.tree_heads import read_forest
from tests.models import ensembles
from tests.models.random_trees import (
    GRID,
    MEMBER,
    fifth_dialect,
    first_dialect,
    grow,
    rows,
    walk,
)

WIDTH = 3


def _read(data: bytes, width: int = WIDTH, *, double: bool = False) -> Forest:
    (node,) = onnx.load_model_from_string(data).graph.node
    forest = read_forest(node, width, double=double)
    check_forest(forest)
    return forest


def _run(data: bytes, x: NDArray[Any]) -> NDArray[np.float64]:
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    found = session.run(None, {"x": x})[-1]
    return np.asarray(found, np.float64)


@given(st.integers(0, 10**6))
def test_every_question_of_the_first_dialect(seed: int) -> None:
    """All six comparisons, on the limit and beside it, and missing values both ways."""
    rng = np.random.default_rng(seed)
    trees = [grow(rng, WIDTH, 3, list(range(6))) for _ in range(3)]
    x = rows(rng, WIDTH)
    for changes in ({}, {"aggregate_function": "AVERAGE"}, {"base_values": [0.5]}):
        data = first_dialect(trees, width=WIDTH, **changes)
        np.testing.assert_allclose(walk(_read(data), x), _run(data, x), atol=1e-5)


@given(st.integers(0, 10**6))
def test_every_question_of_the_fifth_dialect(seed: int) -> None:
    """All six comparisons in tensors, inner nodes and leaves apart."""
    rng = np.random.default_rng(seed)
    trees = [grow(rng, WIDTH, 3, list(range(6))) for _ in range(3)]
    x = rows(rng, WIDTH)
    for changes in ({}, {"aggregate_function": 0}):
        data = fifth_dialect(trees, width=WIDTH, **changes)
        np.testing.assert_allclose(walk(_read(data), x), _run(data, x), atol=1e-5)


@given(st.integers(0, 10**6))
def test_membership(seed: int) -> None:
    """A whole number is looked for in the set of its own node; onnxruntime rounds others."""
    rng = np.random.default_rng(seed)
    trees = [grow(rng, WIDTH, 2, [0, MEMBER]) for _ in range(3)]
    x = rng.choice([0.0, 1.0, 2.0, 3.0, 40.0], (60, WIDTH)).astype(np.float32)
    data = fifth_dialect(trees, width=WIDTH)
    np.testing.assert_allclose(walk(_read(data), x), _run(data, x), atol=1e-5)


def test_float64_input_meets_unrounded_limits() -> None:
    """Two numbers that float32 cannot tell apart fall on two sides of a float64 limit."""
    limit = 0.1 + 1e-12
    found = {
        name: helper_tensor(name, values)
        for name, values in (
            ("nodes_values_as_tensor", [limit, 0.0, 0.0]),
            ("target_weights_as_tensor", [1.0, 2.0]),
        )
    }
    data = ensembles.tree(nodes_values=None, target_weights=None, **found)
    forest = _read(data, 1, double=True)
    x = np.array([[0.1], [0.1 + 2e-12]])
    assert walk(forest, x)[:, 0].tolist() == [1.0, 2.0]
    assert forest.threshold[0] == limit
    assert _read(data, 1).threshold[0] == np.float32(limit)


def helper_tensor(name: str, values: list[float]) -> onnx.TensorProto:
    """Give float64 numbers as a tensor."""
    return onnx.helper.make_tensor(name, onnx.TensorProto.DOUBLE, [len(values)], values)


def test_two_classes_with_one_weight_have_one_output() -> None:
    """A file that writes only the weight of one class of two has one sum per row."""
    forest = _read(ensembles.classifier(), 1)
    assert forest.outputs == 1
    assert walk(forest, np.array([[0.0], [1.0]]))[:, 0].tolist() == [0.25, 0.75]


def test_the_two_columns_of_catboost() -> None:
    """CatBoost asks `greater`, and writes each leaf once for either class, signs turned."""
    data = ensembles.classifier(
        nodes_modes=["BRANCH_GT", "LEAF", "LEAF"],
        class_treeids=[0, 0, 0, 0],
        class_nodeids=[1, 1, 2, 2],
        class_ids=[0, 1, 0, 1],
        class_weights=[-0.75, 0.75, 0.25, -0.25],
    )
    forest = _read(data, 1)
    x = np.array([[0.0], [0.5], [0.75], [np.nan]], np.float32)
    assert walk(forest, x).tolist() == [
        [0.25, -0.25],
        [0.25, -0.25],
        [-0.75, 0.75],
        [0.25, -0.25],
    ]
    np.testing.assert_allclose(walk(forest, x), _run(data, x))


def test_a_model_of_one_leaf() -> None:
    """A tree that asks nothing gives its only vote to every row."""
    data = ensembles.tree(
        nodes_treeids=[0],
        nodes_nodeids=[0],
        nodes_featureids=[0],
        nodes_modes=["LEAF"],
        nodes_values=[0.0],
        nodes_truenodeids=[0],
        nodes_falsenodeids=[0],
        target_treeids=[0],
        target_nodeids=[0],
        target_ids=[0],
        target_weights=[0.5],
    )
    assert walk(_read(data, 1), np.zeros((2, 1)))[:, 0].tolist() == [0.5, 0.5]


BROKEN: list[dict[str, Any]] = [
    {"nodes_truenodeids": [7, 0, 0]},
    {"nodes_modes": ["BRANCH_MAYBE", "LEAF", "LEAF"]},
    {"nodes_values": [0.5]},
    {"nodes_values": [float("nan"), 0.0, 0.0]},
    {"nodes_featureids": [5, 0, 0]},
    {"nodes_featureids": [-1, 0, 0]},
    {"nodes_modes": None},
    {"target_nodeids": [1, 9]},
    {"target_ids": [0, 4], "n_targets": 2},
    {"target_weights": [0.25]},
    {"target_weights": [float("nan"), 1.0]},
    {"target_weights": [float("inf"), 1.0]},
    {"base_values": [float("nan")]},
    {"nodes_missing_value_tracks_true": [1]},
    {"aggregate_function": "MAX"},
    {"n_targets": -3},
]


@pytest.mark.parametrize("change", BROKEN, ids=str)
def test_broken_lists_are_refused(change: dict[str, Any]) -> None:
    """What leads nowhere or is no number is told so, before anything walks it."""
    with pytest.raises(RefusedModelError, match="trees of the model"):
        _read(ensembles.tree(**change), 1)


FIVE_BROKEN: list[dict[str, Any]] = [
    {"nodes_truenodeids": [5]},
    {"nodes_falsenodeids": [-4]},
    {"tree_roots": [9]},
    {"leaf_targetids": [0, 3]},
    {"n_targets": 0},
    {"aggregate_function": 3},
    {"nodes_splits": None},
    {"nodes_modes": onnx.helper.make_tensor("m", onnx.TensorProto.UINT8, [1], [9])},
]


@pytest.mark.parametrize("change", FIVE_BROKEN, ids=lambda change: str(list(change)))
def test_broken_tensors_are_refused(change: dict[str, Any]) -> None:
    """The same for the fifth dialect."""
    with pytest.raises(RefusedModelError, match="trees of the model"):
        _read(ensembles.tree_of_set_five(**change), 1)


def test_limits_are_those_of_float32() -> None:
    """`below` is `at most` the number before, in the type that is compared."""
    (tree,) = [grow(np.random.default_rng(0), 1, 1, [1])]
    forest = _read(first_dialect([tree], width=1), 1)
    limit = np.float32(tree.limit[0])
    assert limit in GRID
    assert forest.threshold[0] == np.nextafter(limit, np.float32(-np.inf))
