"""Groups of sensitive columns are counted as one would by hand, alone and together."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.errors import WrongInputError
from core.measures.group_rates import Group
from core.measures.outcomes import Confusion
from core.records.data import Column, ColumnType, Use
from core.records.estimate import NotEstimable, Word
from core.records.models import Task
from core.reviews.policy import FIRST_POLICY
from core.runs.asking import asked_of
from core.runs.desk import Desk, freeze_policy
from core.runs.fairness import fairness_of, groups_of, sensitive_columns
from tests.kept import Small
from tests.runs.sliced import Kind, draw, keep_and_evaluate, known, make

COUNTS = {"f": (30, 10, 20, 40), "m": (60, 15, 5, 20)}  # TP, FP, FN, TN
CELLS = (("yes", 0.9), ("no", 0.9), ("yes", 0.1), ("no", 0.1))


def _table() -> Small:
    """Write the counts down as rows, each with a sex and a town."""
    columns = (
        Column("sex", ColumnType.TEXT, Use.FEATURE, sensitive=True),
        Column("town", ColumnType.TEXT, Use.FEATURE, sensitive=True),
        Column("plan", ColumnType.TEXT, Use.FEATURE, group=True),
        Column("score", ColumnType.NUMBER, Use.SCORE),
        Column("label", ColumnType.TEXT, Use.LABEL),
    )
    rows = [
        (sex, score, label)
        for sex, counts in COUNTS.items()
        for (label, score), count in zip(CELLS, counts, strict=True)
        for _ in range(count)
    ]
    values: dict[str, list[Any]] = {
        "sex": [row[0] for row in rows],
        "town": ["Ulm" if k % 2 else "Bonn" for k in range(len(rows))],
        "plan": ["basic"] * len(rows),
        "score": [row[1] for row in rows],
        "label": [row[2] for row in rows],
    }
    return Small(columns, values)


def _cells(group: Group) -> tuple[int, ...]:
    found: Confusion = group.found
    return tuple(side.n for side in (found.tp, found.fp, found.fn, found.tn))


def test_only_sensitive_columns_are_offered(desk: Desk) -> None:
    """A group that nobody called sensitive is none of them."""
    assert sensitive_columns(desk, keep_and_evaluate(desk, _table())) == ("sex", "town")


def test_groups_are_the_counts_that_were_written_down(desk: Desk) -> None:
    """By hand: right and wrong answers of each sex."""
    evaluation = keep_and_evaluate(desk, _table())
    groups = groups_of(desk, evaluation, ("sex",), asked_of(desk, evaluation))
    assert {group.title: _cells(group) for group in groups} == COUNTS


def test_observed_by_expected_is_that_of_the_scores(desk: Desk) -> None:
    """By hand, women: 50 of 100 happened, the scores promised 40 * 0.9 + 60 * 0.1."""
    evaluation = keep_and_evaluate(desk, _table())
    groups = groups_of(desk, evaluation, ("sex",), asked_of(desk, evaluation))
    value = {group.title: known(group.calibration).value for group in groups}
    assert value["f"] == pytest.approx(50 / (40 * 0.9 + 60 * 0.1))
    assert value["m"] == pytest.approx(65 / (75 * 0.9 + 25 * 0.1))


@pytest.mark.parametrize("columns", [("sex", "town"), ("town", "sex")])
def test_two_columns_make_groups_of_both(desk: Desk, columns: tuple[str, str]) -> None:
    """In either order: answers and O / E of each pair of values, counted from the rows."""
    small = _table()
    evaluation = keep_and_evaluate(desk, small)
    groups = groups_of(desk, evaluation, columns, asked_of(desk, evaluation))
    score = np.array(small.values["score"])
    yes = np.array(small.values["label"]) == "yes"
    assert len(groups) == 4
    for group in groups:
        values = group.title.split(" · ")
        rows = np.ones(len(score), dtype=np.bool_)
        for column, value in zip(columns, values, strict=True):
            rows &= np.array(small.values[column]) == value
        said = score >= 0.5
        cells = (said & yes, said & ~yes, ~said & yes, ~said & ~yes)
        assert _cells(group) == tuple(int((rows & cell).sum()) for cell in cells)
        wanted = yes[rows].sum() / score[rows].sum()
        assert known(group.calibration).value == pytest.approx(wanted)


def test_notions_are_the_shares_of_the_counts(desk: Desk) -> None:
    """By hand: of women 40 of 100 are chosen, of men 75; the largest group is the reference."""
    evaluation = keep_and_evaluate(desk, _table())
    asked = asked_of(desk, evaluation)
    parity = fairness_of(desk, evaluation, ("sex",), asked).criterion("demographic_parity")
    values = {group.title: known(group.measured).value for group in parity.groups}
    assert values == pytest.approx({"f": 0.4, "m": 0.75})
    assert known(parity.largest).value == pytest.approx(0.35)
    assert parity.verdict.word is Word.FAIL
    for reference, sign in (("f", 1), ("m", -1)):
        found = fairness_of(desk, evaluation, ("sex",), asked, reference=reference)
        assert found.reference == reference
        (other,) = (
            group
            for group in found.criterion("demographic_parity").groups
            if group.title != reference
        )
        assert known(other.difference).value == pytest.approx(sign * 0.35)


def test_the_threshold_moves_the_groups(desk: Desk) -> None:
    """At 95 % nobody is chosen any more."""
    evaluation = keep_and_evaluate(desk, _table())
    asked = asked_of(desk, evaluation, threshold=950)
    parity = fairness_of(desk, evaluation, ("sex",), asked).criterion("demographic_parity")
    assert [known(group.measured).value for group in parity.groups] == [0, 0]


def test_another_policy_gives_another_verdict(desk: Desk) -> None:
    """Where gaps of 60 points are allowed, 35 points are no failure."""
    evaluation = keep_and_evaluate(desk, _table())
    asked = asked_of(desk, evaluation)
    fairness_of(desk, evaluation, ("sex",), asked)
    text = FIRST_POLICY.replace("slice_tolerance: 0.05", "slice_tolerance: 0.6")
    freeze_policy(desk.workspace, text, actor="ada")
    parity = fairness_of(desk, evaluation, ("sex",), asked).criterion("demographic_parity")
    assert parity.verdict.word is Word.PASS


def test_a_small_group_is_hidden(desk: Desk) -> None:
    """Four people of a third sex: their rates are not said, nor those that would tell them."""
    small = _table()
    small.values["sex"][:4] = ["x"] * 4
    evaluation = keep_and_evaluate(desk, small)
    found = fairness_of(desk, evaluation, ("sex",), asked_of(desk, evaluation))
    for criterion in found.criteria:
        hidden = {g.title: isinstance(g.measured, NotEstimable) for g in criterion.groups}
        assert hidden["x"]
        assert hidden["f"]  # 96 of 200 rows: whoever knows m and all rows knows x
    assert not isinstance(found.criterion("equal_opportunity").groups[-2], NotEstimable)


@pytest.mark.parametrize("of_class", ["", "b"])
def test_a_multiclass_model_is_asked_about_a_class(desk: Desk, of_class: str) -> None:
    """One class against the rest; about all classes together only being right is measured."""
    evaluation = make(desk, Kind(Task.MULTICLASS))
    asked = asked_of(desk, evaluation, of_class=of_class)
    found = fairness_of(desk, evaluation, ("sex",), asked)
    opportunity = found.criterion("equal_opportunity")
    small = draw(Kind(Task.MULTICLASS))
    scores = np.column_stack([small.values[f"score_{k}"] for k in range(3)])
    said = np.array(["a", "b", "c"])[scores.argmax(axis=1)]
    label, sex = (
        np.array(small.values["label"], dtype=object),
        np.array(small.values["sex"]),
    )
    for group in opportunity.groups:
        rows = (sex == group.title) & (
            label == of_class if of_class else np.array([v is not None for v in label])
        )
        wanted = (said[rows] == label[rows]).mean()
        assert known(group.measured).value == pytest.approx(wanted)


def test_without_labels_only_who_is_chosen_is_known(desk: Desk) -> None:
    """Demographic parity needs none; the others say why there is no number."""
    evaluation = make(desk, Kind(labels=False))
    found = fairness_of(desk, evaluation, ("sex",), asked_of(desk, evaluation))
    for criterion in found.criteria:
        for group in criterion.groups:
            assert isinstance(group.measured, NotEstimable) == (
                criterion.id not in ("demographic_parity", "four_fifths")
            )


def test_weights_count(desk: Desk) -> None:
    """A share of weights, not of rows."""
    small = _table()
    weight = Column("weight", ColumnType.NUMBER, Use.WEIGHT)
    heavy = [4.0 if score == 0.9 else 1.0 for score in small.values["score"]]
    weighted = replace(
        small, columns=(*small.columns, weight), values=small.values | {"weight": heavy}
    )
    evaluation = keep_and_evaluate(desk, weighted)
    found = fairness_of(desk, evaluation, ("sex",), asked_of(desk, evaluation))
    parity = {g.title: g.measured for g in found.criterion("demographic_parity").groups}
    assert known(parity["f"]).value == pytest.approx(160 / 220)


def test_an_unknown_reference_is_refused(desk: Desk) -> None:
    """With the groups that there are."""
    evaluation = keep_and_evaluate(desk, _table())
    asked = asked_of(desk, evaluation)
    with pytest.raises(WrongInputError, match="There is no group `x`") as refused:
        fairness_of(desk, evaluation, ("sex",), asked, reference="x")
    assert refused.value.hint == "Choose one of f, m."


def test_a_regression_is_refused(desk: Desk) -> None:
    """It chooses nobody."""
    evaluation = make(desk, Kind(Task.REGRESSION))
    with pytest.raises(WrongInputError, match="A regression says neither yes nor no"):
        fairness_of(desk, evaluation, ("sex",), asked_of(desk, evaluation))


def test_an_uncut_column_is_refused(desk: Desk) -> None:
    """The label has no groups."""
    evaluation = keep_and_evaluate(desk, _table())
    with pytest.raises(WrongInputError, match="`label` is not cut into values or ranges"):
        groups_of(desk, evaluation, ("label",), asked_of(desk, evaluation))
