"""Explanations of every task and state: models, rows, columns and what is missing."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.records.data import Split
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import Comparison, Not, to_address
from core.runs import trying
from core.runs.evaluating import evaluate
from core.runs.explaining import explain
from core.runs.provenance import decide_personal
from core.serving.house import House
from pages._explain import CASE, COLUMN, DRIVERS, MOVED, PARTS, TRUST
from pages._slices import ROWS
from tests.kept import Values
from tests.pages.opening import Table, evaluated, open_page
from tests.pages.reading import charts, click, read, sent
from tests.runs.explained import (
    Loans,
    Trained,
    constant,
    draw_loans,
    evaluate_loans,
    keep_loans,
    network,
)

PAGE = "explanations.py"
NORTH = to_address(Comparison("region", "=", "North"))
Explained = Callable[..., Evaluation]


@pytest.fixture
def explained(opened: House) -> Explained:
    """Keep, evaluate and explain a table in the open workspace."""

    def make(kind: Loans | None = None, trained: Trained | None = None) -> Evaluation:
        evaluation = evaluate_loans(opened.desk, kind or Loans(), trained)
        explain(opened.desk, evaluation)
        return evaluation

    return make


@pytest.mark.parametrize("task", list(Task))
def test_every_part_is_drawn_for_every_task(explained: Explained, task: Task) -> None:
    """In all rows and in a slice, with a caption that says how it is to be read."""
    explained(Loans(task))
    for part in PARTS:
        for slice_ in ({}, {"slice": NORTH}):
            said = read(open_page(PAGE, part=part, **slice_))
            assert "Game: interventional against 300 rows of Loans" in said, part
            assert "Exact, all 300 rows." in said, part


def test_every_part_is_drawn_for_a_model_that_is_only_tried(
    explained: Explained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network: estimated, with the error; the highest of the tried rows is a case."""
    monkeypatch.setattr(trying, "ROWS", 3)
    monkeypatch.setattr(trying, "REFERENCE", 4)
    explained(Loans(rows=30, lacking=False), network())
    said = {part: read(open_page(PAGE, part=part)) for part in PARTS}
    for part in PARTS:
        assert "Estimated from 3 of 30 rows, chosen by hash" in said[part]
    assert "Estimated: all columns are mixed" in said[TRUST]


def test_every_part_is_drawn_for_a_model_that_always_answers_the_same(
    explained: Explained,
) -> None:
    """Nothing drives it."""
    explained(Loans(lacking=False), constant())
    said = {part: read(open_page(PAGE, part=part)) for part in PARTS}
    assert "Nothing drives the scores: every row gets the same one." in said[DRIVERS]
    assert "No column moves it." in said[CASE]


def test_before_anybody_asked_the_page_says_what_it_costs(opened: House) -> None:
    """A button with the rows and the seconds; pressed, the work begins and is shown."""
    evaluate_loans(opened.desk)
    app = open_page(PAGE)
    assert "All 300 rows, against 300 rows of Loans: about 2 s" in read(app)
    click(app, "Explain scores")
    job = opened.jobs.live() or opened.jobs.job(app.session_state["_job_explain"])
    assert job


def test_scores_alone_need_the_file(opened: House, tmp_path: Any) -> None:
    """And where to bring it."""
    evaluated(opened.desk, tmp_path, Table())
    app = open_page(PAGE)
    assert "Needs the model file; only its scores were imported." in read(app)
    assert not app.get("plotly_chart")


def test_a_hidden_slice_shows_nothing(explained: Explained) -> None:
    """Two rows of Atlantis, or all but them, on each part."""

    def few(values: Values) -> None:
        values["region"] = ["Atlantis", "Atlantis", *values["region"][2:]]

    explained(Loans(change=few))
    atlantis = Comparison("region", "=", "Atlantis")
    for where in (atlantis, Not(atlantis)):
        for part in PARTS:
            app = open_page(PAGE, part=part, slice=to_address(where))
            assert "These rows are hidden" in read(app)
            assert not app.get("plotly_chart")


