"""Why: the change of the error, slice by slice, and that of the mean score, column by column."""

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS, say_both
from core.figures.drifted import mix_and_inside, split_bridge
from core.records.changes import Change, ColumnSplit
from core.records.data import DatasetVersion
from core.records.estimate import Word
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.texts import say_text
from core.runs.changing import change_of
from pages._frame import choose_slice, desk, jump
from pages._page import answer, ask, chart
from pages._shown import name_column

LINE_PIXELS = 31


def draw_why(
    evaluation: Evaluation,
    before: DatasetVersion,
    place: "st.delta_generator.DeltaGenerator",
) -> None:
    """Draw where the change of the error came from."""
    state = desk().workspace.state
    reference = state.evaluation_of(evaluation.model, before.id)
    if reference is None:
        answer(
            WORDS[Word.NOT_APPLICABLE],
            "",
            f"This model was not evaluated on {before.title}.",
        )
        return
    change = ask(change_of, desk(), reference, evaluation)
    if change is None:
        answer(
            WORDS[Word.NOT_MEASURED],
            "",
            "One of the two has no labels; nobody can count errors.",
        )
        return
    with place:
        worse = change.difference.low > 0
        answer(ATTENTION if worse else WORDS[Word.PASS], "", change.sentence)
    split = _choose_split(change)
    names = (before.title, state.dataset(evaluation.dataset).title)
    left, right = st.columns(2)
    kind = "amount" if evaluation.answer.task is Task.REGRESSION else "points"
    with left:
        chart(split_bridge(change, split, names, evaluation.id, kind), key="why_bridge")
    with right:
        chart(
            mix_and_inside(split, evaluation.id, kind),
            key="why_parts",
            on_click=choose_slice,
        )
    _draw_table(split, kind)
    st.caption(
        "Mix: the slice became a larger or smaller part of all rows. Inside: the model makes "
        "more or fewer errors in it. Both add up to the whole change, to the last digit."
    )
    if st.button("Why the mean score moved", icon=":material/query_stats:"):
        jump("explanations.py", evaluation, part="Why it moved", ref=before.title)


def _choose_split(change: Change) -> ColumnSplit:
    names = {", ".join(split.columns): split for split in change.splits}
    chosen = st.selectbox("By", list(names), key="why_by", format_func=say_text)
    return names.get(str(chosen), change.splits[0])


def _draw_table(split: ColumnSplit, kind: str) -> None:
    def picked() -> None:
        rows = st.session_state["why_table"]["selection"]["rows"]
        if rows and rows[0] < len(split.slices):
            choose_slice(split.slices[rows[0]].address)

    st.dataframe(
        [
            {
                "Slice": say_text(each.words),
                "Adds": say_both(each.both, kind),
                "by mix": say_both(each.mix, kind),
                "inside": say_both(each.inside, kind),
                "Share before": each.share[0],
                "Share now": each.share[1],
                "Error before": each.rate[0],
                "Error now": each.rate[1],
            }
            for each in split.slices
        ],
        key="why_table",
        hide_index=True,
        height=min(380, LINE_PIXELS * (len(split.slices) + 1) + 3),
        on_select=picked,
        selection_mode="single-row",
        placeholder="–",
        alt=f"What {len(split.slices)} slices add to the change of the error.",
        column_config={
            "Slice": name_column(each.words for each in split.slices),
            **{
                name: st.column_config.NumberColumn(
                    format="percent" if kind == "points" else "%.3g"
                )
                for name in ("Error before", "Error now")
            },
            **{
                name: st.column_config.NumberColumn(format="percent")
                for name in ("Share before", "Share now")
            },
        },
    )
