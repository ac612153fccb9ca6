"""Lets the tests start `probe.py`, which no installed package holds, as a child."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.sandbox.child import Child
from core.sandbox.limits import Limits

ROOT = Path(__file__).parents[2]
START = (
    f"import sys, runpy; sys.path.insert(0, {str(ROOT)!r}); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__')"
)


@pytest.fixture
def probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Limits], Child]:
    """Start a misbehaving child under the given limits."""
    python = tmp_path / "python"
    command = shlex.join([sys.executable, "-I", "-c", START])
    python.write_text(f'#!/bin/sh\nshift 2\nexec {command} "$@"\n', encoding="utf-8")
    python.chmod(0o700)

    def start(limits: Limits) -> Child:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", str(python))
            return Child("tests.sandbox.probe", limits)

    return start
