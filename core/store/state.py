"""What the log adds up to: every record, folded in memory from the events."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from core.errors import NotFoundError
from core.records.canonical import digest, from_plain
from core.records.data import Column, DatasetVersion, Split
from core.records.estimate import PolicyVersion
from core.records.evaluations import Evaluation, RollUp
from core.records.events import Event
from core.records.explanations import Direction
from core.records.models import Answer, ModelVersion
from core.records.work import Work
from core.store.decided import Decided

Record = TypeVar("Record")


@dataclass(slots=True)
class State:
    """All records of a workspace, by id, in the order in which they came."""

    datasets: dict[str, DatasetVersion] = field(default_factory=dict)
    models: dict[str, ModelVersion] = field(default_factory=dict)
    evaluations: dict[str, Evaluation] = field(default_factory=dict)
    rollups: dict[str, RollUp] = field(default_factory=dict)
    policies: list[PolicyVersion] = field(default_factory=list)
    thresholds: dict[str, int] = field(default_factory=dict)  # by model version
    directions: dict[tuple[str, str], Direction] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)  # token -> object
    work: dict[str, Work] = field(default_factory=dict)
    declared: dict[str, dict[str, str]] = field(default_factory=dict)  # by version, later
    personal: dict[tuple[str, str], bool] = field(default_factory=dict)  # version, column
    margins: dict[str, str] = field(default_factory=dict)  # version -> object
    erased: dict[str, str] = field(default_factory=dict)  # object -> why
    slices: dict[str, str] = field(default_factory=dict)  # slice id -> object
    decided: Decided = field(default_factory=Decided)

    def follow(self, event: Event) -> None:
        """Take in one event; an action that changes no record is passed over."""
        step = FOLLOW.get(event.action)
        if step:
            step(self, event)
        self.decided.follow(event)

    def dataset(self, id_: str) -> DatasetVersion:
        """Return the dataset version of that id."""
        return _found(self.datasets, id_, "dataset version")

    def model(self, id_: str) -> ModelVersion:
        """Return the model version of that id."""
        return _found(self.models, id_, "model version")

    def evaluation(self, id_: str) -> Evaluation:
        """Return the evaluation of that id."""
        return _found(self.evaluations, id_, "evaluation")

    def evaluation_of(self, model: str, dataset: str) -> Evaluation | None:
        """Return the evaluation of that pair as both are understood now, if there is one."""
        if model not in self.models or dataset not in self.datasets:
            return None
        known, columns = self.models[model], self.datasets[dataset].columns
        wanted = (model, dataset, known.answer, known.feeds, digest(columns))
        fitting = (
            e
            for e in reversed(self.evaluations.values())
            if (e.model, e.dataset, e.answer, e.feeds, e.columns) == wanted
        )
        return next(fitting, None)

    def declared_of(self, version: DatasetVersion) -> dict[str, str]:
        """Return what people said of a dataset version, the latest word of each field."""
        return dict(version.declared) | self.declared.get(version.id, {})

    def training_for(self, version: DatasetVersion) -> DatasetVersion | None:
        """Return the newest training data that has most of a version's columns."""
        if version.split is Split.TRAINING:
            return None
        names = {column.name for column in version.columns}
        fitting = (
            other
            for other in reversed(self.datasets.values())
            if other.split is Split.TRAINING
            and other.object not in self.erased
            and 2 * sum(c.name in names for c in other.columns) > len(names)
        )
        return next(fitting, None)

    @property
    def policy(self) -> PolicyVersion:
        """The policy in force: the newest that was frozen."""
        if not self.policies:
            raise NotFoundError("There is no policy yet.", hint="Open the workspace again.")
        return self.policies[-1]

    def threshold(self, model: str) -> int:
        """Return the decision threshold of a model version, in thousandths."""
        return self.thresholds.get(model, self.policy.policy.decision_threshold)

    @property
    def empty(self) -> bool:
        """Whether nobody has brought anything yet."""
        return not self.datasets and not self.models


