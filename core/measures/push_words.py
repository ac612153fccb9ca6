"""Explanations in words: what drives, what moved, what made one row's score."""

from collections.abc import Sequence
from typing import Final

from core.estimates.wording import NBSP, say, say_interval, say_number, say_rows
from core.records.estimate import Estimate
from core.records.explanations import Case, Driver, Explanation, Flip, Game, Link, Moved
from core.records.models import Task

EXACT_TO: Final = 1e-5
SAME_LEAST: Final = 0.999  # of the table's own predictions
NEXT: Final = 2  # drivers that are named after the first
SMALL: Final = 0.02  # of the strongest push; what is smaller is not named
POINTS: Final = 0.005
TRIED: Final = 100  # reference rows, where pushes are tried


def unit_of(facts: Explanation, task: Task) -> str:
    """Return the unit of a push: what the pushes of a row add up in."""
    match facts.link, task:
        case Link.LOGISTIC | Link.SOFTMAX, _:
            return "log-odds"
        case Link.IDENTITY, Task.REGRESSION:
            return "prediction"
        case Link.IDENTITY, _:
            return "chance"
        case Link.EXP, _:
            return "log of the prediction"
        case _:
            return "sum of the model"


def kind_of(facts: Explanation, task: Task) -> str:
    """Return how a push is written: in points of chance, or as a plain number."""
    return "points" if unit_of(facts, task) == "chance" else "ratio"


def say_drivers(drivers: Sequence[Driver], facts: Explanation, task: Task) -> str:
    """Say which column drives the scores most, and how surely.

    `debt_to_income drives the scores most: it moves the log-odds by 0.62 on average
    (0.61-0.63).`
    """
    if not drivers:
        return "Fewer than two rows; nobody can say what drives their scores."
    first = drivers[0]
    unit, kind = unit_of(facts, task), kind_of(facts, task)
    if not isinstance(first.strength, Estimate) or not first.strength.value:
        return "Nothing drives the scores: every row gets the same one."
    by = f"{say(first.strength, kind)} on average ({say_interval(first.strength, kind)})"
    others = [
        d.player.name
        for d in drivers[1 : NEXT + 1]
        if isinstance(d.strength, Estimate) and d.strength.value > 0
    ]
    then = f" Then {' and '.join(others)}." if others else ""
    return f"{first.player.name} drives the scores most: it moves the {unit} by {by}.{then}"


def say_how(facts: Explanation, task: Task, reference: str, total: int) -> str:
    """Say unit, game, reference rows, and whether it is exact; the caption of every figure."""
    unit = unit_of(facts, task)
    rows = (
        f"all {say_rows(facts.rows)}"
        if facts.rows == total
        else f"{facts.rows:,} of {total:,} rows, chosen by hash"
    )
    against = f"against {facts.reference_rows:,} rows of {reference}"
    match facts.game:
        case Game.INTERVENTIONAL:
            how = f"exact, {rows}"
        case Game.PATH:
            how = f"exact, {rows}; the trees are deep, or this game was asked for"
        case _:
            few = min(TRIED, facts.reference_rows)
            against = f"against {few:,} of {facts.reference_rows:,} rows of {reference}"
            how = f"estimated from {rows}, typical error {facts.error:.2g}"
    return f"Unit: {unit}. Game: {facts.game} {against}. {how[0].upper()}{how[1:]}."


def say_moved(moved: Sequence[Moved], facts: Explanation, task: Task, windows: str) -> str:
    """Say by how much the mean moved and which column explains most of it.

    `The mean log-odds rose by 0.21 from March to April; income alone moved it by 0.14.`
    """
    unit, kind = unit_of(facts, task), kind_of(facts, task)
    total = sum(each.change.value for each in moved)
    verb = "rose" if total >= 0 else "fell"
    if not moved:
        return "One of the two has fewer than two rows; nothing can be compared."
    sentence = f"The mean {unit} {verb} by {_plain(abs(total), kind)} {windows}"
    for each in moved:
        if not each.change.low <= 0 <= each.change.high:
            part = say(each.change, kind)
            return f"{sentence}; {each.player.name} alone moved it by {part}."
    return f"{sentence}; no column moved it beyond chance."


