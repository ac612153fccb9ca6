"""The audit log as a person reads it: is it intact, what happened, and the proof of a line."""

import json
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.records.canonical import canonical
from core.records.evaluations import Evaluation
from core.runs.heads import check_proof, heads_of, proof_of, sign_head, write_proof
from core.runs.people import name_person
from core.serving.house import House
from core.store.log import MIRROR
from tests.pages.opening import Table, open_page, select, texts
from tests.pages.reading import click, said

Make = Callable[[Table], Evaluation]
PAGE = "audit_log.py"


def lines(app: AppTest) -> list[str]:
    """Return what the table says was done."""
    table = next(each for each in app.dataframe if each.key == "audit_table")
    return list(table.value["What in words"])


def test_a_new_log_asks_for_a_signature(evaluation_of: Make, opened: House) -> None:
    """In order, but no head yet; the button signs one, and the answer turns green."""
    evaluation_of(Table())
    app = open_page(PAGE)
    assert "nobody has signed its head yet" in said(app)

    app = click(app, "Sign the head now")

    count = len(opened.desk.workspace.events)
    assert f"All {count} events are in order and unchanged; checked just now." in said(app)
    assert lines(app)[0] == f"signed the head of {count - 1} events"


def test_verify_now_reads_the_file_again(evaluation_of: Make, opened: House) -> None:
    """What was changed since the page came up shows at the click, not before."""
    evaluation_of(Table())
    sign_head(opened.desk, actor="ada")
    app = open_page(PAGE)
    assert "Pass" in said(app)
    place = opened.desk.workspace.folder / MIRROR
    place.write_bytes(place.read_bytes().replace(b'"actor":"test"', b'"actor":"eve2"', 1))
    assert "Pass" in said(app.run())

    app = click(app, "Verify now")

    assert "does not match its hash: entries from" in said(app)
    assert next(b for b in app.button if b.label == "Sign the head now").disabled


def test_later_events_are_counted(evaluation_of: Make, opened: House) -> None:
    """The check covers what was there; the answer says how many came since."""
    evaluation_of(Table())
    sign_head(opened.desk, actor="ada")
    app = open_page(PAGE)
    name_person(opened.desk, "kim", "Kim Lund", actor="ada")

    assert "1 came since" in said(app.run())


def test_filters_stand_in_the_address(evaluation_of: Make) -> None:
    """An address with about, actor, action and since shows those lines alone."""
    evaluation_of(Table())
    everything = lines(open_page(PAGE))

    app = open_page(
        PAGE, about="Churn v1", actor="test", action="evaluation made", since="90 days"
    )

    assert lines(app) == ["evaluated the model on the table"]
    assert len(everything) > 5


def test_no_match_can_be_undone(evaluation_of: Make, opened: House) -> None:
    """A sentence with the count, and one button."""
    evaluation_of(Table())
    app = open_page(PAGE, about="Churn v1", action="workspace created")
    count = len(opened.desk.workspace.events)
    assert f"No event matches; {count} without filter." in texts(app)

    assert len(lines(click(app, "Clear filter"))) == min(count, 50)


def test_lines_come_fifty_a_page(evaluation_of: Make, opened: House) -> None:
    """The newest on the first, the oldest on the last; fewer lines end on their last page."""
    evaluation_of(Table())
    for number in range(120):
        name_person(opened.desk, "kim", f"Kim {number}", actor="ada")

    first = lines(open_page(PAGE, actor="ada"))
    assert (first[0], len(first)) == ("made Kim 119 known", 50)
    app = open_page(PAGE, actor="ada", p="3")
    assert (lines(app)[-1], len(lines(app))) == ("made Kim 0 known", 20)

    app = app.selectbox(key="actor").set_value("countersign").run()

    assert not app.exception
    assert lines(app)[-1] == "made this workspace"


def test_a_chosen_line_opens_with_its_proof(evaluation_of: Make, opened: House) -> None:
    """The event as JSON, the hash before, and a proof that an outsider accepts."""
    evaluation_of(Table())
    signed = sign_head(opened.desk, actor="ada")
    app = select(open_page(PAGE), "audit_table", rows=[2])

    event = opened.desk.workspace.events[-3]
    assert app.query_params["e"] in (str(event.seq), [str(event.seq)])
    codes = [code.value for code in app.code]
    assert json.loads(codes[0])["hash"] == event.hash
    assert event.previous in codes
    assert f"Proof that it is among the first {signed.head.size} events" in texts(app)
    assert (
        check_proof(write_proof(proof_of(opened.desk, event.seq)), signed.key).event
        == event
    )


def test_follow_shows_all_about_one_subject(evaluation_of: Make) -> None:
    """From the drawer of a line to every line about its model."""
    evaluation_of(Table())
    app = open_page(PAGE, e="5", actor="countersign", since="7 days")
    label = next(b.label for b in app.button if b.label.startswith("Follow"))

    app = click(app, label)

    assert app.selectbox(key="about").value == label.removeprefix("Follow ")
    assert app.selectbox(key="actor").value == ""
    assert "e" not in app.query_params


def test_a_line_after_the_last_head_has_no_proof_yet(
    evaluation_of: Make, opened: House
) -> None:
    """A sentence instead, with the next step."""
    evaluation_of(Table())
    count = len(opened.desk.workspace.events)
    app = open_page(PAGE, e=str(count))
    assert f"No signed head covers event {count} yet. Sign the head now." in texts(app)


def test_an_address_of_no_line_opens_nothing(evaluation_of: Make) -> None:
    """A number that is not there, and a text."""
    evaluation_of(Table())
    for e in ("99999", "x"):
        assert not open_page(PAGE, e=e).get("code")


def test_a_head_from_elsewhere_is_compared(evaluation_of: Make, opened: House) -> None:
    """Pasted under For experts: it still fits, it is another's, it is no JSON."""
    evaluation_of(Table())
    sign_head(opened.desk, actor="ada")
    sign_head(opened.desk, actor="ada")
    (first, second) = heads_of(opened.desk)
    app = open_page(PAGE)
    app.session_state["ex"] = True
    app = app.run()
    size = first.head.size
    assert f"the first {size} events are still the same" in texts(app)
    whole = canonical(first).decode()
    app = app.text_area[0].set_value(whole).run()
    assert f"still begins with these {size} events" in said(app)
    other = whole.replace(first.head.at, "2020-01-01T00:00:00+00:00")
    assert "not signed by the key" in said(app.text_area[0].set_value(other).run())
    assert "no JSON" in said(app.text_area[0].set_value("head").run())
    assert second.head.size > size
