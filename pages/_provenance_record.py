"""The record: what is known of a table, and by whom."""

import streamlit as st

from core.errors import WrongInputError
from core.estimates.wording import say_bytes
from core.records.data import DatasetVersion
from core.records.provenance import (
    BY_ID,
    FIELDS,
    WORD,
    Field,
    completeness,
    compute_values,
)
from core.runs.recording import declare, record_files
from pages._frame import desk
from pages._page import ask
from pages._shown import escape, wrap
from pages._who import actor


def draw_record(dataset: DatasetVersion) -> None:
    """Draw each field as computed, declared or missing, and how complete the record is."""
    declared = desk().workspace.state.declared_of(dataset)
    computed = compute_values(dataset)
    left, right = st.columns([3, 2])
    with left:
        st.table(
            {wrap(each.title): _value(each, computed, declared) for each in FIELDS},
            border="horizontal",
        )
    with right:
        _draw_edit(dataset)
        st.markdown("**How complete the record is**")
        for found in completeness(declared, frozenset(computed)):
            asked = len(found.given) + len(found.missing)
            text = f"{found.framework}: {WORD} {len(found.given)} of {asked} points"
            st.progress(found.share, text=escape(text))
        _draw_files(dataset)


def _draw_edit(dataset: DatasetVersion) -> None:
    open_ = [each.id for each in FIELDS if each.origin == "declared"]
    picked = st.selectbox(
        "Field", open_, key="record_field", format_func=lambda id_: BY_ID[id_].title
    )
    if st.button("Edit field"):
        _edit(dataset, BY_ID[str(picked)])


def _draw_files(dataset: DatasetVersion) -> None:
    st.markdown("**Export the record**")
    for file in ask(record_files, desk(), dataset):
        label = f"{file.label}, {say_bytes(len(file.data))}"
        st.download_button(label, file.data, file.name, file.type, on_click="ignore")


def _value(field: Field, computed: dict[str, str], declared: dict[str, str]) -> str:
    if field.id in computed:
        return f":gray-badge[computed] {wrap(computed[field.id])}"
    if declared.get(field.id):
        return f":green-badge[declared] {wrap(declared[field.id])}"
    return ":orange-badge[missing]"


@st.dialog("Edit field")
def _edit(dataset: DatasetVersion, field: Field) -> None:
    known = desk().workspace.state.declared_of(dataset).get(field.id, "")
    st.markdown(f"**{escape(field.title)}**")
    st.caption(escape(field.question))
    if field.choices:
        st.caption(escape(f"One of: {', '.join(field.choices)}."))
    text = st.text_area("Value", known, key=f"value_{field.id}")
    if st.button("Save", type="primary"):
        try:
            declare(desk(), dataset.id, field.id, text, actor=actor())
        except WrongInputError as error:  # the dialog stays, and so does the text
            st.error(escape(f"{error} {error.hint}"))
            return
        st.rerun()
