"""Outcomes: how often the model was right, wrong and how, from the cells of a roll-up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from core.engine.cells import Cells
from core.estimates.intervals import kish
from core.records.models import Answer, Task

TP, FP, FN, TN, CHOSEN, PASSED = range(6)  # the kinds of an answer


@dataclass(frozen=True, slots=True)
class Sums:
    """Rows, their weight, and the sum of squared weights."""

    n: int = 0
    w: int = 0
    w2: int = 0

    def __add__(self, other: Self) -> "Sums":
        """Return the rows of both."""
        return Sums(self.n + other.n, self.w + other.w, self.w2 + other.w2)

    @property
    def effective(self) -> float:
        """Kish's effective number of rows."""
        return kish(self.w, self.w2)


@dataclass(frozen=True, slots=True)
class Confusion:
    """Right and wrong answers about one class, and the rows without a label.

    `chosen` and `passed` hold unlabelled rows by what the model said of them.
    """

    tp: Sums = Sums()
    fp: Sums = Sums()
    fn: Sums = Sums()
    tn: Sums = Sums()
    chosen: Sums = Sums()
    passed: Sums = Sums()

    @property
    def labelled(self) -> Sums:
        """All rows with a label."""
        return self.add((TP, FP, FN, TN))

    @property
    def rows(self) -> int:
        """All rows, labelled or not."""
        return self.labelled.n + self.chosen.n + self.passed.n

    def add(self, kinds: tuple[int, ...]) -> Sums:
        """Return the rows of several kinds together."""
        every = (self.tp, self.fp, self.fn, self.tn, self.chosen, self.passed)
        total = Sums()
        for kind in kinds:
            total += every[kind]
        return total


@dataclass(frozen=True, slots=True)
class Errors:
    """Sums of regression errors in fixed point; `scale` turns them into label units."""

    labelled: Sums
    unlabelled: Sums
    e0: int
    e1: int
    e2: int
    e4: int
    scale: float

    @property
    def rows(self) -> int:
        """All rows, labelled or not."""
        return self.labelled.n + self.unlabelled.n


Outcome = Confusion | Errors
Mask = NDArray[np.bool_]
Integers = NDArray[np.int64] | NDArray[np.object_]
KINDS: Final = 6
MOST_CODES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the cells: at which threshold, about which class.

    `threshold` counts thousandths; `of_class` is empty for all classes together.
    """

    answer: Answer
    threshold: int = 500
    of_class: str = ""
    error_scale: int = 0


def outcome(cells: Cells, asked: Asked) -> Outcome:
    """Return what the cells add up to."""
    if asked.answer.task is Task.REGRESSION:
        return _errors(cells, asked)
    return _confusions(cells, asked, np.zeros(len(cells.n), dtype=np.int64), 1)[0]


def outcomes_by_code(cells: Cells, asked: Asked) -> Iterator[tuple[int, int, Outcome]]:
    """Yield (code, second code, outcome) for each slice of the cells."""
    keys, place = np.unique(cells.a * MOST_CODES + cells.b, return_inverse=True)
    firsts = np.unique(place, return_index=True)[1]
    if asked.answer.task is Task.REGRESSION:
        found: list[Outcome] = [
            _errors(cells.select(place == k), asked) for k in range(len(keys))
        ]
    else:
        found = list(_confusions(cells, asked, place, len(keys)))
    for first, result in zip(firsts, found, strict=True):
        yield int(cells.a[first]), int(cells.b[first]), result


def sort_out(
    label: NDArray[np.integer], said: NDArray[np.integer], asked: Asked
) -> NDArray[np.uint8]:
    """Return the kind of each answer: TP, FP, FN, TN, or CHOSEN and PASSED without a label.

    All classes of a multiclass model together: a right answer counts as TP, a wrong one as FN.
    """
    known = label >= 0
    yes, true = _said_and_class(label, said, asked)
    return np.select(
        [known & yes & true, known & yes, known & true, known, yes],
        [np.uint8(TP), np.uint8(FP), np.uint8(FN), np.uint8(TN), np.uint8(CHOSEN)],
        default=np.uint8(PASSED),
    )


def _confusions(
    cells: Cells, asked: Asked, place: NDArray[np.int64], slices: int
) -> list[Confusion]:
    """Return one confusion per slice; `place` says to which slice a line belongs."""
    at = place * KINDS + sort_out(cells.label, cells.said, asked)
    sums = [_added(column, at, slices * KINDS) for column in (cells.n, cells.w, cells.w2)]
    every = [Sums(*three) for three in zip(*sums, strict=True)]
    return [Confusion(*every[k * KINDS : (k + 1) * KINDS]) for k in range(slices)]


def _said_and_class(
    label: NDArray[np.integer], said: NDArray[np.integer], asked: Asked
) -> tuple[Mask, Mask]:
    """Return whether the model says yes, and whether yes is true."""
    if asked.answer.task is Task.BINARY:
        return said >= asked.threshold, label == 1
    if asked.of_class:
        k = asked.answer.classes.index(asked.of_class)
        return said == k, label == k
    return said == label, np.ones(len(label), dtype=np.bool_)


def _added(column: Integers, at: NDArray[np.int64], size: int) -> list[int]:
    total: NDArray[Any] = np.zeros(size, dtype=column.dtype)
    np.add.at(total, at, column)
    return [int(number) for number in total]


def _errors(cells: Cells, asked: Asked) -> Errors:
    known = cells.label >= 0
    e0, e1, e2, e4 = (int(column[known].sum()) for column in cells.errors)
    scale = 2.0**asked.error_scale
    return Errors(_sums(cells, known), _sums(cells, ~known), e0, e1, e2, e4, scale)


def _sums(cells: Cells, keep: Mask) -> Sums:
    return Sums(
        int(cells.n[keep].sum()), int(cells.w[keep].sum()), int(cells.w2[keep].sum())
    )


def count_scores(
    cells: Cells, labels: tuple[tuple[int, str], ...], *, steps: int = 20
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return rows per step of the score, one series per label that occurs."""
    step = np.minimum(cells.said * steps // 1000, steps - 1)
    series = []
    for label, name in labels:
        keep = cells.label == label
        counts = np.bincount(step[keep], weights=cells.n[keep], minlength=steps)
        if counts.sum():
            series.append((name, tuple(int(count) for count in counts)))
    return tuple(series)
