"""One case: what made the score of one row, and what would change it."""

from typing import Final

import streamlit as st

from core.figures.explained import case_bridge
from core.measures.push_words import say_case, say_flip
from core.records.data import ColumnType, Use
from core.records.explanations import Case, Flip
from core.records.models import Task
from core.records.texts import say_text
from core.runs.one_case import (
    Asked,
    Field,
    case_of,
    changed_case,
    fields_of,
    flips_of,
    picked_row,
    picks_of,
    row_of,
    say_value,
)
from pages._explain import Said, say_sentence, show
from pages._frame import desk
from pages._page import ask
from pages._shown import escape
from pages._who import NO_ROWS, sees_rows

NOBODY: Final = "nobody"
FLIPS: Final = 5


def draw_case(said: Said, place: "st.delta_generator.DeltaGenerator") -> None:
    """Draw one row: its bridge, sentences, what-if and the smallest change that flips it."""
    if not sees_rows():
        st.markdown(NO_ROWS)
        return
    found = _choose(said)
    if found is None:
        st.markdown("No row of this slice can be picked so.")
        return
    asked = Asked(desk(), said.evaluation, said.explained, found, said.output)
    rather = _rather(said)
    case = ask(case_of, asked, rather=rather)
    task = said.evaluation.answer.task
    sentences = say_case(case, said.facts, task)
    with place:
        say_sentence(sentences[0])
    left, right = st.columns([3, 2])
    with left:
        show("Case", case_bridge(case, said.unit, said.evaluation.id), key="case_bridge")
    with right:
        for sentence in sentences[1:]:
            st.markdown(escape(sentence))
        if task is Task.BINARY and not rather:
            _draw_flips(said, asked, case)
    if said.facts.game.exact and not rather:
        _draw_what_if(said, asked, case)


def _choose(said: Said) -> int | None:
    """Return the row that is looked at: named by a person, or picked by its score."""
    dataset = desk().workspace.state.dataset(said.evaluation.dataset)
    id_ = dataset.used_as(Use.ID)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        named = st.text_input(
            f"Row, by {id_.name} or number" if id_ else "Row, by number",
            key="row",
            bind="query-params",
            placeholder="or pick one",
        )
        kind = st.pills(
            "Pick", picks_of(said.evaluation), key="case_pick", default="highest",
            required=True, disabled=bool(named),
        )  # fmt: skip
    if named:
        return ask(row_of, desk(), said.evaluation, str(named))
    return ask(
        picked_row, desk(), said.explained, str(kind), output=said.output, where=said.where
    )


def _rather(said: Said) -> str:
    others = [output for output in said.facts.outputs if output != said.output]
    if not others:
        return ""
    chosen = st.selectbox(
        "Rather than", [NOBODY, *others], key="with", format_func=say_text,
        bind="query-params",
    )  # fmt: skip
    return "" if chosen == NOBODY else str(chosen)


def _draw_flips(said: Said, asked: Asked, case: Case) -> None:
    flips: tuple[Flip, ...] = ask(flips_of, asked)
    threshold = desk().workspace.state.threshold(said.evaluation.model)
    st.markdown(f"**{escape(say_flip(flips, case.score, threshold))}**")
    if len(flips) > 1:
        more = "; ".join(
            f"{flip.column} {flip.before} → {flip.after}" for flip in flips[1:FLIPS]
        )
        st.caption(escape(f"Also by itself: {more}."))


def _draw_what_if(said: Said, asked: Asked, case: Case) -> None:
    """Draw a small form of the strongest columns; what changes moves score and bridge."""
    st.markdown("##### What if")
    fields = ask(fields_of, asked, case)
    changes = {}
    columns = st.columns(3)
    for k, field in enumerate(fields):
        with columns[k % 3]:
            value = _draw_field(asked.row, field)
        if value != field.value:
            changes[field.column.name] = value
    if not changes:
        st.caption("Change a value to see the score and the bridge move.")
        return
    changed = ask(changed_case, asked, changes)
    sentences = say_case(changed, said.facts, said.evaluation.answer.task)
    said_changes = ", ".join(f"{name} = {say_value(v)}" for name, v in changes.items())
    say_sentence(f"With {said_changes}: {sentences[0][0].lower()}{sentences[0][1:]}")
    show(
        "What if", case_bridge(changed, said.unit, said.evaluation.id), key="what_if_bridge"
    )


def _draw_field(row: int, field: Field) -> object:
    """Draw the control of one column, within what was seen in the table."""
    name, key = field.column.name, f"what_if_{row}_{field.column.name}"
    if field.choices:
        return st.selectbox(say_text(name), field.choices, key=key, format_func=say_value)
    own = field.value if isinstance(field.value, int | float) else None
    ends = [field.low, field.high] + ([own] if own is not None else [])
    low, high = min(ends), max(ends)
    span = f"seen: {say_value(field.low)} to {say_value(field.high)}"
    if field.column.type is ColumnType.INTEGER:
        return st.number_input(
            say_text(name), int(low), int(high), own, step=1, key=key, help=span
        )
    return st.number_input(say_text(name), low, high, own, key=key, help=span)
