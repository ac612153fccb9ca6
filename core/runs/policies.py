"""Policies: how today's evaluations fare under one, and when its limits were set."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core.errors import WrongInputError
from core.estimates.wording import NBSP, WORDS, say_day
from core.measures.metrics import find_metric
from core.records.canonical import digest
from core.records.data import Split
from core.records.estimate import Compare, Gate, PolicyVersion, Word
from core.records.evaluations import Evaluation
from core.records.reviews import Role
from core.reviews.findings import light
from core.reviews.gate_text import set_number
from core.reviews.policy import DRIFT, RANKED, read_policy
from core.runs.asking import findings_of
from core.runs.desk import Desk, freeze_policy
from core.runs.drift_findings import drift_findings

EDITORS: Final = (Role.OWNER, Role.ADMIN)
ENDS: Final = {
    Compare.POINT: "measured value",
    Compare.LOWER95: "lower end",
    Compare.UPPER95: "upper end",
}
ORDER: Final = "■▲◇○●–"  # worst first


@dataclass(frozen=True, slots=True)
class GateToday:
    """A gate and what it says of each evaluation: (title, light)."""

    gate: Gate
    lights: tuple[tuple[str, str], ...]

    @property
    def worst(self) -> str:
        """The worst light of all."""
        none = WORDS[Word.NOT_APPLICABLE]
        return min(
            (x for _, x in self.lights), key=lambda x: ORDER.index(x[0]), default=none
        )

    @property
    def fails(self) -> int:
        """How many evaluations break the rule."""
        return sum(x[0] in "■▲" for _, x in self.lights)


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft held against today's evaluations, beside the policy in force."""

    version: PolicyVersion
    now: tuple[GateToday, ...]
    draft: tuple[GateToday, ...]

    def line(self, gate: str) -> str:
        """Return what the draft of one gate would change, in a sentence."""
        new = next(g for g in self.draft if g.gate.id == gate)
        old = next((g for g in self.now if g.gate.id == gate), None)
        more = new.fails - (old.fails if old else 0)
        count = "evaluation" if abs(more) == 1 else "evaluations"
        if not more:
            what = "as many evaluations fail as now" if old else "no evaluation fails"
        elif more < 0:
            what = f"{-more} {count} fewer fail{'s' if more == -1 else ''}"
        else:
            what = f"{more} more {count} fail{'s' if more == 1 else ''}"
        return f"With {say_limit(new.gate)}: {what}."


def judged_evaluations(desk: Desk) -> tuple[Evaluation, ...]:
    """Return the newest evaluation of each model version on validation data."""
    state = desk.workspace.state
    newest = {
        each.model: each
        for each in state.evaluations.values()
        if state.dataset(each.dataset).split is Split.VALIDATION
    }
    return tuple(newest[id_] for id_ in state.models if id_ in newest)


def gates_today(desk: Desk, under: PolicyVersion | None = None) -> tuple[GateToday, ...]:
    """Return each gate of a policy (the one in force) with what it says today.

    Gates on drift speak of the newest production window, the others of validation data.
    """
    version = under or desk.workspace.state.policy
    told: dict[str, list[tuple[str, str]]] = {gate.id: [] for gate in version.policy.gates}
    state = desk.workspace.state
    for evaluation in judged_evaluations(desk):
        said_of = findings_of(desk, evaluation, under=version)
        if window := _newest_window(desk, evaluation.model):
            said_of += drift_findings(desk, window, under=version)
        found = {finding.gate.id: finding for finding in said_of}
        title = state.model(evaluation.model).title
        for id_, lights in told.items():
            said = light(found[id_]) if id_ in found else WORDS[Word.NOT_APPLICABLE]
            lights.append((title, said))
    return tuple(GateToday(gate, tuple(told[gate.id])) for gate in version.policy.gates)


def _newest_window(desk: Desk, model: str) -> Evaluation | None:
    state = desk.workspace.state
    windows = [
        (state.dataset(each.dataset).window or ("", ""), each)
        for each in state.evaluations.values()
        if each.model == model and state.dataset(each.dataset).split is Split.PRODUCTION
    ]
    return max(reversed(windows), key=lambda pair: pair[0])[1] if windows else None


