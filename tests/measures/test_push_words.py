"""Explanations in words: each sentence by hand, for each link, task and game."""

from typing import Any

import pytest
from scipy.special import expit

from core.estimates.wording import MINUS, NBSP
from core.measures.push_words import (
    chance_ticks,
    kind_of,
    say_case,
    say_drivers,
    say_flip,
    say_how,
    say_moved,
    say_trust,
    unit_of,
)
from core.records.estimate import NotEstimable
from core.records.explanations import Driver, Flip, Game, Link, Player
from core.records.models import Task
from tests.measures.explained_cases import FACTS, case, driver, facts_with, moved

BINARY, REGRESSION, MULTICLASS = Task.BINARY, Task.REGRESSION, Task.MULTICLASS
CHANCE = facts_with(link=Link.IDENTITY)
UNKNOWN = facts_with(link=Link.UNKNOWN)


@pytest.mark.parametrize(
    ("link", "task", "unit", "kind"),
    [
        (Link.LOGISTIC, BINARY, "log-odds", "ratio"),
        (Link.SOFTMAX, MULTICLASS, "log-odds", "ratio"),
        (Link.IDENTITY, BINARY, "chance", "points"),
        (Link.IDENTITY, MULTICLASS, "chance", "points"),
        (Link.IDENTITY, REGRESSION, "prediction", "ratio"),
        (Link.EXP, REGRESSION, "log of the prediction", "ratio"),
        (Link.UNKNOWN, BINARY, "sum of the model", "ratio"),
    ],
)
def test_the_unit_is_that_of_what_is_added_up(
    link: Link, task: Task, unit: str, kind: str
) -> None:
    """Each link with each task that it serves."""
    facts = facts_with(link=link)
    assert (unit_of(facts, task), kind_of(facts, task)) == (unit, kind)


def test_what_drives_most_is_named_with_its_interval_and_those_after_it() -> None:
    """By hand; what does not push at all is not named."""
    drivers = (driver("debt", 0.62), driver("late", 0.4), driver("age", 0.0))
    assert say_drivers(drivers, FACTS, BINARY) == (
        "debt drives the scores most: it moves the log-odds by 0.62 on average "
        "(0.61–0.63). Then late."
    )
    assert say_drivers((*drivers[:2], driver("age", 0.1)), CHANCE, BINARY) == (
        f"debt drives the scores most: it moves the chance by 62{NBSP}points on average "
        f"(61–63{NBSP}points). Then late and age."
    )
    assert say_drivers(drivers[:1], UNKNOWN, BINARY) == (
        "debt drives the scores most: it moves the sum of the model by 0.62 on average "
        "(0.61–0.63)."
    )


def test_where_nothing_is_known_or_nothing_pushes_it_says_so() -> None:
    """No rows; one row; no push."""
    assert say_drivers((), FACTS, BINARY).startswith("Fewer than two rows")
    nothing = NotEstimable("fewer than two rows", 1)
    one = Driver(Player(("debt",)), 0, nothing, nothing, nothing)
    same = "Nothing drives the scores: every row gets the same one."
    assert say_drivers((driver("debt", 0.0),), FACTS, BINARY) == same
    assert say_drivers((one,), FACTS, BINARY) == same


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {},
            (
                "Unit: log-odds. Game: interventional against 400 rows of March. "
                "Exact, all 1,000 rows."
            ),
        ),
        (
            {"rows": 800},
            (
                "Unit: log-odds. Game: interventional against 400 rows of March. "
                "Exact, 800 of 1,000 rows, chosen by hash."
            ),
        ),
        (
            {"game": Game.PATH},
            (
                "Unit: log-odds. Game: path-dependent against 400 rows of March. "
                "Exact, all 1,000 rows; the trees are deep, or this game was asked for."
            ),
        ),
        (
            {"game": Game.TRIED, "rows": 100, "error": 0.0312, "link": Link.IDENTITY},
            (
                "Unit: chance. Game: tried against 100 of 400 rows of March. "
                "Estimated from 100 of 1,000 rows, chosen by hash, typical error 0.031."
            ),
        ),
        (
            {"game": Game.TRIED, "rows": 100, "error": 0.0312, "reference_rows": 12},
            (
                "Unit: log-odds. Game: tried against 12 of 12 rows of March. "
                "Estimated from 100 of 1,000 rows, chosen by hash, typical error 0.031."
            ),
        ),
    ],
)
def test_every_figure_says_how_it_is_to_be_read(changes: dict[str, Any], said: str) -> None:
    """Unit, game, reference, and whether it is exact."""
    assert say_how(facts_with(**changes), BINARY, "March", 1000) == said


def test_what_moved_the_mean_is_named_if_it_did_beyond_chance() -> None:
    """Up, down, in points, and where only chance moved it."""
    both = (moved("income", 0.14), moved("debt", 0.07))
    assert say_moved(both, FACTS, BINARY, "from March to April") == (
        "The mean log-odds rose by 0.21 from March to April; income alone moved it by 0.14."
    )
    down = (moved("income", -0.14), moved("debt", 0.02))
    assert say_moved(down, CHANCE, BINARY, "from March to April") == (
        "The mean chance fell by 12.0 points from March to April; income alone moved it by "
        f"{MINUS}14{NBSP}points."
    )
    unsure = moved("income", 0.14, half=0.3)
    assert say_moved((unsure,), FACTS, BINARY, "since").endswith(
        "by 0.14 since; no column moved it beyond chance."
    )
    assert "debt alone moved it by 0.07" in say_moved(
        (unsure, both[1]), FACTS, BINARY, "since"
    )


