"""People: who is known, in which roles, for which model."""

from typing import Final

import streamlit as st

from core.errors import CountersignError
from core.records.reviews import Person, Role
from core.records.texts import say_text
from core.runs.accounts import change_account
from core.runs.people import add_person, change_role, check_keeper
from core.store.accounts import holders
from pages._frame import chosen, desk
from pages._page import ask
from pages._shown import escape
from pages._who import actor, visitor
from pages._who import person as current

EVERY: Final = "all models"


def draw_people() -> None:
    """Draw everybody with their roles, and what an admin or an owner may change."""
    people = tuple(desk().workspace.state.decided.people.values())
    if not people:
        st.markdown("Nobody is known yet. Whoever is named first becomes the admin.")
    else:
        picked = _draw_table(people)
        _draw_roles(people, picked)
        _draw_account(people)
    _draw_add()


def _draw_table(people: tuple[Person, ...]) -> Person | None:
    wanted = st.text_input("Find", key="q", placeholder="name or role", bind="query-params")
    lines = [(person, _roles_in_words(person)) for person in people]
    text = (wanted or "").casefold()
    lines = [
        (p, r) for p, r in lines if text in f"{p.name} {p.id} {' '.join(r)}".casefold()
    ]
    options = sorted({role for _, roles in lines for role in roles})
    event = st.dataframe(
        [
            {
                "Name": say_text(person.name),
                "Id": person.id,
                "Roles": roles,
                "Identity": _identity(person),
            }
            for person, roles in lines
        ],
        key="people",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        alt="People with their roles.",
        column_config={
            "Name": st.column_config.TextColumn(pinned=True, width=180),
            "Id": st.column_config.TextColumn(width=120),
            "Roles": st.column_config.MultiselectColumn(options=options, width=420),
        },
    )
    rows = event["selection"]["rows"]
    return lines[rows[0]][0] if rows and rows[0] < len(lines) else None


def _identity(person: Person) -> str:
    if not visitor().checked:
        return "not checked"
    return "password" if person.id in holders(desk().workspace.folder) else "no account"


def _roles_in_words(person: Person) -> list[str]:
    return [
        f"{role.value} · {say_text(model) or EVERY}" for model, role in sorted(person.roles)
    ]


def _draw_roles(people: tuple[Person, ...], picked: Person | None) -> None:
    """Draw the roles of one person for one model, to be given and taken."""
    st.header("Roles", anchor=False)
    by_id = {person.id: person for person in people}
    if picked and picked.id != st.session_state.get("_person_row"):
        st.session_state["role_of"] = picked.id
    st.session_state["_person_row"] = picked.id if picked else None
    names = sorted({model.name for model in desk().workspace.state.models.values()})
    one, two = st.columns(2)
    who = one.selectbox(
        "Person",
        list(by_id),
        key="role_of",
        format_func=lambda id_: say_text(by_id[id_].name),
    )
    now = chosen().model
    model = two.selectbox(
        "For",
        ["", *names],
        index=names.index(now.name) + 1 if now else 0,
        key="role_for",
        format_func=lambda m: say_text(m) or EVERY,
    )
    person, of = by_id[str(who)], model or ""
    held = [role for role in Role if (of, role) in person.roles]
    refusal = _refusal(of)
    wanted = st.pills(
        "Roles",
        list(Role),
        selection_mode="multi",
        default=held,
        key=f"roles_{person.id}_{of}_{len(desk().workspace.events)}",
        format_func=lambda role: role.value,
        disabled=bool(refusal),
        label_visibility="collapsed",
    )
    if refusal:
        st.caption(escape(refusal))
    elif st.button("Save roles", disabled=set(wanted) == set(held)):
        for role in Role:
            if (role in wanted) != (role in held):
                given = role in wanted
                ask(change_role, desk(), person.id, (of, role), actor=actor(), given=given)
        st.rerun()
    st.caption("Who loses a role keeps what they signed, as of its day.")


def _refusal(model: str) -> str:
    """Return why whoever sits here may not change roles for a model; empty if they may."""
    try:
        check_keeper(desk(), actor(), (model, Role.OWNER))
    except CountersignError as error:
        return f"{error} {error.hint}"
    return ""


def _draw_account(people: tuple[Person, ...]) -> None:
    """Draw what an admin may do to the account of the person under Roles."""
    person = next(p for p in people if p.id == st.session_state["role_of"])
    if not visitor().checked or Role.ADMIN not in {role for _, role in _mine()}:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("New password"):
            password = ask(change_account, desk(), person.id, actor=actor(), given=True)
            st.session_state["_given"] = person.name, password
            st.rerun()
        if given := st.session_state.pop("_given", None):
            st.markdown(f"{escape(given[0])} signs in once with")
            st.code(given[1], language=None)
        has = person.id in holders(desk().workspace.folder)
        if has and person.id != actor() and st.button("Take account away"):
            ask(change_account, desk(), person.id, actor=actor(), given=False)
            st.rerun()


def _mine() -> frozenset[tuple[str, Role]]:
    who = current()
    return who.roles if who else frozenset()


def _draw_add() -> None:
    with st.form("add_person", clear_on_submit=True):
        st.markdown("**Add a person**")
        one, two, three = st.columns([2, 3, 1.4], vertical_alignment="bottom")
        id_ = one.text_input("Id", placeholder="small letters, digits, dots")
        name = two.text_input("Name")
        if three.form_submit_button("Add person", width="stretch"):
            ask(add_person, desk(), id_.strip(), name, actor=actor())
            st.rerun()
