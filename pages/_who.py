"""Who is there: the person before a page, in which roles, and how sure that is."""

from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from core.errors import WrongInputError
from core.records.reviews import Person
from core.records.texts import say_text
from core.reviews.seeing import may_see_rows
from core.serving.door import Visitor
from core.serving.house import house
from core.serving.identity import Identity
from pages._shown import escape

NO_ROWS: Final = "Your role sees findings and counts, not single rows."


def actor() -> str:
    """Return who sits before this page, for the events that they cause."""
    who = person()
    return who.id if who else visitor().name


def person() -> Person | None:
    """Return the person that somebody acts as; None where nobody is known yet."""
    people = house().desk.workspace.state.decided.people
    there = visitor()
    if there.checked:
        return people.get(there.name)
    return people.get(str(st.session_state.get("_who", ""))) or next(
        iter(people.values()), None
    )


def assurance() -> str:
    """Return how sure anybody can be of who sits here."""
    return (Identity.LOCAL if visitor().checked else Identity.DEMO).assurance


def visitor() -> Visitor:
    """Return who sits before this page; who was signed out reads so and nothing else."""
    try:
        return house().visitor(st.context.headers)
    except WrongInputError as error:
        st.warning(f"{error} {error.hint}", icon=":material/lock:")
        kept = urlencode(dict(st.query_params))
        here = f"{urlsplit(st.context.url or '/').path}?{kept}"
        st.link_button("Sign in", f"/login?next={quote(here, safe='')}", type="primary")
        st.stop()


def sees_rows() -> bool:
    """Return whether who sits here may look at single rows of the chosen model's tables.

    Where nobody is known yet, everybody may; else it is a matter of roles.
    """
    who, found = person(), st.session_state.get("_chosen")
    model = found.model.name if found and found.model else ""
    return who is None or may_see_rows(who, model)


def draw_person() -> None:
    """Draw who somebody acts as; identity is not checked yet, and the page says so."""
    people = house().desk.workspace.state.decided.people
    if visitor().checked:
        who = person()
        st.caption(f"Signed in as {escape(who.name)}: {_roles(who)}." if who else "")
        st.link_button("Sign out", "/logout", type="tertiary")
        return
    if not people:
        st.caption("You are the demo analyst: identity not checked.")
        return
    st.selectbox(
        "You act as",
        list(people),
        key="_who",
        format_func=lambda id_: say_text(people[id_].name),
    )
    who = person()
    st.caption(f"{_roles(who) if who else 'no role'}. Identity not checked.")


def _roles(who: Person) -> str:
    return ", ".join(sorted({role.value for _, role in who.roles})) or "no role"
