"""Roll-up SQL stays in the subset that warehouses share, and sums integers only."""

import re
from typing import Final

import pytest

from core.engine import cells, ranking, score_blocks, score_cube, score_levels, score_slices

MODULES: Final = (cells, ranking, score_blocks, score_cube, score_levels, score_slices)
ROLL_UPS: Final = {
    f"{module.__name__}.{name}": text.lower()
    for module in MODULES
    for name, text in vars(module).items()
    if name.endswith("_SQL")
}
BANNED: Final = (
    r"\bavg\s*\(",
    r"\bcorr\s*\(",
    r"\bstddev\w*\s*\(",
    r"\bmedian\s*\(",
    r"quantile",
    r"percentile",
    r"approx_",
    r"->",
    r"\blambda\b",
    r"\blist_?\w*\s*\(",
    r"\barray_?\w*\s*\(",
    r"\bunnest\b",
    r"\bstruct_\w+",
    r"::",
    r"\bgroup by all\b",
    r"\border by all\b",
    r"\bexclude\b",
    r"\bpositional\b",
    r"\basof\b",
    r"\bpivot\b",
    r"\bdouble\b",
    r"\brandom\b",
    r"\bqualify\b",
)


def test_both_rooms_have_roll_ups() -> None:
    """The walk found what it is meant to read."""
    assert {name.rsplit(".", 1)[1] for name in ROLL_UPS} >= {
        "CELLS_SQL",
        "SUMS_SQL",
        "RANKING_SQL",
        "CUBE_SQL",
        "EXACT_SQL",
        "SLICES_SQL",
        "LEVELS_SQL",
    }


@pytest.mark.parametrize("name", ROLL_UPS)
@pytest.mark.parametrize("banned", BANNED)
def test_a_roll_up_uses_no_dialect(name: str, banned: str) -> None:
    """Each forbidden word, in each named query."""
    assert not re.search(banned, ROLL_UPS[name])


@pytest.mark.parametrize("name", ROLL_UPS)
def test_a_roll_up_sums_weights_in_fixed_point(name: str) -> None:
    """Whatever is summed is a weight, a count, or an error that was made an integer."""
    for summed in re.findall(r"\bsum\(([^()]*(?:\([^()]*\))?[^()]*)", ROLL_UPS[name]):
        whole = re.match(r"(2 \* )?(w|p|q|cast|case when label)\b", summed)
        assert whole, summed
