"""Commands: what a shell or a pipeline asks; the same for a running app and a free folder."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from core.engine.labels import label_values
from core.errors import (
    BusyWorkspaceError,
    CountersignError,
    NotFoundError,
    WrongInputError,
)
from core.estimates.wording import say_both, say_hash, say_rows
from core.intake.guess import guess_columns
from core.intake.read import look, read
from core.models.answers import propose_answer
from core.models.inspect import inspect_model
from core.models.matching import match_inputs, say_match
from core.records.data import Column, DatasetVersion, ReadAs, Split, Use
from core.records.evaluations import Evaluation
from core.records.models import Answer, ModelVersion, OutputKind, Task
from core.reviews.findings import exit_code, light, overall
from core.runs.asking import asked_of, findings_of, quality_of
from core.runs.care import doctor
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.handing_out import card_file, card_name
from core.runs.keeping import (
    ModelToKeep,
    TableToKeep,
    keep_model,
    keep_table,
    set_threshold,
)
from core.runs.options import make_parser
from core.store.backup import write_backup
from core.store.disk import appearing

Record = TypeVar("Record", ModelVersion, DatasetVersion)
Say = Callable[[str], None]
CANNOT: Final = 2
ACTOR: Final = "command line"


@dataclass(frozen=True, slots=True)
class _Call:
    desk: Desk
    said: argparse.Namespace
    cwd: Path
    say: Say


def run(desk: Desk, argv: Sequence[str], *, cwd: Path, say: Say) -> int:
    """Carry out a command and return its exit code; every answer goes through `say`."""
    try:
        said = make_parser().parse_args(list(argv))
        commands = {
            "import-data": _import_data,
            "import-model": _import_model,
            "evaluate": _evaluate,
            "card": _card,
            "doctor": _doctor,
            "backup": _backup,
            "rebuild": _rebuild,
        }
        return commands[said.command](_Call(desk, said, cwd, say))
    except CountersignError as error:
        say(f"{error} {error.hint}")
        return CANNOT


def _import_data(call: _Call) -> int:
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


def _import_model(call: _Call) -> int:
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


def _from_file(call: _Call, dataset: DatasetVersion) -> ModelToKeep:
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


def _scores_only(call: _Call, dataset: DatasetVersion) -> ModelToKeep:
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


def _evaluate(call: _Call) -> int:
    model, dataset = (
        find_model(call.desk, call.said.model),
        find_dataset(call.desk, call.said.data),
    )
    evaluation = evaluate(call.desk, model.id, dataset.id, actor=ACTOR)
    asked = asked_of(call.desk, evaluation)
    call.say(f"{model.title} on {dataset.title}: {say_rows(evaluation.rows)}.")
    for headline in quality_of(call.desk, evaluation, asked).headlines:
        call.say(f"  {headline.title}: {say_both(headline.measured, headline.kind)}")
    findings = findings_of(call.desk, evaluation)
    for finding in findings:
        call.say(f"{light(finding)} · {finding.gate.title}. {finding.sentence}")
    call.say(f"Evidence {say_hash(evaluation.id)}")
    return exit_code(overall(findings))


def _card(call: _Call) -> int:
    evaluation = _found_evaluation(call)
    data = card_file(call.desk, evaluation.id, call.said.format)
    name = call.said.output or card_name(call.desk, evaluation.id, call.said.format)
    target = call.cwd / name
    if not target.parent.is_dir():
        raise WrongInputError(
            f"There is no folder for {name}.", hint="Give another file with -o."
        )
    with appearing(target) as aside:
        aside.write_bytes(data)
    call.say(f"Wrote {name}; it covers evidence {say_hash(evaluation.id)}.")
    return exit_code(overall(findings_of(call.desk, evaluation)))


def _doctor(call: _Call) -> int:
    workspace = call.desk.workspace
    return doctor(workspace.folder, call.say, workspace.events)


def _backup(call: _Call) -> int:
    workspace, into = call.desk.workspace, call.cwd / call.said.file
    objects = write_backup(workspace.objects, workspace.events, into)
    call.say(f"Wrote {into.name}: {len(workspace.events):,} events, {objects:,} objects.")
    return 0


def _rebuild(_: _Call) -> int:
    raise BusyWorkspaceError(
        "An app works on these records.", hint="Close it, then rebuild them."
    )


def _found_evaluation(call: _Call) -> Evaluation:
    state, said = call.desk.workspace.state, call.said
    if said.evaluation:
        near = [e for e in state.evaluations.values() if e.id.startswith(said.evaluation)]
        if len(near) == 1:
            return near[0]
        raise NotFoundError(
            f"{len(near)} evaluations start with {said.evaluation}.",
            hint="Give more digits.",
        )
    model, dataset = find_model(call.desk, said.model), find_dataset(call.desk, said.data)
    found = state.evaluation_of(model.id, dataset.id)
    if found is None:
        raise NotFoundError(
            f"{model.title} has not been evaluated on {dataset.title}.",
            hint="Run `countersign evaluate` first.",
        )
    return found


def find_model(desk: Desk, title: str | None) -> ModelVersion:
    """Return the model version of that title or id; the only one where none is named."""
    return _find(desk.workspace.state.models, title, "model version", "--model")


def find_dataset(desk: Desk, title: str | None) -> DatasetVersion:
    """Return the dataset version of that title or id; the only one where none is named."""
    return _find(desk.workspace.state.datasets, title, "dataset version", "--data")


def _find(records: dict[str, Record], title: str | None, noun: str, option: str) -> Record:
    wanted = [
        r
        for r in records.values()
        if title in (None, r.title) or r.id.startswith(title or "-")
    ]
    if len(wanted) == 1:
        return wanted[0]
    known = ", ".join(record.title for record in records.values()) or "none yet"
    raise NotFoundError(
        f"There is no {noun} `{title}`." if title else f"Which {noun}?",
        hint=f"Give {option}, one of: {known}.",
    )


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
