"""The steps of a reviewer, the talk, and the history of a review."""

from typing import Final

import streamlit as st

from core.records.evaluations import Evaluation
from core.records.reviews import Decision, Person, Review
from core.records.texts import say_text
from core.runs.answering import (
    Remark,
    comment_on,
    give_first,
    mark_read,
    request_changes,
    resolve_comment,
)
from core.runs.auditing import say_event
from pages._frame import desk, jump
from pages._page import ask
from pages._review import gave_first, unread, was_asked
from pages._shown import escape
from pages._who import actor

PAGES: Final = {
    "Slices": "slices.py",
    "Calibration": "calibration.py",
    "Provenance": "provenance.py",
    "Explanations": "explanations.py",
    "Drift": "drift.py",
}
REVIEW: Final = "about the whole review"


def draw_read(review: Review, evaluation: Evaluation, who: Person | None) -> None:
    """Draw what has to be opened before somebody may sign."""
    if not review.reading:
        st.markdown("Nothing has to be read; go on to your first verdict.")
        return
    left = unread(review, who) if who else ()
    for what in review.reading:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(f"{'○ not opened' if what in left else '● opened'} · **{what}**")
            if st.button("Open", key=f"read_{what}") and who:
                ask(mark_read, desk(), review, what, actor=who.id)
                jump(PAGES[what], evaluation)


def draw_first(review: Review, who: Person | None) -> None:
    """Draw the first verdict: given before anything is recommended, and once."""
    if who is None:
        return
    mine = next((first for first in review.firsts if first.person == who.id), None)
    if mine is not None:
        st.markdown(escape(f"Your first verdict: {mine.decision.value}. {mine.because}"))
        _draw_others(review, who)
        return
    st.markdown("What do you think now, before you see what others said?")
    with st.form("first"):
        decision = st.radio("First verdict", [d.value for d in Decision][:3], index=None)
        because = st.text_input("because", placeholder="in one sentence")
        if st.form_submit_button("Save first verdict", type="primary"):
            if decision is None:
                st.warning("Choose one of the three.")
            else:
                ask(give_first, desk(), review, Decision(decision), because, actor=who.id)
                st.rerun()


def _draw_others(review: Review, who: Person) -> None:
    people = desk().workspace.state.decided.people
    for first in review.firsts:
        if first.person != who.id and first.person in people:
            name = people[first.person].name
            st.caption(escape(f"{name}: {first.decision.value}. {first.because}"))


def draw_talk(review: Review, who: Person | None) -> None:
    """Draw the talk of a review, and let people add to it."""
    people = desk().workspace.state.decided.people
    for comment in review.comments:
        with st.container(border=True):
            name = (
                people[comment.person].name if comment.person in people else comment.person
            )
            about = comment.finding or REVIEW
            to = f" → {people[comment.assigned].name}" if comment.assigned in people else ""
            st.caption(escape(f"{name}{to} · {about} · {comment.at:%d %b %Y %H:%M}"))
            st.markdown(escape(comment.text))
            if comment.resolved:
                st.caption("● settled")
            elif who and st.button("Settle", key=f"settle_{comment.id}", type="tertiary"):
                ask(resolve_comment, desk(), review, comment.id, actor=who.id)
                st.rerun()
    if who is None:
        return
    with st.form("talk", clear_on_submit=True):
        text = st.text_area("Say something")
        names = {"nobody": ""} | {say_text(p.name): p.id for p in people.values()}
        to_whom = st.selectbox("For", list(names))
        if st.form_submit_button("Say it"):
            remark = Remark("", text, names[str(to_whom)])
            ask(comment_on, desk(), review, remark, actor=who.id)
            st.rerun()
    if was_asked(review, who) and gave_first(review, who):
        with st.form("changes", clear_on_submit=True):
            what = st.text_input("What has to change first?")
            if st.form_submit_button("Ask for changes"):
                ask(request_changes, desk(), review, what, actor=actor())
                st.rerun()


def draw_history(review: Review) -> None:
    """Draw what happened in this review, the newest first."""
    events = desk().workspace.events
    for number in reversed(review.events):
        event = events[number - 1]
        st.markdown(
            escape(f"{event.at[:16].replace('T', ' ')} UTC · {say_event(desk(), event)}")
        )
