"""Path-dependent pushes are those of their game, at any depth, and shap's where it is right."""

from typing import Any

import lightgbm
import numpy as np
import onnx
import pytest
import shap
import xgboost
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor
from sklearn.tree import DecisionTreeRegressor

from core.measures import shapley_paths
from core.measures.pattern_plan import TooDeepError
from core.measures.players import find_players
from core.measures.shapley_paths import PathShapley, read_paths
from core.models.forest import NO_CHILD, Forest
from core.models.tree_heads import read_forest
from tests.measures.enumerated import Worth, shapley
from tests.models.combs import comb
from tests.models.cut_here import cut_here
from tests.models.fitted import TREES, Fitted, answers, fitted, numbers, scikit, wrapped
from tests.models.random_trees import first_dialect, grow, rows, walk


def _paths(model: Fitted) -> tuple[PathShapley, NDArray[Any], NDArray[Any]]:
    """Explain all rows, which are the reference too: (outputs, players, rows), and sums."""
    cut = cut_here(model)
    head = cut.opened.head
    assert isinstance(head, Forest)
    derived = cut.derive(model.batch)
    players, player_of = find_players(cut.opened)
    count = len(players)
    found = read_paths(head, player_of, count, [derived.features], double=cut.opened.double)
    pushes = found.explain(derived.features).reshape(head.outputs, count, -1)
    return found, pushes, derived.bare[:, -head.outputs :]


@pytest.mark.parametrize("name", TREES)
def test_pushes_add_up(name: str) -> None:
    """In every row base + pushes is what onnxruntime gives, to 1e-5 of its size."""
    found, pushes, sums = _paths(fitted(name))
    made = pushes.sum(axis=1).T + found.base
    assert (np.abs(made - sums) <= 1e-5 * (1 + np.abs(sums))).all()


def _worth(forest: Forest, reference: NDArray[Any], row: NDArray[Any]) -> Worth:
    """Give the worth of every coalition: left-out columns go both ways, by their shares."""

    def goes_left(at: int, x: NDArray[Any]) -> bool:
        value = x[forest.feature[at]]
        if np.isnan(value):
            return bool(forest.missing_left[at])
        same = value == forest.threshold[at]
        return bool(same if forest.test[at] else value <= forest.threshold[at])

    def mean(at: int, here: NDArray[Any], inside: int) -> float:
        if forest.left[at] == NO_CHILD:
            return float(forest.value[at, 0])
        sides = np.array([goes_left(at, x) for x in here], bool)
        share = sides.mean() if len(here) else 0.5
        if inside >> int(forest.feature[at]) & 1:
            share = float(goes_left(at, row))
        left = mean(forest.left[at], here[sides], inside) if share > 0 else 0.0
        right = mean(forest.right[at], here[~sides], inside) if share < 1 else 0.0
        return float(share * left + (1 - share) * right)

    sets = range(1 << forest.width)
    found = [sum(mean(root, reference, s) for root in forest.roots) for s in sets]
    return np.array(found)[:, None]


@given(st.integers(0, 10**6))
def test_pushes_are_those_of_the_game(seed: int) -> None:
    """Against every coalition of four columns, with shares counted one row at a time."""
    rng = np.random.default_rng(seed)
    data = first_dialect([grow(rng, 4, 5, [0, 1, 2, 3, 4, 5]) for _ in range(2)], width=4)
    forest = read_forest(onnx.load_model_from_string(data).graph.node[0], 4, double=False)
    x = rows(rng, 4, 40)
    found = read_paths(forest, np.arange(4), 4, [np.ascontiguousarray(x.T)], double=False)
    pushes = found.explain(np.ascontiguousarray(x.T))
    for row in (0, 1):
        np.testing.assert_allclose(
            pushes[:, row], shapley(_worth(forest, x, x[row]))[:, 0], atol=1e-9
        )


def _shap_cases() -> dict[str, tuple[Any, Fitted]]:
    x = numbers()
    y = answers(x, "regression")
    few: dict[str, Any] = {"n_estimators": 6, "max_depth": 4, "random_state": 0}
    gradient, extra = GradientBoostingRegressor(**few), ExtraTreesRegressor(**few)
    tree = DecisionTreeRegressor(max_depth=6, random_state=0)
    cases = {
        name: (model, scikit(model, "regression", x))
        for name, model in (("gradient", gradient), ("extra", extra), ("tree", tree))
    }
    shape = [("X", FloatTensorType([None, x.shape[1]]))]
    boost = xgboost.XGBRegressor(n_estimators=6, max_depth=4).fit(x, y)
    made = convert_xgboost(boost, initial_types=shape, target_opset=15)
    cases["xgboost"] = boost, wrapped(made.SerializeToString(), x, boost.predict)
    light = lightgbm.LGBMRegressor(n_estimators=6, num_leaves=12, verbose=-1).fit(x, y)
    made = convert_lightgbm(light, initial_types=shape, target_opset=15)
    cases["lightgbm"] = light, wrapped(made.SerializeToString(), x, light.predict)
    return cases


@pytest.mark.parametrize("name", ["gradient", "extra", "tree", "xgboost", "lightgbm"])
def test_pushes_are_those_of_shap(name: str) -> None:
    """TreeExplainer over the trained object, with the covers of the rows it was trained on."""
    model, made = _shap_cases()[name]
    _, pushes, _ = _paths(made)
    x = np.stack(list(made.columns.values()), axis=1)
    theirs = shap.TreeExplainer(
        model, feature_perturbation="tree_path_dependent"
    ).shap_values(x)
    np.testing.assert_allclose(pushes[0].T, theirs, atol=1e-5)


def test_a_case_worked_out_by_hand() -> None:
    """One question, passed by one of four reference rows: base 0.75, pushes -0.75 and 0.25."""
    x = np.array([[0.0, 1.0, 1.0, 1.0]])
    found = read_paths(comb(1), np.zeros(1, np.int64), 1, [x], double=True)
    assert found.base.tolist() == [0.75]
    assert found.explain(x)[0] == pytest.approx([-0.75, 0.25, 0.25, 0.25])


def test_sixty_columns_deep() -> None:
    """A way of 60 columns, where unwinding has lost all digits: exact to 1e-9."""
    rng = np.random.default_rng(0)
    x = (rng.random((60, 500)) > 0.05).astype(np.float64)
    forest = comb(60)
    found = read_paths(forest, np.arange(60), 60, [x], double=True)
    pushes = found.explain(x)
    truth = walk(forest, x.T)[:, 0]
    np.testing.assert_allclose(pushes.sum(axis=0) + found.base[0], truth, atol=1e-9)


def test_a_column_asked_again_and_again_is_one_player() -> None:
    """Twelve questions about two columns are a game of two players."""
    x = np.random.default_rng(0).random((2, 200)) - 0.3
    forest = comb(2, repeated=6)
    found = read_paths(forest, np.arange(2), 2, [x], double=True)
    pushes = found.explain(x)
    truth = walk(forest, x.T)[:, 0]
    np.testing.assert_allclose(pushes.sum(axis=0) + found.base[0], truth, atol=1e-12)
    worth = _worth(forest, x.T, x[:, 5])
    np.testing.assert_allclose(pushes[:, 5], shapley(worth)[:, 0], atol=1e-12)


def test_endless_ways_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees with too many questions on all their ways are refused before they are laid out."""
    monkeypatch.setattr(shapley_paths, "MOST_STEPS", 100)
    with pytest.raises(TooDeepError):
        read_paths(comb(20), np.arange(20), 20, [], double=True)
