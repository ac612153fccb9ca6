"""People and policy: who may do what, and which limits apply?"""

import streamlit as st

from pages._page import experts, header
from pages._people import draw_people
from pages._policy import draw_answer, draw_experts, draw_settings
from pages._policy_draft import draw_policy

POLICY, PEOPLE, SETTINGS = PARTS = ("Policy", "People", "Settings")

header("people_and_policy")
draw_answer()
if st.session_state.get("part") not in PARTS:
    st.session_state.pop("part", None)
part = st.segmented_control(
    "Part",
    PARTS,
    key="part",
    default=POLICY,
    required=True,
    bind="query-params",
    label_visibility="collapsed",
)
match part:
    case part if part == PEOPLE:
        draw_people()
    case part if part == SETTINGS:
        draw_settings()
    case _:
        draw_policy()
with experts("ex") as opened:
    if opened:
        draw_experts()
