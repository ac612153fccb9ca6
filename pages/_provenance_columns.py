"""Columns: what was counted of each, and the chosen one larger."""

from dataclasses import replace

import streamlit as st

from core.estimates.intervals import estimate_share
from core.estimates.wording import say, say_rows
from core.figures.marks import (
    Axis,
    Bars,
    Figure,
    Histogram,
    IntervalPoints,
    Point,
    Series,
)
from core.measures.personal import shapes
from core.records.data import Column, DatasetVersion, Use
from core.records.estimate import Estimate, Measured
from core.records.predicate import to_address
from core.records.profile import ColumnProfile, Outcome, Profile
from core.records.ranges import between
from core.records.texts import say_text
from core.runs.checking import hidden_columns, known_checks, profile_of
from core.runs.slicing import masked_columns
from pages._drift import COLUMNS
from pages._frame import choose_slice, desk, jump
from pages._page import ask, chart, facts_table
from pages._shown import escape, name_column
from pages._slices import TWO


def draw_columns(dataset: DatasetVersion) -> None:
    """Draw the table of columns, and below it the one that was chosen."""
    profile = ask(profile_of, desk(), dataset)
    hidden = ask(hidden_columns, desk(), dataset)
    flags = _flags(dataset)
    lines = [
        _line(dataset, found, flags.get(found.name, ""), hidden=found.name in hidden)
        for found in profile.columns
    ]

    def choose() -> None:
        picked = st.session_state["columns_table"]["selection"]["rows"]
        if picked:
            st.query_params["col"] = profile.columns[picked[0]].name

    st.dataframe(
        lines,
        key="columns_table",
        hide_index=True,
        height=320,
        on_select=choose,
        selection_mode="single-row",
        placeholder="–",
        alt=f"{len(lines)} columns with type, use, gaps, values and flags.",
        column_config={
            "Name": name_column(found.name for found in profile.columns),
            "Values": st.column_config.NumberColumn(format="localized"),
            "Histogram": st.column_config.BarChartColumn(width="small", y_min=0),
        },
    )
    found = profile.column(st.query_params.get("col", "")) or profile.columns[0]
    column = dataset.column(found.name)
    if column is not None:
        _draw_chosen(dataset, profile, found, column, hidden=found.name in hidden)


def _flags(dataset: DatasetVersion) -> dict[str, str]:
    checks = ask(known_checks, desk(), dataset)
    flags: dict[str, str] = {}
    for check in checks.made if checks else ():
        if check.verdict.word == "fail":
            for name in check.columns:
                flags[name] = (
                    f"{flags[name]}, {check.gate.title}"
                    if name in flags
                    else check.gate.title
                )
    return flags


def _line(
    dataset: DatasetVersion, found: ColumnProfile, flags: str, *, hidden: bool
) -> dict[str, object]:
    column = dataset.column(found.name)
    marks = [word for word in ("group", "sensitive") if column and getattr(column, word)]
    missing = _share(found.missing, dataset.rows)
    return {
        "Name": say_text(found.name),
        "Type": column.type.word if column else "",
        "Use": ", ".join([str(column.use) if column else "", *marks]),
        "Missing": say(missing) if found.missing else "none",
        "Values": found.distinct,
        "Range": "masked" if hidden else say_text(_range(found)),
        "Histogram": [] if hidden else list(found.bars) or [n for _, n in found.top],
        "Flags": flags,
    }


def _range(found: ColumnProfile) -> str:
    return f"{found.low} to {found.high}" if found.low or found.high else ""


