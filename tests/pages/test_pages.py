"""Every page, for every task, for an empty workspace, and for an error."""

from collections.abc import Callable

import pytest

from core.records.evaluations import Evaluation
from core.records.models import Task
from core.serving.house import House
from pages._table import PAGES
from tests.pages.opening import Table, open_page, texts

Make = Callable[[Table], Evaluation]
FILES = [page.file for page in PAGES]


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("file", FILES)
def test_every_page_opens_for_every_task(
    file: str, task: Task, evaluation_of: Make
) -> None:
    """No page fails, whatever the model answers."""
    evaluation_of(Table(task, weights=True))

    app = open_page(file)

    assert not app.exception
    assert app.title[0].value in {page.title for page in PAGES}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.usefixtures("opened")
def test_an_empty_workspace_offers_the_way_in(file: str) -> None:
    """Every page that needs data says that nothing is here, and how to begin."""
    app = open_page(file)

    assert not app.exception
    if file not in {"import_.py", "people_and_policy.py"}:
        assert "Nothing here yet" in texts(app)
        assert {"Import data", "Build demo"} <= {button.label for button in app.button}


@pytest.mark.parametrize("file", ["slices.py", "model_card.py"])
def test_a_lost_object_is_a_sentence(file: str, evaluation_of: Make, opened: House) -> None:
    """An object that is gone, and from which all is counted, is named with the next step."""
    evaluation = evaluation_of(Table())
    objects = opened.desk.workspace.objects
    counted = [rollup.object for rollup in opened.desk.workspace.state.rollups.values()]
    for name in (evaluation.frame, *counted):
        (objects.folder / name[:2] / name).unlink()
    opened.desk.forget()

    app = open_page(file)

    assert not app.exception
    assert "countersign doctor" in app.error[-1].value


def test_how_to_read_is_short() -> None:
    """No page explains itself in more than 40 words."""
    assert [page.title for page in PAGES if len(page.reading.split()) > 40] == []


def test_a_pair_that_nobody_evaluated_offers_to(evaluation_of: Make, opened: House) -> None:
    """A second table: the badge says not evaluated, and the button evaluates."""
    first = evaluation_of(Table())
    evaluation_of(Table(rows=300))
    state = opened.desk.workspace.state
    second = next(e for e in state.evaluations.values() if e.id != first.id)
    del state.evaluations[second.id]

    app = open_page("slices.py", data="Validation 2")

    assert "has not been evaluated on Validation 2" in app.info[0].value
    assert [button.label for button in app.button] == ["Evaluate"]


def test_the_overview_names_the_worst_finding(evaluation_of: Make) -> None:
    """A model that guesses fails, and the answer says which rule."""
    evaluation_of(Table())

    app = open_page()

    assert "Churn v1 on Validation fails" in app.error[0].value
    assert app.dataframe[0].value["Model version"].tolist() == ["Churn v1"]


def test_the_card_offers_two_files(evaluation_of: Make) -> None:
    """HTML and JSON, each with its size."""
    evaluation_of(Table())

    app = open_page("model_card.py")

    labels = [button.proto.label for button in app.get("download_button")]
    assert [label.split(" (")[0] for label in labels] == ["Download HTML", "Download JSON"]
