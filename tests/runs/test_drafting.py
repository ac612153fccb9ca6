"""Drafts: an import step by step, from an upload to versions."""

import os
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from core.errors import NotFoundError, StoppedError, WrongInputError
from core.records.data import ColumnType, Use
from core.records.draft import Draft
from core.records.models import Task
from core.runs.desk import Desk, open_desk
from core.runs.drafting import (
    attach_model,
    classes_in,
    clean_table,
    drafts,
    drop_draft,
    inbox_files,
    inbox_models,
    inbox_path,
    likely_task,
    load_draft,
    model_bytes,
    preview,
    proposed_answer,
    proposed_feeds,
    read_draft,
    save_draft,
    say_columns,
    score_columns,
    start_draft,
)
from core.runs.finishing import finish_draft, unfinished
from core.runs.watch import Watch
from tests.late import late_model, late_scores, late_table

ROWS = 300


def csv(rows: int = ROWS, *, scored: bool = False) -> bytes:
    """Return the table about late payments as a CSV file."""
    table = late_table(rows)
    if scored:
        table["score"] = late_scores(rows)
    text: str = table.to_csv(index=False)
    return text.encode()


def begun(desk: Desk, data: bytes | None = None) -> Draft:
    """Return a draft about a CSV file that was read as it looks."""
    file = BytesIO(csv() if data is None else data)
    return read_draft(desk, start_draft(desk, "late_payers.csv", file).id, None, Watch())


def confirm_columns(desk: Desk, draft: Draft) -> Draft:
    """Confirm the columns as the page does, once somebody has said what they are."""
    uses = {"region": Use.IGNORE, "late": Use.LABEL, "score": Use.SCORE}
    columns = tuple(replace(c, use=uses.get(c.name, c.use)) for c in draft.columns)
    draft = replace(draft, columns=columns, columns_confirmed=True)
    save_draft(desk, draft)
    return draft


def confirm_answer(desk: Desk, draft: Draft) -> Draft:
    """Confirm what feeds the model and what its scores mean, as the page does."""
    classes = classes_in(desk, draft)
    answer = proposed_answer(draft, likely_task(draft, classes), classes)
    draft = replace(
        draft,
        feeds=tuple((match.input.name, match.columns) for match in proposed_feeds(draft)),
        answer=replace(answer, positive="yes"),
        answer_confirmed=True,
    )
    save_draft(desk, draft)
    return draft


def complete(desk: Desk) -> Draft:
    """Return a draft in which every step is done."""
    draft = confirm_columns(desk, begun(desk))
    return confirm_answer(desk, attach_model(desk, draft, "late.onnx", late_model()))


def test_an_upload_is_copied_and_named(desk: Desk) -> None:
    """The draft has the file's name without its folder, and a title made of it."""
    draft = start_draft(desk, "/somewhere/else/late_payers-2026.csv", BytesIO(csv()))
    assert draft.file_name == "late_payers-2026.csv"
    assert draft.data_name == "Late payers 2026"
    copied = desk.workspace.drafts / draft.id / "brought" / draft.file_name
    assert copied.read_bytes() == csv()


def test_what_is_no_table_starts_no_draft(desk: Desk) -> None:
    """A file whose ending nobody reads is refused before it is copied."""
    with pytest.raises(WrongInputError, match=r"`notes\.pdf` is no table"):
        start_draft(desk, "notes.pdf", BytesIO(b"x"))
    assert drafts(desk) == ()


def test_a_draft_survives_a_closed_app(tmp_path: Path) -> None:
    """Everything that was said is there when the workspace is opened again."""
    with open_desk(tmp_path / "workspace") as desk:
        draft = complete(desk)
    with open_desk(tmp_path / "workspace") as desk:
        assert load_draft(desk, draft.id) == draft
        assert drafts(desk) == (draft,)
        assert model_bytes(desk, draft) == late_model()
        assert unfinished(draft) == ""
        assert finish_draft(desk, draft.id, actor="test").dataset.rows == ROWS


