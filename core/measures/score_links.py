"""How the sum that a head makes becomes the score: found by looking, never assumed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from core.records.explanations import Link
from core.records.models import Answer, Task

Floats = NDArray[np.float64]
CLOSE: Final = 1e-5  # scores travel as float32, which knows 7 digits
LINKS: Final[dict[Link, Callable[[Floats], Floats]]] = {
    Link.IDENTITY: lambda sums: sums,
    Link.LOGISTIC: lambda sums: np.asarray(expit(sums), np.float64),
    Link.SOFTMAX: lambda sums: np.asarray(softmax(sums, axis=1), np.float64),
    Link.EXP: lambda sums: np.asarray(np.exp(np.minimum(sums, 700.0)), np.float64),
}
BY_TASK: Final = {
    Task.BINARY: (Link.IDENTITY, Link.LOGISTIC),
    Task.MULTICLASS: (Link.IDENTITY, Link.SOFTMAX, Link.LOGISTIC),
    Task.REGRESSION: (Link.IDENTITY, Link.EXP),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is explained: `mix` (explained outputs, outputs of the head) and its link."""

    mix: Floats
    link: Link


def find_outcome(sums: Floats, scores: Floats, answer: Answer) -> Outcome:
    """Find what of a head's sums (rows, outputs) stands behind the scores (rows, outputs).

    For a yes/no model that is the sum for the positive class, or the difference of both
    where they meet in a softmax. The link is the first that turns the sums of these rows
    into their scores; where none does, it is unknown and the unit is the model's own.
    """
    mixes = list(_mixes(sums.shape[1], answer))
    for mix in mixes:
        mixed = sums @ mix.T
        for link in BY_TASK[answer.task]:
            made = LINKS[link](mixed)
            if made.shape == scores.shape and _same(made, scores):
                return Outcome(mix, link)
    return Outcome(mixes[0], Link.UNKNOWN)


def _same(made: Floats, scores: Floats) -> bool:
    known = np.isfinite(scores)
    apart = np.abs(made - scores)[known] / (1 + np.abs(scores[known]))
    return bool(known.any() and (apart <= CLOSE).all())


def _mixes(outputs: int, answer: Answer) -> Iterator[Floats]:
    if answer.task is not Task.BINARY:
        yield np.eye(outputs)
        return
    second = answer.positive == answer.classes[-1]
    if outputs == 1:
        yield np.array([[1.0 if second else -1.0]])
        # A regressor of the chance itself knows nothing of the other class.
        yield np.array([[1.0]])
        return
    positive = answer.classes.index(answer.positive)
    mine = np.zeros((1, outputs))
    mine[0, positive % outputs] = 1.0
    yield mine
    yield 2 * mine - 1
