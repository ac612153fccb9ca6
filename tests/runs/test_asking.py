"""Answers are kept by what they depend on, never by what merely looks alike."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import WrongInputError
from core.records.data import ColumnType, Use
from core.records.estimate import Estimate
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import SCORE, And, Comparison, Not, Or, Predicate
from core.reviews.policy import FIRST_POLICY
from core.runs.asking import (
    asked_of,
    findings_of,
    marked_parts,
    quality_of,
    rows_of,
    scores_of,
    slices_of,
)
from core.runs.desk import Desk, freeze_policy
from core.runs.hiding import hides_slice
from core.runs.keeping import set_threshold
from tests.kept import BINARY, Small, binary, column, evaluated
from tests.runs.sliced import Kind, make

INTEGER, NUMBER = ColumnType.INTEGER, ColumnType.NUMBER


def _number(
    desk: Desk, evaluation: Evaluation, name: str, where: Predicate | None = None
) -> float:
    quality = quality_of(desk, evaluation, asked_of(desk, evaluation), where=where)
    headline = quality.headline(name)
    assert headline is not None
    assert isinstance(headline.measured, Estimate)
    return headline.measured.value


def _small(**values: list[Any]) -> Small:
    """Return a table with label and score beside the given columns, all of them groups."""
    columns = [column("label", use=Use.LABEL), column("score", NUMBER, Use.SCORE)]
    for name, data in values.items():
        if name not in ("label", "score"):
            number = isinstance(data[0], int)
            type_ = INTEGER if number else ColumnType.TEXT
            columns.append(
                column(name, type_, Use.ID if number else Use.FEATURE, group=not number)
            )
    return Small(tuple(columns), values)


def test_rankings_inside_a_step_are_told_apart(desk: Desk) -> None:
    """Two models with the same counts on the score grid, but another order within a step."""
    one = evaluated(desk, binary([("yes", 0.50002, "N"), ("no", 0.50001, "N")]), BINARY)
    two = evaluated(desk, binary([("yes", 0.50001, "N"), ("no", 0.50002, "N")]), BINARY)
    assert _number(desk, one, "auc") == 1.0
    assert _number(desk, two, "auc") == 0.0


def test_a_slice_is_asked_of_its_own_table(desk: Desk) -> None:
    """Equal codes, labels and scores, but another value in a column that is not coded."""
    shared: dict[str, list[Any]] = {"label": ["yes", "no"], "score": [0.9, 0.8]}
    one = evaluated(desk, _small(**shared, age=[20, 60]), BINARY)
    two = evaluated(desk, _small(**shared, age=[60, 20]), BINARY)
    young = Comparison("age", "<", 40)
    assert one.frame == two.frame
    assert _number(desk, one, "accuracy", young) == 1.0
    assert _number(desk, two, "accuracy", young) == 0.0


def test_columns_that_split_alike_keep_their_names(desk: Desk) -> None:
    """`a` and `b` have the same counts; their slices are not each other's."""
    small = _small(
        label=["yes", "no"], score=[0.9, 0.1], a=["x", "y"], b=["u", "v"], c=["k", "k"]
    )
    evaluation = evaluated(desk, small, BINARY)
    asked = asked_of(desk, evaluation)
    where = Comparison("c", "=", "k")
    for name in ("a", "b"):
        found = slices_of(desk, evaluation, (name,), asked, where=where)
        assert {slice_.words.split(" ")[0] for slice_ in found} == {name}
    pairs = slices_of(desk, evaluation, ("a", "c"), asked)
    others = slices_of(desk, evaluation, ("b", "c"), asked)
    assert pairs[0].words == "a = x and c = k"
    assert others[0].words == "b = u and c = k"


def test_swapped_column_names_swap_their_slices(desk: Desk) -> None:
    """Equal coded rows under other names are other slices."""
    rows: dict[str, list[Any]] = {"label": ["yes", "no"] * 3, "score": [0.9] * 6}
    first, second = list("xxxyyx"), list("xxyxyy")
    one = evaluated(desk, _small(**rows, a=first, b=second), BINARY)
    two = evaluated(desk, _small(**rows, b=first, a=second), BINARY)
    assert one.frame == two.frame
    sizes = []
    for evaluation in (one, two):
        found = slices_of(desk, evaluation, ("a", "b"), asked_of(desk, evaluation))
        sizes.append([(slice_.title, slice_.rows) for slice_ in found])
    assert sizes[0] == [("x · x", 2), ("x · y", 2), ("y · x", 1), ("y · y", 1)]
    assert sizes[1] == [("x · x", 2), ("x · y", 1), ("y · x", 2), ("y · y", 1)]


