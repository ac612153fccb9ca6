"""The kinds of work that a job can do."""

from typing import Final

from core.records.canonical import from_plain
from core.records.data import ReadAs
from core.records.evaluations import Evaluation
from core.records.explanations import Game
from core.runs.asking import asked_of, findings_of
from core.runs.checking import make_checks
from core.runs.demo import build_demo
from core.runs.desk import Desk
from core.runs.drafting import read_draft
from core.runs.evaluating import evaluate
from core.runs.explaining import explain
from core.runs.finishing import finish_draft
from core.runs.jobs import Asked, Runner
from core.runs.lattice import count_ahead
from core.runs.pairs import pairs_of
from core.runs.watch import Watch
from core.runs.worst import WorstAsked, find_chance, find_worst_slices


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


def _count(desk: Desk, asked: Asked, _actor: str, watch: Watch) -> str:
    return count_ahead(desk, asked["evaluation"], asked["metric"], watch)


def _worst(desk: Desk, asked: Asked, _actor: str, watch: Watch) -> str:
    evaluation, wanted = _wanted(desk, asked)
    find_worst_slices(desk, evaluation, wanted, watch)
    return evaluation.id


def _chance(desk: Desk, asked: Asked, _actor: str, watch: Watch) -> str:
    evaluation, wanted = _wanted(desk, asked)
    find_chance(desk, evaluation, wanted, watch)
    return evaluation.id


def _explain(desk: Desk, asked: Asked, _actor: str, watch: Watch) -> str:
    evaluation = desk.workspace.state.evaluation(asked["evaluation"])
    return explain(desk, evaluation, game=Game(asked["game"]), watch=watch).object


def _pairs(desk: Desk, asked: Asked, _actor: str, watch: Watch) -> str:
    evaluation = desk.workspace.state.evaluation(asked["evaluation"])
    pairs_of(desk, evaluation, output=asked["class"], watch=watch)
    return evaluation.id


def _wanted(desk: Desk, asked: Asked) -> tuple[Evaluation, WorstAsked]:
    evaluation = desk.workspace.state.evaluation(asked["evaluation"])
    threshold, of_class = asked["threshold"], asked["class"]
    question = asked_of(desk, evaluation, threshold=threshold, of_class=of_class)
    return evaluation, WorstAsked(asked["metric"], question, asked["against"])


def _demo(desk: Desk, _asked: Asked, _actor: str, watch: Watch) -> str:
    return build_demo(desk, watch)


RUNNERS: Final = {
    "evaluate": Runner(_evaluate, logged=True),
    "import": Runner(_import, logged=True),
    "check": Runner(_check, logged=False),
    "read": Runner(_read, logged=False),
    "count": Runner(_count, logged=False),
    "worst": Runner(_worst, logged=False),
    "chance": Runner(_chance, logged=False),
    "explain": Runner(_explain, logged=False),
    "pairs": Runner(_pairs, logged=False),
    "demo": Runner(_demo, logged=True),
}
