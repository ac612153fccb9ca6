"""Each part of the slices page, on one table with planted errors and two models."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.records.evaluations import Evaluation
from core.records.predicate import SCORE, And, Comparison, from_address, to_address
from core.runs.asking import asked_of
from core.runs.saving import drop_slice, save_slice
from core.runs.worst import WorstAsked, find_chance, find_worst_slices
from core.serving.house import House, close_house, open_house
from pages._slices import ALL, FAIR, ROWS, TIME, TWO, VERSIONS
from tests.pages.opening import Table, evaluated, open_page, rich, rival, select, texts

NORTH, TRIAL = Comparison("region", "=", "North"), Comparison("plan", "=", "trial")
BOTH = And((NORTH, TRIAL))


class Rich(NamedTuple):
    """An open workspace with a table, and two models on it."""

    house: House
    churn: Evaluation
    rival: Evaluation


@pytest.fixture(scope="module", autouse=True)
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rich]:
    """One table for this file; nothing here writes anything but roll-ups."""
    folder = tmp_path_factory.mktemp("rich")
    house = open_house(folder / "workspace")
    churn = evaluated(house.desk, folder, Table(rows=1500, change=rich))
    yield Rich(house, churn, rival(house.desk, churn))
    close_house()


def opened(part: str = ALL, **parameters: str) -> AppTest:
    """Open a part of the page for the first model."""
    app = open_page("slices.py", model="Churn v1", part=part, **parameters)
    assert not app.exception
    return app


def table(app: AppTest, key: str | None = "slice_table") -> pd.DataFrame:
    """Return what stands in a table of the page."""
    (found,) = (element for element in app.dataframe if element.key == key)
    return found.value


def chosen(app: AppTest) -> object:
    """Return the slice that stands in the address, None for all rows."""
    address = app.query_params.get("slice", [""])
    text = address[0] if isinstance(address, list) else address
    return from_address(text) if text else None


def ticks(app: AppTest, key: str) -> list[str]:
    """Return the names along a chart."""
    (found,) = (e for e in app.get("plotly_chart") if e.proto.id.endswith(f"-{key}"))

    names: list[str] = json.loads(found.proto.spec)["layout"]["yaxis"]["ticktext"]
    return names


def parts_of(predicate: Any) -> set[object]:
    """Return the conditions of a slice."""
    return set(predicate.parts) if isinstance(predicate, And) else {predicate}


def test_two_columns_at_once_are_what_opens() -> None:
    """The planted slice is the answer, the first line and the first point."""
    app = opened()
    (box,) = app.error
    assert box.proto.title == "■ Fail · error rate of a slice breaks a limit"
    assert "North · trial\\: error rate" in box.value
    lines = table(app)
    assert lines["Slice"][0] == "North · trial"
    assert lines["Verdict"][0] == "■ Fail"
    assert ticks(app, "forest")[0] == "North · trial"
    assert len(ticks(app, "forest")) == 14
    assert all(" · " in name for name in lines["Slice"])


def test_one_column_has_its_own_lines() -> None:
    """One value or range each."""
    app = opened()
    app.segmented_control(key="ways").set_value("One").run()
    names = set(table(app)["Slice"])
    assert {"North", "trial", "f", "Ulm", "mobile yes"} <= names
    assert not any(" · " in name for name in names)


def test_words_narrow_the_lines_and_the_points() -> None:
    """Both words must stand in a slice; what fits nobody leaves an empty table."""
    app = opened()
    app.text_input(key="q").set_value("SOUTH full").run()
    assert list(table(app)["Slice"]) == ["South · full"]
    assert ticks(app, "forest") == ["South · full"]
    app.text_input(key="q").set_value("nothing like it").run()
    assert not app.exception
    assert table(app).empty


@pytest.mark.parametrize(
    ("order", "column"), [("rows", "Rows"), ("errors", "Share of errors")]
)
def test_the_order_can_be_chosen(order: str, column: str) -> None:
    """Largest first, or most errors first."""
    app = opened()
    app.selectbox(key="order").set_value(order).run()
    shown = table(app)[column].dropna()
    numbers = [float(str(cell).rstrip("\xa0%")) for cell in shown]
    assert numbers == sorted(numbers, reverse=True)


def test_the_threshold_moves_lines_and_points() -> None:
    """At 90 % nearly every yes is missed."""
    app = opened()
    before = table(app)
    app.slider(key="act").set_value(90.0).run()
    after = table(app)
    assert list(before["Error rate"]) != list(after["Error rate"])
    assert set(before["Slice"]) & set(after["Slice"])


@pytest.mark.parametrize("metric", ["recall", "auc", "brier", "mcc", "observed_expected"])
def test_each_metric_has_its_own_column(metric: str) -> None:
    """The table is headed by the metric; an average has no sign of percent."""
    app = opened()
    app.selectbox(key="metric").set_value(metric).run()
    assert not app.exception
    head = table(app).columns[2]
    assert (
        head == app.selectbox(key="metric").options[app.selectbox(key="metric").index or 0]
    )
    assert ("%" in "".join(map(str, table(app)[head]))) == (metric == "recall")


def test_a_point_becomes_the_slice() -> None:
    """It stands in the address, its header and its numbers on the page, its point is marked."""
    app = select(opened(), "forest", points=[to_address(BOTH)])
    assert chosen(app) == from_address(to_address(BOTH))
    assert app.header[0].value == "plan \\= trial and region \\= North".replace("\\=", "=")
    assert app.metric[0].label == "Error rate"
    assert app.metric[0].value.startswith("59")

    (chart,) = (e for e in app.get("plotly_chart") if e.proto.id.endswith("-forest"))
    sizes = json.loads(chart.proto.spec)["data"][0]["marker"]["size"]
    assert [n for n, size in enumerate(sizes) if size == max(sizes)] == [0]
    assert len(set(sizes)) == 2


def test_a_line_becomes_the_slice() -> None:
    """The second line of the table as it was drawn."""
    app = opened()
    second = table(app)["Slice"][1]
    app = select(app, "slice_table", rows=[1])
    words = {str(part.value) for part in parts_of(chosen(app))}  # type: ignore[attr-defined]
    assert words <= set(second.replace(" · ", " ").split()) | {"True", "False"}


def test_all_rows_leads_back() -> None:
    """The button over the chosen slice takes it away again."""
    app = opened(slice=to_address(BOTH))
    (button,) = (b for b in app.button if b.label == "All rows")
    app = button.click().run()
    assert chosen(app) is None
    assert not app.header


def test_the_worst_slices_wait_for_their_search(workspace: Rich) -> None:
    """A button; once the search was made, a card for the planted slice and what chance does."""
    app = opened(ways="Worst found", metric="Recall")
    assert [b.label for b in app.button if b.label.startswith("Find")] == [
        "Find worst slices"
    ]
    desk, churn = workspace.house.desk, workspace.churn
    wanted = WorstAsked("recall", asked_of(desk, churn))
    find_worst_slices(desk, churn, wanted)
    app.run()
    assert "the worst slice" in app.warning[0].proto.title
    assert "missed against" in app.warning[0].value
    assert "**North · trial**" in texts(app)
    assert "On other rows than those that found it" in texts(app)
    assert "The search counts rows, not weights" in texts(app)
    (ask,) = (b for b in app.button if b.label == "Could this be chance?")
    assert not ask.disabled
    find_chance(desk, churn, wanted)
    app.run()
    assert "in fewer than 1 of 200 searches" in texts(app)
    app = app.button(key="worst_0").click().run()
    assert parts_of(chosen(app)) == {NORTH, TRIAL}


def test_a_search_runs_as_a_job_and_its_answer_comes(workspace: Rich) -> None:
    """The button starts it; when it is done the page shows what it found."""
    app = opened(ways="Worst found", act="40.0")
    (button,) = (b for b in app.button if b.label == "Find worst slices")
    button.click().run()
    jobs = workspace.house.jobs
    while jobs.live():
        pass
    app.run()
    app.run()
    assert not app.exception
    assert "**North · trial**" in texts(app)


def test_groups_fare_as_they_are_measured() -> None:
    """Four cards, a table per notion, and the answer in words."""
    app = opened(FAIR)
    cards = [m.value for m in app.markdown if m.value.startswith("**")]
    heads = [card.split("**")[1] for card in cards]
    assert heads == ["Says yes", "Found", "Falsely called", "Right when it says yes"]
    assert [*app.error, *app.success, *app.warning, *app.info]
    assert set(table(app, None)["Group"]) == {"f", "m"}
    assert set(ticks(app, "fair")) == {"f", "m"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sens", "town"),
        ("with_sens", "town"),
        ("base", "f"),
        ("notion", "equal_opportunity"),
        ("notion", "calibration"),
    ],
)
def test_each_choice_of_fairness_changes_its_table(key: str, value: str) -> None:
    """Another column, two columns, another reference, another notion."""
    app = opened(FAIR)
    before = table(app, None)
    app.selectbox(key=key).set_value(value).run()
    assert not app.exception
    assert not table(app, None).equals(before)


def test_the_threshold_moves_the_groups() -> None:
    """At 95 % nobody is chosen."""
    app = opened(FAIR)
    app.slider(key="act").set_value(95.0).run()
    assert all(cell.startswith("0") for cell in table(app, None)["Value"])


def test_a_reference_that_is_gone_is_forgotten() -> None:
    """Chosen among men and women, it is no town: the largest town is the reference."""
    app = opened(FAIR, base="f")
    assert app.selectbox(key="base").value == "f"
    app.selectbox(key="sens").set_value("town").run()
    assert not app.exception
    assert app.selectbox(key="base").value == "the largest group"


def test_two_columns_are_a_table_of_cells() -> None:
    """Each cell the error rate of its slice; a click on one makes it the slice."""
    app = opened(TWO, x="region", y="plan")
    cells = table(app, "two_heat")
    assert set(cells.iloc[:, 0]) == {"North", "South"}
    assert set(cells.columns[1:]) == {"basic", "full", "trial"}
    north = list(cells.iloc[:, 0]).index("North")
    assert cells["trial"][north] == "59\xa0%"
    app = select(app, "two_heat", cells=[[north, "trial"]])
    assert parts_of(chosen(app)) == {NORTH, TRIAL}


def test_the_name_of_a_line_is_no_cell() -> None:
    """A click on it chooses nothing."""
    app = opened(TWO, x="region", y="plan")
    app = select(app, "two_heat", cells=[[0, table(app, "two_heat").columns[0]]])
    assert not app.exception
    assert chosen(app) is None


@pytest.mark.parametrize(
    ("key", "value"), [("x", "mobile"), ("y", "sex"), ("metric", "recall")]
)
def test_each_choice_of_two_columns_changes_the_cells(key: str, value: str) -> None:
    """No control of this part is dead."""
    app = opened(TWO)
    before = table(app, "two_heat")
    app.selectbox(key=key).set_value(value).run()
    assert not app.exception
    assert not table(app, "two_heat").equals(before)


def test_a_column_is_never_held_against_itself() -> None:
    """Whoever chooses the second column as the first gets another second one."""
    app = opened(TWO, x="region", y="plan")
    app.selectbox(key="x").set_value("plan").run()
    assert not app.exception
    assert app.selectbox(key="y").value != "plan"
    assert "plan" not in app.selectbox(key="y").options


def test_two_versions_are_told_apart_where_they_differ() -> None:
    """The rival is right more often, most of all where the errors were planted."""
    app = opened(VERSIONS)
    (box,) = app.warning
    assert "Churn v1 against Rival v1" in box.proto.title.replace("\\", "")
    assert "Churn v1 is right less often than Rival v1, by 8" in box.value
    assert "\u2212" not in box.value
    assert table(app, "version_table")["Slice"][0] == "North · trial"
    assert ticks(app, "versions")[0] == "North · trial"
    assert "paired DeLong" in texts(app)
    app = select(app, "version_table", rows=[0])
    assert parts_of(chosen(app)) == {NORTH, TRIAL}
    app = select(opened(VERSIONS), "versions", points=[to_address(NORTH)])
    assert chosen(app) == NORTH


def test_the_other_way_round_it_is_the_better_model() -> None:
    """From the rival's side the first model is worse; it is offered instead of itself."""
    app = open_page("slices.py", model="Rival v1", part=VERSIONS, vs="Rival v1")
    assert not app.exception
    assert app.selectbox(key="vs").options == ["Churn v1"]
    assert "Rival v1 is right more often than Churn v1" in app.success[0].value


