"""The parts of the overview: interrupted work, the table, and one row of it opened."""

from collections.abc import Mapping

import streamlit as st

from core.estimates.wording import ATTENTION, say, say_day, say_interval
from core.figures.marks import Axis, Figure, IntervalPoints, Point
from core.measures.metrics import find_metric
from core.records.estimate import Estimate
from core.records.texts import say_text
from core.reviews.findings import light
from core.reviews.standing import Judged
from core.runs.standing import Standing, error_over_tables, standings
from core.serving.house import house
from pages._frame import chosen, desk, jump, start_job
from pages._page import chart
from pages._review import LIGHTS
from pages._shown import escape, name_column
from pages._who import actor

COLOURS = {"■": "red", "▲": "orange", "◇": "gray", "○": "gray", "●": "green"}
KINDS = {"evaluate": "An evaluation", "import": "An import", "demo": "Building the demo"}


def draw_interrupted() -> None:
    """Offer to start again what the app died over."""
    for work in house().jobs.interrupted():
        with st.container(horizontal=True, vertical_alignment="center"):
            what = KINDS.get(work.kind, work.kind)
            st.markdown(f"{ATTENTION} · {what} was interrupted; nothing of it was kept.")
            if st.button("Start again", key=f"again_{work.id}"):
                start_job("_job", work.kind, work.asked)
                st.rerun()
            if st.button("Give up", key=f"drop_{work.id}"):
                house().jobs.drop(work.id, actor=actor())
                st.rerun()


def draw_table(
    found: tuple[Standing, ...], states: Mapping[str, Judged]
) -> Standing | None:
    """Draw all standings and return the chosen one: the row, else what the bar says."""
    st.header("Model versions", anchor=False)
    lines = [
        {
            "Model version": say_text(standing.model.title),
            "State": LIGHTS[states[standing.model.id].standing],
            "Data": say_text(standing.data.title) if standing.data else "not evaluated",
            "Verdicts": list(standing.verdicts),
            "First measure": _both(standing, 0),
            "Worst finding": say_text(standing.worst.about) if standing.worst else "–",
            "Valid until": _until(states[standing.model.id]),
        }
        for standing in found
    ]
    shapes = [f"{shape} {k}" for shape in COLOURS for k in range(1, 21)]
    event = st.dataframe(
        lines,
        key="standing",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        alt="Model versions with their verdicts and headline numbers.",
        column_config={
            "Model version": name_column(standing.model.title for standing in found),
            "Data": name_column(s.data.title for s in found if s.data),
            "Verdicts": st.column_config.MultiselectColumn(
                options=shapes, color=[COLOURS[s[0]] for s in shapes]
            ),
        },
    )
    rows = event["selection"]["rows"]
    if rows and rows[0] < len(found):
        return found[rows[0]]
    bar = chosen().evaluation
    return next(
        (s for s in found if bar and s.evaluation and s.evaluation.id == bar.id), None
    )


def draw_standing(standing: Standing) -> None:
    """Draw one standing: its findings, and the model version over all tables."""
    if standing.evaluation is None or standing.data is None:
        return
    st.header(escape(f"{standing.model.title} on {standing.data.title}"), anchor=False)
    left, right = st.columns([3, 2])
    with left:
        for finding in standing.findings:
            with st.container(border=True):
                st.markdown(f"**{light(finding)} · {escape(finding.gate.title)}**")
                st.markdown(escape(finding.sentence))
        with st.container(horizontal=True):
            if st.button("Open slices", type="primary"):
                jump("slices.py", standing.evaluation)
            if st.button("Open card"):
                jump("model_card.py", standing.evaluation)
    with right:
        _draw_over_tables(standing)


def _draw_over_tables(standing: Standing) -> None:
    lines = error_over_tables(standings(desk()), standing.model.id)
    if not lines:
        return
    headline = next(h for h in standing.headlines if h.id != "auc")
    points = tuple(
        Point(data.title, estimate, evaluation.id, chosen=data == standing.data)
        for data, evaluation, estimate in lines
    )
    alt = (
        f"Points of {find_metric(headline.id).name} with intervals, one per table, "
        f"{standing.model.title}. {len(points)} values; the table below holds them."
    )
    st.caption(f"{headline.title} on each table")
    figure = Figure(IntervalPoints(points, Axis(headline.title, headline.kind)), alt)
    chart(figure, key="over_tables")
    with st.expander("Table"):
        st.dataframe(
            [
                {
                    "Data": say_text(data.title),
                    headline.title: say(estimate, headline.kind),
                    "Interval": say_interval(estimate, headline.kind),
                    "Rows": estimate.rows,
                }
                for data, _, estimate in lines
            ],
            hide_index=True,
            alt=say_text(alt),
        )


def _until(judged: Judged) -> str:
    return say_day(judged.until) if judged.until else "–"


def _both(standing: Standing, number: int) -> str:
    title, words = standing.headline(number)
    measured = (
        standing.headlines[number].measured if number < len(standing.headlines) else None
    )
    return f"{title} {words}" if isinstance(measured, Estimate) else words
