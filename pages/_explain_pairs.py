"""Pairs: which columns push together, and how."""

from typing import Final

import streamlit as st

from core.estimates.wording import say_both
from core.figures.explained import pair_bars, surface_table
from core.figures.heat import shade
from core.records.explanations import Pair
from core.records.texts import say_text
from core.runs.pairs import known_pairs, surface_of
from pages._explain import Said, say_sentence
from pages._frame import desk, start_job
from pages._page import adopt_running, ask, chart, job_panel, say_ended
from pages._shown import name_column

LINE_PIXELS: Final = 31


def draw_pairs(said: Said, place: "st.delta_generator.DeltaGenerator") -> None:
    """Draw the strongest pairs of columns, and the surface of the chosen one."""
    pairs = ask(known_pairs, desk(), said.evaluation, output=said.output)
    if pairs is None:
        _offer(said)
        return
    if not pairs:
        with place:
            say_sentence("No two columns push together: each does its part by itself.")
        return
    first = pairs[0]
    with place:
        strength = say_both(first.strength, said.kind)
        say_sentence(
            f"{_name(first)} push together most: beyond what each does by itself they move "
            f"the {said.unit} by {strength} on average."
        )
    names = {_name(pair): pair for pair in pairs}
    chosen = names.get(str(st.session_state.get("pair", "")), first)
    left, right = st.columns([2, 3])
    with left:
        chart(
            pair_bars(pairs, said.unit, said.evaluation.id, _name(chosen)),
            key="pair_bars",
            on_click=_choose,
        )
    with right:
        surface = ask(surface_of, desk(), said.evaluation, chosen, output=said.output)
        table = surface_table(surface)
        st.dataframe(
            shade(table, dark=st.context.theme.type == "dark"),
            hide_index=True,
            height=min(520, LINE_PIXELS * (len(table.lines) + 1) + 3),
            alt=f"What {_name(chosen)} do together, by both values.",
            column_config={table.corner: name_column(table.lines)},
        )
        st.caption(
            f"What {say_text(_name(chosen))} add together, in {said.unit}, beyond what each "
            "does by itself; darker is stronger, up or down."
        )


def _name(pair: Pair) -> str:
    return " and ".join(player.name for player in pair.players)


def _choose(name: str) -> None:
    st.session_state["pair"] = name


def _offer(said: Said) -> None:
    slot = f"_job_pairs_{said.evaluation.id[:8]}_{said.output}"
    adopt_running(slot, "pairs")
    if slot not in st.session_state:
        st.markdown(
            "Nobody has looked for pairs yet. Up to 100,000 rows take some seconds."
        )
        if st.button("Find pairs", type="primary"):
            asked = {"evaluation": said.evaluation.id, "class": said.output}
            start_job(slot, "pairs", asked)
            st.rerun()
    say_ended()
    job_panel(slot)
