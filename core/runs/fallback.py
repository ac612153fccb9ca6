"""Fallback: would the model version before do better in the window where this one is asked?"""

from dataclasses import dataclass, replace

from core.estimates.wording import say_both
from core.records.estimate import Estimate
from core.records.evaluations import Evaluation
from core.runs.desk import Desk
from core.runs.versions import compare_on_all, other_evaluations


@dataclass(frozen=True, slots=True)
class Fallback:
    """How much more often the earlier version is right, in a sentence; `better` if surely."""

    evaluation: str
    difference: Estimate
    better: bool
    sentence: str


def fallback_of(desk: Desk, evaluation: Evaluation) -> Fallback | None:
    """Return how the version before does on the same rows, if it was evaluated there."""
    state = desk.workspace.state
    model = state.model(evaluation.model)
    earlier = [
        each
        for each in other_evaluations(desk, evaluation)
        if state.model(each.model).name == model.name
        and state.model(each.model).number < model.number
    ]
    if not earlier or not evaluation.labelled:
        return None
    before = max(earlier, key=lambda each: state.model(each.model).number)
    key = ("fallback", evaluation.id, before.id, *_thresholds(desk, evaluation, before))
    found = desk.once(key, lambda: compare_on_all(desk, before, evaluation))
    if not isinstance(found, Estimate):
        return None
    title, better = state.model(before.model).title, found.low > 0
    return Fallback(before.id, found, better, _say(title, model.title, found))


def _say(title: str, current: str, found: Estimate) -> str:
    by = say_both(found, "points")
    if found.low > 0:
        return f"{title} does better on this window by {by}: think of going back to it."
    if found.high < 0:
        less = replace(found, value=-found.value, low=-found.high, high=-found.low)
        return (
            f"{title} does worse on this window by {say_both(less, 'points')}: going back "
            "would not help."
        )
    return f"{title} is about as often right here as {current}: by {by} more often."


def _thresholds(desk: Desk, *evaluations: Evaluation) -> tuple[int, ...]:
    return tuple(desk.workspace.state.threshold(each.model) for each in evaluations)
