"""Each planted fault is found, and a clean table raises no alarm."""

from dataclasses import replace

import numpy as np
import pytest

from core.engine.profile import profile_table
from core.measures.checks import beside, columns, moments, outcomes, rows
from core.measures.checks.look import Look
from core.records.checks import Check
from core.records.data import Column, DatasetVersion, Split
from core.records.estimate import Severity, Word
from core.runs.desk import Desk
from tests.kept import lay
from tests.measures.planted import COLUMNS, clean, plant, small

MADE = (
    rows.check_repeated,
    rows.check_nearly_repeated,
    rows.check_shared,
    rows.check_entities,
    rows.check_conflicts,
    rows.check_rejected,
    moments.check_order,
    moments.check_late_features,
    columns.check_constant,
    columns.check_ids,
    columns.check_names,
    columns.check_imbalance,
    outcomes.check_leak,
    outcomes.check_missing,
    beside.check_unseen,
    beside.check_range,
)
ROWS = 4_000
FEW = ROWS // 200
FAULTS = {
    "duplicates",
    "near_duplicates",
    "row_overlap",
    "entity_overlap",
    "label_conflicts",
    "time_order",
    "late_feature",
    "constant",
    "id_like",
    "target_name",
    "leak",
    "missing_outcome",
    "unseen",
    "range",
}


def _checked(desk: Desk, seed: int, *, faulty: bool) -> dict[str, Check]:
    rng = np.random.default_rng(seed)
    training, checked = clean(rng, ROWS)
    more: tuple[Column, ...] = plant(rng, training, checked) if faulty else ()
    other = replace(lay(desk, small(COLUMNS, training, "Training")), split=Split.TRAINING)
    version = lay(desk, small((*COLUMNS, *more), checked, "Checked"))
    look = Look(desk.work, version, profile_table(desk.work, version), other)
    found = [make(look) for make in MADE]
    return {check.gate.id: check for check in found}


def _alarms(found: dict[str, Check]) -> set[str]:
    return {id_ for id_, check in found.items() if check.verdict.word is Word.FAIL}


@pytest.mark.parametrize("seed", range(3))
def test_each_planted_fault_is_found(desk: Desk, seed: int) -> None:
    """Fourteen faults in one table: fourteen alarms, and no other."""
    assert _alarms(_checked(desk, seed, faulty=True)) == FAULTS


@pytest.mark.parametrize("seed", range(6))
def test_a_clean_table_raises_no_alarm(desk: Desk, seed: int) -> None:
    """The twin is drawn from the same cases without the faults."""
    found = _checked(desk, seed, faulty=False)
    assert _alarms(found) == set()
    assert {c.verdict.word for c in found.values()} <= {Word.PASS, Word.NOT_APPLICABLE}


def test_what_is_found_is_counted_and_can_be_opened(desk: Desk) -> None:
    """The rows of each fault are those that were planted; the sentences hold the numbers."""
    found = _checked(desk, 0, faulty=True)
    assert found["row_overlap"].rows == FEW
    assert found["row_overlap"].first == tuple(range(FEW))
    assert found["row_overlap"].sentence.startswith(f"{FEW} of 4,000 rows (0.5")
    assert found["late_feature"].first == tuple(range(8 * FEW, 9 * FEW))
    assert found["unseen"].first == tuple(range(9 * FEW, 10 * FEW))
    assert found["range"].columns == ("debt",)
    assert found["leak"].columns == ("reminders",)
    assert found["leak"].gate.severity is Severity.BLOCK
    assert found["constant"].columns == ("branch",)
    assert found["id_like"].columns == ("contract",)
    assert found["target_name"].columns == ("repaid_flag",)
    assert found["missing_outcome"].columns == ("score_of_bureau",)


def _alone(desk: Desk, drop: set[str], split: Split) -> dict[str, Check]:
    rng = np.random.default_rng(1)
    _, checked = clean(rng, 500)
    kept = tuple(column for column in COLUMNS if column.name not in drop)
    version: DatasetVersion = replace(
        lay(desk, small(kept, checked, "Checked")), split=split
    )
    look = Look(desk.work, version, profile_table(desk.work, version))
    return {check.gate.id: check for check in (make(look) for make in MADE)}


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
    }


def test_training_data_is_not_held_against_itself(desk: Desk) -> None:
    """What compares with training data does not apply to training data."""
    found = _alone(desk, set(), Split.TRAINING)
    for id_ in ("row_overlap", "time_order", "unseen", "range"):
        assert found[id_].verdict.word is Word.NOT_APPLICABLE
