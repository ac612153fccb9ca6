"""Two models on the same rows: who is right where the other is not."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, chi2
from sklearn.metrics import roc_auc_score

from core.errors import WrongInputError
from core.measures.paired import PairedAuc
from core.records.data import Column, ColumnType, Use
from core.records.estimate import NotEstimable
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import from_address
from core.runs.asking import asked_of, rows_of
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.keeping import keep_table, set_threshold
from core.runs.versions import compare_versions, other_evaluations
from tests.kept import BINARY, Small, binary, bring, evaluated, keep, to_keep
from tests.runs.sliced import ANSWERS, Kind, draw, known

# both right, only the first, only the second, both wrong
NORTH, SOUTH = (40, 12, 2, 6), (80, 5, 5, 10)
PAIRS = ((0.9, 0.9), (0.9, 0.1), (0.1, 0.9), (0.1, 0.1))
OTHER = Column("other", ColumnType.NUMBER, Use.SCORE)


def _table() -> Small:
    """Write the counts down as rows of two scores; half of the labels are a no, turned round."""
    rows = [
        (region, *pair)
        for region, counts in (("N", NORTH), ("S", SOUTH))
        for pair, count in zip(PAIRS, counts, strict=True)
        for _ in range(count)
    ]
    yes = [k % 2 == 0 for k in range(len(rows))]
    small = binary(
        [
            ("yes" if y else "no", a if y else 1 - a, region)
            for y, (region, a, _) in zip(yes, rows, strict=True)
        ]
    )
    other = [b if y else 1 - b for y, (_, _, b) in zip(yes, rows, strict=True)]
    return Small((*small.columns, OTHER), small.values | {"other": other})


def _both(
    desk: Desk, small: Small, task: Task = Task.BINARY
) -> tuple[Evaluation, Evaluation]:
    data = keep(desk, small)
    names = [c.name for c in small.columns if c.use is Use.SCORE]
    half = len(names) // 2
    models = [
        bring(desk, ANSWERS[task], columns, name)
        for name, columns in (("Old", names[:half]), ("New", names[half:]))
    ]
    one, two = (evaluate(desk, model.id, data.id, actor="ada") for model in models)
    return one, two


def test_the_whole_is_the_table_of_mcnemar(desk: Desk) -> None:
    """By hand: 17 rows only the first gets right, 7 only the second, of 160."""
    found = compare_versions(desk, *_both(desk, _table()))
    whole = known(found.whole)
    assert whole.rows == 160
    assert whole.value == pytest.approx((17 - 7) / 160)
    tail = binom.cdf(7, 24, 0.5) - 0.5 * binom.pmf(7, 24, 0.5)
    assert found.p == pytest.approx(2 * tail)
    assert whole.low < 0.0625 < whole.high


def test_each_slice_has_its_own_counts(desk: Desk) -> None:
    """By hand: in the north the first is right 10 times more of 60, in the south as often."""
    found = compare_versions(desk, *_both(desk, _table()))
    north, south = found.lines
    assert (north.title, north.only_first, north.only_second, north.rows) == (
        *("N", 12, 2),
        60,
    )
    assert known(north.difference).value == pytest.approx(10 / 60)
    assert (south.title, known(south.difference).value) == ("S", 0.0)
    assert found.compared == 2
    assert north.q < south.q == pytest.approx(1 - binom.pmf(5, 10, 0.5) / 2)


def test_turned_round_the_difference_changes_its_sign(desk: Desk) -> None:
    """What one has more, the other has less."""
    one, two = _both(desk, _table())
    there, back = (
        known(compare_versions(desk, *pair).whole) for pair in ((one, two), (two, one))
    )
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


@pytest.mark.parametrize("task", [Task.BINARY, Task.MULTICLASS])
def test_lines_are_what_the_rows_say(desk: Desk, task: Task) -> None:
    """Random scores, gaps in the labels: the counts of each slice, from its listed rows."""
    small, others = draw(Kind(task, rows=300)), draw(Kind(task, rows=300, seed=8))
    mine = [c for c in small.columns if c.use is Use.SCORE]
    second = tuple(replace(c, name=f"new_{c.name}") for c in mine)
    values = small.values | {f"new_{c.name}": others.values[c.name] for c in mine}
    pair = _both(desk, Small((*small.columns, *second), values), task)
    found = compare_versions(desk, *pair, most=10_000)
    assert len(found.lines) == found.compared > 10
    for line in found.lines[:12]:
        where, wrong = from_address(line.address), []
        for evaluation in pair:
            rows = [
                row
                for number in range(1, 7)
                for row in rows_of(
                    desk, evaluation, where, threshold=500, page=number
                ).table.to_pylist()
            ]
            assert len(rows) >= 30
            wrong.append({row["email"]: row["wrong"] for row in rows})
        known_rows = [m for m, w in wrong[0].items() if w is not None]
        counts = [
            sum(bool(wrong[a][m]) < bool(wrong[b][m]) for m in known_rows)
            for a, b in ((0, 1), (1, 0))
        ]
        assert [line.only_first, line.only_second] == counts
        assert line.rows == len(known_rows)


def test_many_rows_are_tested_by_the_score(desk: Desk) -> None:
    """With 25 rows and more McNemar's chi-square: (90 - 60)^2 / 150, one degree."""
    rows = [(0.9, 0.1)] * 90 + [(0.1, 0.9)] * 60 + [(0.9, 0.9)] * 50
    small = binary([("yes", a, "N") for a, _ in rows])
    table = Small((*small.columns, OTHER), small.values | {"other": [b for _, b in rows]})
    found = compare_versions(desk, *_both(desk, table))
    assert found.p == pytest.approx(chi2.sf(900 / 150, 1))


