"""A new version of the policy: a gate by form, the whole as YAML, old and new side by side."""

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from core.errors import CountersignError
from core.estimates.wording import WORDS
from core.records.estimate import Compare, Gate, Severity, Word
from core.records.reviews import Role
from core.reviews.gate_text import change_gate
from core.reviews.policy import templates
from core.runs.policies import (
    ENDS,
    Tried,
    check_editor,
    freeze_draft,
    gates_today,
    policy_text,
    try_policy,
)
from pages._frame import desk
from pages._page import ask
from pages._policy import SIGNS, draw_each, draw_gates
from pages._shown import escape
from pages._who import actor

DRAFT: Final = "_policy_draft"
FORCE: Final = "the policy in force"
FORM, YAML = "One gate", "All as YAML"
FIELDS: Final = (
    "title",
    "comparator",
    "limit",
    "compare",
    "min_rows",
    "severity",
    "waivable_by",
    "max_waiver_days",
)


def draw_policy() -> None:
    """Draw the gates, and the draft of the next version while there is one."""
    if DRAFT not in st.session_state:
        today = ask(gates_today, desk())
        picked = draw_gates(today, key="gates")
        for gate in today:
            if gate.gate.id == picked:
                draw_each(gate)
        _offer_draft()
        return
    text: str = st.session_state[DRAFT]
    try:
        tried = try_policy(desk(), text)
    except CountersignError as error:
        st.error(escape(f"{error} {error.hint}"), title=WORDS[Word.FAIL])
        _edit_text(text)
        _drop_button()
        return
    left, right = st.columns([3, 2])
    with left:
        picked = draw_gates(tried.now, tried.draft, key="gates_draft")
        _say_dropped(tried)
        _freeze_button(tried)
    with right:
        _edit(tried, text, picked)


def _offer_draft() -> None:
    try:
        check_editor(desk(), actor())
    except CountersignError as error:
        st.caption(escape(f"{error} {error.hint}"))
        return
    starts = {FORCE: ""} | {each.title: each.text for each in templates()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = st.selectbox("Begin with", list(starts), key="policy_start", width=430)
        if st.button("New policy version"):
            st.session_state[DRAFT] = starts[start or FORCE] or policy_text(desk())
            st.rerun()


def _edit(tried: Tried, text: str, picked: str | None) -> None:
    way = st.segmented_control(
        "Edit",
        [FORM, YAML],
        key="policy_way",
        default=FORM,
        required=True,
        label_visibility="collapsed",
    )
    if way == YAML:
        _edit_text(text)
        return
    gates = {each.gate.id: each.gate for each in tried.draft}
    if picked and picked != st.session_state.get("_gate_row"):
        st.session_state["gate"] = picked
    st.session_state["_gate_row"] = picked
    if st.session_state.get("gate") not in gates:
        st.session_state.pop("gate", None)
    chosen = st.selectbox(
        "Gate",
        list(gates),
        key="gate",
        format_func=lambda id_: (
            f"{id_} {escape(gates[id_].title)}" if id_ in gates else id_
        ),
        bind="query-params",
    )
    if chosen:
        st.markdown(f"**{escape(tried.line(chosen))}**")
        _edit_gate(gates[chosen])


def _edit_gate(gate: Gate) -> None:
    """Draw a gate's fields; each change goes into the draft at once."""
    for name in FIELDS:
        value = getattr(gate, name)
        st.session_state[_key(name)] = getattr(value, "value", value)
    told: dict[str, Any] = {"on_change": _take, "args": (gate,)}
    st.text_input("Rule in words", key=_key("title"), **told)
    one, two, three = st.columns([1, 1.4, 1.8])
    one.selectbox(
        "Is", list(SIGNS), key=_key("comparator"), format_func=SIGNS.__getitem__, **told
    )
    two.number_input("Limit", key=_key("limit"), step=0.01, format="%.6g", **told)
    three.selectbox(
        "Compare",
        [c.value for c in Compare],
        key=_key("compare"),
        format_func=lambda c: ENDS[Compare(c)],
        **told,
    )
    one, two = st.columns(2)
    one.number_input("Minimum of rows", 1, key=_key("min_rows"), step=10, **told)
    two.selectbox("If broken", [s.value for s in Severity], key=_key("severity"), **told)
    one, two = st.columns(2)
    one.selectbox(
        "Waivable by",
        ["", *(role.value for role in Role)],
        key=_key("waivable_by"),
        format_func=lambda role: role or "nobody",
        **told,
    )
    two.number_input("For at most, days", 1, 730, key=_key("max_waiver_days"), **told)


def _key(name: str) -> str:
    return f"gate_{name}"


def _take(gate: Gate) -> None:
    """Put what the fields say into the draft."""
    said = {name: st.session_state[_key(name)] for name in FIELDS}
    changed = replace(
        gate,
        **said
        | {"compare": Compare(said["compare"]), "severity": Severity(said["severity"])},
    )
    st.session_state[DRAFT] = change_gate(st.session_state[DRAFT], changed)


def _edit_text(text: str) -> None:
    st.session_state["policy_text"] = text

    def take() -> None:
        st.session_state[DRAFT] = st.session_state["policy_text"]

    st.text_area(
        "The whole policy", key="policy_text", height=420, on_change=take, max_chars=100_000
    )
    st.caption("Leave the field to see what changes.")


def _say_dropped(tried: Tried) -> None:
    left = {each.gate.id for each in tried.draft}
    gone = [each.gate.id for each in tried.now if each.gate.id not in left]
    if gone:
        st.caption(escape(f"Left out of the draft: {', '.join(gone)}."))


def _freeze_button(tried: Tried) -> None:
    number = desk().workspace.state.policy.policy.number + 1
    st.caption("This is a draft: nothing counts until it is frozen.")
    with st.container(horizontal=True):
        if st.button(f"Freeze version {number}", type="primary"):
            _freeze_dialog(number, tried)
        _drop_button()


def _drop_button() -> None:
    if st.button("Drop the draft"):
        del st.session_state[DRAFT]
        st.rerun()


@st.dialog("Put this policy in force")
def _freeze_dialog(number: int, tried: Tried) -> None:
    st.markdown(
        f"Policy {number} with {len(tried.draft)} gates holds for every model from now on. "
        "The policy is part of the evidence: every signature becomes stale, and whoever "
        "freezes it cannot sign under it."
    )
    if st.button("Freeze", type="primary", key="freeze_now", on_click=_freeze):
        st.rerun()


def _freeze() -> None:
    ask(freeze_draft, desk(), st.session_state[DRAFT], actor=actor())
    del st.session_state[DRAFT]
