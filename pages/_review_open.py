"""Opening a review: who is asked, how much depends on the model, what has to be read."""

from datetime import date
from typing import Final

import streamlit as st

from core.records.evaluations import Evaluation
from core.records.reviews import Ask, Person, Review, Role, Tier
from core.records.texts import say_text
from core.reviews.separation import SIGNING
from core.reviews.standing import REQUIRED
from core.runs.checking import make_checks
from core.runs.reviewing import Asking, ask_people, open_review
from pages._frame import desk
from pages._page import ask
from pages._who import actor

READING: Final = ("Slices", "Calibration", "Provenance")
PAGES: Final = (*READING, "Explanations", "Drift")
OPENING: Final = (Role.OWNER, Role.DEVELOPER)


def draw_open(evaluation: Evaluation, who: Person | None) -> None:
    """Let an owner ask for a decision; tell everybody else that nobody has."""
    model = desk().workspace.state.model(evaluation.model)
    if who is None or not any(who.holds(role, model.name) for role in OPENING):
        st.markdown("Nobody has asked for a decision yet. The owner of the model can.")
        if not desk().workspace.state.decided.people:
            st.page_link(
                "people_and_policy.py", label="Say who is who", icon=":material/group:"
            )
        return
    st.markdown("##### Ask for a decision")
    tier = st.segmented_control(
        "How much depends on it",
        [t.value for t in Tier],
        default=Tier.HIGH.value,
        required=True,
    )
    needed = ", ".join(role.value for role in REQUIRED[Tier(str(tier))])
    st.caption(f"Must sign: {needed}.")
    asks = _choose_people(model.name)
    reading = st.multiselect("To be opened before signing", PAGES, default=READING)
    if st.button("Open review", type="primary", disabled=not asks):
        with st.spinner("Checking the data and freezing the evidence"):
            ask(make_checks, desk(), evaluation.dataset)
            asking = Asking(asks, Tier(str(tier)), tuple(reading))
            ask(open_review, desk(), evaluation, asking, actor=actor())
        st.rerun()


def draw_ask_more(review: Review, model: str) -> None:
    """Let an owner ask more people."""
    known = {(a.person, a.role) for a in review.asks}
    asks = tuple(a for a in _choose_people(model) if (a.person, a.role) not in known)
    if st.button("Ask them", disabled=not asks):
        ask(ask_people, desk(), review, asks, actor=actor())
        st.rerun()


def _choose_people(model: str) -> tuple[Ask, ...]:
    people = desk().workspace.state.decided.people.values()
    pairs = {
        f"{say_text(person.name)} as {role.value}": (person.id, role)
        for person in people
        for role in SIGNING
        if person.holds(role, model)
    }
    chosen = st.multiselect("People", list(pairs), placeholder="Choose people")
    due: date | None = st.date_input("Until", None, min_value="today", format="YYYY-MM-DD")
    return tuple(Ask(*pairs[name], due) for name in chosen)
