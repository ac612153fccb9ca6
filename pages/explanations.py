"""Explanations: what drives the scores, overall and for this one case?"""

import streamlit as st

from core.records.models import Task
from core.records.predicate import to_address
from core.runs.hiding import hides_slice
from pages._explain import (
    CASE,
    COLUMN,
    MOVED,
    PAIRS,
    TRUST,
    choose_part,
    draw_how,
    explained_or_job,
    output_choice,
)
from pages._explain_case import draw_case
from pages._explain_column import draw_column
from pages._explain_drivers import draw_drivers
from pages._explain_moved import draw_moved
from pages._explain_pairs import draw_pairs
from pages._explain_trust import draw_experts, draw_trust
from pages._frame import desk
from pages._page import ask, evaluation_or_stop, experts, header, link, say_ended

header("explanations")
say_ended()
frame, evaluation = evaluation_or_stop("explanations")
if frame.where is not None and ask(hides_slice, desk(), evaluation, frame.where):
    st.markdown("These rows are hidden: there are too few of them. Choose a larger slice.")
    st.stop()
st.session_state["_figures"] = {}
place = st.container()
controls = st.container(horizontal=True, vertical_alignment="center")
said = explained_or_job(evaluation, frame.where, controls)
with controls:
    part = choose_part()
task = evaluation.answer.task
said = said.of(output_choice(evaluation) if task is Task.MULTICLASS else "")
match part:
    case part if part == COLUMN:
        draw_column(said, place)
    case part if part == PAIRS:
        draw_pairs(said, place)
    case part if part == CASE:
        draw_case(said, place)
    case part if part == MOVED:
        draw_moved(said, place)
    case part if part == TRUST:
        draw_trust(said, place)
    case _:
        draw_drivers(said, place)
with place:
    draw_how(said)

with experts("ex") as opened:
    if opened:
        draw_experts(said)
slice_ = {"slice": to_address(frame.where)} if frame.where else {}
link("explanations", evaluation, said.controls(part) | slice_)
