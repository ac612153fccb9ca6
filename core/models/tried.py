"""Pushes by trying: for models that are neither trees nor linear, on a sample of rows.

Permutation estimate of Shapley values (Strumbelj and Kononenko, 2014) by
`shap.PermutationExplainer`: columns of a row are put into reference rows one after the
other, forwards and backwards, in ten orders.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ORDERS: Final = 10
ROWS: Final = 100
REFERENCE: Final = 100

Score = Callable[[NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Tried:
    """Pushes (outputs x players) of one row, its mean reference score, and their error.

    `error` is the mean standard error over the orders; what another sample of reference
    rows would change is not in it.
    """

    values: NDArray[np.float64]
    base: NDArray[np.float64]
    error: float


class Trying:
    """Explains rows one at a time by scoring mixtures of them with reference rows.

    Rows are given as places in lists of values, so that texts can be mixed like numbers;
    `score` turns places (rows, columns) into scores (rows, outputs).
    """

    def __init__(self, score: Score, reference: NDArray[np.int64]) -> None:
        # A second of imports, with pyplot in them, that only such models need.
        from shap import PermutationExplainer  # noqa: PLC0415 - see above
        from shap.maskers import Independent  # noqa: PLC0415 - see above

        masker = Independent(reference, max_samples=len(reference))
        self._explainer = PermutationExplainer(score, masker, seed=0)
        self._base = score(reference).mean(axis=0)

    def explain(self, row: NDArray[np.int64]) -> Tried:
        """Explain one row (columns)."""
        evals = ORDERS * (2 * len(row) + 1)
        found: Any = self._explainer(
            row[None, :], max_evals=evals, error_bounds=True, silent=True
        )
        values = np.asarray(found.values[0], np.float64).reshape(len(row), -1).T
        spread = np.asarray(found.error_std[0], np.float64)
        error = float(spread.mean()) / sqrt(2 * ORDERS)
        return Tried(values, self._base, error)
