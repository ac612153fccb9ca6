"""What is asked of whom: the cards, and the answer that they and the states give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.estimates.wording import WORDS, say_day
from core.records.estimate import Word
from core.records.reviews import Comment, Person, Review, Standing
from core.reviews.standing import Judged
from core.runs.findings import waiting_findings
from core.runs.judging import Asked, asked_of_person, judged_of
from core.runs.reviewing import newest_review
from core.runs.standing import Standing as OnTable
from pages._frame import desk, jump
from pages._review import LIGHTS, TALK, light_of
from pages._shown import escape

MINE, ALL = "Mine", "Everybody's"
ALARMS: Final = (Standing.SUSPENDED, Standing.STALE, Standing.EXPIRED, Standing.REJECTED)
DONE: Final = (Standing.WITHDRAWN, Standing.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Attention:
    """What the overview answers: light, rule and sentence."""

    light: str
    rule: str
    sentence: str


def states_of() -> dict[str, Judged]:
    """Return where each model version stands."""
    return {id_: judged_of(desk(), id_) for id_ in desk().workspace.state.models}


def find_attention(
    found: Sequence[OnTable], states: Mapping[str, Judged], asked: Sequence[Asked]
) -> Attention:
    """Return what needs attention: what is asked of me, what is stopped, else the worst."""
    stopped = _say_stopped(states)
    if asked:
        first = asked[0]
        mine = next((s for s in found if _is_of(s, first.review)), None)
        due = f"your decision is due {say_day(first.ask.due)}" if first.ask.due else ""
        said = mine.sentence if mine else f"{_title(first.review.model)} waits for you."
        sentence = f"{said} You are asked as {first.ask.role.value}."
        light = mine.light if mine else WORDS[Word.NOT_MEASURED]
        also = f" {stopped.sentence}" if stopped else ""
        return Attention(light, due or "you are asked", sentence + also)
    return stopped or _say_worst(found, states)


def _say_stopped(states: Mapping[str, Judged]) -> Attention | None:
    for standing in ALARMS:
        for id_, judged in states.items():
            if judged.standing is standing:
                return Attention(
                    LIGHTS[standing], _title(id_), f"{_title(id_)}: {judged.sentence}"
                )
    return None


def _say_worst(found: Sequence[OnTable], states: Mapping[str, Judged]) -> Attention:
    """Return the worst finding of what nobody approved or ended; else that all is well."""
    open_ = [
        s
        for s in found
        if s.worst and not (states[s.model.id].standing.works or _done(states, s))
    ]
    if open_ and open_[0].worst:
        worst = open_[0]
        return Attention(worst.light, open_[0].worst.gate.title, worst.sentence)
    works = [(id_, judged) for id_, judged in states.items() if judged.standing.works]
    if not works:
        text = "No model version has been evaluated yet."
        return Attention(WORDS[Word.NOT_MEASURED], "", text)
    id_, judged = works[-1]
    until = f" until {say_day(judged.until)}" if judged.until else ""
    sentence = f"Nothing needs you today. {_title(id_)} is {judged.standing.value}{until}."
    return Attention(LIGHTS[judged.standing], "", sentence)


def draw_asked(found: Sequence[OnTable], who: Person | None) -> None:
    """Draw one card per decision and per question that waits for somebody."""
    people = desk().workspace.state.decided.people
    if not people:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        title = st.empty()
        whose = st.segmented_control(
            "Show",
            [MINE, ALL],
            key="whose",
            default=MINE,
            required=True,
            label_visibility="collapsed",
            bind="query-params",
        )
    title.header(
        "Asked of you" if whose == MINE else "Asked of everybody",
        anchor=False,
        width="stretch",
    )
    names = [who] if whose == MINE and who else list(people.values())
    cards = [(p, a) for p in names for a in asked_of_person(desk(), p.id)]
    talks = [(p, r, c) for p in names for r, c in _questions(p)]
    if not cards and not talks:
        st.markdown("Nothing is asked of you." if whose == MINE else "Nobody is asked.")
        return
    with st.grid(min_column_width=220):
        for person, asked in cards:
            mine = next((s for s in found if _is_of(s, asked.review)), None)
            _draw_card(asked, person, mine, named=whose != MINE)
        for person, review, comment in talks:
            _draw_question(review, comment, person, named=whose != MINE)


def _draw_card(asked: Asked, person: Person, mine: OnTable | None, *, named: bool) -> None:
    review, total = asked.review, len(waiting_findings(desk(), asked.review))
    shape = light_of(mine.light if mine else WORDS[Word.NOT_MEASURED])
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{shape} Decide on {escape(_title(review.model))}**")
        due = f" · due {say_day(asked.ask.due)}" if asked.ask.due else ""
        name = f"{person.name}, " if named else ""
        st.caption(escape(f"{name}as {asked.ask.role.value}{due}"))
        st.markdown(f"{asked.waiting} of {total} findings wait for an answer.")
        if st.button("Open review", key=f"open_{review.id}_{person.id}_{asked.ask.role}"):
            jump("review.py", desk().workspace.state.evaluation(review.evaluation))


def _draw_question(
    review: Review, comment: Comment, person: Person, *, named: bool
) -> None:
    people = desk().workspace.state.decided.people
    asker = people[comment.person].name if comment.person in people else comment.person
    with st.container(border=True, height="stretch"):
        st.markdown(f"**Answer {escape(asker)}**")
        to = f"{person.name}, " if named else ""
        st.caption(escape(f"{to}{_title(review.model)}, {say_day(comment.at)}"))
        st.markdown(escape(comment.text))
        if st.button("Open talk", key=f"talk_{comment.id}"):
            evaluation = desk().workspace.state.evaluation(review.evaluation)
            jump("review.py", evaluation, part=TALK)


def _questions(person: Person) -> list[tuple[Review, Comment]]:
    """Return the open comments for somebody in reviews that are the newest of their model."""
    return [
        (review, comment)
        for review in desk().workspace.state.decided.reviews.values()
        if newest_review(desk(), review.model) == review
        for comment in review.comments
        if comment.assigned == person.id and not comment.resolved
    ]


def _is_of(standing: OnTable, review: Review) -> bool:
    evaluation = standing.evaluation
    return evaluation is not None and evaluation.id == review.evaluation


def _done(states: Mapping[str, Judged], standing: OnTable) -> bool:
    return states[standing.model.id].standing in DONE


def _title(model: str) -> str:
    return desk().workspace.state.model(model).title
