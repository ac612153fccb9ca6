"""What moved: every column, how far, and whether the model leans on it."""

from typing import Final

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS, say_both, say_p
from core.figures.drifted import both_shares, quadrant, shifts_forest
from core.measures.drivers import float_of
from core.measures.shift_words import noted
from core.records.data import DatasetVersion
from core.records.drift import Compared, Shift, Side
from core.records.estimate import Word
from core.records.evaluations import Evaluation
from core.records.predicate import Predicate
from core.records.texts import say_text
from core.runs.drifting import compare
from core.runs.drivers import Asked, drivers_of
from core.runs.explaining import explained_of
from core.runs.shift_scores import compare_scores
from pages._frame import desk, jump
from pages._page import answer, ask, chart, facts_table
from pages._shown import escape, name_column

LINE_PIXELS: Final = 31
WORST: Final = (Word.FAIL, Word.INSUFFICIENT, Word.NOT_MEASURED, Word.PASS)
MINI: Final = 12  # bars of a small histogram


def draw_columns(
    evaluation: Evaluation,
    before: DatasetVersion,
    where: Predicate | None,
    place: "st.delta_generator.DeltaGenerator",
) -> Compared:
    """Draw all columns by how far they moved, and the chosen one before and after."""
    kind = st.pills(
        "Kind", ["Columns", "Scores"], key="kind", default="Columns", required=True,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if kind == "Scores":
        if where:
            st.caption("A slice is chosen above; scores are compared on all rows.")
        found = _scores(evaluation, before)
    else:
        sides = Side(before.id, where), Side(evaluation.dataset, where)
        found = ask(compare, desk(), *sides)
    with place:
        answer(*_say(found))
    importance = _importance(evaluation) if kind == "Columns" else {}
    shifts = _ranked(found, importance)
    left, right = st.columns([2, 3])
    chosen = str(st.session_state.get("col", "")) or (shifts[0].column if shifts else "")
    with left:
        if importance:
            figure = quadrant(shifts, importance, found.tolerance, evaluation.id)
            chart(figure, key="drift_quadrant", on_click=_choose)
        else:
            figure = shifts_forest(shifts, found.tolerance, evaluation.id, chosen)
            chart(figure, key="drift_forest", on_click=_choose)
    with right:
        _draw_table(shifts, importance)
    if importance:
        st.caption(
            "Right means moved far, high means the model leans on it: top right deserves "
            "attention. First in the table is what moved and matters."
        )
    shift = next((each for each in shifts if each.column == chosen), None)
    if shift is not None:
        _draw_chosen(shift, found, before, evaluation)
    return found


def _scores(evaluation: Evaluation, before: DatasetVersion) -> Compared:
    """Return what became of scores, answers and labels; end the page where nobody can say."""
    reference = desk().workspace.state.evaluation_of(evaluation.model, before.id)
    if reference is None:
        title = before.title
        answer(WORDS[Word.NOT_APPLICABLE], "", f"This model was not evaluated on {title}.")
        st.stop()
    return ask(compare_scores, desk(), reference, evaluation)


def draw_experts(found: Compared) -> None:
    """Draw every distance with its noise floor, the tests and their number."""
    st.dataframe(
        [
            {
                "Column": say_text(shift.column),
                "Rows": f"{shift.rows[0]:,} / {shift.rows[1]:,}",
            }
            | {d.name: f"{d.value:.3g} ({d.floor:.2g})" for d in shift.distances}
            | {"q": say_p(shift.q)}
            for shift in found.shifts
        ],
        hide_index=True,
        placeholder="–",
        alt="Distances of every column with noise floors in brackets.",
        column_config={"Column": name_column(shift.column for shift in found.shifts)},
    )
    facts_table(
        [
            ("Tests corrected for (Benjamini-Hochberg)", f"{found.tests:,}"),
            ("Least effect that counts", f"{found.tolerance:g}"),
            ("Rows on both sides, left out of the second", f"{found.overlap:,}"),
        ]
    )
    st.caption(
        "In brackets: what a distance stays under in 95 of 100 comparisons of like rows."
    )


def _say(found: Compared) -> tuple[str, str, str]:
    words = {shift.word for shift in found.shifts}
    worst = next((word for word in WORST if word in words), Word.NOT_MEASURED)
    noticed = any(_light(shift) == ATTENTION for shift in found.shifts)
    light = ATTENTION if noticed and worst is not Word.FAIL else WORDS[worst]
    return light, "", found.sentence


def _light(shift: Shift) -> str:
    """Return the light of a column; a frequent new value asks for attention, even alone."""
    if shift.word is Word.PASS and noted(shift.new, shift.rows):
        return ATTENTION
    return WORDS[shift.word]


def _importance(evaluation: Evaluation) -> dict[str, float]:
    """Return the mean push of each column that stands alone, if scores were explained."""
    explained = ask(explained_of, desk(), evaluation)
    if explained is None:
        return {}
    asked = Asked(desk(), explained, explained.facts.outputs[0])
    return {d.player.name: float_of(d.strength) for d in ask(drivers_of, asked)}


def _ranked(found: Compared, importance: dict[str, float]) -> tuple[Shift, ...]:
    """Return the columns by verdict, then by how far they moved times how much they matter."""
    return tuple(
        sorted(
            found.shifts,
            key=lambda s: (
                WORST.index(s.word) if s.word in WORST else len(WORST),
                _light(s) != ATTENTION,
                -s.moved * importance.get(s.column, 0.0 if importance else 1.0),
            ),
        )
    )


def _choose(column: str) -> None:
    st.session_state["col"] = column


def _draw_table(shifts: tuple[Shift, ...], importance: dict[str, float]) -> None:
    def picked() -> None:
        rows = st.session_state["drift_table"]["selection"]["rows"]
        if rows and rows[0] < len(shifts):
            _choose(shifts[rows[0]].column)

    st.dataframe(
        [
            {
                "": _light(shift).split(" ")[0],
                "Column": say_text(shift.column),
                "In words": say_text(shift.trouble or shift.sentence),
                "Moved": say_both(shift.effect, "ratio"),
            }
            | ({"Importance": importance.get(shift.column)} if importance else {})
            | {
                "Before": _mini(shift, 0),
                "Now": _mini(shift, 1),
            }
            for shift in shifts
        ],
        key="drift_table",
        hide_index=True,
        height=420,
        on_select=picked,
        selection_mode="single-row",
        placeholder="–",
        alt=f"{len(shifts)} columns by how far they moved.",
        column_config={
            "Column": name_column(shift.column for shift in shifts),
            "In words": st.column_config.TextColumn(width="medium"),
            "Importance": st.column_config.NumberColumn(format="%.2f"),
            "Before": st.column_config.BarChartColumn(y_min=0, width="small"),
            "Now": st.column_config.BarChartColumn(y_min=0, width="small"),
        },
    )


def _mini(shift: Shift, side: int) -> list[float]:
    """Return a small histogram of one side, on the scale of both."""
    rows = max(1, shift.rows[side])
    counts = [(each.before, each.after)[side] / rows for each in shift.bins]
    width = max(1, -(-len(counts) // MINI))
    return [sum(counts[k : k + width]) for k in range(0, len(counts), width)]


def _draw_chosen(
    shift: Shift, found: Compared, before: DatasetVersion, evaluation: Evaluation
) -> None:
    after = desk().workspace.state.dataset(evaluation.dataset)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"##### {escape(shift.column)}", width="content")
        if st.button("Open in Slices", type="tertiary"):
            jump("slices.py", evaluation, part="Over time")
    st.markdown(escape(shift.trouble or shift.sentence))
    if not shift.bins:
        return
    left, right = st.columns([3, 2])
    with left:
        chart(both_shares(shift, (before.title, after.title)), key="drift_both")
    with right:
        facts_table(_facts(shift, found))


def _facts(shift: Shift, found: Compared) -> list[tuple[str, str]]:
    def side(numbers: tuple[int, int]) -> str:
        return (
            f"{numbers[0]:,} of {found.rows[0]:,}, now {numbers[1]:,} of {found.rows[1]:,}"
        )

    facts = [
        ("Moved", say_both(shift.effect, "ratio")),
        ("Missing", side(shift.missing)),
        ("Outside the range seen before", say_both(shift.beyond, "share")),
    ]
    for title, values in (("New values", shift.new), ("Gone", shift.vanished)):
        if values:
            said = ", ".join(f"{say_text(value)} ({rows:,})" for value, rows in values[:5])
            facts.append((title, said))
    if shift.needed:
        facts.append(("Rows that would settle it", f"about {shift.needed:,} a side"))
    return facts
