"""A saved view comes back as it was, and says what has changed since."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import NotFoundError
from core.records.views import make_view
from core.reviews.policy import FIRST_POLICY
from core.runs.asking import view_of
from core.runs.desk import Desk, freeze_policy, open_desk
from core.runs.evaluating import evaluate
from core.runs.viewing import compare_pins, load_view, save_view
from tests.kept import BINARY, binary, evaluated, keep
from tests.runs.onnx_file import ANSWER, keep_onnx

ROWS = [("yes", 0.9, "N"), ("no", 0.2, "S")]


def test_a_view_is_kept_once_and_found_again(tmp_path: Path) -> None:
    """Also after reopening; its values stand in an object, not in the log."""
    view = make_view("slices", {"where": '["=","region","Nörd <b>"]'}, {"policy": "a" * 64})
    with open_desk(tmp_path) as desk:
        token = save_view(desk, view, actor="ada")
        events = len(desk.workspace.events)
        assert save_view(desk, view, actor="bob") == token == view.token
        assert len(desk.workspace.events) == events
        assert "region" not in str(desk.workspace.events)
    with open_desk(tmp_path) as desk:
        assert load_view(desk, token) == view


def test_an_unknown_token_is_refused(desk: Desk) -> None:
    """With the way out."""
    with pytest.raises(NotFoundError, match="This link leads to no saved view"):
        load_view(desk, "deadbeef")


def test_pins_say_what_is_another_today(desk: Desk) -> None:
    """Nothing at first; then another policy; then another evaluation of the pair."""
    data = keep(desk, binary(ROWS))
    model = keep_onnx(desk, "score", "score")
    evaluation = evaluate(desk, model.id, data.id, actor="ada")
    view = view_of(desk, evaluation, "slices", {"act": "50"})
    assert compare_pins(desk, view) == ()
    freeze_policy(desk.workspace, FIRST_POLICY + "# stricter\n", actor="ada")
    assert compare_pins(desk, view) == ("policy",)
    keep_onnx(desk, "score", "score", replace(ANSWER, positive="no"))
    evaluate(desk, model.id, data.id, actor="ada")
    assert set(compare_pins(desk, view)) == {"policy", "evaluation"}


def test_a_view_of_what_is_gone_differs(desk: Desk) -> None:
    """A pair that nobody evaluated here is another evaluation."""
    evaluation = evaluated(desk, binary(ROWS), BINARY)
    pins = {"model": evaluation.model, "dataset": "f" * 64, "evaluation": evaluation.id}
    assert compare_pins(desk, make_view("slices", {}, pins)) == ("evaluation",)
    assert compare_pins(desk, make_view("slices", {}, {})) == ()
