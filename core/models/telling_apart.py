"""Telling apart: can a classifier say which of two tables a row is from?

Two tables may be alike in every single column and still differ in combinations. A
classifier that tells them apart better than chance finds that (Lopez-Paz and Oquab, 2017);
its exact SHAP values name the columns it goes by.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn.ensemble import HistGradientBoostingClassifier

from core.errors import WrongInputError

FOLDS: Final = 2
LEAST_ROWS: Final = 50  # a side
EXPLAINED: Final = 2_000
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """How well rows are told apart: `auc` with its DeLong interval, and its p-value.

    `by` holds the mean |SHAP| of each column, as its share of all of them.
    """

    auc: float
    low: float
    high: float
    p: float
    by: tuple[tuple[str, float], ...]


def tell_apart(before: Floats, after: Floats, names: tuple[str, ...]) -> Told:
    """Train a classifier on either half of the rows and judge it on the other.

    `before` and `after` are (rows, columns): numbers, or codes of categories, which trees
    part by order (shap reads no other splits); NaN is missing. The AUC is that of rows no tree has seen; its interval is DeLong's (1988), and
    the p-value that of Mann and Whitney's U under "all rows of one kind".

    Raises:
        WrongInputError: a side has fewer than 50 rows.
    """
    sizes = len(before), len(after)
    if min(sizes) < LEAST_ROWS:
        raise WrongInputError(
            f"{min(sizes):,} rows are too few to tell two tables apart.",
            hint=f"Compare tables with at least {LEAST_ROWS} rows each.",
        )
    features = np.concatenate([before, after])
    side = np.repeat([0, 1], sizes)
    fold = np.concatenate([np.arange(n) % FOLDS for n in sizes])
    scores = np.zeros(len(side))
    models = []
    for part in range(FOLDS):
        model = HistGradientBoostingClassifier(
            max_iter=60,
            max_leaf_nodes=15,
            early_stopping=False,
            random_state=part,
        )
        models.append(model.fit(features[fold != part], side[fold != part]))
        scores[fold == part] = model.decision_function(features[fold == part])
    auc, spread = _delong(scores[: sizes[0]], scores[sizes[0] :])
    null = np.sqrt((sum(sizes) + 1) / (12 * sizes[0] * sizes[1]))
    half = 1.959963984540054 * spread
    return Told(
        auc,
        max(0.0, auc - half),
        min(1.0, auc + half),
        float(norm.sf((auc - 0.5) / null)),
        _by(models[0], features[fold == 0], names),
    )


def _delong(low: Floats, high: Floats) -> tuple[float, float]:
    """Return how often a score of the second side is the higher one, and its error."""
    ordered_low, ordered_high = np.sort(low), np.sort(high)
    below = (
        np.searchsorted(ordered_low, high, "left")
        + np.searchsorted(ordered_low, high, "right")
    ) / (2 * len(low))
    above = 1 - (
        np.searchsorted(ordered_high, low, "left")
        + np.searchsorted(ordered_high, low, "right")
    ) / (2 * len(high))
    spread = below.var(ddof=1) / len(high) + above.var(ddof=1) / len(low)
    return float(below.mean()), float(np.sqrt(spread))


def _by(model: Any, rows: Floats, names: tuple[str, ...]) -> tuple[tuple[str, float], ...]:  # noqa: ANN401 - sklearn has no types
    """Return the share of each column in the classifier's scores, the largest first."""
    # A second of imports, with pyplot in them, that only this question needs.
    from shap import TreeExplainer  # noqa: PLC0415 - see above

    step = max(1, len(rows) // EXPLAINED)
    values = np.asarray(TreeExplainer(model).shap_values(rows[::step]))
    strength = np.abs(values).reshape(len(values), len(names)).mean(axis=0)
    whole = float(strength.sum()) or 1.0
    order = np.argsort(-strength, kind="stable")
    return tuple((names[k], float(strength[k]) / whole) for k in order)
