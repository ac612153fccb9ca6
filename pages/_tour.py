"""The tour: five buttons on the overview, and a caption on each page that it leads to."""

from typing import Final, NoReturn

import streamlit as st

from core.runs.tour import Stop, tour_of
from pages._frame import desk, jump
from pages._shown import escape
from pages._table import page_at

PLACE: Final = "_tour"


def draw_tour() -> None:
    """Draw the five buttons, where the demo was built."""
    stops = tour_of(desk())
    if not stops:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption("Take the tour", width="content")
        for number, stop in enumerate(stops):
            label = f"{number + 1} {page_at(stop.page).title}"
            if st.button(label, key=f"tour_{number}", help=stop.title):
                _go(stops, number)


def draw_stop(address: str) -> None:
    """Say where on the tour somebody is, on the page that the tour led to."""
    number = st.session_state.get(PLACE)
    stops = tour_of(desk()) if number is not None else ()
    if number is None or number >= len(stops) or stops[number].page != address:
        return
    stop = stops[number]
    check = dict(stop.controls).get("check")
    if check and st.session_state.pop("_tour_new", False):
        st.query_params["check"] = check
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        text = f"Tour {number + 1} of {len(stops)}: {stop.text}"
        st.caption(escape(text), width="stretch")
        if number + 1 < len(stops):
            if st.button("Next ›", key="tour_next"):
                _go(stops, number + 1)
        elif st.button("Now bring your own: Import", key="tour_end"):
            del st.session_state[PLACE]
            st.switch_page("import_.py", query_params={})


def _go(stops: tuple[Stop, ...], number: int) -> NoReturn:
    stop = stops[number]
    st.session_state[PLACE] = number
    st.session_state["_tour_new"] = True
    own = dict(stop.controls)
    controls = {"slice_box": own.get("slice", "")}
    if "part" in own:
        controls["part"] = own["part"]
    jump(page_at(stop.page).file, stop.evaluation, **controls)
