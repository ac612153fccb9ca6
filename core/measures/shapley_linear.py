"""Exact Shapley values of a linear head: each player's part of the sum, less its mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.models.opened import Linear


@dataclass(frozen=True, slots=True)
class LinearShapley:
    """Weights and means that give the Shapley values of any row.

    In a sum of parts that depend on one player each, a player's value is its own part less
    the mean of that part over the reference rows, in every game.
    """

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    base: NDArray[np.float64]
    player_of: NDArray[np.int64]
    players: int

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        return int(self.weights.nbytes + self.means.nbytes)

    def explain(self, features: NDArray[Any]) -> NDArray[np.float64]:
        """Give (outputs x players, rows): by how much each player moves each output."""
        outputs = self.weights.shape[1]
        out = np.zeros((outputs * self.players, features.shape[1]))
        for player in range(self.players):
            mine = np.flatnonzero(self.player_of == player)
            moved = features[mine].astype(np.float64) - self.means[mine, None]
            parts = self.weights[mine].T @ moved
            out[np.arange(outputs) * self.players + player] = parts
        return out


def mean_linear(
    head: Linear,
    player_of: NDArray[np.int64],
    players: int,
    reference: Iterable[NDArray[Any]],
) -> LinearShapley:
    """Take the mean of every feature over all reference rows."""
    sums, rows = np.zeros(len(head.weights)), 0
    for features in reference:
        sums += features.sum(axis=1, dtype=np.float64)
        rows += features.shape[1]
    means = sums / max(1, rows)
    base = head.start + means @ head.weights
    return LinearShapley(head.weights, means, base, player_of, players)
