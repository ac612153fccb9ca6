"""The parts of the drift page: what they share."""

from typing import Final

import streamlit as st

from core.figures.drifted import over_windows
from core.measures.metrics import find_metric, metrics_for
from core.records.data import DatasetVersion
from core.records.estimate import Estimate
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.texts import say_text
from core.runs.asking import asked_of, quality_of
from core.runs.drift_windows import periods_of
from core.runs.performance import performance_of, reference_for, windows_of
from pages._frame import desk, jump
from pages._page import ask, chart

COLUMNS, TIME, WORKS, WHY, TOGETHER = (
    "What moved",
    "Over time",
    "Does it still work?",
    "Why",
    "Together",
)
FIRST: Final = {
    Task.BINARY: "accuracy",
    Task.MULTICLASS: "accuracy",
    Task.REGRESSION: "mae",
}


def choose_reference(evaluation: Evaluation) -> DatasetVersion | None:
    """Draw the choice of the table that the chosen one is held against."""
    state = desk().workspace.state
    names = {column.name for column in state.dataset(evaluation.dataset).columns}
    others = {
        version.title: version
        for version in state.datasets.values()
        if version.id != evaluation.dataset
        and version.object not in state.erased
        and 2 * sum(column.name in names for column in version.columns) > len(names)
    }
    if not others:
        return None
    usual = reference_for(desk(), evaluation)
    first = state.dataset(usual.dataset).title if usual else ""
    titles = sorted(others)
    if st.session_state.get("ref") not in titles:
        st.session_state.pop("ref", None)
    chosen = st.selectbox(
        "Against",
        titles,
        key="ref",
        index=titles.index(first) if first in titles else 0,
        format_func=say_text,
        bind="query-params",
    )
    return others[str(chosen)]


def choose_metric(evaluation: Evaluation) -> str:
    """Draw the choice of the metric that stands over everything."""
    task = evaluation.answer.task
    metrics = [m for m in metrics_for(task, of_class=False) if m.formula]
    ids = [metric.id for metric in metrics]
    if st.session_state.get("metric") not in ids:
        st.session_state.pop("metric", None)
    first = FIRST[task] if FIRST[task] in ids else ids[0]
    return str(
        st.selectbox(
            "Metric",
            ids,
            key="metric",
            index=ids.index(first),
            format_func=lambda id_: find_metric(id_).title,
            bind="query-params",
        )
    )


def choose_part(evaluation: Evaluation) -> str:
    """Draw the choice of the part; without windows there is nothing over time."""
    windows = windows_of(desk(), evaluation)
    cut = periods_of(desk(), desk().workspace.state.dataset(evaluation.dataset))
    drawn = {TIME: bool(windows or cut), WORKS: bool(windows)}
    parts = [p for p in (COLUMNS, TIME, WORKS, WHY, TOGETHER) if drawn.get(p, True)]
    if st.session_state.get("part") not in parts:
        st.session_state.pop("part", None)
    return str(
        st.segmented_control(
            "Part",
            parts,
            key="part",
            default=parts[0],
            required=True,
            bind="query-params",
            label_visibility="collapsed",
        )
    )


def draw_top(evaluation: Evaluation, before: DatasetVersion, metric: str) -> None:
    """Draw the metric in every window that the model met; a click chooses the window."""
    if not windows_of(desk(), evaluation):
        return
    found = ask(performance_of, desk(), evaluation, metric)
    known = find_metric(metric)
    figure = over_windows(
        found,
        known.title,
        _axis(known.kind),
        usual(evaluation, before, metric),
        evaluation.id,
    )

    def pick(id_: str) -> None:
        st.session_state["_drift_window"] = id_

    chart(figure, key="windows", on_click=pick)
    if (id_ := st.session_state.pop("_drift_window", "")) and id_ != evaluation.id:
        jump("drift.py", desk().workspace.state.evaluation(id_))


def usual(evaluation: Evaluation, before: DatasetVersion, metric: str) -> Estimate | None:
    """Return the metric in the table that is compared with, if it is known there."""
    state = desk().workspace.state
    reference = state.evaluation_of(evaluation.model, before.id)
    if reference is None or not reference.labelled:
        return None
    asked = asked_of(desk(), reference)
    headline = ask(quality_of, desk(), reference, asked).headline(metric)
    measured = headline.measured if headline else None
    return measured if isinstance(measured, Estimate) else None


def _axis(kind: str) -> str:
    return kind if kind in ("share", "ratio", "amount") else "ratio"
