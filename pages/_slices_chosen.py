"""The chosen slice: its numbers, its scores and its rows; narrow it, name it, save it."""

import re
from functools import partial
from math import isfinite
from typing import Any, Final

import pyarrow as pa
import streamlit as st

from core.engine.drill import PAGE_ROWS, RowsFound
from core.estimates.wording import say, say_interval, say_rows
from core.figures.marks import Axis, Figure, Histogram, Series
from core.measures.outcomes import Asked
from core.records.data import ColumnType
from core.records.estimate import Estimate
from core.records.evaluations import Evaluation
from core.records.predicate import (
    SCORE,
    And,
    Comparison,
    Not,
    Or,
    Predicate,
    both,
    from_address,
    slice_id,
    to_address,
    to_words,
)
from core.records.texts import say_text
from core.runs.asking import quality_of, rows_of, scores_of
from core.runs.exporting import EXPORTS, export_rows
from core.runs.hiding import hides_slice
from core.runs.reasons import reasons_of
from core.runs.saving import LONGEST_NAME, drop_slice, save_slice
from pages._frame import choose_slice, choose_slice_later, desk, jump
from pages._page import ask, chart
from pages._shown import escape, show_table
from pages._slices import ROWS, columns_of, dataset_of
from pages._who import NO_ROWS, actor, sees_rows

FIRST: Final = 4
THOUSANDS: Final = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
JOINED: Final = {"and": "and", "or": "or", "and not": "and not"}
UNORDERED: Final = (ColumnType.TEXT, ColumnType.BOOLEAN)
COMPARED: Final = {
    "=": "is",
    "!=": "is not",
    "<": "is under",
    ">=": "is at least",
    "missing": "is missing",
}


def draw_chosen(
    evaluation: Evaluation, where: Predicate, asked: Asked, metric_id: str
) -> None:
    """Draw the chosen slice; nothing of it where its rows could be told."""
    st.header(escape(to_words(where)), anchor=False)
    bar = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
    with bar:
        st.button("All rows", icon=":material/close:", on_click=choose_slice, args=("",))
        st.button("Open rows", icon=":material/table_rows:", on_click=_open_rows)
        _save(where)
        _narrow(evaluation, where)
    if ask(hides_slice, desk(), evaluation, where):
        limit = desk().workspace.state.policy.policy.privacy_limit
        st.markdown(
            f"Hidden, fewer than {limit} rows, or so few that a larger slice would tell them."
        )
        return
    quality = ask(quality_of, desk(), evaluation, asked, where=where)
    if not quality.rows:
        st.markdown("This table has no such row.")
        return
    whole = ask(quality_of, desk(), evaluation, asked)
    shown = [h for h in quality.headlines if isinstance(h.measured, Estimate)]
    with st.container(horizontal=True):
        for headline in sorted(shown, key=lambda h: h.id != metric_id)[:FIRST]:
            every = whole.headline(headline.id)
            value = say(headline.measured, headline.kind)
            interval = say_interval(headline.measured, headline.kind)
            st.metric(
                headline.title,
                value,
                interval,
                delta_color="off",
                delta_arrow="off",
                border=True,
                help=f"All rows: {say(every.measured, every.kind)}" if every else None,
            )
    _draw_scores(evaluation, where, quality.rows)


