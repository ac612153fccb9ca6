"""Confirming: how bad is a slice on rows that had no part in finding it?"""

from dataclasses import dataclass, replace

import numpy as np

from core.engine.coded import CodedRows
from core.errors import WrongInputError
from core.measures.aliases import ALIKE, rows_of
from core.measures.best import Items, Limits, Pattern
from core.measures.covering import cover_worst
from core.measures.heed import Heed
from core.measures.row_errors import Wrong


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A slice found on one half of the rows, counted on the other half.

    `pattern` carries the counts of the half that chose it, which flatter the search;
    `rows` and `errors` are inside of the slice, `rest_rows` and `rest_errors` outside,
    both on the half that did not take part in the choice.
    """

    pattern: Pattern
    rows: int
    errors: int
    rest_rows: int
    rest_errors: int


def confirm(
    coded: CodedRows,
    wrong: Wrong,
    limits: Limits,
    *,
    seed: int,
    heed: Heed = Heed(),  # noqa: B008 - frozen
) -> tuple[Confirmed, ...]:
    """Return the cover of one half of the rows, each slice counted on the other half.

    The halves are drawn by `seed`. The first is searched as `cover_worst` does, with half
    of `least_rows`; every slice found there is returned, confirmed or not, so that the
    counts of the second half are those of slices chosen without them.
    Source: Cox (1975), Biometrika 62(2), 441-444.

    Raises:
        WrongInputError: the errors are amounts, do not fit the rows, or are of one row.
        StoppedError: somebody pressed Cancel.
    """
    if coded.rows < 2 or wrong.shape != (coded.rows,):  # noqa: PLR2004 - two halves
        raise WrongInputError(
            f"{coded.rows} rows with errors of shape {wrong.shape} have no two halves.",
            hint="Give one error for each of at least two rows.",
        )
    order = np.random.default_rng(seed).permutation(coded.rows)
    first, second = (np.sort(half) for half in np.array_split(order, 2))
    halved = replace(limits, least_rows=-(-limits.least_rows // 2))
    found = cover_worst(coded.take(first), wrong[first], halved, heed=heed)
    other, other_wrong = coded.take(second), wrong[second] > 0
    total = int(np.count_nonzero(other_wrong))
    confirmed = []
    for slice_ in found:
        has = rows_of(other, slice_.pattern.items)
        rows, errors = np.count_nonzero(has), np.count_nonzero(has & other_wrong)
        rest = (other.rows - int(rows), total - int(errors))
        confirmed.append(Confirmed(slice_.pattern, int(rows), int(errors), *rest))
    return tuple(confirmed)


def find_confirmed(
    coded: CodedRows, items: Items, confirmed: tuple[Confirmed, ...]
) -> Confirmed | None:
    """Return what stands for a slice of all rows among those found on half of them.

    It is the closest one by its rows, with a Jaccard index of at least 0.8, or None: half
    of the rows were not enough to find it again. Show the slice that is returned beside
    its counts, for it may be described otherwise. That a slice was found among all rows,
    the second half included, still flatters the counts a little; `confirm` as a whole
    does not.
    """
    has = rows_of(coded, items)
    best, closest = None, ALIKE
    for each in confirmed:
        other = rows_of(coded, each.pattern.items)
        either = np.count_nonzero(has | other)
        jaccard = np.count_nonzero(has & other) / either if either else 0.0
        if jaccard >= closest and (best is None or jaccard > closest):
            best, closest = each, jaccard
    return best
