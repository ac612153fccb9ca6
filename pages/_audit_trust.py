"""For experts: signed heads, that the log only grew between them, and a head from elsewhere."""

import json

import streamlit as st

from core.errors import CountersignError
from core.estimates.wording import ATTENTION, WORDS
from core.records.canonical import canonical
from core.records.estimate import Word
from core.runs.heads import check_head, growth_proof, heads_of, read_head
from pages._frame import desk
from pages._page import ask, facts_table
from pages._shown import escape


def draw_experts() -> None:
    """Draw the newest head, the proof that it grew from the one before, and a check."""
    heads = ask(heads_of, desk())
    if heads:
        last = heads[-1]
        facts_table(
            [
                ("Signed heads", f"{len(heads):,}"),
                ("Newest covers", f"{last.head.size:,} events"),
                ("Root", last.head.root),
                ("Signed", last.head.at),
                ("Key", last.key),
            ]
        )
        st.download_button(
            "Download the newest head", canonical(last), "head.json", "application/json"
        )
    if len(heads) > 1:
        older, newer = heads[-2].head, heads[-1].head
        grown = ask(growth_proof, desk(), older, newer)
        st.caption(
            f"{len(grown)} hashes show that the first {older.size:,} events are still the "
            f"same among {newer.size:,} (consistency proof, RFC 6962)."
        )
        st.code("\n".join(grown) or newer.root)
    _draw_elsewhere()
    st.caption("Same from a shell")
    st.code("countersign doctor")


def _draw_elsewhere() -> None:
    told = st.text_area(
        "A head that you kept elsewhere",
        key="head_elsewhere",
        placeholder='{"head": …, "key": …, "signature": …}',
        height=90,
    )
    if not told:
        return
    try:
        signed = read_head(json.loads(told))
        check_head(desk(), signed, desk().workspace.events)
    except ValueError:
        st.warning("This is no JSON.", title=ATTENTION)
    except CountersignError as error:
        st.error(escape(f"{error} {error.hint}"), title=WORDS[Word.FAIL])
    else:
        size = signed.head.size
        st.success(
            f"The log still begins with these {size:,} events.", title=WORDS[Word.PASS]
        )
