"""All slices at once say what each slice says alone, and what they are kept by."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from core.measures.all_slices import ATTENTION, FAIL, AllSlices, SliceLine
from core.measures.metrics import metrics_for, slice_metrics_for
from core.records.data import Column, ColumnType, Use
from core.records.estimate import Estimate, NotEstimable
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.reviews.policy import FIRST_POLICY
from core.runs import lattice
from core.runs.answered import layout_of
from core.runs.asking import asked_of, quality_of, slices_of
from core.runs.desk import Desk, freeze_policy
from core.runs.jobs import Jobs
from core.runs.kinds import RUNNERS
from core.runs.lattice import all_slices, count_ahead, find_lines, is_quick
from core.runs.rollups import codebook_of
from core.runs.watch import Watch
from tests.kept import BINARY, Small, binary, column, evaluated
from tests.runs.sliced import Kind, draw, keep_and_evaluate, known, make

TASKS = list(Task)
KINDS = [
    *(Kind(task) for task in TASKS),
    *(Kind(task, weights=True) for task in TASKS),
    *(Kind(task, labels=False) for task in TASKS),
]


def _say(kind: Kind) -> str:
    return f"{kind.task}{' weighted' * kind.weights}{' no labels' * (not kind.labels)}"


CASES = [
    *(pytest.param(kind, "", id=_say(kind)) for kind in KINDS),
    *(
        pytest.param(kind, "b", id=f"{_say(kind)} of b")
        for kind in KINDS
        if kind.task is Task.MULTICLASS
    ),
]


def _lines(found: AllSlices) -> dict[str, SliceLine]:
    every = (found.line(int(number)) for number in found.order)
    return {line.address: line for line in every}


def _columns(desk: Desk, evaluation: Evaluation) -> list[str]:
    return [column.name for column in codebook_of(desk, evaluation).columns]


@pytest.mark.parametrize(("kind", "of_class"), CASES)
def test_all_slices_equal_each_slice_alone(desk: Desk, kind: Kind, of_class: str) -> None:
    """By SQL, slice by slice: same rows, values, ends and denominators, for each metric."""
    evaluation = make(desk, kind)
    asked = asked_of(desk, evaluation, of_class=of_class)
    names = _columns(desk, evaluation)
    parts = [*((name,) for name in names), *combinations(names, 2)]
    alone = [s for part in parts for s in slices_of(desk, evaluation, part, asked)]
    for metric in metrics_for(kind.task, of_class=bool(of_class)):
        lines = _lines(all_slices(desk, evaluation, metric.id, asked))
        assert set(lines) == {slice_.address for slice_ in alone}
        for slice_ in alone:
            line, other = lines[slice_.address], slice_.measured(metric.id)
            assert line.rows == (0 if line.hidden else slice_.rows)
            if isinstance(other, NotEstimable) or "hidden" in str(line.measured):
                assert isinstance(line.measured, NotEstimable)
            else:
                mine = known(line.measured)
                ends = (other.value, other.low, other.high, other.rows)
                assert (mine.value, mine.low, mine.high, mine.rows) == pytest.approx(
                    ends, rel=1e-6, abs=1e-9
                )


@pytest.mark.parametrize("kind", [k for k in KINDS if k.labels], ids=_say)
def test_each_metric_of_the_list_can_be_asked(desk: Desk, kind: Kind) -> None:
    """No metric that the page offers fails, and each is known of some slice."""
    evaluation = make(desk, kind)
    asked = asked_of(desk, evaluation)
    for metric in slice_metrics_for(kind.task, of_class=False):
        found = all_slices(desk, evaluation, metric.id, asked)
        values = [line.measured for line in _lines(found).values()]
        assert any(isinstance(value, Estimate) for value in values), metric.id


@pytest.mark.parametrize("task", TASKS)
def test_without_labels_only_what_the_model_says_is_known(desk: Desk, task: Task) -> None:
    """The selection rate of a binary model; of all else no slice has a value."""
    evaluation = make(desk, Kind(task, labels=False))
    asked = asked_of(desk, evaluation)
    for metric in metrics_for(task, of_class=False):
        found = all_slices(desk, evaluation, metric.id, asked)
        values = [line.measured for line in _lines(found).values()]
        assert any(isinstance(value, Estimate) for value in values) == (
            metric.id == "selection_rate"
        )


def test_scores_are_measured_as_scikit_learn_does(desk: Desk) -> None:
    """AUC, Brier score and log loss of the rows of each slice, without those unlabelled."""
    small = draw(Kind())
    evaluation = keep_and_evaluate(desk, small)
    asked = asked_of(desk, evaluation)
    label = np.array([{None: -1, "no": 0, "yes": 1}[v] for v in small.values["label"]])
    score = np.array(small.values["score"])
    region = np.array(small.values["region"])
    references = {"auc": roc_auc_score, "brier": brier_score_loss, "log_loss": log_loss}
    for metric, reference in references.items():
        lines = _lines(all_slices(desk, evaluation, metric, asked))
        for name in ("North", "South"):
            mine = lines[f'["=","region","{name}"]']
            for measured, rows in (
                (mine.measured, region == name),
                (mine.rest, region != name),
            ):
                keep = rows & (label >= 0)
                wanted = reference(label[keep], score[keep])
                assert known(measured).value == pytest.approx(wanted, rel=1e-9)


def test_the_rest_and_the_difference_are_those_of_everybody_else(desk: Desk) -> None:
    """By hand: 2 of 10 wrong in the north, 5 of 50 elsewhere; 2 of all 7 errors are there."""
    north = [("yes", 0.9, "N")] * 8 + [("no", 0.9, "N")] * 2
    south = [("no", 0.1, "S")] * 45 + [("yes", 0.1, "S")] * 5
    evaluation = evaluated(desk, binary(north + south), BINARY)
    found = all_slices(desk, evaluation, "error_rate", asked_of(desk, evaluation))
    line = _lines(found)['["=","region","N"]']
    assert known(line.measured).value == pytest.approx(0.2)
    assert known(line.rest).value == pytest.approx(0.1)
    assert known(line.difference).value == pytest.approx(0.1)
    assert line.share_of_errors == pytest.approx(2 / 7)
    assert (line.rows, line.too_few, line.title) == (10, True, "N")


def test_the_threshold_moves_every_slice(desk: Desk) -> None:
    """At each threshold the counts are those that SQL gives at that threshold."""
    evaluation = make(desk, Kind())
    for threshold in (0, 1, 250, 999, 1000):
        asked = asked_of(desk, evaluation, threshold=threshold)
        lines = _lines(all_slices(desk, evaluation, "selection_rate", asked))
        for slice_ in slices_of(desk, evaluation, ("age", "region"), asked):
            other = slice_.measured("selection_rate")
            mine = lines[slice_.address].measured
            if isinstance(mine, Estimate):
                assert mine.value == pytest.approx(known(other).value)


def test_two_models_that_differ_within_a_step_are_told_apart(desk: Desk) -> None:
    """Equal coded rows, other scores: AUC and Brier score are each model's own."""
    rows = [("yes", 0.500002, "N"), ("no", 0.500001, "N")]
    turned = [("yes", 0.500001, "N"), ("no", 0.500002, "N")]
    freeze_policy(desk.workspace, FIRST_POLICY.replace("limit: 5", "limit: 1"), actor="ada")
    found = []
    for table in (rows, turned):
        evaluation = evaluated(desk, binary(table), BINARY)
        asked = asked_of(desk, evaluation)
        values = []
        for metric in ("auc", "brier"):
            lines = _lines(all_slices(desk, evaluation, metric, asked))
            values.append(known(lines['["=","region","N"]'].measured).value)
        found.append((evaluation.frame, *values))
    (one, auc, brier), (other, turned_auc, turned_brier) = found
    assert one == other
    assert (auc, turned_auc) == (1.0, 0.0)
    assert brier != turned_brier


