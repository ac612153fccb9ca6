"""The search finds what was planted, is made once, and admits what chance does."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.errors import StoppedError
from core.measures import search as searching
from core.records.data import Column, ColumnType, Use
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import from_address
from core.records.worst import Worst
from core.reviews.policy import FIRST_POLICY
from core.runs import worst
from core.runs.asking import asked_of, quality_of, rows_of
from core.runs.desk import Desk, freeze_policy
from core.runs.evaluating import evaluate
from core.runs.jobs import Job, Jobs
from core.runs.keeping import set_threshold
from core.runs.kinds import RUNNERS
from core.runs.watch import Watch
from core.runs.worst import (
    WorstAsked,
    find_chance,
    find_worst_slices,
    known_chance,
    known_worst,
)
from tests.kept import BINARY, Small, bring, keep
from tests.runs.sliced import Kind, draw, keep_and_evaluate, known, planted


def _wanted(
    desk: Desk, evaluation: Evaluation, metric: str = "error_rate", **asked: Any
) -> WorstAsked:
    return WorstAsked(metric, asked_of(desk, evaluation, **asked))


def _rows_counted(found: Worst) -> list[tuple[str, int, int]]:
    return [(slice_.title, slice_.rows, slice_.errors) for slice_ in found.slices]


def test_the_planted_slice_comes_first(desk: Desk) -> None:
    """Northern women, wrong in half of the cases: named, counted, and confirmed."""
    small = planted()
    evaluation = keep_and_evaluate(desk, small)
    found = find_worst_slices(desk, evaluation, _wanted(desk, evaluation))
    first = found.slices[0]
    north = np.array(small.values["region"]) == "North"
    inside = north & (np.array(small.values["sex"]) == "f")
    yes = np.array(small.values["label"]) == "yes"
    wrong = (np.array(small.values["score"]) > 0.5) != yes
    assert first.title == "North · f"
    assert (first.rows, first.errors) == (inside.sum(), (inside & wrong).sum())
    assert (found.rows, found.errors) == (len(yes), wrong.sum())
    assert first.confirmed is not None
    half = first.confirmed
    assert half.errors / half.rows > 5 * half.rest_errors / half.rest_rows
    assert half.rows + half.rest_rows == len(yes) // 2
    assert found.columns == ("region", "sex", "age", "mobile")
    assert (found.least_rows, found.deepest) == (30, 4)


def test_the_address_leads_to_the_rows_that_were_counted(desk: Desk) -> None:
    """Chosen on the page, the slice has the same rows and the same error rate."""
    evaluation = keep_and_evaluate(desk, planted())
    first = find_worst_slices(desk, evaluation, _wanted(desk, evaluation)).slices[0]
    where = from_address(first.address)
    assert rows_of(desk, evaluation, where, threshold=500, page=1).rows == first.rows
    asked = asked_of(desk, evaluation)
    headline = quality_of(desk, evaluation, asked, where=where).headline("accuracy")
    assert headline is not None
    assert known(headline.measured).value == pytest.approx(1 - first.errors / first.rows)


def test_a_search_is_made_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown before; afterwards it is read, also once memory has forgotten it."""
    evaluation = keep_and_evaluate(desk, planted(1000))
    wanted = _wanted(desk, evaluation)
    assert known_worst(desk, evaluation, wanted) is None
    assert known_chance(desk, evaluation, wanted) is None
    monkeypatch.setattr(worst, "PERMUTATIONS", 20)
    found = find_worst_slices(desk, evaluation, wanted)
    chance = find_chance(desk, evaluation, wanted)
    desk.forget()
    events = len(desk.workspace.events)
    monkeypatch.setattr(worst, "_errors", lambda *_: pytest.fail("it was counted again"))
    assert find_worst_slices(desk, evaluation, wanted) == found
    assert known_worst(desk, evaluation, wanted) == found
    assert find_chance(desk, evaluation, wanted) == chance
    assert known_chance(desk, evaluation, wanted) == chance
    assert len(desk.workspace.events) == events


@pytest.mark.parametrize(
    "change",
    [
        lambda wanted: replace(wanted, metric="recall"),
        lambda wanted: replace(wanted, asked=replace(wanted.asked, threshold=510)),
    ],
)
def test_another_question_is_another_search(desk: Desk, change: Any) -> None:
    """By another metric, or at another threshold, nobody has searched yet."""
    evaluation = keep_and_evaluate(desk, planted(1000))
    wanted = _wanted(desk, evaluation)
    find_worst_slices(desk, evaluation, wanted)
    assert known_worst(desk, evaluation, change(wanted)) is None


