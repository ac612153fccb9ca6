"""Slice groups: the scores of every slice by step, and those of all rows together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.engine.grid import WIDTH
from core.engine.score_cube import UNIT
from core.engine.score_slices import ScoreSlices
from core.measures.calibration_slope import expit, fit_line, log_odds, logit
from core.measures.score_groups import ScoreGroups, as_floats
from core.measures.score_moments import ScoreMoments, moments_of_groups


@dataclass(frozen=True, slots=True, eq=False)
class OneSlice:
    """The groups of one slice, with the sums that need no grouping."""

    column: int
    code: int
    groups: ScoreGroups
    moments: ScoreMoments


def split_slices(counted: ScoreSlices) -> list[OneSlice]:
    """Return the groups of each slice of each column; slices without weight are left out."""
    if not len(counted.n):
        return []
    starts = np.flatnonzero(
        (np.diff(counted.part, prepend=-1) != 0) | (np.diff(counted.code, prepend=-1) != 0)
    )
    ends = np.append(starts[1:], len(counted.n))
    typical = float(counted.w.sum() / max(1, counted.n.sum())) or 1.0
    found = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        groups, variance = _groups(counted, start, end, typical)
        if len(groups.rows):
            moments = _moments(groups, variance)
            column, code = int(counted.part[start]), int(counted.code[start])
            found.append(OneSlice(column, code, groups, moments))
    return found


def whole_of(slices: Sequence[OneSlice]) -> ScoreGroups:
    """Return the groups of all rows: each column holds every row once."""
    mine = [each.groups for each in slices if each.column == slices[0].column]
    names = ("bucket", "rows", "weight", "squares", "events", "stated")
    together = {name: np.concatenate([getattr(g, name) for g in mine]) for name in names}
    order = np.argsort(together["bucket"], kind="stable")
    groups = ScoreGroups(
        **{name: each[order] for name, each in together.items()}, typical=mine[0].typical
    )
    return groups.merge(groups.bucket)


def set_right(slices: Sequence[OneSlice], whole: ScoreGroups) -> list[OneSlice] | None:
    """Return the slices as if the scores were read so that they hold for all rows together.

    By a line through the log odds, fitted to the whole (Cox 1958). What is still wrong in a
    slice is its own. None where no line can be fitted.
    """
    odds = log_odds(whole)
    if odds.trouble:
        return None
    (a, b), _ = fit_line(odds)
    return [_read_anew(each, a, b) for each in slices]


def _read_anew(one: OneSlice, a: float, b: float) -> OneSlice:
    said = expit(a + b * logit(one.groups.said))
    groups = replace(one.groups, stated=said * one.groups.weight)
    return replace(one, groups=groups, moments=moments_of_groups(groups))


def _groups(
    counted: ScoreSlices, start: int, end: int, typical: float
) -> tuple[ScoreGroups, float]:
    some = np.flatnonzero(counted.w[start:end] > 0) + start
    groups = ScoreGroups(
        bucket=counted.step[some] * WIDTH,
        rows=counted.n[some],
        weight=counted.w[some] / typical,
        squares=as_floats(counted.w2[some]) / typical**2,
        events=counted.wy[some] / typical,
        stated=as_floats(counted.wp[some]) / UNIT / typical,
        typical=typical,
    )
    return groups, float(as_floats(counted.wv[some]).sum()) / UNIT / typical


def _moments(groups: ScoreGroups, variance_once: float) -> ScoreMoments:
    """Return the sums of a slice; the variance is that of the rows, not of the steps."""
    coarse = moments_of_groups(groups)
    share = variance_once / coarse.variance_once if coarse.variance_once else 1.0
    variance = coarse.variance * share
    return replace(coarse, variance=variance, variance_once=variance_once)
