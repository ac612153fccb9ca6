"""Import, step 5: names, and the start of the evaluation."""

from dataclasses import replace

import streamlit as st

from core.estimates.wording import say_rows
from core.records.data import Split
from core.records.draft import Draft
from core.runs.drafting import save_draft
from core.runs.finishing import unfinished
from core.runs.jobs import Job
from pages._frame import desk, jump, start_job
from pages._page import job_panel
from pages._shown import escape

DATA_FIELDS = ("licence", "source", "collected")
MODEL_FIELDS = (
    "algorithm",
    "hyper-parameters",
    "training data",
    "code commit",
    "licence",
    "owner",
)


def draw_finish(draft: Draft) -> None:
    """Draw names and declared fields, then Evaluate with its progress."""
    left, right = st.columns(2)
    with left:
        st.header("The table", anchor=False)
        draft = _draw_table_fields(draft)
    with right:
        st.header("The model", anchor=False)
        draft = _draw_model_fields(draft)
    trouble = unfinished(draft)
    if trouble:
        st.markdown(escape(trouble))
    elif draft.reading:
        st.caption(f"{say_rows(draft.reading.rows)} will be scored and counted.")
    running = "_job_import" in st.session_state
    if st.button(
        "Evaluate",
        type="primary",
        disabled=bool(trouble) or running,
        help=escape(trouble) or None,
    ):
        save_draft(desk(), draft)
        asked = {"draft": draft.id}
        start_job("_job_import", "import", asked)
        st.rerun()
    job_panel("_job_import", on_done=_land)


def _draw_table_fields(draft: Draft) -> Draft:
    name = st.text_input("Name", draft.data_name, key="data_name", max_chars=80)
    splits = [split.value for split in Split]
    split = st.selectbox("Part", splits, splits.index(draft.split.value), key="split")
    window = draft.window
    if split == Split.PRODUCTION.value:
        start = st.date_input("Window from", key="window_from")
        end = st.date_input("Window to", key="window_to")
        window = (str(start), str(end))
    declared = _draw_declared("data", DATA_FIELDS, dict(draft.data_declared))
    return replace(
        draft,
        data_name=name.strip() or draft.data_name,
        split=Split(str(split)),
        window=window if split == Split.PRODUCTION.value else None,
        data_declared=declared,
    )


def _draw_model_fields(draft: Draft) -> Draft:
    name = st.text_input(
        "Name", draft.model_name or "My model", key="model_name", max_chars=80
    )
    declared = _draw_declared("model", MODEL_FIELDS, dict(draft.model_declared))
    return replace(draft, model_name=name.strip() or "My model", model_declared=declared)


def _draw_declared(
    about: str, fields: tuple[str, ...], known: dict[str, str]
) -> tuple[tuple[str, str], ...]:
    with st.expander("Declared by you, not checked by anybody"):
        said = {
            field: st.text_input(
                field.capitalize(),
                known.get(field, ""),
                key=f"{about}_{field}",
                max_chars=500,
            )
            for field in fields
        }
    return tuple((field, text.strip()) for field, text in said.items() if text.strip())


def _land(job: Job) -> None:
    """Choose what was made and go to its slices."""
    st.session_state.pop("draft", None)
    jump("slices.py", desk().workspace.state.evaluation(job.result))
