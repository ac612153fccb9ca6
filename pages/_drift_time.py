"""Over time: how far each column moved in each window, or in each day, week or month of one."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS
from core.figures.heat import shade
from core.figures.marks import HeatCell, HeatTable
from core.records.data import DatasetVersion
from core.records.drift import Compared, Side
from core.records.estimate import Estimate, Word
from core.records.evaluations import Evaluation
from core.records.predicate import Predicate, to_address
from core.runs.drift_windows import compare_inside, periods_of
from core.runs.drifting import compare
from core.runs.performance import windows_of
from pages._frame import choose_slice, desk, jump
from pages._page import answer, ask
from pages._shown import name_column

DRAWN: Final = 20
LINE_PIXELS: Final = 31


VERSIONS: Final = "versions"


@dataclass(frozen=True, slots=True)
class _Window:
    """A window, its rows, and the evaluation and slice that a click on it chooses."""

    title: str
    compared: Compared
    evaluation: Evaluation
    address: str


def draw_time(
    evaluation: Evaluation,
    before: DatasetVersion,
    where: Predicate | None,
    place: "st.delta_generator.DeltaGenerator",
) -> None:
    """Draw the columns that moved most against the windows that the model met."""
    by = _choose_by(evaluation)
    windows = (
        _tables(evaluation, before, where)
        if by == VERSIONS
        else _inside(evaluation, before, where, by)
    )
    found, titles = [w.compared for w in windows], [w.title for w in windows]
    columns = _farthest(found)
    with place:
        answer(*_say(columns, found, titles))
    table = _heat(columns, found, titles)
    styled = shade(table, dark=st.context.theme.type == "dark")
    names = list(styled.columns)

    def picked() -> None:
        cells = st.session_state["drift_heat"]["selection"]["cells"]
        if cells and names.index(cells[0][1]) > 0:
            line, column = cells[0][0], names.index(cells[0][1]) - 1
            st.session_state["_drift_cell"] = (columns[line], windows[column])
            choose_slice(windows[column].address)

    st.dataframe(
        styled,
        key="drift_heat",
        hide_index=True,
        height=min(620, LINE_PIXELS * (len(columns) + 1) + 3),
        on_select=picked,
        selection_mode="single-cell",
        alt=f"How far {len(columns)} columns moved in {len(windows)} windows.",
        column_config={names[0]: name_column(table.lines)},
    )
    st.caption(
        f"How far each column moved from {before.title}, 0 to 1; darker is farther. ◆ marks "
        "where a column first moved for sure by more than counts. Click a cell to compare."
    )
    if cell := st.session_state.pop("_drift_cell", None):
        column, window = cell
        jump("drift.py", window.evaluation, col=column, part="What moved")


def _choose_by(evaluation: Evaluation) -> str:
    """Draw the choice between tables and the periods of the chosen one, where there are any."""
    dataset = desk().workspace.state.dataset(evaluation.dataset)
    tables = (VERSIONS,) if windows_of(desk(), evaluation) else ()
    options = [*tables, *periods_of(desk(), dataset)]
    if st.session_state.get("by") not in options:
        st.session_state.pop("by", None)
    if len(options) == 1:
        return str(options[0])
    return str(
        st.pills(
            "Windows by",
            options,
            key="by",
            default=options[0],
            required=True,
            bind="query-params",
            help="Tables that the model met, or periods inside the chosen table.",
        )
    )


def _tables(
    evaluation: Evaluation, before: DatasetVersion, where: Predicate | None
) -> list[_Window]:
    state, address = desk().workspace.state, to_address(where) if where else ""
    return [
        _Window(
            state.dataset(each.dataset).title,
            ask(compare, desk(), Side(before.id, where), Side(each.dataset, where)),
            each,
            address,
        )
        for each in windows_of(desk(), evaluation)
    ]


def _inside(
    evaluation: Evaluation, before: DatasetVersion, where: Predicate | None, period: str
) -> list[_Window]:
    sides = Side(before.id, where), Side(evaluation.dataset, where)
    return [
        _Window(title, compared, evaluation, to_address(rows))
        for (title, rows), compared in ask(compare_inside, desk(), *sides, period)
    ]


def _farthest(found: list[Compared]) -> list[str]:
    most: dict[str, float] = {}
    for each in found:
        for shift in each.shifts:
            most[shift.column] = max(most.get(shift.column, 0.0), shift.moved)
    return sorted(most, key=lambda column: -most[column])[:DRAWN]


def _first_failed(column: str, found: list[Compared]) -> int | None:
    for k, each in enumerate(found):
        if any(s.column == column and s.word is Word.FAIL for s in each.shifts):
            return k
    return None


def _say(
    columns: list[str], found: list[Compared], titles: list[str]
) -> tuple[str, str, str]:
    starts = {c: k for c in columns if (k := _first_failed(c, found)) is not None}
    if not starts:
        said = "No column moved for sure by more than counts, in any window."
        open_ = {s.column for f in found for s in f.shifts if s.word is Word.INSUFFICIENT}
        if not open_:
            return WORDS[Word.PASS], "", said
        counted = "1 column" if len(open_) == 1 else f"{len(open_):,} columns"
        few = f"For {counted} some window has too few rows to tell."
        return WORDS[Word.INSUFFICIENT], "", f"{said} {few}"
    first = min(starts.values())
    named = [column for column, k in starts.items() if k == first]
    return ATTENTION, "", f"Since {titles[first]} {' and '.join(named[:2])} moved for sure."


def _heat(columns: list[str], found: list[Compared], titles: list[str]) -> HeatTable:
    cells = []
    for column in columns:
        start = _first_failed(column, found)
        line = []
        for k, each in enumerate(found):
            shift = next((s for s in each.shifts if s.column == column), None)
            if shift is None or not isinstance(shift.effect, Estimate):
                line.append(HeatCell("–"))
                continue
            mark = " ◆" if k == start else ""
            line.append(HeatCell(f"{shift.moved:.2f}{mark}", min(1.0, shift.moved * 2)))
        cells.append(tuple(line))
    return HeatTable("Column", tuple(columns), tuple(titles), tuple(cells))
