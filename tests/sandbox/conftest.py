"""Lets the tests start a child that misbehaves."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.sandbox.child import Child
from core.sandbox.limits import Limits
from tests.sandbox.started import lay_python


@pytest.fixture
def probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Limits], Child]:
    """Start a misbehaving child under the given limits."""
    python = lay_python(tmp_path)

    def start(limits: Limits) -> Child:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", python)
            return Child("tests.sandbox.probe", limits)

    return start
