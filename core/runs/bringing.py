"""Bring: what `import-data` and `import-model` do with the files they are given."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from core.engine.labels import label_values
from core.errors import NotFoundError, WrongInputError
from core.estimates.wording import say_rows
from core.intake.guess import guess_columns
from core.intake.read import look, read
from core.models.answers import propose_answer
from core.models.inspect import inspect_model
from core.models.matching import match_inputs, say_match
from core.records.data import Column, DatasetVersion, ReadAs, Split, Use
from core.records.models import Answer, OutputKind, Task
from core.runs.call import ACTOR, Call, find_dataset
from core.runs.desk import Desk
from core.runs.keeping import (
    ModelToKeep,
    TableToKeep,
    keep_model,
    keep_table,
    set_threshold,
)


def import_data(call: Call) -> int:
    """Bring a table."""
    said = call.said
    source = (call.cwd / said.file).resolve()
    if not source.is_file():
        raise NotFoundError(f"There is no file {said.file}.", hint="Check the path.")
    read_as = _read_as(look(source).read_as, said)
    with TemporaryDirectory(dir=call.desk.workspace.drafts) as folder:
        clean = Path(folder) / "clean.parquet"
        reading = read(source, read_as, clean, file_name=source.name)
        guessed = [guess.column for guess in guess_columns(reading)]
        table = TableToKeep(
            parquet=clean,
            reading=reading,
            columns=tuple(_marked(guessed, said)),
            name=said.name or source.stem,
            split=Split(said.split),
            window=tuple(said.window) if said.window else None,
            declared=_pairs(said.declare),
        )
        version = keep_table(call.desk, table, actor=ACTOR)
    call.say(f"{version.title}: {say_rows(version.rows)}, {len(version.columns)} columns.")
    if reading.rejected_count:
        call.say(f"{reading.rejected_count:,} lines or values could not be read.")
    for column in version.columns:
        marks = [word for word in ("group", "sensitive") if getattr(column, word)]
        call.say(f"  {column.name}: {column.type.word}, {', '.join([column.use, *marks])}")
    call.say(f"Content hash (mrs1): {version.id}")
    return 0


def import_model(call: Call) -> int:
    """Bring a model, or the scores that a table holds."""
    said = call.said
    dataset = find_dataset(call.desk, said.data)
    model = _scores_only(call, dataset) if said.scores_only else _from_file(call, dataset)
    version = keep_model(call.desk, model, actor=ACTOR)
    if said.threshold is not None:
        why = "given at import"
        set_threshold(call.desk, version.id, said.threshold, actor=ACTOR, why=why)
    answer = version.answer
    call.say(f"{version.title}: {answer.task.value}.")
    if answer.task is Task.BINARY:
        call.say(f"A yes means `{answer.positive}`; classes {', '.join(answer.classes)}.")
    call.say(f"Id: {version.id}")
    return 0


def _from_file(call: Call, dataset: DatasetVersion) -> ModelToKeep:
    said = call.said
    if not said.file:
        raise NotFoundError("There is no model file.", hint="Name one, or --scores-only.")
    source = (call.cwd / said.file).resolve()
    if not source.is_file():
        raise NotFoundError(f"There is no file {said.file}.", hint="Check the path.")
    data = source.read_bytes()
    seen = inspect_model(data)
    matches = match_inputs(seen.facts, dataset.columns)
    call.say(say_match(matches))
    if any(match.trouble for match in matches):
        raise WrongInputError(
            "The model does not fit the table.",
            hint="Rename the columns as the model does.",
        )
    values = _labels(call.desk, dataset)
    task = _task(said.task, seen.classes or values)
    answer = propose_answer(seen.facts, values, task, classes=seen.classes)
    feeds = tuple((match.input.name, match.columns) for match in matches)
    declared = _pairs(said.declare)
    return ModelToKeep(data, seen.facts, _answer(answer, said), feeds, said.name, declared)


def _scores_only(call: Call, dataset: DatasetVersion) -> ModelToKeep:
    said = call.said
    scores = tuple(c.name for c in dataset.columns if c.use is Use.SCORE)
    predictions = tuple(c.name for c in dataset.columns if c.use is Use.PREDICTION)
    if not scores and not predictions:
        raise WrongInputError(
            f"{dataset.title} holds no scores.", hint="Import it with --score COLUMN."
        )
    values = _labels(call.desk, dataset)
    task = _task(said.task, values)
    numbers = scores or task is Task.REGRESSION
    kind = OutputKind.TENSOR if numbers else OutputKind.LABEL
    classes = () if task is Task.REGRESSION else values
    answer = _answer(Answer(task, "", kind, classes), said)
    feeds = (("scores", scores or predictions),)
    return ModelToKeep(None, None, answer, feeds, said.name, _pairs(said.declare))


def _read_as(found: ReadAs, said: argparse.Namespace) -> ReadAs:
    given = {key: getattr(said, key) for key in ("delimiter", "decimal", "dates")}
    return replace(found, **{key: value for key, value in given.items() if value})


def _marked(guessed: list[Column], said: argparse.Namespace) -> list[Column]:
    uses: dict[str, Use] = {}
    for use in Use:
        uses |= dict.fromkeys(_names(getattr(said, use.value.replace(" ", "_"))), use)
    groups, sensitive = _names(said.group), _names(said.sensitive)
    known = {column.name for column in guessed}
    lost = [name for name in (*uses, *groups, *sensitive) if name not in known]
    if lost:
        raise WrongInputError(
            f"There is no column `{lost[0]}`.",
            hint=f"There are: {', '.join(sorted(known))}.",
        )
    taken = set(uses.values()) & {Use.LABEL, Use.WEIGHT, Use.TIME}
    marked = []
    for column in guessed:
        kept = Use.FEATURE if column.use in taken else column.use
        marked.append(
            replace(
                column,
                use=uses.get(column.name, kept),
                group=column.name in groups if groups else column.group,
                sensitive=column.name in sensitive if sensitive else column.sensitive,
            )
        )
    return marked


def _labels(desk: Desk, dataset: DatasetVersion) -> tuple[str, ...]:
    label = dataset.used_as(Use.LABEL)
    return label_values(desk.workspace.objects.path(dataset.object), label) if label else ()


def _task(said: str | None, classes: Sequence[str]) -> Task:
    if said:
        return Task(said)
    if len(classes) > 20:  # noqa: PLR2004 - nobody has more classes, but numbers have
        return Task.REGRESSION
    return Task.MULTICLASS if len(classes) > 2 else Task.BINARY  # noqa: PLR2004 - two classes


def _answer(proposed: Answer, said: argparse.Namespace) -> Answer:
    """Return the answer as said; the positive class is never guessed."""
    classes = tuple(_names(said.classes or "")) or proposed.classes
    answer = replace(proposed, classes=classes, output=said.output or proposed.output)
    if answer.task is not Task.BINARY:
        return answer
    if not said.positive or said.positive not in classes:
        raise WrongInputError(
            "Which label value is a yes?",
            hint=f"Give --positive, one of: {', '.join(classes)}.",
        )
    return replace(answer, positive=said.positive)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _pairs(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    bad = [text for text in given if "=" not in text]
    if bad:
        raise WrongInputError(f"`{bad[0]}` is no NAME=VALUE.", hint="Write licence=MIT.")
    return tuple(
        (name, value) for name, _, value in (text.partition("=") for text in given)
    )