def test_gates_look_at_the_marked_columns_of_their_own_table(desk: Desk) -> None:
    """Two tables of equal codes; in one of them the region is a group: only there it fails."""
    rows = [("no", 0.9, "N")] * 60 + [("yes", 0.9, "N")] * 60
    lights = []
    for number, group in enumerate((True, False)):
        small = binary(rows)
        marked = tuple(
            replace(c, group=group) if c.name == "region" else c for c in small.columns
        )
        note = Column("note", ColumnType.INTEGER, Use.ID)
        values = small.values | {"note": [number] * len(rows)}
        evaluation = evaluated(desk, Small((*marked, note), values), BINARY)
        found = all_slices(desk, evaluation, "error_rate", asked_of(desk, evaluation))
        lights.append(_lines(found)['["=","region","N"]'].light)
    assert lights[0] != lights[1]


def test_lines_are_found_by_their_words(desk: Desk) -> None:
    """Every word must occur, in any case; the number of columns and the order are kept to."""
    evaluation = make(desk, Kind())
    found = all_slices(desk, evaluation, "error_rate", asked_of(desk, evaluation))

    def titles(text: str, columns: int = 2, order: str = "worst") -> list[str]:
        lines, count = find_lines(desk, found, columns=columns, text=text, order=order)
        assert count == len(lines)
        return [line.title for line in lines]

    every = titles("")
    assert len(every) == int((found.rows[found.order] > 0).sum()) - len(titles("", 1))
    assert all(" · " in title for title in every)
    assert set(titles("north F")) == {
        t for t in every if "North" in t and " f" in t.lower()
    }
    assert titles("nowhere at all") == []
    assert set(titles("south", 1)) == {"South"}
    assert set(titles("", order="rows")) == set(every)


@pytest.mark.parametrize("order", ["rows", "errors"])
def test_lines_come_in_the_order_that_is_asked_for(desk: Desk, order: str) -> None:
    """Largest first, or those first that hold most of the errors."""
    evaluation = make(desk, Kind())
    found = all_slices(desk, evaluation, "error_rate", asked_of(desk, evaluation))
    lines, _ = find_lines(desk, found, columns=1, text="", order=order)
    by = [
        line.rows if order == "rows" else line.share_of_errors
        for line in lines
        if line.share_of_errors is not None
    ]
    assert by == sorted(by, key=lambda share: -float(share or 0))


