"""One row is found, told, changed and turned, as the model itself would."""

from collections.abc import Iterator
from math import isnan
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import NotFoundError, WrongInputError
from core.records.data import ColumnType
from core.records.models import Task
from core.records.predicate import Comparison
from core.runs import trying
from core.runs.desk import Desk, open_desk
from core.runs.explaining import explain
from core.runs.keeping import set_threshold
from core.runs.one_case import (
    Asked,
    case_of,
    changed_case,
    fields_of,
    flips_of,
    picked_row,
    picks_of,
    row_of,
    say_value,
)
from core.runs.provenance import decide_personal
from tests.kept import Values
from tests.runs.explained import (
    PERSON,
    READ,
    Loans,
    Open,
    as_frame,
    evaluate_loans,
    network,
    open_loans,
    train,
)


def _odd(values: Values) -> None:
    """Two people of one id, an id that is a number, and an amount that is no number."""
    values["person"][10:13] = ["twice", "twice", "250"]
    values["income"][5] = float("nan")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """An explained table; for reading only."""
    with open_desk(tmp_path_factory.mktemp("case") / "workspace") as desk:
        yield open_loans(desk, Loans(change=_odd))


def _asked(opened: Open, row: int = 0, output: str = "") -> Asked:
    return Asked(opened.desk, opened.evaluation, opened.explained, row, output)


def _chances(values: Values) -> NDArray[np.float64]:
    """Return what scikit-learn's own pipeline says."""
    return np.asarray(train().pipeline.predict_proba(as_frame(values))[:, 1], np.float64)


def _row(opened: Open, row: int, **changes: Any) -> Values:
    """Return a table of one row with some of its values changed."""
    held = {name: opened.small.values[name][row] for name in READ} | changes
    return {name: [value] for name, value in held.items()}


def _is_odd(value: Any) -> bool:
    """Return whether a value is missing or no number."""
    return value is None or (isinstance(value, float) and isnan(value))


def test_a_row_is_named_by_its_id_or_its_number(opened: Open) -> None:
    """The id comes first: 250 is somebody's, 251 a number; blanks around do not matter."""
    desk, evaluation = opened.desk, opened.evaluation
    assert row_of(desk, evaluation, f" {PERSON.format(k=7)} ") == 7
    assert row_of(desk, evaluation, "250") == 12
    assert row_of(desk, evaluation, "251") == 251
    assert row_of(desk, evaluation, "#250") == 250


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ("twice", "More than one row has the person twice"),
        ("nobody", "No row has the person nobody"),
        ("300", "No row has the person 300"),
        ("-1", "No row has the person -1"),
        ("#twice", "No row has the person #twice"),
        ("9" * 5_000, "No row has the person 999"),
    ],
)
def test_a_row_that_is_not_there_or_twice_is_refused(
    opened: Open, said: str, match: str
) -> None:
    """By id or number; long texts are cut."""
    with pytest.raises(NotFoundError, match=match) as caught:
        row_of(opened.desk, opened.evaluation, said)
    assert len(str(caught.value)) < 120


def test_the_highest_the_lowest_and_the_surest_wrong_one_are_picked(opened: Open) -> None:
    """Against numpy, in all rows and in a slice."""
    scores = _chances(opened.small.values)
    yes = np.array(opened.small.values["label"]) == "yes"
    north = np.array(opened.small.values["region"]) == "North"
    for where, inside in (
        (None, north | True),
        (Comparison("region", "=", "North"), north),
    ):

        def picked(kind: str, where: Comparison | None = where) -> float:
            row = picked_row(opened.desk, opened.explained, kind, where=where)
            assert row is not None
            return float(scores[row])

        assert picked("highest") == pytest.approx(scores[inside].max())
        assert picked("lowest") == pytest.approx(scores[inside].min())
        wrong = inside & ((scores >= 0.5) != yes)
        sure = np.abs(scores[wrong] - 0.5).max()
        assert abs(picked("wrong and sure") - 0.5) == pytest.approx(sure, abs=1e-6)


def test_only_a_judged_yes_or_no_can_be_wrong(desk: Desk) -> None:
    """Without labels, or with several classes, the highest and the lowest are left."""
    unlabelled = evaluate_loans(desk, Loans(labels=False, rows=60))
    assert picks_of(unlabelled) == ("highest", "lowest")
    opened = open_loans(desk, Loans(Task.MULTICLASS, rows=80))
    assert picks_of(opened.evaluation) == ("highest", "lowest")
    chances = train(Task.MULTICLASS).pipeline.predict_proba(as_frame(opened.small.values))
    for place, output in enumerate("abc"):
        row = picked_row(desk, opened.explained, "highest", output=output)
        assert chances[row, place] == pytest.approx(chances[:, place].max())


