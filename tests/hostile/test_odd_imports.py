"""Odd tables on their way through Import: a note or a sentence, never a silent number."""

from dataclasses import replace
from io import BytesIO

import pytest

from core.errors import WrongInputError
from core.records.data import Use
from core.records.draft import Draft
from core.records.estimate import NotEstimable
from core.records.models import Answer, OutputKind, Task
from core.runs.asking import asked_of, quality_of
from core.runs.desk import Desk
from core.runs.drafting import classes_in, proposed_answer, read_draft, say_ids, start_draft
from core.runs.watch import Watch
from tests.kept import BINARY, Small, column, evaluated


def drafted(desk: Desk, text: str, **uses: Use) -> Draft:
    """Read a CSV file as Import does; a person says what some columns are for."""
    draft = start_draft(desk, "table.csv", BytesIO(text.encode()))
    draft = read_draft(desk, draft.id, None, Watch())
    columns = tuple(replace(c, use=uses.get(c.name, c.use)) for c in draft.columns)
    return replace(draft, columns=columns)


def test_an_id_that_repeats_is_noted_in_import(desk: Desk) -> None:
    """By hand: 40 rows, one without an id, 20 different ids; other uses are not noted."""
    rows = "".join(f"{f'k{i % 20}' if i else ''},{i}\n" for i in range(40))
    draft = drafted(desk, "customer,x\n" + rows, customer=Use.ID)
    assert draft.reading is not None
    said = "The id `customer` repeats: 39 rows hold 20 different values."
    assert say_ids(draft.reading, draft.columns) == said
    others = tuple(replace(c, use=Use.IGNORE) for c in draft.columns)
    assert not say_ids(draft.reading, others)


def test_ids_that_all_differ_are_not_noted(desk: Desk) -> None:
    """One value in every row that has one."""
    rows = "".join(f"k{i},{i}\n" for i in range(40))
    draft = drafted(desk, "customer,x\n,0\n" + rows, customer=Use.ID)
    assert draft.reading is not None
    assert not say_ids(draft.reading, draft.columns)


def test_a_label_of_too_many_values_is_no_class(desk: Desk) -> None:
    """1,000 values are classes, 1,001 are not, but may be amounts."""
    for count in (1_000, 1_001):
        rows = "".join(f"k{i % count},0.5\n" for i in range(2 * count))
        draft = drafted(desk, "outcome,score\n" + rows, outcome=Use.LABEL)
        classes = classes_in(desk, draft)
        assert len(classes) == 1_000
        if count == 1_000:
            assert proposed_answer(draft, Task.MULTICLASS, classes).classes == classes
            continue
        sentence = (
            "The label `outcome` holds 1,001 different values; .* 1,000 classes apart"
        )
        with pytest.raises(WrongInputError, match=sentence) as caught:
            proposed_answer(draft, Task.MULTICLASS, classes)
        assert "regression" in caught.value.hint
        assert proposed_answer(draft, Task.REGRESSION, classes).task is Task.REGRESSION


def test_a_thousand_classes_are_measured(desk: Desk) -> None:
    """By hand: of 1,000 classes every second one is named rightly."""
    names = tuple(f"k{i:03d}" for i in range(1_000))
    told = [names[i - i % 2] for i in range(1_000)]
    columns = (column("y", use=Use.LABEL), column("said", use=Use.PREDICTION))
    answer = Answer(Task.MULTICLASS, kind=OutputKind.LABEL, classes=names)
    small = Small(columns, {"y": list(names), "said": told})
    evaluation = evaluated(desk, small, answer, ("said",))
    found = quality_of(desk, evaluation, asked_of(desk, evaluation)).headline("accuracy")
    assert found is not None
    assert not isinstance(found.measured, NotEstimable)
    assert found.measured.value == 0.5


def test_two_columns_of_predictions_are_not_one(desk: Desk) -> None:
    """The second is not passed over in silence."""
    columns = (
        column("y", use=Use.LABEL),
        column("said", use=Use.PREDICTION),
        column("also", use=Use.PREDICTION),
    )
    answer = replace(BINARY, kind=OutputKind.LABEL)
    small = Small(columns, {"y": ["yes"], "said": ["yes"], "also": ["no"]})
    sentence = "2 columns are marked as predictions; this task takes 1"
    with pytest.raises(WrongInputError, match=sentence):
        evaluated(desk, small, answer, ("said", "also"))
