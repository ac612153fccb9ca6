"""Formulas: rates and errors of counted answers, each with its interval."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import Final

import numpy as np

from core.engine.cells import UNIT
from core.errors import WrongInputError
from core.estimates.intervals import (
    estimate_average,
    estimate_f1,
    estimate_mean,
    estimate_root,
    estimate_share,
)
from core.estimates.many import mcc_many
from core.measures.outcomes import FN, FP, TN, TP, Confusion, Errors, Outcome
from core.records.estimate import Estimate, Measured, NotEstimable

Formula = Callable[[Outcome], Measured]
PHI: Final = "delta method on Fisher's scale"
LABELLED: Final = (TP, FP, FN, TN)
NO_LABEL: Final = "no row here has a label"
NO_POSITIVES: Final = "no positives here"
NO_NEGATIVES: Final = "no negatives here"


@dataclass(frozen=True, slots=True)
class Rate:
    """A share: the answers of the kinds `top` among those of the kinds `bottom`.

    `nothing` is the reason that is given where the bottom is empty.
    """

    top: tuple[int, ...]
    bottom: tuple[int, ...]
    nothing: str

    def __call__(self, found: Outcome) -> Measured:
        """Return the share with its Wilson score interval."""
        o = _confusion(found)
        hits, total = o.add(self.top), o.add(self.bottom)
        rows, effective = total.n, total.effective
        return estimate_share(
            hits.w, total.w, rows=rows, effective_rows=effective, nothing=self.nothing
        )


RECALL: Final = Rate((TP,), (TP, FN), NO_POSITIVES)
SPECIFICITY: Final = Rate((TN,), (FP, TN), NO_NEGATIVES)


def f1(found: Outcome) -> Measured:
    """Return the harmonic mean of precision and recall."""
    o = _confusion(found)
    wrong, all_ = o.fp + o.fn, o.tp + o.fp + o.fn
    return estimate_f1(o.tp.w, wrong.w, rows=all_.n, effective_rows=all_.effective)


def balanced(found: Outcome) -> Measured:
    """Return the mean of recall and specificity."""
    recall, specificity = RECALL(found), SPECIFICITY(found)
    if isinstance(recall, NotEstimable):
        return recall
    if isinstance(specificity, NotEstimable):
        return specificity
    return estimate_average(recall, specificity)


def mcc(found: Outcome) -> Measured:
    """Return Matthews' correlation of answer and truth, over effective rows."""
    o = _confusion(found)
    every = o.labelled
    if not every.w:
        return NotEstimable(NO_LABEL, every.n)
    shrink = every.effective / every.w
    cells = (np.array([side.w * shrink]) for side in (o.tp, o.fp, o.fn, o.tn))
    phi = mcc_many(*cells)
    value, low, high = (float(end[0]) for end in (phi.value, phi.low, phi.high))
    if isnan(value):
        return NotEstimable("model or truth takes one side only", every.n)
    return Estimate(value, low, high, every.n, every.effective, PHI)


def mae(found: Outcome) -> Measured:
    """Return the mean of the absolute errors."""
    o = _errors(found)
    return _mean(o, o.e0)


def bias(found: Outcome) -> Measured:
    """Return the mean of prediction minus label."""
    o = _errors(found)
    return _mean(o, o.e1)


def rmse(found: Outcome) -> Measured:
    """Return the root of the mean squared error."""
    o = _errors(found)
    if not o.labelled.w:
        return NotEstimable(NO_LABEL, o.labelled.n)
    total, rows = o.labelled.w * UNIT, o.labelled.n
    square = o.e2 / total * o.scale**2
    fourth = o.e4 / total * o.scale**4
    return estimate_root(square, fourth, rows=rows, effective_rows=o.labelled.effective)


def _mean(o: Errors, total_error: int) -> Measured:
    if not o.labelled.w:
        return NotEstimable(NO_LABEL, o.labelled.n)
    total = o.labelled.w * UNIT
    return estimate_mean(
        total_error / total * o.scale,
        o.e2 / total * o.scale**2,
        rows=o.labelled.n,
        effective_rows=o.labelled.effective,
    )


def _confusion(found: Outcome) -> Confusion:
    if not isinstance(found, Confusion):
        raise WrongInputError(
            "A regression has no classes.", hint="Choose MAE, bias or RMSE."
        )
    return found


def _errors(found: Outcome) -> Errors:
    if not isinstance(found, Errors):
        raise WrongInputError("Classes have no distance.", hint="Choose a rate.")
    return found
