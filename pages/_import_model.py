"""Import, step 4: the model, its inputs, and what its answer means."""

from dataclasses import replace

import streamlit as st

from core.errors import CountersignError
from core.models.matching import order_features, say_match
from core.records.data import Use
from core.records.draft import Draft
from core.records.models import Answer, InputMatch, OutputKind, Task
from core.records.texts import say_text
from core.runs.drafting import (
    attach_model,
    classes_in,
    inbox_models,
    inbox_path,
    likely_task,
    proposed_answer,
    proposed_feeds,
    save_draft,
    score_columns,
)
from pages._frame import desk
from pages._page import ask
from pages._shown import escape

NONE = "choose a column"


def draw_model(draft: Draft) -> None:
    """Draw the choice of a model file or of scores only, then what it needs to be run."""
    _draw_choice(draft)
    if not draft.scores_only and draft.model_facts is None:
        return
    if draft.scores_only:
        columns = score_columns(draft)
        if not columns:
            st.markdown("No column holds scores. Give one the use `score` in step 3.")
            return
        st.markdown(escape(f"The scores stand in {', '.join(columns)}."))
        feeds: tuple[tuple[str, tuple[str, ...]], ...] | None = ()
    else:
        feeds = _draw_inputs(draft)
    st.header("What the scores mean", anchor=False)
    answer = _draw_answer(draft)
    if answer is None:
        return
    lost = feeds is None
    if st.button(
        "Inputs and scores are right",
        type="primary",
        disabled=lost,
        help="Choose a column for each input first." if lost else None,
    ):
        kept = replace(draft, feeds=feeds or (), answer=answer, answer_confirmed=True)
        save_draft(desk(), kept)
        st.session_state["_step"] = 4
        st.rerun()


def _draw_choice(draft: Draft) -> None:
    left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
    uploaded = left.file_uploader("An ONNX file", type=["onnx"], key="upload_model")
    if uploaded is not None and draft.model_file != uploaded.name:
        _attach(draft, uploaded.name, uploaded.getvalue())
    names = ask(inbox_models, desk())
    if names:
        name = middle.selectbox(
            "Or from the inbox", names, key="inbox_model", format_func=say_text
        )
        if middle.button("Take this file") and name:
            _attach(draft, say_text(name), ask(inbox_path, desk(), name).read_bytes())
    if right.button(
        "Scores only", disabled=draft.scores_only, help="The table holds scores."
    ):
        save_draft(desk(), replace(draft, scores_only=True, answer=None))
        st.rerun()
    if draft.scores_only:
        st.caption("Scores only: nothing will be run.")
    elif draft.model_facts:
        facts = draft.model_facts
        st.caption(
            escape(f"{draft.model_file}: {len(facts.inputs)} in, {facts.nodes} nodes.")
        )


def _attach(draft: Draft, name: str, data: bytes) -> None:
    try:
        with st.spinner("Looking at the model"):
            attach_model(desk(), draft, name, data)
    except CountersignError as error:
        st.error(f"{escape(str(error))} {escape(error.hint)}", title="■ Refused", icon="")
        return
    st.rerun()


def _draw_inputs(draft: Draft) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    """Return which columns feed which input; None while one has none."""
    if draft.model_facts is None:
        return None
    matches = ask(proposed_feeds, draft)
    if len(matches) == 1 and matches[0].input.width != 1:
        matches = (_draw_order(draft, matches[0]),)
    st.markdown(escape(say_match(matches)))
    if any(match.trouble for match in matches) and len(matches) > 1:
        matches = _draw_choices(draft, matches)
    with st.expander("Inputs and their columns"):
        st.dataframe(
            [
                {
                    "Input": say_text(match.input.name),
                    "Wants": say_text(match.input.type),
                    "Columns": say_text(", ".join(match.columns)) or "–",
                    "Trouble": say_text(match.trouble),
                }
                for match in matches
            ],
            hide_index=True,
            alt="Inputs of the model and the columns that feed them.",
        )
    if any(not match.columns for match in matches):
        return None
    return tuple((match.input.name, match.columns) for match in matches)


def _draw_order(draft: Draft, match: InputMatch) -> InputMatch:
    proposed = ", ".join(match.columns)
    fitting = (
        column.name
        for column in draft.columns
        if column.use is Use.FEATURE
        and (match.input.type == "string") != column.type.is_number
    )
    text = st.text_area(
        "Columns in the order the model learned them; change it or paste your own",
        proposed or ", ".join(fitting),
        key=f"order_{draft.id}_{draft.model_file}",
        height=80,
    )
    if draft.model_facts is None or text == proposed:
        return match
    return ask(order_features, draft.model_facts, text, draft.columns)


def _draw_choices(draft: Draft, matches: tuple[InputMatch, ...]) -> tuple[InputMatch, ...]:
    names = [NONE, *(column.name for column in draft.columns)]
    chosen = []
    for number, match in enumerate(matches, start=1):
        if match.trouble:
            st.caption(escape(match.input.name))
            name = st.selectbox(
                f"Column for input {number}",
                names,
                key=f"feed_{match.input.name}",
                format_func=say_text,
                label_visibility="collapsed",
            )
            if name != NONE:
                match = replace(match, columns=(str(name),), trouble="")  # noqa: PLW2901
        chosen.append(match)
    return tuple(chosen)


def _draw_answer(draft: Draft) -> Answer | None:
    classes = ask(classes_in, desk(), draft)
    tasks = [task.value for task in Task]
    likely = draft.answer.task if draft.answer else likely_task(draft, classes)
    row = st.columns([1, 1, 1], vertical_alignment="bottom")
    said = row[0].selectbox("The model answers", tasks, tasks.index(likely), key="task")
    task = Task(str(said))
    proposed = ask(proposed_answer, draft, task, classes)
    answer = replace(proposed, output=_output(draft, proposed, row[1]))
    answer = replace(answer, kind=_kind(draft, answer))
    if task is Task.REGRESSION:
        return answer
    classes = draft.answer.classes if draft.answer else answer.classes
    known = ", ".join(classes)
    text = st.text_input(
        "Classes, in the order of the score columns", known, key=f"classes_{task.value}"
    )
    if text != known:  # a class may hold a comma itself, as long as nobody retypes it
        classes = tuple(name.strip() for name in text.split(",") if name.strip())
    answer = replace(answer, classes=classes)
    if task is Task.MULTICLASS:
        return answer
    if len(answer.classes) != 2:  # noqa: PLR2004 - a binary model has two
        st.markdown("A binary model tells two classes apart; name both.")
        return None
    positive = st.radio(
        "Which one is a yes? Nothing is guessed here.",
        answer.classes,
        index=None,
        key="positive",
        format_func=escape,
        horizontal=True,
    )
    if positive is None:
        st.caption("Choose the label value that a high score speaks for.")
        return None
    return replace(answer, positive=positive)


def _output(
    draft: Draft, answer: Answer, place: "st.delta_generator.DeltaGenerator"
) -> str:
    if draft.model_facts is None:
        return ""
    names = [output.name for output in draft.model_facts.outputs]
    at = names.index(answer.output) if answer.output in names else 0
    return str(
        place.selectbox("in its output", names, at, key="output", format_func=say_text)
    )


def _kind(draft: Draft, answer: Answer) -> OutputKind:
    outputs = draft.model_facts.outputs if draft.model_facts else ()
    found = next((o.kind for o in outputs if o.name == answer.output), answer.kind)
    return answer.kind if draft.model_facts is None else found