def draw_rows(evaluation: Evaluation, where: Predicate | None, threshold: int) -> None:
    """Draw the rows of the chosen slice, or of the table, worst answers first."""
    if where is not None and ask(hides_slice, desk(), evaluation, where):
        st.markdown("These rows are hidden: there are too few of them.")
        return
    if not sees_rows():
        st.markdown(NO_ROWS)
        return
    number = int(st.session_state.get("p", 1))
    found = ask(rows_of, desk(), evaluation, where, threshold=threshold, page=number)
    pages = max(1, -(-found.rows // PAGE_ROWS))
    if number > pages:
        number = 1
        found = ask(rows_of, desk(), evaluation, where, threshold=threshold, page=1)
    line = st.container(horizontal=True, vertical_alignment="center")
    order = ", worst answers first" if evaluation.labelled else ""
    line.caption(f"{say_rows(found.rows)}{order}", width="stretch")
    with line:
        _download(evaluation, where, threshold)
    table, button = _with_reasons(evaluation, found)
    st.dataframe(
        table,
        hide_index=True,
        height=320,
        placeholder="–",
        alt=f"Page {number} of the rows of the chosen slice.",
        column_config={button: st.column_config.ButtonColumn("", key="explain_row")},
    )
    if pages > 1:
        st.pagination(pages, key="p", bind="query-params")
    if clicked := st.session_state.get("explain_row"):
        row = found.numbers[clicked["row"]]
        jump("explanations.py", evaluation, part="One case", row=f"#{row}")


def _with_reasons(evaluation: Evaluation, found: RowsFound) -> tuple[pa.Table, str]:
    """Return rows as shown, and the name of their column of buttons.

    Rows of a model file can be explained; where its scores were, their reasons are beside.
    """
    table, taken = show_table(found.table), found.table.column_names

    def free(word: str) -> str:
        return word if word not in taken else f"model: {word}"

    if desk().workspace.state.model(evaluation.model).object is None:
        return table, ""
    if reasons := ask(reasons_of, desk(), evaluation, found.numbers):
        ups, downs = [each.up for each in reasons], [each.down for each in reasons]
        table = table.append_column(free("Pushed up by"), _texts(ups))
        table = table.append_column(free("Pushed down by"), _texts(downs))
    labels = _texts(["Explain"] * table.num_rows)
    return table.append_column(free("Explain"), labels), free("Explain")


def _texts(words: list[str]) -> "pa.Array[Any]":
    return pa.array([say_text(each) for each in words], pa.string())


def _open_rows() -> None:
    st.session_state["part"] = ROWS


def _download(evaluation: Evaluation, where: Predicate | None, threshold: int) -> None:
    with st.popover("Download rows", icon=":material/download:"):
        st.caption(
            "At most 100,000 rows, the worst first. Personal data is left out, and no cell is a formula."
        )
        for kind, (suffix, mime) in EXPORTS.items():
            st.download_button(
                kind,
                data=partial(
                    export_rows, desk(), evaluation, where, threshold=threshold, kind=suffix
                ),
                file_name=f"rows.{suffix}",
                mime=mime,
                key=f"rows_{suffix}",
                on_click="ignore",
            )


def _save(where: Predicate) -> None:
    saved = desk().workspace.state.slices
    if slice_id(where) in saved:
        st.button(
            "Forget slice",
            icon=":material/bookmark_remove:",
            on_click=lambda: drop_slice(desk(), slice_id(where), actor=actor()),
        )
        return
    with st.popover("Save slice", icon=":material/bookmark_add:"):
        name = st.text_input("Name", key="slice_name", max_chars=LONGEST_NAME)
        if st.button("Save", type="primary", disabled=not name):
            ask(save_slice, desk(), where, name, actor=actor())
            st.rerun()


def _narrow(evaluation: Evaluation, where: Predicate) -> None:
    """Let people add a condition: and, or, and not."""
    with st.popover("Change slice", icon=":material/tune:"):
        joined = st.segmented_control(
            "Add a condition with",
            list(JOINED),
            key="join",
            default="and",
            required=True,
        )
        column = st.selectbox(
            "Column", columns_of(evaluation), key="join_column", format_func=say_text
        )
        known = dataset_of(evaluation).column(str(column))
        ordered = known is not None and known.type not in UNORDERED
        ways = [how for how in COMPARED if ordered or how not in ("<", ">=")]
        how = st.selectbox(
            "Comparison", ways, key="join_how", format_func=COMPARED.__getitem__
        )
        value = "" if how == "missing" else st.text_input("Value", key="join_value")
        if st.button("Change slice", disabled=not value and how != "missing"):
            added = _comparison(evaluation, str(column), str(how), str(value))
            new = _joined(where, added, str(joined))
            ask(from_address, to_address(new))  # says so where it is too long,
            ask(hides_slice, desk(), evaluation, new)  # or a value does not suit
            choose_slice_later(to_address(new))


def _comparison(evaluation: Evaluation, column: str, how: str, value: str) -> Comparison:
    known = dataset_of(evaluation).column(column)
    if how == "missing":
        return Comparison(column, how)
    if known and known.type is ColumnType.BOOLEAN and value in ("yes", "no"):
        return Comparison(column, how, value == "yes")
    number = _number(value, known.type) if known and known.type.is_number else None
    return Comparison(column, how, value if number is None else number)


def _number(text: str, type_: ColumnType) -> float | None:
    """Return a number as people write it, `1,000` too; None where it is none."""
    plain = text.replace(",", "") if THOUSANDS.fullmatch(text) else text
    try:
        number = int(plain) if type_ is ColumnType.INTEGER else float(plain)
        return number if isfinite(number) else None
    except (ValueError, OverflowError):
        return None


def _joined(where: Predicate, added: Comparison, how: str) -> Predicate:
    match how:
        case "or":
            return Or((where, added))
        case "and not":
            return And((where, Not(added)))
        case _:
            return And((where, added))


def _draw_scores(evaluation: Evaluation, where: Predicate, rows: int) -> None:
    series = ask(scores_of, desk(), evaluation, where=where)
    if not any(any(counts) for _, counts in series):
        return
    drawn_rows = sum(sum(counts) for _, counts in series)
    alt = (
        f"Histogram of scores in the chosen slice, evaluation {evaluation.id[:8]}. "
        f"{drawn_rows:,} rows by label."
    )
    drawn = tuple(Series(name, counts) for name, counts in series)
    mark = Histogram(drawn, 0.0, 1.0, Axis("Score", "share"), evaluation.id)
    limit = desk().workspace.state.policy.policy.privacy_limit
    few = f" Bars that would tell of fewer than {limit} rows are left out."
    st.caption(
        "Scores of these rows, by what happened. Draw a box to keep a range of them."
        + (few if drawn_rows < rows else "")
    )

    def boxed(low: float, high: float) -> None:
        ends = (
            Comparison(SCORE, ">=", round(low, 3)),
            Comparison(SCORE, "<", round(high, 3)),
        )
        narrower = both(where, ends[0] if low > 0 else None, ends[1] if high < 1 else None)
        if narrower is not None:
            choose_slice(to_address(narrower))

    chart(Figure(mark, alt), key="scores", on_box=boxed)
