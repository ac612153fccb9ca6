"""Models cut open in this process, so that many of them are looked at in little time."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Self
from unittest import mock

from core.models import opened
from core.models.explain_runner import Cut
from core.models.inspect import inspect_model
from core.models.opened import CutModel
from core.models.scoring import Scoring
from core.records.models import Answer, ModelInput, Task
from core.sandbox.frames import Buffer, Header
from tests.models.fitted import Fitted

SUM = Answer(Task.REGRESSION)


class Here:
    """Stands in for the limited process: same frames, same answers, no process."""

    def __init__(self, _module: str, _limits: object) -> None:
        self._cut = Cut()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing has to end."""

    def ask(
        self, question: Header, buffers: Sequence[Buffer] = (), **_: Any
    ) -> tuple[Header, list[bytearray]]:
        """Answer as the process would; the header travels as JSON."""
        asked = json.loads(json.dumps(question))
        header, answer = self._cut.handle(
            asked, [bytearray(part) for part in buffers], lambda _share, _text: None
        )
        return json.loads(json.dumps(header)), [bytearray(part) for part in answer]


@cache
def _ports(data: bytes) -> tuple[ModelInput, ...]:
    return inspect_model(data).facts.inputs


def cut_here(model: Fitted) -> CutModel:
    """Open a model in this process."""
    ports = _ports(model.data)
    with mock.patch.object(opened, "Child", Here):
        return CutModel(Scoring(model.data, ports, model.feeds, SUM), model.batch, 1000)
