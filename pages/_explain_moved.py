"""Why it moved: the change of the mean score between two tables, column by column."""

from typing import Final

import streamlit as st

from core.estimates.wording import say_both
from core.figures.explained import moved_bridge
from core.measures.push_words import say_moved
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.texts import say_text
from core.runs.drivers import Asked, mean_of, moved_of
from core.runs.explaining import explained_of
from pages._explain import Said, say_sentence, show
from pages._frame import desk, start_job
from pages._page import adopt_running, ask, job_panel, say_ended
from pages._shown import name_column

LINE_PIXELS: Final = 31


def draw_moved(said: Said, place: "st.delta_generator.DeltaGenerator") -> None:
    """Draw how each column moved the mean from another table of the same model to this one."""
    before = _choose(said)
    if before is None:
        st.markdown(
            "This model was evaluated on no other table; there is nothing to compare."
        )
        return
    explained = ask(explained_of, desk(), before, game=said.game)
    if explained is None:
        _offer(said, before)
        return
    start = Asked(desk(), explained, said.output, said.where)
    moved = ask(moved_of, start, said.asked)
    state = desk().workspace.state
    names = (
        state.dataset(before.dataset).title,
        state.dataset(said.evaluation.dataset).title,
    )
    task: Task = said.evaluation.answer.task
    with place:
        words = f"from {names[0]} to {names[1]}"
        say_sentence(say_moved(moved, said.facts, task, words))
    if not moved:
        return
    left, right = st.columns([3, 2])
    with left:
        figure = moved_bridge(
            moved, ask(mean_of, start), names, said.unit, said.evaluation.id
        )
        show("Why it moved", figure, key="moved_bridge")
    with right:
        st.dataframe(
            [
                {
                    "Column": say_text(each.player.name),
                    f"Change ({said.unit})": say_both(each.change, said.kind),
                }
                for each in moved
            ],
            hide_index=True,
            height=min(420, LINE_PIXELS * (len(moved) + 1) + 3),
            alt="Change of the mean by each column, with intervals.",
            column_config={"Column": name_column(each.player.name for each in moved)},
        )
    st.caption(
        "The steps add up to the whole change of the mean; each is the difference of a "
        "column's mean push. It says which columns the model saw change, not why they did."
    )


def _choose(said: Said) -> Evaluation | None:
    state, own = desk().workspace.state, said.evaluation
    others = {
        state.dataset(e.dataset).title: e
        for e in state.evaluations.values()
        if e.model == own.model and e.dataset != own.dataset and e.answer == own.answer
    }
    if not others:
        return None
    names = sorted(others)
    mine = state.dataset(own.dataset).title
    earlier = [name for name in names if name < mine]
    if st.session_state.get("ref") not in names:
        st.session_state.pop("ref", None)
    chosen = st.selectbox(
        "From",
        names,
        key="ref",
        index=names.index(earlier[-1]) if earlier else 0,
        format_func=say_text,
        bind="query-params",
    )
    return others[str(chosen)]


def _offer(said: Said, before: Evaluation) -> None:
    slot = f"_job_moved_{before.id[:8]}"
    adopt_running(slot, "explain")
    if slot not in st.session_state:
        st.markdown("The scores of that table were not explained yet.")
        if st.button("Explain them too", type="primary"):
            start_job(slot, "explain", {"evaluation": before.id, "game": said.game})
            st.rerun()
    say_ended()
    job_panel(slot)
