"""One column: how its push depends on its value, and what the model does when it changes."""

from typing import Final

import streamlit as st

from core.estimates.wording import WORDS
from core.figures.explained import dependence, response
from core.measures.curves import say_curve, say_declared
from core.records.estimate import Word
from core.records.explanations import Curves, Direction
from core.records.texts import say_text
from core.runs.curves import curves_of, declare_direction, direction_of
from core.runs.drivers import dependence_of, rug_of
from core.runs.slicing import masked_columns, sliced_columns
from pages._explain import Said, column_choice, say_sentence, show
from pages._frame import desk
from pages._page import ask
from pages._shown import escape
from pages._who import actor

NOTHING: Final = "nothing else"
WAYS: Final = {
    Direction.EITHER: "either way",
    Direction.RISES: "up",
    Direction.FALLS: "down",
}


def draw_column(said: Said, place: "st.delta_generator.DeltaGenerator") -> None:
    """Draw the push of one column against its value, and the model's answer to changes."""
    with st.container(horizontal=True):
        name = column_choice(said)
        second = _second(said, name)
    player = next((p for p in said.facts.players if p.name == name), None)
    if player is None:
        st.markdown("No column stands alone in this model.")
        return
    dataset = desk().workspace.state.dataset(said.evaluation.dataset)
    if name in masked_columns(desk(), dataset):
        st.markdown(escape(f"{name} is personal data; its values are not shown."))
        return
    found = ask(dependence_of, said.asked, player, second)
    curves = ask(curves_of, desk(), said.evaluation, name, output=said.output)
    with place:
        say_sentence(say_curve(name, curves))
    left, right = st.columns(2)
    with left:
        rug = ask(rug_of, said.asked, player)
        figure = dependence(found, name, said.unit, said.evaluation.id, rug=rug)
        show("Push by value", figure, key="dependence")
        ticks = (
            " Ticks below are values of the reference rows." if found.steps == () else ""
        )
        st.caption(
            "Every row: its value across, its push upwards; larger and darker squares hold "
            f"more rows. The line is the mean push.{ticks}"
        )
    with right:
        show("Answers", response(curves, name, said.evaluation.id), key="response")
        st.caption(
            f"What the model answers when only {escape(name)} is changed: the mean of "
            f"{curves.rows:,} rows, and {curves.drawn} of them one by one."
        )
        if curves.ordered:
            _draw_declared(said, name, curves)


def _draw_declared(said: Said, name: str, curves: Curves) -> None:
    """Draw which way the score is meant to go, and whether it does."""
    model = said.evaluation.model
    known = direction_of(desk(), model, name)
    wanted = st.segmented_control(
        f"With more {say_text(name)} the score should go",
        list(WAYS),
        key=f"way_{model}_{name}",
        default=known,
        required=True,
        format_func=WAYS.__getitem__,
    )
    declared = Direction(wanted)
    if declared is not known:
        ask(declare_direction, desk(), model, name, declared, actor=actor())
        st.rerun()
    word, told = say_declared(name, curves, declared)
    if word is not Word.NOT_APPLICABLE:
        st.markdown(f"**{WORDS[word]}** · {escape(told)}")


def _second(said: Said, name: str) -> str:
    columns = [c.name for c in ask(sliced_columns, desk(), said.evaluation)]
    others = [column for column in columns if column != name]
    chosen = st.selectbox(
        "Told apart by", [NOTHING, *others], key="by", format_func=say_text
    )
    return "" if chosen in (NOTHING, None) or chosen not in others else str(chosen)
