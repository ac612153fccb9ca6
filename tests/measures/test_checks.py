"""Each planted fault is found, and a clean table raises no alarm."""

from dataclasses import replace

import numpy as np
import pytest

from core.engine.profile import profile_table
from core.measures.checks.look import Look
from core.measures.checks.people import find_personal
from core.measures.margins import read_margins
from core.records.checks import Check
from core.records.data import Column, DatasetVersion, Split
from core.records.estimate import Severity, Word
from core.runs.checking import STEPS
from core.runs.desk import Desk
from tests.kept import lay
from tests.measures.people import PERSONAL
from tests.measures.planted import (
    ALIKE,
    COLUMNS,
    FAULTS,
    MARGINS,
    PEOPLE,
    clean,
    hold,
    plant,
    small,
)

ROWS = 20_000
FEW = ROWS // 200


def _look(desk: Desk, seed: int, *, faulty: bool) -> Look:
    rng = np.random.default_rng(seed)
    training, checked = clean(rng, ROWS)
    alike = hold(rng, checked, ALIKE)
    more: tuple[Column, ...] = plant(rng, training, checked) if faulty else ()
    other = replace(lay(desk, small(COLUMNS, training, "Training")), split=Split.TRAINING)
    version = lay(desk, small((*COLUMNS, *alike, *more), checked, "Checked"))
    profile = profile_table(desk.work, version)
    return Look(desk.work, version, profile, other, read_margins(MARGINS))


def _checked(desk: Desk, seed: int, *, faulty: bool) -> dict[str, Check]:
    return _all(_look(desk, seed, faulty=faulty))


def _all(look: Look) -> dict[str, Check]:
    return {check.gate.id: check for check in (step(look) for _, step in STEPS)}


def _alarms(found: dict[str, Check]) -> set[str]:
    return {id_ for id_, check in found.items() if check.verdict.word is Word.FAIL}


@pytest.mark.parametrize("seed", range(3))
def test_each_planted_fault_is_found(desk: Desk, seed: int) -> None:
    """Sixteen faults in one table: sixteen alarms, and no other."""
    assert _alarms(_checked(desk, seed, faulty=True)) == FAULTS


@pytest.mark.parametrize("seed", range(6))
def test_a_clean_table_raises_no_alarm(desk: Desk, seed: int) -> None:
    """The twin is drawn from the same cases without the faults; ids and codes stay."""
    found = _checked(desk, seed, faulty=False)
    assert _alarms(found) == set()
    assert {c.verdict.word for c in found.values()} <= {Word.PASS, Word.NOT_APPLICABLE}


def test_what_is_found_is_counted_and_can_be_opened(desk: Desk) -> None:
    """The rows of each fault are those that were planted; the sentences hold the numbers."""
    found = _checked(desk, 0, faulty=True)
    assert found["row_overlap"].rows == FEW
    assert found["row_overlap"].first == tuple(range(FEW))
    assert found["row_overlap"].sentence.startswith(f"{FEW} of 20,000 rows (0.5")
    assert found["late_feature"].first == tuple(range(8 * FEW, 9 * FEW))
    assert found["unseen"].first == tuple(range(9 * FEW, 10 * FEW))
    assert found["range"].columns == ("debt",)
    assert found["leak"].columns == ("reminders",)
    assert found["leak"].gate.severity is Severity.BLOCK
    assert found["constant"].columns == ("branch",)
    assert found["id_like"].columns == ("contract",)
    assert found["target_name"].columns == ("repaid_flag",)
    assert found["missing_outcome"].columns == ("score_of_bureau",)
    assert found["margins"].sentence.startswith("`South` has 12.")
    assert found["personal"].columns == PEOPLE


def test_each_kind_of_personal_data_is_told(desk: Desk) -> None:
    """Ten columns of ten kinds, each found as what it is; ten that look alike are not."""
    found = find_personal(_look(desk, 4, faulty=True))
    assert {each.column: each.kind for each in found} == {
        name: PERSONAL[name][0] for name in PEOPLE
    }
    assert len({each.kind for each in found}) == 10


def _alone(desk: Desk, drop: set[str], split: Split) -> dict[str, Check]:
    rng = np.random.default_rng(1)
    _, checked = clean(rng, 500)
    kept = tuple(column for column in COLUMNS if column.name not in drop)
    version: DatasetVersion = replace(
        lay(desk, small(kept, checked, "Checked")), split=split
    )
    return _all(Look(desk.work, version, profile_table(desk.work, version)))


def test_what_cannot_be_checked_says_why(desk: Desk) -> None:
    """Without label, outcome date and training data, the checks name what is missing."""
    found = _alone(desk, {"repaid", "known_on"}, Split.VALIDATION)
    reasons = {
        id_: check.verdict.reason
        for id_, check in found.items()
        if check.verdict.word is Word.NOT_MEASURED
    }
    nobody = "no column is the label"
    nothing = "there is no training data to hold it against"
    assert reasons == {
        "label_conflicts": nobody,
        "target_name": nobody,
        "imbalance": nobody,
        "leak": nobody,
        "missing_outcome": nobody,
        "late_feature": "no column says when the outcome was known",
        "row_overlap": nothing,
        "entity_overlap": nothing,
        "time_order": "there is no training data with the same time column",
        "unseen": nothing,
        "range": nothing,
        "margins": "no reference margins were given, so nobody can say whom this data "
        "represents",
    }


def test_training_data_is_not_held_against_itself(desk: Desk) -> None:
    """What compares with training data does not apply to training data."""
    found = _alone(desk, set(), Split.TRAINING)
    for id_ in ("row_overlap", "time_order", "unseen", "range"):
        assert found[id_].verdict.word is Word.NOT_APPLICABLE
