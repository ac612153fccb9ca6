"""Odd labels, scores and weights: one clear sentence, never an error of another kind."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from core.errors import WrongInputError
from core.intake.guess import guess_columns
from core.records.data import ColumnFacts, ColumnType, ReadAs, Reading, Use
from core.records.estimate import NotEstimable
from core.records.models import Answer, OutputKind, Task
from core.runs.asking import asked_of, quality_of
from core.runs.desk import Desk
from tests.kept import AMOUNT, BINARY, THREE, Small, column, evaluated

NUMBER, TEXT = ColumnType.NUMBER, ColumnType.TEXT
NAN, INF = float("nan"), float("inf")
LABELS = ["yes", "no", "yes", "no"] * 10
SCORES = [0.9, 0.2, 0.4, 0.6] * 10
CLASSES = ["a", "b", "c", "a"] * 10
AMOUNTS = [1.0, 2.0, 3.0, 4.0] * 10
ZEROS_AND_ONES = replace(BINARY, classes=("0", "1"), positive="1")


@dataclass(frozen=True)
class Odd:
    """A table with one odd thing in it, and the sentence that says so."""

    name: str
    small: Small
    says: str
    answer: Answer = BINARY
    columns: tuple[str, ...] = ("score",)


def table(
    labels: Sequence[Any] = tuple(LABELS),
    scores: Sequence[Any] = tuple(SCORES),
    weights: Sequence[float | None] | None = None,
    *,
    types: tuple[ColumnType, ColumnType] = (TEXT, NUMBER),
    use: Use = Use.SCORE,
) -> Small:
    """Give a table of labels and scores, and of weights where there are any."""
    columns = [column("label", types[0], Use.LABEL), column("score", types[1], use)]
    values = {"label": list(labels), "score": list(scores)}
    if weights is not None:
        columns.append(column("weight", NUMBER, Use.WEIGHT))
        values["weight"] = list(weights)
    return Small(tuple(columns), values)


def weighted(first: float | None, others: float = 1.0) -> Small:
    """Give a table in which one weight is odd."""
    return table(weights=[first, *[others] * 39])


def said(labels: Sequence[str | None], predictions: Sequence[str | None]) -> Small:
    """Give a table of labels and predicted classes."""
    return table(labels, predictions, types=(TEXT, TEXT), use=Use.PREDICTION)


def amounts(labels: Sequence[Any], scores: Sequence[float], kind: ColumnType) -> Small:
    """Give a table of amounts."""
    return table(labels, scores, types=(kind, NUMBER))


def beside(name: str, values: Sequence[float]) -> Small:
    """Give a table with a second column of scores."""
    small = table()
    more = column(name, NUMBER, Use.SCORE)
    return Small((*small.columns, more), {**small.values, name: list(values)})


BAD_WEIGHT = "weight` is missing, negative or no number in 1 rows"
LOST_WEIGHT = "weights in `weight` are so small beside the others"
NO_AMOUNT = "not a number, or beyond 10^100, in 1 rows"
REFUSED = (
    Odd("label outside the classes", table(["maybe", *LABELS[1:]]), "holds maybe, which"),
    Odd("empty label", table(["", *LABELS[1:]]), "which the model does not know"),
    Odd(
        "every label unknown",
        table([f"k{i}" for i in range(40)]),
        "k0, k1, k10, k11, which",
    ),
    Odd(
        "label NaN",
        table([NAN, 1.0, 0.0, 1.0] * 10, types=(NUMBER, NUMBER)),
        "holds nan, which",
        ZEROS_AND_ONES,
    ),
    Odd(
        "label one half",
        table([0.5, 1.0, 0.0, 1.0] * 10, types=(NUMBER, NUMBER)),
        "holds 0.5, which",
        ZEROS_AND_ONES,
    ),
    Odd("score NaN", table(scores=[NAN, *SCORES[1:]]), "1 of 40 scores are not numbers"),
    Odd("no score at all", table(scores=[None] * 40), "40 of 40 scores are not numbers"),
    Odd("score below 0", table(scores=[-0.1, *SCORES[1:]]), "1 of 40 scores lie outside"),
    Odd("scores of text", table(scores=["high"] * 40, types=(TEXT, TEXT)), "holds text; a"),
    Odd(
        "scores of dates",
        table(scores=[date(2026, 1, 1)] * 40, types=(TEXT, ColumnType.DATE)),
        "holds date; a score is a number",
    ),
    Odd(
        "two columns that do not fit",
        beside("other", [*[2.0] * 39, NAN]),
        "1 of 40 scores are not numbers",
        BINARY,
        ("score", "other"),
    ),
    Odd(
        "three columns for two classes",
        beside("other", SCORES),
        "3 columns are marked as scores; this task takes 1 or 2",
        BINARY,
        ("score", "other", "score"),
    ),
    Odd(
        "one class named",
        table(),
        "two classes apart; 1 are named",
        Answer(Task.BINARY, classes=("yes",), positive="yes"),
    ),
    Odd(
        "a class named twice",
        table(),
        "`yes` is named twice",
        replace(BINARY, classes=("yes", "yes")),
    ),
    Odd(
        "another positive class",
        table(),
        "`maybe` is none of the two",
        replace(BINARY, positive="maybe"),
    ),
    Odd("weight below 0", weighted(-1.0), BAD_WEIGHT),
    Odd("weight missing", weighted(None), BAD_WEIGHT),
    Odd("weight NaN", weighted(NAN), BAD_WEIGHT),
    Odd("weight infinite", weighted(INF), BAD_WEIGHT),
    Odd("weights 0", weighted(0.0, 0.0), "`weight` is 0 in every row"),
    Odd("one weight of 10^9", weighted(1e9), f"39 of 40 {LOST_WEIGHT}"),
    Odd("weights of 10^-320", weighted(1e-320, 1e-320), f"40 of 40 {LOST_WEIGHT}"),
    Odd(
        "weights from 10^-300 to 10^300", weighted(1e-300, 1e300), f"1 of 40 {LOST_WEIGHT}"
    ),
    Odd(
        "class predicted that is none",
        said(CLASSES, ["z", *CLASSES[1:]]),
        "answers `z`",
        THREE,
    ),
    Odd(
        "class not predicted",
        said(CLASSES, [None, *CLASSES[1:]]),
        "1 of 40 predictions are missing",
        THREE,
    ),
    Odd(
        "class that is no label",
        said(["z", *CLASSES[1:]], CLASSES),
        "holds z, which",
        THREE,
    ),
    Odd(
        "too few columns for three classes",
        table(),
        "1 columns are marked as scores; this task takes 3",
        replace(THREE, kind=OutputKind.TENSOR),
    ),
    Odd("amount NaN", amounts([NAN, *AMOUNTS[1:]], SCORES, NUMBER), NO_AMOUNT, AMOUNT),
    Odd("amount infinite", amounts([INF, *AMOUNTS[1:]], SCORES, NUMBER), NO_AMOUNT, AMOUNT),
    Odd(
        "amount of 10^300",
        amounts([1e300, *AMOUNTS[1:]], SCORES, NUMBER),
        NO_AMOUNT,
        AMOUNT,
    ),
    Odd(
        "prediction infinite",
        amounts(AMOUNTS, [INF, *SCORES[1:]], NUMBER),
        "1 of 40 scores are not numbers",
        AMOUNT,
    ),
    Odd(
        "prediction of 10^308",
        amounts(AMOUNTS, [1e308, *SCORES[1:]], NUMBER),
        "1 of 40 scores are beyond 10^100",
        AMOUNT,
    ),
    Odd(
        "amounts in words", amounts(LABELS, SCORES, TEXT), "holds no numbers; a reg", AMOUNT
    ),
)


@pytest.mark.parametrize("odd", REFUSED, ids=lambda odd: odd.name)
def test_what_cannot_be_measured_is_refused(desk: Desk, odd: Odd) -> None:
    """A sentence that names what is odd, a hint, and no evaluation is kept."""
    with pytest.raises(WrongInputError, match=re.escape(odd.says)) as caught:
        evaluated(desk, odd.small, odd.answer, odd.columns)
    assert caught.value.hint
    assert len(str(caught.value)) <= 300
    assert not desk.workspace.state.evaluations


NO_LABEL = "no row here has a label"
UNKNOWN: tuple[tuple[str, Small, Answer, dict[str, str], dict[str, float]], ...] = (
    (
        "every label yes",
        table(["yes"] * 40),
        BINARY,
        {"auc": "no negatives to rank", "false_positive_rate": "no negatives here"},
        {"accuracy": 0.5, "recall": 0.5, "prevalence": 1.0},
    ),
    (
        "every label no",
        table(["no"] * 40),
        BINARY,
        {"auc": "no positives to rank", "recall": "no positives here"},
        {"accuracy": 0.5, "false_positive_rate": 0.5, "prevalence": 0.0},
    ),
    (
        "every label missing",
        table([None] * 40),
        BINARY,
        {"accuracy": NO_LABEL, "prevalence": NO_LABEL, "recall": "no positives here"},
        {"selection_rate": 0.5},
    ),
    (
        "one score for all",
        table(scores=[0.5] * 40),
        BINARY,
        {},
        {"auc": 0.5, "accuracy": 0.5},
    ),
    (
        "one row",
        table(["yes"], [0.5]),
        BINARY,
        {"auc": "no negatives to rank"},
        {"recall": 1.0},
    ),
    (
        "no row",
        table([], []),
        BINARY,
        {"accuracy": NO_LABEL, "selection_rate": "no rows here"},
        {},
    ),
    ("no class known", said([None] * 40, CLASSES), THREE, {"accuracy": NO_LABEL}, {}),
    (
        "no amount known",
        amounts([None] * 40, SCORES, NUMBER),
        AMOUNT,
        {"mae": NO_LABEL, "bias": NO_LABEL, "rmse": NO_LABEL},
        {},
    ),
    (
        "one weight above 0",
        weighted(1.0, 0.0),
        BINARY,
        {"auc": "no negatives to rank"},
        {"accuracy": 1.0},
    ),
    (
        "weights of 10^300",
        weighted(1e300, 1e300),
        BINARY,
        {},
        {"auc": 0.75, "accuracy": 0.5},
    ),
)


@pytest.mark.parametrize(
    ("small", "answer", "reasons", "values"),
    [case[1:] for case in UNKNOWN],
    ids=[case[0] for case in UNKNOWN],
)
def test_what_is_not_known_is_never_a_number(
    desk: Desk,
    small: Small,
    answer: Answer,
    reasons: dict[str, str],
    values: dict[str, float],
) -> None:
    """The number is replaced by its reason; what can be counted beside it is counted."""
    evaluation = evaluated(desk, small, answer)
    found = quality_of(desk, evaluation, asked_of(desk, evaluation))
    measured = {headline.id: headline.measured for headline in found.headlines}
    told = {name: m.reason for name, m in measured.items() if isinstance(m, NotEstimable)}
    known = {
        name: m.value for name, m in measured.items() if not isinstance(m, NotEstimable)
    }
    assert {name: told.get(name) for name in reasons} == reasons
    assert {name: known.get(name) for name in values} == pytest.approx(values)


def test_ids_that_repeat_change_no_number(desk: Desk) -> None:
    """Rows are counted, not ids: the numbers are those of the table without ids."""
    plain = evaluated(desk, table(), BINARY)
    repeated = column("id", ColumnType.INTEGER, Use.ID)
    small = table()
    ids = Small((*small.columns, repeated), {**small.values, "id": [1, 2] * 20})
    same = evaluated(desk, ids, BINARY)
    first, second = (
        [h.measured for h in quality_of(desk, e, asked_of(desk, e)).headlines]
        for e in (plain, same)
    )
    assert first == second
    assert same.rows == 40


@pytest.mark.parametrize(
    ("missing", "distinct", "use", "why"),
    [
        (0, 100, Use.ID, "every value differs and its name says id"),
        (0, 60, Use.IGNORE, "its name says id, but values occur again"),
        (1, 99, Use.IGNORE, "its name says id, but rows without a value occur"),
    ],
)
def test_import_says_why_a_column_is_no_id(
    missing: int, distinct: int, use: Use, why: str
) -> None:
    """The reason beside the guess tells repeated values from missing ones."""
    facts = ColumnFacts("id", TEXT, missing, distinct, "a", "z", ("a",))
    reading = Reading(ReadAs("csv"), 100, (facts,), (), 0, (), "t.csv", "f" * 64, 9)
    (guess,) = guess_columns(reading)
    assert (guess.column.use, guess.why) == (use, why)
