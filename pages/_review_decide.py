"""Deciding: the signature, its conditions, and what an owner may do."""

from datetime import date, timedelta
from typing import Final
from uuid import uuid4

import streamlit as st

from core.estimates.wording import say_hash
from core.records.evaluations import Evaluation
from core.records.reviews import Ask, Condition, Decision, Person, Review, Role, Standing
from core.records.texts import say_text
from core.reviews.evidence import say_changed
from core.reviews.separation import Wish
from core.reviews.signing import meaning_of
from core.reviews.standing import Judged
from core.runs.deciding import WaiverWish, meet_condition, sign, waive
from core.runs.findings import open_findings
from core.runs.judging import changed_since
from core.runs.reviewing import refresh
from core.runs.stopping import resume, suspend, withdraw
from pages._frame import desk
from pages._page import ask
from pages._review import ask_of, gave_first, unread
from pages._review_open import draw_ask_more
from pages._shown import escape
from pages._who import actor, assurance

USUAL_DAYS: Final = 180
ACCOUNTABLE: Final = (Role.OWNER, Role.VALIDATOR, Role.EXECUTIVE)


def draw_decide(review: Review, evaluation: Evaluation, who: Person | None) -> None:
    """Draw the decision: what is still missing, or the form and the signature."""
    mine = ask_of(review, who)
    if who is None or mine is None:
        st.markdown("You signed this decision, or were not asked.")
        _draw_signed(review)
        return
    missing = [*(f"open {what}" for what in unread(review, who))]
    if not gave_first(review, who):
        missing.append("give your first verdict")
    if waiting := open_findings(desk(), review, who.id):
        missing.append(f"answer {len(waiting)} findings")
    if missing:
        st.markdown(f"Before you can sign: {', '.join(missing)}.")
        _draw_signed(review)
        return
    decision = st.radio(
        "Your decision", [d.value for d in Decision], index=None, key="decision"
    )
    because = st.text_input("because", key="decision_because")
    chosen = Decision(decision) if decision else None
    until = None
    if chosen and chosen.approves:
        today = desk().workspace.now().date()
        until = st.date_input(
            "Valid until", today + timedelta(USUAL_DAYS), format="YYYY-MM-DD"
        )
    conditions = _draw_conditions() if chosen is Decision.CONDITIONS else ()
    if st.button("Sign …", type="primary", disabled=chosen is None) and chosen:
        wish = Wish(who, mine.role, chosen, because, conditions, until)
        _sign_dialog(review, evaluation, mine, wish)
    _draw_signed(review)


@st.dialog("Put your name under it")
def _sign_dialog(review: Review, evaluation: Evaluation, mine: Ask, wish: Wish) -> None:
    state = desk().workspace.state
    st.markdown(f"**{escape(meaning_of(mine.role, wish.decision))}**")
    st.markdown(
        escape(
            f"{wish.person.name}, as {mine.role.value}: {wish.decision.value} for "
            f"{state.model(review.model).title} on {state.dataset(evaluation.dataset).title}."
        )
    )
    st.caption(
        f"Evidence {say_hash(review.root)}. Kept for good, and shown on the card: name, role, "
        f"decision, reason, day. Simple electronic signature; {assurance()}."
    )
    if st.button("Sign", type="primary", key="sign_now"):
        ask(sign, desk(), review, wish, assurance=assurance())
        st.rerun()


def _draw_conditions() -> tuple[Condition, ...]:
    """Draw up to three conditions, each with its owner and its day."""
    people = {
        say_text(p.name): p.id for p in desk().workspace.state.decided.people.values()
    }
    gates = [
        "a person says so",
        *(g.id for g in desk().workspace.state.policy.policy.gates),
    ]
    found = []
    for k in range(3):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            text = st.text_input(f"Condition {k + 1}", key=f"condition_{k}")
            owner = st.selectbox("Owner", list(people), key=f"condition_owner_{k}")
            due: date | None = st.date_input(
                "Due",
                None,
                min_value="today",
                key=f"condition_due_{k}",
                format="YYYY-MM-DD",
            )
            gate = st.selectbox("Checked by", gates, key=f"condition_gate_{k}")
        if text.strip() and due and owner:
            rule = "" if gate == gates[0] else str(gate)
            found.append(
                Condition(uuid4().hex[:12], text.strip(), people[str(owner)], due, rule)
            )
    return tuple(found)


def _draw_signed(review: Review) -> None:
    """Draw who signed what, dissent included."""
    people = desk().workspace.state.decided.people
    for signed in review.signed:
        name = people[signed.person].name if signed.person in people else signed.person
        old = "" if signed.root == review.root else " (over older evidence)"
        st.markdown(
            escape(
                f"{name}, {signed.role.value}, {signed.at:%d %b %Y %H:%M} UTC: "
                f"{signed.decision.value}{old}. {signed.because}"
            )
        )
        for condition in signed.conditions:
            met = condition.id in review.met
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(
                    escape(f"{'●' if met else '○'} {condition.text}, due {condition.due}")
                )
                if not met and st.button(
                    "It has come true", key=f"met_{condition.id}", type="tertiary"
                ):
                    ask(meet_condition, desk(), review, condition.id, actor=actor())
                    st.rerun()


def draw_owner(review: Review, judged: Judged, who: Person | None) -> None:
    """Draw what those who answer for a model may do: ask, refresh, waive, stop."""
    model = desk().workspace.state.model(review.model)
    mine = [role for role in ACCOUNTABLE if who and who.holds(role, model.name)]
    if who is None or not mine:
        return
    changed = ask(changed_since, desk(), review)
    if changed or judged.standing is Standing.CHANGES:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(escape(say_changed(changed)))
            if Role.OWNER in mine and st.button(
                "Bring the newest evidence", type="primary"
            ):
                ask(refresh, desk(), review, actor=who.id)
                st.rerun()
    with st.popover("Owner and stop", type="tertiary"):
        if Role.OWNER in mine:
            draw_ask_more(review, model.name)
        _draw_waiver(review)
        _draw_stop(review, judged, who)


def _draw_waiver(review: Review) -> None:
    waivable = [g for g in desk().workspace.state.policy.policy.gates if g.waivable_by]
    if not waivable:
        return
    st.markdown("**Waive a failed rule**")
    gate = st.selectbox("Rule", [g.id for g in waivable], key="waive_gate")
    reason = st.text_input("Reason", key="waive_reason")
    control = st.text_input("What is done instead", key="waive_control")
    until: date | None = st.date_input("Until", None, min_value="today", key="waive_until")
    if st.button("Waive", disabled=until is None) and until:
        wish = WaiverWish(str(gate), reason, control, actor(), until)
        ask(waive, desk(), review, wish, actor=actor())
        st.rerun()


def _draw_stop(review: Review, judged: Judged, who: Person) -> None:
    st.markdown("**Stop the model**")
    why = st.text_input("Why", key="stop_why")
    with st.container(horizontal=True):
        if judged.standing is Standing.SUSPENDED:
            if st.button("Let it work again"):
                ask(resume, desk(), review.model, why, actor=who.id)
                st.rerun()
        elif st.button("Suspend"):
            ask(suspend, desk(), review.model, why, actor=who.id)
            st.rerun()
        if st.button("Withdraw for good"):
            ask(withdraw, desk(), review.model, why, actor=who.id)
            st.rerun()
