"""One line of the log: the event as it is, the seal before it, and its proof."""

import json

import streamlit as st

from core.errors import CountersignError
from core.records.canonical import to_plain
from core.runs.audit_lines import Line, audit_lines
from core.runs.heads import proof_of, write_proof
from pages._audit import follow, say_line
from pages._frame import desk
from pages._shown import escape


def draw_drawer() -> None:
    """Open the line that the address names, if it names one."""
    wanted = str(st.query_params.get("e", ""))
    line = next((x for x in audit_lines(desk()) if str(x.event.seq) == wanted), None)
    if line is not None:
        _drawer(line)


def _close() -> None:
    st.query_params.pop("e", None)


@st.dialog("One line of the log", width="medium", position="right", on_dismiss=_close)
def _drawer(line: Line) -> None:
    event = line.event
    st.markdown(f"**No. {event.seq:,}** · {say_line(line)}")
    with st.container(horizontal=True):
        for topic in line.topics:
            st.button(
                f"Follow {escape(topic)}",
                key=f"follow_{topic}",
                on_click=follow,
                args=(topic,),
            )
    st.code(
        json.dumps(to_plain(event), indent=2, ensure_ascii=False),
        language="json",
        height=300,
    )
    st.caption("Hash of the line before")
    st.code(event.previous)
    _draw_proof(line)


def _draw_proof(line: Line) -> None:
    try:
        proof = proof_of(desk(), line.event.seq)
    except CountersignError as error:
        st.caption(escape(f"{error} {error.hint}"))
        return
    head = proof.head.head
    st.caption(
        f"Proof that it is among the first {head.size:,} events, whose head was signed at "
        f"{head.at}: {len(proof.path)} hashes (RFC 6962)."
    )
    st.code("\n".join(proof.path) or head.root)
    st.download_button(
        "Download proof",
        write_proof(proof),
        f"event-{line.event.seq}-proof.json",
        "application/json",
    )
