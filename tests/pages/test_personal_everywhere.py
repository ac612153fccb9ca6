"""A confirmed column is masked on every page, makes no slice, and can be cleared."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.measures.metrics import metrics_for
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import And, Comparison, Predicate, to_address
from core.runs.asking import asked_of
from core.runs.checking import make_checks
from core.runs.exporting import export_rows
from core.runs.handing_out import FORMATS, card_file
from core.runs.provenance import decide_personal
from core.runs.saving import save_slice
from core.runs.worst import WorstAsked, find_worst_slices
from core.serving.house import House
from pages._calibration import PARTS as CALIBRATION
from pages._explain import PARTS as EXPLANATIONS
from pages._provenance import PARTS as PROVENANCE
from pages._slices import ALL, FAIR, ROWS, TIME, TWO, VERSIONS
from pages._slices_all import WAYS
from tests.pages.opening import Table, open_page, rich, rival, texts

Make = Callable[[Table], Evaluation]
NAMES: Final = ("town", "badge")
VALUES: Final = ("Zwickelsheim", "Quastenhof", "70707", "80808", "70,707", "80,808")
PARTS: Final = {
    "calibration.py": CALIBRATION,
    "explanations.py": EXPLANATIONS,
    "provenance.py": PROVENANCE,
}
TOWN: Final = Comparison("town", "=", "Quastenhof")
SLICES: Final[tuple[Predicate, ...]] = (
    TOWN,
    And((TOWN, Comparison("region", "=", "North"))),
    Comparison("badge", ">=", 70707),
)


def _telling(columns: dict[str, Any]) -> None:
    """Add a sensitive text and a number of telling values; plant errors there."""
    rich(columns)
    rng = np.random.default_rng(13)
    n = len(columns["region"])
    columns["town"] = rng.choice(["Zwickelsheim", "Quastenhof"], n)
    columns["badge"] = rng.choice([70707, 80808], n)
    wrong = rng.random(n) < np.where(columns["town"] == "Quastenhof", 0.6, 0.05)
    said = np.array(columns["score"]) >= 0.5
    columns["label"] = np.where(said ^ wrong, "yes", "no")


@pytest.fixture
def made(evaluation_of: Make, opened: House) -> Evaluation:
    """An evaluation whose slices and checks were counted before anybody confirmed."""
    desk = opened.desk
    evaluation = evaluation_of(Table(rows=600, change=_telling))
    rival(desk, evaluation)
    make_checks(desk, evaluation.dataset)
    _search(opened, evaluation)
    save_slice(desk, TOWN, "People of Quastenhof", actor="ada")
    return evaluation


def _search(opened: House, evaluation: Evaluation) -> None:
    first = metrics_for(Task.BINARY, of_class=False)[0].id
    wanted = WorstAsked(first, asked_of(opened.desk, evaluation))
    find_worst_slices(opened.desk, evaluation, wanted)


def _confirm(opened: House, evaluation: Evaluation, *, personal: bool) -> None:
    for name in NAMES:
        decide_personal(
            opened.desk, evaluation.dataset, name, personal=personal, actor="ada"
        )


def _shown(app: AppTest) -> set[str]:
    """Return which of the values stand anywhere in what was sent to the browser."""
    assert not app.exception
    protos = (getattr(node, "proto", None) for node in app._tree)
    sent = b"".join(p.SerializeToString() for p in protos if p is not None)
    address = str(dict(app.query_params)).encode()
    return {value for value in VALUES if value.encode() in sent + address}


def _pages() -> Iterator[tuple[str, dict[str, str]]]:
    for part in (ALL, FAIR, TWO, VERSIONS, TIME, ROWS):
        yield "slices.py", {"part": part}
    for way in WAYS:
        yield "slices.py", {"part": ALL, "ways": way}
    for control in ("x", "y", "sens"):
        yield "slices.py", {"part": {"sens": FAIR}.get(control, TWO), control: "town"}
    yield "slices.py", {"part": TIME, "x": "town"}
    yield "slices.py", {"part": FAIR, "base": "Quastenhof"}
    for page, parts in PARTS.items():
        for part in parts:
            yield page, {"part": part}
    for name in NAMES:
        yield "provenance.py", {"part": "Columns", "col": name}
    for page in ("overview.py", "model_card.py", "import_.py"):
        yield page, {}


def test_no_page_shows_a_value_of_a_confirmed_column(
    made: Evaluation, opened: House
) -> None:
    """Not in a slice's name, a chart, a list of columns, a saved slice, or the address."""
    assert _shown(open_page("slices.py", part=ALL, ways="One"))
    assert _shown(open_page("model_card.py"))
    _confirm(opened, made, personal=True)
    _search(opened, made)
    for page, parameters in _pages():
        assert not _shown(open_page(page, **parameters)), (page, parameters)
    for kind in FORMATS:
        data = card_file(opened.desk, made.id, kind)
        assert not [value for value in VALUES if value.encode() in data]
    rows = export_rows(opened.desk, made, None, threshold=500, kind="csv")
    assert not [value for value in VALUES if value.encode() in rows]


