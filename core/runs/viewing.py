"""Views: keep what somebody looks at, and find it again."""

import json

from core.errors import NotFoundError
from core.records.canonical import canonical, from_plain
from core.records.views import View
from core.runs.desk import Desk


def save_view(desk: Desk, view: View, *, actor: str) -> str:
    """Keep a view and return its token; the same view is kept once.

    Its controls may hold data values, so they become an object; the event holds its name.
    """
    workspace = desk.workspace
    if view.token not in workspace.state.views:
        name = workspace.objects.put_bytes(canonical(view))
        workspace.record(actor, "view.saved", view.token, {"object": name})
    return view.token


def load_view(desk: Desk, token: str) -> View:
    """Return the view of a token.

    Raises:
        NotFoundError: nobody saved such a view.
    """
    name = desk.workspace.state.views.get(token)
    if name is None:
        raise NotFoundError("This link leads to no saved view.", hint="Ask for a new link.")
    return from_plain(json.loads(desk.workspace.objects.read(name)), View)


def compare_pins(desk: Desk, view: View) -> tuple[str, ...]:
    """Return the nouns of a view whose evidence is another today."""
    state = desk.workspace.state
    pins = dict(view.pins)
    now = dict(pins)
    if "policy" in pins:
        now["policy"] = state.policy.object
    if "model" in pins and "dataset" in pins:
        evaluation = state.evaluation_of(pins["model"], pins["dataset"])
        now["evaluation"] = evaluation.id if evaluation else ""
    return tuple(noun for noun, hash_ in pins.items() if now[noun] != hash_)
