"""Further parts of the slices page: two columns, two versions, over time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import streamlit as st

from core.estimates.wording import (
    ATTENTION,
    WORDS,
    say_both,
    say_interval,
    say_p,
)
from core.figures.heat import lay_heat, shade
from core.figures.marks import Axis, Figure, Forest, HeatTable, Point, Reference
from core.measures.all_slices import AllSlices
from core.measures.outcomes import Asked
from core.measures.row_words import say_rows_behind
from core.measures.slice_words import say_all
from core.measures.time_words import say_over_time
from core.records.estimate import Estimate, NotEstimable, Word
from core.records.evaluations import Evaluation
from core.records.predicate import Predicate, both, to_address
from core.records.texts import say_text
from core.runs.asking import asked_of, quality_of
from core.runs.hiding import hides_slice
from core.runs.rollups import codebook_of
from core.runs.versions import Versions, compare_versions, other_evaluations
from core.runs.windows import OverTime, within_window
from pages._frame import choose_slice, desk
from pages._page import answer, ask, chart
from pages._shown import escape, name_column
from pages._slices import Said, first_column, say_part, second_column
from pages._slices_worst import draw_apart

DRAWN: Final = 14
LINE_PIXELS: Final = 31


def draw_two(evaluation: Evaluation, said: Said, found: AllSlices) -> None:
    """Draw two columns against each other as a heat table; a cell becomes the slice."""
    book = codebook_of(desk(), evaluation)
    names = [book.columns[place].name for place in found.layout.paired]
    places = {column.name: place for place, column in enumerate(book.columns)}
    with said.answer_place:
        answer(*say_part(evaluation, say_all(found)))
    bar = said.control_place.columns(2, vertical_alignment="bottom")
    x = first_column(bar[0], names)
    y = second_column(bar[1], [name for name in names if name != x])
    lines = [
        line
        for line in found.pair(places[x], places[y])
        if any(found.rows[n] for n in line)
    ]
    columns = [
        code
        for code in range(len(lines[0]) if lines else 0)
        if any(found.rows[line[code]] for line in lines)
    ]
    table = [[found.line(line[code]) for code in columns] for line in lines]
    codes = found.pair(places[x], places[y])
    heads = [book.columns[places[y]].codes[code].words for code in columns]
    sides = [book.columns[places[x]].codes[codes.index(line)].words for line in lines]
    mark = lay_heat(
        (f"{x} ↓ · {y} →", sides, heads),
        [[cell.measured for cell in line] for line in table],
        found.metric,
        few=[[cell.too_few for cell in line] for line in table],
    )

    def choose(line: int, column: int) -> None:
        choose_slice(table[line][column].address)

    _draw_heat(mark, f"{found.metric.title} by {x} and {y}.", "two", choose)
    st.caption(
        f"{found.metric.title}: the worse, the deeper. {_say_few()} "
        "Choose a cell to see its rows."
    )


def draw_time(evaluation: Evaluation, said: Said, found: OverTime) -> None:
    """Draw each value of a column over the windows of the table; a cell becomes the slice."""
    metric = found.judged.metric
    with said.answer_place:
        told = say_over_time(found.judged, found.column, found.period)
        answer(*say_part(evaluation, told))
    mark = lay_heat(
        (f"{found.column} ↓ · {found.period} →", found.words, found.starts),
        found.cells,
        metric,
        few=found.few,
    )

    def choose(line: int, column: int) -> None:
        window = within_window(desk(), evaluation, found, column)
        predicate = both(found.slices[line], window)
        if predicate is not None:
            choose_slice(to_address(predicate))

    alt = f"{metric.title} of {len(found.words)} slices in {len(found.starts)} windows."
    _draw_heat(mark, alt, "time", choose)
    st.caption(
        f"{metric.title} in each {found.period}: the worse, the deeper. {_say_few()} "
        "Choose a cell to see its rows."
    )


def draw_rows_answer(
    evaluation: Evaluation, said: Said, where: Predicate | None, asked: Asked
) -> None:
    """Draw what the rows tell in one sentence; nothing is judged here, so there is no light."""
    if where is not None and ask(hides_slice, desk(), evaluation, where):
        return
    whole = ask(quality_of, desk(), evaluation, asked)
    mine = ask(quality_of, desk(), evaluation, asked, where=where) if where else None
    text = say_rows_behind(mine, whole) if mine else say_rows_behind(whole)
    said.answer_place.container(border=True).markdown(escape(text))


def _say_few() -> str:
    policy = desk().workspace.state.policy.policy
    return (
        f"Grey cells have fewer than {policy.min_rows} rows, or fewer than "
        f"{policy.min_denominator} to divide by; a dash has none, or too few to show."
    )


def _draw_heat(
    mark: HeatTable, alt: str, key: str, choose: Callable[[int, int], None]
) -> None:
    styled = shade(mark, dark=st.context.theme.type == "dark")
    names = list(styled.columns)

    def picked() -> None:
        cells = st.session_state[f"{key}_heat"]["selection"]["cells"]
        if cells and names.index(cells[0][1]) > 0:
            choose(cells[0][0], names.index(cells[0][1]) - 1)

    st.dataframe(
        styled,
        key=f"{key}_heat",
        hide_index=True,
        height=min(520, LINE_PIXELS * (len(mark.lines) + 1) + 3),
        on_select=picked,
        selection_mode="single-cell",
        alt=say_text(alt),
        column_config={names[0]: name_column(mark.lines)},
    )


def draw_versions(evaluation: Evaluation, said: Said) -> None:
    """Draw where two models differ on the same rows."""
    state = desk().workspace.state
    others = {state.model(e.model).title: e for e in other_evaluations(desk(), evaluation)}
    chosen = said.control_place.selectbox(
        "Compared with", list(others), key="vs", format_func=say_text, bind="query-params"
    )
    other = others[str(chosen)]
    found = ask(compare_versions, desk(), evaluation, other)
    mine = state.model(evaluation.model).title
    with said.answer_place:
        answer(*_say_versions(found, mine, str(chosen)))
    left, right = st.columns(2)
    with left:
        _draw_differences(evaluation, found)
    with right:
        _draw_version_table(found)
    auc = found.auc
    if not isinstance(auc, NotEstimable):
        st.caption(
            f"AUC {auc.first:.3f} against {auc.second:.3f}: difference "
            f"{say_both(auc.difference, 'ratio')}, paired DeLong, p {say_p(auc.p)}."
        )
    draw_apart(evaluation, other, asked_of(desk(), evaluation), str(chosen))


def _say_versions(found: Versions, mine: str, other: str) -> tuple[str, str, str]:
    whole = found.whole
    if isinstance(whole, NotEstimable):
        return (
            WORDS[Word.NOT_MEASURED],
            "",
            f"{whole.reason[:1].upper()}{whole.reason[1:]}.",
        )
    if whole.low > 0:
        gap = say_both(whole, "points")
        head = f"{mine} is right more often than {other}, by {gap}."
    elif whole.high < 0:
        gap = say_both(
            replace(whole, value=-whole.value, low=-whole.high, high=-whole.low), "points"
        )
        head = f"{mine} is right less often than {other}, by {gap}."
    else:
        interval = say_interval(whole, "points")
        head = f"{mine} and {other} are right about equally often ({interval})."
    worse = [
        line
        for line in found.lines
        if isinstance(line.difference, Estimate) and line.difference.high < 0
    ]
    light = WORDS[Word.PASS]
    if whole.high < 0 or worse:
        light = ATTENTION
    if worse and whole.high >= 0:
        head += f" But it is surely right less often where {worse[0].title}."
    return light, f"{mine} against {other}", head


def _draw_differences(evaluation: Evaluation, found: Versions) -> None:
    points = tuple(
        Point(line.title, line.difference, evaluation.id, line.address)
        for line in found.lines
        if isinstance(line.difference, Estimate)
    )[:DRAWN]
    if not points:
        st.markdown("No slice has enough rows to be compared.")
        return
    alt = (
        f"Paired differences of {len(points)} slices, the largest sure ones first; "
        "the table beside it holds them."
    )
    axis = Axis("More often right (share of rows)", "share")
    lines = (Reference(0.0, "no difference"),)
    chart(Figure(Forest(points, axis, lines), alt), key="versions", on_click=choose_slice)


def _draw_version_table(found: Versions) -> None:
    def picked() -> None:
        rows = st.session_state["version_table"]["selection"]["rows"]
        if rows and rows[0] < len(found.lines):
            choose_slice(found.lines[rows[0]].address)

    st.dataframe(
        [
            {
                "Slice": say_text(line.title),
                "Difference": say_both(line.difference, "points"),
                "Only this right": line.only_first,
                "Only other right": line.only_second,
                "Rows": line.rows,
                "q": say_p(line.q),
            }
            for line in found.lines
        ],
        key="version_table",
        hide_index=True,
        height=340,
        on_select=picked,
        selection_mode="single-row",
        placeholder="–",
        alt=f"Differences of {len(found.lines)} slices with intervals and rows.",
        column_config={
            "Slice": name_column(line.title for line in found.lines),
            "Rows": st.column_config.NumberColumn(format="localized"),
        },
    )
    st.caption(f"The {len(found.lines)} largest of {found.compared:,} slices compared.")
