"""Calibration: when it says 80 %, does it happen 80 % of the time, and where should we act?"""

from dataclasses import replace

import streamlit as st

from core.records.models import Task
from core.records.predicate import to_address, to_words
from core.runs.calibrating import calibration_of
from core.runs.hiding import hides_slice
from core.runs.score_rollups import Scores
from pages._calibration import PARTS, TOP, draw_lines, say_answer
from pages._calibration_act import draw_acting
from pages._calibration_amounts import draw_amounts
from pages._calibration_experts import draw_experts
from pages._calibration_recal import draw_recalibration
from pages._calibration_slices import draw_by_slice
from pages._frame import choose_slice, desk
from pages._page import (
    answer,
    ask,
    evaluation_or_stop,
    experts,
    header,
    link,
    say_ended,
)
from pages._shown import escape
from pages._threshold import class_choice

header("calibration")
say_ended()
frame, evaluation = evaluation_or_stop("calibration")
task = evaluation.answer.task
if task is Task.REGRESSION:
    draw_amounts(evaluation, Scores(desk(), evaluation, where=frame.where))
    slice_ = {"slice": to_address(frame.where)} if frame.where else {}
    link("calibration", evaluation, slice_)
    st.stop()
if not evaluation.labelled:
    answer(
        "○ Not measured", "", "No label, so nobody can count what happened to these rows."
    )
    st.stop()

place = st.container()
parts = PARTS if task is Task.BINARY else tuple(p for p in PARTS if p != PARTS[2])
part = st.segmented_control(
    "Part",
    parts,
    key="part",
    default=parts[0],
    required=True,
    bind="query-params",
    label_visibility="collapsed",
)
of_class = class_choice(evaluation, TOP)
every = Scores(desk(), evaluation, of_class)
scores = replace(every, where=frame.where)
if frame.where is not None:
    line = st.container(horizontal=True, vertical_alignment="center")
    line.markdown(f"**{escape(to_words(frame.where))}**", width="content")
    line.button("All rows", icon=":material/close:", on_click=choose_slice, args=("",))
    if ask(hides_slice, desk(), evaluation, frame.where):
        st.markdown(
            "Hidden: few people could be told from this slice. Choose a larger one."
        )
        st.stop()
found = ask(calibration_of, scores)
act = None
match part:
    case "By slice":
        draw_by_slice(evaluation, every, place)
    case "Where to act":
        act = draw_acting(evaluation, scores, place)
    case "Recalibrate":
        draw_recalibration(evaluation, every, place)
    case _:
        with place:
            answer(*say_answer(found))
        draw_lines(evaluation, found, scores)

with experts("ex") as opened:
    if opened:
        draw_experts(evaluation, found)
controls = {"part": str(part), "class": of_class} | (
    {"act": str(act / 10)} if act is not None else {}
)
own = {
    k: str(st.session_state[k])
    for k in ("curve", "rule", "recal", "cost", "cap")
    if k in st.session_state
}
slice_ = {"slice": to_address(frame.where)} if frame.where else {}
link("calibration", evaluation, {k: v for k, v in (controls | own | slice_).items() if v})
