"""What changed from one dataset version to another: rows, columns, and how they spread."""

import streamlit as st

from core.estimates.wording import say_rows
from core.records.data import DatasetVersion
from core.records.texts import say_text
from core.runs.checking import profile_of
from core.runs.comparing import changes_between
from pages._frame import desk
from pages._page import ask, facts_table


def draw_changed(dataset: DatasetVersion) -> None:
    """Draw what changed from another version to this one."""
    state = desk().workspace.state
    others = {
        other.title: other
        for other in state.datasets.values()
        if other.id != dataset.id and other.object not in state.erased
    }
    if not others or dataset.object in state.erased:
        st.markdown("There is no other version to compare with.")
        return
    than = st.selectbox(
        "Compared with", list(others), key="than", format_func=say_text, bind="query-params"
    )
    other = others[str(than)]
    found = ask(changes_between, desk(), other, dataset)
    facts_table(
        [
            ("Rows in both", say_rows(found.kept)),
            ("New rows", say_rows(found.new)),
            ("Rows that are gone", say_rows(found.gone)),
            ("Columns as before", f"{len(found.same)}"),
            ("Columns added", ", ".join(found.added) or "none"),
            ("Columns removed", ", ".join(found.removed) or "none"),
        ]
    )
    if not found.changed:
        st.markdown("No column holds other values than before.")
        return
    before, after = ask(profile_of, desk(), other), ask(profile_of, desk(), dataset)
    lines = []
    for name in found.changed:
        old, new = before.column(name), after.column(name)
        if old and new:
            lines.append(
                {
                    "Column": say_text(name),
                    "Before": list(old.bars) or [n for _, n in old.top],
                    "Now": list(new.bars) or [n for _, n in new.top],
                    "Missing before": old.missing,
                    "Missing now": new.missing,
                    "Values before": old.distinct,
                    "Values now": new.distinct,
                }
            )
    st.dataframe(
        lines,
        hide_index=True,
        placeholder="–",
        alt=f"{len(lines)} columns whose values changed, before and now.",
        column_config={
            "Before": st.column_config.BarChartColumn(width="small", y_min=0),
            "Now": st.column_config.BarChartColumn(width="small", y_min=0),
        },
    )
