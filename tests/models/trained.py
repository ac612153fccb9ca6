"""Small models trained on the spot, and converted as their users convert them."""

from functools import cache
from typing import Any

import lightgbm
import numpy as np
import xgboost
from numpy.typing import NDArray
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.linear_model import LogisticRegression

ROWS, COLUMNS = 400, 4
NAMES = tuple(f"f{i}" for i in range(COLUMNS))


def table() -> NDArray[np.float32]:
    """Give 400 rows of four features."""
    rng = np.random.default_rng(7)
    return np.asarray(rng.normal(size=(ROWS, COLUMNS)), dtype=np.float32)


def outcome(task: str) -> NDArray[Any]:
    """Give the label of each row."""
    x = table()
    value = x[:, 0] + x[:, 1] ** 2
    if task == "regression":
        return np.asarray(value, dtype=np.float64)
    if task == "binary":
        return np.asarray(value > 1, dtype=np.int64)
    letters: NDArray[Any] = np.take(["a", "b", "c"], np.digitize(value, [0, 1]))
    return letters


def _estimator(library: str, task: str) -> Any:
    few: dict[str, Any] = {"n_estimators": 8, "max_depth": 3, "random_state": 0}
    if library == "logistic":
        return LogisticRegression()
    if library == "sklearn":
        kind = GradientBoostingRegressor if task == "regression" else None
        return (kind or GradientBoostingClassifier)(**few)
    if library == "lightgbm":
        model = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
        return model(**few, verbose=-1)
    boost = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
    return boost(**few)


@cache
def train(library: str, task: str, *, zipmap: bool) -> bytes:
    """Give an ONNX file with one input `X` of four columns."""
    y = outcome(task)
    if library == "xgboost" and task == "multiclass":
        y = np.searchsorted(["a", "b", "c"], y)  # it takes only 0, 1, 2
    fitted = _estimator(library, task).fit(table(), y)
    if library in ("logistic", "sklearn"):
        options = {id(fitted): {"zipmap": zipmap}} if task != "regression" else None
        made = to_onnx(fitted, table()[:1], options=options, target_opset=18)
    else:
        convert = convert_lightgbm if library == "lightgbm" else convert_xgboost
        shape = [("X", FloatTensorType([None, COLUMNS]))]
        extra = {"zipmap": zipmap} if library == "lightgbm" else {}
        made = convert(fitted, initial_types=shape, target_opset=15, **extra)
    data: bytes = made.SerializeToString()
    return data