@pytest.mark.parametrize("row", [0, 5, 123])
def test_a_case_is_the_score_of_the_pipeline(opened: Open, row: int) -> None:
    """From the mean to the row's own score; each push with what the row holds."""
    found = case_of(_asked(opened, row))
    assert found.score == pytest.approx(_chances(opened.small.values)[row], abs=1e-6)
    held = {p.player.name: p.words for p in found.pushes}
    for name in READ:
        value = opened.small.values[name][row]
        assert held[name] == ("missing" if _is_odd(value) else say_value(value))


def test_a_row_beyond_the_end_was_not_explained(opened: Open) -> None:
    """A sentence, no crash."""
    with pytest.raises(NotFoundError, match="Row 300 was not explained"):
        case_of(_asked(opened, 300))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"late": 4},
        {"income": None, "region": "South"},
        {"debt": 99.5, "region": "Atlantis"},
    ],
)
def test_a_changed_row_is_scored_and_explained_anew(
    opened: Open, changes: dict[str, Any]
) -> None:
    """The pipeline's score of the changed row, and the pushes add up to it."""
    found = changed_case(_asked(opened, 8), changes)
    expected = _chances(_row(opened, 8, **changes))[0]
    assert found.score == pytest.approx(expected, abs=1e-6)
    held = {push.player.name: push.words for push in found.pushes}
    for name, value in changes.items():
        assert held[name] == say_value(value)
    if not changes:
        told = case_of(_asked(opened, 8))
        values = {push.player.name: push.value for push in told.pushes}
        for push in found.pushes:
            assert push.value == pytest.approx(values[push.player.name], abs=1e-6)


@pytest.mark.parametrize(
    ("name", "value"), [("late", "many"), ("late", 2**70), ("debt", "x")]
)
def test_a_value_that_does_not_suit_its_column_is_refused(
    opened: Open, name: str, value: object
) -> None:
    """A text for a number, a number too large."""
    with pytest.raises(WrongInputError, match=f"does not suit `{name}`"):
        changed_case(_asked(opened), {name: value})


@pytest.mark.parametrize("row", [0, 33, 8])
def test_flips_really_flip_and_nothing_nearer_does(opened: Open, row: int) -> None:
    """Each is on the other side by the pipeline, and every nearer tried value is not."""
    own = _chances(opened.small.values)[row]
    flips = flips_of(_asked(opened, row))
    assert [flip.distance for flip in flips] == sorted(flip.distance for flip in flips)
    assert len({flip.column for flip in flips}) == len(flips)
    for name in ("income", "debt", "late"):
        known = np.array([v for v in opened.small.values[name] if not _is_odd(v)])
        places = np.unique(np.quantile(known, np.arange(41) / 40, method="inverted_cdf"))
        tried = [_chances(_row(opened, row, **{name: p}))[0] for p in places]
        turned = [k for k, score in enumerate(tried) if (score >= 0.5) != (own >= 0.5)]
        mine = [flip for flip in flips if flip.column == name]
        assert len(mine) == (1 if turned else 0)
        if not mine:
            continue
        value = opened.small.values[name][row]
        place = 0 if _is_odd(value) else int(np.searchsorted(places, value))
        nearest = min(turned, key=lambda k: abs(k - place))
        assert mine[0].distance == pytest.approx(abs(nearest - place) / len(places))
        assert mine[0].before == say_value(None if _is_odd(value) else value)
        near = {say_value(float(places[k])) for k in turned} | {
            say_value(int(places[k])) for k in turned
        }
        assert mine[0].after in near
        assert (mine[0].score >= 0.5) != (own >= 0.5)


def test_the_threshold_says_what_a_flip_is(desk: Desk) -> None:
    """Everybody is a yes from 0.1 % on: no single change makes this one a no."""
    opened = open_loans(desk)
    row = int(np.abs(_chances(opened.small.values) - 0.5).argmin())
    assert flips_of(_asked(opened, row))
    set_threshold(desk, opened.evaluation.model, 1, why="to see", actor="ada")
    assert flips_of(_asked(opened, row)) == ()


