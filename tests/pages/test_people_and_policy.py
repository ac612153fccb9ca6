"""People and policy as an owner uses it: read, draft, see what changes, freeze; give roles."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.records.evaluations import Evaluation
from core.records.reviews import Role
from core.reviews.policy import FIRST_POLICY, templates
from core.runs.people import give_role, name_person
from core.serving.door import Visitor
from core.serving.house import House, close_house, open_house
from core.store.accounts import Accounts, holders
from tests.pages.opening import Table, open_page, texts
from tests.pages.reading import click, said

Make = Callable[[Table], Evaluation]
PAGE = "people_and_policy.py"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
STAFF = {"robin": Role.OWNER, "kim": Role.VALIDATOR, "jo": Role.ADMIN}


def staff(opened: House) -> None:
    """Name an owner of Churn, its validator, and an admin of all."""
    for id_, role in STAFF.items():
        name_person(opened.desk, id_, id_.title(), actor="test")
        model = "" if role is Role.ADMIN else "Churn"
        give_role(opened.desk, id_, (model, role), actor="test")


def acting(app: AppTest, id_: str) -> AppTest:
    """Be somebody else."""
    return app.selectbox(key="_who").set_value(id_).run()


def table(app: AppTest, key: str) -> Any:
    """Return the table of that name."""
    return next(each.value for each in app.dataframe if each.key == key)


@pytest.fixture
def drafting(evaluation_of: Make) -> AppTest:
    """The page with a draft of the policy in force."""
    evaluation_of(Table())
    return click(open_page(PAGE), "New policy version")


def test_the_gates_stand_in_words_with_todays_verdict(evaluation_of: Make) -> None:
    """One line per gate, and the answer counts those that fail."""
    evaluation_of(Table())
    app = open_page(PAGE)
    gates = table(app, "gates")
    assert list(gates["Gate"])[2] == "No group is judged wrongly too often"
    assert list(gates["Limit"]) == ["≥ 0.7", "≥ 80\u00a0%", "≤ 15\u00a0%"]
    assert list(gates["Compare"]) == ["lower end", "lower end", "upper end"]
    failing = sum(any("Fail" in x for x in cell) for cell in gates["Today"])
    assert failing
    text = texts(app)
    assert "set before results were seen" in text
    assert f"{failing} of its 3 gates fail" in text


def test_a_draft_shows_old_and_new_and_a_live_line(
    drafting: AppTest, opened: House
) -> None:
    """A limit that is raised turns the draft's verdict, and nothing is in force by it."""
    app = drafting.selectbox(key="gate").set_value("SLC-01").run()
    app = app.number_input(key="gate_limit").set_value(0.9).run()
    gates = table(app, "gates_draft")
    assert list(gates["Limit"])[2] == "≤ 90\u00a0%"
    assert "Fail" in gates["Today"][2][0]
    assert "Pass" in gates["Draft"][2][0]
    assert "With 90\u00a0%: 1 evaluation fewer fails." in texts(app).replace("\\", "")
    assert opened.desk.workspace.state.policy.policy.number == 0


def test_freezing_puts_the_draft_in_force(drafting: AppTest, opened: House) -> None:
    """By the dialog; then the answer says that it came after results were seen."""
    app = drafting.selectbox(key="gate").set_value("SLC-01").run()
    app = app.number_input(key="gate_limit").set_value(0.9).run()
    app = click(app, "Freeze version 1")
    assert "every signature becomes stale" in texts(app)

    app = click(app, "Freeze")

    policy = opened.desk.workspace.state.policy
    assert (policy.policy.number, policy.policy.gates[2].limit) == (1, 0.9)
    assert "Policy 1 is in force" in said(app)
    assert "was raised from 15\u00a0% to 90\u00a0% after results were seen" in said(app)
    assert [each.key for each in app.dataframe] == ["gates"]


def test_the_whole_can_be_edited_as_text(drafting: AppTest) -> None:
    """A typo is said with its next step, and the draft is not lost; then it is mended."""
    app = drafting.segmented_control(key="policy_way").set_value("All as YAML").run()
    assert app.text_area(key="policy_text").value == FIRST_POLICY
    broken = FIRST_POLICY.replace("severity: block", "severty: block", 1)
    app = app.text_area(key="policy_text").set_value(broken).run()
    assert "A gate has no `severty`." in said(app)
    mended = FIRST_POLICY.replace("limit: 0.15", "limit: 0.2")
    app = app.text_area(key="policy_text").set_value(mended).run()
    assert list(table(app, "gates_draft")["Limit"])[2] == "≤ 20\u00a0%"


def test_a_draft_can_be_dropped(drafting: AppTest, opened: House) -> None:
    """Nothing of it is kept."""
    app = click(drafting, "Drop the draft")
    assert [each.key for each in app.dataframe] == ["gates"]
    assert opened.desk.workspace.state.policy.policy.number == 0


@pytest.mark.parametrize("template", templates(), ids=lambda each: each.id)
def test_a_template_is_a_start(template: Any, evaluation_of: Make) -> None:
    """Its gates stand beside today's, each judged."""
    evaluation_of(Table())
    app = open_page(PAGE)
    app = app.selectbox(key="policy_start").set_value(template.title).run()
    gates = table(click(app, "New policy version"), "gates_draft")
    assert len(gates) in (3, 4)
    assert all(len(cell) == 1 for cell in gates["Draft"])


