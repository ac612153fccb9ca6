"""Overview: where does each model stand, and what needs somebody's attention today?"""

import streamlit as st

from core.runs.judging import asked_of_person
from core.runs.standing import standings
from pages._frame import desk
from pages._overview import draw_interrupted, draw_standing, draw_table
from pages._overview_asked import draw_asked, find_attention, states_of
from pages._page import (
    adopt_running,
    answer,
    ask,
    empty_workspace,
    header,
    job_panel,
    say_ended,
)
from pages._tour import draw_tour
from pages._who import person

header("overview")
if desk().workspace.state.empty:
    empty_workspace()
    st.stop()

found, states, who = ask(standings, desk()), ask(states_of), person()
asked = ask(asked_of_person, desk(), who.id) if who else ()
attention = find_attention(found, states, asked)
answer(attention.light, attention.rule, attention.sentence)

say_ended()
adopt_running("_job", "demo")
job_panel("_job")
draw_interrupted()
draw_asked(found, who)
draw_tour()
picked = draw_table(found, states) if found else None
if picked is not None:
    draw_standing(picked)
