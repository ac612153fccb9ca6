"""Tree nodes of a model file, read as a forest (child side).

Reads `TreeEnsembleClassifier` and `TreeEnsembleRegressor` of ai.onnx.ml 1 to 4, and
`TreeEnsemble` of ai.onnx.ml 5.
"""

from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from core.errors import RefusedModelError
from core.models.forest import AT_MOST, EQUAL, MEMBER, NO_CHILD, Forest

MODES: Final = ("LEQ", "LT", "GTE", "GT", "EQ", "NEQ", "MEMBER")
LEAF: Final = -1
SWAPPED: Final = (2, 3, 5)  # tests that hold where their opposite sends right
BELOW: Final = (1, 2)  # x < t is x <= the number before t
SUM, AVERAGE = 1, 0
TWO_CLASSES: Final = 2

Attributes = dict[str, Any]


def read_forest(node: onnx.NodeProto, width: int, *, double: bool) -> Forest:
    """Give the forest that a tree node holds, over `width` features.

    `double` says that the features arrive as float64, and are compared as such.

    Raises:
        RefusedModelError: the node adds up its trees in a way that has no exact account,
            or names nodes that are not there.
    """
    found = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    try:
        if node.op_type == "TreeEnsemble":
            return _read_five(found, width, double=double)
        return _read_first(found, width, node.op_type, double=double)
    except (KeyError, IndexError, ValueError, OverflowError):
        raise RefusedModelError(
            "The trees of the model name nodes that are not there.",
            hint="Export the model again.",
        ) from None


def _read_first(found: Attributes, width: int, kind: str, *, double: bool) -> Forest:
    """Read the parallel lists of ai.onnx.ml 1 to 4."""
    trees, ids = (
        _numbers(found, "nodes_treeids", "i8"),
        _numbers(found, "nodes_nodeids", "i8"),
    )
    place = {key: k for k, key in enumerate(zip(trees.tolist(), ids.tolist(), strict=True))}
    modes = np.array([_mode(mode) for mode in found["nodes_modes"]], np.int64)
    left = _children(found, "nodes_truenodeids", place, modes)
    right = _children(found, "nodes_falsenodeids", place, modes)
    child = np.zeros(len(trees), bool)
    for side in (left, right):
        child[side[side != NO_CHILD]] = True
    value, base = _votes(found, kind, place, len(trees))
    roots = np.flatnonzero(~child)
    if _aggregate(found.get("aggregate_function", b"SUM")) == AVERAGE:
        value /= len(roots)
    missing = np.zeros(len(trees), bool)
    tracked = _numbers(found, "nodes_missing_value_tracks_true", "i8").astype(bool)
    if len(tracked):
        missing[:] = _as_many(tracked, len(trees))
    return _normalised(
        modes,
        _numbers(found, "nodes_featureids", "i8"),
        _numbers(found, "nodes_values", "f8"),
        missing,
        (left, right),
        value=value,
        roots=roots,
        base=base,
        width=width,
        double=double,
    )


def _mode(name: bytes) -> int:
    text = name.decode()
    return LEAF if text == "LEAF" else MODES.index(text.removeprefix("BRANCH_"))


def _children(
    found: Attributes,
    name: str,
    place: dict[tuple[int, int], int],
    modes: NDArray[np.int64],
) -> NDArray[np.int64]:
    trees, to = _numbers(found, "nodes_treeids", "i8"), _numbers(found, name, "i8")
    children = np.full(len(trees), NO_CHILD, np.int64)
    for k in np.flatnonzero(modes != LEAF).tolist():
        children[k] = place[int(trees[k]), int(to[k])]
    return children


