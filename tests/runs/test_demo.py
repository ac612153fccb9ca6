"""The demo: what a first visitor finds, built once for this file."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.estimates.judge import judge
from core.estimates.wording import WORDS
from core.measures.slice_words import say_worst
from core.records.drift import Side
from core.records.estimate import Word
from core.records.findings import Finding
from core.records.predicate import from_address
from core.records.reviews import Role, Standing, Tier
from core.reviews.findings import light
from core.reviews.policy import Template, templates
from core.runs.asking import asked_of, findings_of, slices_of
from core.runs.call import find_dataset, find_model
from core.runs.changing import change_of
from core.runs.commands import run
from core.runs.demo import DATA, build_demo
from core.runs.desk import Desk, open_desk
from core.runs.drifting import compare
from core.runs.judging import asked_of_person, judged_of
from core.runs.lattice import all_slices
from core.runs.limits import move_limits
from core.runs.log_check import check_log
from core.runs.policies import try_policy
from core.runs.reviewing import newest_review
from core.runs.tour import tour_of
from core.runs.watch import Watch
from core.runs.worst import WorstAsked, find_worst_slices
from core.store.log import line

IDS = {
    "Training": "2ed0445dc50c1684a2c01e0f56eaa48469b3ad3db96b55181908b9ff62fee8b9",
    "Production 2026-01": "12cdcf42693b7cc4f049c70817dc180964373feb1cd1d810ce857b5d4b1bd0c1",
    "Production 2026-02": "f16bb5c644ea1fdd104fc870ea2ea5f004e95f17a396e58e42a628a7c265f712",
    "Production 2026-03": "5e72400c5e23753bdf6403e3faaea28f014581a2c17bb233912358ace2237cd1",
    "Production 2026-04": "8aa0c2ac953e7f880aa1d720fed233cd81357b23555cc2fd4ac21999b8985ea3",
    "Production 2026-05": "5043d40461cad869e1f99269388edf5165b0f1e3a7b1770cbd8ea2ac2fd8c5c8",
    "Production 2026-06": "838e5e14b14b6b0c0b111fc375c177ee529e66f21c5b1154ca964b4acc569238",
    "Validation": "226afe15a8e989b66d5a5db891a914d6af4b08a56f8595926b5e38192dfd1ea3",
}


@pytest.fixture(scope="module")
def told() -> list[tuple[float, str]]:
    """What the build said of its progress."""
    return []


@pytest.fixture(scope="module")
def demo(
    told: list[tuple[float, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """A desk on a workspace in which the demo was built."""
    with open_desk(tmp_path_factory.mktemp("demo") / "workspace") as desk:
        build_demo(desk, Watch(progress=lambda share, text: told.append((share, text))))
        yield desk


def finding(desk: Desk, model: str, gate: str) -> Finding:
    """Return what a gate says of a model version on Validation."""
    evaluation = desk.workspace.state.evaluation_of(
        find_model(desk, model).id, find_dataset(desk, "Validation").id
    )
    assert evaluation
    found = {finding.gate.id: finding for finding in findings_of(desk, evaluation)}
    return found[gate]


def test_an_empty_workspace_gets_the_whole_demo(demo: Desk) -> None:
    """Eight tables, two versions of one model, and every pair evaluated."""
    state = demo.workspace.state
    assert len(state.datasets) == 8
    assert [model.title for model in state.models.values()] == [
        "Loan default v1",
        "Loan default v2",
    ]
    pairs = {(e.model, e.dataset) for e in state.evaluations.values()}
    assert len(pairs) == len(state.evaluations) == 16


def test_both_models_decide_at_the_working_point(demo: Desk) -> None:
    """The bank says yes from 35 % on."""
    state = demo.workspace.state
    assert state.thresholds == dict.fromkeys(state.models, 350)


def test_every_table_has_the_id_that_it_has_everywhere(demo: Desk) -> None:
    """The content hashes are those of every other machine."""
    state = demo.workspace.state
    assert {data.title: data.id for data in state.datasets.values()} == IDS


def test_validation_brought_by_hand_has_the_same_id(tmp_path: Path) -> None:
    """Whoever imports the file, with whatever uses, gets the same version."""
    said: list[str] = []
    argv = ["import-data", "demo/validation.parquet", "--name", "Mine"]
    with open_desk(tmp_path / "workspace") as desk:
        assert run(desk, argv, cwd=DATA, say=said.append) == 0
    assert said[-1] == f"Content hash (mrs1): {IDS['Validation']}"


def test_the_newest_version_fails_on_the_planted_slice(demo: Desk) -> None:
    """The finding of v2 names the self-employed on mobile, though v2 is good as a whole."""
    found = finding(demo, "Loan default v2", "SLC-01")
    assert light(found) == WORDS[Word.FAIL]
    assert found.about == "employment = self-employed and channel = mobile"
    assert found.about in found.sentence
    for gate in ("PERF-01", "PERF-02"):
        assert finding(demo, "Loan default v2", gate).verdict.word is Word.PASS


def test_the_temporary_permit_is_not_judged(demo: Desk) -> None:
    """The slice exists, but no rule is held against so few rows."""
    state = demo.workspace.state
    data = find_dataset(demo, "Validation").id
    evaluation = state.evaluation_of(find_model(demo, "Loan default v2").id, data)
    assert evaluation
    slices = slices_of(demo, evaluation, ("permit",), asked_of(demo, evaluation))
    (temporary,) = (s for s in slices if s.words == "permit = temporary")
    gate = finding(demo, "Loan default v2", "SLC-01").gate
    assert temporary.too_few
    assert temporary.rows < demo.workspace.state.policy.policy.min_rows
    assert judge(temporary.measured(gate.metric), gate).word is Word.INSUFFICIENT


@pytest.mark.usefixtures("demo")
def test_the_build_says_how_far_it_is(told: list[tuple[float, str]]) -> None:
    """Progress never goes back, and names what is being done."""
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] < 1
    assert told[-2][1] == "Checking Validation"
    assert told[-1][1] == "Opening a review"


def test_the_demo_leaves_no_draft_behind(demo: Desk) -> None:
    """The clean tables that were made on the way are gone."""
    assert not list(demo.workspace.drafts.iterdir())


def test_the_search_finds_the_planted_slice_first(demo: Desk) -> None:
    """In words, without being told where to look, and it is confirmed on other rows."""
    state = demo.workspace.state
    model = next(m for m in state.models.values() if m.title == "Loan default v2")
    data = next(d for d in state.datasets.values() if d.title == "Validation")
    evaluation = state.evaluation_of(model.id, data.id)
    assert evaluation is not None
    wanted = WorstAsked("error_rate", asked_of(demo, evaluation))
    found = find_worst_slices(demo, evaluation, wanted)
    assert found.slices[0].title == "self-employed · mobile"
    assert say_worst(found.slices[0], found, "wrong") == (
        "27.9\u00a0% wrong against 3.9\u00a0% elsewhere; 817 rows, 31\u00a0% of all errors."
    )
    assert found.slices[0].confirmed is not None
    shown = all_slices(demo, evaluation, "error_rate", wanted.asked)
    assert shown.line(int(shown.order[0])).title == "self-employed · mobile"


def test_the_sample_people_hold_their_roles(demo: Desk) -> None:
    """Seven people, each with one role; the admin's holds everywhere."""
    people = demo.workspace.state.decided.people.values()
    held = {person.name: person.roles for person in people}
    model = "Loan default"
    assert held == {
        "Robin Baker": {(model, Role.OWNER)},
        "Noa Stein": {(model, Role.DEVELOPER)},
        "Kim Lund": {(model, Role.VALIDATOR)},
        "Toni Berg": {(model, Role.PRIVACY)},
        "Sasha Meyer": {(model, Role.EXECUTIVE)},
        "Alex Ruiz": {(model, Role.AUDITOR)},
        "Jo Weber": {("", Role.ADMIN)},
    }


