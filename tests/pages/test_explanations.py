"""Explanations: people walk its parts, pick a case, change it, and take figures away."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from streamlit.testing.v1 import AppTest

from core.records.evaluations import Evaluation
from core.records.explanations import Direction
from core.records.predicate import Comparison, to_address
from core.runs.asking import view_of
from core.runs.explaining import explain
from core.runs.one_case import picked_row
from core.runs.viewing import save_view
from core.serving.house import House, close_house, open_house
from pages._explain import CASE, COLUMN, DRIVERS, PARTS, TRUST
from tests.pages.opening import open_page, select
from tests.pages.reading import charts, click, read, sent
from tests.runs.explained import (
    evaluate_loans,
)

PAGE = "explanations.py"
NORTH = to_address(Comparison("region", "=", "North"))


@dataclass(frozen=True)
class Shown:
    """An open workspace with one explained table."""

    house: House
    evaluation: Evaluation


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The workspace that these tests only look at."""
    house = open_house(tmp_path_factory.mktemp("explanations") / "workspace")
    evaluation = evaluate_loans(house.desk)
    explain(house.desk, evaluation)
    yield Shown(house, evaluation)
    close_house()


pytestmark = pytest.mark.usefixtures("shown")


def test_a_bar_leads_to_its_column() -> None:
    """The part changes, and the column is chosen."""
    app = open_page(PAGE)
    app = select(app, "driver_bars", points=["debt"])
    assert app.segmented_control(key="part").value == COLUMN
    assert app.selectbox(key="col").value == "debt"
    assert set(charts(app)) == {"dependence", "response"}
    assert "debt" in read(app)


def test_a_line_of_the_table_leads_to_its_column() -> None:
    """The second strongest."""
    app = open_page(PAGE)
    (table,) = (each for each in app.dataframe if each.key == "driver_table")
    name = table.value["Column"].iloc[1]
    app = select(app, "driver_table", rows=[1])
    assert app.segmented_control(key="part").value == COLUMN
    assert app.selectbox(key="col").value == name


def test_groups_are_compared() -> None:
    """A table of columns by region; small groups are left out."""
    app = open_page(PAGE, by="region")
    read(app)
    table = app.dataframe[-1].value
    assert {"North", "South", "West"} <= set(table.columns)


def test_a_column_told_apart_by_another_has_a_line_for_each_group() -> None:
    """Three regions, and a legend."""
    app = open_page(PAGE, part=COLUMN, col="debt")
    app.selectbox(key="by").set_value("region").run()
    read(app)
    drawn = charts(app)["dependence"]
    names = {trace.get("name") for trace in drawn["data"]}
    assert {"North", "South", "West"} <= names
    assert drawn["layout"]["showlegend"]


def test_a_declared_direction_is_held_against_the_model() -> None:
    """More debt should lower the score; the page says in how many steps it does not."""
    app = open_page(PAGE, part=COLUMN, col="debt")
    assert not [each for each in app.markdown if "declared" in each.value]
    way = next(each for each in app.segmented_control if "should go" in each.label)
    told: list[str] = []
    for said in (Direction.FALLS, Direction.RISES):
        app = way.set_value(said).run()
        assert not app.exception
        told = [each.value for each in app.markdown if "declared" in each.value]
        assert len(told) == 1
        assert told[0].startswith(("**● Pass**", "**■ Fail**"))
        way = next(each for each in app.segmented_control if "should go" in each.label)
    app = open_page(PAGE, part=COLUMN, col="debt")
    assert [each.value for each in app.markdown if "declared" in each.value] == told


def test_a_case_is_named_or_picked(shown: Shown) -> None:
    """The highest by itself; then by id, by number; nobody is a sentence."""
    evaluation, opened = shown.evaluation, shown.house
    found = opened.desk.workspace.state.evaluation(evaluation.id)
    highest = picked_row(opened.desk, explain(opened.desk, found), "highest")
    app = open_page(PAGE, part=CASE)
    assert _row(app) == f"row {highest}"
    app.text_input(key="row").set_value("ä-7").run()
    assert _row(app) == "row 7"
    app.text_input(key="row").set_value("#12").run()
    assert _row(app) == "row 12"
    app.text_input(key="row").set_value("nobody").run()
    assert "No row has the person nobody" in app.error[0].value
    app.text_input(key="row").set_value("").run()
    app.pills(key="case_pick").set_value("lowest").run()
    assert _row(app) != f"row {highest}"