def _votes(
    found: Attributes, kind: str, place: dict[tuple[int, int], int], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give what each leaf adds to each output, and where the outputs start."""
    word = "class" if kind == "TreeEnsembleClassifier" else "target"
    ids = _numbers(found, f"{word}_ids", "i8")
    outputs = _outputs(found, word, ids)
    if outputs == 1:
        ids = np.zeros_like(ids)
    votes = np.zeros((count, outputs))
    keys = zip(
        _numbers(found, f"{word}_treeids", "i8").tolist(),
        _numbers(found, f"{word}_nodeids", "i8").tolist(),
        strict=True,
    )
    weights = _as_many(_numbers(found, f"{word}_weights", "f8"), len(ids))
    np.add.at(votes, (np.array([place[key] for key in keys], np.int64), ids), weights)
    base = np.zeros(outputs)
    start = _numbers(found, "base_values", "f8")
    if len(start):
        base[:] = start[-outputs:] if len(start) >= outputs else start
    return votes, base


def _outputs(found: Attributes, word: str, ids: NDArray[np.int64]) -> int:
    """Give the number of outputs; two classes that share one weight have one."""
    if word == "target":
        return int(found.get("n_targets", 1) or 1)
    labels = found.get("classlabels_int64s") or found.get("classlabels_strings") or ()
    shared = len(labels) == TWO_CLASSES and len(set(ids.tolist())) == 1
    return 1 if shared else len(labels)


def _read_five(found: Attributes, width: int, *, double: bool) -> Forest:
    """Read the tensors of ai.onnx.ml 5: inner nodes first, leaves after them."""
    splits = numpy_helper.to_array(found["nodes_splits"])
    inner, leaves = len(splits), len(found["leaf_targetids"])
    modes = np.full(inner + leaves, LEAF, np.int64)
    modes[:inner] = _as_many(numpy_helper.to_array(found["nodes_modes"]), inner)
    if int(modes.max()) >= len(MODES):
        raise ValueError
    left, right = (np.full(inner + leaves, NO_CHILD, np.int64) for _ in range(2))
    for side, ids, at_leaf in (
        (left, "nodes_truenodeids", "nodes_trueleafs"),
        (right, "nodes_falsenodeids", "nodes_falseleafs"),
    ):
        to_leaf = _as_many(_numbers(found, at_leaf, "i8"), inner)
        side[:inner] = _as_many(_numbers(found, ids, "i8"), inner) + inner * to_leaf
    value = np.zeros((inner + leaves, int(found["n_targets"])))
    value[inner + np.arange(leaves), _numbers(found, "leaf_targetids", "i8")] = _as_many(
        numpy_helper.to_array(found["leaf_weights"]), leaves
    )
    roots = _numbers(found, "tree_roots", "i8")
    if _aggregate(found.get("aggregate_function", SUM)) == AVERAGE:
        value /= len(roots)
    missing = np.zeros(inner + leaves, bool)
    tracked = _numbers(found, "nodes_missing_value_tracks_true", "i8").astype(bool)
    if len(tracked):
        missing[:inner] = _as_many(tracked, inner)
    return _normalised(
        modes,
        np.concatenate(
            [_numbers(found, "nodes_featureids", "i8"), np.zeros(leaves, np.int64)]
        ),
        np.concatenate([splits.astype(np.float64), np.zeros(leaves)]),
        missing,
        (left, right),
        value=value,
        roots=roots,
        base=np.zeros(value.shape[1]),
        width=width,
        double=double,
        members=_members(found, modes),
    )


def _members(found: Attributes, modes: NDArray[np.int64]) -> dict[int, NDArray[np.float64]]:
    """Give the values of each membership test; the file separates them by NaN."""
    if "membership_values" not in found:
        return {}
    values = numpy_helper.to_array(found["membership_values"]).astype(np.float64)
    parts = np.split(values, np.flatnonzero(np.isnan(values)))
    asking = np.flatnonzero(modes == MODES.index("MEMBER")).tolist()
    return {node: part[~np.isnan(part)] for node, part in zip(asking, parts, strict=False)}


def _normalised(  # noqa: PLR0913 - the lists of a tree node
    modes: NDArray[np.int64],
    feature: NDArray[np.int64],
    threshold: NDArray[np.float64],
    missing: NDArray[np.bool_],
    children: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    value: NDArray[np.float64],
    roots: NDArray[np.int64],
    base: NDArray[np.float64],
    width: int,
    double: bool,
    members: dict[int, NDArray[np.float64]] | None = None,
) -> Forest:
    """Write all seven tests as `<=`, `==` or membership, with the branches swapped."""
    kind = np.float64 if double else np.float32
    narrow = threshold.astype(kind)
    below = np.isin(modes, BELOW)
    narrow[below] = np.nextafter(narrow[below], kind(-np.inf))
    swapped = np.isin(modes, SWAPPED)
    left, right = children
    # A missing value answers every comparison with no, but for "is not equal".
    true_when_missing = missing | (modes == MODES.index("NEQ"))
    test = np.full(len(modes), AT_MOST, np.int8)
    test[np.isin(modes, (MODES.index("EQ"), MODES.index("NEQ")))] = EQUAL
    test[modes == MODES.index("MEMBER")] = MEMBER
    first, last, flat = _laid_out(members or {}, len(modes))
    return Forest(
        test=test,
        feature=feature,
        threshold=narrow.astype(np.float64),
        missing_left=np.where(swapped, ~true_when_missing, true_when_missing),
        left=np.where(swapped, right, left),
        right=np.where(swapped, left, right),
        first=first,
        last=last,
        members=flat,
        value=value,
        roots=roots.astype(np.int64),
        base=base,
        width=width,
    )


def _laid_out(
    members: dict[int, NDArray[np.float64]], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    first, last = np.zeros(count, np.int64), np.zeros(count, np.int64)
    flat: list[float] = []
    for node, values in members.items():
        first[node] = len(flat)
        flat += values.tolist()
        last[node] = len(flat)
    return first, last, np.array(flat, np.float64)


def _aggregate(said: bytes | int) -> int:
    how = (
        said
        if isinstance(said, int)
        else {b"SUM": SUM, b"AVERAGE": AVERAGE}.get(said, LEAF)
    )
    if how not in (SUM, AVERAGE):
        raise RefusedModelError(
            "The trees of the model are joined by their smallest or largest vote.",
            hint="Only trees that are added up or averaged have an exact account.",
        )
    return how


def _as_many(values: NDArray[Any], count: int) -> NDArray[Any]:
    """Give the same list if it is as long as it has to be: numpy would repeat a single one."""
    if len(values) != count:
        raise ValueError
    return values


def _numbers(found: Attributes, name: str, kind: str) -> NDArray[Any]:
    """Give a list of numbers, whether the file wrote it as a list or as a tensor."""
    value = found.get(f"{name}_as_tensor", found.get(name))
    if value is None:
        return np.zeros(0, kind)
    plain = numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value
    return np.asarray(plain).astype(kind)
