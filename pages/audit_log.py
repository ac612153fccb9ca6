"""Audit log: what happened, when, by whom, and is the log intact?"""

import streamlit as st

from pages._audit import draw_answer, draw_bar, draw_lines, wanted_lines
from pages._audit_line import draw_drawer
from pages._audit_trust import draw_experts
from pages._frame import desk
from pages._page import ask, empty_workspace, experts, header

header("audit_log")
if desk().workspace.state.empty:
    empty_workspace()
    st.stop()

draw_answer()
found = ask(wanted_lines)
draw_bar(found)
draw_lines(found)
draw_drawer()
with experts("ex") as opened:
    if opened:
        draw_experts()
