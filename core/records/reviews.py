"""Reviews: people who are asked, what they found, and what they put their name under."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """In which capacity somebody acts; roles are given for one model, or for all."""

    OWNER = "owner"
    DEVELOPER = "developer"
    VALIDATOR = "validator"
    DOMAIN = "domain voice"
    PRIVACY = "privacy"
    EXECUTIVE = "executive"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Tier(StrEnum):
    """How much depends on a model; it sets who must sign."""

    LOW = "low"
    HIGH = "high"


class Decision(StrEnum):
    """What a signature says."""

    APPROVE = "approve"
    CONDITIONS = "approve with conditions"
    REJECT = "reject"
    OBJECT = "object"

    @property
    def approves(self) -> bool:
        """Whether it lets the model work."""
        return self in (Decision.APPROVE, Decision.CONDITIONS)


class Reply(StrEnum):
    """What somebody says of a finding."""

    AGREE = "agree"
    DISAGREE = "disagree"
    CANNOT_JUDGE = "cannot judge"


class Standing(StrEnum):
    """Where a model version stands; a function of the log, the evidence and the day."""

    DRAFT = "draft"
    IN_REVIEW = "in review"
    CHANGES = "changes requested"
    REJECTED = "rejected"
    ACTIVE = "active"
    CONDITIONS = "active with conditions"
    STALE = "stale"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"

    @property
    def works(self) -> bool:
        """Whether the model may be used; only these two may look green."""
        return self in (Standing.ACTIVE, Standing.CONDITIONS)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name, with the roles that they hold: (model name or empty, role)."""

    id: str
    name: str
    roles: frozenset[tuple[str, Role]] = frozenset()

    def holds(self, role: Role, model: str) -> bool:
        """Whether they hold a role for a model."""
        return ("", role) in self.roles or (model, role) in self.roles


@dataclass(frozen=True, slots=True)
class Manifest:
    """The evidence of one review: each part of it by name, with its digest.

    Nothing of the decision stands in it: what is signed can be re-made by anybody.
    """

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody is asked to decide in a role, until a day."""

    person: str
    role: Role
    due: date | None


@dataclass(frozen=True, slots=True)
class Condition:
    """What must come true after an approval; `gate` checks it, or a person says so."""

    id: str
    text: str
    owner: str
    due: date
    gate: str = ""


@dataclass(frozen=True, slots=True)
class SignOff:
    """One person's decision on one body of evidence; `envelope` names the signed object."""

    review: str
    person: str
    role: Role
    decision: Decision
    because: str
    conditions: tuple[Condition, ...]
    until: date | None
    root: str
    envelope: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says of a finding, and why."""

    finding: str
    person: str
    reply: Reply
    because: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A line of talk about a finding, or about the review."""

    id: str
    finding: str
    person: str
    text: str
    at: datetime
    assigned: str = ""
    resolved: str = ""  # by whom


@dataclass(frozen=True, slots=True)
class Waiver:
    """A failed rule that somebody answers for, until a day; it never looks green."""

    gate: str
    reason: str
    control: str
    owner: str
    until: date
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AddedFinding:
    """A finding that a person wrote, with the view that shows it."""

    id: str
    sentence: str
    severity: str  # block or warn
    view: str  # token of a saved view, or empty
    person: str
    incident: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class FirstVerdict:
    """What a person thought before anything was recommended to them."""

    person: str
    decision: Decision
    because: str


@dataclass(frozen=True, slots=True)
class Review:
    """A review: one model version, its evidence, and the people who are asked.

    `root` and `manifest` are those of the evidence that lies before the people now; asking
    for changes and bringing newer evidence moves both, and what was signed before stays
    signed over the older root.
    """

    id: str
    model: str
    evaluation: str
    tier: Tier
    root: str
    manifest: str  # object
    asks: tuple[Ask, ...]
    by: str
    at: datetime
    reading: tuple[str, ...] = ()
    read: frozenset[tuple[str, str]] = frozenset()  # person, what
    firsts: tuple[FirstVerdict, ...] = ()
    answers: tuple[Answer, ...] = ()
    comments: tuple[Comment, ...] = ()
    added: tuple[AddedFinding, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    signed: tuple[SignOff, ...] = ()
    met: frozenset[str] = frozenset()  # conditions
    changes: str = ""  # what was asked to be changed, empty if nothing is
    events: tuple[int, ...] = field(default=())  # numbers in the log


@dataclass(frozen=True, slots=True)
class Stop:
    """A model version that was stopped, by whom and why; `over` once it may work again."""

    why: str
    by: str
    at: datetime
    withdrawn: bool = False