def test_who_may_not_change_the_policy_is_told(evaluation_of: Make, opened: House) -> None:
    """A validator reads; the owner has the button."""
    evaluation_of(Table())
    staff(opened)
    app = acting(open_page(PAGE), "kim")
    assert "Kim cannot change the policy. Ask an owner or an admin." in texts(app)
    assert "New policy version" not in {b.label for b in app.button}
    assert "New policy version" in {b.label for b in acting(app, "robin").button}


def test_people_stand_with_their_roles_and_can_be_found(
    evaluation_of: Make, opened: House
) -> None:
    """By name or role; identity is not checked, and every line says so."""
    evaluation_of(Table())
    staff(opened)
    people = table(open_page(PAGE, part="People"), "people")
    assert list(people["Name"]) == ["Robin", "Kim", "Jo"]
    assert [list(cell) for cell in people["Roles"]] == [
        ["owner · Churn"],
        ["validator · Churn"],
        ["admin · all models"],
    ]
    assert set(people["Identity"]) == {"not checked"}
    found = table(open_page(PAGE, part="People", q="valid"), "people")
    assert list(found["Name"]) == ["Kim"]


def test_an_owner_gives_a_role_and_takes_it(evaluation_of: Make, opened: House) -> None:
    """For the model that is chosen; the log names the owner."""
    evaluation_of(Table())
    staff(opened)
    app = open_page(PAGE, part="People")
    app = app.selectbox(key="role_of").set_value("kim").run()
    pills = next(each for each in app.button_group if "roles_kim" in str(each.key))
    app = pills.set_value([Role.VALIDATOR, Role.PRIVACY]).run()
    click(app, "Save roles")
    kim = opened.desk.workspace.state.decided.people["kim"]
    assert kim.roles == {("Churn", Role.VALIDATOR), ("Churn", Role.PRIVACY)}
    assert opened.desk.workspace.events[-1].actor == "robin"


def test_who_may_not_give_roles_is_told(evaluation_of: Make, opened: House) -> None:
    """A validator sees the roles, and who could change them."""
    evaluation_of(Table())
    staff(opened)
    app = acting(open_page(PAGE, part="People"), "kim")
    assert "Kim cannot change the role owner; an admin can, and the owner of" in texts(app)
    assert "Save roles" not in {b.label for b in app.button}


def test_the_first_person_is_named_on_the_page(opened: House) -> None:
    """In an empty workspace, too: they become the admin."""
    app = open_page(PAGE, part="People")
    assert "Nobody is known yet" in texts(app)
    app.text_input[-2].set_value("jo")
    app.text_input[-1].set_value("Jo Weber")
    app = click(app, "Add person")
    assert not app.exception
    people = opened.desk.workspace.state.decided.people
    assert people["jo"].roles == {("", Role.ADMIN)}


def test_settings_say_where_they_are_changed(evaluation_of: Make) -> None:
    """Privacy limit, threshold, minimum rows: read-only."""
    evaluation_of(Table())
    app = open_page(PAGE, part="Settings")
    assert "begin a new version under Policy" in texts(app)
    facts = str(app.table[0].value)
    assert "slices with fewer than 5 rows are hidden" in facts
    assert "50" in facts


@pytest.fixture
def signed_in(tmp_path: Path) -> Iterator[Callable[[str], AppTest]]:
    """Return a function that opens People as somebody who signed in; "nobody" signed out."""
    alive = lambda session: session != "nobody"  # noqa: E731 - a word for it

    def enter(id_: str) -> AppTest:
        there = Visitor(id_, "", checked=True, session=id_)
        opened = open_house(tmp_path / "signed", stand_in=there, lives=alive)
        if not opened.desk.workspace.state.decided.people:
            staff(opened)
        return open_page(PAGE, part="People")

    yield enter
    close_house()


def test_an_admin_gives_a_password(
    signed_in: Callable[[str], AppTest], tmp_path: Path
) -> None:
    """It is shown once, it is right, and the table then tells of the account."""
    app = signed_in("jo")
    assert "Signed in as Jo: admin" in texts(app)
    assert set(table(app, "people")["Identity"]) == {"no account"}
    app = click(app.selectbox(key="role_of").set_value("kim").run(), "New password")
    accounts = Accounts(tmp_path / "signed", lambda: NOON)
    assert accounts.check("kim", app.code[0].value)
    app.run()
    assert app.code.values == []
    assert sorted(table(app, "people")["Identity"]) == ["no account"] * 2 + ["password"]
    click(app, "Take account away")
    assert holders(tmp_path / "signed") == frozenset()


def test_who_is_no_admin_gives_none(signed_in: Callable[[str], AppTest]) -> None:
    """A validator sees who is known, and no control of accounts."""
    app = signed_in("kim")
    assert "Signed in as Kim" in texts(app)
    assert not {"New password", "Take account away"} & {b.label for b in app.button}


def test_who_was_signed_out_reads_so_and_nothing_else(
    signed_in: Callable[[str], AppTest],
) -> None:
    """The page of a session that ended shows one sentence and the way back."""
    app = signed_in("nobody")
    assert [each.value for each in app.warning] == [
        "You were signed out. Your place is kept. Sign in again.",
    ]
    assert not app.dataframe
    assert not app.selectbox
