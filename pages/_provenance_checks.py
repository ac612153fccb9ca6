"""Checks: each with its light, its number, and the rows concerned."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.estimates.wording import say, say_both, say_rows
from core.records.checks import Check, Checks
from core.records.data import DatasetVersion
from core.records.estimate import Compare, Estimate, Gate, Word
from core.records.texts import say_text
from core.reviews.findings import light, worst_first
from core.runs.checking import give_margins, rows_of_check
from pages._frame import desk
from pages._page import ask
from pages._shown import escape, show_table
from pages._who import NO_ROWS, actor, sees_rows

SHOWS: Final = {"problems": "Problems", "all": "All"}
FOUND: Final = (Word.FAIL, Word.INSUFFICIENT, Word.NOT_MEASURED)
PAGE: Final = 50
ENDS: Final = {
    Compare.POINT: "",
    Compare.LOWER95: "; broken when the whole interval lies above",
    Compare.UPPER95: ", the high end of the interval included",
}
WHY: Final = {
    "duplicates": "A row that counts twice weighs twice in every number.",
    "near_duplicates": "One case that was written down twice counts as two.",
    "row_overlap": "The model has seen the answer to these rows.",
    "entity_overlap": "The model may know these people or things from training.",
    "label_conflicts": "No model can be right on both of two equal cases.",
    "rejected": "What could not be read is in no number of this app.",
    "time_order": "A model is used on what comes later; rows from before tell less.",
    "late_feature": "Nobody knows such a value when the model is asked.",
    "constant": "A column that never changes says nothing.",
    "id_like": "A model that learns ids knows cases, not reasons.",
    "target_name": "A column with the outcome's name may be made from the outcome.",
    "imbalance": "With hardly any cases of the other kind, nothing can be judged.",
    "leak": "A column that gives the outcome away will not be there when it counts.",
    "missing_outcome": "A gap that goes with the outcome is a hint that a model may misuse.",
    "unseen": "The model has never learned what these values mean.",
    "range": "The model was never asked about such numbers before.",
    "margins": "Numbers hold for whom the data represents.",
    "small_groups": "In a small group a person may be recognised.",
    "personal": "Personal data needs a reason, and care.",
}


def draw_checks(dataset: DatasetVersion, checks: Checks | None) -> None:
    """Draw the table of checks and, beside it, the chosen one."""
    if checks is None:
        st.markdown("Nobody checked this table before its rows were erased.")
        return
    lines = worst_first(checks.made)
    problems = [check for check in lines if check.verdict.word in FOUND]
    show = st.segmented_control(
        "Show",
        list(SHOWS),
        key="checks_shown",
        default="all",
        required=True,
        format_func=lambda key: f"{SHOWS[key]} {len(lines if key == 'all' else problems)}",
        label_visibility="collapsed",
    )
    shown: Sequence[Check] = lines if show == "all" else problems
    if not shown:
        st.markdown("No check found a problem.")
        return
    chosen = st.query_params.get("check", shown[0].gate.id)
    left, right = st.columns([3, 2])
    with left:
        _draw_table(shown)
    with right, st.container(border=True):
        _draw_chosen(dataset, next((c for c in shown if c.gate.id == chosen), shown[0]))


def _draw_table(shown: Sequence[Check]) -> None:
    def choose() -> None:
        picked = st.session_state["checks_table"]["selection"]["rows"]
        if picked:
            st.query_params["check"] = shown[picked[0]].gate.id

    st.dataframe(
        [_line(check) for check in shown],
        key="checks_table",
        hide_index=True,
        height=460,
        on_select=choose,
        selection_mode="single-row",
        placeholder="–",
        alt=f"{len(shown)} checks with their verdicts, worst first.",
        column_config={
            "Verdict": st.column_config.TextColumn(pinned=True),
            "Rows": st.column_config.NumberColumn(format="localized", width="small"),
        },
    )


def _line(check: Check) -> dict[str, object]:
    return {
        "Verdict": light(check),
        "Check": check.gate.title,
        "Value": say(check.measured, check.kind),
        "Rows": check.rows or None,
        "Finding in words": say_text(check.sentence),
    }


def _draw_chosen(dataset: DatasetVersion, check: Check) -> None:
    st.markdown(f"**{light(check)} · {escape(check.gate.title)}**")
    st.markdown(escape(check.sentence))
    if check.gate.id in WHY:
        st.caption(WHY[check.gate.id])
    st.caption(escape(_say_rule(check.gate, check.kind)))
    if isinstance(check.measured, Estimate):
        st.caption(escape(f"Measured: {say_both(check.measured, check.kind)}"))
    if check.gate.id == "margins":
        _draw_margins(dataset)
    if check.first:
        _draw_rows(dataset, check)


def _say_rule(gate: Gate, kind: str) -> str:
    limit = f"{gate.limit * 100:g} %" if kind in ("share", "points") else f"{gate.limit:g}"
    return f"Rule: {gate.title.lower()}, at most {limit}{ENDS[gate.compare]}."


def _draw_rows(dataset: DatasetVersion, check: Check) -> None:
    if not sees_rows():
        st.caption(NO_ROWS)
        return
    found = ask(rows_of_check, desk(), dataset, check.first[:PAGE])
    more = f", the first {found.num_rows} of them" if check.rows > found.num_rows else ""
    with st.expander(f"Rows: {say_rows(check.rows)}{more}", expanded=True):
        st.dataframe(
            show_table(found),
            hide_index=True,
            height=240,
            placeholder="–",
            alt=f"{found.num_rows} rows that the check is about.",
        )


def _draw_margins(dataset: DatasetVersion) -> None:
    st.caption("A small CSV says who should be in the data: column,value,share.")
    brought = st.file_uploader("Reference margins", type="csv", key="margins")
    if brought is not None and st.button("Use these margins"):
        ask(give_margins, desk(), dataset, brought.getvalue(), actor=actor())
        st.session_state.get("_checks_begun", set()).discard(dataset.id)
        st.rerun()
