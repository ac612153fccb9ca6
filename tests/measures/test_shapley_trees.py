"""Pushes of trees are Shapley values of raw columns, exactly, whoever trained them."""

from functools import cache
from typing import Any

import numpy as np
import pytest
import shap
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor

from core.measures.explainer import Explainer, make_explainer
from core.measures.pattern_plan import TooDeepError
from core.measures.score_links import Outcome
from core.measures.shapley_trees import read_reference
from core.models.forest import Forest
from core.records.explanations import Game, Link
from tests.measures.enumerated import picked, shapley, worth_of
from tests.models import ensembles
from tests.models.combs import comb
from tests.models.cut_here import cut_here
from tests.models.fitted import TREES, Fitted, answers, batch_of, fitted, numbers, scikit
from tests.models.random_trees import fifth_dialect, first_dialect, grow, walk

MEMBER = 6
REFERENCE = slice(0, 60)
SHOWN = (0, 99, 201)


def explained(
    model: Fitted, reference: slice = REFERENCE
) -> tuple[Explainer, NDArray[Any], NDArray[Any]]:
    """Explain all rows of a model: its explainer, pushes (outputs, players, rows), sums."""
    cut = cut_here(model)
    derived = cut.derive(model.batch)
    head = cut.opened.head
    outputs = head.outputs if isinstance(head, Forest) else len(head.start)
    explainer = make_explainer(
        cut.opened,
        Outcome(np.eye(outputs), Link.IDENTITY),
        lambda: iter([cut.derive(batch_of(picked(model.columns, reference))).features]),
        game=Game.INTERVENTIONAL,
    )
    pushes = explainer.explain(derived.features).reshape(
        outputs, len(explainer.players), -1
    )
    return explainer, pushes, explainer.sums(derived.bare)


@cache
def _known(name: str) -> tuple[Explainer, NDArray[Any], NDArray[Any]]:
    return explained(fitted(name))


@pytest.mark.parametrize("name", TREES)
def test_pushes_add_up_to_the_sum_of_onnxruntime(name: str) -> None:
    """In every row base + pushes is what onnxruntime gives, to 1e-5 of its size."""
    explainer, pushes, sums = _known(name)
    assert explainer.game is Game.INTERVENTIONAL
    made = pushes.sum(axis=1).T + explainer.pushes.base
    assert (np.abs(made - sums) <= 1e-5 * (1 + np.abs(sums))).all()


@pytest.mark.parametrize("name", TREES)
def test_pushes_are_those_of_the_definition(name: str) -> None:
    """Against every coalition of raw columns, worth what the library itself predicts."""
    model = fitted(name)
    explainer, pushes, _ = _known(name)
    players = [player.columns for player in explainer.players]
    for row in SHOWN:
        worth = worth_of(
            model.margin,
            players,
            picked(model.columns, row),
            picked(model.columns, REFERENCE),
        )[:, -len(pushes) :]
        np.testing.assert_allclose(pushes[:, :, row].T, shapley(worth), atol=1e-6)


def _decimals() -> Fitted:
    x = np.round(numbers(300, 4), 1)
    model = RandomForestRegressor(n_estimators=20, max_depth=5, random_state=0)
    return scikit(model, "regression", x)


def test_decimals_where_shap_is_wrong() -> None:
    """Steps of 0.1 lie next to their midpoints: shap rounds limits to float32, and errs."""
    model = _decimals()
    _, pushes, _ = explained(model)
    x = np.stack(list(model.columns.values()), axis=1)
    forest = RandomForestRegressor(n_estimators=20, max_depth=5, random_state=0)
    forest.fit(x, answers(x, "regression"))
    tree = shap.TreeExplainer(
        forest, x[REFERENCE].astype(np.float64), feature_perturbation="interventional"
    )
    theirs = tree.shap_values(x.astype(np.float64), check_additivity=False)
    worst = int(np.abs(theirs - pushes[0].T).max(axis=1).argmax())
    worth = worth_of(
        model.margin,
        [(name,) for name in model.columns],
        picked(model.columns, worst),
        picked(model.columns, REFERENCE),
    )
    truth = shapley(worth)[:, 0]
    np.testing.assert_allclose(pushes[0, :, worst], truth, atol=1e-6)
    assert np.abs(theirs[worst] - truth).max() > 1e-4


