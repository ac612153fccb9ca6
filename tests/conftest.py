"""What all rooms share: how long property tests last, and a small desk with scores only."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from core.runs.desk import Desk, open_desk

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # where a test runs a model itself

settings.register_profile(
    "countersign",
    deadline=None,
    derandomize=True,
    max_examples=300 if os.environ.get("PROVE") else 30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("countersign")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk in a folder of its own."""
    with open_desk(tmp_path / "workspace") as opened:
        yield opened
