"""Keep: turn a clean table or a model file into a version that never changes."""

import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from core.engine.content import column_hash, content_root
from core.errors import WrongInputError
from core.records.canonical import digest, to_plain
from core.records.data import Column, DatasetVersion, Reading, Split, title_of
from core.records.models import Answer, ModelFacts, ModelVersion
from core.runs.desk import Desk
from core.runs.watch import Watch
from core.store.workspace import Workspace

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TableToKeep:
    """A clean Parquet file and what people said of it."""

    parquet: Path
    reading: Reading
    columns: tuple[Column, ...]
    name: str
    split: Split
    window: tuple[str, str] | None = None
    declared: Pairs = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class ModelToKeep:
    """A model file (None for "scores only") and what people said of it."""

    data: bytes | None
    facts: ModelFacts | None
    answer: Answer
    feeds: tuple[tuple[str, tuple[str, ...]], ...]
    name: str
    declared: Pairs = ()


def keep_table(
    desk: Desk, table: TableToKeep, *, actor: str, watch: Watch | None = None
) -> DatasetVersion:
    """Return the dataset version of a table; the known one if its content is known.

    The version is named by the mrs1 root of its content (`core.engine.content`). That a
    known table's columns are for something else from now on is an event.
    """
    watch = watch or Watch()
    workspace = desk.workspace
    watch.step(0.0, "Copying the table")
    object_ = workspace.objects.put(lambda into: shutil.copyfile(table.parquet, into))
    _check_kept(workspace, object_)
    source = desk.work.source(object_)
    typed = [(column.name, column.type) for column in table.columns]
    watch.step(0.1, "Computing the content hash")
    root = content_root(desk.work, source, typed)
    known = workspace.state.datasets.get(root)
    if known:
        _check_kept(workspace, known.object)
        if known.columns != table.columns:
            payload = {"columns": to_plain(table.columns)}
            workspace.record(actor, "dataset.understood", root, payload)
        return workspace.state.dataset(root)
    hashes = []
    for number, (name, type_) in enumerate(typed, start=1):
        watch.step(0.3 + 0.7 * number / len(typed), f"Hashing `{name}`")
        hashes.append((name, column_hash(desk.work, source, name, type_)))
    taken = {known.title for known in workspace.state.datasets.values()}
    numbers = count(
        1 + sum(d.name == table.name for d in workspace.state.datasets.values())
    )
    version = DatasetVersion(
        id=root,
        name=table.name,
        number=next(n for n in numbers if title_of(table.name, n) not in taken),
        object=object_,
        rows=table.reading.rows,
        bytes=workspace.objects.path(object_).stat().st_size,
        columns=table.columns,
        split=table.split,
        window=table.window,
        read_as=table.reading.read_as,
        rejected=table.reading.rejected_count,
        file_name=table.reading.file_name,
        file_sha256=table.reading.file_sha256,
        hashes=tuple(hashes),
        declared=table.declared,
        at=workspace.now(),
        actor=actor,
        parent=table.parent,
    )
    workspace.keep(actor, "dataset.imported", version)
    return workspace.state.dataset(root)


def _check_kept(workspace: Workspace, object_: str) -> None:
    """Refuse a table whose rows were erased: they do not come back by another import."""
    why = workspace.state.erased.get(object_)
    if why is not None:
        workspace.remove_erased()
        raise WrongInputError(
            f"These rows were erased: {why}.", hint="Bring only rows that may be kept."
        )


def keep_model(desk: Desk, model: ModelToKeep, *, actor: str) -> ModelVersion:
    """Return the model version of a file, or of "scores only".

    A known file whose answer or inputs are understood anew keeps its version; that it is
    understood otherwise from now on is an event.
    """
    workspace = desk.workspace
    object_ = workspace.objects.put_bytes(model.data) if model.data is not None else None
    meaning = {"answer": to_plain(model.answer), "feeds": to_plain(model.feeds)}
    id_ = object_ or digest({"scores only": model.name, **meaning})
    known = workspace.state.models.get(id_)
    if known:
        if (known.answer, known.feeds) != (model.answer, model.feeds):
            workspace.record(actor, "model.understood", id_, meaning)
        return workspace.state.model(id_)
    same_name = [m for m in workspace.state.models.values() if m.name == model.name]
    version = ModelVersion(
        id=id_,
        name=model.name,
        number=len(same_name) + 1,
        object=object_,
        facts=model.facts,
        answer=model.answer,
        feeds=model.feeds,
        declared=model.declared,
        at=workspace.now(),
        actor=actor,
    )
    workspace.keep(actor, "model.imported", version)
    return workspace.state.model(id_)


def set_threshold(
    desk: Desk, model: str, thousandths: int, *, actor: str, why: str
) -> None:
    """Set from which score on a model version says yes.

    Raises:
        WrongInputError: it is not between 0 and 1000 thousandths.
    """
    if not 0 <= thousandths <= 1000:  # noqa: PLR2004 - thousandths
        raise WrongInputError(
            f"The threshold is {thousandths} thousandths.", hint="Give 0 to 100 %."
        )
    known = desk.workspace.state.model(model)
    payload = {"thousandths": thousandths, "why": why}
    desk.workspace.record(actor, "threshold.set", known.id, payload)
