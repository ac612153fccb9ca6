"""Fairness is said in counts of rows that add up to round numbers."""

import pytest

from core.measures.fairness_words import (
    NOTIONS,
    SENTENCES,
    say_chance,
    say_impossible,
    say_left_out,
    say_pair,
    say_ratio,
)

PAIR = (("women", 0.06), ("men", 0.05))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            "selection_rate",
            "Of 100 rows of women, the model says late for 6; of 100 of men, for 5.",
        ),
        (
            "recall",
            "Of 100 rows of women that are late, the model finds 6; of 100 of men, 5.",
        ),
        (
            "false_positive_rate",
            (
                "Of 100 rows of women that are not late, the model takes 6 for late;"
                " of 100 of men, 5."
            ),
        ),
        (
            "precision",
            "Of 100 rows of women that the model takes for late, 6 are; of 100 of men, 5.",
        ),
        (
            "calibration",
            "Where the scores of women promise 100 late, 6 come; where those of men do, 5.",
        ),
    ],
)
def test_each_rate_as_counts(kind: str, said: str) -> None:
    """The rows that the rate is about come first, then what the model does with them."""
    assert say_pair(kind, PAIR, "late") == said


def test_every_notion_has_its_sentence() -> None:
    """Each rate of each notion can be said."""
    assert {rate for notion in NOTIONS for rate in notion.rates} <= set(SENTENCES)


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ((0.004, 0.05), "Of 1,000 rows of A, 4 are late; of 1,000 of B, 50."),
        ((0.0004, 0.05), "Of 10,000 rows of A, 4 are late; of 10,000 of B, 500."),
        ((0.0, 0.3), "Of 100 rows of A, 0 are late; of 100 of B, 30."),
        ((0.0, 0.0), "Of 100 rows of A, 0 are late; of 100 of B, 0."),
        ((1e-9, 1e-9), "Of 10,000 rows of A, 0 are late; of 10,000 of B, 0."),
    ],
)
def test_rare_rates_take_more_rows(rates: tuple[float, float], said: str) -> None:
    """The rarer of the two that happens at all makes one row at least, of 10,000 at most."""
    assert say_pair("prevalence", (("A", rates[0]), ("B", rates[1])), "late") == said


def test_a_ratio_and_its_chance() -> None:
    """59 for every 100; small groups may differ by chance."""
    assert say_ratio(0.594, "women", "men", "yes") == (
        "For every 100 rows of men for which the model says yes, it says so for 59 of"
        " equally many rows of women."
    )
    assert say_chance(certain=False) == "The difference may be chance."
    assert say_chance(certain=True) == "Chance alone hardly explains the difference."


def test_the_impossible_is_said_with_the_real_base_rates() -> None:
    """Numbers first, then who proved it."""
    said = say_impossible((("A", 0.51), ("B", 0.39)), "late")
    assert said.startswith("Of 100 rows of A, 51 are late; of 100 of B, 39. Where base")
    assert "Chouldechova 2017; Kleinberg, Mullainathan and Raghavan 2016" in said


def test_nobody_left_out_is_not_mentioned() -> None:
    """Groups of one reason stand together."""
    assert say_left_out([]) == ""
    groups = [("A", "few"), ("B", "none"), ("C", "few")]
    assert say_left_out(groups) == "; not judged: A, C (few); B (none)"
