"""Who may name people and give roles: admins and owners, and nobody else."""

import pytest

from core.errors import NotFoundError, WrongInputError
from core.records.reviews import Role
from core.runs.desk import Desk
from core.runs.people import (
    add_person,
    change_role,
    check_keeper,
    give_role,
    name_person,
    person_of,
)


def staffed(desk: Desk) -> Desk:
    """Return the desk with an admin, an owner of Loan, and a validator."""
    add_person(desk, "jo", "Jo Weber", actor="analyst")
    for id_, role in (("robin", Role.OWNER), ("kim", Role.VALIDATOR)):
        add_person(desk, id_, id_.title(), actor="jo")
        change_role(desk, id_, ("Loan", role), actor="jo", given=True)
    return desk


def test_the_first_person_becomes_admin(desk: Desk) -> None:
    """Whoever is named while nobody holds a role; the second does not."""
    assert add_person(desk, "jo", "Jo Weber", actor="analyst").roles == frozenset()
    assert person_of(desk, "jo").roles == {("", Role.ADMIN)}
    add_person(desk, "robin", "Robin Baker", actor="jo")
    assert person_of(desk, "robin").roles == frozenset()


def test_an_admin_gives_any_role_and_takes_it(desk: Desk) -> None:
    """For one model or for all; the log keeps both lines."""
    staffed(desk)
    change_role(desk, "kim", ("", Role.AUDITOR), actor="jo", given=True)
    assert person_of(desk, "kim").holds(Role.AUDITOR, "anything")
    change_role(desk, "kim", ("", Role.AUDITOR), actor="jo", given=False)
    assert person_of(desk, "kim").roles == {("Loan", Role.VALIDATOR)}
    last = desk.workspace.events[-1]
    assert (last.actor, last.action, last.subject) == ("jo", "person.role", "kim")


def test_an_owner_gives_roles_of_their_model_alone(desk: Desk) -> None:
    """And never the admin's."""
    staffed(desk)
    change_role(desk, "kim", ("Loan", Role.PRIVACY), actor="robin", given=True)
    with pytest.raises(
        WrongInputError, match="Robin cannot change the role privacy; an adm"
    ):
        change_role(desk, "kim", ("Churn", Role.PRIVACY), actor="robin", given=True)
    with pytest.raises(WrongInputError, match="an admin can, and nobody else"):
        change_role(desk, "robin", ("Loan", Role.ADMIN), actor="robin", given=True)
    with pytest.raises(WrongInputError, match="cannot change the role privacy"):
        change_role(desk, "kim", ("", Role.PRIVACY), actor="robin", given=True)


@pytest.mark.parametrize("actor", ["kim", "nobody"])
def test_everybody_else_is_refused(desk: Desk, actor: str) -> None:
    """A validator and somebody unknown: neither roles nor people."""
    staffed(desk)
    with pytest.raises(WrongInputError, match="cannot change the role owner; an admin can"):
        check_keeper(desk, actor, ("Loan", Role.OWNER))
    with pytest.raises(WrongInputError, match="cannot add people"):
        add_person(desk, "eve", "Eve", actor=actor)
    assert "eve" not in desk.workspace.state.decided.people


def test_an_admin_stays(desk: Desk) -> None:
    """The last one cannot be taken; with a second one the first can."""
    staffed(desk)
    with pytest.raises(WrongInputError, match="Nobody would be admin any more"):
        change_role(desk, "jo", ("", Role.ADMIN), actor="jo", given=False)
    change_role(desk, "kim", ("", Role.ADMIN), actor="jo", given=True)
    change_role(desk, "jo", ("", Role.ADMIN), actor="kim", given=False)
    assert person_of(desk, "jo").roles == frozenset()


@pytest.mark.parametrize("id_", ["", "Jo", "a b", "-a", "a" * 41, "ä"])
def test_an_id_is_short_and_plain(desk: Desk, id_: str) -> None:
    """It stands in every line of the log."""
    with pytest.raises(WrongInputError, match="is no id"):
        add_person(desk, id_, "Somebody", actor="analyst")


def test_an_id_that_is_taken_and_an_empty_name_are_refused(desk: Desk) -> None:
    """A second person never takes over what another one signed."""
    staffed(desk)
    with pytest.raises(WrongInputError, match="`kim` is taken"):
        add_person(desk, "kim", "Another Kim", actor="jo")
    with pytest.raises(WrongInputError, match="needs a sentence") as refused:
        name_person(desk, "eve", "  ", actor="jo")
    assert refused.value.hint == "Give a name."
    with pytest.raises(NotFoundError, match="Nobody is known as eve"):
        give_role(desk, "eve", ("", Role.OWNER), actor="jo")


def test_a_new_name_keeps_the_roles(desk: Desk) -> None:
    """People marry."""
    staffed(desk)
    name_person(desk, "kim", "Kim Lund-Berg", actor="jo")
    kim = person_of(desk, "kim")
    assert kim.name == "Kim Lund-Berg"
    assert kim.roles == {("Loan", Role.VALIDATOR)}
