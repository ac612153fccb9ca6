"""Seeing: who may look at single rows; everybody else sees findings and counts."""

from typing import Final

from core.records.reviews import Person, Role

SEEING: Final = frozenset(
    {Role.OWNER, Role.DEVELOPER, Role.VALIDATOR, Role.PRIVACY, Role.AUDITOR}
)


def may_see_rows(person: Person, model: str) -> bool:
    """Return whether somebody may look at the rows behind the numbers of a model.

    Those who build, check or audit it may; those who decide on its findings, and those who
    only run the workspace, have no need to.
    """
    return any(person.holds(role, model) for role in SEEING)
