"""By slice: for whom the stated chances are off."""

from typing import Final

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS, say_both, say_p
from core.figures.marks import Axis, Figure, Forest, Point, Reference
from core.records.calibration import CalibrationBySlice, SliceCalibration
from core.records.estimate import Estimate, Word
from core.records.evaluations import Evaluation
from core.records.texts import say_text
from core.runs.calibrating import calibration_by_slice
from core.runs.score_rollups import Scores
from core.runs.slicing import say_left_out
from pages._frame import choose_slice, desk
from pages._page import answer, ask, chart
from pages._shown import escape, name_column

DRAWN: Final = 14
COLUMN: Final = "Slice"


def draw_by_slice(
    evaluation: Evaluation, scores: Scores, place: "st.delta_generator.DeltaGenerator"
) -> None:
    """Draw happened / expected of every slice, the surest gap first."""
    found = ask(calibration_by_slice, scores)
    if left_out := say_left_out(desk(), evaluation):
        st.caption(escape(left_out))
    if not found:
        st.markdown("No column of this table is a feature, a group or sensitive.")
        return
    with place:
        answer(*_say(found))
    left, right = st.columns(2)
    with left:
        _draw_forest(evaluation, found)
    with right:
        _draw_table(found.lines)
    st.caption(
        "How many cases happened for each one that the scores expected; 1 is right. Marked "
        "slices are off beyond chance, and more than all rows are, all slices looked at "
        f"(Holm). Drawn are the first {DRAWN}; click one to see its own reading line."
    )


def _say(found: CalibrationBySlice) -> tuple[str, str, str]:
    apart = sum(each.apart for each in found.lines)
    if not apart:
        return WORDS[Word.PASS], "", found.sentence
    rule = f"{apart:,} of {len(found.lines):,} slices are off beyond chance"
    return ATTENTION, rule, found.sentence


def _draw_forest(evaluation: Evaluation, found: CalibrationBySlice) -> None:
    points = tuple(
        Point(
            label=each.words,
            estimate=each.observed_expected,
            evaluation=evaluation.id,
            key=each.address,
            word=Word.FAIL if each.beyond else None,
            warns=each.beyond,
        )
        for each in found.lines
        if isinstance(each.observed_expected, Estimate)
    )[:DRAWN]
    if not points:
        st.markdown("No slice has enough cases to be judged.")
        return
    axis = Axis("Happened / expected", "ratio")
    lines = [Reference(1.0, "as stated")]
    if isinstance(found.whole, Estimate):
        lines.append(Reference(found.whole.value, "all rows"))
    alt = (
        f"Happened / expected of {len(points)} slices, evaluation {evaluation.id[:8]}. "
        "The table beside it holds them."
    )
    mark = Forest(points, axis, tuple(lines))
    chart(Figure(mark, alt), key="calibration_forest", on_click=choose_slice)


def _draw_table(found: tuple[SliceCalibration, ...]) -> None:
    def picked() -> None:
        rows = st.session_state["calibration_table"]["selection"]["rows"]
        if rows and rows[0] < len(found):
            choose_slice(found[rows[0]].address)

    st.dataframe(
        [
            {
                COLUMN: say_text(each.words),
                "": "▲" if each.beyond else "",
                "Happened / expected": say_both(each.observed_expected, "ratio"),
                "Gap": say_both(each.gap, "points"),
                "Cases": each.rows,
                "p (Holm)": say_p(each.adjusted),
                "Slope": say_both(each.slope, "ratio"),
            }
            for each in found
        ],
        key="calibration_table",
        hide_index=True,
        height=340,
        on_select=picked,
        selection_mode="single-row",
        placeholder="–",
        alt=f"Calibration of {len(found)} slices with intervals and cases.",
        column_config={
            COLUMN: name_column(each.words for each in found),
            "Cases": st.column_config.NumberColumn(format="localized"),
        },
    )
