"""Calibration is counted once per evaluation, kept, and answered the same from then on."""

from typing import Any

import numpy as np
import pytest

from core.errors import WrongInputError
from core.measures.acting import acting_at
from core.records.calibration import Light, SliceCalibration
from core.records.data import ColumnType, Use
from core.records.estimate import Estimate
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import Comparison
from core.runs.asking import asked_of, quality_of
from core.runs.calibrating import (
    bands_of,
    calibration_by_slice,
    calibration_of,
    error_levels_of,
    guarantee_of,
    score_histogram,
    thresholds_of,
    what_if_of,
)
from core.runs.desk import Desk
from core.runs.fairness import groups_of
from core.runs.lattice import all_slices
from core.runs.score_rollups import (
    Scores,
    blocks_of,
    count_calibration,
    cube_of,
    sums_of,
)
from tests.kept import BINARY, Small, column, evaluated
from tests.measures.scored_rows import group_rows
from tests.runs.sliced import Kind, draw, keep_and_evaluate, make


def _planted(desk: Desk, rows: int = 4_000) -> Evaluation:
    """Young people are told 20 % where 30 % happens; to the others the model keeps its word."""
    rng = np.random.default_rng(1)
    age = rng.choice(["18–24", "25–39", "40–64", "65+"], rows, p=[0.15, 0.3, 0.3, 0.25])
    p = rng.beta(2, 8, rows).round(4)
    truth = np.where(age == "18–24", np.minimum(1, 1.5 * p), p)
    y = rng.random(rows) < truth
    small = Small(
        (
            column("label", use=Use.LABEL),
            column("score", ColumnType.NUMBER, Use.SCORE),
            column("age", group=True),
        ),
        {
            "label": np.where(y, "yes", "no").tolist(),
            "score": p.tolist(),
            "age": age.tolist(),
        },
    )
    return evaluated(desk, small, BINARY)


def _labelled(small: Small) -> tuple[Any, Any]:
    label = np.array([{None: -1, "no": 0, "yes": 1}[v] for v in small.values["label"]])
    return np.array(small.values["score"])[label >= 0], label[label >= 0]


def test_the_page_says_what_the_rows_say(desk: Desk) -> None:
    """Events, sums and the Brier score of the labelled rows; the others are counted."""
    small = draw(Kind())
    evaluation = keep_and_evaluate(desk, small)
    p, y = _labelled(small)
    found = calibration_of(Scores(desk, evaluation))
    assert (found.rows, found.unlabelled, found.outside) == (len(p), 400 - len(p), 0)
    assert found.events == y.sum()
    assert found.expected == pytest.approx(p.sum(), abs=1e-9)
    assert found.expert
    assert found.expert.brier.score == pytest.approx(np.mean((p - y) ** 2), abs=1e-11)
    assert found.verdict.light is Light.NO_GAP
    assert sum(line.rows for line in found.lines) == len(p)
    blocks = blocks_of(Scores(desk, evaluation))
    assert blocks.n.sum() == len(p)
    assert np.all(np.diff(blocks.share) > 0)


def test_other_pages_give_the_same_numbers(desk: Desk) -> None:
    """Recall and precision at the threshold as in Quality."""
    evaluation = make(desk, Kind())
    counts = thresholds_of(Scores(desk, evaluation))
    for threshold in (250, 500, 731):
        point = acting_at(counts, threshold)
        quality = quality_of(
            desk, evaluation, asked_of(desk, evaluation, threshold=threshold)
        )
        for name in ("recall", "precision"):
            headline = quality.headline(name)
            mine = getattr(point, name)
            assert headline
            assert isinstance(headline.measured, Estimate)
            assert (mine.value, mine.low, mine.high) == pytest.approx(
                (headline.measured.value, headline.measured.low, headline.measured.high)
            )


@pytest.mark.parametrize("weights", [False, True])
def test_slices_give_the_same_intervals(desk: Desk, weights: bool) -> None:  # noqa: FBT001 - two cases
    """Observed / expected of a slice here, on Slices and under Fairness: one interval."""
    evaluation = make(desk, Kind(weights=weights))
    asked = asked_of(desk, evaluation)
    every = all_slices(desk, evaluation, "observed_expected", asked)
    lines = {line.address: line.measured for line in map(every.line, map(int, every.order))}
    slices = _lines(desk, evaluation)
    assert {each.column for each in slices} == {"region", "sex"}
    for slice_ in slices:
        assert _ends(slice_.observed_expected) == pytest.approx(
            _ends(lines[slice_.address]), abs=1e-5 if weights else 1e-9
        )
    groups = groups_of(desk, evaluation, ("sex",), asked)
    assert {group.title for group in groups} <= {slice_.words for slice_ in slices}
    for group in groups:
        (mine,) = (each for each in slices if each.words == group.title)
        assert _ends(group.calibration) == pytest.approx(
            _ends(mine.observed_expected), abs=1e-5 if weights else 1e-9
        )


def _lines(desk: Desk, evaluation: Evaluation) -> tuple[SliceCalibration, ...]:
    found = calibration_by_slice(Scores(desk, evaluation))
    assert found
    return found.lines


def _ends(measured: object) -> tuple[float, float, float]:
    assert isinstance(measured, Estimate)
    return measured.value, measured.low, measured.high


def test_the_planted_slice_is_the_first_line(desk: Desk) -> None:
    """Ages 18-24, for sure, and no other value."""
    lines = _lines(desk, _planted(desk))
    assert lines[0].words == "18–24"
    assert lines[0].apart
    assert not any(line.apart for line in lines[1:])