@pytest.mark.parametrize("where", SLICES)
@pytest.mark.parametrize(
    "page", ["slices.py", "calibration.py", "explanations.py", "overview.py"]
)
def test_a_link_to_a_slice_of_a_confirmed_column_leads_to_all_rows(
    made: Evaluation, opened: House, where: Predicate, page: str
) -> None:
    """One sentence says why, and no value of the link is shown, nor kept in the address."""
    _confirm(opened, made, personal=True)
    app = open_page(page)
    app.query_params["slice"] = to_address(where)
    app.run()
    assert not _shown(app)
    assert "which is personal data and is not shown" in app.warning[0].value
    assert "slice" not in app.query_params


def test_a_slice_chosen_before_is_let_go(made: Evaluation, opened: House) -> None:
    """The same session, before and after somebody confirmed the column elsewhere."""
    app = open_page("slices.py", slice=to_address(SLICES[1]))
    assert "Quastenhof" in _shown(app)
    _confirm(opened, made, personal=True)
    assert not _shown(app.run())


def test_a_saved_slice_is_listed_masked(made: Evaluation, opened: House) -> None:
    """Its name may hold the value too; whoever chooses it reads why it is not shown."""
    _confirm(opened, made, personal=True)
    app = open_page("slices.py")
    box = app.selectbox(key="slice_box")
    assert "town: masked" in box.options
    app = box.select_index(box.options.index("town: masked")).run()
    assert "which is personal data and is not shown" in app.warning[0].value
    assert not _shown(app)


def test_each_list_says_what_it_leaves_out(made: Evaluation, opened: House) -> None:
    """Once on a page."""
    _confirm(opened, made, personal=True)
    for page, part in (
        ("slices.py", ALL),
        ("slices.py", TWO),
        ("calibration.py", "By slice"),
        ("model_card.py", ""),
    ):
        said = texts(open_page(page, **({"part": part} if part else {})))
        assert said.count("town and badge are personal data and are left out here") == 1


def test_a_cleared_column_is_a_slice_again(made: Evaluation, opened: House) -> None:
    """Who says "not personal" sees what was there before."""
    before = _shown(open_page("slices.py", part=ALL, ways="One"))
    _confirm(opened, made, personal=True)
    assert not _shown(open_page("slices.py", part=ALL, ways="One"))
    _confirm(opened, made, personal=False)
    assert _shown(open_page("slices.py", part=ALL, ways="One")) == before
    assert before >= {"Quastenhof", "Zwickelsheim"}


def test_the_panel_of_a_confirmed_column_shows_shapes(
    made: Evaluation, opened: House
) -> None:
    """What its values look like: letters as a."""
    _confirm(opened, made, personal=True)
    app = open_page("provenance.py", part="Columns", col="town")
    charts = chain.from_iterable(str(c.proto) for c in app.get("plotly_chart"))
    assert "Personal data is masked: a stands for letters" in texts(app).replace("\\", "")
    assert "Zwickelsheim" not in "".join(charts)
    lines = app.dataframe[0].value.set_index("Name")
    assert lines.loc["town", "Range"] == "masked"
