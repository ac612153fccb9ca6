"""Provenance: where does this data come from, what is wrong with it, and may we use it?"""

import streamlit as st

from core.runs.checking import known_checks
from pages._frame import desk
from pages._page import answer, ask, experts, facts_table, header, say_ended
from pages._provenance import PARTS, checks_or_stop, dataset_or_stop, say_answer
from pages._provenance_changed import draw_changed
from pages._provenance_checks import draw_checks
from pages._provenance_columns import draw_columns
from pages._provenance_people import draw_erase, draw_personal
from pages._provenance_record import draw_record
from pages._provenance_way import draw_way

header("provenance")
say_ended()
dataset = dataset_or_stop()
erased = desk().workspace.state.erased.get(dataset.object)
if erased is not None:
    answer("▲ Attention", "rows erased", f"The rows of this table were erased: {erased}.")
checks = ask(known_checks, desk(), dataset) if erased else checks_or_stop(dataset)
if checks and not erased:
    answer(*say_answer(dataset, checks))

part = st.segmented_control(
    "Part",
    PARTS,
    key="part",
    default="Checks",
    required=True,
    bind="query-params",
    label_visibility="collapsed",
)
match part:
    case "Columns" if not erased:
        draw_columns(dataset)
    case "Way of the data":
        draw_way(dataset)
    case "Personal data" if not erased:
        draw_personal(dataset)
    case "Record":
        draw_record(dataset)
    case "What changed":
        draw_changed(dataset)
    case _:
        draw_checks(dataset, checks)

with experts("ex") as opened:
    if opened:
        facts_table(
            [
                ("Content hash (mrs1)", dataset.id),
                ("Parquet file (SHA-256)", dataset.object),
                ("Source file (SHA-256)", dataset.file_sha256),
                *((f"Column {name}", mark) for name, mark in dataset.hashes),
            ]
        )
        if not erased:
            draw_erase(dataset)
