"""The link between sum and score is found by looking, never assumed."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, softmax

from core.measures.score_links import find_outcome
from core.records.explanations import Link
from core.records.models import Answer, OutputKind, Task

RNG = np.random.default_rng(0)
ONE, TWO, THREE = (RNG.normal(size=(50, k)) for k in (1, 2, 3))
YES = Answer(Task.BINARY, "y", OutputKind.TENSOR, ("no", "yes"), "yes")
NO = Answer(Task.BINARY, "y", OutputKind.TENSOR, ("no", "yes"), "no")
LETTERS = Answer(Task.MULTICLASS, "y", OutputKind.TENSOR, ("a", "b", "c"))
AMOUNT = Answer(Task.REGRESSION, "y")

CASES = {
    "one sum, logistic": (ONE, expit(ONE), YES, [[1.0]], Link.LOGISTIC),
    "one sum, first class": (ONE, expit(-ONE), NO, [[-1.0]], Link.LOGISTIC),
    "one chance": (expit(ONE), expit(ONE), YES, [[1.0]], Link.IDENTITY),
    "a regressor of the first class's chance": (
        expit(ONE),
        expit(ONE),
        NO,
        [[1.0]],
        Link.IDENTITY,
    ),
    "two chances": (TWO, TWO[:, 1:], YES, [[0.0, 1.0]], Link.IDENTITY),
    "two sums, softmax": (
        TWO,
        softmax(TWO, axis=1)[:, 1:],
        YES,
        [[-1.0, 1.0]],
        Link.LOGISTIC,
    ),
    "two sums, each logistic": (TWO, expit(TWO[:, 1:]), YES, [[0.0, 1.0]], Link.LOGISTIC),
    "two sums, first class": (
        TWO,
        softmax(TWO, axis=1)[:, :1],
        NO,
        [[1.0, -1.0]],
        Link.LOGISTIC,
    ),
    "three, softmax": (THREE, softmax(THREE, axis=1), LETTERS, np.eye(3), Link.SOFTMAX),
    "three chances": (THREE, THREE, LETTERS, np.eye(3), Link.IDENTITY),
    "three, each logistic": (THREE, expit(THREE), LETTERS, np.eye(3), Link.LOGISTIC),
    "an amount": (ONE, ONE, AMOUNT, [[1.0]], Link.IDENTITY),
    "a rate": (ONE, np.exp(ONE), AMOUNT, [[1.0]], Link.EXP),
    "calibrated": (ONE, expit(2 * ONE + 1), YES, [[1.0]], Link.UNKNOWN),
}


@pytest.mark.parametrize("name", CASES)
def test_the_link_of_every_kind_of_model(name: str) -> None:
    """What stands behind the scores, and the first link that fits all rows."""
    sums, scores, answer, mix, link = CASES[name]
    found = find_outcome(sums, scores, answer)
    assert found.mix.tolist() == np.asarray(mix).tolist()
    assert found.link is link


def _float32(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values.astype(np.float32).astype(np.float64)


def test_scores_that_travelled_as_float32_are_the_same() -> None:
    """Rounding is no other link; a shift of a thousandth is."""
    near, far = _float32(expit(ONE)), expit(ONE) + 0.001
    assert find_outcome(ONE, near, YES).link is Link.LOGISTIC
    assert find_outcome(ONE, far, YES).link is Link.UNKNOWN


def test_rows_without_a_score_are_not_looked_at() -> None:
    """A score that is missing says nothing; if all are missing, the link is unknown."""
    scores = expit(ONE)
    scores[3] = np.nan
    assert find_outcome(ONE, scores, YES).link is Link.LOGISTIC
    assert find_outcome(ONE, np.full_like(ONE, np.nan), YES).link is Link.UNKNOWN