def test_only_sure_ones_are_surely_worse(desk: Desk) -> None:
    """Those that fail or ask for attention, in the same order; what is open is left out."""
    evaluation = make(desk, Kind())
    found = all_slices(desk, evaluation, "error_rate", asked_of(desk, evaluation))
    every, _ = find_lines(desk, found, columns=2, text="", order="worst")
    sure, count = find_lines(desk, found, columns=2, text="", order="worst", sure=True)
    assert sure == [line for line in every if line.light in (FAIL, ATTENTION)]
    assert 0 < count == len(sure) < len(every)


def test_no_more_lines_come_than_a_reader_can_use(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of them, and how many there are."""
    monkeypatch.setattr(lattice, "MOST_LINES", 3)
    evaluation = make(desk, Kind())
    found = all_slices(desk, evaluation, "accuracy", asked_of(desk, evaluation))
    lines, count = find_lines(desk, found, columns=2, text="", order="worst")
    assert len(lines) == 3
    assert count > 3


def test_columns_of_many_values_are_not_combined(desk: Desk) -> None:
    """A city of fifty names stands alone; it is in no pair."""
    rows = [("yes", 0.9, f"city {k % 50}") for k in range(200)]
    small = binary(rows)
    flag = column("mobile", ColumnType.BOOLEAN)
    values = small.values | {"mobile": [k % 2 == 0 for k in range(200)]}
    evaluation = evaluated(desk, Small((*small.columns, flag), values), BINARY)
    assert _columns(desk, evaluation) == ["region", "mobile"]
    assert layout_of(desk, evaluation).paired == ()


def test_the_headline_of_a_slice_is_its_line(desk: Desk) -> None:
    """Whoever chooses a slice reads the number that the table of all slices had."""
    evaluation = make(desk, Kind())
    asked = asked_of(desk, evaluation)
    for metric in ("error_rate", "auc"):
        lines = _lines(all_slices(desk, evaluation, metric, asked))
        line = lines['["=","region","North"]']
        quality = quality_of(desk, evaluation, asked, where=line.predicate)
        headline = quality.headline(metric)
        assert headline is not None
        assert known(headline.measured).value == pytest.approx(known(line.measured).value)


@pytest.fixture
def jobs(desk: Desk) -> Iterator[Jobs]:
    """The work that this desk can do."""
    opened = Jobs(desk, RUNNERS)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "kind",
    [Kind(task, weights=weights) for task in TASKS for weights in (False, True)],
    ids=_say,
)
def test_what_a_job_counted_is_quick(
    desk: Desk, jobs: Jobs, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large table is not quick before the job, for no metric; after it, it is."""
    evaluation = make(desk, kind)
    assert is_quick(desk, evaluation, "accuracy")
    monkeypatch.setattr(lattice, "QUICK_ROWS", 10)
    for metric in slice_metrics_for(kind.task, of_class=False):
        desk.forget()
        assert not is_quick(desk, evaluation, metric.id)
        asked = {"evaluation": evaluation.id, "metric": metric.id}
        id_ = jobs.start("count", asked, actor="ada")
        while (job := jobs.job(id_)) and job.live:
            pass
        assert job is not None
        assert (job.state, job.result) == ("done", evaluation.id)
        assert is_quick(desk, evaluation, metric.id), metric.id


def test_a_cube_that_does_not_fit_is_not_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the rows are counted at each threshold, and the numbers are the same."""
    evaluation = make(desk, Kind())
    asked = asked_of(desk, evaluation, threshold=300)

    def ask() -> dict[str, tuple[object, ...]]:
        lines = _lines(all_slices(desk, evaluation, "recall", asked)).values()
        return {x.address: (x.measured, x.rest, x.difference, x.light) for x in lines}

    before = ask()
    desk.forget()
    monkeypatch.setattr("core.measures.tallies.LARGEST_CUBE", 1000)
    monkeypatch.setattr(lattice, "count_cube", lambda *_: pytest.fail("it was made"))
    count_ahead(desk, evaluation.id, "recall", Watch())
    assert ask() == before


def test_ranks_are_mid_ranks(desk: Desk) -> None:
    """AUC with ties from the ranks of the positives: Mann and Whitney's U over P N."""
    rows = [("yes", s / 4, "N") for s in (1, 2, 2, 3, 4) * 3]
    rows += [("no", s / 4, "N") for s in (0, 1, 2, 3, 3) * 3]
    evaluation = evaluated(desk, binary(rows + [("no", 0.5, "S")] * 9), BINARY)
    found = all_slices(desk, evaluation, "auc", asked_of(desk, evaluation))
    ranks = rankdata([score for _, score, _ in rows])
    u = ranks[:15].sum() - 15 * 16 / 2
    line = _lines(found)['["=","region","N"]']
    assert known(line.measured).value == pytest.approx(u / 225)
