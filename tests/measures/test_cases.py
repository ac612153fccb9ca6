"""A row leads from the mean sum to its own, and the nearest flips are named once each."""

import numpy as np
import pytest
from scipy.special import expit, softmax

from core.measures.cases import (
    along_the_way,
    nearest_flips,
    score_of,
    tell_case,
    tell_rather,
)
from core.records.explanations import Flip, Link
from tests.measures.explained_cases import FACTS, facts_with

WORDS = ("21", "9.5", "3")
THREE = np.array([[0.5, -2.0, 1.0], [0.1, 0.2, 0.3], [1.0, 1.0, -1.0]])
CLASSES = facts_with(outputs=("a", "b", "c"), base=(0.2, -0.1, 0.4), link=Link.SOFTMAX)


def test_a_case_starts_at_the_mean_and_ends_at_its_score() -> None:
    """By hand: -1 and 0.5 - 2 + 1; the strongest push first."""
    found = tell_case(FACTS, THREE[:1], WORDS, output="", row=5)
    told = [(push.player.name, push.words, push.value) for push in found.pushes]
    assert told == [("debt", "9.5", -2.0), ("late", "3", 1.0), ("income", "21", 0.5)]
    assert (found.base, found.sum, found.row) == (-1.0, -1.5, 5)
    assert found.score == pytest.approx(expit(-1.5))
    assert found.usual == pytest.approx(expit(-1.0))


@pytest.mark.parametrize("output", ["a", "b", "c"])
def test_a_score_among_classes_is_made_of_all_their_sums(output: str) -> None:
    """Softmax over the three sums, against scipy."""
    found = tell_case(CLASSES, THREE, WORDS, output=output, row=5)
    place = "abc".index(output)
    sums = np.array(CLASSES.base) + THREE.sum(axis=1)
    assert found.sum == pytest.approx(sums[place])
    assert found.score == pytest.approx(softmax(sums)[place])
    assert found.usual == pytest.approx(softmax(np.array(CLASSES.base))[place])


@pytest.mark.parametrize(
    ("link", "score"),
    [
        (Link.IDENTITY, -1.5),
        (Link.LOGISTIC, expit(-1.5)),
        (Link.EXP, np.exp(-1.5)),
        (Link.UNKNOWN, None),
    ],
)
def test_each_link_turns_the_sum_into_its_score(link: Link, score: float | None) -> None:
    """Where nobody knows the link, there is no score."""
    found = tell_case(facts_with(link=link), THREE[:1], WORDS, output="", row=5)
    assert found.score == (None if score is None else pytest.approx(score))
    ends = along_the_way(found)
    assert (ends[0], ends[-1]) == (
        None if score is None else pytest.approx(found.usual),
        None if score is None else pytest.approx(score),
    )


def test_the_way_passes_the_score_after_each_push() -> None:
    """Log-odds -1, then -3, -2 and -1.5."""
    found = along_the_way(tell_case(FACTS, THREE[:1], WORDS, output="", row=5))
    assert found == pytest.approx(expit([-1.0, -3.0, -2.0, -1.5]))


def test_one_sum_among_several_makes_no_score_on_its_way() -> None:
    """Softmax needs the other sums too."""
    found = along_the_way(tell_case(CLASSES, THREE, WORDS, output="a", row=5))
    assert found == (None,) * 4


def test_one_class_rather_than_another_is_the_difference_push_by_push() -> None:
    """By hand: a minus c; the difference of the sums is that of the bases and all pushes."""
    one, other = (tell_case(CLASSES, THREE, WORDS, output=o, row=5) for o in "ac")
    found = tell_rather(one, other)
    told = [(push.player.name, push.value) for push in found.pushes]
    assert told == [("debt", -3.0), ("late", 2.0), ("income", -0.5)]
    assert found.sum == pytest.approx(one.sum - other.sum)
    assert found.output == "a rather than c"
    assert (found.score, found.usual, found.link) == (None, None, Link.UNKNOWN)
    chances = softmax(np.array(CLASSES.base) + THREE.sum(axis=1))
    assert found.sum == pytest.approx(np.log(chances[0] / chances[2]))


def test_a_score_is_one_of_a_row_of_sums() -> None:
    """The place asked for."""
    assert score_of(Link.SOFTMAX, np.array([0.0, 0.0]), 1) == pytest.approx(0.5)
    assert score_of(Link.UNKNOWN, np.array([0.0]), 0) is None


def test_of_each_column_the_nearest_flip_is_kept() -> None:
    """The nearest of all first; equal ones by name."""
    flips = [
        Flip("late", "3", "1", 0.2, 0.4),
        Flip("debt", "9", "5", 0.3, 0.1),
        Flip("late", "3", "2", 0.3, 0.2),
        Flip("age", "9", "5", 0.3, 0.1),
    ]
    assert nearest_flips(flips) == (flips[3], flips[1], flips[2])
    assert nearest_flips([]) == ()