def test_where_the_other_is_better_is_searched(workspace: Rich) -> None:
    """A card per slice, once somebody asked."""
    desk, churn = workspace.house.desk, workspace.churn
    asked = asked_of(desk, churn)
    wanted = WorstAsked("error_rate", asked, workspace.rival.id)
    find_worst_slices(desk, churn, wanted)
    app = opened(VERSIONS)
    assert "**North · trial**" in texts(app)


def test_windows_are_a_table_of_cells_too() -> None:
    """A cell is a value in a week; chosen, both stand in the slice."""
    app = opened(TIME, x="region")
    cells = table(app, "time_heat")
    assert list(cells.columns[1:3]) == ["2025-12-29", "2026-01-05"]
    north = list(cells.iloc[:, 0]).index("North")
    app = select(app, "time_heat", cells=[[north, "2026-01-05"]])
    assert parts_of(chosen(app)) == {
        NORTH,
        Comparison("on", ">=", "2026-01-05"),
        Comparison("on", "<", "2026-01-12"),
    }
    assert app.header


def test_windows_begin_with_an_answer() -> None:
    """One box with a light, and a legend for what is grey."""
    app = opened(TIME, x="region")
    boxes = [*app.error, *app.warning, *app.info, *app.success]
    assert len(boxes) == 1
    assert "week" in boxes[0].value or "week" in boxes[0].proto.title
    assert "Grey cells have fewer than 30 rows, or fewer than 10" in texts(app)


