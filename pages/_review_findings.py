"""Findings: each with its rule, its number, what nobody knows, and an answer for each."""

from typing import Final

import streamlit as st

from core.estimates.wording import say_both, say_rows
from core.records.estimate import Estimate
from core.records.evaluations import Evaluation
from core.records.findings import Finding
from core.records.reviews import AddedFinding, Answer, Person, Reply, Review
from core.reviews.findings import light
from core.reviews.wording import beside, texts_of
from core.runs.answering import NewFinding, add_finding, answer_finding
from core.runs.findings import HEARD, key_of, open_findings, review_findings
from core.runs.viewing import save_view
from pages._frame import desk
from pages._page import ask
from pages._review import gave_first, was_asked
from pages._shown import escape
from pages._who import actor

ALL, MINE = "All", "Waiting for me"
SHARES: Final = ("accuracy", "error_rate")


def draw_findings(review: Review, evaluation: Evaluation, who: Person | None) -> None:
    """Draw every finding of a review, what failed first; each waits for its own answer."""
    found = ask(review_findings, desk(), evaluation)
    mine = who if was_asked(review, who) else None
    if mine and not gave_first(review, mine):
        st.markdown("Give your first verdict before you answer single findings.")
        return
    waiting = set(open_findings(desk(), review, mine.id)) if mine else set()
    every = not mine or _choose_shown(found, waiting) == ALL
    for finding in found:
        heard = finding.verdict.word in HEARD
        if heard and (every or key_of(finding) in waiting):
            _draw_finding(review, finding, mine)
    for added in review.added:
        if every or added.id in waiting:
            _draw_added(review, added, mine)
    if every:
        _draw_passed([f for f in found if f.verdict.word not in HEARD])
    if who is not None:
        _draw_add(review, who)


def _draw_passed(passed: list[Finding]) -> None:
    with st.expander(f"{len(passed)} rules that hold"):
        for finding in passed:
            st.markdown(escape(f"{light(finding)} · {finding.sentence}"))


def _choose_shown(found: tuple[Finding, ...], waiting: set[str]) -> str:
    names = {MINE: f"{MINE} {len(waiting)}", ALL: f"{ALL} {len(found)}"}
    chosen = st.segmented_control(
        "Show", [MINE, ALL], key="show", default=MINE if waiting else ALL, required=True,
        format_func=lambda name: names[name], label_visibility="collapsed",
    )  # fmt: skip
    return str(chosen)


def _draw_finding(review: Review, finding: Finding, who: Person | None) -> None:
    texts = beside(finding.gate)
    with st.container(border=True):
        st.markdown(f"**{escape(light(finding))} · {escape(finding.gate.title)}**")
        st.markdown(escape(finding.sentence))
        st.caption(escape(_numbers(finding)))
        with st.expander("Why it matters, what we do not know, what to ask"):
            st.markdown(escape(texts.why))
            st.markdown(escape(f"What we do not know: {texts.unknown}"))
            st.markdown(escape(f"Ask: {texts.ask}"))
        token = save_view(desk(), finding.view, actor=actor())
        st.link_button("See the evidence", f"/v/{token}", type="tertiary")
        waived = next((w for w in review.waivers if w.gate == finding.gate.id), None)
        if waived:
            st.caption(
                escape(
                    f"▲ Waived until {waived.until}: {waived.reason} Instead: {waived.control}"
                )
            )
        _draw_answers(review, key_of(finding), who)


def _draw_added(review: Review, added: AddedFinding, who: Person | None) -> None:
    texts = texts_of("en")["added"]
    people = desk().workspace.state.decided.people
    name = people[added.person].name if added.person in people else added.person
    shape = "■ Fail" if added.severity == "block" else "▲ Attention"
    with st.container(border=True):
        word = "Incident" if added.incident else "Finding of a person"
        st.markdown(f"**{shape} · {word}**")
        st.markdown(escape(added.sentence))
        st.caption(escape(f"{name}, {added.at:%d %b %Y}. {texts.unknown}"))
        if added.view:
            st.link_button("See the evidence", f"/v/{added.view}", type="tertiary")
        _draw_answers(review, added.id, who)


def _numbers(finding: Finding) -> str:
    gate, measured = finding.gate, finding.measured
    kind = "share" if gate.metric in SHARES else "ratio"
    if gate.metric == "observed_expected":  # its rule is about the gap, in words above
        return f"Rule {gate.id} · happened / expected {say_both(measured, 'ratio')}"
    most = "at most" if gate.comparator == "<=" else "at least"
    limit = f"{gate.limit * 100:g} %" if kind == "share" else f"{gate.limit:g}"
    rule = f"Rule {gate.id}: {most} {limit}"
    if not isinstance(measured, Estimate):
        return f"{rule} · {measured.reason}"
    return f"{rule} · {say_both(measured, kind)}, {say_rows(measured.rows)}"


def _draw_answers(review: Review, key: str, who: Person | None) -> None:
    """Draw what others answered, once somebody gave their own answer, and ask for that."""
    given = [answer for answer in review.answers if answer.finding == key]
    mine = next((a for a in given if who and a.person == who.id), None)
    if who is None or mine is not None:
        people = desk().workspace.state.decided.people
        for answer in given:
            name = people[answer.person].name if answer.person in people else answer.person
            st.caption(escape(f"{name}: {answer.reply.value}. {answer.because}"))
    if who is not None:
        _draw_form(review, key, who, mine)


def _draw_form(review: Review, key: str, who: Person, mine: Answer | None) -> None:
    with st.form(f"answer_{key}", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            reply = st.segmented_control(
                "Answer",
                [r.value for r in Reply],
                default=mine.reply.value if mine else None,
                key=f"reply_{key}",
                label_visibility="collapsed",
            )
            because = st.text_input(
                "because", mine.because if mine else "", key=f"because_{key}",
                placeholder="because …", label_visibility="collapsed",
            )  # fmt: skip
            saved = st.form_submit_button("Save answer")
        if saved and reply is None:
            st.warning("Choose an answer first.")
        elif saved:
            answer = Answer(key, who.id, Reply(str(reply)), because)
            ask(answer_finding, desk(), review, answer)
            st.rerun()


def _draw_add(review: Review, who: Person) -> None:
    with st.expander("Add a finding"), st.form("add_finding", clear_on_submit=True):
        sentence = st.text_input("What did you find?")
        blocks = st.checkbox("It should block an approval")
        incident = st.checkbox("It is an incident with the model in use")
        view = st.text_input("Link to a saved view (from Copy link)")
        if st.form_submit_button("Add"):
            token = view.rstrip("/").rsplit("/", 1)[-1] if view else ""
            found = NewFinding(sentence, "block" if blocks else "warn", token, incident)
            ask(add_finding, desk(), review, found, actor=who.id)
            st.rerun()
