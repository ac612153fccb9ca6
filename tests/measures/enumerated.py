"""Shapley values by their definition: every coalition of raw columns, worth what the model says.

A coalition keeps the values of the row, all other columns take those of a reference row,
and the worth is the mean over the reference rows of what the original model says.
"""

from collections.abc import Sequence
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from tests.models.fitted import Columns, Margin

Worth = NDArray[np.float64]  # (2^players, outputs)


def worth_of(
    margin: Margin, players: Sequence[Sequence[str]], row: Columns, reference: Columns
) -> Worth:
    """Ask the model for the worth of every coalition, in one go."""
    rows = len(next(iter(reference.values())))
    sets = np.arange(1 << len(players))
    mixed = {}
    for p, names in enumerate(players):
        inside = np.repeat(sets >> p & 1, rows).astype(bool)
        for name in names:
            mixed[name] = np.where(inside, row[name], np.tile(reference[name], len(sets)))
    ordered = {name: mixed[name].astype(reference[name].dtype) for name in reference}
    found = margin(ordered)
    worth: Worth = found.reshape(len(sets), rows, -1).mean(axis=1)
    return worth


def shapley(worth: Worth) -> NDArray[np.float64]:
    """Give (players, outputs): Shapley (1953)."""
    count = len(worth).bit_length() - 1
    out = np.zeros((count, worth.shape[1]))
    for player in range(count):
        for s in (s for s in range(len(worth)) if not s >> player & 1):
            size = s.bit_count()
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            out[player] += weight * (worth[s | 1 << player] - worth[s])
    return out


def interactions(worth: Worth) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Give the index of each pair (outputs): Grabisch and Roubens (1999)."""
    count = len(worth).bit_length() - 1
    out = {}
    for i, j in combinations(range(count), 2):
        one, other = 1 << i, 1 << j
        total = np.zeros(worth.shape[1])
        for s in (s for s in range(len(worth)) if not s & (one | other)):
            size = s.bit_count()
            weight = factorial(size) * factorial(count - size - 2) / factorial(count - 1)
            total += weight * (
                worth[s | one | other] - worth[s | one] - worth[s | other] + worth[s]
            )
        out[i, j] = total
    return out


def picked(columns: Columns, rows: slice | int) -> Columns:
    """Give some rows, or the values of one."""
    return {name: values[rows] for name, values in columns.items()}