def test_a_search_that_was_cut_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more slices of two conditions than may be searched, only those of one are."""
    evaluation = keep_and_evaluate(desk, planted(1000))
    monkeypatch.setattr(searching, "MOST_JOINED", 0)
    found = find_worst_slices(desk, evaluation, _wanted(desk, evaluation))
    assert found.deepest == 1
    assert found.slices
    assert all(" · " not in slice_.title for slice_ in found.slices)


def test_a_stricter_policy_is_another_search(desk: Desk) -> None:
    """Where 600 rows are few, smaller slices are not searched."""
    evaluation = keep_and_evaluate(desk, planted())
    wanted = _wanted(desk, evaluation)
    assert find_worst_slices(desk, evaluation, wanted).slices[0].rows < 700
    text = FIRST_POLICY.replace("min_rows: 30\nmin_den", "min_rows: 700\nmin_den")
    freeze_policy(desk.workspace, text, actor="ada")
    assert known_worst(desk, evaluation, wanted) is None
    found = find_worst_slices(desk, evaluation, wanted)
    assert found.least_rows == 700
    assert all(slice_.rows >= 700 for slice_ in found.slices)


def test_chance_hardly_finds_what_was_planted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of 40 shuffles holds a slice as bad: p is 1 of 41."""
    monkeypatch.setattr(worst, "PERMUTATIONS", 40)
    evaluation = keep_and_evaluate(desk, planted(1000))
    chance = find_chance(desk, evaluation, _wanted(desk, evaluation))
    assert (chance.permutations, chance.stopped, chance.rows) == (40, False, 1000)
    assert chance.p == pytest.approx(1 / 41)


def test_chance_finds_as_much_as_random_errors_hold(desk: Desk) -> None:
    """Errors that fall on anybody: many shuffles are as bad, and nothing is called worst."""
    evaluation = keep_and_evaluate(desk, planted(1000, odds=(0.2, 0.2)))
    wanted = _wanted(desk, evaluation)
    assert find_worst_slices(desk, evaluation, wanted).slices == ()
    chance = find_chance(desk, evaluation, wanted)
    assert chance.p > 0.05
    assert chance.stopped


