"""Overview: where does each model stand, and what needs somebody's attention today?"""

import streamlit as st

from core.estimates.wording import WORDS
from core.records.estimate import Word
from core.runs.standing import standings
from pages._frame import desk
from pages._overview import draw_interrupted, draw_standing, draw_table
from pages._page import (
    adopt_running,
    answer,
    ask,
    empty_workspace,
    header,
    job_panel,
    say_ended,
)

header("overview")
if desk().workspace.state.empty:
    empty_workspace()
    st.stop()

found = ask(standings, desk())
worst = next((s for s in found if s.worst is not None), None)
if worst is None or worst.worst is None:
    answer(WORDS[Word.NOT_MEASURED], "", "No model version has been evaluated yet.")
else:
    answer(worst.light, worst.worst.gate.title, worst.sentence)

say_ended()
adopt_running("_job", "demo")
job_panel("_job")
draw_interrupted()
picked = draw_table(found) if found else None
if picked is not None:
    draw_standing(picked)
