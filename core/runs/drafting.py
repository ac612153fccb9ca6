"""Draft: bring files step by step, correct how they were understood, then keep them."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from core.engine.labels import MOST as MOST_LABELS
from core.engine.labels import label_values
from core.errors import NotFoundError, WrongInputError
from core.intake.guess import guess_columns
from core.intake.read import look, read
from core.models.answers import propose_answer
from core.models.inspect import inspect_model
from core.models.matching import match_inputs
from core.records.canonical import canonical, from_plain
from core.records.data import Column, ColumnType, ReadAs, Reading, Use
from core.records.draft import Draft
from core.records.models import Answer, InputMatch, OutputKind, Task
from core.records.texts import shorten
from core.runs.desk import Desk
from core.runs.watch import Watch
from core.store.disk import appearing, check_room, saying

ENDINGS: Final = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".json", ".gz")
ID: Final = re.compile(r"[0-9a-f]{12}")
LONGEST: Final = 60  # letters of a name in a sentence


def inbox_files(desk: Desk) -> tuple[str, ...]:
    """Return the names of the tables that lie in the inbox; links are not followed."""
    return _inbox(desk, ENDINGS)


def inbox_models(desk: Desk) -> tuple[str, ...]:
    """Return the names of the model files that lie in the inbox."""
    return _inbox(desk, (".onnx",))


def inbox_path(desk: Desk, name: str) -> Path:
    """Return where a file of the inbox lies.

    Raises:
        NotFoundError: there is no such plain file in the inbox.
    """
    path = desk.workspace.inbox / name
    if Path(name).name != name or path.is_symlink() or not path.is_file():
        raise NotFoundError(
            f"The inbox holds no file `{name}`.", hint="Choose one from the list."
        )
    return path


def start_draft(desk: Desk, file_name: str, file: BinaryIO) -> Draft:
    """Keep a copy of an uploaded table and start a draft about it."""
    name = Path(file_name).name
    if not name.lower().endswith(ENDINGS):
        raise WrongInputError(
            f"`{name}` is no table that can be read.",
            hint="Bring CSV, Parquet or JSON lines.",
        )
    draft = Draft(uuid4().hex[:12], name, data_name=_title(name))
    check_room(desk.workspace.drafts)
    source = _source(desk, draft)
    with saying(desk.workspace.drafts):
        source.parent.mkdir(parents=True)
        with source.open("wb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)
    save_draft(desk, draft)
    return draft


def load_draft(desk: Desk, id_: str) -> Draft:
    """Return the draft of that id.

    Raises:
        NotFoundError: there is none; it was finished or thrown away.
    """
    path = _folder(desk, id_) / "draft.json"
    if not ID.fullmatch(id_) or not path.is_file():
        raise NotFoundError("This import is not here any more.", hint="Start a new one.")
    return from_plain(json.loads(path.read_bytes()), Draft)


def save_draft(desk: Desk, draft: Draft) -> None:
    """Keep what was said of a draft."""
    with appearing(_folder(desk, draft.id) / "draft.json") as aside:
        aside.write_bytes(canonical(draft))


def drop_draft(desk: Desk, id_: str) -> None:
    """Throw a draft away."""
    if ID.fullmatch(id_):
        shutil.rmtree(_folder(desk, id_), ignore_errors=True)


def drafts(desk: Desk) -> tuple[Draft, ...]:
    """Return all unfinished imports, the newest first."""
    places = sorted(
        desk.workspace.drafts.glob("*/draft.json"), key=lambda p: -p.stat().st_mtime
    )
    return tuple(load_draft(desk, place.parent.name) for place in places)


def read_draft(desk: Desk, id_: str, read_as: ReadAs | None, watch: Watch) -> Draft:
    """Read the table of a draft, as it looks or as a person says, and guess its columns."""
    draft = load_draft(desk, id_)
    source = _source(desk, draft)
    reasons, as_written = draft.reasons, draft.as_written
    if read_as is None:
        watch.step(0.0, "Looking at the file")
        seen = look(source)
        read_as, reasons, as_written = seen.read_as, seen.reasons, seen.as_written
    into = clean_table(desk, id_)
    into.unlink(missing_ok=True)
    reading = read(
        source,
        read_as,
        into,
        file_name=draft.file_name,
        stop=watch.stop,
        progress=watch.progress,
    )
    guesses = guess_columns(reading, wanted=_wanted(draft))
    draft = replace(
        draft,
        read_as=reading.read_as,
        reasons=reasons,
        as_written=as_written,
        reading=reading,
        guesses=guesses,
        columns=tuple(guess.column for guess in guesses),
        columns_confirmed=False,
        feeds=(),
        answer=None,
        answer_confirmed=False,
    )
    save_draft(desk, draft)
    return draft


def clean_table(desk: Desk, id_: str) -> Path:
    """Return where the clean table of a draft lies once it is read."""
    return _folder(desk, id_) / "clean.parquet"


def attach_model(desk: Desk, draft: Draft, file_name: str, data: bytes) -> Draft:
    """Add a model file to a draft, once it is found acceptable."""
    seen = inspect_model(data)
    (_folder(desk, draft.id) / "model.onnx").write_bytes(data)
    name = draft.model_name or _title(file_name)
    draft = replace(
        draft,
        model_file=Path(file_name).name,
        model_facts=seen.facts,
        model_classes=seen.classes,
        scores_only=False,
        answer=None,
        answer_confirmed=False,
        feeds=(),
        model_name=name,
    )
    if draft.reading and not draft.columns_confirmed:
        guesses = guess_columns(draft.reading, wanted=_wanted(draft))
        draft = replace(draft, guesses=guesses, columns=tuple(g.column for g in guesses))
    save_draft(desk, draft)
    return draft


def model_bytes(desk: Desk, draft: Draft) -> bytes | None:
    """Return the model file of a draft, or None for "scores only"."""
    if draft.scores_only or not draft.model_file:
        return None
    return (_folder(desk, draft.id) / "model.onnx").read_bytes()


def classes_in(desk: Desk, draft: Draft) -> tuple[str, ...]:
    """Return the values of the label, as a model would name them."""
    label = next((column for column in draft.columns if column.use is Use.LABEL), None)
    if label is None:
        return ()
    path = clean_table(desk, draft.id)
    key = ("labels", draft.id, path.stat().st_mtime_ns, label.name)
    return desk.once(key, lambda: label_values(path, label))


def likely_task(draft: Draft, classes: tuple[str, ...]) -> Task:
    """Return the task that label and model make likely; a person confirms it."""
    label = next((column for column in draft.columns if column.use is Use.LABEL), None)
    if label and label.type is ColumnType.NUMBER and len(classes) > 20:  # noqa: PLR2004
        return Task.REGRESSION
    known = len(draft.model_classes) or len(classes)
    if known > 20:  # noqa: PLR2004 - nobody has more classes, but numbers have
        return Task.REGRESSION
    return Task.MULTICLASS if known > 2 else Task.BINARY  # noqa: PLR2004 - two classes


def proposed_answer(draft: Draft, task: Task, classes: tuple[str, ...]) -> Answer:
    """Return how the model's answer would be read; a person confirms it.

    Raises:
        WrongInputError: the label has more values than a model may have classes.
        RefusedModelError: no output of the model answers that question.
    """
    if task is not Task.REGRESSION:
        _check_few_classes(draft)
    if draft.model_facts:
        return propose_answer(draft.model_facts, classes, task, classes=draft.model_classes)
    score = next((c for c in draft.columns if c.use is Use.SCORE), None)
    numbers = score or task is Task.REGRESSION
    kind = OutputKind.TENSOR if numbers else OutputKind.LABEL
    positive = classes[-1] if task is Task.BINARY and classes else ""
    known = () if task is Task.REGRESSION else classes
    return Answer(task, "", kind, known, positive)


def _check_few_classes(draft: Draft) -> None:
    label = next((column.name for column in draft.columns if column.use is Use.LABEL), None)
    facts = draft.reading.columns if draft.reading else ()
    values = next((fact.distinct for fact in facts if fact.name == label), 0)
    if values > MOST_LABELS:
        raise WrongInputError(
            f"The label `{shorten(str(label), LONGEST)}` holds {values:,} different values; "
            f"a model may tell {MOST_LABELS:,} classes apart.",
            hint="Choose another label column, or regression if it holds amounts.",
        )


def proposed_feeds(draft: Draft) -> tuple[InputMatch, ...]:
    """Return which columns would feed which input; troubles are said in a sentence."""
    if draft.model_facts is None:
        return ()
    return match_inputs(draft.model_facts, draft.columns)


def score_columns(draft: Draft) -> tuple[str, ...]:
    """Return the columns that hold the answer when only scores are brought."""
    scores = tuple(column.name for column in draft.columns if column.use is Use.SCORE)
    said = tuple(column.name for column in draft.columns if column.use is Use.PREDICTION)
    return scores or said


def say_columns(columns: tuple[Column, ...]) -> str:
    """Return what is wrong with the uses of the columns, or nothing."""
    for use in (Use.LABEL, Use.WEIGHT, Use.TIME):
        named = [column.name for column in columns if column.use is use]
        if len(named) > 1:
            return f"{len(named)} columns are the {use}: {', '.join(named)}. Keep one."
    weights = [c for c in columns if c.use is Use.WEIGHT and not c.type.is_number]
    return f"The weight `{weights[0].name}` holds no numbers." if weights else ""


def say_ids(reading: Reading, columns: tuple[Column, ...]) -> str:
    """Return a note about ids that several rows have, or nothing; it forbids nothing."""
    counted = {facts.name: facts for facts in reading.columns}
    said = []
    for column in columns:
        facts = counted.get(column.name)
        if column.use is not Use.ID or facts is None:
            continue
        rows = reading.rows - facts.missing
        if facts.distinct < rows:
            name = shorten(column.name, LONGEST)
            said.append(
                f"The id `{name}` repeats: {rows:,} rows hold "
                f"{facts.distinct:,} different values."
            )
    return " ".join(said)


def _wanted(draft: Draft) -> tuple[str, ...]:
    return (
        tuple(port.name for port in draft.model_facts.inputs) if draft.model_facts else ()
    )


def _source(desk: Desk, draft: Draft) -> Path:
    """Return where the brought table lies: apart, so that no name of it is one of ours."""
    return _folder(desk, draft.id) / "brought" / draft.file_name


def _folder(desk: Desk, id_: str) -> Path:
    return desk.workspace.drafts / id_


def _inbox(desk: Desk, endings: tuple[str, ...]) -> tuple[str, ...]:
    names = (
        path.name
        for path in desk.workspace.inbox.iterdir()
        if path.is_file() and not path.is_symlink()
    )
    return tuple(sorted(name for name in names if name.lower().endswith(endings)))


def _title(file_name: str) -> str:
    stem = Path(file_name).name.split(".")[0]
    words = re.sub(r"[_\-\s]+", " ", stem).strip()
    return words[:1].upper() + words[1:] or "Table"


def preview(desk: Desk, draft: Draft) -> pa.RecordBatch:
    """Return the first 20 rows of a draft as they were understood."""
    path = clean_table(desk, draft.id)
    if draft.reading is None or not path.is_file():
        raise NotFoundError("The file has not been read yet.", hint="Read it again.")
    with pq.ParquetFile(path) as file:
        return next(file.iter_batches(20), pa.RecordBatch.from_pylist([]))
