"""What people do with the app, done in Chromium."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

from tests.browser.conftest import Visit

ADULT = Path(__file__).parents[3] / "shared" / "data" / "adult" / "adult.data"
ADULT_NAMES = (
    "age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,"
    "race,sex,capital_gain,capital_loss,hours_per_week,native_country,income"
)


def test_a_cold_deep_link_reaches_its_page_through_the_router(visit: Visit) -> None:
    """The first request to a fresh process names a page: bar, page and policy are all there."""
    visit.open("/slices")

    expect(visit.page.get_by_role("heading", name="Slices", exact=True)).to_be_visible()
    expect(visit.page.get_by_text("identity not checked")).to_be_visible()
    assert visit.complaints() == []


def test_a_jump_then_a_reload_finds_the_same_evaluation(visit: Visit) -> None:
    """Choose the other table, go to another page, reload: it is still the other table."""
    visit.open("/slices?data=Validation")
    visit.page.get_by_role("link", name="Model card").click()
    visit.settle()
    visit.page.reload()
    visit.settle()

    chosen = visit.page.get_by_role("combobox", name="Dataset version")
    expect(chosen).to_have_value("Validation")
    assert "data=Validation" in visit.here


def test_a_click_on_a_point_leads_to_its_rows_and_stays_in_the_address(
    visit: Visit,
) -> None:
    """Click the worst point: its name and its rows, and after a reload its name again."""
    visit.open("/slices?ways=One")
    visit.click_point(0)

    heading = visit.page.locator("h2").first
    name = heading.inner_text()
    assert " = " in name or "<" in name
    assert "slice=" in visit.here
    visit.page.reload()
    visit.settle()
    expect(heading).to_have_text(name)
    visit.page.get_by_role("button", name="Open rows").click()
    visit.settle()
    expect(visit.page.get_by_text("worst answers first")).to_be_visible()
    assert visit.complaints() == []


def test_the_card_is_downloaded(visit: Visit) -> None:
    """JSON with the hashes in it, HTML that needs nobody else."""
    visit.open("/model_card")
    with visit.page.expect_download() as got:
        visit.page.get_by_role("button", name="Download JSON").click()
    card = json.loads(Path(got.value.path()).read_text())
    with visit.page.expect_download() as got:
        visit.page.get_by_role("button", name="Download HTML").click()
    html = Path(got.value.path()).read_text()

    assert card["card"]["title"] == "Churn v1"
    assert {"Evaluation", "Model"} <= {fact["name"] for fact in card["card"]["hashes"]}
    assert "Churn v1" in html
    assert "<script" not in html


def test_a_copied_link_opens_the_same_view(visit: Visit) -> None:
    """The address from Copy link, opened anew, shows the same slices and the chosen one."""
    visit.open("/slices?ways=One&q=trial")
    visit.click_point(0)
    heading = visit.page.locator("h2").first.inner_text()
    visit.page.get_by_role("button", name="Copy link").click()
    visit.settle()
    link = visit.page.get_by_test_id("stCode").last.inner_text().strip()

    visit.page.goto(link)
    visit.settle()

    assert "/v/" in link
    assert visit.page.locator("h2").first.inner_text() == heading
    expect(visit.page.get_by_role("textbox", name="Find")).to_have_value("trial")


def choose(visit: Visit, box: str, option: str) -> None:
    """Choose an option of a select box by typing its name."""
    field = visit.page.get_by_role("combobox", name=box)
    field.fill(option)
    visit.page.get_by_role("option", name=option, exact=True).first.click()
    visit.settle()


def messy_csv(folder: Path) -> tuple[Path, Path]:
    """Write a table with semicolons, decimal commas and dd/mm dates, and a model trained on it."""
    rng = np.random.default_rng(5)
    rows = 600
    income = rng.normal(30, 8, rows).round(2)
    debt = rng.normal(5, 2, rows).round(2)
    late = np.where(debt * 3 - income / 4 + rng.normal(0, 2, rows) > 8, "ja", "nein")
    days = rng.integers(1, 28, rows)
    lines = ["Kunde;Antrag;income;debt;branch;late"]
    for k in range(rows):
        cells = (
            f"K{k:05d}",
            f"{days[k]:02d}/{k % 12 + 1:02d}/2026",
            str(income[k]).replace(".", ","),
            str(debt[k]).replace(".", ","),
            "Süd" if k % 3 else "Nord",
            late[k],
        )
        lines.append(";".join(cells))
    table = folder / "antraege.csv"
    table.write_text("\n".join(lines) + "\n", encoding="latin-1")
    features = np.column_stack([income, debt]).astype(np.float32)
    fitted = LogisticRegression().fit(features, late)
    model = folder / "late.onnx"
    onnx = to_onnx(fitted, features[:1], options={"zipmap": False})
    model.write_bytes(onnx.SerializeToString())
    return table, model


@dataclass(frozen=True)
class Brought:
    """A table and a model, and what a person says of them on the way in."""

    table: Path
    model: Path
    seen: str
    label: str
    columns: str
    filled: str
    positive: str


def bring(visit: Visit, brought: Brought) -> None:
    """Go through the five steps of Import and wait for the slices."""
    page = visit.page
    visit.open("/import")
    page.locator("input[type=file]").first.set_input_files(brought.table)
    page.get_by_role("button", name="Read file").click()
    expect(page.get_by_text(brought.seen)).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Rows and dates are right").click()
    choose(visit, "The label", brought.label)
    page.get_by_role("button", name="Columns are right").click()
    page.locator("input[type=file]").first.set_input_files(brought.model)
    box = page.get_by_role("textbox", name="Columns in the order")
    box.fill(brought.columns, timeout=30_000)
    box.press("Control+Enter")
    expect(page.get_by_text(brought.filled)).to_be_visible(timeout=30_000)
    page.get_by_role("radiogroup").get_by_text(brought.positive).click()
    page.get_by_role("button", name="Inputs and scores are right").click()
    visit.settle()
    page.get_by_role("button", name="Evaluate", exact=True).click()
    expect(page.get_by_role("heading", name="Slices", exact=True)).to_be_visible(
        timeout=90_000
    )
    visit.settle()


def test_a_messy_table_and_a_model_become_an_evaluation(
    visit: Visit, tmp_path: Path
) -> None:
    """Semicolons, decimal commas, dd/mm dates and an umlaut: from upload to slices."""
    table, model = messy_csv(tmp_path)

    bring(
        visit,
        Brought(
            table,
            model,
            seen="semicolon-separated LATIN-1: 600 rows, 6 columns",
            label="late",
            columns="income, debt",
            filled="Two columns fill the input",
            positive="ja",
        ),
    )

    bar = visit.page.get_by_role("combobox", name="Model version")
    expect(bar).to_have_value("Late v1")
    assert visit.complaints() == []


@pytest.mark.skipif(
    not ADULT.exists(), reason="the public Adult table is not beside the project"
)
def test_adult_is_imported_as_it_is_published(visit: Visit, tmp_path: Path) -> None:
    """32,561 people, header added: read, marked, scored."""
    table = tmp_path / "adult.csv"
    table.write_text(ADULT_NAMES + "\n" + ADULT.read_text().replace(", ", ","))
    raw = np.genfromtxt(table, delimiter=",", skip_header=1, usecols=(0, 4, 12))
    label = np.array([line.rsplit(",", 1)[1] for line in table.read_text().split()[1:]])
    fitted = LogisticRegression(max_iter=500).fit(raw.astype(np.float32), label)
    onnx = to_onnx(fitted, raw[:1].astype(np.float32), options={"zipmap": False})
    model = tmp_path / "people.onnx"
    model.write_bytes(onnx.SerializeToString())

    bring(
        visit,
        Brought(
            table,
            model,
            seen="32,561 rows, 15 columns",
            label="income",
            columns="age, education_num, hours_per_week",
            filled="Three columns fill the input",
            positive=">50K",
        ),
    )

    bar = visit.page.get_by_role("combobox", name="Model version")
    expect(bar).to_have_value("People v1")
