"""What the calibration page shows: each part, for each task, and what it cannot show."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.records.evaluations import Evaluation
from core.records.models import Task
from core.serving.house import House
from pages._calibration import PARTS
from tests.pages.opening import Table, open_page

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


def test_a_regression_is_told_why(evaluation_of: Make) -> None:
    """It states amounts, not chances."""
    evaluation_of(Table(task=Task.REGRESSION))
    assert "amounts, not chances" in _open().info[0].value


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
