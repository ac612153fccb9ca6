"""Model card: the document that we hand out."""

import streamlit as st

from core.cards.card import card_digest
from core.estimates.wording import say_bytes, say_hash
from core.runs.handing_out import FORMATS, card_file, card_name, card_of
from core.runs.slicing import say_left_out
from pages._card import draw_findings, draw_headlines, draw_slices
from pages._frame import desk
from pages._page import (
    answer,
    ask,
    evaluation_or_stop,
    facts_table,
    header,
    link,
    say_ended,
)
from pages._shown import escape

header("model_card")
say_ended()
frame, evaluation = evaluation_or_stop("model_card")
made = ask(card_of, desk(), evaluation.id)
card = made.card
answer(
    "◇ Not enough evidence",
    "draft, not signed",
    f"This card covers evidence {say_hash(evaluation.id)}; nobody has signed it.",
)
with st.container(horizontal=True):
    files = {kind: ask(card_file, desk(), evaluation.id, kind) for kind in FORMATS}
    st.download_button(
        f"Download HTML ({say_bytes(len(files['html']))})",
        files["html"],
        card_name(desk(), evaluation.id, "html"),
        FORMATS["html"],
        type="primary",
        on_click="ignore",
    )
    st.download_button(
        f"Download JSON ({say_bytes(len(files['json']))})",
        files["json"],
        card_name(desk(), evaluation.id, "json"),
        FORMATS["json"],
        on_click="ignore",
    )
st.caption(card.note)

st.header("What the policy says", anchor=False)
draw_findings(card)
st.header("On the whole", anchor=False)
draw_headlines(card)
st.header("By slice", anchor=False)
if left_out := say_left_out(desk(), evaluation):
    st.caption(escape(left_out))
draw_slices(made)
left, right = st.columns(2)
with left:
    st.header("The model", anchor=False)
    facts_table([(fact.name, fact.value) for fact in card.identity])
with right:
    st.header("The data", anchor=False)
    facts_table([(fact.name, fact.value) for fact in card.data])
st.header("The policy", anchor=False)
facts_table([(fact.name, fact.value) for fact in card.policy])
st.header("Where the numbers come from", anchor=False)
facts_table([(fact.name, fact.trace) for fact in card.hashes])
st.caption(f"This card: {card_digest(card)}")
link("model_card", evaluation, {})
