"""Trees that are one long way: each question asks the next column."""

import numpy as np

from core.models.forest import AT_MOST, NO_CHILD, Forest


def comb(length: int, *, repeated: int = 1) -> Forest:
    """Give a tree of `length` questions; a row above 0 in the first k columns goes k deep.

    Each column is asked `repeated` times in a row, lower every time.
    """
    inner = length * repeated
    count = 2 * inner + 1
    left, right = np.full(count, NO_CHILD), np.full(count, NO_CHILD)
    feature, threshold = np.zeros(count, np.int64), np.zeros(count)
    places = np.arange(inner)
    left[2 * places], right[2 * places] = 2 * places + 1, 2 * places + 2
    feature[2 * places] = places // repeated
    threshold[2 * places] = places % repeated / repeated
    value = np.zeros((count, 1))
    value[left == NO_CHILD, 0] = np.arange(inner + 1) / inner
    nothing = np.zeros(count, np.int64)
    return Forest(
        test=np.full(count, AT_MOST, np.int8),
        feature=feature,
        threshold=threshold,
        missing_left=np.zeros(count, bool),
        left=left,
        right=right,
        first=nothing,
        last=nothing,
        members=np.zeros(0),
        value=value,
        roots=np.zeros(1, np.int64),
        base=np.zeros(1),
        width=length,
    )
