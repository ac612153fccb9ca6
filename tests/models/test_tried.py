"""Pushes by trying are close to the definition, and say how close."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from core.models.tried import Trying
from tests.measures.enumerated import shapley

RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(40, 4))


def _score(
    f: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> Callable[..., NDArray[np.float64]]:
    """Give what scores places: column `k` of a place is a row of VALUES."""

    def score(places: NDArray[np.int64]) -> NDArray[np.float64]:
        return f(np.stack([VALUES[places[:, k].astype(int), k] for k in range(4)], axis=1))

    return score


def _places(count: int) -> NDArray[np.int64]:
    return np.tile(np.arange(count)[:, None], (1, 4))


def test_a_sum_is_told_exactly() -> None:
    """Where columns only add up, any order gives the true push, and no error."""
    weights = np.array([1.0, -2.0, 0.0, 3.0])
    tried = Trying(_score(lambda x: (x @ weights)[:, None]), _places(30)).explain(
        _places(40)[35]
    )
    truth = weights * (VALUES[35] - VALUES[:30].mean(axis=0))
    np.testing.assert_allclose(tried.values[0], truth, atol=1e-6)
    assert tried.error < 1e-6
    np.testing.assert_allclose(tried.base, (VALUES[:30] @ weights).mean())


def _bent(x: NDArray[np.float64]) -> NDArray[np.float64]:
    z = x[:, 0] * x[:, 1] + np.sin(x[:, 2]) * x[:, 3]
    return np.stack([z, 1 - z], axis=1)


def test_close_to_the_definition_for_both_outputs() -> None:
    """Products of columns: within a few of the errors that are told, and adding up."""
    trying = Trying(_score(_bent), _places(30))
    for row in (31, 36):
        tried = trying.explain(_places(40)[row])
        sets = np.arange(16)
        inside = (sets[:, None] >> np.arange(4) & 1).astype(bool)
        worth = np.stack(
            [
                _bent(np.where(mask, VALUES[row], VALUES[:30])).mean(axis=0)
                for mask in inside
            ]
        )
        truth = shapley(worth).T
        assert np.abs(tried.values - truth).max() < 0.05
        made = tried.values.sum(axis=1) + tried.base
        np.testing.assert_allclose(made, _bent(VALUES[row][None])[0], atol=1e-6)


def test_the_same_row_twice() -> None:
    """Orders are seeded: two explainers say the same, to the bit."""
    first, second = (
        Trying(_score(_bent), _places(30)).explain(_places(40)[33]) for _ in range(2)
    )
    assert first.values.tolist() == second.values.tolist()
    assert first.error == pytest.approx(second.error, abs=0.0)
