"""People: who is known to a workspace, and in which roles."""

import re
from typing import Final

from core.errors import NotFoundError, WrongInputError
from core.records.reviews import Person, Role
from core.runs.desk import Desk
from core.runs.stopping import clean_text

ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


def name_person(desk: Desk, id_: str, name: str, *, actor: str) -> Person:
    """Make somebody known, or give them another name.

    Raises:
        WrongInputError: the id is not short and plain, or the name is empty.
    """
    if not ID.fullmatch(id_):
        raise WrongInputError(
            f"`{id_}` is no id.",
            hint="Use up to 40 small letters, digits, dots and dashes.",
        )
    payload = {"name": clean_text(name, "Give a name.")}
    desk.workspace.record(actor, "person.named", id_, payload)
    return person_of(desk, id_)


def person_of(desk: Desk, id_: str) -> Person:
    """Return the person of that id.

    Raises:
        NotFoundError: nobody has it.
    """
    found = desk.workspace.state.decided.people.get(id_)
    if found is None:
        raise NotFoundError(
            f"Nobody is known as {id_}.", hint="Choose somebody of the list."
        )
    return found


def give_role(
    desk: Desk, id_: str, held: tuple[str, Role], *, actor: str, given: bool = True
) -> None:
    """Give somebody a (model, role) pair, or take it away; no model means all.

    What they signed before stays signed as of its day.
    """
    person_of(desk, id_)
    model, role = held
    payload = {"role": role, "model": model, "given": given}
    desk.workspace.record(actor, "person.role", id_, payload)
