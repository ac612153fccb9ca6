"""Numbers for experts: tests, slopes, and how the scores split up."""

import streamlit as st

from core.estimates.wording import DASH, say_both, say_hash, say_number, say_p
from core.measures.calibration_slope import say_slope
from core.measures.corp import say_distances, say_split
from core.records.calibration import Calibration, Significance, Split
from core.records.evaluations import Evaluation
from pages._page import facts_table
from pages._shown import escape


def draw_experts(evaluation: Evaluation, found: Calibration) -> None:
    """Draw every number that is counted, with its name in the field."""
    expert, gap = found.expert, found.gap
    if expert is None or gap is None:
        st.markdown("There are too few cases for these numbers.")
        return
    logistic = expert.logistic
    clipped = f" ({logistic.clipped:,} rows of 0 or 1 clipped)" if logistic.clipped else ""
    facts_table(
        [
            ("Average gap (ECE, ten equal-count bins)", _six(gap.value)),
            ("of chance alone, and up to", f"{_six(gap.chance)}, {_six(gap.chance_most)}"),
            ("Debiased squared gap", _six(gap.squared)),
            ("Widest bin (MCE)", _six(gap.widest)),
            ("Smooth gap (smECE)", _six(expert.smooth_gap)),
            ("Distance of the curve (ICI, E50, E90, Emax)", _distances(found)),
            ("Brier score = MCB − DSC + UNC", _split(expert.brier)),
            ("Log loss = MCB − DSC + UNC", _split(expert.log_loss)),
            ("Happened / expected", say_both(found.observed_expected, "ratio")),
            ("Slope", say_both(logistic.slope, "ratio") + clipped),
            ("Intercept", say_both(logistic.intercept, "ratio")),
            ("Calibration in the large (log odds)", say_both(logistic.offset, "ratio")),
            ("Spiegelhalter z, p (two-sided)", _tested(expert.spiegelhalter)),
            ("Kuiper (ties counted at their end), p", _tested(expert.kuiper)),
            ("Evaluation", evaluation.id),
            ("Coded rows", say_hash(evaluation.frame)),
        ]
    )
    st.caption(
        escape(
            f"{say_split(expert.brier)} {say_distances(expert.distances)} "
            f"{say_slope(logistic.slope)}"
        )
    )


def _six(number: float) -> str:
    return say_number(number, 6)


def _distances(found: Calibration) -> str:
    far = found.expert.distances if found.expert else None
    if far is None:
        return DASH
    return ", ".join(map(_six, (far.mean, far.median, far.ninety, far.largest)))


def _split(split: Split) -> str:
    if split.infinite:
        clipped = "" if split.clipped is None else f"; {_six(split.clipped)} clipped"
        return f"without end: {split.infinite:,} rows were called impossible{clipped}"
    score, lost = _six(split.score), _six(split.miscalibration)
    return f"{score} = {lost} − {_six(split.discrimination)} + {_six(split.uncertainty)}"


def _tested(found: Significance | None) -> str:
    return DASH if found is None else f"{found.statistic:.3f}, {say_p(found.p)}"