def test_a_case_worked_out_by_hand() -> None:
    """X <= 0.5 votes 0.25, else 0.75; three of four reference rows vote 0.75: base 0.625."""
    model = Fitted(
        ensembles.tree(),
        {"x": np.array([0.0, 1.0, 2.0, 0.6], np.float32)},
        (("x", ("x",)),),
        lambda columns: np.where(columns["x"] <= 0.5, 0.25, 0.75)[:, None],
    )
    explainer, pushes, _ = explained(model)
    assert explainer.pushes.base.tolist() == [0.625]
    assert pushes[0, 0].tolist() == [-0.375, 0.125, 0.125, 0.125]


@pytest.mark.parametrize("seed", range(6))
def test_every_question(seed: int) -> None:
    """All seven questions of the fifth dialect, membership and missing values among them."""
    rng = np.random.default_rng(seed)
    modes = [0, 1, 2, 3, 4, 5] if seed % 2 else [0, MEMBER]
    trees = [grow(rng, 4, 4, modes) for _ in range(3)]
    write = first_dialect if seed == 1 else fifth_dialect
    x = rng.choice([-1.0, -0.1, 0.1, 0.3, 1.0, 2.0, 3.0, 40.0], (60, 4)).astype(np.float32)
    if seed % 2:
        x[rng.random(x.shape) < 0.1] = np.nan
    else:
        x = np.round(np.abs(x)).astype(np.float32)
    names = tuple(f"x{k}" for k in range(4))
    columns = {name: x[:, k].copy() for k, name in enumerate(names)}
    bare = Fitted(
        write(trees, width=4), columns, (("x", names),), lambda _: np.zeros((1, 1))
    )
    cut = cut_here(bare)
    head = cut.opened.head
    assert isinstance(head, Forest)
    used = [few[0] for few in cut.opened.origins]
    explainer, pushes, sums = explained(bare)
    np.testing.assert_allclose(
        pushes[0].sum(axis=0) + explainer.pushes.base, sums[:, 0], atol=1e-5
    )
    worth = worth_of(
        lambda c: walk(head, np.stack(list(c.values()), axis=1)[:, used]),
        [(name,) for name in names],
        picked(columns, 7),
        picked(columns, slice(0, 20)),
    )
    _, few, _ = explained(bare, slice(0, 20))
    np.testing.assert_allclose(few[0, :, 7], shapley(worth)[:, 0], atol=1e-6)


def test_a_model_that_always_answers_the_same() -> None:
    """Every push is 0, and the base is the answer."""
    x = numbers()
    model = RandomForestRegressor(n_estimators=2, random_state=0)
    made = scikit(_constant(model), "regression", x)
    explainer, pushes, sums = explained(made)
    assert not pushes.any()
    np.testing.assert_allclose(explainer.pushes.base[0], sums[:, 0])


def _constant(model: Any) -> Any:
    fit = model.fit
    model.fit = lambda x, _y: fit(x, np.full(len(x), 0.25))
    return model


def test_two_thousand_columns() -> None:
    """Wide tables are explained; a column that no tree asks about is pushed by 0."""
    x = numbers(120, 2000)
    model = RandomForestRegressor(n_estimators=5, max_depth=5, random_state=0)
    made = scikit(model, "regression", x)
    explainer, pushes, sums = explained(made)
    assert len(explainer.players) == 2000
    asked = {k for tree in model.estimators_ for k in tree.tree_.feature if k >= 0}
    silent = sorted(set(range(2000)) - asked)
    assert not pushes[0, silent].any()
    np.testing.assert_allclose(
        pushes[0].sum(axis=0) + explainer.pushes.base, sums[:, 0], atol=1e-5
    )


def test_rows_do_not_depend_on_their_neighbours() -> None:
    """A row alone has the pushes, to the bit, that it has among others."""
    cut = cut_here(fitted("gradient binary"))
    features = cut.derive(fitted("gradient binary").batch).features
    head = cut.opened.head
    assert isinstance(head, Forest)
    player_of = np.array([few[0] for few in cut.opened.origins])
    tables = read_reference(head, player_of, 6, [features], double=False)
    together = tables.explain(features)
    alone = tables.explain(np.ascontiguousarray(features[:, 42:43]))
    assert together[:, 42].tolist() == alone[:, 0].tolist()


def test_long_ways_are_left_to_quadrature() -> None:
    """A way that asks about more columns than a table can hold is refused, not walked."""
    head = comb(16)
    with pytest.raises(TooDeepError):
        read_reference(head, np.arange(16), 16, [], double=False)
