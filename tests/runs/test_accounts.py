"""Accounts in a workspace: an admin gives and takes them, and the log says so, no more."""

import pytest

from core.errors import NotFoundError, WrongInputError
from core.records.reviews import Role
from core.runs.accounts import change_account, drop_account, give_password
from core.runs.desk import Desk
from core.runs.people import give_role, name_person
from core.store.accounts import Accounts, holders


def known(desk: Desk) -> None:
    """Make an admin and a validator known."""
    for who, role in (("ada", Role.ADMIN), ("kim", Role.VALIDATOR)):
        name_person(desk, who, who.capitalize(), actor="test")
        give_role(desk, who, ("", role), actor="test")


def test_an_admin_gives_and_takes(desk: Desk) -> None:
    """The password is right, and gone with the account."""
    known(desk)
    password = change_account(desk, "kim", actor="ada", given=True)
    accounts = Accounts(desk.workspace.folder, desk.workspace.now)
    assert accounts.check("kim", password)
    assert change_account(desk, "kim", actor="ada", given=False) == ""
    assert holders(desk.workspace.folder) == frozenset()


def test_the_log_says_who_did_it_and_never_the_password(desk: Desk) -> None:
    """Two lines about kim; what was given stands in neither."""
    known(desk)
    password = give_password(desk, "kim", actor="ada")
    drop_account(desk, "kim", actor="ada")
    lines = [e for e in desk.workspace.events if e.action == "person.account"]
    assert [(e.actor, e.subject, e.payload) for e in lines] == [
        ("ada", "kim", {"given": True}),
        ("ada", "kim", {"given": False}),
    ]
    assert not any(password in str(event) for event in desk.workspace.events)


def test_others_do_not(desk: Desk) -> None:
    """Neither a validator, nor a stranger, nor an admin who would lock themselves out."""
    known(desk)
    for actor in ("kim", "stranger"):
        with pytest.raises(WrongInputError, match="an admin can"):
            change_account(desk, "ada", actor=actor, given=True)
    with pytest.raises(WrongInputError, match="their own account"):
        change_account(desk, "ada", actor="ada", given=False)
    with pytest.raises(NotFoundError, match="Nobody is known"):
        change_account(desk, "nobody", actor="ada", given=True)