def test_a_large_table_is_sampled_for_chance(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more rows than are shuffled a sample is taken, and the result says how many."""
    monkeypatch.setattr(worst, "MOST_SHUFFLED", 400)
    monkeypatch.setattr(worst, "PERMUTATIONS", 5)
    evaluation = keep_and_evaluate(desk, planted(1000))
    assert 300 < find_chance(desk, evaluation, _wanted(desk, evaluation)).rows <= 400


@pytest.mark.parametrize("search", [find_worst_slices, find_chance])
def test_cancel_stops_and_keeps_nothing(desk: Desk, search: Any) -> None:
    """At any moment: no roll-up, no event, no answer."""
    evaluation = keep_and_evaluate(desk, planted(1000))
    wanted = _wanted(desk, evaluation)
    events = len(desk.workspace.events)
    for asked_before in (0, 2, 5):
        told: list[float] = []
        watch = Watch(
            stop=lambda told=told, n=asked_before: len(told) > n,  # type: ignore[misc]
            progress=lambda share, _, told=told: told.append(share),  # type: ignore[misc]
        )
        with pytest.raises(StoppedError):
            search(desk, evaluation, wanted, watch)
        assert told == sorted(told)
    assert known_worst(desk, evaluation, wanted) is None
    assert known_chance(desk, evaluation, wanted) is None
    assert len(desk.workspace.events) == events


def test_progress_never_goes_back(desk: Desk) -> None:
    """From nothing to the whole, with a word of what is done."""
    evaluation = keep_and_evaluate(desk, planted(1000))
    told: list[tuple[float, str]] = []
    watch = Watch(progress=lambda share, text: told.append((share, text)))
    find_worst_slices(desk, evaluation, _wanted(desk, evaluation), watch)
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert all(text for _, text in told)


def test_recall_is_searched_among_positives_only(desk: Desk) -> None:
    """Missed cases of those that are a yes; false alarms in the south are no matter."""
    small = planted(3000, odds=(0.5, 0.05))
    yes = np.array(small.values["label"]) == "yes"
    south = np.array(small.values["region"]) == "South"
    score = np.array(small.values["score"])
    small.values["score"] = np.where(south & ~yes, 0.9, score).tolist()
    evaluation = keep_and_evaluate(desk, small)
    found = find_worst_slices(desk, evaluation, _wanted(desk, evaluation, "recall"))
    assert (found.rows, found.errors) == (yes.sum(), (yes & (score < 0.5)).sum())
    assert found.slices[0].title == "North · f"
    alarms = _wanted(desk, evaluation, "false_positive_rate")
    found = find_worst_slices(desk, evaluation, alarms)
    assert found.rows == (~yes).sum()
    assert found.slices[0].title == "South"


def test_rows_without_a_label_are_not_searched(desk: Desk) -> None:
    """Nobody knows whether the model was right there."""
    small = planted(1000)
    small.values["label"][::4] = [None] * 250
    evaluation = keep_and_evaluate(desk, small)
    found = find_worst_slices(desk, evaluation, _wanted(desk, evaluation))
    assert found.rows == 750


@pytest.mark.parametrize("label", ["yes", None])
def test_nothing_to_search_is_an_empty_answer(desk: Desk, label: str | None) -> None:
    """Every label alike, or none: no negative to be called wrongly, so no slice."""
    small = planted(200)
    small.values["label"] = [label] * 200
    evaluation = keep_and_evaluate(desk, small)
    wanted = _wanted(desk, evaluation, "false_positive_rate")
    found = find_worst_slices(desk, evaluation, wanted)
    assert (found.rows, found.errors, found.slices) == (0, 0, ())
    assert find_chance(desk, evaluation, wanted).permutations == 0


def test_a_regression_errs_where_it_is_far_off(desk: Desk) -> None:
    """The largest tenth of the errors counts, in units of the label; men are far off here."""
    small = draw(Kind(Task.REGRESSION, rows=2000))
    rng = np.random.default_rng(2)
    men = np.array(small.values["sex"]) == "m"
    off = np.where(men, 10.0, 1.0) * rng.random(2000)
    small.values["label"] = (np.array(small.values["score"]) + off).tolist()
    evaluation = keep_and_evaluate(desk, small, Task.REGRESSION)
    found = find_worst_slices(desk, evaluation, _wanted(desk, evaluation, "mae"))
    assert found.slices[0].title == "m"
    assert found.errors == pytest.approx(200, abs=1)
    assert found.beyond == pytest.approx(np.quantile(off, 0.9), rel=0.01)


@pytest.mark.parametrize("of_class", ["", "b"])
def test_a_multiclass_model_errs_as_it_is_asked(desk: Desk, of_class: str) -> None:
    """Another class than the true one, or right and wrong about one class."""
    small = draw(Kind(Task.MULTICLASS, rows=1500))
    men = np.array(small.values["sex"]) == "m"
    raw = np.column_stack([small.values[f"score_{k}"] for k in range(3)])
    said = np.array(list("abc"))[raw.argmax(axis=1)]
    turned = np.where(said == "b", "a", "b")
    wrong = np.random.default_rng(2).random(1500) < np.where(men, 0.4, 0.05)
    small.values["label"] = np.where(wrong, turned, said).tolist()
    evaluation = keep_and_evaluate(desk, small, Task.MULTICLASS)
    wanted = _wanted(desk, evaluation, of_class=of_class)
    found = find_worst_slices(desk, evaluation, wanted)
    assert found.slices[0].title == "m"
    assert (found.rows, found.errors) == (1500, wrong.sum())


def test_where_another_model_is_better_is_searched_too(desk: Desk) -> None:
    """Of the rows on which two models differ: those that only the other gets right."""
    small = planted(2000)
    yes = np.array(small.values["label"]) == "yes"
    rng = np.random.default_rng(4)
    other = np.where(yes ^ (rng.random(2000) < 0.05), 0.9, 0.1)
    columns = (*small.columns, Column("other", ColumnType.NUMBER, Use.SCORE))
    data = keep(desk, Small(columns, small.values | {"other": other.tolist()}))
    one, two = (
        evaluate(desk, bring(desk, BINARY, (name,), name).id, data.id, actor="ada")
        for name in ("score", "other")
    )
    wanted = replace(_wanted(desk, one), against=two.id)
    found = find_worst_slices(desk, one, wanted)
    right = [(np.array(s) > 0.5) == yes for s in (small.values["score"], other)]
    assert found.rows == (right[0] != right[1]).sum()
    assert found.errors == (right[1] & ~right[0]).sum()
    assert found.slices[0].title == "North · f"
    set_threshold(desk, two.model, 950, actor="ada", why="it is too eager")
    assert known_worst(desk, one, wanted) is None


@pytest.fixture
def jobs(desk: Desk) -> Iterator[Jobs]:
    """The work that this desk can do."""
    opened = Jobs(desk, RUNNERS)
    yield opened
    opened.close()


def test_a_job_does_the_same(desk: Desk, jobs: Jobs) -> None:
    """The question as a page puts it leads to the answer that the page then reads."""
    evaluation = keep_and_evaluate(desk, planted(1000))
    asked = {"evaluation": evaluation.id, "metric": "error_rate", "threshold": 500}
    id_ = jobs.start("worst", asked | {"class": "", "against": ""}, actor="ada")
    job: Job | None = None
    while job is None or job.live:
        job = jobs.job(id_)
    assert (job.state, job.result) == ("done", evaluation.id)
    found = known_worst(desk, evaluation, _wanted(desk, evaluation))
    assert found is not None
    assert _rows_counted(found)[0][0] == "North · f"
