"""Tallies: what was counted of many slices at once, and of everybody else."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.engine.answered import AnsweredRows
from core.engine.lattice import (
    LARGEST_CUBE,
    Floats,
    Layout,
    add_up,
    count_slices,
    cube_bytes,
    make_cube,
    sum_slices,
)
from core.engine.ranks import Ranks, rank_slices, sort_scored
from core.measures.outcomes import KINDS, Asked, sort_out

STEPS: Final = 1_001  # of the score grid: 0 to 1000 thousandths
LABELS: Final = (1, 0, -1)  # what a cube tells apart: yes, no, nobody knows
TWO: Final = 2  # first guesses
PROMISED: Final = ("events", "expected", "variance", "once")
LEAST_SCORE: Final = 1e-15  # a score of 0 that was wrong costs 34.5, not without end


@dataclass(frozen=True, slots=True)
class AnswerTally:
    """Answers by kind, (slices, kinds) each: rows, their weight and its squares.

    `whole` holds the same three of all rows.
    """

    n: NDArray[np.int64]
    w: Floats
    w2: Floats
    whole: tuple[NDArray[np.int64], Floats, Floats]

    @property
    def rest(self) -> "AnswerTally":
        """The same of everybody outside of each slice."""
        n, w, w2 = self.whole
        return AnswerTally(n - self.n, w - self.w, w2 - self.w2, self.whole)

    def rows(self, kinds: tuple[int, ...]) -> NDArray[np.int64]:
        """Return the rows of several kinds together."""
        return np.asarray(self.n[:, list(kinds)].sum(axis=1))

    def weight(self, kinds: tuple[int, ...]) -> Floats:
        """Return their weight."""
        return np.asarray(self.w[:, list(kinds)].sum(axis=1))

    def effective(self, kinds: tuple[int, ...]) -> Floats:
        """Return Kish's effective rows of several kinds together."""
        return kish_many(self.weight(kinds), self.w2[:, list(kinds)].sum(axis=1))


@dataclass(frozen=True, slots=True)
class MomentTally:
    """Sums over the labelled rows of each slice, one array per name, by weight.

    `n` are the rows, `w` and `w2` the sums of the weight and of its square; every other
    name is the sum of a quantity of the row. `others` holds the rows and the sums of
    everybody outside of each slice, added up and not taken from the whole: a slice with one
    enormous error would leave nothing of the digits of the others.
    """

    n: NDArray[np.int64]
    sums: dict[str, Floats]
    others: tuple[NDArray[np.int64], dict[str, Floats]]
    whole: dict[str, float]

    @property
    def rest(self) -> "MomentTally":
        """The same of everybody outside of each slice."""
        return MomentTally(*self.others, (self.n, self.sums), self.whole)

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        return sum(each.nbytes for each in (*self.sums.values(), *self.others[1].values()))

    @property
    def effective(self) -> Floats:
        """Kish's effective rows."""
        return kish_many(self.sums["w"], self.sums["w2"])

    @property
    def promised(self) -> tuple[Floats, Floats, Floats, Floats]:
        """What observed / expected is made of: events, expected, and both variances."""
        events, expected, variance, once = (self.sums[name] for name in PROMISED)
        return events, expected, variance, once

    def mean(self, name: str) -> Floats:
        """Return a weighted mean; NaN where there are no rows."""
        return divide(self.sums[name], self.sums["w"])


@dataclass(frozen=True, slots=True)
class Cube:
    """Rows by label and threshold: (labels, thresholds, slices), counted from the top.

    A cube answers any threshold of the grid by looking up one line.
    """

    counts: NDArray[np.uint32]
    whole: NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        """The size in memory."""
        return self.counts.nbytes

    def at(self, threshold: int) -> AnswerTally:
        """Return the answers of each slice at a threshold in thousandths."""
        n = _answers(self.counts[:, threshold], self.counts[:, 0])
        whole = _answers(self.whole[:, threshold, None], self.whole[:, 0, None])[0]
        return _unweighted(n, whole)


def cube_fits(rows: AnsweredRows, layout: Layout) -> bool:
    """Return whether the layout can be answered from a cube of at most 64 MB."""
    size = cube_bytes(layout, len(_labels(rows)), STEPS)
    return rows.bucket is not None and rows.weight is None and size <= LARGEST_CUBE


def count_cube(rows: AnsweredRows, layout: Layout) -> Cube:
    """Count the cube of a binary evaluation."""
    kind = np.select([rows.label == 1, rows.label == 0], [0, 1], default=2).astype(np.uint8)
    shape = (len(_labels(rows)), STEPS)
    counts = make_cube(rows.codes, layout, kind, rows.said.astype(np.int64), shape=shape)
    whole = np.zeros(shape, dtype=np.int64)
    np.add.at(whole, (kind, rows.said), 1)
    for step in range(STEPS - 2, -1, -1):
        counts[:, step] += counts[:, step + 1]
        whole[:, step] += whole[:, step + 1]
    return Cube(counts, whole)


def count_answers(rows: AnsweredRows, layout: Layout, asked: Asked) -> AnswerTally:
    """Count the answers of each slice from the rows themselves."""
    kind = sort_out(rows.label, rows.said, asked)
    n = count_slices(rows.codes, layout, kind, KINDS)
    whole = np.bincount(kind, minlength=KINDS)
    if rows.weight is None:
        return _unweighted(n, whole)
    mass = _mass(rows)
    masses = [np.where(kind == k, mass, 0.0) for k in range(KINDS)]
    w = sum_slices(rows.codes, layout, masses)
    w2 = sum_slices(rows.codes, layout, [each * each for each in masses])
    squares = add_up(kind, mass * mass, KINDS)
    return AnswerTally(n, w, w2, (whole, add_up(kind, mass, KINDS), squares))