def test_findings_belong_to_their_evaluation(desk: Desk) -> None:
    """Two models that decide alike, but rank otherwise, on 200 rows and more."""
    rows = [("yes", 0.9, "N"), ("yes", 0.6, "N"), ("no", 0.2, "N"), ("no", 0.8, "N")] * 60
    other = [("yes", 0.9, "N"), ("yes", 0.85, "N"), ("no", 0.2, "N"), ("no", 0.8, "N")] * 60
    found = []
    for table in (rows, other):
        evaluation = evaluated(desk, binary(table), BINARY)
        findings = {f.gate.id: f for f in findings_of(desk, evaluation)}
        assert {f.evaluation for f in findings.values()} == {evaluation.id}
        assert dict(findings["PERF-01"].view.pins)["evaluation"] == evaluation.id
        found.append(findings["PERF-01"].measured)
    assert found[0] != found[1]


def test_a_table_without_groups_has_findings_too(desk: Desk) -> None:
    """Rules about slices do not apply; the others do."""
    columns = (column("label", use=Use.LABEL), column("score", NUMBER, Use.SCORE))
    small = Small(columns, {"label": ["yes", "no"], "score": [0.9, 0.1]})
    evaluation = evaluated(desk, small, BINARY)
    assert marked_parts(desk, evaluation) == ()
    assert {f.gate.id for f in findings_of(desk, evaluation)} == {"PERF-01", "PERF-02"}


def test_a_new_threshold_changes_numbers_and_findings(desk: Desk) -> None:
    """What the model decides follows from the threshold set for it."""
    evaluation = evaluated(desk, binary([("yes", 0.3, "N"), ("no", 0.1, "S")]), BINARY)
    before = findings_of(desk, evaluation)
    assert _number(desk, evaluation, "accuracy") == 0.5
    set_threshold(desk, evaluation.model, 250, actor="ada", why="cost")
    assert _number(desk, evaluation, "accuracy") == 1.0
    assert findings_of(desk, evaluation) != before
    assert dict(findings_of(desk, evaluation)[0].view.controls)["act"] == "25.0"


@given(st.integers(0, 10**6))
def test_a_slice_has_the_numbers_of_its_rows(desk: Desk, seed: int) -> None:
    """Quality in a slice, and that slice in the table of slices, are the same."""
    rng = np.random.default_rng(seed)
    rows = [
        (
            rng.choice(["yes", "no"]).item(),
            round(rng.random(), 2),
            rng.choice(["N", "S"]).item(),
        )
        for _ in range(30)
    ] + [("yes", 0.4, "N"), ("no", 0.4, "S")]
    evaluation = evaluated(desk, binary(rows), BINARY)
    asked = asked_of(desk, evaluation)
    for slice_ in slices_of(desk, evaluation, ("region",), asked):
        if slice_.rows >= 5:
            whole = quality_of(desk, evaluation, asked, where=slice_.predicate)
            numbers = {h.id: h.measured for h in whole.headlines if h.id != "auc"}
            assert numbers == dict(slice_.metrics)
            page = rows_of(desk, evaluation, slice_.predicate, threshold=500, page=1)
            assert page.rows == slice_.rows == whole.rows


def test_scores_are_a_series_per_label(desk: Desk) -> None:
    """By hand: one yes at 0.9, one no at 0.1, one not known yet."""
    rows = [("yes", 0.9, "N"), ("no", 0.1, "S"), (None, 0.1, "S")]
    evaluation = evaluated(desk, binary(rows), BINARY)
    series = dict(scores_of(desk, evaluation))
    assert set(series) == {"no", "yes", "no label yet"}
    assert series["yes"][18] == series["no"][2] == series["no label yet"][2] == 1
    north = scores_of(desk, evaluation, where=Comparison("region", "=", "N"))
    assert [name for name, _ in north] == ["yes"]


def test_an_uncut_column_is_refused(desk: Desk) -> None:
    """The label is no slice."""
    evaluation = evaluated(desk, binary([("yes", 0.9, "N"), ("no", 0.1, "S")]), BINARY)
    with pytest.raises(WrongInputError, match="`label` is not cut into values or ranges"):
        slices_of(desk, evaluation, ("label",), asked_of(desk, evaluation))


