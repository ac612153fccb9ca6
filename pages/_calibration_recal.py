"""Recalibrate: what another reading of the same scores would change; nothing is applied."""

from typing import Final

import streamlit as st

from core.estimates.wording import say_both, say_number
from core.figures.reliability import other_line, reliability
from core.measures.recalibration import METHODS
from core.records.calibration import Calibration, WhatIf
from core.records.evaluations import Evaluation
from core.runs.calibrating import what_if_of
from core.runs.score_rollups import Scores
from pages._page import answer, ask, chart
from pages._shown import escape

TITLES: Final = {
    "sigmoid": "Sigmoid",
    "isotonic": "Isotonic",
    "temperature": "Temperature",
    "prevalence": "Prevalence shift",
}


def draw_recalibration(
    evaluation: Evaluation, scores: Scores, place: "st.delta_generator.DeltaGenerator"
) -> None:
    """Draw before and after a recalibration on one diagram, and what it would change."""
    method = st.segmented_control(
        "Method",
        METHODS,
        key="recal",
        default=METHODS[0],
        required=True,
        format_func=TITLES.__getitem__,
        bind="query-params",
    )
    found = ask(what_if_of, scores, str(method))
    with place:
        answer("○ Not measured", "a what-if; the model is not changed", found.sentence)
    left, right = st.columns(2)
    with left:
        figure = reliability(
            found.before.lines,
            evaluation.id,
            curves=(other_line("after", found.after),),
            sentence=found.sentence,
        )
        chart(figure, key="recalibrated")
        st.caption("Points: as the model says. Line: after recalibration.")
    with right:
        _draw_table(found)
        st.caption(
            escape(
                f"{TITLES[found.method]}: {found.formula}. Cross-fitted: no row is judged by "
                "a change that saw it."
            )
        )


def _draw_table(found: WhatIf) -> None:
    st.dataframe(
        [
            {"": name, "Before": before, "After": after}
            for name, before, after in zip(
                NAMES, _facts(found.before), _facts(found.after), strict=True
            )
        ],
        hide_index=True,
        alt="Calibration before and after.",
    )


NAMES: Final = (
    "Average gap",
    "Happened / expected",
    "Slope",
    "Brier score",
    "Lost to wrong chances (MCB)",
    "Won by telling apart (DSC)",
)


def _facts(found: Calibration) -> list[str]:
    gap = f"{say_number(found.gap.value * 100, 1)} points" if found.gap else "–"
    facts = [gap, say_both(found.observed_expected, "ratio")]
    expert = found.expert
    if expert is None:
        return [*facts, *["–"] * (len(NAMES) - len(facts))]
    brier = expert.brier
    numbers = (brier.score, brier.miscalibration, brier.discrimination)
    return [
        *facts,
        say_both(expert.logistic.slope, "ratio"),
        *(say_number(each, 4) for each in numbers),
    ]