def _draw_chosen(
    dataset: DatasetVersion,
    profile: Profile,
    found: ColumnProfile,
    column: Column,
    *,
    hidden: bool,
) -> None:
    st.header(escape(found.name), anchor=False)
    left, right = st.columns(2)
    with left:
        if hidden:
            _draw_shapes(dataset, found)
        elif found.bars:
            _draw_bars(dataset, column, found)
        elif found.top:
            _draw_top(dataset, found, "values")
        else:
            st.markdown("Nearly every row has a value of its own, so no chart is drawn.")
    with right:
        facts_table(
            [
                ("Rows with a value", say_rows(dataset.rows - found.missing)),
                ("Different values", f"{found.distinct:,}"),
                ("Range", "masked" if hidden else _range(found) or "–"),
            ]
        )
        if profile.outcome and found.labelled_missing:
            _draw_missing(dataset, profile.outcome, found)
    evaluation = next(
        (e for e in desk().workspace.state.evaluations.values() if e.dataset == dataset.id),
        None,
    )
    marked = column.group or column.sensitive or column.use is Use.FEATURE
    sliced = marked and found.name not in masked_columns(desk(), dataset)
    if evaluation is None:
        return
    with st.container(horizontal=True):
        if sliced and st.button("Open in Slices"):
            jump("slices.py", evaluation, part=TWO, x=found.name)
        if column.use is Use.FEATURE and not hidden and st.button("Open in Drift"):
            jump("drift.py", evaluation, part=COLUMNS, col=found.name)


def _draw_bars(dataset: DatasetVersion, column: Column, found: ColumnProfile) -> None:
    series = (Series("rows", found.bars),)
    axis = Axis(say_text(found.name), "amount")
    low, high = found.edges[0], found.edges[-1]
    mark = Histogram(series, low, high, axis, dataset.id)
    alt = f"Histogram of {found.name}: {sum(found.bars):,} rows in {len(found.bars)} steps."

    def boxed(start: float, end: float) -> None:
        inside = [k for k in range(len(found.bars)) if start < middle(k) < end]
        if inside:
            first, last = inside[0], inside[-1] + 1
            ends = found.edges[first], found.edges[last]
            whole = last == len(found.bars)
            choose_slice(to_address(between(column, *ends, last=whole)))

    def middle(step: int) -> float:
        return (found.edges[step] + found.edges[step + 1]) / 2

    chart(Figure(mark, alt), key="column_bars", on_box=boxed)
    st.caption("Draw a box over some bars: their rows become the slice of the other pages.")


def _draw_shapes(dataset: DatasetVersion, found: ColumnProfile) -> None:
    """Draw how the most frequent values of personal data look, never one of them."""
    if found.top:
        masked = replace(found, top=shapes(found.top))
        _draw_top(dataset, masked, "shapes of values")
        st.caption("Personal data is masked: a stands for letters, 9 for digits.")
    else:
        st.markdown("Personal data is masked, so no chart of its values is drawn.")


def _draw_top(dataset: DatasetVersion, found: ColumnProfile, what: str) -> None:
    points = tuple(
        Point(value, measured, dataset.id, value)
        for value, n in found.top
        if isinstance(measured := _share(n, dataset.rows), Estimate)
    )
    alt = f"The {len(points)} most frequent {what} of {found.name}."
    chart(Figure(Bars(points, Axis("Share of rows", "share")), alt), key="column_top")


def _draw_missing(dataset: DatasetVersion, outcome: Outcome, found: ColumnProfile) -> None:
    there = outcome.labelled - found.labelled_missing
    pairs = (
        ("missing", found.missing_events, found.labelled_missing),
        ("present", outcome.events - found.missing_events, there),
    )
    points = tuple(
        Point(label, measured, dataset.id, label)
        for label, n, rows in pairs
        if isinstance(measured := _share(n, rows), Estimate)
    )
    event = f"above {outcome.event}" if outcome.kind == "numbers" else outcome.event
    axis = Axis(f"{outcome.label}: {event}", "share")
    alt = f"How often the outcome occurs where {found.name} is missing, and where not."
    chart(Figure(IntervalPoints(points, axis), alt), key="column_missing")


def _share(n: int, rows: int) -> Measured:
    return estimate_share(n, rows, rows=rows, effective_rows=rows, nothing="no rows")
