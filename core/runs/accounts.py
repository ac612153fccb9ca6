"""Accounts: letting somebody sign in, from the command line."""

from typing import Final

from core.errors import WrongInputError
from core.records.reviews import Role
from core.runs.call import ACTOR, Call
from core.runs.people import give_role, name_person, person_of
from core.store.accounts import Accounts

DONE: Final = 0


def open_account(call: Call) -> int:
    """Give a person a password for one sign-in, or take their account away.

    Whoever forgot a password gets a new one so; sessions that were open end.
    """
    desk, id_ = call.desk, call.said.person
    accounts = Accounts(desk.workspace.folder, desk.workspace.now)
    if call.said.drop:
        person = person_of(desk, id_)
        accounts.drop(id_)
        call.say(f"{person.name} cannot sign in any more; what they signed stays.")
        return DONE
    if call.said.name:
        name_person(desk, id_, call.said.name, actor=ACTOR)
    person = person_of(desk, id_)
    for role in call.said.role:
        give_role(desk, id_, ("", _role(role)), actor=ACTOR)
    password = accounts.one_time_password(id_)
    call.say(f"{person.name} signs in as {id_} with this password, once: {password}")
    return DONE


def _role(text: str) -> Role:
    if text not in set(Role):
        raise WrongInputError(
            f"There is no role `{text}`.", hint=f"Use one of {', '.join(Role)}."
        )
    return Role(text)
