"""What all pages share: header, answer box, chart, table, jobs, links, errors."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, ParamSpec, TypeVar

import streamlit as st

from core.errors import CountersignError
from core.estimates.wording import ATTENTION, WORDS
from core.figures.marks import Figure
from core.figures.screen import draw
from core.records.estimate import Word
from core.records.evaluations import Evaluation
from core.records.texts import say_text
from core.runs.asking import view_of
from core.runs.jobs import Job
from core.runs.viewing import save_view
from core.serving.house import house
from pages._frame import Chosen, chosen, desk, start_job
from pages._shown import escape, wrap
from pages._table import page_at
from pages._tour import draw_stop
from pages._who import actor

P = ParamSpec("P")
R = TypeVar("R")
LOG: Final = logging.getLogger("countersign.pages")
EVERY_SECONDS: Final = 0.5
BOXES: Final = {
    WORDS[Word.PASS]: st.success,
    WORDS[Word.FAIL]: st.error,
    ATTENTION: st.warning,
}


def header(address: str) -> None:
    """Draw the page's title, its question, and how to read it."""
    page = page_at(address)
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.title(page.title, anchor=False, width="content")
    line.caption(page.question, width="stretch")
    with line.popover("How to read this", type="tertiary", width="content"):
        st.markdown(page.reading)
    draw_stop(address)
    if notice := st.session_state.pop("_view_notice", ""):
        st.warning(escape(notice), title=ATTENTION)
    if trouble := st.session_state.pop("_slice_trouble", ""):
        st.warning(escape(trouble), title=ATTENTION)


def ask(question: Callable[P, R], *args: P.args, **options: P.kwargs) -> R:
    """Ask core; an error becomes a sentence with its next step, and the page ends there."""
    try:
        return question(*args, **options)
    except CountersignError as error:
        st.error(escape(f"{error} {error.hint}"), title=WORDS[Word.FAIL].split(" ")[0])
        st.stop()


def answer(light: str, rule: str, sentence: str) -> None:
    """Draw the answer box: light and rule as title, one sentence as body."""
    box = BOXES.get(light, st.info)
    box(escape(sentence), title=f"{light} · {escape(rule)}" if rule else light, icon="")


def chart(
    figure: Figure,
    *,
    key: str,
    on_click: Callable[[str], None] | None = None,
    on_box: Callable[[float, float], None] | None = None,
) -> None:
    """Draw a figure; a click on a point calls `on_click` with the point's key.

    A box drawn over a range of it calls `on_box` with both ends.
    """
    drawn = draw(figure, dark=st.context.theme.type == "dark")
    if on_box:
        drawn.update_layout(dragmode="select", selectdirection="h")

    def selected() -> None:
        selection = st.session_state[key]["selection"]
        if on_click and selection["points"]:
            on_click(selection["points"][0]["customdata"][0])
        if on_box and selection["box"]:
            on_box(*sorted(float(end) for end in selection["box"][0]["x"]))

    st.plotly_chart(
        drawn,
        key=key,
        on_select=selected if on_click or on_box else "ignore",
        selection_mode="box" if on_box else "points",
        alt=say_text(figure.alt),
        config={"displayModeBar": False},
    )


def evaluation_or_stop(page: str) -> tuple[Chosen, Evaluation]:
    """Return the chosen evaluation; draw what to do where there is none, and end."""
    found = chosen()
    if desk().workspace.state.empty:
        empty_workspace()
        st.stop()
    if found.model is None or found.data is None:
        noun = "model" if found.model is None else "table"
        st.markdown(f"There is no {noun} yet.")
        st.page_link("import_.py", label="Import one", icon=":material/upload_file:")
        st.stop()
    if found.evaluation is None:
        _offer_evaluation(found, page)
        st.stop()
    return found, found.evaluation


def empty_workspace() -> None:
    """Say that nothing is here yet, and offer the two ways on."""
    adopt_running("_job", "demo")
    if "_job" in st.session_state:
        st.markdown("The demo is being built: a bank's loan-default model in two versions.")
        job_panel("_job")
        return
    st.markdown("Nothing here yet. Bring a table and a model, or look at the demo.")
    with st.container(horizontal=True):
        if st.button("Import data", type="primary"):
            st.switch_page("import_.py", query_params={})
        if st.button("Build demo"):
            start_job("_job", "demo", {})
    job_panel("_job")


def adopt_running(slot: str, kind: str) -> None:
    """Take up work of that kind that runs without this session having started it."""
    running = [job.id for job in house().jobs.live() if job.kind == kind]
    if running and slot not in st.session_state:
        st.session_state[slot] = running[0]


def job_panel(slot: str, on_done: Callable[[Job], None] | None = None) -> None:
    """Draw the job whose id stands in the session under `slot`, until it has ended."""
    id_ = st.session_state.get(slot, "")
    job = house().jobs.job(id_) if id_ else None
    if job is None:
        return

    @st.fragment(run_every=EVERY_SECONDS if job.live else None)
    def panel() -> None:
        now = house().jobs.job(id_)
        if now is None:
            return
        if now.live:
            left, right = st.columns([5, 1], vertical_alignment="center")
            left.progress(min(now.share, 1.0), text=f"{escape(now.text)} · {now.share:.0%}")
            right.button(
                "Cancel", key=f"cancel_{id_}", on_click=house().jobs.stop, args=(id_,)
            )
            return
        st.session_state.pop(slot, None)
        if now.state == "done" and on_done:
            on_done(now)
        else:
            st.session_state["_ended"] = now
        st.rerun()

    panel()


def say_ended() -> None:
    """Say once how the last job ended."""
    job = st.session_state.pop("_ended", None)
    if job is None or job.state == "done":
        return
    st.markdown(escape(f"{job.trouble} {job.hint}"))


def link(page: str, evaluation: Evaluation, controls: dict[str, str]) -> None:
    """Offer the address of this very view; opening the popover saves it."""
    place = st.session_state["_link_place"]
    with place, st.popover("Copy link", on_change="rerun", key="link_open") as opened:
        if opened.open:
            view = view_of(desk(), evaluation, page, controls)
            token = save_view(desk(), view, actor=actor())
            st.code(
                f"{st.context.url.rsplit('/', 1)[0] if st.context.url else ''}/v/{token}"
            )
            st.caption("Opens this page as it is now, and says so if the evidence changed.")


@contextmanager
def experts(key: str) -> Iterator[bool]:
    """Draw the closed expert part; yields whether it is open."""
    with st.expander("For experts", key=key, on_change="rerun") as part:
        yield bool(part.open)


def facts_table(facts: Sequence[tuple[str, str]]) -> None:
    """Draw a small list of facts."""
    st.table({wrap(name): wrap(value) for name, value in facts}, border="horizontal")


def _offer_evaluation(found: Chosen, page: str) -> None:
    model, data = found.model, found.data
    if model is None or data is None:
        return
    answer(
        WORDS[Word.NOT_APPLICABLE],
        "",
        f"{model.title} has not been evaluated on {data.title}.",
    )
    say_ended()
    slot = f"_job_{page}"
    if slot not in st.session_state and st.button("Evaluate", type="primary"):
        asked = {"model": model.id, "data": data.id}
        start_job(slot, "evaluate", asked)
    job_panel(slot)
