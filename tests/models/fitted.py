"""Models of every kind that is explained exactly, each with its own prediction.

`margin` is what the library that trained the model says of rows, before any link: the
truth that an explanation of the ONNX file is held against.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final
from unittest import mock

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import xgboost
from numpy.typing import NDArray
from onnx import TensorProto
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from skl2onnx.common._container import ModelComponentContainer
from skl2onnx.common.data_types import DoubleTensorType, StringTensorType
from skl2onnx.common.data_types import FloatTensorType as Float
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    SGDClassifier,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    Normalizer,
    OneHotEncoder,
    PolynomialFeatures,
    StandardScaler,
)

ROWS: Final = 300
WIDTH: Final = 6
FEW: Final[dict[str, Any]] = {"max_depth": 4, "random_state": 0}
Columns = dict[str, NDArray[Any]]
Margin = Callable[[Columns], NDArray[np.float64]]


@dataclass(frozen=True)
class Fitted:
    """A model: its file, raw columns of some rows, which input reads which, its own word."""

    data: bytes
    columns: Columns
    feeds: tuple[tuple[str, tuple[str, ...]], ...]
    margin: Margin

    @property
    def batch(self) -> pa.RecordBatch:
        """The raw columns."""
        return batch_of(self.columns)


def batch_of(columns: Columns) -> pa.RecordBatch:
    """Give raw columns as a batch."""
    return pa.record_batch({name: pa.array(values) for name, values in columns.items()})


def numbers(rows: int = ROWS, width: int = WIDTH, *, lacking: bool = False) -> NDArray[Any]:
    """Give rows of independent normal numbers, a tenth of them missing if asked."""
    rng = np.random.default_rng(11)
    x = rng.normal(size=(rows, width)).astype(np.float32)
    if lacking:
        x[rng.random(x.shape) < 0.1] = np.nan
    return x


def answers(x: NDArray[Any], task: str) -> NDArray[Any]:
    """Give the label of each row: an amount, 0 or 1, or 0, 1 or 2."""
    z = np.nan_to_num(x)
    value = z[:, 0] + z[:, 1 % x.shape[1]] * z[:, -1] + 0.5 * z[:, 2 % x.shape[1]]
    if task == "regression":
        return np.asarray(value, np.float64)
    codes: NDArray[Any] = np.digitize(value, [0.0] if task == "binary" else [-0.5, 0.5])
    return codes


def _stacked(columns: Columns) -> NDArray[Any]:
    return np.stack(list(columns.values()), axis=1)


def wrapped(data: bytes, x: NDArray[Any], margin: Callable[[Any], Any]) -> Fitted:
    """Give a model of one input `X` that was trained on `x`."""
    names = tuple(f"x{k}" for k in range(x.shape[1]))

    def of(columns: Columns) -> NDArray[np.float64]:
        found = np.asarray(margin(_stacked(columns)), np.float64)
        return found.reshape(len(found), -1)

    columns = {name: x[:, k].copy() for k, name in enumerate(names)}
    return Fitted(data, columns, (("X", names),), of)


def scikit(
    model: Any, task: str, x: NDArray[Any], margin: str = "", *, double: bool = False
) -> Fitted:
    """Train a model of scikit-learn; `margin` names what it says before its link."""
    model.fit(x, answers(x, task))
    kind = DoubleTensorType if double else Float
    with plain_numbers():
        made = to_onnx(
            model,
            initial_types=[("X", kind([None, x.shape[1]]))],
            options={id(model): {"zipmap": False}} if task != "regression" else None,
            target_opset={"": 18, "ai.onnx.ml": 3},
        )
    if double:  # its regressors answer in float32, whatever skl2onnx declares
        made.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT
    say = getattr(
        model, margin or ("predict" if task == "regression" else "decision_function")
    )
    return wrapped(made.SerializeToString(), x, say)


@contextmanager
def plain_numbers() -> Iterator[None]:
    """Let skl2onnx 1.20 convert the HistGradientBoosting of scikit-learn 1.9.

    Its tree nodes hold uint32 and numpy booleans, which onnx takes for no numbers.
    """
    whole = ModelComponentContainer.add_node

    def add_node(self: Any, *args: Any, **attributes: Any) -> Any:
        return whole(self, *args, **{k: _plain(v) for k, v in attributes.items()})

    with mock.patch.object(ModelComponentContainer, "add_node", add_node):
        yield


def _plain(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    found = [each.item() if isinstance(each, np.generic) else each for each in value]
    return [int(each) if isinstance(each, bool) else each for each in found]


@cache
def fitted(name: str) -> Fitted:
    """Give a model of MODELS, trained once."""
    return MODELS[name]()


def _boosted(library: str, task: str) -> Fitted:
    x = numbers(lacking=True)
    y = answers(x, task)
    shape = [("X", FloatTensorType([None, x.shape[1]]))]
    if library == "xgboost":
        kind = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
        boost = kind(n_estimators=6, max_depth=4).fit(x, y)
        made = convert_xgboost(boost, initial_types=shape, target_opset=15)
        return wrapped(
            made.SerializeToString(), x, lambda z: boost.predict(z, output_margin=True)
        )
    light = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
    model = light(n_estimators=6, num_leaves=12, verbose=-1).fit(x, y)
    extra = {} if task == "regression" else {"zipmap": False}
    made = convert_lightgbm(model, initial_types=shape, target_opset=15, **extra)
    return wrapped(made.SerializeToString(), x, lambda z: model.predict(z, raw_score=True))


def _categories() -> Fitted:
    rng = np.random.default_rng(3)
    x = numbers()
    x[:, 1] = rng.integers(0, 9, ROWS)
    y = x[:, 0] + np.isin(x[:, 1], (1, 4, 6)) * 2.0 + x[:, 2] * (x[:, 1] == 3)
    model = lightgbm.LGBMRegressor(
        n_estimators=6, num_leaves=8, verbose=-1, min_data_per_group=5, cat_smooth=1
    ).fit(x, y, categorical_feature=[1])
    shape = [("X", FloatTensorType([None, x.shape[1]]))]
    made = convert_lightgbm(model, initial_types=shape, target_opset=15)
    return wrapped(made.SerializeToString(), x, lambda z: model.predict(z, raw_score=True))


def piped(final: Any, task: str, margin: str) -> Fitted:
    """Train a pipeline of imputer, scaler and one-hot; one row has a category never seen."""
    rng = np.random.default_rng(5)
    x = numbers(width=3, lacking=True)
    colour, size = rng.choice(["red", "green", "blue"], ROWS), rng.choice(["s", "l"], ROWS)
    columns = {
        "age": x[:, 0].copy(),
        "income": x[:, 1].copy(),
        "debt": x[:, 2].copy(),
        "colour": colour.astype(object),
        "size": size.astype(object),
    }
    y = (
        answers(x, "regression")
        + (colour == "red") * np.nan_to_num(x[:, 0])
        + (size == "s")
    )
    first = ["age", "income", "debt"]
    model = make_pipeline(
        ColumnTransformer(
            [
                ("n", make_pipeline(SimpleImputer(), StandardScaler()), first),
                ("c", OneHotEncoder(handle_unknown="ignore"), ["colour", "size"]),
            ]
        ),
        final,
    )
    model.fit(pd.DataFrame(columns), y if task == "regression" else (y > 0.5).astype(int))
    kinds = [(name, Float([None, 1])) for name in first]
    kinds += [(name, StringTensorType([None, 1])) for name in ("colour", "size")]
    made = to_onnx(
        model,
        initial_types=kinds,
        options={id(final): {"zipmap": False}} if task != "regression" else None,
        target_opset={"": 18, "ai.onnx.ml": 3},
    )
    columns["colour"][0] = "never seen"
    feeds = tuple((name, (name,)) for name in columns)

    def of(asked: Columns) -> NDArray[np.float64]:
        found = np.asarray(getattr(model, margin)(pd.DataFrame(asked)), np.float64)
        return found.reshape(len(found), -1)

    return Fitted(made.SerializeToString(), columns, feeds, of)


def _rate(model: Any) -> Fitted:
    x = numbers()
    y = np.random.default_rng(0).poisson(np.exp(0.3 * x[:, 0] + 0.2 * x[:, 1]))
    model.fit(x, y)
    made = to_onnx(model, initial_types=[("X", Float([None, WIDTH]))], target_opset=18)
    return wrapped(made.SerializeToString(), x, lambda z: np.log(model.predict(z)))


def mixed(step: Any) -> Fitted:
    """Train boosted trees behind a step that mixes the last four of six columns."""
    x = numbers()
    model = make_pipeline(
        ColumnTransformer([("m", step, [2, 3, 4, 5])], remainder="passthrough"),
        GradientBoostingRegressor(n_estimators=6, max_depth=3, random_state=0),
    )
    model.fit(x, answers(x, "regression"))
    made = to_onnx(model, initial_types=[("X", Float([None, WIDTH]))], target_opset=18)
    return wrapped(made.SerializeToString(), x, model.predict)


def _forest(kind: Any, task: str) -> Fitted:
    margin = "predict" if task == "regression" else "predict_proba"
    return scikit(kind(n_estimators=6, **FEW), task, numbers(), margin)


def _gradient(task: str, **changes: Any) -> Fitted:
    kind = GradientBoostingRegressor if task == "regression" else GradientBoostingClassifier
    return scikit(kind(n_estimators=6, **FEW), task, numbers(), **changes)


def _hist(task: str) -> Fitted:
    regress, classify = HistGradientBoostingRegressor, HistGradientBoostingClassifier
    kind = regress if task == "regression" else classify
    return scikit(kind(max_iter=6, **FEW), task, numbers(lacking=True))


TASKS: Final = ("binary", "multiclass", "regression")
TREES: Final[dict[str, Callable[[], Fitted]]] = {
    **{f"gradient {t}": partial(_gradient, t) for t in TASKS},
    **{f"hist {t}": partial(_hist, t) for t in TASKS},
    **{f"xgboost {t}": partial(_boosted, "xgboost", t) for t in TASKS},
    **{f"lightgbm {t}": partial(_boosted, "lightgbm", t) for t in TASKS},
    **{f"forest {t}": partial(_forest, RandomForestClassifier, t) for t in TASKS[:2]},
    "forest regression": lambda: _forest(RandomForestRegressor, "regression"),
    **{f"extra {t}": partial(_forest, ExtraTreesClassifier, t) for t in TASKS[:2]},
    "extra regression": lambda: _forest(ExtraTreesRegressor, "regression"),
    "lightgbm categories": _categories,
    "double": lambda: _gradient("regression", double=True),
    "piped trees": lambda: piped(
        GradientBoostingClassifier(n_estimators=6, max_depth=3, random_state=0),
        "binary",
        "decision_function",
    ),
    "one feature": lambda: scikit(
        GradientBoostingRegressor(n_estimators=6, **FEW), "regression", numbers(width=1)
    ),
    "PCA": lambda: mixed(PCA(2)),
    "polynomial": lambda: mixed(PolynomialFeatures(2)),
    "normalizer": lambda: mixed(Normalizer()),
}
LINEAR: Final[dict[str, Callable[[], Fitted]]] = {
    "logistic binary": lambda: scikit(LogisticRegression(), "binary", numbers()),
    "logistic multiclass": lambda: scikit(LogisticRegression(), "multiclass", numbers()),
    "linear": lambda: scikit(LinearRegression(), "regression", numbers()),
    "gradient descent": lambda: scikit(
        SGDClassifier(loss="log_loss", random_state=0), "binary", numbers()
    ),
    "rate": lambda: _rate(PoissonRegressor()),
    "piped linear": lambda: piped(LogisticRegression(), "binary", "decision_function"),
}
MODELS: Final = TREES | LINEAR
