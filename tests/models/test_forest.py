"""Arrays that compiled code could not be trusted with are refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.errors import RefusedModelError
from core.models.forest import check_forest
from tests.models.combs import comb

SOUND = comb(2)


def _with(name: str, place: Any, value: Any) -> dict[str, Any]:
    array = getattr(SOUND, name).copy()
    array[place] = value
    return {name: array}


BROKEN: list[dict[str, Any]] = [
    _with("left", 0, 5),
    _with("left", 0, -2),
    _with("right", 0, 99),
    _with("right", 0, -1),
    _with("right", 1, 0),
    _with("feature", 0, 2),
    _with("feature", 0, -1),
    _with("test", 0, 3),
    _with("test", 0, -1),
    _with("threshold", 0, np.nan),
    _with("value", 1, np.nan),
    _with("value", 1, np.inf),
    _with("last", 0, 1),
    _with("first", 0, -1),
    {"first": SOUND.first + 1},
    {"roots": np.array([9])},
    {"roots": np.array([-1])},
    {"base": np.zeros(2)},
    {"base": np.array([np.nan])},
    {"left": SOUND.left[:-1]},
    {"threshold": SOUND.threshold[:1]},
    {name: getattr(SOUND, name)[:0] for name in ("test", "left", "right", "value")},
]


def test_a_sound_forest_passes() -> None:
    """A tree of two questions has one output."""
    check_forest(SOUND)
    assert SOUND.outputs == 1


@pytest.mark.parametrize("change", BROKEN, ids="-".join)
def test_a_broken_one_is_refused(change: dict[str, Any]) -> None:
    """Every index has to be in range, every number a number, every array as long."""
    with pytest.raises(RefusedModelError, match="not whole"):
        check_forest(replace(SOUND, **change))
