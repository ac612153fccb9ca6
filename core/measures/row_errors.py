"""Row errors: where the model errs, ready to be summed up by pattern."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.coded import CodedRows
from core.engine.conjunctions import Conjunctions, Counter
from core.errors import WrongInputError

Wrong = NDArray[np.bool_] | NDArray[np.uint8] | NDArray[np.float64]
EXACT: Final = 52  # bits of a sum of errors that stay exact


@dataclass(frozen=True, slots=True, eq=False)
class RowErrors:
    """The errors of all rows: who counts them, their sum, and the largest of one row.

    Errors that are amounts are kept as whole multiples of `unit`, a power of two, so that
    a pattern has one sum, however it is counted; `unit` is 0 where rows are right or wrong.
    """

    counter: Counter
    total: int
    largest: float = 1.0
    unit: float = 0.0

    def amount(self, errors: int) -> int | float:
        """Return a sum of errors as the reader knows it."""
        return errors * self.unit if self.unit else errors


def count_errors(coded: CodedRows, wrong: Wrong) -> RowErrors:
    """Return the errors ready to be counted by pattern.

    `wrong` (rows,) is bool, uint8 of 0 and 1, or float64 of finite numbers from 0 on.

    Raises:
        WrongInputError: there is not one error per row, or it is none.
    """
    if wrong.shape != (coded.rows,):
        raise WrongInputError(
            f"There are {coded.rows} rows, but errors of shape {wrong.shape}.",
            hint="Give one error per row.",
        )
    if wrong.dtype == np.float64:
        return _weigh(coded, wrong.astype(np.float64, copy=False))
    if wrong.dtype not in (np.bool_, np.uint8) or wrong.max(initial=0) > 1:
        raise WrongInputError(
            f"Errors are yes or no, or amounts in float64, not {wrong.dtype}.",
            hint="Say 1 where the model errs and 0 elsewhere.",
        )
    rows = np.flatnonzero(wrong)
    return RowErrors(Conjunctions(coded.take(rows)), len(rows))


def _weigh(coded: CodedRows, wrong: NDArray[np.float64]) -> RowErrors:
    """Return errors that are amounts, in fixed point."""
    if not (np.isfinite(wrong).all() and (wrong >= 0).all()):
        raise WrongInputError(
            "An error is a finite number from 0 on.", hint="Take its square or its size."
        )
    rows = np.flatnonzero(wrong)
    unit = 2.0 ** (int(np.frexp(wrong.sum())[1]) - EXACT)
    units = np.rint(wrong[rows] / unit)
    counter = Conjunctions(coded.take(rows), units)
    return RowErrors(counter, int(units.sum()), float(units.max(initial=0)), unit)
