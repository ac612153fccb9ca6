"""Slices: for whom is the model worse, and can we be sure?"""

import streamlit as st

from core.cards.card import say_agreement, slice_figure
from core.measures.metrics import find_metric
from core.records.predicate import to_address, to_words
from core.runs.asking import asked_of, findings_of, quality_of, slices_of
from pages._frame import choose_slice, desk
from pages._page import (
    answer,
    ask,
    chart,
    evaluation_or_stop,
    experts,
    facts_table,
    header,
    link,
    say_ended,
)
from pages._shown import escape
from pages._slices import (
    columns_of,
    controls,
    draw_chosen,
    draw_table,
    how_counted,
    say_answer,
)

header("slices")
say_ended()
frame, evaluation = evaluation_or_stop("slices")
names = columns_of(evaluation)
if not names:
    answer(
        "○ Not measured", "", "No column of this table is a feature, a group or sensitive."
    )
    st.stop()

said = controls(evaluation, names)
asked = asked_of(desk(), evaluation, threshold=said.threshold, of_class=said.of_class)
metric = find_metric(said.metric)
findings = ask(findings_of, desk(), evaluation)
slices = ask(slices_of, desk(), evaluation, said.columns, asked)
whole = ask(quality_of, desk(), evaluation, asked)
reference = next((h.measured for h in whole.headlines if h.id == metric.id), None)
with said.answer_place:
    answer(*say_answer(evaluation, findings, slices, metric))

left, right = st.columns([3, 2])
chosen_address = to_address(frame.where) if frame.where else ""
figure = slice_figure(slices, metric, evaluation.id, whole=reference, chosen=chosen_address)
with left:
    by = escape(" and ".join(said.columns))
    st.caption(f"{metric.title} by {by} · {metric.meaning}")
    if figure is None:
        st.markdown(f"{metric.title} cannot be estimated for any of these groups.")
    else:
        chart(figure, key="bars", on_click=choose_slice)
with right:
    draw_table(slices, metric)

if said_before := say_agreement(evaluation.agreement):
    st.caption(said_before)
if frame.where is None:
    st.caption("Click a bar or a line of the table to see its rows.")
else:
    st.header(escape(to_words(frame.where)), anchor=False)
    draw_chosen(evaluation, frame.where, asked, metric)

with experts("ex") as opened:
    if opened:
        facts_table(how_counted(evaluation, slices, metric))
        st.caption("Same from a shell")
        st.code(f"countersign card --evaluation {evaluation.id[:12]} --format json")
link("slices", evaluation, said.as_controls(chosen_address))
