"""Does it still work: labels as far as they came, an estimate without, and a label plan."""

from typing import Final

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS, say_both, say_number
from core.measures.drops import worse_by
from core.measures.metrics import find_metric
from core.records.changes import LabelFree, LabelPlan, Window
from core.records.data import DatasetVersion
from core.records.estimate import Estimate, Word
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.texts import say_text
from core.runs.arriving import labels_of
from core.runs.calibrating import calibration_of
from core.runs.fallback import fallback_of
from core.runs.performance import performance_of, plan_of, sample_to_label
from core.runs.score_rollups import Scores
from pages._drift import usual
from pages._frame import desk
from pages._page import answer, ask
from pages._shown import escape, name_column
from pages._who import sees_rows

HALF: Final = 3.0  # points
LINE_PIXELS: Final = 31


def draw_works(
    evaluation: Evaluation,
    before: DatasetVersion,
    metric: str,
    place: "st.delta_generator.DeltaGenerator",
) -> None:
    """Draw what is known of the metric in each window, and how to know more."""
    found = ask(performance_of, desk(), evaluation, metric)
    mine = next((w for w in found.windows if w.evaluation == evaluation.id), None)
    reference = usual(evaluation, before, metric)
    labels = ask(labels_of, desk(), evaluation)
    with place:
        answer(*_say(mine, found, reference, metric, labels.among if labels else ""))
    if labels and labels.sentence:
        st.caption(escape(labels.sentence))
    if mine and (earlier := ask(fallback_of, desk(), evaluation)):
        st.markdown(escape(earlier.sentence))
    _draw_windows(found, metric)
    st.caption(escape(found.sentence))
    if evaluation.answer.task is not Task.REGRESSION:
        _draw_plan(evaluation)


def _say(
    mine: Window | None,
    found: LabelFree,
    reference: Estimate | None,
    metric: str,
    among: str,
) -> tuple[str, str, str]:
    """Return what is known of the window; labels `among` one answer are never for all rows."""
    known = find_metric(metric)
    if mine is None:
        return WORDS[Word.NOT_APPLICABLE], "", "The chosen table is no production window."
    labels = (
        f"Labels have arrived for {mine.labelled / max(1, mine.rows):.0%} of {mine.title}"
    )
    if mine.realised is None:
        told = (
            f"{labels}. {found.sentence}"
            if not found.trusted or mine.estimate is None
            else f"{labels}; {known.name} is estimated at {mine.estimate:.1%} "
            f"({mine.low or 0:.1%} to {mine.high or 0:.1%}). {found.sentence}"
        )
        return WORDS[Word.NOT_MEASURED], "no labels yet", told
    value = say_both(mine.realised, known.kind)
    if among:
        said = f"{known.title} among “{among}” answers is {value}. {labels}."
        return WORDS[Word.NOT_MEASURED], "labels for one answer only", said
    said, partly = f"{known.title} is {value}", mine.labelled < mine.rows
    if reference is None:
        return WORDS[Word.NOT_MEASURED], "nothing to compare", f"{said}."
    versus = f"{said}, before {say_both(reference, known.kind)}."
    light, rule = _hold(reference, mine.realised, known.worse)
    return light, rule, f"{versus} {labels}." if partly else versus


def _hold(before: Estimate, after: Estimate, worse: str) -> tuple[str, str]:
    """Return light and rule: is the metric surely worse, or better, than it was?"""
    drop = worse_by(before, after, "high" if worse == "high" else "low")
    if drop.low <= 0 <= drop.high:
        return WORDS[Word.PASS], "no change beyond chance"
    if worse not in ("high", "low"):
        return ATTENTION, "not what it was before"
    if drop.low > 0:
        return ATTENTION, "worse than before"
    return WORDS[Word.PASS], "better than before"


def _draw_windows(found: LabelFree, metric: str) -> None:
    kind = find_metric(metric).kind
    shown = found.trusted
    evaluations = desk().workspace.state.evaluations
    happens = any(
        window.labelled and evaluations[window.evaluation].answer.task is Task.BINARY
        for window in found.windows
    )
    st.dataframe(
        [
            {
                "Window": say_text(window.title),
                "Rows": window.rows,
                "Labels": window.labelled / max(1, window.rows),
                "Counted": say_both(window.realised, kind) if window.realised else "–",
            }
            | (
                {"Estimated": f"{window.estimate:.1%} ({window.low:.1%}–{window.high:.1%})"}
                if shown and window.estimate is not None and window.low is not None
                else {}
            )
            | ({"Happened / expected": _happened(window)} if happens else {})
            | (
                {"Estimate was off by": _points(window.estimate - window.realised.value)}
                if window.estimate is not None and window.realised is not None
                else {}
            )
            for window in found.windows
        ],
        hide_index=True,
        height=LINE_PIXELS * (len(found.windows) + 1) + 3,
        placeholder="–",
        alt=f"{find_metric(metric).title} in {len(found.windows)} windows.",
        column_config={
            "Window": name_column(window.title for window in found.windows),
            "Labels": st.column_config.ProgressColumn(
                format="percent", min_value=0, max_value=1
            ),
            "Rows": st.column_config.NumberColumn(format="localized"),
        },
    )


def _happened(window: Window) -> str:
    """Return how often it happened against what the model said; drift of its calibration."""
    if not window.labelled:
        return "–"
    evaluation = desk().workspace.state.evaluation(window.evaluation)
    return say_both(
        ask(calibration_of, Scores(desk(), evaluation)).observed_expected, "ratio"
    )


def _points(difference: float) -> str:
    sign = "+" if difference > 0 else ""
    return f"{sign}{say_number(difference * 100, 1)} points"


def _draw_plan(evaluation: Evaluation) -> None:
    """Draw how many labels would settle it, and the rows to label as a file."""
    st.markdown("##### How many labels would settle it?")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        half = st.number_input(
            "Accuracy within ± points", 0.5, 20.0, HALF, step=0.5, key="plan",
            bind="query-params", width=220,
        )  # fmt: skip
        plan: LabelPlan = ask(plan_of, desk(), evaluation, float(half) / 100)
        if sees_rows() and st.button("Prepare sample"):
            st.session_state["_sample"] = (evaluation.id, half)
        if st.session_state.get("_sample") == (evaluation.id, half):
            st.download_button(
                "Download sample",
                ask(sample_to_label, desk(), evaluation, plan),
                file_name=f"to-label-{evaluation.id[:8]}.csv",
                mime="text/csv",
                on_click="ignore",
            )
    st.markdown(escape(plan.sentence))
    st.caption(
        f"Drawn at random: {plan.random:,} rows. Drawn by score: {plan.stratified:,}. Fill in "
        "the label column, import the file, and choose the weight column as weight: its "
        "metrics then speak for the whole window."
    )