def test_a_table_of_one_value_each_offers_no_flip(desk: Desk) -> None:
    """Nothing else was ever seen."""

    def same(values: Values) -> None:
        values |= {"income": [30.0] * 20, "debt": [9.0] * 20, "late": [1] * 20}
        values["region"] = ["North"] * 20

    opened = open_loans(desk, Loans(rows=20, change=same))
    assert flips_of(_asked(opened)) == ()


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_only_a_yes_or_no_can_be_flipped(desk: Desk, task: Task) -> None:
    """Other models decide nothing here."""
    opened = open_loans(desk, Loans(task, rows=60))
    output = opened.explained.facts.outputs[0]
    assert flips_of(_asked(opened, output=output)) == ()


def test_why_one_class_rather_than_another_adds_up(desk: Desk) -> None:
    """To the log of the two chances' ratio."""
    opened = open_loans(desk, Loans(Task.MULTICLASS, rows=80))
    chances = train(Task.MULTICLASS).pipeline.predict_proba(as_frame(opened.small.values))
    found = case_of(_asked(opened, 4, "a"), rather="c")
    assert found.sum == pytest.approx(np.log(chances[4, 0] / chances[4, 2]), abs=1e-5)
    changed = changed_case(_asked(opened, 4, "a"), {"late": 5}, rather="c")
    row = as_frame(_row(opened, 4, late=5))
    one, _, three = train(Task.MULTICLASS).pipeline.predict_proba(row)[0]
    assert changed.sum == pytest.approx(np.log(one / three), abs=1e-5)


def test_fields_are_the_strongest_columns_with_what_was_seen(opened: Open) -> None:
    """Numbers between their ends; texts with the own value first."""
    asked = _asked(opened, 5)
    case = case_of(asked)
    fields = fields_of(asked, case)
    names = [push.player.name for push in case.pushes]
    assert [field.column.name for field in fields] == names
    by_name = {field.column.name: field for field in fields}
    assert by_name["income"].value is None
    debts = opened.small.values["debt"]
    assert (by_name["debt"].low, by_name["debt"].high) == (min(debts), max(debts))
    own = opened.small.values["region"][5]
    assert by_name["region"].choices[0] == own
    assert set(by_name["region"].choices) == {"North", "South", "West"}
    assert by_name["late"].column.type is ColumnType.INTEGER


def test_whole_numbers_that_no_browser_knows_cannot_be_changed(desk: Desk) -> None:
    """Beyond 2^53 the field would show another number."""

    def large(values: Values) -> None:
        values["late"][0] = 2**60

    opened = open_loans(desk, Loans(rows=60, change=large))
    asked = _asked(opened, 3)
    assert "late" not in [f.column.name for f in fields_of(asked, case_of(asked))]


def test_personal_values_are_dots_and_cannot_be_changed(desk: Desk) -> None:
    """In the case, the changed case, the fields and the flips."""
    opened = open_loans(desk)
    decide_personal(desk, opened.evaluation.dataset, "debt", personal=True, actor="ada")
    asked = _asked(opened, 8)
    case = case_of(asked)
    for told in (case, changed_case(asked, {"late": 4})):
        assert {p.player.name: p.words for p in told.pushes}["debt"] == "•••"
    assert "debt" not in [field.column.name for field in fields_of(asked, case)]
    assert "debt" not in [flip.column for flip in flips_of(asked)]


def test_what_was_tried_is_picked_and_told_among_the_tried_rows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The highest of six rows, and its flips are those of the model itself."""
    monkeypatch.setattr(trying, "ROWS", 6)
    monkeypatch.setattr(trying, "REFERENCE", 8)
    evaluation = evaluate_loans(desk, Loans(rows=40, lacking=False), network())
    explained = explain(desk, evaluation)
    row = picked_row(desk, explained, "highest")
    assert row is not None
    asked = Asked(desk, evaluation, explained, row)
    case = case_of(asked)
    assert len(case.pushes) == 3
    assert case.score == pytest.approx(case.sum)
    set_threshold(desk, evaluation.model, int(1000 * case.sum) - 1, why="near", actor="a")
    for flip in flips_of(asked):
        assert flip.score < case.sum


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "missing"),
        (True, "yes"),
        (False, "no"),
        (1234, "1,234"),
        (0.12346, "0.1235"),
        (12345.678, "12,346"),
        ("x" * 60, "x" * 39 + "…"),
        ("left\u202eright", "left\\u202eright"),
    ],
)
def test_values_are_said_in_words(value: object, said: str) -> None:
    """Missing, yes and no, numbers with commas, texts cut and made visible."""
    assert say_value(value) == said
