"""Does it still work: what the scores alone say, and how wrong that was before.

Confidence-based performance estimation (CBPE; NannyML, 2021): if calibrated scores were
true chances, a yes with score p would be right with chance p. That holds while the same
score keeps meaning the same chance, which no one can see without labels. So the estimate
comes only with its own past: how far it was off in windows whose labels came, beside the
guess that nothing changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.score_counts import ScoreCounts
from core.estimates.isotonic import rising
from core.records.changes import LabelFree, Window

Floats = NDArray[np.float64]
LEAST_WINDOWS: Final = 3
COVERED: Final = 0.9  # how often the band has to hold


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """What scores meant where labels were known: a chance for each bucket."""

    bucket: NDArray[np.int64]
    chance: Floats

    def of(self, bucket: NDArray[np.int64]) -> Floats:
        """Return the chance of other buckets, between those that were seen."""
        return np.interp(bucket, self.bucket, self.chance)


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected shares of all rows: right and wrong yes, right and wrong no."""

    tp: float
    fp: float
    tn: float
    fn: float


FORMULAS: Final[dict[str, Callable[[Expected], float]]] = {
    "accuracy": lambda e: e.tp + e.tn,
    "error_rate": lambda e: e.fp + e.fn,
    "recall": lambda e: _share(e.tp, e.fn),
    "false_negative_rate": lambda e: _share(e.fn, e.tp),
    "precision": lambda e: _share(e.tp, e.fp),
    "specificity": lambda e: _share(e.tn, e.fp),
    "false_positive_rate": lambda e: _share(e.fp, e.tn),
    "f1": lambda e: _share(2 * e.tp, e.fp + e.fn),
}


def learn_meaning(counts: ScoreCounts) -> Meaning | None:
    """Return the isotonic regression of what happened on the score; None without labels."""
    known = counts.labelled > 0
    if not known.any():
        return None
    weight = counts.labelled[known].astype(np.float64)
    chance = rising(weight, counts.happened[known].astype(np.float64))
    return Meaning(counts.bucket[known], np.asarray(chance, np.float64))


def expect(counts: ScoreCounts, meaning: Meaning, edge: int | None) -> Expected:
    """Return what to expect of all rows, if scores still mean what they meant.

    `edge` is the bucket of the decision threshold; None where each row's answer is its top
    label, so that every answer is a yes.
    """
    share = counts.n / max(1, counts.n.sum())
    chance = meaning.of(counts.bucket)
    yes = np.ones(len(share), np.bool_) if edge is None else counts.bucket >= edge
    tp, fp = float(share[yes] @ chance[yes]), float(share[yes] @ (1 - chance[yes]))
    fn, tn = float(share[~yes] @ chance[~yes]), float(share[~yes] @ (1 - chance[~yes]))
    return Expected(tp, fp, tn, fn)


def judge_estimates(windows: Sequence[Window], usual: float) -> LabelFree:
    """Hold the estimates of past windows against what came, and set the band of the next.

    `usual` is the metric of the reference. The band is the largest error of the past (from
    19 windows on, the place that 90 % asks for): with k windows it covers the next with
    chance k / (k + 1), later 90 %, if errors stay alike (Vovk et al., 2005). A window whose
    labels came has the band of the others, so that its own error does not widen it. An
    estimate is trusted where it was better than "nothing changed" in at least three windows.
    """
    known = [w for w in windows if w.realised is not None and w.estimate is not None]
    errors = tuple(
        w.estimate - w.realised.value  # type: ignore[operator, union-attr]  # both known
        for w in known
    )
    idle = tuple(usual - w.realised.value for w in known)  # type: ignore[union-attr]
    if len(known) < LEAST_WINDOWS:
        few = f"Labels of {len(known)} past windows are too few to know how far it is off."
        return LabelFree(tuple(windows), errors, idle, None, 0, trusted=False, sentence=few)
    sizes = np.abs(errors)
    size, other = float(np.mean(sizes)), float(np.mean(np.abs(idle)))
    band, others = _band(sizes), _bands_of_others(sizes)
    own = {w.evaluation: half for w, half in zip(known, others, strict=True)}
    banded = tuple(
        replace(w, low=_in_01(w.estimate - half), high=_in_01(w.estimate + half))
        if w.estimate is not None and (half := own.get(w.evaluation, band)) is not None
        else w
        for w in windows
    )
    held = sum(float(error) <= half for error, half in zip(sizes, others, strict=True))
    trusted = size <= other
    sentence = _say(sizes, other, held, trusted=trusted)
    return LabelFree(banded, errors, idle, band, held, trusted, sentence)


def _bands_of_others(sizes: Floats) -> list[float]:
    return [_band(np.delete(sizes, k)) for k in range(len(sizes))]


def _band(sizes: Floats) -> float:
    ordered = np.sort(sizes)
    place = int(np.ceil(COVERED * (len(ordered) + 1))) - 1
    return float(ordered[min(place, len(ordered) - 1)])


def _say(sizes: Floats, other: float, held: int, *, trusted: bool) -> str:
    size, most = float(sizes.mean()), float(sizes.max())
    said = (
        f"In {len(sizes)} past windows this estimate was off by {_points(size)} on average, "
        f"at most {_points(most)}"
    )
    if not trusted:
        return f"{said}, more than to say that nothing changed ({_points(other)}); do not rely on it."
    return (
        f"{said}; to say that nothing changed would have been off by {_points(other)}. Its "
        f"band held in {held} of them."
    )


def _share(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest > 0 else 0.0


def _in_01(value: float) -> float:
    return min(1.0, max(0.0, value))


def _points(value: float) -> str:
    return f"{value * 100:.1f} points"
