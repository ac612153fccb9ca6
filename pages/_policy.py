"""The parts of People and policy: the answer, the table of gates, and the settings."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.estimates.wording import ATTENTION, NBSP, WORDS
from core.records.estimate import Word
from core.records.texts import say_text
from core.runs.policies import (
    ENDS,
    GateToday,
    changed_after,
    gates_today,
    policy_text,
    say_limit,
    say_set,
)
from pages._frame import desk
from pages._page import answer, ask, facts_table
from pages._shown import escape

SIGNS: Final = {"<=": "≤", ">=": "≥"}
COLOURS: Final = {
    WORDS[Word.PASS]: "green",
    WORDS[Word.FAIL]: "red",
    ATTENTION: "orange",
    WORDS[Word.INSUFFICIENT]: "gray",
    WORDS[Word.NOT_MEASURED]: "gray",
    WORDS[Word.NOT_APPLICABLE]: "gray",
}


def draw_answer() -> None:
    """Say since when the policy is in force, whether it came first, and how it would end."""
    before, sentence = ask(say_set, desk())
    today = ask(gates_today, desk())
    failing = sum(gate.fails > 0 for gate in today)
    if any(gate.lights for gate in today):
        verb = "fails" if failing == 1 else "fail"
        sentence += f" {failing or 'None'} of its {len(today)} gates {verb} today."
    changed = changed_after(desk())
    if changed:
        sentence += f" {changed[-1]}"
    if before and not changed:
        with st.container(border=True):
            st.markdown(escape(sentence))
    else:
        answer(ATTENTION, "limits were set late", sentence)


def draw_gates(
    now: Sequence[GateToday], draft: Sequence[GateToday] = (), *, key: str
) -> str | None:
    """Draw one line per gate, with the draft's verdict beside today's; return the chosen id."""
    shown = draft or now
    today = {each.gate.id: each for each in now}
    lines = []
    for each in shown:
        gate = each.gate
        was = today.get(gate.id)
        line: dict[str, object] = {
            "Gate": say_text(gate.title),
            "Limit": f"{SIGNS[gate.comparator]} {say_limit(gate)}",
        }
        if not draft:
            line |= {
                "Compare": ENDS[gate.compare],
                "Min rows": gate.min_rows,
                "Severity": gate.severity.value,
            }
        line["Today"] = [was.worst] if was else []
        lines.append(line | ({"Draft": [each.worst]} if draft else {}))
    badge = st.column_config.MultiselectColumn(
        options=list(COLOURS), color=list(COLOURS.values()), width=120
    )
    event = st.dataframe(
        lines,
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        alt="The gates of the policy, each with its limit and what it says today.",
        column_config={
            "Gate": st.column_config.TextColumn(pinned=True, width=225 if draft else 330),
            "Limit": st.column_config.TextColumn(width=70),
            "Compare": st.column_config.TextColumn(width=90),
            "Min rows": st.column_config.NumberColumn(format="localized", width=70),
            "Severity": st.column_config.TextColumn(width=70),
            "Today": badge,
            "Draft": badge,
        },
    )
    rows = event["selection"]["rows"]
    return shown[rows[0]].gate.id if rows and rows[0] < len(shown) else None


def draw_each(gate: GateToday) -> None:
    """Draw what one gate says of each model version."""
    said = " · ".join(f"{escape(title)} {light}" for title, light in gate.lights)
    st.markdown(f"**{gate.gate.id}** {said}" if said else f"**{gate.gate.id}**")
    waived = gate.gate.waivable_by
    who = f"{waived}, for {gate.gate.max_waiver_days} days at most" if waived else "nobody"
    st.caption(escape(f"Waivable by {who}. {' '.join(gate.gate.questions)}"))
    if gate.gate.maps_to:
        st.caption(escape(f"Supports {', '.join(gate.gate.maps_to)}."))


def draw_settings() -> None:
    """Draw what applies to the whole workspace, and where it is changed."""
    policy = desk().workspace.state.policy.policy
    facts_table(
        [
            (
                "Privacy limit",
                f"slices with fewer than {policy.privacy_limit} rows are hidden",
            ),
            (
                "Decision threshold",
                f"{policy.decision_threshold / 10:g}{NBSP}%, where a model has none of its own",
            ),
            ("Minimum of rows", f"{policy.min_rows} to judge a slice"),
            ("Minimum of a denominator", f"{policy.min_denominator} to judge a rate"),
            ("Level of verdicts", f"{policy.alpha:g}"),
            (
                "Slice tolerance",
                f"a slice may be worse by {policy.slice_tolerance * 100:g} points",
            ),
        ]
    )
    st.caption(
        "These stand in the policy: begin a new version under Policy to change them."
    )
    st.caption(
        "A model's own threshold is set on Calibration, personal columns on Provenance."
    )


def draw_experts() -> None:
    """Draw the policy as it is kept, its hash, and every change after results were seen."""
    version = desk().workspace.state.policy
    for sentence in changed_after(desk()):
        st.markdown(escape(sentence))
    facts_table([("Policy", str(version.policy.number)), ("SHA-256", version.object)])
    st.code(ask(policy_text, desk()), language="yaml")
