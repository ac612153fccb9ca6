"""What the calibration page shows: each part, for each task, and what it cannot show."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import SCORE
from core.runs.calibrating import calibration_of
from core.runs.score_rollups import Scores
from core.serving.house import House
from pages._calibration import PARTS
from tests.pages.opening import Table, open_page, select, texts
from tests.pages.reading import chosen, said

Make = Callable[[Table], Evaluation]


def _open(part: str = PARTS[0]) -> AppTest:
    app = open_page("calibration.py")
    assert not app.exception
    if part != PARTS[0]:
        app.segmented_control(key="part").set_value(part).run()
        assert not app.exception
    return app


@pytest.mark.parametrize("part", PARTS)
def test_each_part_opens(evaluation_of: Make, part: str) -> None:
    """A binary model has an answer, and a table or numbers, in every part."""
    evaluation_of(Table())
    app = _open(part)
    assert app.success or app.warning or app.error or app.info
    assert app.dataframe or app.metric


def _too_high(columns: dict[str, Any]) -> None:
    """Add 4 to the predictions above 55, where truth is about what the others were told."""
    score = columns["score"]
    columns["score"] = np.where(score > 55, score + 4, score)


def test_a_regression_that_is_right_passes(evaluation_of: Make) -> None:
    """Mean and typical error by predicted amount; what cannot be told is said in one line."""
    evaluation_of(Table(task=Task.REGRESSION))
    app = _open()
    assert "On average it predicts" in app.success[0].value
    assert "No level of the prediction is biased for sure." in app.success[0].value
    assert len(app.get("plotly_chart")) == 2
    lines = app.dataframe[0].value
    assert len(lines) == 10
    assert lines["Rows"].sum() == 400
    levels = [float(text) for text in lines["Predicts"]]
    assert levels == sorted(levels)
    assert [metric.label for metric in app.metric] == [
        "Too high by",
        "Typical error",
        "Predicts too much",
    ]
    assert "model that outputs quantiles" in texts(app)
    assert not app.slider


def test_a_biased_level_is_the_answer(evaluation_of: Make) -> None:
    """High amounts are predicted 4 too high: marked, and in words; a slice is asked alone."""
    evaluation_of(Table(task=Task.REGRESSION, change=_too_high))
    app = _open()
    assert "5 too high on average" in app.warning[0].value
    assert "levels are off beyond chance" in app.warning[0].proto.title
    marked = app.dataframe[0].value
    assert list(marked[marked[""] == "▲"].index) == [7, 8, 9]
    north = open_page("calibration.py", slice='["=","region","North"]')
    assert not north.exception
    assert north.dataframe[0].value["Rows"].sum() < 200


def test_a_regression_says_what_it_lacks(evaluation_of: Make) -> None:
    """Without labels a sentence, and nothing drawn."""
    evaluation_of(Table(task=Task.REGRESSION, labels=False))
    app = _open()
    assert "No row has a label." in app.info[0].value
    assert not app.dataframe


def test_a_regression_of_few_rows_is_not_judged(evaluation_of: Make) -> None:
    """20 rows: too few to tell, with the number that is needed."""
    evaluation_of(Table(task=Task.REGRESSION, rows=20))
    app = _open()
    assert "too few rows with a label (20); 30 are needed" in said(app)


def test_without_labels_nobody_can_say(evaluation_of: Make) -> None:
    """One sentence, and no diagram."""
    evaluation_of(Table(labels=False))
    app = _open()
    assert "nobody can count" in app.info[0].value
    assert not app.dataframe


def test_a_multiclass_model_has_its_top_label(evaluation_of: Make) -> None:
    """The top label comes first, each class can be chosen, and no part asks where to act."""
    evaluation_of(Table(task=Task.MULTICLASS))
    app = _open()
    assert "Where to act" not in app.segmented_control(key="part").options
    before = app.dataframe[0].value.to_dict()
    app.pills(key="class").set_value("a").run()
    assert not app.exception
    assert app.dataframe[0].value.to_dict() != before


def test_the_threshold_moves_what_follows(evaluation_of: Make) -> None:
    """From 0 % upwards everybody is stopped, nobody is missed."""
    evaluation_of(Table())
    app = _open("Where to act")
    app.slider(key="act").set_value(0.0).run()
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Missed"] == "0"
    assert shown["Let through rightly"] == "0"


def test_a_threshold_needs_a_reason(evaluation_of: Make, opened: House) -> None:
    """The dialog asks why; until then nothing is stored, and its button waits."""
    evaluation = evaluation_of(Table())
    before = opened.desk.workspace.state.threshold(evaluation.model)
    app = _open("Where to act")
    app.slider(key="act").set_value(12.5).run()
    next(b for b in app.button if b.label == "Use threshold").click().run()
    assert app.text_input(key="act_why").value == ""
    assert app.button(key="act_use").disabled
    assert opened.desk.workspace.state.threshold(evaluation.model) == before


NAMES = (
    "Average gap (ECE, ten equal-count bins)",
    "of chance alone, and up to",
    "Debiased squared gap",
    "Widest bin (MCE)",
    "Smooth gap (smECE)",
    "Distance of the curve (ICI, E50, E90, Emax)",
    "Brier score = MCB − DSC + UNC",
    "Log loss = MCB − DSC + UNC",
    "Happened / expected",
    "Slope",
    "Intercept",
    "Calibration in the large (log odds)",
    "Spiegelhalter z, p (two-sided)",
    "Kuiper (ties counted at their end), p",
)


def _expert(app: AppTest) -> dict[str, str]:
    """Open the expert part and return its facts."""
    app.session_state["ex"] = True
    app.run()
    assert not app.exception
    facts = app.table[0].value
    marks = str.maketrans("", "", "\\`")
    return {
        str(name).translate(marks): str(value).translate(marks)
        for name, value in facts.iloc[:, 0].items()
    }


def test_experts_read_every_number(evaluation_of: Make, opened: House) -> None:
    """Each under its name in the field, as it is measured, with what was counted."""
    evaluation = evaluation_of(Table())
    facts = _expert(_open())
    found = calibration_of(Scores(opened.desk, evaluation))
    assert set(NAMES) < set(facts)
    assert found.expert
    assert found.gap
    assert facts[NAMES[0]] == f"{found.gap.value:.6f}"
    assert facts[NAMES[4]] == f"{found.expert.smooth_gap:.6f}"
    brier = found.expert.brier
    assert facts[NAMES[6]].startswith(f"{brier.score:.6f} = {brier.miscalibration:.6f} − ")
    assert found.expert.spiegelhalter
    assert facts[NAMES[12]].startswith(f"{found.expert.spiegelhalter.statistic:.3f}, ")
    assert facts["Evaluation"] == evaluation.id
    assert not [name for name in NAMES if facts[name] in {"", "–", "nan"}]


def test_experts_are_told_what_has_no_number(evaluation_of: Make) -> None:
    """Scores of 0 that were wrong: the log loss has no end, and says how many rows did it."""

    def certain(columns: dict[str, Any]) -> None:
        columns["score"] = np.where(columns["score"] < 0.2, 0.0, columns["score"])

    evaluation_of(Table(change=certain))
    assert "rows were called impossible" in _expert(_open())[NAMES[7]]


def test_experts_of_a_regression_read_how_it_was_counted(evaluation_of: Make) -> None:
    """Mean error, spread and share with intervals, and which rows were counted."""
    evaluation = evaluation_of(Table(task=Task.REGRESSION))
    facts = _expert(_open())
    assert facts["Evaluation"] == evaluation.id
    assert "(" in facts["Root mean square error, delta interval"]


def test_the_lines_follow_what_is_drawn(evaluation_of: Make) -> None:
    """Equal bins: the table holds the ten equally wide ranges, and reads them aloud."""
    evaluation_of(Table())
    app = _open()
    app.segmented_control(key="curve").set_value("Equal bins").run()
    assert not app.exception
    says = [
        int(str(text).split("\u00a0")[0].split(".")[0])
        for text in app.dataframe[0].value["Says"]
    ]
    assert [number // 10 for number in says] == list(range(10))
    assert texts(app).count("When the model says about") >= 10


def test_every_band_has_its_sentence(evaluation_of: Make) -> None:
    """One, two or three bands beside the best rising curve, each explained by name."""
    evaluation_of(Table())
    app = _open()
    app.segmented_control(key="curve").set_value("Curve").run()
    app.pills(key="band").set_value(["Likely", "If perfect", "Guaranteed"]).run()
    assert not app.exception
    shown = texts(app).replace("\\", "")
    for name in ("Likely: ", "If perfect: ", "Guaranteed: With 95 % confidence"):
        assert name in shown


def test_by_slice_starts_with_what_is_wrong_everywhere(evaluation_of: Make) -> None:
    """All chances halved: too little everywhere; a click on a line leads to its rows."""

    def halved(columns: dict[str, Any]) -> None:
        columns["score"] = (columns["score"] / 2).round(4)

    evaluation_of(Table(rows=2_000, change=halved))
    app = _open("By slice")
    assert "The model expects too little almost everywhere" in said(app)
    select(app, "calibration_table", rows=[0])
    assert "slice" in app.query_params


def test_a_point_becomes_its_range_of_scores(evaluation_of: Make) -> None:
    """The fifth tenth: the page reads its key back, and may move its ends a little."""
    evaluation_of(Table())
    app = _open()
    (spec,) = (c for c in app.get("plotly_chart") if c.proto.id.endswith("-reliability"))
    (points,) = (t for t in json.loads(spec.proto.spec)["data"] if t["mode"] == "markers")
    keys = [row[0] for row in points["customdata"]]
    select(app, "reliability", points=keys[4:5])
    assert not app.exception
    low, high = (float(end) for end in keys[4].split(" "))
    assert float(keys[5].split(" ")[0]) == high
    assert {part.column for part in chosen(app).parts} == {SCORE}
    ends = {part.operator: part.value for part in chosen(app).parts}
    assert ends == {">=": pytest.approx(low, abs=0.02), "<": pytest.approx(high, abs=0.02)}
