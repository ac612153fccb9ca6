"""Accounts: letting somebody sign in, or no longer."""

from typing import Final

from core.errors import WrongInputError
from core.records.reviews import Role
from core.runs.call import ACTOR, Call
from core.runs.desk import Desk
from core.runs.people import check_keeper, give_role, name_person, person_of
from core.store.accounts import Accounts

DONE: Final = 0


def give_password(desk: Desk, id_: str, *, actor: str) -> str:
    """Give a person a password for one sign-in, and return it; the log does not hold it.

    Whoever forgot a password gets a new one so. Sessions that were open end.

    Raises:
        NotFoundError: nobody has that id.
    """
    person_of(desk, id_)
    password = _accounts(desk).one_time_password(id_)
    desk.workspace.record(actor, "person.account", id_, {"given": True})
    return password


def drop_account(desk: Desk, id_: str, *, actor: str) -> None:
    """Take somebody's account away; what they signed stays.

    Raises:
        NotFoundError: nobody has that id.
    """
    person_of(desk, id_)
    _accounts(desk).drop(id_)
    desk.workspace.record(actor, "person.account", id_, {"given": False})


def change_account(desk: Desk, id_: str, *, actor: str, given: bool) -> str:
    """Give or drop an account because `actor` wants it; return the password, if any.

    Raises:
        WrongInputError: the actor is no admin, or would lock themselves out.
    """
    check_keeper(desk, actor, ("", Role.ADMIN))
    if not given and id_ == actor:
        raise WrongInputError(
            "Nobody takes away their own account.", hint="Ask another admin."
        )
    if given:
        return give_password(desk, id_, actor=actor)
    drop_account(desk, id_, actor=actor)
    return ""


def open_account(call: Call) -> int:
    """Run `countersign account`: name somebody, give roles and a password, or drop them."""
    desk, id_ = call.desk, call.said.person
    if call.said.drop:
        drop_account(desk, id_, actor=ACTOR)
        name = person_of(desk, id_).name
        call.say(f"{name} cannot sign in any more; what they signed stays.")
        return DONE
    if call.said.name:
        name_person(desk, id_, call.said.name, actor=ACTOR)
    for role in call.said.role:
        give_role(desk, id_, ("", _role(role)), actor=ACTOR)
    password = give_password(desk, id_, actor=ACTOR)
    name = person_of(desk, id_).name
    call.say(f"{name} signs in as {id_} with this password, once: {password}")
    return DONE


def _accounts(desk: Desk) -> Accounts:
    return Accounts(desk.workspace.folder, desk.workspace.now)


def _role(text: str) -> Role:
    if text not in set(Role):
        raise WrongInputError(
            f"There is no role `{text}`.", hint=f"Use one of {', '.join(Role)}."
        )
    return Role(text)
