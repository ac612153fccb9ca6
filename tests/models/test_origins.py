"""Provenance is never wrong: what a column can change carries it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import onnx
import pyarrow as pa
import pytest
from onnx import NodeProto, helper, numpy_helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    Binarizer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)

from tests.models import graphs
from tests.models.cut_here import cut_here
from tests.models.fitted import MODELS, Fitted, answers, batch_of, fitted, numbers

WIDTH = 6


def _behind(step: Any, x: Any = None) -> Fitted:
    """Train trees behind a step, deep enough to ask about most of what it makes."""
    x = numbers() if x is None else x
    model = make_pipeline(
        step, GradientBoostingRegressor(n_estimators=30, max_depth=4, random_state=0)
    )
    model.fit(x, answers(x, "regression"))
    made = to_onnx(
        model, initial_types=[("X", FloatTensorType([None, x.shape[1]]))], target_opset=18
    )
    names = tuple(f"x{k}" for k in range(x.shape[1]))
    columns = {name: x[:, k].copy() for k, name in enumerate(names)}
    return Fitted(
        made.SerializeToString(), columns, (("X", names),), lambda _: np.zeros((1, 1))
    )


STEPS: dict[str, Callable[[], Any]] = {
    "scalers": lambda: make_pipeline(StandardScaler(), MinMaxScaler(), MaxAbsScaler()),
    "robust": RobustScaler,
    "PCA": lambda: PCA(3),
    "polynomial": lambda: PolynomialFeatures(2),
    "interactions": lambda: PolynomialFeatures(2, interaction_only=True),
    "normalizer": Normalizer,
    "binarizer": Binarizer,
    "bins": lambda: KBinsDiscretizer(
        3, encode="ordinal", quantile_method="averaged_inverted_cdf"
    ),
    "selection": lambda: SelectKBest(f_regression, k=4),
    "union": lambda: make_union(PCA(2), StandardScaler()),
    "apart": lambda: ColumnTransformer(
        [("p", PCA(1), [0, 1]), ("n", Normalizer(), [2, 3])], remainder="passthrough"
    ),
    "nested": lambda: make_pipeline(
        ColumnTransformer([("p", PolynomialFeatures(2), [4, 5])], remainder="passthrough"),
        StandardScaler(),
    ),
}


def _whole_numbers() -> Fitted:
    x = np.floor(np.abs(numbers()) * 3)
    return _behind(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), x)


def _stepped(name: str) -> Fitted:
    return _behind(STEPS[name]())


PIPELINES: dict[str, Callable[[], Fitted]] = {
    **{name: partial(_stepped, name) for name in STEPS},
    **{name: partial(fitted, name) for name in MODELS},
}


@pytest.mark.parametrize("name", PIPELINES)
def test_shuffling_a_column_changes_only_what_carries_it(name: str) -> None:
    """Row by row, every feature that moved names the column among its origins."""
    model = PIPELINES[name]()
    rng = np.random.default_rng(0)
    cut = cut_here(model)
    before = cut.derive(model.batch).features
    for number, column in enumerate(cut.opened.columns):
        shuffled = dict(model.columns)
        shuffled[column] = rng.permutation(shuffled[column])
        after = cut.derive(batch_of(shuffled)).features
        same = (before == after) | (np.isnan(before) & np.isnan(after))
        for feature in np.flatnonzero(~same.all(axis=1)):
            assert number in cut.opened.origins[feature]


@pytest.mark.parametrize("name", ["scalers", "binarizer", "selection"])
def test_columns_that_stay_apart_are_not_joined(name: str) -> None:
    """Steps that work column by column leave every feature with one column."""
    origins = cut_here(PIPELINES[name]()).opened.origins
    assert all(len(few) == 1 for few in origins)


def test_one_hot_features_carry_their_column() -> None:
    """All features of one category column are its own; numbers stay with theirs."""
    opened = cut_here(fitted("piped linear")).opened
    assert all(len(few) == 1 for few in opened.origins)
    counted = {opened.columns[k]: 0 for k in range(len(opened.columns))}
    for (k,) in opened.origins:
        counted[opened.columns[k]] += 1
    assert counted == {"age": 1, "income": 1, "debt": 1, "colour": 3, "size": 2}


def test_the_operator_in_which_columns_met_is_named() -> None:
    """PCA meets in its product, Normalizer in itself."""
    met = dict(cut_here(_behind(PCA(2))).opened.met)
    assert met[tuple(range(WIDTH))] in {"MatMul", "Gemm"}
    met = dict(cut_here(_behind(Normalizer())).opened.met)
    assert met[tuple(range(WIDTH))] == "Normalizer"


def _rule(nodes: list[NodeProto], **constants: Any) -> list[tuple[int, ...]]:
    """Give the origins of what three columns become before a line that reads all of it."""
    tensors = [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()]
    ports = [graphs.port("x", shape=[None, 3])], [graphs.port("y", shape=None)]
    model = graphs.model(graphs.graph(nodes, *ports, tensors))
    rows = np.arange(6, dtype=np.float32)
    columns = {name: rows + k for k, name in enumerate("abc")}
    made = Fitted(
        graphs.data_of(model),
        columns,
        (("x", ("a", "b", "c")),),
        lambda _: np.zeros((1, 1)),
    )
    return list(cut_here(made).opened.origins)


def _last(width: int) -> tuple[NodeProto, dict[str, Any]]:
    return helper.make_node("MatMul", ["z", "w"], ["y"]), {
        "w": np.ones((width, 1), np.float32)
    }


def _node(kind: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


RULES: dict[str, tuple[list[NodeProto], dict[str, Any], list[tuple[int, ...]]]] = {
    "picked": (
        [_node("ArrayFeatureExtractor", "x i", "z", domain="ai.onnx.ml")],
        {"i": np.array([2, 0])},
        [(2,), (0,)],
    ),
    "gathered": (
        [_node("Gather", "x i", "z", axis=1)],
        {"i": np.array([-1, 1])},
        [(2,), (1,)],
    ),
    "turned twice": (
        [_node("Transpose", "x", "t"), _node("Transpose", "t", "z")],
        {},
        [(0,), (1,), (2,)],
    ),
    "side by side": (
        [_node("Concat", "x x", "z", axis=1)],
        {},
        [(0,), (1,), (2,), (0,), (1,), (2,)],
    ),
    "weighed": (
        [_node("MatMul", "x v", "z")],
        {"v": np.array([[1, 0], [0, 0], [2, 3]], np.float32)},
        [(0, 2), (2,)],
    ),
    "summed": (
        [_node("ReduceSum", "x a", "z", keepdims=1)],
        {"a": np.array([1])},
        [(0, 1, 2)],
    ),
    "broadcast": (
        [
            _node("Slice", "x s e a", "first"),
            _node("Mul", "x first", "z"),
        ],
        {"s": np.array([0]), "e": np.array([1]), "a": np.array([1])},
        [(0, 1, 2), (0, 1, 2), (0, 1, 2)],  # Slice has no rule: all columns
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_rules_of_operators(name: str) -> None:
    """Worked out by hand: which columns can change which number."""
    nodes, constants, expected = RULES[name]
    last, weights = _last(len(expected))
    assert _rule([*nodes, last], **constants, **weights) == expected


def test_branches_carry_what_they_take_from_outside() -> None:
    """A column that only a branch of If reads is behind all that If gives."""
    branch = graphs.graph([_node("Add", "x x", "b")], [], [graphs.port("b", shape=None)])
    node = helper.make_node("If", ["c"], ["z"], then_branch=branch, else_branch=branch)
    last, weights = _last(3)
    found = _rule([node, last], c=np.array(True), **weights)  # noqa: FBT003
    assert found == [(0, 1, 2)] * 3


def test_ordinal_codes_are_of_their_column() -> None:
    """Whole numbers turned into codes move with no other column."""
    model = _whole_numbers()
    assert isinstance(model.batch, pa.RecordBatch)
    assert all(len(few) == 1 for few in cut_here(model).opened.origins)
    assert onnx.load_model_from_string(model.data).graph.node
