"""Conditions: whether what one condition of a slice decides about would tell a few people.

A condition decides about the rows that would move into the slice or out of it if the
condition alone were turned. They fall into groups: the ranges or values of its column.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.measures.privacy import is_few


@dataclass(frozen=True, slots=True)
class Parted:
    """The rows a condition decides about: where it is true, and by group of its column.

    `lets_in` is False where the condition stands under a `not`: then it is those where it
    is false that are in the slice. Group 0 is missing.
    """

    rows: Mapping[tuple[bool, int], int]
    lets_in: bool

    def total(self, *, true: bool) -> int:
        """Return the rows in which the condition is true, or false."""
        return sum(n for (here, _), n in self.rows.items() if here is true)

    def at(self, group: int) -> int:
        """Return the rows of a group, whether the condition is true there or not."""
        return self.rows.get((True, group), 0) + self.rows.get((False, group), 0)


def tells_by_value(parted: Parted, *, limit: int) -> bool:
    """Return whether a condition on values tells a few.

    It does where fewer than `limit` rows are let in or kept out; where they are all that a
    group holds besides; or where they are all that is let in besides one group, for each
    group may be a slice of its own.
    """
    inside = parted.total(true=parted.lets_in)
    around = [parted.total(true=here) for here in (True, False)]
    for (here, group), n in parted.rows.items():
        if n and n < parted.at(group):
            around.append(n)
        if n and here is parted.lets_in:
            around.append(inside - n)
    return any(is_few(n, limit) for n in around)


def tells_by_range(parted: Parted, groups: int, *, limit: int) -> bool:
    """Return whether a condition on a column with an order tells a few.

    It does where fewer than `limit` rows are let in, kept out, or either in one group; and
    where, at an end of what it lets in, the nearest group with rows on a side holds fewer:
    then a range that ends there instead would differ by these. `groups` ranges stand in
    order. One group alone is a value: no range lies inside of it, and the ranges around it
    are looked at themselves.
    """
    here = [parted.rows.get((parted.lets_in, k), 0) for k in range(groups + 1)]
    out = [parted.rows.get((not parted.lets_in, k), 0) for k in range(groups + 1)]
    split = [n for pair in zip(here, out, strict=True) if all(pair) for n in pair]
    if any(is_few(n, limit) for n in (sum(here), sum(out), here[0], *split)):
        return True
    filled = [k for k in range(1, groups + 1) if here[k] or out[k]]
    if sum(here[k] > 0 for k in filled) <= 1:
        return False
    states = [(here[k] > 0, out[k] > 0) for k in filled]
    sizes = [here[k] + out[k] for k in filled]
    ends = [k for k in (0, len(filled) - 1) if states[k][0]]
    for k in range(len(filled) - 1):
        if states[k] != states[k + 1]:
            ends += [k, k + 1]
    return any(is_few(sizes[k], limit) for k in ends)