@pytest.mark.parametrize(("key", "value"), [("x", "plan"), ("metric", "recall")])
def test_each_choice_of_windows_changes_the_cells(key: str, value: str) -> None:
    """By another column, or by another metric."""
    app = opened(TIME)
    before = table(app, "time_heat")
    app.selectbox(key=key).set_value(value).run()
    assert not app.exception
    assert not table(app, "time_heat").equals(before)


def test_rows_come_worst_first_and_by_the_page() -> None:
    """Fifty at once; the next page has others; a slice has only its own."""
    app = opened(ROWS)
    first = table(app, None)
    assert len(first) == 50
    assert set(first["wrong"]) == {True}
    app.pagination[0].set_value(2).run()
    second = table(app, None)
    assert not set(first["email"]) & set(second["email"])
    assert "1,500 rows, worst answers first" in texts(app)
    app = opened(ROWS, slice=to_address(BOTH), p="2")
    assert set(table(app, None)["region"]) == {"North"}


@pytest.mark.parametrize("page", ["30", "0", "-1", "abc"])
def test_a_page_that_is_not_there_is_the_first(page: str) -> None:
    """An address with page 30 of four, or with none at all: the first page, and no error."""
    app = opened(ROWS, slice=to_address(BOTH), p=page)
    assert app.pagination[0].value == 1
    assert bool(table(app, None)["wrong"][0])


