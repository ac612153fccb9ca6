"""The kinds of work that a job can do."""

from typing import Final

from core.records.canonical import from_plain
from core.records.data import ReadAs
from core.runs.asking import findings_of
from core.runs.checking import make_checks
from core.runs.demo import build_demo
from core.runs.desk import Desk
from core.runs.drafting import read_draft
from core.runs.evaluating import evaluate
from core.runs.finishing import finish_draft
from core.runs.jobs import Asked, Runner
from core.runs.watch import Watch


def _evaluate(desk: Desk, asked: Asked, actor: str, watch: Watch) -> str:
    evaluation = evaluate(desk, asked["model"], asked["data"], actor=actor, watch=watch)
    findings_of(desk, evaluation)
    return evaluation.id


def _import(desk: Desk, asked: Asked, actor: str, watch: Watch) -> str:
    return finish_draft(desk, asked["draft"], actor=actor, watch=watch).evaluation.id


def _check(desk: Desk, asked: Asked, _actor: str, watch: Watch) -> str:
    return make_checks(desk, asked["data"], watch).dataset


def _read(desk: Desk, asked: Asked, _actor: str, watch: Watch) -> str:
    read_as = from_plain(asked["read_as"], ReadAs) if asked["read_as"] else None
    return read_draft(desk, asked["draft"], read_as, watch).id


def _demo(desk: Desk, _asked: Asked, _actor: str, watch: Watch) -> str:
    return build_demo(desk, watch)


RUNNERS: Final = {
    "evaluate": Runner(_evaluate, logged=True),
    "import": Runner(_import, logged=True),
    "check": Runner(_check, logged=False),
    "read": Runner(_read, logged=False),
    "demo": Runner(_demo, logged=True),
}
