"""The drift page: every part, and every state in which something is missing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.estimates.wording import say_both
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import Comparison, columns_of, to_address
from core.runs.asking import view_of
from core.runs.calibrating import calibration_of
from core.runs.provenance import decide_personal
from core.runs.score_rollups import Scores
from core.runs.viewing import save_view
from core.serving.house import House, close_house, open_house
from pages._drift import COLUMNS, TIME, TOGETHER, WHY, WORKS
from tests.drifted import Values, World, bring
from tests.pages.opening import open_page, select
from tests.pages.opening import texts as written
from tests.pages.reading import charts, chosen, said

PARTS = (COLUMNS, TIME, WORKS, WHY, TOGETHER)
SMALL = World(rows=200, moved=(False, True))
Make = Callable[[World], tuple[Evaluation, ...]]


class Moved(NamedTuple):
    """An open workspace with four windows, the last of which moved."""

    house: House
    evaluations: tuple[Evaluation, ...]


@pytest.fixture
def made(opened: House) -> Make:
    """Bring a world into an empty workspace."""
    return lambda world: bring(opened.desk, world)


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    """Two versions of a model, and four windows; nothing here writes but roll-ups and views."""
    house = open_house(tmp_path_factory.mktemp("drift") / "workspace")
    yield Moved(house, bring(house.desk, World(rows=1500, rival=True)))
    close_house()


def page(part: str = COLUMNS, data: str = "Window 4", **parameters: str) -> AppTest:
    """Open a part of the page."""
    app = open_page("drift.py", model="Churn v2", data=data, part=part, **parameters)
    assert not app.exception, app.exception
    return app


def texts(app: AppTest) -> str:
    """Return all words of a page as a reader sees them."""
    return written(app).replace("\\", "").replace("\u00a0", " ")


def lines(app: AppTest, key: str) -> list[list[object]]:
    """Return a table of the page."""
    (found,) = (each for each in app.dataframe if each.key == key)
    return [list(line) for line in found.value.itertuples(index=False)]


class TestMoved:
    """What a reader sees of a window that moved."""

    @pytest.fixture(autouse=True)
    def _world(self, moved: Moved) -> None:
        self.moved = moved

    def test_what_moved_says_which_column(self) -> None:
        """Income leads, and the distribution of the chosen column stands below."""
        app = page()
        assert "■ Fail" in said(app)
        assert "income moved up by" in said(app)
        assert lines(app, "drift_table")[0][1] == "income"
        assert "drift_both" in charts(app)

    def test_a_click_chooses_a_column(self) -> None:
        """In the table by its line; a new value is no silence."""
        app = page()
        rows = [line[1] for line in lines(app, "drift_table")]
        app = select(app, "drift_table", rows=[rows.index("job")])
        assert "% have a value that was not there before: platform" in texts(app)

    def test_a_new_value_asks_for_attention(self) -> None:
        """Even where it is no tenth of the rows."""
        light = {str(line[1]): line[0] for line in lines(page(), "drift_table")}
        assert light["job"] in {"▲", "◇", "■"}

    def test_scores_are_compared_too(self) -> None:
        """Score, prediction and label."""
        app = page(kind="Scores")
        names = {line[1] for line in lines(app, "drift_table")}
        assert names == {"score", "prediction", "label"}

    def test_over_time_marks_where_it_began(self) -> None:
        """The diamond stands in the last window; a cell leads to both."""
        app = page(TIME)
        assert "Since Window 4 income" in said(app)
        heat = lines(app, "drift_heat")
        assert heat[0][0] == "income"
        assert "◆" in str(heat[0][4])
        app = select(page(TIME), "drift_heat", cells=[[0, "Window 2"]])
        app.run()
        assert app.session_state["data"] == "Window 2"
        assert app.session_state["col"] == "income"

    def test_windows_inside_a_table_become_slices(self) -> None:
        """A week of the chosen table: its cell chooses its rows."""
        app = page(TIME, by="week")
        heat = next(e for e in app.dataframe if e.key == "drift_heat")
        heads = heat.value.columns
        assert str(heads[1]).startswith("week of")
        app = select(app, "drift_heat", cells=[[0, str(heads[2])]])
        app.run()
        assert "on" in columns_of(chosen(app))

    def test_it_does_not_work_as_before(self) -> None:
        """Worse, with both intervals; the version before would do better."""
        app = page(WORKS)
        assert "▲ Attention · worse than before" in said(app)
        assert "Churn v1 does better on this window" in texts(app)
        assert "Labels arrive:" in texts(app)

    def test_each_window_says_what_happened_against_what_was_expected(self) -> None:
        """The same figure as on Calibration, window by window."""
        (found,) = (e.value for e in page(WORKS).dataframe if "Counted" in e.value)
        said = dict(zip(found["Window"], found["Happened / expected"], strict=True))
        for made in self.moved.evaluations[1:5]:
            title = self.moved.house.desk.workspace.state.dataset(made.dataset).title
            counted = calibration_of(Scores(self.moved.house.desk, made)).observed_expected
            assert said[title] == say_both(counted, "ratio")
        assert len(said) == 4

    def test_the_sample_is_made_for_the_width(self) -> None:
        """Asked for five points; the file waits behind the button."""
        app = page(WORKS, plan="5.0")
        assert "within ±5 points" in texts(app)
        app = next(b for b in app.button if b.label == "Prepare sample").click().run()
        assert not app.exception
        (offered,) = app.get("download_button")
        assert offered.proto.label == "Download sample"

    def test_why_names_the_planted_cause(self) -> None:
        """Rows with the new job; a line of the table becomes the slice."""
        app = page(WHY)
        assert "who were not there before" in said(app)
        assert "platform" in said(app)
        assert {"why_bridge", "why_parts"} <= set(charts(app))
        app = select(app, "why_table", rows=[0])
        assert columns_of(chosen(app)) == {"job"}

    def test_together_names_the_columns(self) -> None:
        """A classifier goes by income and job."""
        found = said(page(TOGETHER))
        assert "A classifier tells the tables apart in" in found
        assert "mostly by income and job" in found

    def test_a_click_on_a_window_opens_it(self) -> None:
        """In the chart on top."""
        app = select(page(), "windows", points=[self.moved.evaluations[2].id])
        app.run()
        assert app.session_state["data"] == "Window 2"

    @pytest.mark.parametrize("part", PARTS)
    def test_experts_open_in_every_part(self, part: str) -> None:
        """Nothing breaks there, nor with a slice chosen."""
        north = to_address(Comparison("region", "=", "North"))
        app = page(part, ex="true", slice=north)
        told = "A slice is chosen above; this part looks at all rows." in texts(app)
        assert told is (part in {WORKS, WHY, TOGETHER})

    def test_a_view_restores_what_was_chosen(self) -> None:
        """Part, metric, column and width come back from a link."""
        controls = {"part": WORKS, "metric": "recall", "plan": "2.5", "ref": "Window 1"}
        view = view_of(self.moved.house.desk, self.moved.evaluations[4], "drift", controls)
        token = save_view(self.moved.house.desk, view, actor="test")
        app = open_page("drift.py", view=token)
        assert not app.exception
        assert app.session_state["part"] == WORKS
        assert app.selectbox(key="metric").value == "recall"
        assert app.selectbox(key="ref").value == "Window 1"
        assert "within ±2.5 points" in texts(app)

    def test_another_reference_is_held_against(self) -> None:
        """The window before instead of the validation."""
        app = page(ref="Window 3")
        assert "income moved up by" in said(app)
        assert "Window 3" in str(charts(app)["drift_both"])


def each_part(**parameters: str) -> dict[str, AppTest]:
    """Open every part that is offered."""
    app = open_page("drift.py", data="Window 2", **parameters)
    assert not app.exception, app.exception
    parts = app.segmented_control(key="part").options
    found = {p: open_page("drift.py", data="Window 2", part=p, **parameters) for p in parts}
    for part, opened in found.items():
        assert not opened.exception, part
    return found


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_every_task_opens(task: Task, made: Make) -> None:
    """All parts, with an answer in each."""
    made(replace(SMALL, task=task))
    assert all(said(app) for app in each_part().values())


@pytest.mark.parametrize("task", Task)
def test_without_labels_it_says_what_is_not_known(task: Task, made: Make) -> None:
    """Columns are compared; the metric is not measured, errors cannot be split."""
    made(replace(SMALL, task=task, labels=False))
    found = each_part()
    assert "○ Not measured · no labels yet" in said(found[WORKS])
    assert "nobody can count errors" in said(found[WHY])


def test_without_windows_there_is_no_time(made: Make) -> None:
    """One table alone has nothing to compare with, two without a time no windows."""
    made(World(rows=100, moved=(), dated=False))
    assert "There is no other table to compare with" in texts(open_page("drift.py"))


def test_a_window_of_one_row(made: Make) -> None:
    """It says so in every part that looks at it."""

    def cut(k: int, values: Values) -> None:
        if k == 2:
            for name, column in values.items():
                values[name] = column[:1]

    made(replace(SMALL, change=cut))
    found = each_part()
    assert "Window 2 has 1 row here" in said(found[COLUMNS])
    assert "too few to tell" in texts(found[TOGETHER]) + said(found[TOGETHER])


def test_a_renamed_column_is_matched_by_a_suggestion(made: Make) -> None:
    """Not measured, with the name it may have now."""

    def rename(k: int, values: Values) -> None:
        if k == 2:
            values["income_eur"] = values.pop("income")

    made(replace(SMALL, change=rename))
    found = {str(line[1]): line for line in lines(each_part()[COLUMNS], "drift_table")}
    assert found["income"][0] == "○"
    assert "did you mean income_eur?" in str(found["income"][2])


def test_an_all_missing_column(made: Make) -> None:
    """Every income is gone in the window: it fails, and the parts open."""

    def empty(k: int, values: Values) -> None:
        if k == 2:
            values["income"] = [None] * len(values["income"])

    made(replace(SMALL, change=empty))
    found = said(each_part()[COLUMNS]).replace("\u00a0", " ")
    assert "income is missing in 100 % of rows, before in 0 %" in found


def test_personal_data_is_compared_without_its_values(opened: House, made: Make) -> None:
    """Jobs that somebody confirmed to be personal are named nowhere."""
    evaluations = made(replace(SMALL, rows=600))
    for each in evaluations:
        decide_personal(opened.desk, each.dataset, "job", personal=True, actor="test")
    for part, app in each_part(col="job").items():
        assert "platform" not in texts(app) + said(app), part
        for table in app.dataframe:
            assert "platform" not in table.value.to_string(), part


def test_labels_for_one_answer_are_never_called_all(made: Make) -> None:
    """Every yes is without one: the metric is named after the others."""

    def selective(k: int, values: Values) -> None:
        if k:
            keep = np.array(values["score"]) < 0.5
            pairs = zip(values["label"], keep, strict=True)
            values["label"] = [label if kept else None for label, kept in pairs]

    made(replace(SMALL, change=selective))
    found = said(each_part()[WORKS])
    assert "labels for one answer only" in found
    assert "Accuracy among “no” answers is" in found