def test_the_newest_draft_comes_first(desk: Desk) -> None:
    """The list is ordered by what was last worked on."""
    old, new = (start_draft(desk, name, BytesIO(csv())) for name in ("a.csv", "b.csv"))
    os.utime(desk.workspace.drafts / old.id / "draft.json", (1, 1))
    assert [draft.id for draft in drafts(desk)] == [new.id, old.id]


@pytest.mark.parametrize("id_", ["0" * 12, "../../objects", "", "."])
def test_a_draft_that_is_not_there_is_said(desk: Desk, id_: str) -> None:
    """Neither a thrown away draft nor a path in place of an id is opened."""
    with pytest.raises(NotFoundError, match="not here any more"):
        load_draft(desk, id_)


def test_a_draft_can_be_thrown_away(desk: Desk) -> None:
    """Its folder goes; a path in place of an id throws nothing away."""
    draft = start_draft(desk, "a.csv", BytesIO(csv()))
    drop_draft(desk, "../inbox")
    assert desk.workspace.inbox.is_dir()
    drop_draft(desk, draft.id)
    assert not (desk.workspace.drafts / draft.id).exists()


def test_the_inbox_lists_plain_files_only(desk: Desk, tmp_path: Path) -> None:
    """Tables and models by their endings; no folders, links or other files."""
    inbox = desk.workspace.inbox
    for name in ("b.csv", "a.parquet", "c.CSV.gz", "m.onnx", "notes.txt"):
        (inbox / name).write_bytes(b"x")
    (inbox / "folder.csv").mkdir()
    (tmp_path / "secret.csv").write_bytes(b"x")
    (inbox / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert inbox_files(desk) == ("a.parquet", "b.csv", "c.CSV.gz")
    assert inbox_models(desk) == ("m.onnx",)
    assert inbox_path(desk, "b.csv") == inbox / "b.csv"


@pytest.mark.parametrize(
    "name", ["../x.csv", "sub/x.csv", "link.csv", "none.csv", "..", ".", "", "sub"]
)
def test_nothing_outside_the_inbox_is_read(desk: Desk, name: str) -> None:
    """A climbing path, a folder, a link and a missing file are refused alike."""
    inbox = desk.workspace.inbox
    (inbox / "sub").mkdir()
    for place in (inbox / "sub", desk.workspace.folder):
        (place / "x.csv").write_bytes(b"a\n1\n")
    (inbox / "link.csv").symlink_to(desk.workspace.folder / "x.csv")
    with pytest.raises(NotFoundError, match="The inbox holds no file"):
        inbox_path(desk, name)


def test_the_first_reading_guesses_the_columns(desk: Desk) -> None:
    """Rows, uses and a preview are there; nothing is confirmed."""
    draft = begun(desk)
    assert draft.reading
    assert draft.reading.rows == ROWS
    assert {c.name: c.use for c in draft.columns}["late"] is Use.FEATURE
    assert not draft.columns_confirmed
    assert preview(desk, draft).num_rows == 20
    assert draft.reasons


def test_reading_again_with_other_options_changes_the_rows(desk: Desk) -> None:
    """Without a header the first line is a row too; with a wrong mark all is one column."""
    draft = begun(desk)
    assert draft.read_as
    headless = read_draft(desk, draft.id, replace(draft.read_as, header=False), Watch())
    assert headless.reading
    assert headless.reading.rows == ROWS + 1
    assert "income" not in {column.name for column in headless.columns}
    single = read_draft(desk, draft.id, replace(draft.read_as, delimiter=";"), Watch())
    assert len(single.columns) == 1
    again = read_draft(desk, draft.id, draft.read_as, Watch())
    assert again.columns == draft.columns
    assert again.reasons == draft.reasons


def test_reading_again_takes_back_what_was_confirmed(desk: Desk) -> None:
    """What was confirmed of other columns is asked again."""
    draft = complete(desk)
    again = read_draft(desk, draft.id, draft.read_as, Watch())
    assert not again.columns_confirmed
    assert not again.answer_confirmed
    assert (again.feeds, again.answer) == ((), None)
    assert again.model_file == "late.onnx"


def test_a_type_set_by_hand_lists_what_does_not_fit(desk: Desk) -> None:
    """The values become missing and each is named with its line."""
    draft = begun(desk, b"id,amount\n1,10\n2,ten\n3,30\n4,\n5,n/k\n")
    assert draft.read_as
    types = (("amount", ColumnType.NUMBER),)
    typed = read_draft(desk, draft.id, replace(draft.read_as, types=types), Watch())
    assert typed.reading
    assert typed.reading.rejected_count == 2
    told = [(bad.line, bad.column, bad.text) for bad in typed.reading.rejected]
    assert told == [(3, "amount", "ten"), (6, "amount", "n/k")]
    amount = next(fact for fact in typed.reading.columns if fact.name == "amount")
    assert (amount.type, amount.missing) == (ColumnType.NUMBER, 3)


def test_a_stopped_reading_leaves_the_draft_as_it_was(desk: Desk) -> None:
    """Whoever presses Cancel while the file is read can read it again."""
    draft = start_draft(desk, "late.csv", BytesIO(csv()))
    with pytest.raises(StoppedError):
        read_draft(desk, draft.id, None, Watch(stop=lambda: True))
    assert load_draft(desk, draft.id) == draft
    with pytest.raises(NotFoundError, match="has not been read yet"):
        preview(desk, draft)


def test_a_model_is_looked_at_before_it_is_kept(desk: Desk) -> None:
    """A file that is no model changes nothing."""
    draft = begun(desk)
    with pytest.raises(WrongInputError):
        attach_model(desk, draft, "late.onnx", b"no model")
    assert load_draft(desk, draft.id) == draft


def test_what_the_model_means_is_proposed(desk: Desk) -> None:
    """Two classes make a binary question; the two features feed the one input."""
    draft = confirm_columns(desk, begun(desk))
    draft = attach_model(desk, draft, "late.onnx", late_model())
    classes = classes_in(desk, draft)
    assert classes == ("no", "yes")
    assert likely_task(draft, classes) is Task.BINARY
    assert [match.columns for match in proposed_feeds(draft)] == [("income", "debt")]
    assert proposed_answer(draft, Task.BINARY, classes).classes == classes


Step = Callable[[Draft], Draft]
MISSING: dict[str, tuple[Step, str]] = {
    "reading": (
        lambda draft: replace(draft, reading=None),
        "The file has not been read yet.",
    ),
    "columns": (
        lambda draft: replace(draft, columns_confirmed=False),
        "The uses of the columns are not confirmed.",
    ),
    "two labels": (
        lambda draft: replace(
            draft, columns=tuple(replace(c, use=Use.LABEL) for c in draft.columns[:2])
        ),
        "2 columns are the label: income, debt. Keep one.",
    ),
    "a weight in words": (
        lambda draft: replace(
            draft,
            columns=tuple(
                replace(c, use=Use.WEIGHT) if c.name == "region" else c
                for c in draft.columns
            ),
        ),
        "The weight `region` holds no numbers.",
    ),
    "model": (
        lambda draft: replace(draft, model_facts=None),
        "There is no model yet; add one, or choose scores only.",
    ),
    "scores": (
        lambda draft: replace(draft, scores_only=True),
        "No column holds scores or predictions.",
    ),
    "feeds": (lambda draft: replace(draft, feeds=()), "The input `X` has no column."),
    "answer": (
        lambda draft: replace(draft, answer=None),
        "Nobody has confirmed what the scores mean.",
    ),
    "confirmation": (
        lambda draft: replace(draft, answer_confirmed=False),
        "Nobody has confirmed what the scores mean.",
    ),
    "classes": (
        lambda draft: replace(
            draft, answer=draft.answer and replace(draft.answer, classes=("a", "b", "c"))
        ),
        "A binary model tells two classes apart; these are 3.",
    ),
}


@pytest.mark.parametrize(("step", "sentence"), MISSING.values(), ids=MISSING)
def test_a_missing_step_is_named(desk: Desk, step: Step, sentence: str) -> None:
    """One sentence says what is missing, and the draft cannot be finished before."""
    draft = step(complete(desk))
    assert unfinished(draft) == sentence
    save_draft(desk, draft)
    with pytest.raises(WrongInputError) as refused:
        finish_draft(desk, draft.id, actor="test")
    assert str(refused.value) == sentence
    assert desk.workspace.state.empty


def test_a_finished_draft_becomes_versions(desk: Desk) -> None:
    """Table, model and evaluation are kept by whom it was; the draft is gone."""
    draft = complete(desk)
    said: list[tuple[float, str]] = []
    watch = Watch(progress=lambda share, text: said.append((share, text)))
    finished = finish_draft(desk, draft.id, actor="Dana", watch=watch)
    assert finished.dataset.title == "Late payers"
    assert finished.model.title == "Late v1"
    assert (finished.dataset.actor, finished.model.actor) == ("Dana", "Dana")
    assert finished.evaluation.rows == ROWS
    assert desk.workspace.state.evaluations == {finished.evaluation.id: finished.evaluation}
    assert drafts(desk) == ()
    assert not (desk.workspace.drafts / draft.id).exists()
    shares = [share for share, _ in said]
    assert shares == sorted(shares)
    assert said[-1][1] == "Looking for personal data"


def test_scores_alone_can_be_finished(desk: Desk) -> None:
    """A table with a score column needs no model file."""
    draft = confirm_columns(desk, begun(desk, csv(scored=True)))
    draft = replace(draft, scores_only=True)
    assert score_columns(draft) == ("score",)
    assert say_columns(draft.columns) == ""
    assert model_bytes(desk, draft) is None
    draft = confirm_answer(desk, draft)
    finished = finish_draft(desk, draft.id, actor="test")
    assert finished.model.object is None
    assert finished.model.title == "Scores v1"


def test_cancel_leaves_the_draft_as_it_was(desk: Desk) -> None:
    """Nothing of the draft is lost, nothing is evaluated; it can be finished later."""
    draft = complete(desk)
    before = clean_table(desk, draft.id).read_bytes()
    with pytest.raises(StoppedError):
        finish_draft(desk, draft.id, actor="test", watch=Watch(stop=lambda: True))
    assert load_draft(desk, draft.id) == draft
    assert clean_table(desk, draft.id).read_bytes() == before
    assert desk.workspace.state.empty
    assert finish_draft(desk, draft.id, actor="test").evaluation.rows == ROWS


def test_cancel_in_the_middle_keeps_the_draft(desk: Desk) -> None:
    """Stopped while the model is asked: the table is known, the draft still there."""
    draft = complete(desk)
    share = [0.0]
    watch = Watch(lambda: share[0] > 0.3, lambda done, _: share.__setitem__(0, done))
    with pytest.raises(StoppedError):
        finish_draft(desk, draft.id, actor="test", watch=watch)
    assert load_draft(desk, draft.id) == draft
    assert not desk.workspace.state.evaluations
    finished = finish_draft(desk, draft.id, actor="test")
    assert (finished.dataset.number, finished.model.number) == (1, 1)


def test_the_same_files_again_are_the_known_versions(desk: Desk) -> None:
    """A second import of the same bytes makes nothing new."""
    first = finish_draft(desk, complete(desk).id, actor="test")
    second = finish_draft(desk, complete(desk).id, actor="somebody else")
    assert second.dataset == first.dataset
    assert second.model == first.model
    assert len(desk.workspace.state.evaluations) == 1


def test_a_changed_value_makes_a_second_version(desk: Desk) -> None:
    """One row more is another content, and so another version of the same name."""
    first = finish_draft(desk, complete(desk).id, actor="test")
    draft = confirm_columns(desk, begun(desk, csv(ROWS + 1)))
    draft = attach_model(desk, draft, "late.onnx", late_model())
    second = finish_draft(desk, confirm_answer(desk, draft).id, actor="test")
    assert second.dataset.title == "Late payers 2"
    assert second.model == first.model


def test_how_a_file_was_read_is_kept(desk: Desk) -> None:
    """How the file was understood stands in the version."""
    finished = finish_draft(desk, complete(desk).id, actor="test")
    assert finished.dataset.read_as.delimiter == ","
    assert finished.dataset.file_name == "late_payers.csv"
