"""One case: what moved the score of one row, and what would turn it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.measures.score_links import LINKS
from core.records.explanations import Case, Explanation, Flip, Link, Push


def tell_case(
    facts: Explanation,
    values: NDArray[np.float64],
    words: Sequence[str],
    *,
    output: str,
    row: int,
) -> Case:
    """Tell how the pushes of a row lead from the mean sum to its own.

    `values` (outputs, players) are its pushes, `words` what each player held.
    """
    place = facts.outputs.index(output)
    pushes = [
        Push(player, said, float(value))
        for player, said, value in zip(facts.players, words, values[place], strict=True)
    ]
    sums = np.array(facts.base) + values.sum(axis=1)
    return Case(
        row,
        output,
        facts.link,
        facts.base[place],
        tuple(sorted(pushes, key=lambda push: -abs(push.value))),
        score_of(facts.link, sums, place),
        score_of(facts.link, np.array(facts.base), place),
    )


def tell_rather(one: Case, other: Case) -> Case:
    """Tell why one class rather than another: the difference of both sums, push by push.

    Sums of classes are on one scale, so their differences add up like the sums themselves.
    """
    against = {push.player: push.value for push in other.pushes}
    pushes = [replace(push, value=push.value - against[push.player]) for push in one.pushes]
    return replace(
        one,
        output=f"{one.output} rather than {other.output}",
        link=Link.UNKNOWN,
        base=one.base - other.base,
        pushes=tuple(sorted(pushes, key=lambda push: -abs(push.value))),
        score=None,
        usual=None,
    )


def score_of(link: Link, sums: NDArray[np.float64], place: int) -> float | None:
    """Return the score that a row of sums becomes; None where nobody knows how."""
    if link not in LINKS:
        return None
    return float(LINKS[link](sums.reshape(1, -1))[0, place])


def along_the_way(case: Case) -> tuple[float | None, ...]:
    """Return the scores that a bridge passes: before the first push, and after each.

    None everywhere but where one sum alone makes the score.
    """
    steps = case.base + np.cumsum([0.0, *(push.value for push in case.pushes)])
    if case.link not in (Link.IDENTITY, Link.LOGISTIC, Link.EXP):
        return tuple(None for _ in steps)
    return tuple(score_of(case.link, np.array([step]), 0) for step in steps)


def nearest_flips(flips: Sequence[Flip]) -> tuple[Flip, ...]:
    """Return the nearest flip of each column, the nearest of all first."""
    best: dict[str, Flip] = {}
    for flip in sorted(flips, key=lambda f: (f.distance, f.column)):
        best.setdefault(flip.column, flip)
    return tuple(best.values())
