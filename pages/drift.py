"""Drift: is the world still the one the model learned from, and does it still work?"""

import streamlit as st

from core.estimates.wording import say_p
from pages._drift import (
    TIME,
    TOGETHER,
    WHY,
    WORKS,
    choose_metric,
    choose_part,
    choose_reference,
    draw_top,
)
from pages._drift_columns import draw_columns, draw_experts
from pages._drift_time import draw_time
from pages._drift_together import draw_together, say_told
from pages._drift_why import draw_why
from pages._drift_works import draw_works
from pages._page import evaluation_or_stop, experts, facts_table, header, link, say_ended

header("drift")
say_ended()
frame, evaluation = evaluation_or_stop("drift")
place = st.container()
with st.container(horizontal=True, vertical_alignment="bottom"):
    before = choose_reference(evaluation)
    metric = choose_metric(evaluation)
if before is None:
    st.markdown("There is no other table to compare with. Import one that has its columns.")
    st.stop()
draw_top(evaluation, before, metric)
part = choose_part(evaluation)
if frame.where and part in (WORKS, WHY, TOGETHER):
    st.caption("A slice is chosen above; this part looks at all rows.")
compared = told = None
match part:
    case part if part == TIME:
        draw_time(evaluation, before, frame.where, place)
    case part if part == WORKS:
        draw_works(evaluation, before, metric, place)
    case part if part == WHY:
        draw_why(evaluation, before, place)
    case part if part == TOGETHER:
        told = draw_together(evaluation, before, place)
    case _:
        compared = draw_columns(evaluation, before, frame.where, place)

with experts("ex") as opened:
    if opened and compared:
        draw_experts(compared)
    elif opened and told:
        facts_table([("AUC", say_told(told)), ("p, tables alike", say_p(told.p))])
    elif opened:
        st.caption("Distances, noise floors and tests stand here beside What moved.")
own = ("ref", "metric", "col", "kind", "plan", "by")
controls = {k: str(st.session_state[k]) for k in own if st.session_state.get(k)}
link("drift", evaluation, {"part": part} | controls)