def test_a_review_of_the_newest_version_is_open(demo: Desk) -> None:
    """Robin asks owner, validator and executive; Kim has a question for Robin."""
    v1, v2 = (find_model(demo, f"Loan default v{k}").id for k in (1, 2))
    assert judged_of(demo, v1).standing is Standing.DRAFT
    assert judged_of(demo, v2).standing is Standing.IN_REVIEW
    review = newest_review(demo, v2)
    assert review is not None
    asked = {ask.person: ask.role for ask in review.asks}
    assert asked == {"robin": Role.OWNER, "kim": Role.VALIDATOR, "sasha": Role.EXECUTIVE}
    assert (review.by, review.tier) == ("robin", Tier.HIGH)
    assert review.reading == ("Slices", "Calibration", "Provenance")
    (comment,) = review.comments
    assert (comment.person, comment.assigned, comment.resolved) == ("kim", "robin", "")
    assert [a.review.id for a in asked_of_person(demo, "kim")] == [review.id]


def test_the_log_of_the_demo_is_signed(demo: Desk) -> None:
    """The last thing that the demo did is to sign the head; the whole is in order."""
    done = [event.action for event in demo.workspace.events if event.actor == "demo"]
    assert done[-1] == "head.signed"
    assert not check_log(demo).trouble