def test_each_model_is_asked_at_its_own_threshold(desk: Desk) -> None:
    """The second decides from 95 % on: it is never right about a yes any more."""
    one, two = _both(desk, _table())
    before = known(compare_versions(desk, one, two).whole).value
    set_threshold(desk, two.model, 950, actor="ada", why="it is too eager")
    assert known(compare_versions(desk, one, two).whole).value > before


def test_rankings_are_compared_too(desk: Desk) -> None:
    """Both AUC as scikit-learn has them, with the paired interval of their difference."""
    small, others = draw(Kind()), draw(Kind(seed=8))
    values = small.values | {"other": others.values["score"]}
    pair = _both(desk, Small((*small.columns, OTHER), values))
    auc = compare_versions(desk, *pair).auc
    assert isinstance(auc, PairedAuc)
    keep_ = [k for k, label in enumerate(values["label"]) if label]
    label = np.array(values["label"], dtype=object)[keep_] == "yes"
    wanted = [roc_auc_score(label, np.array(values[n])[keep_]) for n in ("score", "other")]
    assert [auc.first, auc.second] == pytest.approx(wanted)
    assert known(auc.difference).value == pytest.approx(wanted[0] - wanted[1])


def test_a_multiclass_model_ranks_nothing(desk: Desk) -> None:
    """There the AUC says why it is missing."""
    small = draw(Kind(Task.MULTICLASS, rows=100))
    mine = [c for c in small.columns if c.use is Use.SCORE]
    second = tuple(replace(c, name=f"new_{c.name}") for c in mine)
    values = small.values | {f"new_{c.name}": small.values[c.name] for c in mine}
    pair = _both(desk, Small((*small.columns, *second), values), Task.MULTICLASS)
    found = compare_versions(desk, *pair)
    assert isinstance(found.auc, NotEstimable)
    assert (known(found.whole).value, found.p) == (0.0, 1.0)


def test_only_the_same_question_on_the_same_rows_is_offered(desk: Desk) -> None:
    """Not the model itself, not one on another table, not one that says yes to the other class."""
    one, two = _both(desk, _table())
    evaluated(desk, binary([("yes", 0.9, "N"), ("no", 0.2, "S")]), BINARY)
    turned = bring(desk, replace(BINARY, positive="no"), ("other",), "Turned")
    evaluate(desk, turned.id, one.dataset, actor="ada")
    assert other_evaluations(desk, one) == (two,)
    assert other_evaluations(desk, two) == (one,)


def test_another_label_is_another_question(desk: Desk) -> None:
    """Once the table's label is another column, what was evaluated before is no match."""
    small = _table()
    told = Column("told", ColumnType.TEXT, Use.IGNORE)
    values = small.values | {"told": small.values["label"][::-1]}
    table = Small((*small.columns, told), values)
    one, two = _both(desk, table)
    uses = {"label": Use.IGNORE, "told": Use.LABEL}
    columns = tuple(replace(c, use=uses.get(c.name, c.use)) for c in table.columns)
    keep_table(desk, to_keep(desk, replace(table, columns=columns)), actor="ada")
    again = evaluate(desk, one.model, one.dataset, actor="ada")
    assert (again.label, two.label) == ("told", "label")
    assert other_evaluations(desk, again) == ()
    with pytest.raises(WrongInputError, match="did not answer the same question"):
        compare_versions(desk, again, two)


def test_other_rows_are_refused(desk: Desk) -> None:
    """Two tables are no pair."""
    one, _ = _both(desk, _table())
    other = evaluated(desk, binary([("yes", 0.9, "N"), ("no", 0.2, "S")]), BINARY)
    with pytest.raises(WrongInputError, match="the same question about the same rows"):
        compare_versions(desk, one, other)


def test_regressions_are_refused(desk: Desk) -> None:
    """They are neither right nor wrong."""
    small = draw(Kind(Task.REGRESSION, rows=60))
    table = Small((*small.columns, OTHER), small.values | {"other": small.values["score"]})
    pair = _both(desk, table, Task.REGRESSION)
    assert other_evaluations(desk, pair[0]) == ()
    with pytest.raises(WrongInputError, match="did not answer the same question"):
        compare_versions(desk, *pair)


def test_only_the_most_different_slices_come(desk: Desk) -> None:
    """As many as were asked for; how many were compared is said all the same."""
    one, two = _both(desk, _table())
    found = compare_versions(desk, one, two, most=1)
    assert [line.title for line in found.lines] == ["N"]
    assert found.compared == 2
    assert asked_of(desk, one).threshold == 500