def test_personal_values_are_shown_nowhere(explained: Explained, opened: House) -> None:
    """Masked in the case, without a curve, not to be changed; the push stays."""

    def telling(values: Values) -> None:
        values["region"] = ["Zwickelsheim"] * 30 + values["region"][30:]

    evaluation = explained(Loans(change=telling))
    assert "Zwickelsheim" in sent(open_page(PAGE, part=CASE, row="#3"))
    decide_personal(opened.desk, evaluation.dataset, "region", personal=True, actor="ada")
    for part in PARTS:
        app = open_page(PAGE, part=part, row="#3", col="region")
        read(app)
        assert "Zwickelsheim" not in sent(app)
    app = open_page(PAGE, part=CASE, row="#3")
    assert "region = •••" in charts(app)["case_bridge"]["layout"]["yaxis"]["ticktext"]
    assert "region" not in [box.label for box in app.selectbox]
    said = read(open_page(PAGE, part=COLUMN, col="region"))
    assert "region is personal data; its values are not shown" in said


def test_a_gap_can_be_filled(explained: Explained) -> None:
    """A missing amount is an empty field."""

    def gap(values: Values) -> None:
        values["income"][8] = float("nan")

    explained(Loans(change=gap))
    app = open_page(PAGE, part=CASE, row="#8")
    assert app.number_input(key="what_if_8_income").value is None
    assert "what_if_bridge" not in charts(app)
    app.number_input(key="what_if_8_income").set_value(30.0).run()
    assert "With income = 30: the score is" in read(app)


def test_one_class_rather_than_another(explained: Explained) -> None:
    """The bridge goes to the difference; no what-if stands beneath."""
    explained(Loans(Task.MULTICLASS))
    app = open_page(PAGE, part=CASE, row="#4", **{"class": "b", "with": "c"})
    assert "b rather than c" in read(app)
    assert not app.number_input
    assert app.pills(key="class").value == "b"


def test_why_the_mean_moved(explained: Explained, opened: House) -> None:
    """Needs a second table; offers to explain it; then its bridge closes."""
    keep_loans(opened.desk, draw_loans(Loans(seed=40)), Split.TRAINING, "Training")
    evaluation = explained()
    assert "evaluated on no other table" in read(open_page(PAGE, part=MOVED))
    later = keep_loans(opened.desk, draw_loans(Loans(seed=9, poorer=6)), name="March")
    other = evaluate(opened.desk, evaluation.model, later.id, actor="test")
    parameters = {"part": MOVED, "data": "Loans", "ref": "March"}
    app = open_page(PAGE, **parameters)
    assert "The scores of that table were not explained yet." in read(app)
    explain(opened.desk, other)
    app = open_page(PAGE, **parameters)
    said = read(app)
    assert "from March to Loans; income alone moved it by" in said
    assert set(charts(app)) == {"moved_bridge"}
    read(open_page(PAGE, **parameters, slice=NORTH))


def test_two_tables_without_a_common_start_are_not_compared(
    explained: Explained, opened: House
) -> None:
    """Each against its own rows: the page says what to bring."""
    evaluation = explained()
    later = keep_loans(opened.desk, draw_loans(Loans(seed=9)), name="March")
    explain(opened.desk, evaluate(opened.desk, evaluation.model, later.id, actor="test"))
    app = open_page(PAGE, part=MOVED, data="Loans", ref="March")
    assert "Import the training data of the model" in app.error[0].value


def test_controls_are_restored_from_the_address(explained: Explained) -> None:
    """Part, column, grouping, class, row."""
    explained(Loans(Task.MULTICLASS))
    app = open_page(PAGE, part=COLUMN, col="late", **{"class": "c"})
    assert app.selectbox(key="col").value == "late"
    assert app.pills(key="class").value == "c"
    assert open_page(PAGE, by="region").selectbox(key="by").value == "region"
    assert open_page(PAGE, part=CASE, row="ä-3").text_input(key="row").value == "ä-3"


def test_rows_have_their_reasons_and_a_way_to_the_case(
    explained: Explained, opened: House
) -> None:
    """Columns beside each row once it was explained; before, only the button."""
    evaluate_loans(opened.desk)
    app = open_page("slices.py", part=ROWS)
    columns = list(_rows(app).columns)
    assert columns[-1] == "Explain"
    assert "Pushed up by" not in columns
    explained()
    table = _rows(open_page("slices.py", part=ROWS))
    assert list(table.columns)[-3:] == ["Pushed up by", "Pushed down by", "Explain"]
    assert set(table["Explain"]) == {"Explain"}
    assert table["Pushed up by"].str.contains("late").any()


def _rows(app: AppTest) -> Any:
    read(app)
    return app.dataframe[-1].value
