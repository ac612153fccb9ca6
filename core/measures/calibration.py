"""Calibration: when it says 80 %, does it happen 80 % of the time?"""

from typing import Final

from core.engine.grid import BUCKETS
from core.engine.score_blocks import ScoreBlocks
from core.estimates.wording import say_number
from core.measures.average_gap import measure_gap, measure_smooth_gap
from core.measures.calibration_slope import measure_logistic
from core.measures.calibration_tests import (
    kuiper,
    measure_observed,
    observed_p,
    say_observed,
    spiegelhalter,
)
from core.measures.corp import (
    curve_at,
    curve_of_groups,
    measure_distances,
    split_brier,
    split_log_loss,
)
from core.measures.reading_line import FEW, read_lines
from core.measures.score_groups import ScoreGroups, equal_count
from core.measures.score_moments import ScoreMoments
from core.records.calibration import (
    AverageGap,
    Calibration,
    CalibrationVerdict,
    Expert,
    Light,
)

BINS: Final = 10
TOLERANCE: Final = 0.02
ALPHA_EACH: Final = 0.025  # two facts, so that one in twenty would be wrong by chance


def measure_calibration(
    groups: ScoreGroups,
    moments: ScoreMoments,
    blocks: ScoreBlocks | None = None,
    *,
    left_out: tuple[int, int] = (0, 0),
    tolerance: float = TOLERANCE,
) -> Calibration:
    """Return reading lines, facts, verdict and the numbers for experts.

    `blocks` are the exact curve; without them the groups' own is fitted. `left_out` counts
    rows without a label and rows without a chance.
    """
    bins = equal_count(groups, BINS)
    gap = measure_gap(bins)
    unlabelled, outside = left_out
    return Calibration(
        rows=moments.rows,
        unlabelled=unlabelled,
        outside=outside,
        events=moments.events,
        expected=moments.expected,
        lines=read_lines(bins, top=BUCKETS),
        observed_expected=measure_observed(moments),
        observed_sentence=say_observed(moments.events, moments.expected),
        gap=gap,
        verdict=judge_calibration(moments, gap, tolerance=tolerance),
        expert=_measure_more(groups, moments, blocks) if len(groups.rows) else None,
    )


def judge_calibration(
    moments: ScoreMoments, gap: AverageGap | None, *, tolerance: float = TOLERANCE
) -> CalibrationVerdict:
    """Return the verdict from two facts: observed / expected, and the average gap.

    A gap is there if chance takes one of the two as far less than 2.5 % of the time, so
    that a model that is right is called wrong at most once in twenty. The `tolerance`
    (share, set by the owner) says whether it matters.
    """
    if gap is None or moments.rows < FEW:
        cases = (
            "1 case has a label" if moments.rows == 1 else f"{moments.rows:,} cases have"
        )
        text = cases if moments.rows == 1 else f"{cases} a label"
        return CalibrationVerdict(
            Light.TOO_FEW, f"{text}: too few to tell; {FEW} are needed.", tolerance
        )
    by_count = observed_p(moments) < ALPHA_EACH
    if not moments.variance:  # every score is 0 or 1: one wrong case contradicts them
        by_count = moments.brier > 0
    if not by_count and gap.value <= gap.chance_limit:
        text = f"No gap found between stated and true chances in {moments.rows:,} cases."
        return CalibrationVerdict(Light.NO_GAP, text, tolerance)
    points, limit = (_points(share) for share in (gap.value, tolerance))
    if gap.value <= tolerance:
        text = (
            f"Stated chances are off by {points} on average: "
            f"more than chance, within the tolerance of {limit}."
        )
        return CalibrationVerdict(Light.SMALL_GAP, text, tolerance)
    text = f"Stated chances are off by {points} on average; the owner tolerates {limit}."
    return CalibrationVerdict(Light.GAP, text, tolerance)


def _measure_more(
    groups: ScoreGroups, moments: ScoreMoments, blocks: ScoreBlocks | None
) -> Expert:
    curve = curve_of_groups(groups) if blocks is None else curve_at(blocks, groups.said)
    weight = groups.weight if blocks is None else blocks.w / groups.typical
    share = curve if blocks is None else blocks.share
    return Expert(
        smooth_gap=measure_smooth_gap(groups),
        distances=measure_distances(groups, curve),
        brier=split_brier(moments, weight, share),
        log_loss=split_log_loss(moments, weight, share),
        logistic=measure_logistic(groups),
        spiegelhalter=spiegelhalter(moments),
        kuiper=kuiper(groups, moments),
    )


def _points(share: float) -> str:
    text = say_number(100 * share, 1)
    return "1 point" if text == "1.0" else f"{text.removesuffix('.0')} points"