def test_a_slice_is_a_small_whole(desk: Desk) -> None:
    """Calibration in the rows of a predicate is that of these rows alone."""
    evaluation = _planted(desk)
    young = Comparison("age", "=", "18–24")
    found = calibration_of(Scores(desk, evaluation, where=young))
    rest = calibration_of(Scores(desk, evaluation, where=Comparison("age", "!=", "18–24")))
    line = _lines(desk, evaluation)[0]
    assert (found.rows, found.events) == (line.rows, line.events)
    assert isinstance(found.observed_expected, Estimate)
    assert found.observed_expected.value > 1.2
    assert found.verdict.light is Light.GAP
    assert rest.verdict.light is Light.NO_GAP
    assert thresholds_of(Scores(desk, evaluation, where=young)).rows == line.rows


def test_roll_ups_are_counted_once(desk: Desk) -> None:
    """A second question adds no event and no object; the answer is the same one."""
    evaluation = make(desk, Kind())
    count_calibration(desk, evaluation)
    what_if_of(Scores(desk, evaluation), "sigmoid")
    counted = set(desk.workspace.state.rollups)
    first = calibration_of(Scores(desk, evaluation))
    desk.forget()
    assert calibration_of(Scores(desk, evaluation)) == first
    calibration_by_slice(Scores(desk, evaluation))
    what_if_of(Scores(desk, evaluation), "isotonic")
    bands_of(Scores(desk, evaluation), "likely")
    assert set(desk.workspace.state.rollups) == counted


@pytest.mark.parametrize("of_class", ["", "a", "b", "c"])
def test_multiclass_models_have_a_top_label_and_classes(desk: Desk, of_class: str) -> None:
    """The top label against how often it is right; each class against all others."""
    small = draw(Kind(Task.MULTICLASS))
    evaluation = keep_and_evaluate(desk, small, Task.MULTICLASS)
    matrix = np.column_stack([small.values[f"score_{k}"] for k in range(3)])
    label = np.array([v if v is not None else "" for v in small.values["label"]])
    names = np.array(["a", "b", "c"])
    if of_class:
        p, y = matrix[:, "abc".index(of_class)], label == of_class
    else:
        p, y = matrix.max(axis=1), label == names[matrix.argmax(axis=1)]
    known = label != ""
    rows = group_rows(p[known], y[known])
    found = calibration_of(Scores(desk, evaluation, of_class=of_class))
    assert found.rows == known.sum()
    assert found.events == y[known].sum()
    assert found.expected == pytest.approx(rows.stated.sum(), abs=1e-9)


def test_without_labels_there_is_a_histogram(desk: Desk) -> None:
    """Scores are counted, and everything else is a sentence, None or nothing."""
    evaluation = make(desk, Kind(labels=False))
    found = calibration_of(Scores(desk, evaluation))
    assert (found.rows, found.unlabelled) == (0, 400)
    assert found.verdict.light is Light.TOO_FEW
    assert found.lines == ()
    assert sum(score_histogram(cube_of(Scores(desk, evaluation)))) == 400
    assert _lines(desk, evaluation) == ()
    assert bands_of(Scores(desk, evaluation), "if perfect") is None
    assert guarantee_of(Scores(desk, evaluation)) is None
    with pytest.raises(WrongInputError, match="No row has a label"):
        thresholds_of(Scores(desk, evaluation))


def test_the_guarantee_and_both_bands_hold_the_curve(desk: Desk) -> None:
    """Bands lie round the same scores; the guarantee is a number of points."""
    evaluation = make(desk, Kind())
    likely = bands_of(Scores(desk, evaluation), "likely")
    perfect = bands_of(Scores(desk, evaluation), "if perfect")
    honest = guarantee_of(Scores(desk, evaluation))
    assert likely
    assert perfect
    assert honest
    assert likely.said == perfect.said
    assert 0 < honest.largest < 1
    assert likely != perfect


@pytest.mark.parametrize("weights", [False, True])
def test_a_regression_is_asked_for_its_errors(desk: Desk, weights: bool) -> None:  # noqa: FBT001 - two cases
    """Mean error and its interval of all rows, and of the rows of a slice."""
    small = draw(Kind(Task.REGRESSION, weights=weights))
    evaluation = keep_and_evaluate(desk, small, Task.REGRESSION)
    label = np.array(small.values["label"], dtype=np.float64)
    error = np.array(small.values["score"]) - label
    known = ~np.isnan(label)
    w = np.array(small.values["weight"]) if weights else np.ones(len(label))
    found = error_levels_of(Scores(desk, evaluation))
    assert found.whole
    assert isinstance(found.whole.bias, Estimate)
    assert isinstance(found.whole.spread, Estimate)
    mean = np.average(error[known], weights=w[known])
    assert found.whole.bias.value == pytest.approx(mean, abs=1e-9)
    square = np.average(error[known] ** 2, weights=w[known])
    assert found.whole.spread.value == pytest.approx(square**0.5)
    assert sum(level.rows for level in found.levels) == found.whole.rows == known.sum()
    north = error_levels_of(
        Scores(desk, evaluation, where=Comparison("region", "=", "North"))
    )
    assert north.whole
    there = known & (np.array(small.values["region"]) == "North")
    assert north.whole.rows == there.sum()
    bare = make(desk, Kind(Task.REGRESSION, labels=False))
    assert error_levels_of(Scores(desk, bare)).sentence == "No row has a label."


def test_amounts_and_chances_are_not_mixed_up(desk: Desk) -> None:
    """Each is refused with the question that can be asked instead."""
    with pytest.raises(WrongInputError, match="chances, not amounts"):
        error_levels_of(Scores(desk, make(desk, Kind())))
    evaluation = make(desk, Kind(Task.REGRESSION))
    count_calibration(desk, evaluation)
    with pytest.raises(WrongInputError, match="amounts, not chances"):
        sums_of(Scores(desk, evaluation))
