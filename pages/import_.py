"""Import: bring data and a model, and check that they were understood."""

import streamlit as st

from core.errors import CountersignError
from core.runs.drafting import drafts, load_draft
from pages._frame import desk
from pages._import_columns import draw_columns
from pages._import_file import draw_drafts, draw_file, draw_reading
from pages._import_finish import draw_finish
from pages._import_model import draw_model
from pages._page import header, say_ended

STEPS = ("1 File", "2 How it was read", "3 Columns", "4 Model", "5 Evaluate")

header("import")
if "_step" in st.session_state:
    st.session_state["step"] = STEPS[st.session_state.pop("_step")]
step = st.segmented_control(
    "Step",
    STEPS,
    key="step",
    default=STEPS[0],
    required=True,
    bind="query-params",
    label_visibility="collapsed",
)
id_ = st.session_state.get("draft") or st.query_params.get("draft", "")
draft = None
if id_:
    try:
        draft = load_draft(desk(), id_)
        st.session_state["draft"] = id_
        st.query_params["draft"] = id_
    except CountersignError:
        st.session_state.pop("draft", None)
        st.query_params.pop("draft", None)

say_ended()
if step == STEPS[0] or step is None:
    draw_file(draft)
    draw_drafts(drafts(desk()), draft)
elif draft is None:
    st.markdown("There is no file yet. Choose one in the first step.")
elif step == STEPS[1]:
    draw_reading(draft)
elif draft.reading is None:
    st.markdown("The file has not been read yet. Look at the second step.")
elif step == STEPS[2]:
    draw_columns(draft)
elif step == STEPS[3]:
    draw_model(draft)
else:
    draw_finish(draft)
