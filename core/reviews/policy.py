"""Policies: the limits of a workspace, written as YAML that a person can read and edit."""

from dataclasses import dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any, Final

import yaml
from cattrs.errors import ClassValidationError

from core.errors import WrongInputError
from core.estimates.judge import COMPARATORS
from core.measures.metrics import find_metric
from core.records.canonical import from_plain, to_plain
from core.records.estimate import NAMED, Compare, Gate, Policy
from core.records.reviews import Role

POPULATIONS: Final = ("all", "each slice", f"{NAMED}NAME")
RANKED: Final = "auc"  # measured from the ranking, beside the metrics of the catalogue
COLUMN_DRIFT: Final = "column_drift"  # how far the farthest moved column moved, 0 to 1
SCORE_DRIFT: Final = "score_drift"  # the same of scores and answers
PERFORMANCE_DROP: Final = "performance_drop"  # accuracy lost; of a regression, error grown
DRIFT: Final = (COLUMN_DRIFT, SCORE_DRIFT, PERFORMANCE_DROP)  # against the reference
LONGEST_WAIVER: Final = 730  # days
TEMPLATES: Final = Path(__file__).parent / "templates"
FIRST_POLICY: Final = """\
# Policy 0: where a new workspace starts. Every limit is yours to change.
number: 0

# Verdicts hold at this level: one in twenty would be wrong by chance.
alpha: 0.05

# A slice may be worse than everybody together by this much (share, 0 to 1).
slice_tolerance: 0.05

# Fewer rows, or fewer in a rate's own denominator, are too few to judge.
min_rows: 30
min_denominator: 10

# Slices with fewer rows than this are hidden.
privacy_limit: 5

# Scores from here upwards are a yes, in thousandths; a model can have its own.
decision_threshold: 500

gates:
  - id: PERF-01
    title: The model ranks cases clearly better than chance
    metric: auc
    population: all
    comparator: ">="
    limit: 0.7
    compare: lower95
    min_rows: 200
    severity: block
  - id: PERF-02
    title: The model is right in most cases
    metric: accuracy
    population: all
    comparator: ">="
    limit: 0.8
    compare: lower95
    min_rows: 200
    severity: block
  - id: SLC-01
    title: No group is judged wrongly too often
    metric: error_rate
    population: each slice
    comparator: "<="
    limit: 0.15
    compare: upper95
    min_rows: 100
    severity: block
"""


@dataclass(frozen=True, slots=True)
class Template:
    """A policy to start from: what it is for, and its commented YAML."""

    id: str
    title: str
    text: str


def templates() -> tuple[Template, ...]:
    """Return the policies to start from."""
    found = []
    for path in sorted(TEMPLATES.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        found.append(Template(path.stem, text.partition("\n")[0].lstrip("# "), text))
    return tuple(found)


def read_policy(text: str) -> Policy:
    """Return the policy that a YAML text describes.

    Raises:
        WrongInputError: the text is no YAML, names what a policy has not, or has a gate
            that nothing could be held against.
    """
    try:
        plain: Any = yaml.safe_load(text)
        policy = from_plain(plain, Policy)
    except (yaml.YAMLError, ClassValidationError, TypeError, ValueError, KeyError):
        raise WrongInputError(
            "This policy cannot be read.",
            hint="Start from the policy in force and edit it.",
        ) from None
    if not 0 <= policy.decision_threshold <= 1000:  # noqa: PLR2004 - thousandths
        raise WrongInputError(
            f"The decision threshold is {policy.decision_threshold}.",
            hint="Give thousandths, from 0 to 1000.",
        )
    _check_values(plain, to_plain(policy), Policy)
    for written, gate in zip(plain["gates"], policy.gates, strict=True):
        _check_values(written, to_plain(gate), Gate)
        _check_gate(gate)
        _check_waiver(gate)
    if len({gate.id for gate in policy.gates}) < len(policy.gates):
        raise WrongInputError("Two gates have the same id.", hint="Give each its own.")
    return policy


def _check_values(written: dict[str, Any], read: dict[str, Any], kind: type) -> None:
    """Refuse a name that is not known, and a value that was not taken as it was written."""
    known = {field.name for field in fields(kind)}
    for key, value in written.items():
        if key not in known:
            raise WrongInputError(
                f"A {kind.__name__.lower()} has no `{key}`.",
                hint=f"It has {', '.join(sorted(known))}.",
            )
        endless = isinstance(value, float) and not isfinite(value)
        taken = list(read[key]) if isinstance(read[key], tuple) else read[key]
        if key != "gates" and (endless or taken != value):
            raise WrongInputError(
                f"`{key}` cannot be {value!r}.", hint="See the policy in force."
            )


def _check_gate(gate: Gate) -> None:
    if gate.comparator not in COMPARATORS:
        raise WrongInputError(
            f"The gate {gate.id} compares by `{gate.comparator}`.", hint="Use <= or >=."
        )
    named = gate.population.startswith(NAMED) and len(gate.population) > len(NAMED)
    if gate.population not in POPULATIONS and not named:
        raise WrongInputError(
            f"The gate {gate.id} is about `{gate.population}`.",
            hint=f"Use {' or '.join(POPULATIONS)}.",
        )
    if gate.metric in DRIFT:
        _check_drift(gate)
    elif gate.metric != RANKED and find_metric(gate.metric).formula is None:
        raise WrongInputError(
            f"The gate {gate.id} looks at `{gate.metric}`, for which there are no gates.",
            hint="Choose a metric of right and wrong answers, or auc.",
        )


def _check_drift(gate: Gate) -> None:
    """Refuse a gate on drift that is not about all rows, or not held by the upper end."""
    asked = gate.population, gate.comparator, gate.compare
    if asked != ("all", "<=", Compare.UPPER95):
        raise WrongInputError(
            f"The gate {gate.id} on {gate.metric} cannot be held so.",
            hint='Give it population all, comparator "<=" and compare upper95.',
        )


def _check_waiver(gate: Gate) -> None:
    """Refuse a waiver by a role that there is not, or for no time, or for ever."""
    if gate.waivable_by not in {"", *Role}:
        raise WrongInputError(
            f"The gate {gate.id} is waivable by `{gate.waivable_by}`.",
            hint=f"Leave it out for nobody, or use one of: {', '.join(Role)}.",
        )
    if not 1 <= gate.max_waiver_days <= LONGEST_WAIVER:
        raise WrongInputError(
            f"The gate {gate.id} can be waived for {gate.max_waiver_days} days.",
            hint=f"Give 1 to {LONGEST_WAIVER} days.",
        )