def test_too_few_rows_cannot_be_compared() -> None:
    """Nothing moved because nothing is known."""
    assert say_moved((), FACTS, BINARY, "since") == (
        "One of the two has fewer than two rows; nothing can be compared."
    )


def test_a_case_is_told_in_three_sentences() -> None:
    """The score in points, what pushes up, what pushes down; the faint is left out."""
    told = case(
        ("late", "3", 1.0),
        ("income", "21", -0.5),
        ("debt", "9.5", 0.3),
        ("age", "30", 0.01),
    )
    assert say_case(told, FACTS, BINARY) == (
        f"The score is 41{NBSP}%, 12 points above that of the usual row (29{NBSP}%).",
        "late (3) and debt (9.5) push it up most.",
        "income (21) pushes it down most.",
    )


@pytest.mark.parametrize(
    ("changes", "task", "said"),
    [
        (
            {"score": 0.2, "usual": 0.29},
            BINARY,
            f"The score is 20{NBSP}%, 9 points below that of the usual row (29{NBSP}%).",
        ),
        ({"score": 0.292}, BINARY, f"The score is 29{NBSP}%, about as usual."),
        (
            {"score": 0.9984, "usual": 0.5},
            BINARY,
            f"The score is 99.8{NBSP}%, 50 points above that of the usual row (50{NBSP}%).",
        ),
        (
            {"score": 1234.5, "usual": 20.25, "link": Link.IDENTITY},
            REGRESSION,
            "The prediction is 1,234; the usual row gets 20.25.",
        ),
        (
            {
                "score": None,
                "usual": None,
                "link": Link.UNKNOWN,
                "output": "a rather than c",
            },
            MULTICLASS,
            "In all it is +1.00, in units of the log-odds, which speaks for a rather than c.",
        ),
        (
            {"score": None, "usual": None, "base": -4.0, "output": "a rather than c"},
            MULTICLASS,
            (
                "In all it is -2.00, in units of the log-odds, which speaks against "
                "a rather than c."
            ),
        ),
        (
            {"score": None, "usual": None},
            BINARY,
            "In all it is +1.00, in units of the log-odds.",
        ),
    ],
)
def test_a_score_is_told_beside_the_usual_one(
    changes: dict[str, Any], task: Task, said: str
) -> None:
    """In points of chance, in units of the label, or as the sum alone."""
    told = case(("late", "3", 2.0), **changes)
    assert say_case(told, FACTS, task)[0] == said


def test_a_row_that_nothing_pushes_says_so() -> None:
    """A model that always answers the same."""
    told = case(("late", "3", 0.0), score=0.07, usual=0.07)
    assert say_case(told, FACTS, BINARY) == (
        f"The score is 7{NBSP}%, about as usual.",
        "No column moves it.",
    )
    assert say_case(case(), FACTS, BINARY)[1:] == ("No column moves it.",)


@pytest.mark.parametrize(
    ("score", "after", "where"), [(0.41, 0.33, "below"), (0.2, 0.36, "above")]
)
def test_the_smallest_change_that_flips_is_told(
    score: float, after: float, where: str
) -> None:
    """On which side of the threshold it would be."""
    flip = Flip("late", "3", "2", after, 0.1)
    assert say_flip([flip], score, 350) == (
        f"With late at 2 instead of 3 the score would be {after * 100:.0f}{NBSP}%, {where} "
        f"the threshold of 35{NBSP}%."
    )


def test_where_no_change_flips_it_says_so() -> None:
    """And nothing where there is no score."""
    assert say_flip([], 0.4, 350).startswith("No change of a single column")
    assert say_flip([], None, 350) == ""


@pytest.mark.parametrize(
    ("changes", "same", "sure", "said"),
    [
        ({}, None, True, "the pushes add up to the model's own sum, to 2e-07 of it"),
        ({}, 1.0, True, "add up"),
        ({"additivity": 2e-5}, 1.0, False, "miss the model's own sum by up to 2.0e-05"),
        ({}, 0.5, False, f"repeats only 50{NBSP}% of the table's own predictions"),
        (
            {"game": Game.TRIED, "error": 0.03, "why": "The model is no tree."},
            1.0,
            False,
            "Estimated: the model is no tree. A push is off by about 0.03,",
        ),
    ],
)
def test_trust_needs_exact_sums_and_the_right_file(
    changes: dict[str, Any],
    same: float | None,
    sure: bool,  # noqa: FBT001 - a case
    said: str,
) -> None:
    """An estimate, sums that do not add up, or another model's scores: attention."""
    found, sentence = say_trust(facts_with(**changes), same)
    assert found is sure
    assert said in sentence


def test_ticks_of_the_second_axis_are_chances_of_their_log_odds() -> None:
    """Each tick by the logistic function; none where the sum is no log-odds."""
    ticks = chance_ticks(case(("late", "3", 1.0)))
    assert len(ticks) == 9
    for place, text in ticks:
        share = float(text.removesuffix(f"{NBSP}%")) / 100
        assert expit(place) == pytest.approx(share, abs=1e-7)
    assert chance_ticks(case(link=Link.IDENTITY)) == ()
