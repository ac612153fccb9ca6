"""Scored rows of the calibration tests: drawn from a seed, counted by another way."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.engine.grid import buckets
from core.measures.score_groups import ScoreGroups

Floats = NDArray[np.float64]
UNIT: Final = 1 << 40


def group_rows(p: Any, y: Any, w: Any = None) -> ScoreGroups:
    """Group rows by their exact score, without the engine."""
    scores, labels = np.asarray(p), np.asarray(y, dtype=np.float64)
    weights = np.ones(len(labels)) if w is None else np.asarray(w, dtype=np.float64)
    values, place = np.unique(scores, return_inverse=True)
    exact = scores.astype(np.float64)

    def add(mass: Floats) -> Floats:
        return np.bincount(place, mass, len(values)).astype(np.float64)

    return ScoreGroups(
        bucket=buckets(values).astype(np.int64),
        rows=np.bincount(place, minlength=len(values)),
        weight=add(weights),
        squares=add(weights**2),
        events=add(weights * labels),
        stated=add(weights * exact),
    )


def draw_calibrated(
    rng: np.random.Generator, rows: int, *, centre: float = -1.0, spread: float = 1.2
) -> tuple[Floats, NDArray[np.bool_]]:
    """Draw logit-normal scores, and labels that keep them."""
    p = 1 / (1 + np.exp(-rng.normal(centre, spread, rows)))
    return p, rng.random(rows) < p


def draw_stretched(
    rng: np.random.Generator, rows: int, *, slope: float = 0.7, offset: float = 0.0
) -> tuple[Floats, NDArray[np.bool_]]:
    """Draw scores whose log odds are true only after offset + slope times."""
    x = rng.normal(-0.5, 1.5, rows)
    truth = 1 / (1 + np.exp(-(offset + slope * x)))
    return 1 / (1 + np.exp(-x)), rng.random(rows) < truth
