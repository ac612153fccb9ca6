"""Can I trust it: fidelity, additivity, joint columns, method; and the values themselves."""

from functools import partial

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS, say_hash, say_rows
from core.figures.marks import Figure
from core.figures.paper import draw_pdf, draw_svg
from core.measures.push_words import say_trust
from core.records.estimate import Word
from core.runs.drivers import values_file
from pages._explain import Said, same_share
from pages._frame import desk
from pages._page import answer, facts_table
from pages._who import sees_rows

ADDITIVE = "within 1e-5 of the sum"


def draw_trust(said: Said, place: "st.delta_generator.DeltaGenerator") -> None:
    """Draw whether the explanation can be trusted, and the facts behind it."""
    sure, sentence = say_trust(said.facts, same_share(said.evaluation))
    with place:
        answer(WORDS[Word.PASS] if sure else ATTENTION, ADDITIVE if sure else "", sentence)
    facts_table(_facts(said))
    joint = [player for player in said.facts.players if len(player.columns) > 1]
    if joint:
        st.markdown("Columns that the model mixes before it adds up, and where they meet:")
        facts_table([(player.name, player.met) for player in joint])


def _facts(said: Said) -> list[tuple[str, str]]:
    facts, state = said.facts, desk().workspace.state
    reference = state.dataset(facts.reference)
    agreement = said.evaluation.agreement
    fidelity = (
        f"{agreement.same:,} of {agreement.rows:,} rows"
        if agreement
        else "the table holds no predictions of its own"
    )
    method = {
        True: f"{facts.operator}, taken apart exactly",
        False: "tried by mixing rows, ten orders each (shap.PermutationExplainer)",
    }[facts.game.exact]
    return [
        ("File repeats the table's predictions", fidelity),
        ("Largest miss of the sum", f"{facts.additivity:.1e} x (1 + |sum|)"),
        ("Typical error of a push", f"{facts.error:.2g}" if facts.error else "none"),
        ("Method", method),
        ("Game", str(facts.game)),
        ("Link from sum to score", str(facts.link)),
        ("Rows explained", say_rows(facts.rows)),
        ("Reference", f"{reference.title}, {say_rows(facts.reference_rows)}"),
        ("Reference hash", say_hash(reference.object)),
        ("Values", say_hash(said.explained.object)),
    ] + ([("Why not exact", facts.why)] if facts.why else [])


def draw_experts(said: Said) -> None:
    """Draw the base; offer the values of all rows, and the figures of this part."""
    base = zip(said.facts.outputs, said.facts.base, strict=True)
    facts_table([(f"Mean sum {output}".strip(), f"{value:.6g}") for output, value in base])
    if not sees_rows():
        return
    if st.button("Prepare values", key="prepare_values"):
        st.session_state["_values"] = said.explained.object
    if st.session_state.get("_values") == said.explained.object:
        st.download_button(
            "Download values (Parquet)",
            values_file(desk(), said.explained),
            file_name=f"pushes-{said.explained.object[:8]}.parquet",
            on_click="ignore",
        )
        st.caption("One line per row: its number, and the push of each column.")
    _offer_figures(said)


def _offer_figures(said: Said) -> None:
    drawn: dict[str, Figure] = st.session_state["_figures"]
    if not drawn:
        return
    name = str(st.selectbox("Figure", list(drawn), key="figure"))
    file = f"{name.lower().replace(' ', '-')}-{said.explained.object[:8]}"
    with st.container(horizontal=True):
        st.download_button(
            "Download figure (SVG)",
            partial(draw_svg, drawn[name]),
            file_name=f"{file}.svg",
            mime="image/svg+xml",
            on_click="ignore",
        )
        st.download_button(
            "Download figure (PDF)",
            partial(draw_pdf, drawn[name]),
            file_name=f"{file}.pdf",
            mime="application/pdf",
            on_click="ignore",
        )
