"""Check: look at a dataset version for faults, once, and keep what was found."""

import json
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import pyarrow as pa

from core.engine import beside as beside_engine
from core.engine import likeness, profile, sample
from core.engine import margins as margins_engine
from core.engine.drill import find_numbered
from core.engine.profile import profile_table
from core.errors import WrongInputError
from core.measures import detectors, leakage, margins, personal
from core.measures.checks import beside, columns, moments, outcomes, people, rows
from core.measures.checks.look import Look
from core.measures.margins import Margins, read_margins
from core.measures.personal import Personal
from core.records.canonical import canonical, digest, from_plain
from core.records.checks import Check, Checks
from core.records.data import DatasetVersion
from core.records.profile import Profile
from core.runs.desk import Desk
from core.runs.rollups import Kind, fill_in, known
from core.runs.slicing import masked_columns
from core.runs.watch import Watch

Kept = TypeVar("Kept")
PROFILE: Final = Kind("profile", 1, (profile,))
CHECKS: Final = Kind(
    "checks",
    2,
    (
        *(beside, columns, moments, outcomes, people, rows),
        *(beside_engine, likeness, margins_engine, sample),
        *(detectors, leakage, margins, personal),
    ),
)
PERSONAL: Final = Kind("personal", 1, (detectors, personal, sample))
STEPS: Final[tuple[tuple[str, Callable[[Look], Check]], ...]] = (
    ("Looking for rows that stand twice", rows.check_repeated),
    ("Looking for rows that stand nearly twice", rows.check_nearly_repeated),
    ("Comparing rows with the training data", rows.check_shared),
    ("Comparing ids with the training data", rows.check_entities),
    ("Looking for equal cases with different outcomes", rows.check_conflicts),
    ("Counting lines that could not be read", rows.check_rejected),
    ("Comparing times with the training data", moments.check_order),
    ("Looking for dates after the outcome", moments.check_late_features),
    ("Looking for columns with one value", columns.check_constant),
    ("Looking for ids among the features", columns.check_ids),
    ("Reading the names of the columns", columns.check_names),
    ("Counting the outcomes", columns.check_imbalance),
    ("Holding each column against the outcome", outcomes.check_leak),
    ("Holding gaps against the outcome", outcomes.check_missing),
    ("Looking for values that training never saw", beside.check_unseen),
    ("Looking for numbers beyond the training data", beside.check_range),
    ("Comparing with the reference margins", people.check_margins),
    ("Counting small groups", people.check_small_groups),
    ("Looking for personal data", people.check_personal),
)


def profile_of(desk: Desk, dataset: DatasetVersion) -> Profile:
    """Return what was counted of each column, counted now if nobody did."""
    inputs = _profiled(dataset)
    name = fill_in(
        desk,
        dataset.id,
        PROFILE,
        inputs,
        lambda engine, into: into.write_bytes(canonical(profile_table(engine, dataset))),
    )
    return _read(desk, name, Profile)


def known_checks(desk: Desk, dataset: DatasetVersion) -> Checks | None:
    """Return the checks of a version as it is understood now; None if nobody made them."""
    name = known(desk, CHECKS, _inputs(desk, dataset))
    return _read(desk, name, Checks) if name else None


def make_checks(desk: Desk, id_: str, watch: Watch | None = None) -> Checks:
    """Return the checks of a dataset version, made now if nobody made them.

    Raises:
        StoppedError: somebody pressed Cancel; nothing is kept.
    """
    watch = watch or Watch()
    dataset = desk.workspace.state.dataset(id_)
    found = known_checks(desk, dataset)
    if found:
        return found
    watch.step(0.0, "Counting the columns")
    look = look_at(desk, dataset)
    made = []
    for done, (text, step) in enumerate(STEPS):
        watch.step(0.2 + 0.8 * done / len(STEPS), text)
        made.append(step(look))
    checks = Checks(id_, look.training.id if look.training else "", tuple(made))
    name = fill_in(
        desk,
        id_,
        CHECKS,
        _inputs(desk, dataset),
        lambda _, into: into.write_bytes(canonical(checks)),
    )
    return _read(desk, name, Checks)


def rows_of_check(desk: Desk, dataset: DatasetVersion, numbers: Sequence[int]) -> pa.Table:
    """Return rows that a check is about; what may be personal data is masked."""
    hidden = hidden_columns(desk, dataset)
    key = ("rows of check", dataset.object, tuple(numbers), hidden)
    return desk.once(key, lambda: find_numbered(desk.count, dataset, numbers, hidden))


def hidden_columns(desk: Desk, dataset: DatasetVersion) -> frozenset[str]:
    """Return the columns that are confirmed as personal, or look so and were not cleared."""
    said = desk.workspace.state.personal
    seen = {each.column for each in personal_of(desk, dataset)}
    cleared = {c for (id_, c), yes in said.items() if id_ == dataset.id and not yes}
    return masked_columns(desk, dataset) | (seen - cleared)


def personal_of(desk: Desk, dataset: DatasetVersion) -> tuple[Personal, ...]:
    """Return the columns that look like personal data; examples in it are masked."""
    name = fill_in(
        desk,
        dataset.id,
        PERSONAL,
        _profiled(dataset),
        lambda _, into: into.write_bytes(
            canonical(people.find_personal(look_at(desk, dataset)))
        ),
    )
    return _read(desk, name, tuple[Personal, ...])


def look_at(desk: Desk, dataset: DatasetVersion) -> Look:
    """Return what the checks look at."""
    state = desk.workspace.state
    return Look(
        desk.work,
        dataset,
        profile_of(desk, dataset),
        state.training_for(dataset),
        margins_of(desk, dataset),
    )


def margins_of(desk: Desk, dataset: DatasetVersion) -> Margins:
    """Return the reference margins that somebody gave, if anybody did."""
    name = desk.workspace.state.margins.get(dataset.id)
    return read_margins(desk.workspace.objects.read(name).decode()) if name else ()


def give_margins(desk: Desk, dataset: DatasetVersion, data: bytes, *, actor: str) -> None:
    """Keep reference margins for a dataset version; its checks are made anew.

    Raises:
        WrongInputError: the file is no such CSV, or names a column that is not there.
    """
    text = data.decode("utf-8-sig", errors="replace")
    for column, _ in read_margins(text):
        if dataset.column(column) is None:
            raise WrongInputError(
                f"The margins name `{column}`, which is no column of {dataset.title}.",
                hint="Name columns as the table does.",
            )
    name = desk.workspace.objects.put_bytes(text.encode())
    desk.workspace.record(actor, "margins.given", dataset.id, {"object": name})


def _profiled(dataset: DatasetVersion) -> dict[str, object]:
    return {"object": dataset.object, "columns": digest(dataset.columns)}


def _inputs(desk: Desk, dataset: DatasetVersion) -> dict[str, object]:
    state = desk.workspace.state
    training = state.training_for(dataset)
    return _profiled(dataset) | {
        "training": _profiled(training) if training else {},
        "margins": state.margins.get(dataset.id, ""),
        "split": dataset.split,
        "rejected": dataset.rejected,
    }


def _read(desk: Desk, name: str, kind: type[Kept]) -> Kept:
    def read() -> Kept:
        return from_plain(json.loads(desk.workspace.objects.read(name)), kind)

    return desk.once(("read", kind, name), read)
