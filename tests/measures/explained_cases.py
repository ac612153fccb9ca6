"""Explanations as a test writes them down."""

from dataclasses import replace
from typing import Any, Final

from core.records.estimate import Estimate
from core.records.explanations import (
    Case,
    Driver,
    Explanation,
    Game,
    Link,
    Moved,
    Player,
    Push,
)

EVALUATION: Final = "e" * 64
FACTS: Final = Explanation(
    evaluation=EVALUATION,
    reference="r" * 64,
    reference_rows=400,
    game=Game.INTERVENTIONAL,
    link=Link.LOGISTIC,
    operator="TreeEnsembleClassifier",
    outputs=("",),
    players=tuple(Player((name,)) for name in ("income", "debt", "late")),
    base=(-1.0,),
    largest=2.0,
    rows=1000,
    additivity=2e-7,
    error=0.0,
)


def facts_with(**changes: Any) -> Explanation:
    """Return the facts with some of them changed."""
    return replace(FACTS, **changes)


def estimate(value: float, half: float = 0.01) -> Estimate:
    """Return an estimate with an interval of that half width."""
    return Estimate(value, value - half, value + half, 1000, 1000.0, "by hand")


def driver(name: str, strength: float, mean: float = 0.1, top: float = 0.4) -> Driver:
    """Return a player by how strongly it pushes."""
    return Driver(Player((name,)), 0, estimate(strength), estimate(mean), estimate(top))


def moved(name: str, change: float, half: float = 0.01) -> Moved:
    """Return by how much a player moved the mean."""
    return Moved(Player((name,)), estimate(change, half))


def case(*pushes: tuple[str, str, float], **more: Any) -> Case:
    """Return one row: names, words and values of its pushes."""
    told = tuple(Push(Player((name,)), words, value) for name, words, value in pushes)
    plain: dict[str, Any] = {
        "row": 7,
        "output": "",
        "link": Link.LOGISTIC,
        "base": -1.0,
        "pushes": told,
        "score": 0.41,
        "usual": 0.29,
    }
    return Case(**(plain | more))
