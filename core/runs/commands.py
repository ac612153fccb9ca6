"""Commands: what a shell or a pipeline asks; the same for a running app and a free folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.errors import (
    BusyWorkspaceError,
    CountersignError,
    NotFoundError,
    WrongInputError,
)
from core.estimates.wording import say_both, say_hash, say_rows
from core.records.data import DatasetVersion
from core.records.estimate import Word
from core.records.evaluations import Evaluation
from core.records.models import ModelVersion
from core.reviews.findings import exit_code, light, overall, worst_first
from core.runs.accounts import open_account
from core.runs.asking import asked_of, quality_of
from core.runs.bringing import import_data, import_model
from core.runs.call import ACTOR, Call, Say, find_dataset, find_model
from core.runs.care import doctor
from core.runs.checking import make_checks
from core.runs.desk import Desk
from core.runs.drift_findings import gate_findings
from core.runs.evaluating import evaluate
from core.runs.handing_out import card_file, card_name
from core.runs.options import make_parser
from core.store.backup import write_backup
from core.store.disk import appearing

CANNOT: Final = 2


def run(desk: Desk, argv: Sequence[str], *, cwd: Path, say: Say) -> int:
    """Carry out a command and return its exit code; every answer goes through `say`."""
    try:
        said = make_parser().parse_args(list(argv))
        commands = {
            "import-data": import_data,
            "import-model": import_model,
            "check": _check,
            "evaluate": _evaluate,
            "card": _card,
            "doctor": _doctor,
            "backup": _backup,
            "rebuild": _rebuild,
            "account": open_account,
        }
        return commands[said.command](Call(desk, said, cwd, say))
    except CountersignError as error:
        say(f"{error} {error.hint}")
        return CANNOT


def _check(call: Call) -> int:
    dataset = find_dataset(call.desk, call.said.data)
    model = find_model(call.desk, call.said.model) if call.said.model else None
    checks = make_checks(call.desk, dataset.id)
    known = call.desk.workspace.state.datasets.get(checks.against)
    beside = f", beside {known.title}" if known else ""
    call.say(f"{dataset.title}: {say_rows(dataset.rows)}{beside}.")
    for check in worst_first(checks.made):
        call.say(f"{light(check)} · {check.gate.title}. {check.sentence}")
    word = overall(checks.made)
    return exit_code(word, _judge(call, model, dataset)) if model else exit_code(word)


def _evaluate(call: Call) -> int:
    model, dataset = (
        find_model(call.desk, call.said.model),
        find_dataset(call.desk, call.said.data),
    )
    return exit_code(_judge(call, model, dataset))


def _judge(call: Call, model: ModelVersion, dataset: DatasetVersion) -> Word:
    """Say what the policy says of a model on a table, evaluated now if nobody did."""
    evaluation = evaluate(call.desk, model.id, dataset.id, actor=ACTOR)
    asked = asked_of(call.desk, evaluation)
    call.say(f"{model.title} on {dataset.title}: {say_rows(evaluation.rows)}.")
    for headline in quality_of(call.desk, evaluation, asked).headlines:
        call.say(f"  {headline.title}: {say_both(headline.measured, headline.kind)}")
    findings = gate_findings(call.desk, evaluation)
    for finding in findings:
        call.say(f"{light(finding)} · {finding.gate.title}. {finding.sentence}")
    call.say(f"Evidence {say_hash(evaluation.id)}")
    return overall(findings)


def _card(call: Call) -> int:
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
    return exit_code(overall(gate_findings(call.desk, evaluation)))


def _doctor(call: Call) -> int:
    workspace = call.desk.workspace
    return doctor(workspace.folder, call.say, workspace.events)


def _backup(call: Call) -> int:
    workspace, into = call.desk.workspace, call.cwd / call.said.file
    objects = write_backup(workspace.objects, workspace.events, into)
    call.say(f"Wrote {into.name}: {len(workspace.events):,} events, {objects:,} objects.")
    return 0


def _rebuild(_: Call) -> int:
    raise BusyWorkspaceError(
        "An app works on these records.", hint="Close it, then rebuild them."
    )


def _found_evaluation(call: Call) -> Evaluation:
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
