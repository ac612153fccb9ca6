"""Which class, and from which score upwards: two choices that several pages share."""

import streamlit as st

from core.records.evaluations import Evaluation
from core.records.models import Task
from pages._frame import desk
from pages._shown import escape


def class_choice(evaluation: Evaluation, whole: str) -> str:
    """Draw the choice of a class and return it; nothing for `whole`, or where none is told."""
    if evaluation.answer.task is not Task.MULTICLASS:
        return ""
    said = st.pills(
        "Class",
        [whole, *evaluation.answer.classes],
        key="class",
        default=whole,
        format_func=escape,
        bind="query-params",
    )
    return "" if said in (None, whole) else str(said)


def threshold_choice(evaluation: Evaluation, label: str) -> int:
    """Draw the slider of the threshold and return thousandths.

    It starts at the model's own threshold, and goes back there when another model is
    chosen, unless the address names one.
    """
    decided = desk().workspace.state.threshold(evaluation.model) / 10
    before = st.session_state.get("_act_model", evaluation.model)
    if before != evaluation.model and "act" not in st.query_params:
        st.session_state.pop("act", None)
    st.session_state["_act_model"] = evaluation.model
    act = st.slider(
        label,
        0.0,
        100.0,
        decided,
        0.1,
        key="act",
        format="%.1f\u00a0%%",
        bind="query-params",
        persist_state="session",
    )
    return round(act * 10)
