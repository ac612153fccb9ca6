"""How the app asks the process in which a model lives, and what it makes of its end."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

from core.errors import RefusedModelError
from core.models.wire import Raw, unpack_raw
from core.sandbox.child import Child, ChildDiedError, ChildError
from core.sandbox.frames import Buffer, Header

MODULE: Final = "core.models.runner"
MOST_BYTES: Final = 500_000_000
Stop = Callable[[], bool]

DEATHS: Final = {
    "time": ("The model took too long and was stopped.", "Try a smaller table."),
    "memory": (
        "The model used more memory than a model may have, and was stopped.",
        "Export a smaller model, or bring its scores instead.",
    ),
    "crash": (
        "The model crashed the process that ran it; nothing else was harmed.",
        "Export it again, or bring its scores instead.",
    ),
}


def load_model(child: Child, model: bytes, *, seconds: float, stop: Stop) -> dict[str, Any]:
    """Give the facts of `model` as plain JSON, once it is walked and opened in `child`.

    Raises:
        RefusedModelError: it is not accepted, does not load, or broke a limit.
        StoppedError: `stop()` became true.
    """
    if len(model) > MOST_BYTES:
        raise RefusedModelError(
            f"The file has {len(model) / 1e6:,.0f} MB; models may have "
            f"{MOST_BYTES / 1e6:,.0f} MB.",
            hint="Export a smaller model, or bring its scores instead.",
        )
    header, _ = ask_child(child, {"op": "load"}, [model], seconds=seconds, stop=stop)
    facts: dict[str, Any] = header["facts"]
    return facts


def run_model(
    child: Child,
    question: Header,
    buffers: Sequence[Buffer],
    *,
    seconds: float,
    stop: Stop,
) -> Raw:
    """Give one output for the rows in `question` (`rows`, `feeds`, `output`, `threads`)."""
    header, answer = ask_child(
        child, {"op": "run"} | question, buffers, seconds=seconds, stop=stop
    )
    try:
        raw = unpack_raw(header, answer)
    except (KeyError, TypeError, ValueError, IndexError):
        died("crash")
    if raw.values.shape[:1] != (question["rows"],):
        died("crash")
    return raw


def ask_child(
    child: Child,
    question: Header,
    buffers: Sequence[Buffer],
    *,
    seconds: float,
    stop: Stop,
) -> tuple[Header, list[bytearray]]:
    """Give the child's answer, or the refusal that its end or its sentence becomes."""
    try:
        header, answer = child.ask(question, buffers, seconds=seconds, stop=stop)
    except ChildDiedError as death:
        died(death.cause)
    except ChildError as error:
        died("memory" if error.kind == "MemoryError" else "crash")
    if "refused" in header:
        raise RefusedModelError(str(header["refused"]), hint=str(header["hint"]))
    return header, answer


def died(cause: str) -> NoReturn:
    """Say how the process of a model ended."""
    message, hint = DEATHS[cause]
    raise RefusedModelError(message, hint=hint) from None
