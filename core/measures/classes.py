"""Classes: macro averages of a multiclass model, slice by slice; every class counts the same."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.answered import AnsweredRows
from core.engine.lattice import Layout, add_up, count_slices, sum_slices
from core.estimates.many import Intervals, f1_many, quiet, wilson_many
from core.measures.tallies import kish_many

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ClassSums:
    """Sums by class, (slices, classes) each: answered rightly, answered so, truly so."""

    right: Floats
    said: Floats
    true: Floats

    @property
    def either(self) -> Floats:
        """Answered so, or truly so."""
        return self.said + self.true - self.right

    def without(self, other: "ClassSums") -> "ClassSums":
        """Return what is left without another one."""
        return ClassSums(
            self.right - other.right, self.said - other.said, self.true - other.true
        )


@dataclass(frozen=True, slots=True, eq=False)
class ClassTally:
    """Labelled rows of each slice by class: their weight `w`, and the squares of it `w2`.

    `rows` counts them whatever they weigh; `whole` holds the same three of all rows.
    """

    rows: NDArray[np.int64]
    w: ClassSums
    w2: ClassSums
    whole: tuple[int, ClassSums, ClassSums]

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        sums = (self.w, self.w2) if self.w2 is not self.w else (self.w,)
        return sum(each.nbytes for s in sums for each in (s.right, s.said, s.true))

    @property
    def rest(self) -> "ClassTally":
        """The same of everybody outside of each slice."""
        rows, w, w2 = self.whole
        others = w.without(self.w)
        squares = others if self.w2 is self.w else w2.without(self.w2)
        return ClassTally(rows - self.rows, others, squares, self.whole)


def count_classes(rows: AnsweredRows, layout: Layout, classes: int) -> ClassTally:
    """Count the classes of each slice; a row counts by its weight where there are weights."""
    known = rows.label >= 0
    hit = known & (rows.label == rows.said)
    kinds = [
        np.where(there, class_, classes).astype(np.uint8)
        for there, class_ in ((hit, rows.label), (known, rows.said), (known, rows.label))
    ]
    n = count_slices(rows.codes, layout, known.astype(np.uint8), 2)[:, 1]
    total = int(np.count_nonzero(known))
    if rows.weight is None:
        tables = [count_slices(rows.codes, layout, kind, classes + 1) for kind in kinds]
        w = ClassSums(*(table[:, :classes].astype(np.float64) for table in tables))
        once = _add_up(kinds, np.ones(len(known)), classes)
        return ClassTally(n, w, w, (total, once, once))
    mass = rows.weight.astype(np.float64)
    w, w2 = (_sum_up(rows, layout, kinds, m, classes) for m in (mass, mass * mass))
    every, every2 = (_add_up(kinds, m, classes) for m in (mass, mass * mass))
    return ClassTally(n, w, w2, (total, every, every2))


def _sum_up(
    rows: AnsweredRows,
    layout: Layout,
    kinds: list[NDArray[np.uint8]],
    mass: Floats,
    classes: int,
) -> ClassSums:
    return ClassSums(
        *(
            sum_slices(
                rows.codes,
                layout,
                [np.where(kind == class_, mass, 0.0) for class_ in range(classes)],
            )
            for kind in kinds
        )
    )


def _add_up(kinds: list[NDArray[np.uint8]], mass: Floats, classes: int) -> ClassSums:
    return ClassSums(*(add_up(kind, mass, classes + 1)[:classes] for kind in kinds))


def macro_many(metric: str, tally: ClassTally) -> Intervals:
    """Return macro recall, precision or F1: the mean over the classes that occur.

    A class that no row of the slice has (for precision: that was never answered) is left
    out of its mean. Within a class rows count by their weight, in the intervals by Kish's
    effective rows. The arms of the classes' intervals add up as squares (MOVER), as if
    classes were independent.
    Source: Zou and Donner (2008), Stat. Med. 27, 1693-1702; for F1 Opitz and Burst (2019).
    """
    w, w2 = tally.w, tally.w2
    match metric:
        case "macro_precision":
            each = wilson_many(w.right, w.said, kish_many(w.said, w2.said))
        case "macro_f1":
            wrong = w.either - w.right
            each = f1_many(w.right, wrong, kish_many(w.either, w2.either))
        case _:
            each = wilson_many(w.right, w.true, kish_many(w.true, w2.true))
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
