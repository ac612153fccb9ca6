"""Import, step 3: what each column is for."""

from dataclasses import replace

import streamlit as st

from core.records.canonical import to_plain
from core.records.data import Column, ColumnType, Use
from core.records.draft import Draft
from core.records.texts import say_text
from core.runs.drafting import save_draft, say_columns, say_ids
from pages._frame import desk, start_job
from pages._page import job_panel
from pages._shown import escape, name_column

NONE = "no label"
TYPES = {type_.word: type_ for type_ in ColumnType}


def draw_columns(draft: Draft) -> None:
    """Draw the editor of uses and marks, with the reason of each guess."""
    reading = draft.reading
    if reading is None:
        return
    label = _draw_label(draft)
    facts = {fact.name: fact for fact in reading.columns}
    why = {guess.column.name: guess.why for guess in draft.guesses}
    lines = [
        {
            "Column": say_text(column.name),
            "Type": column.type.word,
            "Use": column.use.value,
            "Group": column.group,
            "Sensitive": column.sensitive,
            "Why": say_text(why.get(column.name, "")),
            "Example": say_text(", ".join(facts[column.name].examples[:2])),
            "Missing": facts[column.name].missing / max(reading.rows, 1) * 100,
            "Distinct": facts[column.name].distinct,
        }
        for column in draft.columns
    ]
    edited = st.data_editor(
        lines,
        key=f"columns_{draft.id}_{label}",
        hide_index=True,
        height=420,
        disabled=["Column", "Why", "Example", "Missing", "Distinct"],
        column_config={
            "Column": name_column(column.name for column in draft.columns),
            "Type": st.column_config.SelectboxColumn(options=list(TYPES), required=True),
            "Use": st.column_config.SelectboxColumn(
                options=[use.value for use in Use], required=True
            ),
            "Group": st.column_config.CheckboxColumn(help="Slices are made by it."),
            "Sensitive": st.column_config.CheckboxColumn(help="A protected trait."),
            "Missing": st.column_config.NumberColumn(format="%.1f\u00a0%%"),
            "Distinct": st.column_config.NumberColumn(format="localized"),
        },
    )
    columns = tuple(
        Column(
            column.name,
            TYPES[str(line["Type"])],
            Use(str(line["Use"])),
            group=bool(line["Group"]),
            sensitive=bool(line["Sensitive"]),
        )
        for line, column in zip(edited, draft.columns, strict=True)
    )
    _draw_retype(draft, columns)
    if trouble := say_columns(columns):
        st.markdown(escape(trouble))
    elif not any(column.use is Use.LABEL for column in columns):
        st.caption(
            "No column is the label. That is allowed; then nobody can count how often "
            "the model is right."
        )
    if draft.reading and (note := say_ids(draft.reading, columns)):
        st.caption(escape(note))
    retyped = [
        c.name for c, old in zip(columns, draft.columns, strict=True) if c.type != old.type
    ]
    if st.button(
        "Columns are right",
        type="primary",
        disabled=bool(trouble or retyped),
        help="Read the file again with the new types first."
        if retyped
        else escape(trouble) or None,
    ):
        changed = columns != draft.columns
        kept = replace(draft, columns=columns, columns_confirmed=True)
        if changed:
            kept = replace(kept, feeds=(), answer=None, answer_confirmed=False)
        save_draft(desk(), kept)
        st.session_state["_step"] = 3
        st.rerun()


def _draw_label(draft: Draft) -> str:
    """Ask for the one column that matters most, and return its name."""
    named = [column.name for column in draft.columns if column.use is Use.LABEL]
    label = named[0] if named else NONE
    names = [NONE, *(column.name for column in draft.columns)]
    said = st.selectbox(
        "The label: the column that says what really happened",
        names,
        names.index(label),
        key=f"label_{draft.id}",
        format_func=say_text,
    )
    if said not in (label, None):
        columns = tuple(_relabelled(column, str(said)) for column in draft.columns)
        kept = replace(
            draft, columns=columns, feeds=(), answer=None, answer_confirmed=False
        )
        save_draft(desk(), kept)
        st.rerun()
    return label


def _relabelled(column: Column, label: str) -> Column:
    if column.name == label:
        return replace(column, use=Use.LABEL, group=False)
    return replace(column, use=Use.FEATURE) if column.use is Use.LABEL else column


def _draw_retype(draft: Draft, columns: tuple[Column, ...]) -> None:
    """Offer to read the file again where a type was changed by hand."""
    if draft.read_as is None:
        return
    changed = [
        (column.name, column.type)
        for column, old in zip(columns, draft.columns, strict=True)
        if column.type != old.type
    ]
    if changed:
        names = ", ".join(name for name, _ in changed)
        st.caption(
            escape(f"Another type for {names}: values that do not fit will be listed.")
        )
        if st.button("Read again"):
            types = dict(draft.read_as.types) | dict(changed)
            read_as = replace(draft.read_as, types=tuple(types.items()))
            asked = {"draft": draft.id, "read_as": to_plain(read_as)}
            start_job("_job_read", "read", asked)
    job_panel("_job_read")
