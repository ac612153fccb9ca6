"""Outcomes: how often the model was right, wrong and how, from the cells of a roll-up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.engine.cells import Cells
from core.estimates.intervals import kish
from core.records.models import Answer, Task


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
        return self.tp + self.fp + self.fn + self.tn

    @property
    def rows(self) -> int:
        """All rows, labelled or not."""
        return self.labelled.n + self.chosen.n + self.passed.n


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
    match asked.answer.task:
        case Task.REGRESSION:
            return _errors(cells, asked)
        case Task.BINARY:
            return _confusion(cells, cells.said >= asked.threshold, cells.label == 1)
        case Task.MULTICLASS if asked.of_class:
            k = asked.answer.classes.index(asked.of_class)
            return _confusion(cells, cells.said == k, cells.label == k)
        case Task.MULTICLASS:
            return _right_or_wrong(cells)


def outcomes_by_code(cells: Cells, asked: Asked) -> Iterator[tuple[int, int, Outcome]]:
    """Yield (code, second code, outcome) for each slice of the cells."""
    pairs = np.unique(np.stack([cells.a, cells.b]), axis=1).T
    for a, b in pairs:
        keep = (cells.a == a) & (cells.b == b)
        yield int(a), int(b), outcome(cells.select(keep), asked)


def _sums(cells: Cells, keep: Mask) -> Sums:
    return Sums(
        int(cells.n[keep].sum()), int(cells.w[keep].sum()), int(cells.w2[keep].sum())
    )


def _confusion(cells: Cells, said: Mask, is_class: Mask) -> Confusion:
    known = cells.label >= 0
    return Confusion(
        tp=_sums(cells, known & said & is_class),
        fp=_sums(cells, known & said & ~is_class),
        fn=_sums(cells, known & ~said & is_class),
        tn=_sums(cells, known & ~said & ~is_class),
        chosen=_sums(cells, ~known & said),
        passed=_sums(cells, ~known & ~said),
    )


def _right_or_wrong(cells: Cells) -> Confusion:
    """Count every right answer as `tp`, every wrong one as `fn`."""
    known = cells.label >= 0
    return Confusion(
        tp=_sums(cells, known & (cells.said == cells.label)),
        fn=_sums(cells, known & (cells.said != cells.label)),
        passed=_sums(cells, ~known),
    )


def _errors(cells: Cells, asked: Asked) -> Errors:
    known = cells.label >= 0
    e0, e1, e2, e4 = (int(column[known].sum()) for column in cells.errors)
    scale = 2.0**asked.error_scale
    return Errors(_sums(cells, known), _sums(cells, ~known), e0, e1, e2, e4, scale)


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
