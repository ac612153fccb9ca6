"""Random trees in every dialect of a model file, and a plain walk through a forest."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from core.models.forest import AT_MOST, EQUAL, NO_CHILD, Forest
from tests.models import graphs

MODES: Final = ("LEQ", "LT", "GTE", "GT", "EQ", "NEQ")
MEMBER: Final = 6
GRID: Final = np.array([-1.0, -0.1, 0.0, 0.1, 0.3, 2.0], np.float32)


@dataclass
class Grown:
    """One tree: for each inner node its question and its sides (>= 0 inner, < 0 ~leaf)."""

    mode: list[int]
    feature: list[int]
    limit: list[float]
    missing: list[int]
    sides: list[list[int]]
    votes: list[float]
    members: dict[int, list[float]]


def grow(rng: np.random.Generator, width: int, depth: int, modes: list[int]) -> Grown:
    """Give a random tree whose root is an inner node; questions meet values of GRID."""
    tree = Grown([], [], [], [], [], [], {})

    def add(left: int) -> int:
        if left == 0 or (left < depth and rng.random() < 0.2):
            tree.votes.append(float(np.float32(rng.normal())))
            return ~(len(tree.votes) - 1)
        here = len(tree.mode)
        tree.mode.append(int(rng.choice(modes)))
        tree.feature.append(int(rng.integers(width)))
        tree.limit.append(float(rng.choice(GRID)))
        tree.missing.append(int(rng.integers(2)))
        tree.sides.append([])
        if tree.mode[here] == MEMBER:
            few = rng.choice([1.0, 2.0, 3.0, 40.0], int(rng.integers(1, 4)), replace=False)
            tree.members[here] = few.tolist()
            tree.missing[here] = 0
        tree.sides[here] = [add(left - 1), add(left - 1)]
        return here

    add(depth)
    return tree


def rows(rng: np.random.Generator, width: int, count: int = 60) -> NDArray[np.float32]:
    """Give values on the limits, one step beside them, between them, and missing."""
    x = rng.choice(GRID, (count, width))
    x = np.where(rng.random(x.shape) < 0.2, np.nextafter(x, np.float32(-9)), x)
    x = np.where(rng.random(x.shape) < 0.2, np.nextafter(x, np.float32(9)), x)
    x = np.where(rng.random(x.shape) < 0.2, rng.normal(size=x.shape), x)
    return np.where(rng.random(x.shape) < 0.1, np.nan, x).astype(np.float32)


def first_dialect(trees: list[Grown], *, width: int, **changes: Any) -> bytes:
    """Write trees as ai.onnx.ml 3 does: parallel lists, one id for inner nodes and leaves."""
    found: dict[str, list[Any]] = {
        f"nodes_{name}": []
        for name in (
            *("treeids", "nodeids", "featureids", "modes", "values"),
            *("truenodeids", "falsenodeids", "missing_value_tracks_true"),
        )
    }
    found |= {f"target_{name}": [] for name in ("treeids", "nodeids", "ids", "weights")}
    for number, tree in enumerate(trees):
        inner = len(tree.mode)
        for k in range(inner):
            yes, no = (side if side >= 0 else inner + ~side for side in tree.sides[k])
            line = (
                *(number, k, tree.feature[k], f"BRANCH_{MODES[tree.mode[k]]}"),
                *(tree.limit[k], yes, no, tree.missing[k]),
            )
            for key, value in zip(list(found)[:8], line, strict=True):
                found[key].append(value)
        for k, vote in enumerate(tree.votes):
            line = (number, inner + k, 0, "LEAF", 0.0, 0, 0, 0)
            for key, value in zip(list(found)[:8], line, strict=True):
                found[key].append(value)
            for key, value in zip(
                list(found)[8:12], (number, inner + k, 0, vote), strict=True
            ):
                found[key].append(value)
    return _file("TreeEnsembleRegressor", found | {"n_targets": 1} | changes, 3, width)


def fifth_dialect(trees: list[Grown], *, width: int, **changes: Any) -> bytes:
    """Write trees as ai.onnx.ml 5 does: tensors, inner nodes and leaves apart."""
    modes: list[int] = []
    splits: list[float] = []
    votes: list[float] = []
    members: list[float] = []
    found: dict[str, list[int]] = {
        name: []
        for name in (
            *("tree_roots", "nodes_featureids", "nodes_missing_value_tracks_true"),
            *("nodes_truenodeids", "nodes_trueleafs"),
            *("nodes_falsenodeids", "nodes_falseleafs", "leaf_targetids"),
        )
    }
    for tree in trees:
        first, first_leaf = len(modes), len(votes)
        found["tree_roots"].append(first)
        found["nodes_featureids"] += tree.feature
        found["nodes_missing_value_tracks_true"] += tree.missing
        for sides in tree.sides:
            for word, side in zip(("true", "false"), sides, strict=True):
                at = side + first if side >= 0 else ~side + first_leaf
                found[f"nodes_{word}nodeids"].append(at)
                found[f"nodes_{word}leafs"].append(int(side < 0))
        modes += tree.mode
        splits += [
            0.0 if m == MEMBER else t for m, t in zip(tree.mode, tree.limit, strict=True)
        ]
        votes += tree.votes
        found["leaf_targetids"] += [0] * len(tree.votes)
        for k in sorted(tree.members):
            members += [*tree.members[k], float("nan")]
    kind = TensorProto.FLOAT
    tensors = {
        "nodes_modes": helper.make_tensor("m", TensorProto.UINT8, [len(modes)], modes),
        "nodes_splits": helper.make_tensor("s", kind, [len(splits)], splits),
        "leaf_weights": helper.make_tensor("w", kind, [len(votes)], votes),
    }
    if members:
        tensors["membership_values"] = helper.make_tensor(
            "v", kind, [len(members)], members
        )
    whole = {"n_targets": 1, "aggregate_function": 1, "post_transform": 0}
    return _file("TreeEnsemble", whole | found | tensors | changes, 5, width)


def walk(forest: Forest, x: NDArray[Any]) -> NDArray[np.float64]:
    """Add up the votes (rows, outputs) one row and one node at a time."""
    out = np.tile(forest.base, (len(x), 1))
    for r, root in ((r, root) for r in range(len(x)) for root in forest.roots):
        at = root
        while forest.left[at] != NO_CHILD:
            value, limit = x[r, forest.feature[at]], forest.threshold[at]
            few = forest.members[forest.first[at] : forest.last[at]]
            held = (
                value <= limit
                if forest.test[at] == AT_MOST
                else value == limit
                if forest.test[at] == EQUAL
                else value in few
            )
            left = forest.missing_left[at] if np.isnan(value) else held
            at = forest.left[at] if left else forest.right[at]
        out[r] += forest.value[at]
    return out


def _file(operator: str, attributes: dict[str, Any], version: int, width: int) -> bytes:
    known = {name: value for name, value in attributes.items() if value is not None}
    node = helper.make_node(operator, ["x"], ["y"], domain="ai.onnx.ml", **known)
    ports = [graphs.port("x", shape=[None, width])], [graphs.port("y", shape=[None, 1])]
    made = graphs.model(graphs.graph([node], *ports))
    made.opset_import[1].version = version
    return graphs.data_of(made)
