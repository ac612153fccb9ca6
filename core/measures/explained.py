"""Explained: which share of the label's variance a regression accounts for, slice by slice."""

import numpy as np

from core.estimates.intervals import Z95
from core.estimates.many import Intervals, quiet
from core.measures.tallies import MomentTally


def explained_many(tally: MomentTally) -> Intervals:
    """Return R2 = 1 - A / B of each slice, A the mean squared error, B the label's variance.

    `tally` holds, beside e2 and e4, the label's moments z, z2, z3, z4 and those with the
    error e2z, e2z2. Delta method: n Var = (E e4 - 2 r C + r2 M4) / B2 with r = A / B,
    C = E e2 (z - m)2 and M4 = E (z - m)4, m the mean of z. NaN where the label does not vary
    or there are fewer than two rows.
    """
    with quiet():
        m, a = tally.mean("z"), tally.mean("e2")
        z2, z3, z4 = tally.mean("z2"), tally.mean("z3"), tally.mean("z4")
        b = np.where(tally.effective >= 2, z2 - m * m, np.nan)  # noqa: PLR2004 - a spread
        ratio = np.where(b > 0, a / b, np.nan)
        fourth = z4 - 4 * m * z3 + 6 * m**2 * z2 - 3 * m**4
        shared = tally.mean("e2z2") - 2 * m * tally.mean("e2z") + m**2 * a
        variance = (tally.mean("e4") - 2 * ratio * shared + ratio**2 * fourth) / b**2
        half = Z95 * np.sqrt(np.maximum(0.0, variance) / tally.effective)
    value = 1 - ratio
    return Intervals(value, value - half, np.minimum(1.0, value + half))