def test_a_changed_value_moves_sentence_and_bridge() -> None:
    """Late nine times: the box beneath tells the new score; set back, it is gone."""
    app = open_page(PAGE, part=CASE, row="#8")
    before = read(app)
    assert "what_if_bridge" not in charts(app)
    field = app.number_input(key="what_if_8_late")
    own = field.value
    field.set_value(5).run()
    said = read(app)
    assert "With late = 5: the score is" in said
    assert said.splitlines()[0] == before.splitlines()[0]
    steps = charts(app)["what_if_bridge"]["layout"]["yaxis"]["ticktext"]
    assert "late = 5" in steps
    app.number_input(key="what_if_8_late").set_value(own).run()
    assert "what_if_bridge" not in charts(app)
    app.selectbox(key="what_if_8_region").set_value("West").run()
    assert "With region = West: the score is" in read(app)


def test_the_smallest_change_that_flips_is_told() -> None:
    """In a sentence of its own, for a yes/no model."""
    said = read(open_page(PAGE, part=CASE, row="#8"))
    assert "the threshold of 50" in said or "No change of a single column" in said


def test_trust_has_a_light_and_its_facts() -> None:
    """Green where the sums add up, and the caption of every part repeats it."""
    app = open_page(PAGE, part=TRUST)
    assert "In every row the pushes add up to the model's own sum" in app.success[0].value
    rows = app.table[0].value
    said = str(rows)
    for words in ("TreeEnsembleClassifier", "interventional", "logistic", "300 rows"):
        assert words in said
    assert "● Unit: log-odds" in read(open_page(PAGE))


def test_the_other_game_is_another_question() -> None:
    """Along the paths: not explained yet."""
    app = open_page(PAGE)
    app.radio(key="game").set_value("Along the paths").run()
    assert "Nobody has explained these scores yet" in read(app)


@pytest.mark.parametrize(
    "wrong", [{"part": "Nothing"}, {"col": "nothing"}, {"by": "nothing"}, {"with": "z"}]
)
def test_an_odd_address_is_no_crash(wrong: dict[str, str]) -> None:
    """What is not there falls back to the first."""
    for part in PARTS:
        read(open_page(PAGE, **({"part": part} | wrong)))


def test_a_saved_view_restores_the_page(shown: Shown) -> None:
    """The same case of the same part."""
    evaluation, opened = shown.evaluation, shown.house
    controls = {"part": CASE, "row": "#8"}
    view = view_of(opened.desk, evaluation, "explanations", controls)
    token = save_view(opened.desk, view, actor="ada")
    app = open_page(PAGE, view=token)
    assert _row(app) == "row 8"


def test_a_link_can_be_copied_on_every_part() -> None:
    """It holds the part and the slice."""
    for part in PARTS:
        app = open_page(PAGE, part=part, slice=NORTH)
        assert "Copy link" in sent(app)


def test_experts_take_values_and_figures_away() -> None:
    """Every figure of the part is offered as SVG and PDF."""
    figures = {
        DRIVERS: ["Mean push", "All rows", "Groups"],
        COLUMN: ["Push by value", "Answers"],
        CASE: ["Case"],
        TRUST: [],
    }
    for part, names in figures.items():
        app = open_page(PAGE, part=part)
        app.session_state["ex"] = True
        app.session_state["by"] = "region"
        read(app.run())
        click(app, "Prepare values")
        read(app)
        labels = [button.proto.label for button in app.get("download_button")]
        assert labels[0] == "Download values (Parquet)"
        assert len(labels) == 1 + 2 * bool(names)
        if names:
            assert labels[1:] == ["Download figure (SVG)", "Download figure (PDF)"]
            assert app.selectbox(key="figure").options == names


def _row(app: AppTest) -> str:
    read(app)
    return str(charts(app)["case_bridge"]["layout"]["yaxis"]["ticktext"][-1])