def policy_text(desk: Desk) -> str:
    """Return the YAML of the policy in force, with its comments."""
    return desk.workspace.objects.read(desk.workspace.state.policy.object).decode()


def try_policy(desk: Desk, text: str) -> Tried:
    """Hold a draft against today's evaluations; nothing counts until it is frozen.

    Raises:
        WrongInputError: the text is no policy.
    """
    policy = read_policy(text)
    version = PolicyVersion(policy, f"draft {digest(policy)}", desk.workspace.now(), "")
    return Tried(version, gates_today(desk), gates_today(desk, version))


def freeze_draft(desk: Desk, text: str, *, actor: str) -> PolicyVersion:
    """Put a draft in force as the next version.

    Raises:
        WrongInputError: the text is no policy, nothing changed, or the actor may not.
    """
    check_editor(desk, actor)
    now = desk.workspace.state.policy
    numbered = set_number(text, now.policy.number + 1)
    if read_policy(set_number(text, now.policy.number)) == now.policy:
        raise WrongInputError(
            f"This is policy {now.policy.number}, which is in force.",
            hint="Change a limit first.",
        )
    freeze_policy(desk.workspace, numbered, actor=actor)
    return desk.workspace.state.policy


def check_editor(desk: Desk, actor: str) -> None:
    """Check that somebody may change the policy; anybody, while nobody holds a role.

    Raises:
        WrongInputError: they may not.
    """
    people = desk.workspace.state.decided.people
    person = people.get(actor)
    held = {role for _, role in person.roles} if person else set()
    if held.intersection(EDITORS) or not any(p.roles for p in people.values()):
        return
    name = person.name if person else actor
    raise WrongInputError(
        f"{name} cannot change the policy.", hint="Ask an owner or an admin."
    )


def say_set(desk: Desk) -> tuple[bool, str]:
    """Return whether the policy in force was set before results were seen, and a sentence."""
    version = desk.workspace.state.policy
    since = f"Policy {version.policy.number} is in force since {say_day(version.at)}"
    first, frozen = _first_result(desk), _frozen(desk)[-1]
    if first is None:
        return True, f"{since}; no results have been seen yet."
    before = frozen < first
    return before, f"{since}, set {'before' if before else 'after'} results were seen."


def changed_after(desk: Desk) -> tuple[str, ...]:
    """Return, a sentence each, which limits were changed after results were seen."""
    first, versions = _first_result(desk), desk.workspace.state.policies
    if first is None:
        return ()
    return tuple(
        sentence
        for number, seq in enumerate(_frozen(desk))
        if number and seq > first
        for sentence in _say_changes(versions[number - 1], versions[number])
    )


def say_limit(gate: Gate) -> str:
    """Return a limit as people read it: a percentage, or a number."""
    if gate.metric not in (RANKED, *DRIFT) and find_metric(gate.metric).kind == "share":
        return f"{gate.limit * 100:.6g}{NBSP}%"
    return f"{gate.limit:g}"


def _first_result(desk: Desk) -> int | None:
    events = desk.workspace.events
    return next((e.seq for e in events if e.action == "evaluation.made"), None)


def _frozen(desk: Desk) -> list[int]:
    return [e.seq for e in desk.workspace.events if e.action == "policy.frozen"]


def _say_changes(before: PolicyVersion, after: PolicyVersion) -> Iterable[str]:
    old = {gate.id: gate for gate in before.policy.gates}
    new = {gate.id: gate for gate in after.policy.gates}
    for id_, was in old.items():
        now = new.get(id_)
        if now is None:
            yield f"{id_} was dropped after results were seen."
        elif now.metric != was.metric:
            yield f"{id_} became another rule after results were seen."
        elif now.limit != was.limit:
            way = "raised" if now.limit > was.limit else "lowered"
            yield (
                f"The limit of {id_} was {way} from {say_limit(was)} to {say_limit(now)} "
                "after results were seen."
            )
        elif _weighed(now) != _weighed(was):
            yield f"How {id_} is judged was changed after results were seen."
    for id_ in new.keys() - old.keys():
        yield f"{id_} was added after results were seen."


def _weighed(gate: Gate) -> tuple[object, ...]:
    return (
        gate.population,
        gate.comparator,
        gate.compare,
        gate.min_rows,
        gate.severity,
        gate.waivable_by,
        gate.max_waiver_days,
    )
