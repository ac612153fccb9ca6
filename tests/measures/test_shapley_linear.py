"""Pushes of linear models are weight times distance from the mean, and add up."""

import numpy as np
import pytest

from core.measures.shapley_linear import mean_linear
from core.models.opened import Linear
from tests.measures.enumerated import picked, shapley, worth_of
from tests.measures.test_shapley_trees import REFERENCE, SHOWN, explained
from tests.models.fitted import LINEAR, fitted


@pytest.mark.parametrize("name", LINEAR)
def test_pushes_add_up_and_are_those_of_the_definition(name: str) -> None:
    """On all rows the sum of onnxruntime; against every coalition of raw columns."""
    model = fitted(name)
    explainer, pushes, sums = explained(model)
    made = pushes.sum(axis=1).T + explainer.pushes.base
    assert (np.abs(made - sums) <= 1e-5 * (1 + np.abs(sums))).all()
    for row in SHOWN:
        worth = worth_of(
            model.margin,
            [player.columns for player in explainer.players],
            picked(model.columns, row),
            picked(model.columns, REFERENCE),
        )
        mine = pushes[-worth.shape[1] :, :, row].T
        np.testing.assert_allclose(
            mine, shapley(worth), atol=1e-5 if "piped" in name else 5e-6
        )


def test_a_case_worked_out_by_hand() -> None:
    """Means 1 and 2, weights 3 and -1, start 5: base 6; the row (2, 4) is pushed by 3 and -2."""
    head = Linear(np.array([[3.0], [-1.0]]), np.array([5.0]))
    parts = [np.array([[0.0], [1.0]]), np.array([[2.0], [3.0]])]
    found = mean_linear(head, np.array([0, 1]), 2, parts)
    assert found.base.tolist() == [6.0]
    assert found.explain(np.array([[2.0], [4.0]])).tolist() == [[3.0], [-2.0]]
    assert found.nbytes == 32


def test_features_of_one_player_are_pushed_together() -> None:
    """One-hot features of a column make one push: the sum of their parts."""
    head = Linear(np.array([[1.0, 2.0], [10.0, 20.0]]), np.zeros(2))
    found = mean_linear(head, np.array([0, 0]), 1, [np.zeros((2, 3))])
    assert found.explain(np.array([[1.0], [1.0]])).tolist() == [[11.0], [22.0]]
