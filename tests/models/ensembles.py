"""Forests of one small tree, written by hand, sound or broken attribute by attribute."""

from typing import Any, Final

import numpy as np
from onnx import TensorProto, helper

from tests.models import graphs

# x0 <= 0.5 gives 0.25, otherwise 0.75.
SOUND: Final[dict[str, Any]] = {
    "nodes_treeids": [0, 0, 0],
    "nodes_nodeids": [0, 1, 2],
    "nodes_featureids": [0, 0, 0],
    "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"],
    "nodes_values": [0.5, 0.0, 0.0],
    "nodes_truenodeids": [1, 0, 0],
    "nodes_falsenodeids": [2, 0, 0],
    "target_treeids": [0, 0],
    "target_nodeids": [1, 2],
    "target_ids": [0, 0],
    "target_weights": [0.25, 0.75],
    "n_targets": 1,
}
FIVE: Final[dict[str, Any]] = {
    "n_targets": 1,
    "aggregate_function": 1,
    "post_transform": 0,
    "tree_roots": [0],
    "nodes_featureids": [0],
    "nodes_modes": helper.make_tensor("m", TensorProto.UINT8, [1], [0]),
    "nodes_splits": helper.make_tensor("s", TensorProto.FLOAT, [1], [0.5]),
    "nodes_truenodeids": [0],
    "nodes_trueleafs": [1],
    "nodes_falsenodeids": [1],
    "nodes_falseleafs": [1],
    "leaf_targetids": [0, 0],
    "leaf_weights": helper.make_tensor("w", TensorProto.FLOAT, [2], [0.25, 0.75]),
}


def tree(**changes: Any) -> bytes:
    """Give a regressor of one tree; a change of None leaves the attribute out."""
    return _file("TreeEnsembleRegressor", SOUND | changes, 3)


def tree_of_set_five(**changes: Any) -> bytes:
    """Give the same tree as the fifth operator set of ai.onnx.ml writes it."""
    return _file("TreeEnsemble", FIVE | changes, 5)


def classifier(**changes: Any) -> bytes:
    """Give the same tree as a classifier of `0` and `1`; its output is the scores."""
    plain = {name.replace("target_", "class_"): value for name, value in SOUND.items()}
    plain.pop("n_targets")
    known = plain | {"classlabels_int64s": [0, 1], "class_ids": [1, 1]} | changes
    node = helper.make_node(
        "TreeEnsembleClassifier", ["x"], ["label", "y"], domain="ai.onnx.ml", **known
    )
    outputs = [
        graphs.port("label", TensorProto.INT64, [None]),
        graphs.port("y", shape=[None, 2]),
    ]
    return graphs.data_of(graphs.model(graphs.graph([node], outputs=outputs)))


def chain(length: int) -> bytes:
    """Give a tree that is one long branch of `length` questions."""
    count = 2 * length + 1
    inner = np.arange(length)
    modes = ["BRANCH_LEQ", "LEAF"] * length + ["LEAF"]
    true, false = np.zeros(count, int), np.zeros(count, int)
    true[2 * inner], false[2 * inner] = 2 * inner + 1, 2 * inner + 2
    leaves = [i for i, mode in enumerate(modes) if mode == "LEAF"]
    return tree(
        nodes_treeids=[0] * count,
        nodes_nodeids=list(range(count)),
        nodes_featureids=[0] * count,
        nodes_modes=modes,
        nodes_values=[float(-i) for i in range(count)],
        nodes_truenodeids=true.tolist(),
        nodes_falsenodeids=false.tolist(),
        target_treeids=[0] * len(leaves),
        target_nodeids=leaves,
        target_ids=[0] * len(leaves),
        target_weights=[1.0] * len(leaves),
    )


def _file(operator: str, attributes: dict[str, Any], version: int) -> bytes:
    known = {name: value for name, value in attributes.items() if value is not None}
    node = helper.make_node(operator, ["x"], ["y"], domain="ai.onnx.ml", **known)
    made = graphs.model(graphs.graph([node]))
    made.opset_import[1].version = version
    return graphs.data_of(made)
