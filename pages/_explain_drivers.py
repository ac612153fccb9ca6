"""Drivers: how strongly each column moves the scores, over all rows and by group."""

from typing import Final

import streamlit as st

from core.estimates.wording import say_both
from core.figures.explained import DRAWN, beeswarm, group_table, strengths
from core.figures.heat import shade
from core.figures.marks import Figure
from core.measures.drivers import direction_of
from core.measures.push_words import say_drivers
from core.records.explanations import Driver, Square
from core.records.texts import say_text
from core.runs.drivers import drivers_by, drivers_of, swarm_of
from core.runs.slicing import sliced_columns
from pages._explain import Said, say_sentence, show
from pages._frame import desk
from pages._page import ask
from pages._shown import name_column

NONE: Final = "nobody"
CLEAR: Final = 0.5  # correlation from which a direction is named
LINE_PIXELS: Final = 31


def draw_drivers(said: Said, place: "st.delta_generator.DeltaGenerator") -> None:
    """Draw strengths and beeswarm of the strongest columns, and the table behind them."""
    drivers = ask(drivers_of, said.asked)
    with place:
        say_sentence(say_drivers(drivers, said.facts, said.evaluation.answer.task))
    if not drivers:
        return
    shown = drivers[:DRAWN]
    _, squares = ask(swarm_of, said.asked, [driver.player for driver in shown])
    left, right = st.columns(2)
    evaluation, unit = said.evaluation.id, said.unit
    with left:
        figure = strengths(drivers, unit, evaluation, str(st.session_state.get("col", "")))
        show("Mean push", figure, key="driver_bars", on_click=_choose_column)
    with right:
        show("All rows", beeswarm(shown, squares, unit, evaluation), key="driver_swarm")
    st.caption(
        "Left: how far a column moves the score on average, up or down; click a bar for its "
        "curve. Right: every row; the farther right, the more it is pushed up. Darker is a "
        "higher value; grey has no order."
    )
    _draw_table(
        said, drivers, dict(zip([d.player.name for d in shown], squares, strict=True))
    )
    _draw_groups(said, drivers)


def _choose_column(name: str) -> None:
    st.session_state["col"] = name
    st.session_state["part"] = "One column"


def _draw_table(
    said: Said, drivers: tuple[Driver, ...], squares: dict[str, tuple[Square, ...]]
) -> None:
    def picked() -> None:
        rows = st.session_state["driver_table"]["selection"]["rows"]
        if rows and rows[0] < len(drivers):
            _choose_column(drivers[rows[0]].player.name)

    st.dataframe(
        [
            {
                "Column": say_text(driver.player.name),
                f"Mean push ({said.unit})": say_both(driver.strength, said.kind),
                "Pushes up on average": say_both(driver.mean, said.kind),
                "Higher values": _direction(squares.get(driver.player.name, ())),
                "Strongest in": say_both(driver.top, "share"),
            }
            for driver in drivers
        ],
        key="driver_table",
        hide_index=True,
        height=min(380, LINE_PIXELS * (len(drivers) + 1) + 3),
        on_select=picked,
        selection_mode="single-row",
        placeholder="–",
        alt=f"Mean push of {len(drivers)} columns with intervals.",
        column_config={"Column": name_column(driver.player.name for driver in drivers)},
    )


def _direction(squares: tuple[Square, ...]) -> str:
    found = direction_of(squares)
    if abs(found) < CLEAR:
        return "–" if not found else "no clear way"
    return "push up" if found > 0 else "push down"


def _draw_groups(said: Said, drivers: tuple[Driver, ...]) -> None:
    columns = [column.name for column in ask(sliced_columns, desk(), said.evaluation)]
    by = st.selectbox(
        "Compare groups of",
        [NONE, *columns],
        key="by",
        format_func=say_text,
        bind="query-params",
    )
    if by == NONE:
        return
    groups = ask(drivers_by, said.asked, str(by))
    table = group_table(groups, drivers)
    alt = f"Mean push of each column in {len(table.columns)} groups."
    st.session_state["_figures"]["Groups"] = Figure(table, alt)
    st.dataframe(
        shade(table, dark=st.context.theme.type == "dark"),
        hide_index=True,
        height=min(520, LINE_PIXELS * (len(table.lines) + 1) + 3),
        alt=alt,
        column_config={table.corner: name_column(table.lines)},
    )
    st.caption(
        f"Mean push ({said.unit}) of each column in each group; darker is stronger. Groups "
        "that are too small to be shown are left out."
    )
