"""The parts of the review page: what they share."""

from typing import Final

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS, say_day
from core.records.estimate import Word
from core.records.reviews import Ask, Person, Review, Standing
from core.reviews.standing import Judged, dissent, latest
from core.runs.findings import open_findings
from pages._frame import desk

READ, FIRST, FINDINGS, DECIDE, TALK, HISTORY = (
    "1 Read",
    "2 First verdict",
    "3 Findings",
    "4 Decide",
    "Talk",
    "History",
)
LIGHTS: Final = {
    Standing.ACTIVE: WORDS[Word.PASS].replace("Pass", "Active"),
    Standing.CONDITIONS: WORDS[Word.PASS].replace("Pass", "Active with conditions"),
    Standing.REJECTED: "■ Rejected",
    Standing.SUSPENDED: "■ Suspended",
    Standing.WITHDRAWN: "■ Withdrawn",
    Standing.STALE: "▲ Stale",
    Standing.EXPIRED: "▲ Expired",
    Standing.CHANGES: "▲ Changes requested",
    Standing.IN_REVIEW: "○ In review",
    Standing.DRAFT: "– Draft",
    Standing.SUPERSEDED: "– Superseded",
}


def say_standing(judged: Judged, review: Review | None) -> tuple[str, str, str]:
    """Return light, rule and sentence of where a model version stands."""
    sentence = judged.sentence
    if judged.until:
        sentence += f" Valid until {say_day(judged.until)}."
    against = dissent(review) if review else ()
    if against:
        people = desk().workspace.state.decided.people
        named = " and ".join(people[s.person].name for s in against if s.person in people)
        sentence += f" {named} do not agree: “{against[0].because}”"
    return LIGHTS[judged.standing], "", sentence


def ask_of(review: Review, who: Person | None) -> Ask | None:
    """Return what somebody is asked for in a review and has not given, if anything."""
    if who is None:
        return None
    signed = {(s.person, s.role) for s in latest(review.signed) if s.root == review.root}
    mine = (
        a for a in review.asks if a.person == who.id and (a.person, a.role) not in signed
    )
    return next(mine, None)


def was_asked(review: Review, who: Person | None) -> bool:
    """Return whether somebody was asked at all."""
    return who is not None and any(a.person == who.id for a in review.asks)


def choose_part(review: Review, who: Person | None) -> str:
    """Draw the choice of the part: four steps for who is asked, else what can be read."""
    mine = was_asked(review, who)
    parts = (
        [READ, FIRST, FINDINGS, DECIDE, TALK, HISTORY]
        if mine
        else [FINDINGS, TALK, HISTORY]
    )
    if st.session_state.get("part") not in parts:
        st.session_state.pop("part", None)
    marks = _marks(review, who) if mine and who else {}
    return str(
        st.segmented_control(
            "Part",
            parts,
            key="part",
            default=_first_open(review, who) if mine and who else FINDINGS,
            required=True,
            format_func=lambda part: f"{part} {marks.get(part, '')}".strip(),
            bind="query-params",
            label_visibility="collapsed",
        )
    )


def gave_first(review: Review, who: Person | None) -> bool:
    """Return whether somebody gave their first verdict."""
    return who is not None and any(first.person == who.id for first in review.firsts)


def unread(review: Review, who: Person) -> tuple[str, ...]:
    """Return what somebody still has to open."""
    return tuple(what for what in review.reading if (who.id, what) not in review.read)


def _marks(review: Review, who: Person) -> dict[str, str]:
    waiting = open_findings(desk(), review, who.id)
    answered = any(answer.person == who.id for answer in review.answers)
    return {
        READ: "○" if unread(review, who) else "●",
        FIRST: "●" if gave_first(review, who) else "○",
        FINDINGS: "●" if not waiting else "◐" if answered else "○",
        DECIDE: "○" if ask_of(review, who) else "●",
    }


def _first_open(review: Review, who: Person) -> str:
    if unread(review, who):
        return READ
    return FINDINGS if gave_first(review, who) else FIRST


def light_of(text: str) -> str:
    """Return only the shape of a light."""
    return text.split(" ", maxsplit=1)[0] if text else ATTENTION