@pytest.mark.parametrize("task", list(Task))
def test_rows_without_a_label_come_last(desk: Desk, task: Task) -> None:
    """Nobody knows whether the model was wrong there; the worst known answer is first."""
    evaluation = make(desk, Kind(task, rows=50))
    rows = rows_of(desk, evaluation, None, threshold=500, page=1).table.to_pylist()
    labelled = [row["label"] is not None for row in rows]
    assert labelled == sorted(labelled, reverse=True)
    name = "off by" if task is Task.REGRESSION else "wrong"
    off = [abs(row[name]) for row in rows if row["label"] is not None]
    assert off == sorted(off, reverse=True)


@pytest.mark.parametrize("task", list(Task))
def test_rows_of_a_table_without_labels_come_in_its_order(desk: Desk, task: Task) -> None:
    """There is no worst one."""
    evaluation = make(desk, Kind(task, rows=40, labels=False))
    rows = rows_of(desk, evaluation, None, threshold=500, page=1).table
    assert rows["email"].to_pylist() == [f"p{k}@example.org" for k in range(40)]


def _hides(desk: Desk, counts: dict[tuple[str, str], int], where: Predicate) -> bool:
    """Return whether a slice is hidden in a table of so many rows per pair of values."""
    pairs = [pair for pair, count in counts.items() for _ in range(count)]
    small = _small(
        label=["yes", "no"] * (len(pairs) // 2) + ["yes"] * (len(pairs) % 2),
        score=[0.9] * len(pairs),
        a=[a for a, _ in pairs],
        b=[b for _, b in pairs],
    )
    return hides_slice(desk, evaluated(desk, small, BINARY), where)


A, B = Comparison("a", "=", "x"), Comparison("b", "=", "u")
FEW = {("x", "u"): 4, ("x", "v"): 50, ("y", "u"): 50, ("y", "v"): 50}
LACKS = {("x", "u"): 50, ("x", "v"): 3, ("y", "u"): 50, ("y", "v"): 50}


@pytest.mark.parametrize(
    ("counts", "where", "hidden"),
    [
        pytest.param(FEW, And((A, B)), True, id="too few"),
        pytest.param(FEW, A, False, id="enough"),
        pytest.param(FEW, Not(And((A, B))), True, id="all others are told by it"),
        pytest.param(FEW, And((A, Not(B))), True, id="x lacks the few"),
        pytest.param(FEW, And((Not(A), Not(B))), False, id="neither"),
        pytest.param(LACKS, And((A, B)), True, id="x has a few more"),
        pytest.param(LACKS, Or((B, A)), True, id="either has a few more than u"),
        pytest.param(
            LACKS,
            And((Or((A, B)), Comparison("score", ">", 0.0))),
            True,
            id="however deep the few stand",
        ),
        pytest.param(LACKS, And((And((A,)), Not(Not(B)))), True, id="however it is said"),
        pytest.param(FEW, And((A, Comparison("b", "=", "w"))), False, id="nobody"),
    ],
)
def test_a_slice_is_hidden_where_few_could_be_told(
    desk: Desk, counts: dict[tuple[str, str], int], where: Predicate, *, hidden: bool
) -> None:
    """By its own rows, by all rows without it, or by a slice of one condition less."""
    assert _hides(desk, counts, where) == hidden


def test_the_policy_says_how_few_are_hidden(desk: Desk) -> None:
    """Where two rows may be shown, four are."""
    text = FIRST_POLICY.replace("privacy_limit: 5", "privacy_limit: 2")
    freeze_policy(desk.workspace, text, actor="ada")
    assert not _hides(desk, FEW, And((A, B)))


def test_a_slice_by_score_has_its_rows(desk: Desk) -> None:
    """A range of the model's own score is a condition like any other."""
    rows = [("yes", k / 100, "N") for k in range(100)]
    evaluation = evaluated(desk, binary(rows), BINARY)
    where = And((Comparison(SCORE, ">=", 0.2), Comparison(SCORE, "<", 0.5)))
    page = rows_of(desk, evaluation, where, threshold=500, page=1)
    assert page.rows == 30
    assert not hides_slice(desk, evaluation, where)
    assert hides_slice(desk, evaluation, Comparison(SCORE, "<", 0.04))
