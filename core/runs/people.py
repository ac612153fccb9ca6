"""People: who is known to a workspace, and in which roles."""

import re
from typing import Final

from core.errors import NotFoundError, WrongInputError
from core.records.reviews import Person, Role
from core.runs.desk import Desk
from core.runs.stopping import clean_text

KEEPERS: Final = (Role.ADMIN, Role.OWNER)
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


def add_person(desk: Desk, id_: str, name: str, *, actor: str) -> Person:
    """Make somebody known because `actor` wants it; the first of all becomes the admin.

    Raises:
        WrongInputError: the actor is neither an admin nor an owner, or the id is taken.
    """
    known = desk.workspace.state.decided.people
    alone = not _anybody_holds(desk)
    if not alone and not any(role in KEEPERS for _, role in _roles(desk, actor)):
        raise WrongInputError(
            f"{_say(desk, actor)} cannot add people.", hint="Ask an admin or an owner."
        )
    if id_ in known:
        raise WrongInputError(f"`{id_}` is taken.", hint="Choose another id.")
    added = name_person(desk, id_, name, actor=actor)
    if alone:
        give_role(desk, id_, ("", Role.ADMIN), actor=actor)
    return added


def change_role(
    desk: Desk, id_: str, held: tuple[str, Role], *, actor: str, given: bool
) -> None:
    """Give or take a role because `actor` wants it.

    Raises:
        WrongInputError: the actor may not, or nobody would be admin any more.
    """
    check_keeper(desk, actor, held)
    admins = [p for p in _people(desk) if ("", Role.ADMIN) in p.roles]
    if held == ("", Role.ADMIN) and not given and [p.id for p in admins] == [id_]:
        raise WrongInputError(
            "Nobody would be admin any more.", hint="Make somebody else admin first."
        )
    give_role(desk, id_, held, actor=actor, given=given)


def check_keeper(desk: Desk, actor: str, held: tuple[str, Role]) -> None:
    """Check that somebody may give or take a role: an admin any, an owner those of a model.

    Raises:
        WrongInputError: they may not.
    """
    model, role = held
    mine = _roles(desk, actor)
    admin = {("", Role.ADMIN), (model, Role.ADMIN)} & mine
    owner = {("", Role.OWNER), (model, Role.OWNER)} & mine
    if admin or not _anybody_holds(desk) or (owner and role is not Role.ADMIN):
        return
    of = f"the owner of {model}" if model and role is not Role.ADMIN else "nobody else"
    raise WrongInputError(
        f"{_say(desk, actor)} cannot change the role {role}; an admin can, and {of}.",
        hint="Ask one of them.",
    )


def _people(desk: Desk) -> tuple[Person, ...]:
    return tuple(desk.workspace.state.decided.people.values())


def _anybody_holds(desk: Desk) -> bool:
    return any(person.roles for person in _people(desk))


def _roles(desk: Desk, actor: str) -> frozenset[tuple[str, Role]]:
    known = desk.workspace.state.decided.people.get(actor)
    return known.roles if known else frozenset()


def _say(desk: Desk, actor: str) -> str:
    known = desk.workspace.state.decided.people.get(actor)
    return known.name if known else actor