def test_no_event_of_the_demo_holds_a_value_of_a_row(demo: Desk) -> None:
    """Mail addresses, groups and regions of the tables stand in none of its lines."""
    table = pq.read_table(
        DATA / "demo" / "validation.parquet",
        columns=["email", "employment", "channel", "region", "purpose"],
    )
    values = {v for column in table.columns for v in column.unique().to_pylist() if v}
    log = b"".join(map(line, demo.workspace.events)).decode()
    assert [value for value in sorted(values) if f'"{value}"' in log or "@" in log] == []
    assert "self-employed" not in log


@pytest.mark.parametrize("template", templates(), ids=lambda each: each.id)
def test_every_template_judges_the_demo(template: Template, demo: Desk) -> None:
    """Each gate has its word for each version, and none says that it does not apply."""
    tried = try_policy(demo, template.text)
    for each in tried.draft:
        assert [title for title, _ in each.lights] == ["Loan default v1", "Loan default v2"]
        assert WORDS[Word.NOT_APPLICABLE] not in dict(each.lights).values()


def test_the_tour_leads_to_five_pages(demo: Desk) -> None:
    """In their order, each with an evaluation of the newest version."""
    stops = tour_of(demo)
    pages = [stop.page for stop in stops]
    assert pages == ["provenance", "slices", "calibration", "drift", "review"]
    newest = find_model(demo, "Loan default v2").id
    assert {stop.evaluation.model for stop in stops} == {newest}
    april = find_dataset(demo, "Production 2026-04").id
    assert [stop.evaluation.dataset == april for stop in stops].index(True) == 3
    for stop in stops:
        if "slice" in dict(stop.controls):
            where = from_address(dict(stop.controls)["slice"])
            assert move_limits(demo, stop.evaluation, where) == where


def test_there_is_no_tour_without_the_demo(desk: Desk) -> None:
    """An empty workspace has nothing to show."""
    assert tour_of(desk) == ()


def test_drift_names_the_planted_cause(demo: Desk) -> None:
    """Since April: platform workers, who were not there before, and a higher income."""
    model = find_model(demo, "Loan default v2")
    state = demo.workspace.state
    before, after = (
        state.evaluation_of(model.id, find_dataset(demo, title).id)
        for title in ("Validation", "Production 2026-06")
    )
    assert before is not None
    assert after is not None
    change = change_of(demo, before, after)
    assert change is not None
    assert change.worst is not None
    assert "platform worker" in change.worst.words
    assert change.worst.both.value > 0.8 * change.difference.value
    assert "who were not there before" in change.sentence
    for split in change.splits:
        whole = split.mix.value + split.inside.value
        assert whole == pytest.approx(change.difference.value, abs=1e-12)
    compared = compare(demo, Side(before.dataset), Side(after.dataset))
    moved = {
        shift.column: shift.sentence.replace("\u00a0", " ") for shift in compared.shifts
    }
    assert moved["income"].startswith("income moved up by 8 %")
    assert moved["employment"] == (
        "employment: 5 % have a value that was not there before: platform worker."
    )
