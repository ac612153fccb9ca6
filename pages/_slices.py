"""The parts of the slices page: its controls, its table, and the chosen slice opened."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.engine.drill import PAGE_ROWS
from core.estimates.wording import WORDS, say, say_both, say_hash, say_interval, say_rows
from core.figures.marks import Axis, Figure, Histogram, Series
from core.measures.metrics import METRICS, Metric, metrics_for
from core.measures.outcomes import Asked
from core.measures.slices import Slice, worst_first
from core.records.estimate import Estimate, NotEstimable, Word
from core.records.evaluations import Evaluation
from core.records.findings import Finding
from core.records.models import Task
from core.records.predicate import Predicate
from core.records.texts import say_text
from core.reviews.findings import light
from core.runs.asking import quality_of, rows_of, scores_of
from core.runs.rollups import codebook_of
from pages._frame import choose_slice, desk
from pages._page import ask, chart
from pages._shown import escape, name_column, show_table

NONE = "no second column"
OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Said:
    """What the controls say. `threshold` counts thousandths; None where there is none."""

    columns: tuple[str, ...]
    metric: str
    threshold: int | None
    of_class: str
    answer_place: DeltaGenerator

    def as_controls(self, slice_: str) -> dict[str, str]:
        """Return every control with its value, for a saved view."""
        act = {} if self.threshold is None else {"act": str(self.threshold / 10)}
        of_class = {"class": self.of_class} if self.of_class else {}
        second = self.columns[1] if len(self.columns) > 1 else NONE
        first = {"x": self.columns[0], "y": second, "metric": self.metric}
        return first | act | of_class | ({"slice": slice_} if slice_ else {})


def columns_of(evaluation: Evaluation) -> list[str]:
    """Return the columns that can be sliced by, groups and sensitive ones first."""
    return [column.name for column in codebook_of(desk(), evaluation).columns]


def controls(evaluation: Evaluation, names: list[str]) -> Said:
    """Draw the one row of controls and return what it says."""
    place = st.container()
    task = evaluation.answer.task
    of_class = ""
    if task is Task.MULTICLASS:
        classes = [OVERALL, *evaluation.answer.classes]
        said = st.pills(
            "Class",
            classes,
            key="class",
            default=OVERALL,
            format_func=escape,
            bind="query-params",
        )
        of_class = "" if said in (None, OVERALL) else str(said)
    row = st.columns([2, 2, 2, 3], vertical_alignment="bottom")
    x = row[0].selectbox(
        "By",
        names,
        key="x",
        format_func=say_text,
        bind="query-params",
        persist_state="session",
    )
    others = [NONE, *(name for name in names if name != x)]
    y = row[1].selectbox(
        "and by",
        others,
        key="y",
        format_func=say_text,
        bind="query-params",
        persist_state="session",
    )
    metrics = {m.id: m.title for m in metrics_for(task, of_class=bool(of_class))}
    metric = row[2].selectbox(
        "Metric",
        list(metrics),
        key="metric",
        format_func=lambda id_: metrics[id_],
        bind="query-params",
        persist_state="session",
    )
    threshold = None
    if task is Task.BINARY:
        with row[3]:
            threshold = _threshold(evaluation)
    columns = (str(x),) if y in (None, NONE) else (str(x), str(y))
    return Said(columns, str(metric), threshold, of_class, place)


def _threshold(evaluation: Evaluation) -> int:
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
        "Says yes from",
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


def say_answer(
    evaluation: Evaluation,
    findings: Sequence[Finding],
    slices: Sequence[Slice],
    metric: Metric,
) -> tuple[str, str, str]:
    """Return light, rule and sentence of the answer box."""
    if not evaluation.label:
        text = "No label column, so nobody can count how often the model is right."
        return WORDS[Word.NOT_MEASURED], "", text
    about = next((f for f in findings if f.gate.population == "each slice"), None)
    if about:
        missing = evaluation.rows - evaluation.labelled
        tail = f" {missing:,} rows have no label." if missing else ""
        return light(about), about.gate.title, about.sentence + tail
    worst = next(
        (
            s
            for s in worst_first(slices, metric)
            if isinstance(s.measured(metric.id), Estimate)
        ),
        None,
    )
    if worst is None:
        return WORDS[Word.NOT_MEASURED], "", "None of these groups can be judged."
    value = say_both(worst.measured(metric.id), metric.kind)
    text = f"{worst.words} stands out most: {metric.title.lower()} {value}."
    return WORDS[Word.NOT_MEASURED], "no rule of the policy speaks of slices", text


def draw_table(slices: Sequence[Slice], metric: Metric) -> None:
    """Draw the slices as a table, worst first; a chosen line becomes the slice."""
    ordered = [slice_ for slice_ in worst_first(slices, metric) if slice_.rows]
    lines = [_line(slice_, metric) for slice_ in ordered]

    def picked() -> None:
        rows = st.session_state["slice_table"]["selection"]["rows"]
        if rows and rows[0] < len(ordered):
            choose_slice(ordered[rows[0]].address)

    st.dataframe(
        lines,
        key="slice_table",
        hide_index=True,
        on_select=picked,
        selection_mode="single-row",
        placeholder="–",
        alt=f"{metric.title} of {len(lines)} slices with intervals and rows.",
        column_config={
            "Slice": name_column(slice_.title for slice_ in ordered),
            "Rows": st.column_config.NumberColumn(format="localized"),
        },
    )


def draw_chosen(
    evaluation: Evaluation, where: Predicate, asked: Asked, metric: Metric
) -> None:
    """Draw the chosen slice: its numbers, its scores, and its rows."""
    quality = ask(quality_of, desk(), evaluation, asked, where=where)
    st.button("All rows", icon=":material/close:", on_click=choose_slice, args=("",))
    policy = desk().workspace.state.policy.policy
    if quality.rows < policy.privacy_limit:
        st.markdown(f"Hidden, fewer than {policy.privacy_limit} rows.")
        return
    shown = [h for h in quality.headlines if isinstance(h.measured, Estimate)]
    first = sorted(shown, key=lambda h: h.id != metric.id)[:4]
    with st.container(horizontal=True):
        for headline in first:
            value = say(headline.measured, headline.kind)
            interval = say_interval(headline.measured, headline.kind)
            st.metric(headline.title, value, interval, delta_color="off", border=True)
    _draw_scores(evaluation, where)
    _draw_rows(evaluation, where, asked.threshold)


def _draw_scores(evaluation: Evaluation, where: Predicate) -> None:
    series = ask(scores_of, desk(), evaluation, where=where)
    if not series:
        return
    rows = sum(sum(counts) for _, counts in series)
    alt = (
        f"Histogram of scores in the chosen slice, evaluation {evaluation.id[:8]}. "
        f"{rows:,} rows by label."
    )
    drawn = tuple(Series(name, counts) for name, counts in series)
    mark = Histogram(drawn, 0.0, 1.0, Axis("Score", "share"), evaluation.id)
    st.caption("Scores of these rows, by what happened")
    chart(Figure(mark, alt), key="scores")


def _draw_rows(evaluation: Evaluation, where: Predicate, threshold: int) -> None:
    number = int(st.session_state.get("p", 1))
    found = ask(rows_of, desk(), evaluation, where, threshold=threshold, page=number)
    pages = max(1, -(-found.rows // PAGE_ROWS))
    if number > pages:
        number = 1
        found = ask(rows_of, desk(), evaluation, where, threshold=threshold, page=1)
    st.caption(f"{say_rows(found.rows)}, worst answers first")
    st.dataframe(
        show_table(found.table),
        hide_index=True,
        height=320,
        placeholder="–",
        alt=f"Page {number} of the rows of the chosen slice.",
    )
    if pages > 1:
        st.pagination(pages, key="p", bind="query-params")


def how_counted(
    evaluation: Evaluation, slices: Sequence[Slice], metric: Metric
) -> list[tuple[str, str]]:
    """Return how the numbers came about."""
    methods = {
        measured.method
        for slice_ in slices
        if isinstance(measured := slice_.measured(metric.id), Estimate)
    }
    weight = (
        f"weighted by {evaluation.weight}; Kish's effective rows"
        if evaluation.weight
        else "none"
    )
    return [
        ("Definition", metric.meaning),
        ("Method", ", ".join(sorted(methods)) or "none applies"),
        ("Weights", weight),
        ("Labels missing", f"{evaluation.rows - evaluation.labelled:,}"),
        ("Evaluation", evaluation.id),
        ("Model", evaluation.model),
        ("Data (mrs1)", evaluation.dataset),
        ("Coded rows", say_hash(evaluation.frame)),
    ]


def _line(slice_: Slice, metric: Metric) -> dict[str, object]:
    measured = slice_.measured(metric.id)
    line: dict[str, object] = {
        "Slice": say_text(slice_.title),
        metric.title: say(measured, metric.kind),
        "Interval": measured.reason
        if isinstance(measured, NotEstimable)
        else say_interval(measured, metric.kind),
        "Rows": slice_.rows,
    }
    titles = {m.id: m.title for m in METRICS}
    for id_, other in slice_.metrics:
        if id_ != metric.id and id_ in titles:
            line[titles[id_]] = say_both(other, metric.kind)
    return line
