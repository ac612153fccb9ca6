"""Fairness: how the groups of a sensitive column fare, notion by notion."""

from typing import Final

import streamlit as st

from core.errors import WrongInputError
from core.estimates.wording import (
    ATTENTION,
    WORDS,
    say_both,
    say_p,
)
from core.figures.marks import Axis, Figure, Forest, Point, Reference
from core.measures.outcomes import Asked
from core.records.estimate import Estimate, NotEstimable, Word
from core.records.evaluations import Evaluation
from core.records.fairness import Criterion, Fairness
from core.records.texts import say_text
from core.runs.fairness import fairness_of, groups_of, sensitive_columns
from pages._frame import desk
from pages._page import answer, ask, chart, facts_table
from pages._shown import escape
from pages._slices import Said

NOBODY: Final = "no other"
LARGEST: Final = "the largest group"
CARDS: Final = (
    ("demographic_parity", "Says yes"),
    ("equal_opportunity", "Found"),
    ("false_positive_balance", "Falsely called"),
    ("predictive_parity", "Right when it says yes"),
)
SHOWN: Final = (
    "demographic_parity",
    "equal_opportunity",
    "false_positive_balance",
    "predictive_parity",
    "calibration",
    "four_fifths",
)
RANK: Final = (
    Word.FAIL,
    Word.INSUFFICIENT,
    Word.PASS,
    Word.NOT_MEASURED,
    Word.NOT_APPLICABLE,
)


def draw_fairness(evaluation: Evaluation, said: Said, asked: Asked) -> Fairness | None:
    """Draw the groups of one sensitive column, or of two together; return what was found."""
    names = list(sensitive_columns(desk(), evaluation))
    bar = said.control_place.columns(3, vertical_alignment="bottom")
    column = bar[0].selectbox(
        "Sensitive column", names, key="sens", format_func=say_text, bind="query-params"
    )
    others = [NOBODY, *(name for name in names if name != column)]
    second = bar[1].selectbox(
        "together with", others, key="with_sens", format_func=say_text
    )
    columns = (str(column),) if second in (None, NOBODY) else (str(column), str(second))
    titles = [g.title for g in ask(groups_of, desk(), evaluation, columns, asked)]
    if st.session_state.get("base") not in (None, LARGEST, *titles):
        st.session_state.pop("base")
    base = bar[2].selectbox(
        "against", [LARGEST, *titles], key="base", format_func=say_text, bind="query-params"
    )
    reference = "" if base in (None, LARGEST) else str(base)
    try:
        found = fairness_of(desk(), evaluation, columns, asked, reference=reference)
    except WrongInputError as error:
        st.markdown(escape(f"{error} {error.hint}"))
        return None
    with said.answer_place:
        answer(*_say_answer(found))
    _draw_cards(found)
    if found.note:
        st.caption(escape(found.note))
    _draw_groups(evaluation, found)
    return found


def draw_fairness_experts(found: Fairness) -> None:
    """Draw tests, spread and verdict reasons of every notion."""
    for criterion in found.criteria:
        alike = criterion.homogeneity
        test = (
            alike.reason
            if isinstance(alike, NotEstimable)
            else f"p {say_p(alike.p)} ({alike.method}, {alike.degrees} degrees of freedom)"
        )
        kind = "ratio" if criterion.id in ("calibration", "four_fifths") else "points"
        facts_table(
            [
                (criterion.title, criterion.meaning),
                ("All groups alike", test),
                ("Largest gap, joint interval", say_both(criterion.largest, kind)),
                ("True spread (standard deviation)", say_both(criterion.spread, kind)),
                ("Verdict", f"{criterion.verdict.word}: {criterion.verdict.reason}"),
            ]
        )


def _say_answer(found: Fairness) -> tuple[str, str, str]:
    worst = min(found.criteria, key=lambda c: RANK.index(c.verdict.word))
    word = worst.verdict.word
    light = ATTENTION if word is Word.FAIL else WORDS[word]
    if word is Word.PASS:
        return light, "", f"No gap between groups is larger than allowed. {worst.sentence}"
    return light, worst.title.lower(), worst.sentence


def _draw_cards(found: Fairness) -> None:
    columns = st.columns(len(CARDS))
    for place, (id_, words) in zip(columns, CARDS, strict=True):
        criterion = found.criterion(id_)
        word = criterion.verdict.word
        light = ATTENTION if word is Word.FAIL else WORDS[word]
        with place.container(border=True, height="stretch"):
            st.markdown(f"**{words}** · {light}")
            st.markdown(escape(f"Gap {say_both(criterion.largest, 'points')}"))
            st.caption(escape(criterion.sentence))


def _draw_groups(evaluation: Evaluation, found: Fairness) -> None:
    left, right = st.columns(2)
    shown = st.session_state.get("notion", SHOWN[0])
    notion = left.selectbox(
        "Notion",
        SHOWN,
        key="notion",
        format_func=lambda id_: found.criterion(id_).title,
    )
    criterion = found.criterion(str(notion or shown))
    with left:
        _draw_forest(evaluation, found, criterion)
    with right:
        _draw_table(found, criterion)


def _draw_forest(evaluation: Evaluation, found: Fairness, criterion: Criterion) -> None:
    kind = "ratio" if criterion.id == "calibration" else "share"
    points = tuple(
        Point(
            label=group.title,
            estimate=group.measured,
            evaluation=evaluation.id,
            word=Word.INSUFFICIENT if group.left_out else None,
            chosen=group.title == found.reference,
        )
        for group in criterion.groups
        if isinstance(group.measured, Estimate) and group.measured.rows
    )
    if not points:
        st.markdown("This cannot be counted for any group.")
        return
    base = next((p.estimate.value for p in points if p.label == found.reference), None)
    lines = (Reference(base, found.reference),) if base is not None else ()
    alt = (
        f"{criterion.title} by group, evaluation {evaluation.id[:8]}. {criterion.sentence} "
        f"{len(points)} values; the table beside it holds them."
    )
    axis = Axis(criterion.title, kind)
    chart(Figure(Forest(points, axis, lines), alt), key="fair")


def _draw_table(found: Fairness, criterion: Criterion) -> None:
    kind = "ratio" if criterion.id == "calibration" else "share"
    points = "ratio" if criterion.id == "calibration" else "points"
    st.dataframe(
        [
            {
                "Group": say_text(group.title),
                "Value": say_both(group.measured, kind),
                "Difference": None
                if group.title == found.reference
                else say_both(group.difference, points),
                "Ratio": None
                if group.title == found.reference
                else say_both(group.ratio, "ratio"),
                "Rows": None if group.left_out.startswith("hidden") else group.rows,
                "Why not compared": say_text(group.left_out) or None,
            }
            for group in criterion.groups
            if group.rows
        ],
        hide_index=True,
        placeholder="–",
        alt=f"{criterion.title}: {len(criterion.groups)} groups against {found.reference}.",
        column_config={"Rows": st.column_config.NumberColumn(format="localized")},
    )
