"""What fairness figures mean, in counts of rows that anybody can picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Pair = tuple[tuple[str, float], tuple[str, float]]  # two groups with their rates
BASES: Final = (100, 1_000, 10_000)
CHANCE: Final = "The difference may be chance."
MORE: Final = "Chance alone hardly explains the difference."
SENTENCES: Final = {
    "selection_rate": "Of {base} rows of {one}, the model says {positive} for {a};"
    " of {base} of {two}, for {b}.",
    "recall": "Of {base} rows of {one} that are {positive}, the model finds {a};"
    " of {base} of {two}, {b}.",
    "false_positive_rate": "Of {base} rows of {one} that are not {positive}, the model"
    " takes {a} for {positive}; of {base} of {two}, {b}.",
    "precision": "Of {base} rows of {one} that the model takes for {positive}, {a} are;"
    " of {base} of {two}, {b}.",
    "calibration": "Where the scores of {one} promise {base} {positive}, {a} come;"
    " where those of {two} do, {b}.",
    "ratio": "For every {base} rows of {two} for which the model says {positive}, it says"
    " so for {a} of equally many rows of {one}.",
    "prevalence": "Of {base} rows of {one}, {a} are {positive}; of {base} of {two}, {b}.",
}
IMPOSSIBLE: Final = (
    "Where base rates differ, no model that errs can be right equally often when it says"
    " {positive} and also have equal false-positive and false-negative rates in both groups"
    " (Chouldechova 2017; Kleinberg, Mullainathan and Raghavan 2016):"
    " decide which of them matters here."
)


@dataclass(frozen=True, slots=True)
class Notion:
    """A notion of fairness and the rates that it wants to be equal."""

    id: str
    title: str
    meaning: str
    rates: tuple[str, ...]


NOTIONS: Final = (
    Notion(
        "demographic_parity",
        "Demographic parity",
        "The model says yes equally often in every group.",
        ("selection_rate",),
    ),
    Notion(
        "equal_opportunity",
        "Equal opportunity",
        "Of those who are positive, the model finds equally many in every group.",
        ("recall",),
    ),
    Notion(
        "false_positive_balance",
        "False-positive balance",
        "Of those who are negative, equally many are wrongly called positive.",
        ("false_positive_rate",),
    ),
    Notion(
        "equalised_odds",
        "Equalised odds",
        "Recall and false-positive rate are both equal; the larger difference counts.",
        ("recall", "false_positive_rate"),
    ),
    Notion(
        "predictive_parity",
        "Predictive parity",
        "When the model says yes, it is right equally often in every group.",
        ("precision",),
    ),
    Notion(
        "calibration",
        "Calibration within groups",
        "As many positives come as the scores promise, equally so in every group.",
        ("calibration",),
    ),
    Notion(
        "four_fifths",
        "Four-fifths rule",
        "The lowest selection rate is at least four fifths of the highest.",
        ("selection_rate",),
    ),
)


def say_pair(kind: str, pair: Pair, positive: str) -> str:
    """Return two rates as counts of a common number of rows.

    `kind` is the name of the rate, `pair` two groups with theirs, `positive` is how the
    reader calls the positive label.

    >>> say_pair("prevalence", (("women", 0.06), ("men", 0.05)), "late")
    'Of 100 rows of women, 6 are late; of 100 of men, 5.'
    """
    one, two = pair
    base = _base((one[1], two[1]))
    return SENTENCES[kind].format(
        base=f"{base:,}",
        one=one[0],
        two=two[0],
        a=f"{round(one[1] * base):,}",
        b=f"{round(two[1] * base):,}",
        positive=positive,
    )


def say_ratio(ratio: float, one: str, two: str, positive: str) -> str:
    """Return a ratio as how many of `one` are chosen for every hundred of `two`."""
    return say_pair("ratio", ((one, ratio), (two, ratio)), positive)


def say_chance(*, certain: bool) -> str:
    """Return whether chance could have done it."""
    return MORE if certain else CHANCE


def say_impossible(pair: Pair, positive: str) -> str:
    """Return why not all criteria can hold, with the real base rates."""
    rates = say_pair("prevalence", pair, positive)
    return f"{rates} {IMPOSSIBLE.format(positive=positive)}"


def say_left_out(left_out: Sequence[tuple[str, str]]) -> str:
    """Return which groups nobody judged and why, as the tail of a sentence.

    >>> say_left_out([("women", "no positives here"), ("men", "no positives here")])
    '; not judged: women, men (no positives here)'
    """
    by_reason: dict[str, list[str]] = {}
    for title, reason in left_out:
        by_reason.setdefault(reason, []).append(title)
    said = (f"{', '.join(titles)} ({reason})" for reason, titles in by_reason.items())
    return f"; not judged: {'; '.join(said)}" if left_out else ""


def _base(rates: Sequence[float]) -> int:
    """Return the smallest number of rows of which the rarer rate makes at least one."""
    least = min((rate for rate in rates if rate > 0), default=1.0)
    return next((base for base in BASES if least * base >= 1), BASES[-1])
