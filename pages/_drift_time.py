"""Over time: how far each column moved in each window."""

from typing import Final

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS
from core.figures.heat import shade
from core.figures.marks import HeatCell, HeatTable
from core.records.data import DatasetVersion
from core.records.drift import Compared, Side
from core.records.estimate import Estimate, Word
from core.records.evaluations import Evaluation
from core.runs.drifting import compare
from core.runs.performance import windows_of
from pages._frame import desk, jump
from pages._page import answer, ask
from pages._shown import name_column

DRAWN: Final = 20
LINE_PIXELS: Final = 31


def draw_time(
    evaluation: Evaluation,
    before: DatasetVersion,
    place: "st.delta_generator.DeltaGenerator",
) -> None:
    """Draw the columns that moved most against the windows that the model met."""
    windows = windows_of(desk(), evaluation)
    titles = [desk().workspace.state.dataset(each.dataset).title for each in windows]
    found = [ask(compare, desk(), Side(before.id), Side(each.dataset)) for each in windows]
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
            st.session_state["_drift_cell"] = (columns[line], windows[column].id)

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
        column, id_ = cell
        jump(
            "drift.py",
            desk().workspace.state.evaluation(id_),
            col=column,
            part="What moved",
        )


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
        return (
            WORDS[Word.PASS],
            "",
            "No column moved for sure by more than counts, in any window.",
        )
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