def test_a_smaller_slice_begins_with_its_first_page(workspace: Rich) -> None:
    """From page 30 of all rows to a slice of four pages, which somebody saved."""
    desk, address = workspace.house.desk, to_address(BOTH)
    saved = save_slice(desk, BOTH, "Northern trials", actor="ada")
    app = opened(ROWS)
    app.pagination[0].set_value(30).run()
    app.selectbox(key="slice_box").set_value(address).run()
    drop_slice(desk, saved.id, actor="ada")
    assert not app.exception
    assert app.pagination[0].value == 1
    assert set(table(app, None)["plan"]) == {"trial"}
    assert bool(table(app, None)["wrong"][0])


def test_rows_begin_with_a_sentence() -> None:
    """How often the model is wrong in them; for a slice, beside all rows."""
    assert "1,500 rows\\: the model is wrong on" in texts(opened(ROWS))
    told = texts(opened(ROWS, slice=to_address(BOTH)))
    assert "of those; of all rows on" in told


def test_only_sure_slices_can_be_asked_for() -> None:
    """By a box, or in the address; what is open or passes is left out."""
    app = opened()
    before = set(table(app)["Verdict"])
    app.checkbox(key="sure").check().run()
    assert set(table(app)["Verdict"]) <= {"■ Fail", "▲ Attention"} < before
    again = opened(sure="true")
    assert again.checkbox(key="sure").value
    assert table(again).equals(table(app))
    again.text_input(key="q").set_value("South").run()
    assert table(again).empty
    assert "No slice is surely worse than everybody else" in texts(again)


