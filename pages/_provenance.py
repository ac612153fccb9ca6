"""What the parts of Provenance share: the table they speak of, its checks, the answer."""

from typing import Final

import streamlit as st

from core.estimates.wording import WORDS
from core.records.checks import Checks
from core.records.data import DatasetVersion
from core.records.estimate import Word
from core.reviews.findings import light, worst_first
from core.runs.checking import known_checks
from pages._frame import chosen, desk, start_job
from pages._page import ask, empty_workspace, job_panel

# What stands in the address; Streamlit writes there what the reader sees.
PARTS: Final = (
    "Checks",
    "Columns",
    "Way of the data",
    "Personal data",
    "Record",
    "What changed",
)


def dataset_or_stop() -> DatasetVersion:
    """Return the chosen dataset version; draw what to do where there is none, and end."""
    found = chosen().data
    if found is None:
        _say_no_table()
        st.stop()
    return found


def _say_no_table() -> None:
    if desk().workspace.state.empty:
        empty_workspace()
    else:
        st.markdown("There is no table yet.")
        st.page_link("import_.py", label="Import one", icon=":material/upload_file:")


def checks_or_stop(dataset: DatasetVersion) -> Checks:
    """Return the checks of a dataset version; where nobody made them, make them and wait."""
    found = ask(known_checks, desk(), dataset)
    if found is None:
        _make_checks(dataset)
        st.stop()
    return found


def _make_checks(dataset: DatasetVersion) -> None:
    slot = f"_checks_{dataset.id}"
    asked = {"data": dataset.id}
    begun = st.session_state.setdefault("_checks_begun", set())
    if slot not in st.session_state and dataset.id not in begun:
        start_job(slot, "check", asked)
        begun.add(dataset.id)
    if slot not in st.session_state and st.button("Check this table", type="primary"):
        start_job(slot, "check", asked)
    job_panel(slot)


def say_answer(dataset: DatasetVersion, checks: Checks) -> tuple[str, str, str]:
    """Return light, rule and sentence of the worst check, or that none found anything."""
    worst = worst_first(checks.made)[0]
    if worst.verdict.word is Word.FAIL:
        return light(worst), worst.gate.title.lower(), worst.sentence
    ran = [c for c in checks.made if c.verdict.word in (Word.PASS, Word.FAIL)]
    open_ = [c for c in checks.made if c.verdict.word is Word.NOT_MEASURED]
    sentence = f"{len(ran)} checks ran on {dataset.rows:,} rows; none found a problem."
    if open_:
        sentence += f" {len(open_)} could not be made."
    return WORDS[Word.PASS], "", sentence
