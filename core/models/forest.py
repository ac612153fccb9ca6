"""Trees as plain arrays: what a tree model tests, in one form whatever wrote the file."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import RefusedModelError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NO_CHILD: Final = -1
MOST_NODES: Final = 2_000_000  # after shared branches are written out
DEEPEST: Final = 1_000
AT_MOST, EQUAL, MEMBER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Forest:
    """Every tree of a model; node `i` goes left when its test holds, else right.

    `test` is AT_MOST (x <= threshold), EQUAL (x == threshold) or MEMBER (x is one of
    `members[first[i]:last[i]]`); a missing x goes left where `missing_left`. A leaf has
    no children and adds its row of `value` (nodes, outputs) to the answer, which starts
    at `base`. `order` names the type that numbers are compared in: a float input meets
    thresholds rounded to float32. `width` is the number of features.
    """

    test: NDArray[np.int8]
    feature: Ints
    threshold: Floats
    missing_left: Flags
    left: Ints
    right: Ints
    first: Ints
    last: Ints
    members: Floats
    value: Floats
    roots: Ints
    base: Floats
    width: int

    @property
    def outputs(self) -> int:
        """The number of scores per row."""
        return int(self.value.shape[1])


ARRAYS: Final = tuple(name for name in Forest.__slots__ if name != "width")


def check_forest(forest: Forest) -> None:
    """Refuse arrays that a compiled walk could not be trusted with.

    After this every index is in range and no tree can be walked for ever: compiled code
    looks at no bounds. What is shared or runs in a circle is caught where the trees are
    written out, which stops at 2,000,000 nodes.

    Raises:
        RefusedModelError: an array has another length, an id is out of range, or a number
            is not finite.
    """
    count = len(forest.test)
    lengths = {len(getattr(forest, name)) for name in PER_NODE}
    inner = forest.left != NO_CHILD
    sound = (
        lengths == {count}
        and count > 0
        and _within(forest.roots, count)
        and _within(forest.left[inner], count)
        and _within(forest.right[inner], count)
        and bool((forest.right[~inner] == NO_CHILD).all())
        and _within(forest.feature[inner], forest.width)
        and bool(np.isin(forest.test, (AT_MOST, EQUAL, MEMBER)).all())
        and bool((forest.first >= 0).all())
        and bool((forest.first <= forest.last).all())
        and bool((forest.last <= len(forest.members)).all())
        and forest.base.shape == (forest.outputs,)
        and bool(np.isfinite(forest.value).all() and np.isfinite(forest.base).all())
        and not bool(np.isnan(forest.threshold[inner]).any())
    )
    if not sound:
        raise RefusedModelError(
            "The trees of the model are not whole: a branch leads nowhere, or a number is none.",
            hint="Export the model again.",
        )


PER_NODE: Final = (
    "feature",
    "threshold",
    "missing_left",
    "left",
    "right",
    "first",
    "last",
    "value",
)


def _within(ids: NDArray[Any], count: int) -> bool:
    return len(ids) == 0 or bool(ids.min() >= 0 and ids.max() < count)