def test_rows_can_be_taken_away() -> None:
    """As CSV and as Parquet."""
    app = opened(ROWS)
    assert [b.proto.label for b in app.get("download_button")] == ["CSV", "Parquet"]


def test_the_chosen_slice_leads_to_its_rows() -> None:
    """Open rows opens that part, with the slice still chosen."""
    app = opened(slice=to_address(BOTH))
    (button,) = (b for b in app.button if b.label == "Open rows")
    app = button.click().run()
    assert app.segmented_control(key="part").value == ROWS
    assert set(table(app, None)["plan"]) == {"trial"}
    assert chosen(app) == from_address(to_address(BOTH))


def test_a_box_over_the_scores_narrows_the_slice() -> None:
    """From 0.2 to 0.5: both ends stand in the slice as a reader would say them."""
    app = select(opened(slice=to_address(NORTH)), "scores", box=(0.20004, 0.49991))
    assert parts_of(chosen(app)) == {
        NORTH,
        Comparison(SCORE, ">=", 0.2),
        Comparison(SCORE, "<", 0.5),
    }


def test_a_box_over_the_end_takes_the_end_along() -> None:
    """Beyond 1 there is no score to leave out, and below 0 none either."""
    app = select(opened(slice=to_address(NORTH)), "scores", box=(1.02, 0.6))
    assert parts_of(chosen(app)) == {NORTH, Comparison(SCORE, ">=", 0.6)}
    app = select(opened(slice=to_address(NORTH)), "scores", box=(-0.03, 0.6))
    assert parts_of(chosen(app)) == {NORTH, Comparison(SCORE, "<", 0.6)}


def test_experts_read_how_it_was_counted() -> None:
    """Tests, hashes, and what one threshold for everybody costs."""
    app = opened()
    app.session_state["ex"] = True
    app.run()
    assert not app.exception
    assert "Benjamini and Hochberg" in app.table[0].value.to_string()
    assert "The cheapest threshold for all rows is" in texts(app)


def test_experts_of_fairness_read_its_tests() -> None:
    """A table per notion with test, gap and spread."""
    app = opened(FAIR)
    app.session_state["ex"] = True
    app.run()
    assert not app.exception
    assert "All groups alike" in app.table[0].value.to_string()
    assert len(app.table) == 7


def test_another_model_keeps_what_still_holds() -> None:
    """The part and the metric stay; the threshold is that of the other model."""
    app = opened(metric="Recall")
    app.selectbox(key="model").set_value("Rival v1").run()
    assert not app.exception
    assert app.selectbox(key="metric").value == "recall"
