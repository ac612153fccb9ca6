"""Import, steps 1 and 2: choose a file, and see how it was read."""

from dataclasses import replace

import streamlit as st

from core.estimates.wording import ATTENTION, say_bytes, say_rows
from core.records.canonical import to_plain
from core.records.data import ReadAs, Reading
from core.records.draft import Draft
from core.records.texts import say_text
from core.runs.drafting import (
    drop_draft,
    inbox_files,
    inbox_path,
    preview,
    start_draft,
)
from pages._frame import desk, start_job
from pages._page import ask, job_panel
from pages._shown import escape, show_table

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
DATES = ("year first", "day first", "month first")
ENCODINGS = ("utf-8", "utf-16", "latin-1")
TYPES = ["csv", "tsv", "parquet", "jsonl", "ndjson", "json", "gz"]


def draw_file(draft: Draft | None) -> None:
    """Draw step 1: upload a table, or choose one that lies in the inbox."""
    if draft is not None:
        st.markdown(escape(f"This import is about {draft.file_name}."))
    left, right = st.columns(2)
    with left:
        uploaded = st.file_uploader(
            "A table: CSV, Parquet or JSON lines, up to 200 MB", type=TYPES, key="upload"
        )
        if uploaded is not None and st.button(
            "Read file", type="primary", key="read_upload"
        ):
            _begin(ask(start_draft, desk(), uploaded.name, uploaded))
    with right:
        names = ask(inbox_files, desk())
        if names:
            name = st.selectbox(
                "Or a file from the inbox of the workspace", names, format_func=say_text
            )
            if st.button("Read file", key="read_inbox") and name:
                with ask(inbox_path, desk(), name).open("rb") as file:
                    _begin(ask(start_draft, desk(), say_text(name), file))
        else:
            st.caption(
                "Larger files: lay them into the folder `inbox` of the workspace; "
                "they are listed here."
            )


def draw_drafts(found: tuple[Draft, ...], current: Draft | None) -> None:
    """Offer to go on with an import that was not finished."""
    others = [d for d in found if current is None or d.id != current.id]
    if not others:
        return
    st.header("Not finished", anchor=False)
    for draft in others[:5]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(escape(draft.file_name))
            if st.button("Go on", key=f"go_{draft.id}"):
                st.session_state["draft"] = draft.id
                st.session_state["_step"] = 1
                st.rerun()
            if st.button("Throw away", key=f"throw_{draft.id}"):
                drop_draft(desk(), draft.id)
                st.rerun()


def draw_reading(draft: Draft) -> None:
    """Draw step 2: how the file was read, and the controls that correct it."""
    if draft.reading is None:
        if "_job_read" not in st.session_state:
            _read_again(draft, draft.read_as)
        job_panel("_job_read")
        return
    reading = draft.reading
    st.markdown(escape(_say(reading)))
    if draft.reasons:
        st.caption(escape(" ".join(draft.reasons)))
    if reading.read_as.format == "csv":
        _draw_controls(draft, reading.read_as)
    job_panel("_job_read")
    left, right = st.columns([3, 2])
    with left:
        st.caption("As understood, the first 20 rows")
        st.dataframe(
            show_table(ask(preview, desk(), draft)),
            hide_index=True,
            height=320,
            placeholder="–",
            alt="The first 20 rows as they were understood.",
        )
    with right:
        if reading.as_written or draft.as_written:
            st.caption("As written, the first 20 lines")
            written = (say_text(line) for line in draft.as_written[:20])
            st.code("\n".join(written), language=None, height=320)
    if reading.rejected_count:
        st.header(f"{ATTENTION} · {reading.rejected_count:,} rejected", anchor=False)
        st.dataframe(
            [
                {
                    "Line": r.line,
                    "Column": say_text(r.column),
                    "Text": say_text(r.text),
                    "Why": say_text(r.why),
                }
                for r in reading.rejected
            ],
            hide_index=True,
            alt="Lines and values that could not be read.",
        )
    if st.button("Rows and dates are right", type="primary"):
        st.session_state["_step"] = 2
        st.rerun()


def _draw_controls(draft: Draft, now: ReadAs) -> None:
    row = st.columns([1, 1, 1, 1, 1, 1], vertical_alignment="bottom")
    known = list(dict.fromkeys([*DELIMITERS, now.delimiter]))
    delimiter = row[0].selectbox(
        "Separator",
        known,
        known.index(now.delimiter),
        format_func=lambda d: DELIMITERS.get(d, say_text(d)),
        key="r_delimiter",
    )
    decimal = row[1].selectbox(
        "Decimal", [".", ","], int(now.decimal == ","), key="r_decimal"
    )
    dates = row[2].selectbox("Dates", DATES, DATES.index(now.dates), key="r_dates")
    encodings = list(dict.fromkeys([*ENCODINGS, now.encoding]))
    encoding = row[3].selectbox(
        "Letters", encodings, encodings.index(now.encoding), key="r_encoding"
    )
    header = row[4].checkbox("Header", now.header, key="r_header")
    wanted = replace(
        now,
        delimiter=str(delimiter),
        decimal=str(decimal),
        dates=str(dates),
        encoding=str(encoding),
        header=header,
    )
    if row[5].button("Read again", disabled=wanted == now, help="Change something first."):
        _read_again(draft, wanted)


def _begin(draft: Draft) -> None:
    st.session_state["draft"] = draft.id
    st.session_state["_step"] = 1
    _read_again(draft, None)
    st.rerun()


def _read_again(draft: Draft, read_as: ReadAs | None) -> None:
    asked = {"draft": draft.id, "read_as": to_plain(read_as) if read_as else None}
    start_job("_job_read", "read", asked)


def _say(reading: Reading) -> str:
    shape = f"{say_rows(reading.rows)}, {len(reading.columns)} columns"
    size = say_bytes(reading.file_bytes)
    if reading.read_as.format != "csv":
        return f"Read as {reading.read_as.format}: {shape}, {size}."
    separator = DELIMITERS.get(reading.read_as.delimiter, reading.read_as.delimiter)
    rejected = (
        f" {reading.rejected_count:,} rejected lines or values are listed below."
        if reading.rejected_count
        else ""
    )
    letters = reading.read_as.encoding.upper()
    return f"Read as {separator}-separated {letters}: {shape}, {size}.{rejected}"