def say_case(case: Case, facts: Explanation, task: Task) -> tuple[str, ...]:
    """Say what made the score of one row: at most four short sentences."""
    said = [_say_score(case, task, unit_of(facts, task))]
    strongest = max((abs(push.value) for push in case.pushes), default=0.0)
    if strongest == 0:
        return (*said, "No column moves it.")
    for words, sign in (("up", 1), ("down", -1)):
        mine = [p for p in case.pushes if sign * p.value > SMALL * strongest][:NEXT]
        if mine:
            named = " and ".join(f"{p.player.name} ({p.words})" for p in mine)
            verb = "pushes" if len(mine) == 1 else "push"
            said.append(f"{named} {verb} it {words} most.")
    return tuple(said)


def _say_score(case: Case, task: Task, unit: str) -> str:
    if case.score is None or case.usual is None:
        way = "for" if case.sum >= 0 else "against"
        speaks = f", which speaks {way} {case.output}" if case.output else ""
        return f"In all it is {case.sum:+.2f}, in units of the {unit}{speaks}."
    if task is Task.REGRESSION:
        return f"The prediction is {case.score:,.4g}; the usual row gets {case.usual:,.4g}."
    apart = case.score - case.usual
    if abs(apart) < POINTS:
        return f"The score is {_percent(case.score)}, about as usual."
    where = "above" if apart > 0 else "below"
    points = say_number(abs(apart) * 100, 0)
    return (
        f"The score is {_percent(case.score)}, {points} points {where} that of the usual "
        f"row ({_percent(case.usual)})."
    )


def say_flip(flips: Sequence[Flip], score: float | None, threshold: int) -> str:
    """Say the smallest change of one column that would turn the decision."""
    if score is None:
        return ""
    if not flips:
        return "No change of a single column, within what was seen, turns the decision."
    first = flips[0]
    where = "above" if first.score > score else "below"
    return (
        f"With {first.column} at {first.after} instead of {first.before} the score would be "
        f"{_percent(first.score)}, {where} the threshold of {threshold / 10:g}{NBSP}%."
    )


def say_trust(facts: Explanation, same: float | None) -> tuple[bool, str]:
    """Say whether an explanation can be trusted, and why."""
    if facts.game is Game.TRIED:
        return False, (
            f"Estimated: {_lower(facts.why)} A push is off by about {facts.error:.2g}, "
            "and another choice of reference rows would move it further."
        )
    if facts.additivity > EXACT_TO:
        return False, (
            f"The pushes miss the model's own sum by up to {facts.additivity:.1e}; "
            "look at single rows with care."
        )
    if same is not None and same < SAME_LEAST:
        return False, (
            f"The file repeats only {_percent(same)} of the table's own predictions, so this "
            "explains the file, not what made the table."
        )
    return True, (
        "In every row the pushes add up to the model's own sum, to "
        f"{facts.additivity:.0e} of it."
    )


def chance_ticks(case: Case) -> tuple[tuple[float, str], ...]:
    """Return places on the axis of log-odds and the chances that they are."""
    return CHANCES if case.link is Link.LOGISTIC else ()


CHANCES: Final = tuple(
    (place, f"{text}{NBSP}%")
    for place, text in (
        (-6.906755, "0.1"),
        (-4.59512, "1"),
        (-2.944439, "5"),
        (-1.386294, "20"),
        (0.0, "50"),
        (1.386294, "80"),
        (2.944439, "95"),
        (4.59512, "99"),
        (6.906755, "99.9"),
    )
)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _plain(value: float, kind: str) -> str:
    return f"{value * 100:.1f} points" if kind == "points" else f"{value:.2g}"


def _percent(share: float) -> str:
    digits = 0 if 0.01 <= share <= 0.99 else 1  # noqa: PLR2004 - ends need a digit more
    return f"{say_number(share * 100, digits)}{NBSP}%"
