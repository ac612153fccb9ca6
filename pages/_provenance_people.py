"""People in the data: columns that look personal, and rows that must go."""

import streamlit as st

from core.estimates.wording import say_rows
from core.records.data import DatasetVersion, Use
from core.records.texts import say_text
from core.runs.checking import personal_of
from core.runs.provenance import decide_personal, erase_rows, erase_version
from pages._frame import desk
from pages._page import ask
from pages._shown import escape
from pages._who import actor


def draw_personal(dataset: DatasetVersion) -> None:
    """Draw what the detectors found, and take a person's word on each column."""
    found = ask(personal_of, desk(), dataset)
    said = desk().workspace.state.personal
    if not found:
        st.markdown(
            "No column looks like personal data. You may still say that one is, below."
        )
    else:
        st.dataframe(
            [
                {
                    "Column": say_text(each.column),
                    "Kind": each.kind,
                    "Looks so": f"{each.matched:.0%}",
                    "Passes the checksum": _percent(each.checksum),
                    "Chance would give": _percent(each.chance),
                    "Example": each.example,
                    "State": _state(said.get((dataset.id, each.column))),
                }
                for each in found
            ],
            hide_index=True,
            placeholder="–",
            alt=f"{len(found)} columns that look like personal data.",
        )
    names = [column.name for column in dataset.columns]
    first = names.index(found[0].column) if found else 0
    row = st.columns([3, 2, 2], vertical_alignment="bottom")
    column = row[0].selectbox(
        "Column", names, index=first, key="personal_column", format_func=say_text
    )
    if row[1].button("Confirm: personal data", type="primary"):
        _decide(dataset, str(column), personal=True)
    if row[2].button("Not personal"):
        _decide(dataset, str(column), personal=False)
    st.caption(
        "A confirmed column is masked everywhere in the app, makes no slices and is left "
        "out of exports. "
        "The detectors see at most 1,000 values; no value is written to the log."
    )


def draw_erase(dataset: DatasetVersion) -> None:
    """Offer to erase rows, or all of them, with a reason."""
    if st.button("Erase rows", icon=":material/delete_forever:"):
        _erase_dialog(dataset)


@st.dialog("Erase rows")
def _erase_dialog(dataset: DatasetVersion) -> None:
    st.markdown(
        escape(
            f"{dataset.title} has {say_rows(dataset.rows)}. What was counted, hashes and "
            "signatures stay; the rows themselves, scores and labels go for good. Backups "
            "made before still hold them."
        )
    )
    column = dataset.used_as(Use.ID)
    whole = True
    if column is not None:
        kinds = ["Some rows, by their id", "The whole version"]
        whole = st.radio("What", kinds, key="erase_what") == kinds[1]
    ids = "" if whole else st.text_area("Ids, one per line", key="erase_ids")
    why = st.text_input("Why", key="erase_why", placeholder="A person asked for erasure")
    if st.button("Erase for good", type="primary"):
        wanted = [line.strip() for line in ids.splitlines() if line.strip()]
        if whole:
            ask(erase_version, desk(), dataset.id, why=why, actor=actor())
        else:
            left = ask(erase_rows, desk(), dataset.id, wanted, why=why, actor=actor())
            st.session_state["_jump_data"] = left.title
        st.rerun()


def _decide(dataset: DatasetVersion, column: str, *, personal: bool) -> None:
    ask(decide_personal, desk(), dataset.id, column, personal=personal, actor=actor())
    st.rerun()


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _state(said: bool | None) -> str:  # noqa: FBT001 - what a person said, if anything
    return {None: "nobody has looked", True: "confirmed", False: "not personal"}[said]
