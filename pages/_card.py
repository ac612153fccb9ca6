"""The parts of the card page: findings, headline numbers, slices."""

import streamlit as st

from core.cards.card import Card, Line
from core.records.texts import say_text
from core.reviews.findings import light
from core.runs.handing_out import CardFile
from pages._page import chart
from pages._shown import escape, name_column


def draw_findings(card: Card) -> None:
    """Draw each finding with its light, its sentence and its rule."""
    if not card.findings:
        st.markdown("No rule of the policy applies to this evaluation.")
    for finding in card.findings:
        gate = finding.gate
        with st.container(border=True):
            st.markdown(f"**{light(finding)} · {escape(gate.title)}**")
            st.markdown(escape(finding.sentence))
            metric = gate.metric.replace("_", " ")
            rule = f"{metric} of {gate.population} {gate.comparator} {gate.limit:g}"
            st.caption(escape(f"Rule {gate.id}: {rule} ({gate.compare.value})"))


def draw_headlines(card: Card) -> None:
    """Draw the headline numbers."""
    st.dataframe(
        [_line("Measure", line) for line in card.headlines],
        hide_index=True,
        alt="Headline numbers with intervals and rows.",
    )


def draw_slices(made: CardFile) -> None:
    """Draw the bars and the table of each marked column."""
    if not made.figures:
        st.markdown("No column is marked as a group or as sensitive.")
    tables = {table.column: table for table in made.card.slices}
    for name, figure in made.figures:
        st.subheader(escape(name), anchor=False)
        left, right = st.columns([3, 2])
        with left:
            chart(figure, key=f"card_{name}")
        with right:
            st.dataframe(
                [_line("Slice", line) for line in tables[name].lines],
                hide_index=True,
                alt=say_text(figure.alt),
                column_config={
                    "Slice": name_column(line.name for line in tables[name].lines)
                },
            )


def _line(first: str, line: Line) -> dict[str, object]:
    return {
        first: say_text(line.name),
        "Value": line.value,
        "Interval": line.interval,
        "Rows": line.rows,
    }
