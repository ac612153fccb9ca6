"""Stopping: taking a model version out of use, for a while or for good."""

from typing import Final

from core.errors import WrongInputError
from core.runs.desk import Desk

LONGEST: Final = 2_000  # letters of a text


def suspend(desk: Desk, model: str, why: str, *, actor: str) -> None:
    """Stop a model version until somebody lets it work again."""
    reason = clean_text(why, "Say why it is stopped.")
    desk.workspace.record(actor, "model.suspended", model, {"why": reason})


def withdraw(desk: Desk, model: str, why: str, *, actor: str) -> None:
    """Take a model version out of use for good."""
    reason = clean_text(why, "Say why it is withdrawn.")
    desk.workspace.record(actor, "model.withdrawn", model, {"why": reason})


def resume(desk: Desk, model: str, why: str, *, actor: str) -> None:
    """Let a suspended model version work again; its signatures still have to hold."""
    if model not in desk.workspace.state.decided.stops:
        raise WrongInputError(
            "This model is not suspended.", hint="Nothing has to be done."
        )
    reason = clean_text(why, "Say why it may work again.")
    desk.workspace.record(actor, "model.resumed", model, {"why": reason})


def clean_text(text: str, hint: str) -> str:
    """Return a text as it is kept: one line, not empty, not endless.

    Raises:
        WrongInputError: it is empty (`hint` says what to write), or too long.
    """
    clean = " ".join(text.split())
    if not clean:
        raise WrongInputError("This needs a sentence.", hint=hint)
    if len(clean) > LONGEST:
        raise WrongInputError(
            f"This has {len(clean):,} letters; {LONGEST:,} are kept.",
            hint="Say it shorter.",
        )
    return clean
