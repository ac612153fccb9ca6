"""The import page, step by step, with what it refuses."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from core.records.models import Task
from core.runs.drafting import drafts, load_draft
from core.serving.house import House
from tests.pages.opening import Table, columns_of, open_page, texts

PATIENCE = 30.0


def as_csv(task: Task) -> bytes:
    """Return the rows of a task as a CSV file."""
    columns = columns_of(Table(task))
    if task is Task.REGRESSION:  # a score beyond 1 is not guessed to be the model's answer
        columns["prediction"] = columns.pop("score")
    lines = [",".join(columns)]
    lines += [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
    return "\n".join(lines).encode()


def upload(name: str, data: bytes) -> AppTest:
    """Open the page, upload a table and have it read."""
    app = open_page("import_.py")
    app.file_uploader(key="upload").set_value((name, data, "text/csv")).run()
    return click(app, "Read file")


def click(app: AppTest, label: str) -> AppTest:
    """Press the button of that label."""
    return next(button for button in app.button if button.label == label).click().run()


def finished(app: AppTest, house: House) -> AppTest:
    """Wait until no job runs any more, then look again."""
    until = time.monotonic() + PATIENCE
    while house.jobs.live() and time.monotonic() < until:
        time.sleep(0.05)
    return app.run()


@pytest.mark.parametrize("task", list(Task))
def test_a_table_of_scores_becomes_an_evaluation(task: Task, opened: House) -> None:
    """Scores only: read, say what they mean, evaluate; no model file is needed."""
    app = finished(upload("scores.csv", as_csv(task)), opened)
    assert "400 rows" in texts(app)
    app = click(app, "Rows and dates are right")
    app = click(app, "Columns are right")
    app = click(app, "Scores only")
    app.selectbox(key="task").select(task.value).run()
    if task is Task.BINARY:
        app.radio(key="positive").set_value("yes").run()
    app = click(app, "Inputs and scores are right")
    app = finished(click(app, "Evaluate"), opened)

    (evaluation,) = opened.desk.workspace.state.evaluations.values()
    assert not app.exception
    assert evaluation.answer.task is task
    assert evaluation.rows == 400
    assert drafts(opened.desk) == ()


def test_nothing_goes_on_until_somebody_says_what_a_yes_is(opened: House) -> None:
    """The positive class has no default, and the step has no button before it is chosen."""
    app = finished(upload("scores.csv", as_csv(Task.BINARY)), opened)
    app = click(app, "Rows and dates are right")
    app = click(app, "Columns are right")
    app = click(app, "Scores only")

    assert app.radio(key="positive").value is None
    assert "Inputs and scores are right" not in {button.label for button in app.button}


def test_a_file_that_cannot_be_read_is_one_sentence(opened: House) -> None:
    """Ragged lines: the first one is named, and nothing is imported."""
    data = b"a,b\n" + b"1,2\n" * 50 + b"1,2,3\n" * 50

    app = finished(upload("ragged.csv", data), opened)

    assert "Line 52 has 3 fields" in texts(app).replace("\\", "")
    assert not app.exception
    assert opened.desk.workspace.state.empty


def test_a_model_that_is_none_is_one_sentence(opened: House) -> None:
    """A text file called .onnx is refused where it is chosen."""
    app = finished(upload("scores.csv", as_csv(Task.BINARY)), opened)
    app = click(app, "Rows and dates are right")
    app = click(app, "Columns are right")
    app.file_uploader(key="upload_model").set_value(
        ("model.onnx", b"not a model", "application/octet-stream")
    ).run()

    assert app.error[0].value
    assert not app.exception
    assert load_draft(opened.desk, drafts(opened.desk)[0].id).model_file == ""


def test_a_draft_is_found_again(opened: House) -> None:
    """Leave, come back: the unfinished import is offered."""
    finished(upload("scores.csv", as_csv(Task.BINARY)), opened)

    app = open_page("import_.py")

    assert "scores.csv" in texts(app).replace("\\", "")
    app = click(app, "Go on")
    assert "400 rows" in texts(app)


def test_the_label_can_be_chosen(opened: House) -> None:
    """Choosing another label takes the use from the first."""
    app = finished(upload("scores.csv", as_csv(Task.BINARY)), opened)
    app = click(app, "Rows and dates are right")
    (draft,) = drafts(opened.desk)
    app.selectbox(key=f"label_{draft.id}").select("region").run()

    uses = {c.name: c.use.value for c in load_draft(opened.desk, draft.id).columns}
    assert uses["region"] == "label"
    assert list(uses.values()).count("label") == 1
