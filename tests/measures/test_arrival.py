"""For which rows labels have come: by answer, by age, and what the metric then is about."""

import numpy as np
import pytest

from core.engine.label_ages import NEVER, LabelAges
from core.engine.score_counts import ScoreCounts
from core.measures.arrival import arrival_of, arrived_by_age

EDGE = 32_000


def counts(yes: tuple[int, int], no: tuple[int, int]) -> ScoreCounts:
    """Return rows and labels of both answers."""
    n, labelled = (np.array(each, np.int64) for each in zip(no, yes, strict=True))
    return ScoreCounts(np.array([0, EDGE], np.int64), n, labelled, labelled // 2)


def ages(*rows: tuple[int, int, int]) -> LabelAges:
    """Return (age, delay, n) as counted."""
    return LabelAges(*np.array(rows, np.int64).T)


def test_labels_for_one_answer_only_are_about_that_answer() -> None:
    """All 400 refused, none of the 100 others: never about all rows."""
    found = arrival_of(counts((100, 0), (400, 400)), EDGE, None)
    assert found.among == "no"
    assert found.sentence == (
        "Labels came for 0% of “yes” answers and 100% of “no”. The metric is about “no” "
        "answers only, never about all rows."
    )


def test_uneven_labels_are_said() -> None:
    """Half against nine tenths: about all rows, but with a warning."""
    found = arrival_of(counts((100, 50), (400, 360)), EDGE, None)
    assert (found.among, [side.share for side in found.sides]) == ("", [0.5, 0.9])
    assert found.sentence.endswith("So rows with a label are not like all rows.")


@pytest.mark.parametrize("labelled", [(0, 0), (100, 400)])
def test_all_or_none_is_no_news(labelled: tuple[int, int]) -> None:
    """Nothing is selective there."""
    found = arrival_of(counts((100, labelled[0]), (400, labelled[1])), EDGE, None)
    assert (found.among, found.sentence) == ("", "")


def test_an_answer_that_nobody_got_is_not_selective() -> None:
    """No yes at all: labels for some of the no are late, that is all."""
    assert arrival_of(counts((0, 0), (400, 100)), EDGE, None).among == ""


def test_shares_by_age_by_hand() -> None:
    """Of 100 rows of 60 days 40 came within 30 and 80 within 60; young rows do not count."""
    found = arrived_by_age(
        ages((60, 20, 40), (60, 50, 40), (60, NEVER, 20), (5, NEVER, 900))
    )
    assert found == ((7, 0.0), (30, 0.4), (60, 0.8))


def test_few_rows_say_no_age() -> None:
    """Twenty-nine rows are no share."""
    assert arrived_by_age(ages((90, 10, 29))) == ()
