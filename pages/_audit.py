"""The parts of the audit log: whether it is intact, the filters, and its lines."""

from datetime import datetime
from math import ceil
from typing import Final

import streamlit as st

from core.estimates.wording import say_day
from core.records.texts import say_text
from core.runs.audit_lines import Line, Wanted, as_lines, choices, find_lines
from core.runs.auditing import name_of
from core.runs.heads import heads_of, proof_of, sign_head, write_proof
from core.runs.log_check import LogCheck, check_log, say_check
from pages._frame import desk
from pages._page import answer, ask
from pages._shown import escape
from pages._who import actor

PAGE: Final = 50
SINCE: Final = {"7 days": 7, "30 days": 30, "90 days": 90, "the beginning": None}
USUAL: Final = "30 days"
EVERY: Final = "All"


def draw_answer() -> None:
    """Say whether the log is intact, and offer to look again and to sign it."""
    if "_log_check" not in st.session_state:
        st.session_state["_log_check"] = ask(check_log, desk())
    check: LogCheck = st.session_state["_log_check"]
    light, sentence = say_check(check, desk().workspace.now())
    later = len(desk().workspace.events) - check.events
    if later and not check.trouble:
        sentence += f" {later:,} came since."
    left, right = st.columns([3, 1.1], vertical_alignment="center")
    with left:
        answer(light, "", sentence)
    with right:
        st.button("Verify now", on_click=_verify, width="stretch")
        st.button(
            "Sign the head now",
            on_click=_sign,
            width="stretch",
            disabled=bool(check.trouble),
        )


def _verify() -> None:
    st.session_state.pop("_log_check", None)


def _sign() -> None:
    ask(sign_head, desk(), actor=actor())
    _verify()


def wanted_lines() -> tuple[Line, ...]:
    """Draw the filters and return the lines that they let through."""
    topics, actors, actions = choices(desk())
    bar = st.container(horizontal=True, vertical_alignment="bottom")
    st.session_state["_audit_bar"] = bar
    with bar:
        about = st.selectbox(
            "About",
            ["", *topics],
            key="about",
            format_func=lambda each: say_text(each) or EVERY,
            bind="query-params",
            width=190,
        )
        who = st.selectbox(
            "Who",
            ["", *actors],
            key="actor",
            format_func=_name,
            bind="query-params",
            width=190,
        )
        did = st.selectbox(
            "What",
            ["", *actions],
            key="action",
            format_func=lambda each: each.replace(".", " ") or EVERY,
            bind="query-params",
            width=190,
        )
        since = st.selectbox(
            "Since", list(SINCE), index=1, key="since", bind="query-params", width=150
        )
    days = SINCE[since or USUAL]
    return find_lines(desk(), Wanted(about or "", who or "", did or "", days))


def _name(actor_: str) -> str:
    """Return how somebody stands in the list and the address: `Kim Lund (kim)`."""
    name = name_of(desk(), actor_)
    return say_text(name if name == actor_ else f"{name} ({actor_})") or EVERY


def draw_bar(found: tuple[Line, ...]) -> None:
    """Offer the lines that are listed, and the proof of the newest, as files."""
    place = st.session_state["_audit_bar"]
    with place, st.popover("Export", on_change="rerun", key="export_open") as opened:
        if not opened.open:
            return
        st.download_button(
            f"{len(found):,} lines as JSON lines",
            as_lines(found),
            "audit-log.jsonl",
            "application/jsonl",
            disabled=not found,
        )
        heads = ask(heads_of, desk())
        size = heads[-1].head.size if heads else 0
        newest = next((line.event.seq for line in found if line.event.seq <= size), None)
        if newest is not None:
            draw_proof_button(newest)
        st.caption("To prove another line, choose it. A proof needs a signed head.")


def draw_proof_button(seq: int) -> None:
    """Offer the proof of one line: the event, its way to the root, and the signed head."""
    st.download_button(
        f"Proof of No. {seq:,}",
        write_proof(ask(proof_of, desk(), seq)),
        f"event-{seq}-proof.json",
        "application/json",
        key=f"proof_{seq}",
    )


def draw_lines(found: tuple[Line, ...]) -> None:
    """Draw the lines, fifty a page; a chosen one opens in the drawer."""
    if not found:
        st.markdown(f"No event matches; {len(desk().workspace.events):,} without filter.")
        st.button("Clear filter", on_click=_clear)
        return
    pages = ceil(len(found) / PAGE)
    place, page = st.container(), 1
    if pages > 1:
        if st.session_state.get("p", 1) > pages:
            st.session_state["p"] = pages
        page = min(st.pagination(pages, key="p", bind="query-params"), pages)
    shown = found[(page - 1) * PAGE : page * PAGE]

    def opened() -> None:
        rows = st.session_state["audit_table"]["selection"]["rows"]
        if rows and rows[0] < len(shown):
            st.query_params["e"] = str(shown[rows[0]].event.seq)

    place.dataframe(
        [
            {
                "No.": line.event.seq,
                "When (UTC)": _when(line.event.at),
                "Who": say_text(line.who),
                "What in words": say_text(line.what),
                "About": say_text(line.about),
                "Hash": line.event.hash[:8],
            }
            for line in shown
        ],
        key="audit_table",
        hide_index=True,
        on_select=opened,
        selection_mode="single-row",
        alt=f"{len(found):,} lines of the log, the newest first.",
        column_config={
            "No.": st.column_config.NumberColumn(format="localized", width=60),
            "When (UTC)": st.column_config.TextColumn(width=150),
            "Who": st.column_config.TextColumn(width=110),
            "What in words": st.column_config.TextColumn(width=330),
            "About": st.column_config.TextColumn(width=230),
            "Hash": st.column_config.TextColumn(width=80),
        },
    )


def _when(at: str) -> str:
    moment = datetime.fromisoformat(at)
    return f"{say_day(moment)} {moment:%H:%M:%S}"


def _clear() -> None:
    for key in ("about", "actor", "action"):
        st.session_state[key] = ""
    st.session_state["since"] = "the beginning"


def follow(topic: str) -> None:
    """Show all lines about something; for the callback of a button."""
    _clear()
    st.session_state["about"] = topic
    st.query_params.pop("e", None)


def say_line(line: Line) -> str:
    """Return a line as a sentence: when, who, what."""
    return escape(f"{_when(line.event.at)} UTC · {line.who} {line.what}")