def count_scores_of(rows: AnsweredRows, layout: Layout, score: Floats) -> MomentTally:
    """Sum up what Brier score, log loss and observed / expected are made of.

    The variance of a weighted sum of labels is the sum of w^2 p (1 - p); `once` sums
    w p (1 - p).
    """
    known = rows.label >= 0
    y = (rows.label == 1).astype(np.float64)
    p = np.clip(score, LEAST_SCORE, 1 - LEAST_SCORE)
    loss = -np.log(np.where(y > 0, p, 1 - p))
    square, chance = (score - y) ** 2, score * (1 - score)
    quantities = {
        "events": y,
        "expected": score,
        "variance": chance * _mass(rows),
        "once": chance,
        "square": square,
        "square2": square**2,
        "loss": loss,
        "loss2": loss**2,
    }
    return _moments(rows, layout, known, quantities)


def count_errors(rows: AnsweredRows, layout: Layout, label: Floats) -> MomentTally:
    """Sum up what the errors of a regression are made of.

    Errors are in units of the error scale; so is `label`, whatever it is measured from.
    """
    if rows.error is None:
        raise TypeError  # only a regression has errors
    known = rows.label >= 0
    x = np.where(known, rows.error, 0.0)
    z = np.where(known, label, 0.0)
    z = np.where(known, z - z[known].mean(), 0.0) if known.any() else z
    square = x**2
    quantities = {"e1": x, "e0": np.abs(x), "e2": square, "e4": square**2}
    labels = {"z": z, "z2": z**2, "z3": z**3, "z4": z**4}
    both = {"e2z": square * z, "e2z2": square * z**2}
    return _moments(rows, layout, known, quantities | labels | both)


def count_guesses(rows: AnsweredRows, layout: Layout, scores: Floats) -> MomentTally:
    """Sum up log loss and top-2 accuracy of a multiclass model; `scores` is (rows, classes)."""
    known = rows.label >= 0
    mine = scores[np.arange(len(scores)), np.maximum(rows.label, 0)]
    total = np.maximum(scores.sum(axis=1), LEAST_SCORE)
    loss = -np.log(np.clip(mine / total, LEAST_SCORE, 1.0))
    ahead = (scores > mine[:, np.newaxis]).sum(axis=1)
    top = (ahead < TWO).astype(np.float64)
    quantities = {"loss": loss, "loss2": loss**2, "top_2": top}
    return _moments(rows, layout, known, quantities)


def count_ranks(rows: AnsweredRows, layout: Layout, score: Floats) -> tuple[Ranks, Ranks]:
    """Return the ranking sums of each slice, and those of the whole."""
    scored = sort_scored(score, rows.label, rows.weight)
    whole = Layout(layout.cards, ((),))
    return rank_slices(rows.codes, layout, scored), rank_slices(rows.codes, whole, scored)


def kish_many(weight: Floats, squares: Floats) -> Floats:
    """Return Kish's effective rows, 0 where there are none."""
    return np.nan_to_num(divide(weight * weight, squares))


def divide(top: Floats, bottom: Floats) -> Floats:
    """Return top / bottom, NaN where the bottom is 0."""
    out = np.full(np.broadcast(top, bottom).shape, np.nan)
    np.divide(top, bottom, out=out, where=np.asarray(bottom) != 0)
    return out


def _labels(rows: AnsweredRows) -> tuple[int, ...]:
    return LABELS if bool((rows.label < 0).any()) else LABELS[:2]


def _moments(
    rows: AnsweredRows,
    layout: Layout,
    known: NDArray[np.bool_],
    quantities: dict[str, Floats],
) -> MomentTally:
    mass = np.where(known, _mass(rows), 0.0)
    weighted = {name: mass * each for name, each in quantities.items()}
    columns = {"n": known.astype(np.float64), "w": mass, "w2": mass * mass} | weighted
    summed = sum_slices(rows.codes, layout, list(columns.values()))
    outside = _outside(summed, layout)
    mine, others = (
        {name: side[:, k] for k, name in enumerate(columns)} for side in (summed, outside)
    )
    n, others_n = (side.pop("n").astype(np.int64) for side in (mine, others))
    whole = {name: float(each.sum()) for name, each in columns.items()}
    return MomentTally(n, mine, (others_n, others), whole)


def _outside(summed: Floats, layout: Layout) -> Floats:
    """Return the sums over all other slices of the same columns."""
    outside = np.zeros_like(summed)
    for start, end in pairwise(layout.starts):
        before, after = outside[start + 1 : end], outside[start : end - 1]
        before += np.cumsum(summed[start : end - 1], axis=0)
        after += np.cumsum(summed[end - 1 : start : -1], axis=0)[::-1]
    return outside


def _mass(rows: AnsweredRows) -> Floats:
    """Return what each row counts for, in the unit of the weights."""
    if rows.weight is None:
        return np.ones(len(rows.label))
    return rows.weight.astype(np.float64)


def _answers(yes: NDArray[Any], every: NDArray[Any]) -> NDArray[np.int64]:
    """Return (slices, kinds) from the rows per label that reach the threshold, and all."""
    reached, total = yes.astype(np.int64), every.astype(np.int64)
    missed = total - reached
    unknown = (
        [reached[2], missed[2]] if len(reached) > len(LABELS) - 1 else [missed[0] * 0] * 2
    )
    return np.stack([reached[0], reached[1], missed[0], missed[1], *unknown], axis=-1)


def _unweighted(n: NDArray[np.int64], whole: NDArray[np.int64]) -> AnswerTally:
    mass, masses = n.astype(np.float64), whole.astype(np.float64)
    return AnswerTally(n, mass, mass, (whole, masses, masses))
