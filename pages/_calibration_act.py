"""Where to act: the threshold by costs or by capacity, and what it means for 1,000 cases."""

from typing import Final

import streamlit as st

from core.estimates.wording import say_both
from core.figures.marks import Axis, Curve, CurvePoint, Figure, Line, Reference
from core.measures.acting import (
    Thresholds,
    acting_at,
    say_benefit,
    threshold_by_capacity,
    threshold_by_cost,
)
from core.records.calibration import ActingPoint
from core.records.estimate import Estimate
from core.records.evaluations import Evaluation
from core.runs.calibrating import thresholds_of
from core.runs.keeping import set_threshold
from core.runs.score_rollups import Scores
from pages._frame import desk
from pages._page import answer, ask, chart
from pages._shown import escape
from pages._threshold import threshold_choice
from pages._who import actor

RULES: Final = ("By cost", "By capacity", "By hand")
SHARE: Final = "share"
STEPS: Final = 1000
LEAST_BENEFIT: Final = -0.05  # of the axis; acting on everybody falls without end


def draw_acting(
    evaluation: Evaluation, scores: Scores, place: "st.delta_generator.DeltaGenerator"
) -> int:
    """Draw the choice of a threshold and what follows from it; return thousandths."""
    counts = ask(thresholds_of, scores)
    threshold = _choose(evaluation, counts)
    point = acting_at(counts, threshold)
    with place:
        answer(
            "○ Not measured", "no rule of the policy chooses a threshold", point.sentence
        )
    left, right = st.columns(2)
    with left:
        _draw_benefit(counts, point)
        st.caption(escape(say_benefit(point)))
    with right:
        _draw_cards(point)
        _use(evaluation, threshold)
    left, right = st.columns(2)
    with left:
        _draw_roc(evaluation, counts, point)
    with right:
        _draw_precision(evaluation, counts, point)
    return threshold


def _choose(evaluation: Evaluation, counts: Thresholds) -> int:
    row = st.columns([3, 3, 4], vertical_alignment="bottom")
    rule = row[0].segmented_control(
        "Rule", RULES, key="rule", default=RULES[-1], required=True, bind="query-params"
    )
    if rule == RULES[0]:
        missed = row[1].number_input(
            "A missed case costs as much as so many false alarms",
            min_value=0.01,
            max_value=10_000.0,
            value=5.0,
            key="cost",
            bind="query-params",
        )
        found = ask(threshold_by_cost, counts, missed=float(missed))
    elif rule == RULES[1]:
        inputs = row[1].columns(2)
        cases = inputs[0].number_input("Cases a month", 1, 10_000_000, 10_000, key="cases")
        cap = inputs[1].number_input(
            "Of these checked", 0, 10_000_000, 500, key="cap", bind="query-params"
        )
        found = ask(threshold_by_capacity, counts, capacity=float(cap), cases=float(cases))
    else:
        with row[2]:
            return threshold_choice(evaluation, "Acts from")
    row[2].markdown(escape(found.sentence))
    return found.threshold


def _draw_benefit(counts: Thresholds, point: ActingPoint) -> None:
    at = [float(each) for each in counts.at[:STEPS]]
    model = [float(each) for each in counts.net_benefit[:STEPS]]
    all_ = [float(each) for each in counts.net_benefit_all[:STEPS]]
    top = max(*model, *all_)
    lines = (
        Line("the model", tuple(at), tuple(model)),
        Line("everybody", tuple(at), tuple(all_)),
        Line("nobody", (0.0, 1.0), (0.0, 0.0)),
    )
    mark = Curve(
        lines,
        (),
        Axis("Acting from", SHARE),
        Axis("Net benefit", "ratio"),
        (Reference(point.threshold / STEPS, "chosen"),),
        span=(0.0, 1.0),
        rise=(LEAST_BENEFIT, top * 1.1 if top > 0 else 0.05),
    )
    alt = f"Net benefit of acting by the model, on everybody, on nobody. {point.sentence}"
    chart(Figure(mark, alt), key="benefit")


def _draw_cards(point: ActingPoint) -> None:
    often = point.frequencies
    st.caption(f"Of {often.of:,} cases")
    cards = st.grid(2, min_column_width=120)
    for title, number in (
        ("Stopped rightly", often.hits),
        ("Stopped wrongly", often.alarms),
        ("Missed", often.missed),
        ("Let through rightly", often.passed),
    ):
        cards.metric(title, f"{number:,}", border=True)
    st.caption(
        escape(
            f"Finds {say_both(point.recall)} of the positives; when it acts it is right in "
            f"{say_both(point.precision)}."
        )
    )


def _draw_roc(evaluation: Evaluation, counts: Thresholds, point: ActingPoint) -> None:
    x = tuple(float(each) for each in counts.alarm_rate[::-1])
    y = tuple(float(each) for each in counts.recall[::-1])
    here = float(counts.alarm_rate[point.threshold])
    line = Line("the model", x, y)
    points = _here(evaluation, here, point.recall, point)
    axes = Axis("False positive rate", SHARE), Axis("Recall", SHARE)
    mark = Curve((line,), points, *axes, diagonal=True, span=(0, 1), rise=(0, 1))
    st.caption("Found against falsely called (ROC)")
    chart(Figure(mark, f"ROC curve with the chosen point. {point.sentence}"), key="roc")


def _draw_precision(evaluation: Evaluation, counts: Thresholds, point: ActingPoint) -> None:
    known = [k for k in range(STEPS, -1, -1) if counts.tp[k] + counts.fp[k] > 0]
    x = tuple(float(counts.recall[k]) for k in known)
    y = tuple(float(counts.precision[k]) for k in known)
    here = float(counts.recall[point.threshold])
    points = _here(evaluation, here, point.precision, point)
    axes = Axis("Recall", SHARE), Axis("Precision", SHARE)
    mark = Curve((Line("the model", x, y),), points, *axes, span=(0, 1), rise=(0, 1))
    st.caption("Right against found (precision and recall)")
    chart(Figure(mark, f"Precision and recall. {point.sentence}"), key="precision")


def _here(
    evaluation: Evaluation, x: float, measured: object, point: ActingPoint
) -> tuple[CurvePoint, ...]:
    """Return the chosen point, where it can be drawn."""
    if not isinstance(measured, Estimate):
        return ()
    label = f"acting from {point.threshold / 10:g} %"
    return (CurvePoint(x, label, measured, evaluation.id, chosen=True),)


def _use(evaluation: Evaluation, threshold: int) -> None:
    now = desk().workspace.state.threshold(evaluation.model)
    if threshold == now:
        st.caption("This is the threshold in use.")
        return
    if st.button("Use threshold", type="primary"):
        _use_dialog(evaluation, threshold, now)


@st.dialog("Use threshold")
def _use_dialog(evaluation: Evaluation, threshold: int, now: int) -> None:
    model = desk().workspace.state.model(evaluation.model).title
    st.markdown(
        escape(
            f"{model} says yes from {threshold / 10:g} % upwards, instead of {now / 10:g} %. "
            "Every page, every rule of the policy and the card follow."
        )
    )
    why = st.text_input("Why", key="act_why", placeholder="What was weighed, and by whom")
    if st.button("Use threshold", type="primary", disabled=not why.strip(), key="act_use"):
        ask(
            set_threshold,
            desk(),
            evaluation.model,
            threshold,
            actor=actor(),
            why=why.strip(),
        )
        st.rerun()