def _found(records: dict[str, Record], id_: str, noun: str) -> Record:
    if id_ not in records:
        raise NotFoundError(
            f"There is no {noun} {id_[:8]}.", hint="Choose one from the list."
        )
    return records[id_]


def _stamped(event: Event, kind: type[Record]) -> Record:
    return from_plain({**event.payload, "at": event.at, "actor": event.actor}, kind)


def _dataset(state: State, event: Event) -> None:
    state.datasets[event.subject] = _stamped(event, DatasetVersion)


def _model(state: State, event: Event) -> None:
    state.models[event.subject] = _stamped(event, ModelVersion)


def _dataset_understood(state: State, event: Event) -> None:
    columns = from_plain(event.payload["columns"], tuple[Column, ...])
    state.datasets[event.subject] = replace(state.datasets[event.subject], columns=columns)


def _model_understood(state: State, event: Event) -> None:
    model = state.models[event.subject]
    answer = from_plain(event.payload["answer"], Answer)
    feeds = tuple((name, tuple(columns)) for name, columns in event.payload["feeds"])
    state.models[event.subject] = replace(model, answer=answer, feeds=feeds)


def _evaluation(state: State, event: Event) -> None:
    state.evaluations.pop(event.subject, None)  # made again: it is the newest now
    state.evaluations[event.subject] = _stamped(event, Evaluation)


def _rollup(state: State, event: Event) -> None:
    state.rollups[event.subject] = from_plain(event.payload, RollUp)


def _policy(state: State, event: Event) -> None:
    state.policies.append(_stamped(event, PolicyVersion))


def _threshold(state: State, event: Event) -> None:
    state.thresholds[event.subject] = int(event.payload["thousandths"])


def _direction(state: State, event: Event) -> None:
    column, said = str(event.payload["column"]), Direction(event.payload["direction"])
    state.directions[event.subject, column] = said


def _view(state: State, event: Event) -> None:
    state.views[event.subject] = str(event.payload["object"])


def _started(state: State, event: Event) -> None:
    asked = event.payload
    state.work[event.subject] = Work(
        event.subject, asked["kind"], asked["asked"], event.actor
    )


def _ended(state: State, event: Event) -> None:
    work = state.work[event.subject]
    state.work[event.subject] = Work(
        work.id, work.kind, work.asked, work.actor, event.payload["how"]
    )


def _declared(state: State, event: Event) -> None:
    said = state.declared.setdefault(event.subject, {})
    said[event.payload["field"]] = event.payload["value"]


def _personal(state: State, event: Event) -> None:
    key = (event.subject, event.payload["column"])
    state.personal[key] = bool(event.payload["personal"])


def _margins(state: State, event: Event) -> None:
    state.margins[event.subject] = event.payload["object"]


def _erased(state: State, event: Event) -> None:
    for name in event.payload["erased"]:
        state.erased[name] = event.payload["why"]


def _slice(state: State, event: Event) -> None:
    state.slices[event.subject] = str(event.payload["object"])


def _slice_dropped(state: State, event: Event) -> None:
    state.slices.pop(event.subject, None)


FOLLOW: Final[dict[str, Callable[[State, Event], None]]] = {
    "dataset.imported": _dataset,
    "model.imported": _model,
    "dataset.understood": _dataset_understood,
    "model.understood": _model_understood,
    "evaluation.made": _evaluation,
    "rollup.counted": _rollup,
    "policy.frozen": _policy,
    "threshold.set": _threshold,
    "direction.declared": _direction,
    "view.saved": _view,
    "work.started": _started,
    "work.ended": _ended,
    "provenance.declared": _declared,
    "column.personal": _personal,
    "margins.given": _margins,
    "rows.erased": _erased,
    "slice.saved": _slice,
    "slice.dropped": _slice_dropped,
}
