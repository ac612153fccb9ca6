"""Why a model's error differs between two tables: the planted cause, from the coded rows."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import WrongInputError
from core.records.models import Task
from core.runs.changing import change_of
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from tests.drifted import Values, World, bring
from tests.kept import BINARY
from tests.kept import bring as bring_model

ONE = World(moved=(True,))


@pytest.mark.parametrize("task", Task)
def test_the_planted_cause_is_named(desk: Desk, task: Task) -> None:
    """The job that was not there before adds most, all of it mix; each split closes."""
    before, after = bring(desk, replace(ONE, task=task))
    found = change_of(desk, before, after)
    assert found is not None
    assert found.worst is not None
    assert "platform" in found.worst.words
    assert "who were not there before" in found.sentence
    assert "job" in found.splits[0].columns
    for split in found.splits:
        whole = split.mix.value + split.inside.value
        assert whole == pytest.approx(found.difference.value, abs=1e-12)


def test_the_error_is_the_share_of_wrong_answers(desk: Desk) -> None:
    """As scores and labels of the rows have it, on both sides."""
    kept: list[Values] = []
    world = replace(ONE, change=lambda _, values: kept.append(values))
    found = change_of(desk, *bring(desk, world))
    assert found is not None
    for estimate, values in zip((found.before, found.after), kept, strict=True):
        said = np.array(values["score"]) >= 0.5
        wrong = said != (np.array(values["label"]) == "yes")
        assert estimate.value == pytest.approx(wrong.mean(), abs=1e-12)
        assert estimate.rows == len(wrong)


def test_columns_of_one_side_are_left_out(desk: Desk) -> None:
    """A renamed column cannot be cut alike, the others are still split."""

    def rename(k: int, values: Values) -> None:
        if k:
            values["area"] = values.pop("region")

    found = change_of(desk, *bring(desk, replace(ONE, change=rename)))
    assert found is not None
    columns = {name for split in found.splits for name in split.columns}
    assert "region" not in columns
    assert "area" not in columns
    assert "job" in columns


def test_without_labels_there_is_no_error(desk: Desk) -> None:
    """Nothing is split."""
    assert change_of(desk, *bring(desk, replace(ONE, labels=False))) is None


def test_two_models_are_refused(desk: Desk) -> None:
    """A change is that of one model."""
    before, after = bring(desk, ONE)
    other = bring_model(desk, BINARY, ["before"], "Other")
    mine = evaluate(desk, other.id, after.dataset, actor="test")
    with pytest.raises(WrongInputError, match="not of the same model version"):
        change_of(desk, before, mine)
