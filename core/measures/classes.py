"""Classes: macro averages of a multiclass model, slice by slice; every class counts the same."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.answered import AnsweredRows
from core.engine.lattice import Layout, count_slices
from core.estimates.many import Intervals, f1_many, quiet, wilson_many

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ClassTally:
    """Labelled rows by class, (slices, classes) each: answered rightly, answered so, truly so.

    `whole` holds the same three of all rows.
    """

    right: Counts
    said: Counts
    true: Counts
    whole: tuple[Counts, Counts, Counts]

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        return self.right.nbytes + self.said.nbytes + self.true.nbytes

    @property
    def rest(self) -> "ClassTally":
        """The same of everybody outside of each slice."""
        right, said, true = self.whole
        return ClassTally(
            right - self.right, said - self.said, true - self.true, self.whole
        )


def count_classes(rows: AnsweredRows, layout: Layout, classes: int) -> ClassTally:
    """Count the classes of each slice; rows count once, whatever they weigh."""
    known = rows.label >= 0
    hit = known & (rows.label == rows.said)
    kinds = (
        np.where(hit, rows.label, classes),
        np.where(known, rows.said, classes),
        np.where(known, rows.label, classes),
    )

    def count(kind: NDArray[np.integer]) -> tuple[Counts, Counts]:
        small = kind.astype(np.uint8)
        table = count_slices(rows.codes, layout, small, classes + 1)[:, :classes]
        return table, np.bincount(small, minlength=classes + 1)[:classes]

    right, said, true = (count(kind) for kind in kinds)
    return ClassTally(right[0], said[0], true[0], (right[1], said[1], true[1]))


def macro_many(metric: str, tally: ClassTally) -> Intervals:
    """Return macro recall, precision or F1: the mean over the classes that occur.

    A class that no row of the slice has (for precision: that was never answered) is left
    out of its mean. The arms of the classes' intervals add up as squares (MOVER), as if
    classes were independent.
    Source: Zou and Donner (2008), Stat. Med. 27, 1693-1702; for F1 Opitz and Burst (2019).
    """
    match metric:
        case "macro_precision":
            each = wilson_many(tally.right, tally.said, tally.said)
        case "macro_f1":
            wrong = tally.said + tally.true - 2 * tally.right
            each = f1_many(tally.right, wrong, tally.right + wrong)
        case _:
            each = wilson_many(tally.right, tally.true, tally.true)
    return _mean(each)


def _mean(each: Intervals) -> Intervals:
    known = ~np.isnan(each.value)
    count = known.sum(axis=1)
    with quiet():
        value = np.where(known, each.value, 0.0).sum(axis=1) / count
        below, above = (
            np.sqrt(np.where(known, arm**2, 0.0).sum(axis=1)) / count
            for arm in (each.value - each.low, each.high - each.value)
        )
    value = np.where(count > 0, value, np.nan)
    return Intervals(value, value - below, value + above)
