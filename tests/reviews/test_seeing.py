"""Rows are for those who build, check or audit; a decision needs findings and counts."""

import pytest

from core.records.reviews import Role
from core.reviews.seeing import SEEING, may_see_rows
from tests.reviews.asked import MODEL, person


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_rows_or_does_not(role: Role) -> None:
    """An executive, a domain voice and an admin see none; nor does anybody of another model."""
    hidden = {Role.EXECUTIVE, Role.DOMAIN, Role.ADMIN}
    assert (
        may_see_rows(person("kim", role), MODEL) == (role not in hidden) == (role in SEEING)
    )
    assert not may_see_rows(person("kim", role), "Another model")
