"""Review: what must I know, and do I agree to put my name under it?"""

import streamlit as st

from core.runs.judging import judged_of
from core.runs.reviewing import newest_review
from pages._frame import desk
from pages._page import answer, ask, evaluation_or_stop, experts, header, link
from pages._review import (
    DECIDE,
    FIRST,
    HISTORY,
    READ,
    TALK,
    choose_part,
    say_standing,
)
from pages._review_decide import draw_decide, draw_owner
from pages._review_findings import draw_findings
from pages._review_open import draw_open
from pages._review_steps import draw_first, draw_history, draw_read, draw_talk
from pages._review_trust import draw_experts
from pages._who import person

header("review")
frame, evaluation = evaluation_or_stop("review")
judged = ask(judged_of, desk(), evaluation.model)
review = newest_review(desk(), evaluation.model)
answer(*say_standing(judged, review))
who = person()
if review is None:
    draw_open(evaluation, who)
    st.stop()
draw_owner(review, judged, who)
part = choose_part(review, who)
match part:
    case part if part == READ:
        draw_read(review, evaluation, who)
    case part if part == FIRST:
        draw_first(review, who)
    case part if part == DECIDE:
        draw_decide(review, evaluation, who)
    case part if part == TALK:
        draw_talk(review, who)
    case part if part == HISTORY:
        draw_history(review)
    case _:
        draw_findings(review, evaluation, who)

with experts("ex") as opened:
    if opened:
        draw_experts(review)
link("review", evaluation, {"part": part})
