"""Slices: for whom is the model worse, and can we be sure?"""

import streamlit as st

from core.cards.card import say_agreement
from core.records.models import Task
from core.records.predicate import to_address
from core.runs.asking import asked_of
from core.runs.slicing import say_left_out
from core.runs.windows import over_time
from pages._frame import desk
from pages._page import (
    answer,
    ask,
    evaluation_or_stop,
    experts,
    facts_table,
    header,
    link,
    say_ended,
)
from pages._shown import escape
from pages._slices import (
    FAIR,
    ROWS,
    TIME,
    TWO,
    VERSIONS,
    columns_of,
    controls,
    first_column,
    how_counted,
)
from pages._slices_all import draw_all, draw_costs, found_or_job
from pages._slices_chosen import draw_chosen, draw_rows
from pages._slices_fair import draw_fairness, draw_fairness_experts
from pages._slices_more import draw_rows_answer, draw_time, draw_two, draw_versions

header("slices")
say_ended()
frame, evaluation = evaluation_or_stop("slices")
if not columns_of(evaluation):
    left_out = say_left_out(desk(), evaluation)
    nothing = "No column of this table is a feature, a group or sensitive."
    answer("○ Not measured", "", left_out or nothing)
    st.stop()

said = controls(evaluation)
if left_out := say_left_out(desk(), evaluation):
    st.caption(escape(left_out))
asked = asked_of(desk(), evaluation, threshold=said.threshold, of_class=said.of_class)
where = frame.where
found = fairness = None
match said.part:
    case part if part == FAIR:
        fairness = draw_fairness(evaluation, said, asked)
    case part if part == TWO:
        found = found_or_job(evaluation, said, asked)
        if found:
            draw_two(evaluation, said, found)
    case part if part == VERSIONS:
        draw_versions(evaluation, said)
    case part if part == TIME:
        column = first_column(said.control_place, columns_of(evaluation))
        windows = ask(over_time, desk(), evaluation, column, said.metric, asked)
        draw_time(evaluation, said, windows)
        found = windows.judged
    case part if part == ROWS:
        draw_rows_answer(evaluation, said, where, asked)
        draw_rows(evaluation, where, asked.threshold)
    case _:
        found = draw_all(evaluation, said, asked)

if said_before := say_agreement(evaluation.agreement):
    st.caption(said_before)
if where is None:
    st.caption("Click a point, a cell or a line to see more of that slice.")
elif said.part == ROWS:
    st.caption("Rows of the chosen slice.")
else:
    draw_chosen(evaluation, where, asked, said.metric)

with experts("ex") as opened:
    if opened and fairness:
        draw_fairness_experts(fairness)
    elif opened:
        facts_table(how_counted(evaluation, found))
        if evaluation.answer.task is Task.BINARY and evaluation.labelled:
            draw_costs(evaluation)
        st.caption("Same from a shell")
        st.code(f"countersign card --evaluation {evaluation.id[:12]} --format json")
link("slices", evaluation, said.as_controls(to_address(where) if where else ""))
