"""The context bar: which model, which data, which slice; drawn by the router everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import streamlit as st

from core.errors import CountersignError, WrongInputError
from core.estimates.wording import say_day, say_hash, say_rows
from core.records.data import DatasetVersion, Split
from core.records.evaluations import Evaluation
from core.records.models import ModelVersion
from core.records.predicate import Predicate, from_address, to_address, to_words
from core.records.texts import say_text
from core.runs.desk import Desk
from core.runs.limits import move_limits
from core.runs.saving import saved_slices
from core.runs.slicing import check_slice, mask_slice
from core.runs.viewing import compare_pins, load_view
from core.serving.house import house
from pages._who import actor, draw_person, visitor

ALL: Final = ""
WIDTHS: Final = [2, 2, 2.4, 2.6]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the context bar says: a pair, its evaluation if there is one, and a slice."""

    model: ModelVersion | None
    data: DatasetVersion | None
    evaluation: Evaluation | None
    where: Predicate | None


def desk() -> Desk:
    """Return the desk that this process works on."""
    return house().desk


def start_job(slot: str, kind: str, asked: dict[str, Any]) -> None:
    """Start a job and remember it in the session under `slot`."""
    st.session_state[slot] = house().jobs.start(kind, asked, actor=actor())


def draw_frame() -> None:
    """Draw the context bar and remember what it says for the page."""
    visitor()
    _follow_jump()
    _restore_view()
    state = desk().workspace.state
    models = {model.title: model for model in reversed(state.models.values())}
    datasets = {data.title: data for data in _best_first(state.datasets.values())}
    _take_slice_from_address()
    if (later := st.session_state.pop("_slice_next", None)) is not None:
        choose_slice(later)
    bar = st.columns(WIDTHS, gap="xsmall", vertical_alignment="center")
    model = bar[0].selectbox(
        "Model version",
        list(models),
        key="model",
        format_func=say_text,
        icon=":material/deployed_code:",
        label_visibility="collapsed",
        placeholder="No model yet",
        bind="query-params",
        persist_state="session",
    )
    data = bar[1].selectbox(
        "Dataset version",
        list(datasets),
        key="data",
        format_func=say_text,
        icon=":material/table:",
        label_visibility="collapsed",
        placeholder="No data yet",
        bind="query-params",
        persist_state="session",
    )
    chosen_model, chosen_data = models.get(model or ""), datasets.get(data or "")
    evaluation = None
    if chosen_model and chosen_data:
        evaluation = state.evaluation_of(chosen_model.id, chosen_data.id)
    _settle_slice(chosen_data, evaluation)
    where = _slice_box(bar[2], chosen_data)
    st.session_state["_chosen"] = Chosen(chosen_model, chosen_data, evaluation, where)
    tail = bar[3].container(horizontal=True, vertical_alignment="center", gap="xsmall")
    with tail:
        _badge(chosen_model, chosen_data, evaluation)
    st.session_state["_link_place"] = tail
    with st.sidebar:
        draw_person()


def jump(page: str, evaluation: Evaluation, **controls: str) -> NoReturn:
    """Go to a page with the pair of an evaluation chosen, from anywhere on a page.

    `controls` are controls of that page and what they are to say.

    The pair is set and the page switched at the start of the next run: while a page's own
    controls stand in the address, Streamlit refuses both.
    """
    state = desk().workspace.state
    titles = state.model(evaluation.model).title, state.dataset(evaluation.dataset).title
    st.session_state["_jump"] = (page, *titles, controls)
    st.rerun(scope="app")


def _follow_jump() -> None:
    found = st.session_state.pop("_jump", None)
    if found is None:
        return
    page, st.session_state["model"], st.session_state["data"], controls = found
    for name, value in controls.items():
        st.session_state[name] = value
    st.switch_page(page, query_params={})


def chosen() -> Chosen:
    """Return what the context bar says."""
    found: Chosen = st.session_state["_chosen"]
    return found


def choose_slice(address: str) -> None:
    """Make a slice the chosen one; for callbacks of charts and tables."""
    options = st.session_state.setdefault("_slices", [])
    if address and address not in options:
        options.append(address)
    st.session_state["slice_box"] = address


def choose_slice_later(address: str) -> NoReturn:
    """Make a slice the chosen one from within a page: the next run begins with it."""
    st.session_state["_slice_next"] = address
    st.rerun()


def _best_first(datasets: Iterable[DatasetVersion]) -> list[DatasetVersion]:
    """Return validation and test data first, newest first: what most people came for."""
    newest = list(datasets)[::-1]
    judged = [data for data in newest if data.split in (Split.VALIDATION, Split.TEST)]
    return judged + [data for data in newest if data not in judged]


def _take_slice_from_address() -> None:
    address = st.query_params.get("slice", ALL)
    if address == st.session_state.get("_slice_seen", ALL):
        return
    st.session_state["_slice_seen"] = address
    if not address:
        return
    try:
        predicate = from_address(address)
    except WrongInputError as error:
        st.session_state["_slice_trouble"] = f"{error} {error.hint}"
        return
    choose_slice(to_address(predicate))


def _settle_slice(data: DatasetVersion | None, evaluation: Evaluation | None) -> None:
    """Let go of a slice that names personal data; move limits to where they may stand."""
    address = st.session_state.get("slice_box") or ALL
    if not address or data is None:
        return
    where = from_address(address)
    try:
        check_slice(desk(), data, where)
        moved = move_limits(desk(), evaluation, where) if evaluation else where
    except WrongInputError as error:
        st.session_state["_slice_trouble"] = f"{error} {error.hint}"
        choose_slice(ALL)
        return
    if to_address(moved) != address:
        if to_address(moved) != to_address(where):
            st.session_state["_slice_trouble"] = (
                "Ranges of a slice begin and end where All slices cuts a column, so that "
                f"nobody can be told. This one is now: {to_words(moved)}."
            )
        choose_slice(to_address(moved))


def _slice_box(
    place: "st.delta_generator.DeltaGenerator", data: DatasetVersion | None
) -> Predicate | None:
    named = {saved.address: saved.name for saved in saved_slices(desk())}
    mine = [each for each in st.session_state.get("_slices", []) if each not in named]
    masked: dict[str, str] = {}
    for each in (*named, *mine):
        if instead := mask_slice(desk(), data, from_address(each)):
            masked[each] = instead
    options = [ALL, *named, *(each for each in mine if each not in masked)]
    chosen_now: str = st.session_state.get("slice_box") or ALL
    if chosen_now not in options:
        options.append(chosen_now)  # of another table, where it may be shown

    def words(each: str) -> str:
        return say_text(masked.get(each, named.get(each, ""))) or _words(each)

    address = place.selectbox(
        "Slice",
        options,
        key="slice_box",
        format_func=words,
        icon=":material/filter_alt:",
        label_visibility="collapsed",
        persist_state="session",
    )
    address = address or ALL
    if st.query_params.get("slice", ALL) != address:
        if address:
            st.query_params["slice"] = address
        else:
            del st.query_params["slice"]
    st.session_state["_slice_seen"] = address
    return from_address(address) if address else None


def _words(address: str) -> str:
    return to_words(from_address(address)) if address else "All rows"


def _badge(
    model: ModelVersion | None, data: DatasetVersion | None, evaluation: Evaluation | None
) -> None:
    if not model or not data:
        return
    if evaluation is None:
        st.badge("Not evaluated", icon=":material/pending:", color="gray")
        return
    policy = desk().workspace.state.policy.policy
    missing = evaluation.rows - evaluation.labelled
    facts = [
        say_rows(evaluation.rows),
        f"{missing:,} of them without a label",
        f"evaluated {say_day(evaluation.at)}",
        f"evidence {say_hash(evaluation.id)}",
        f"policy {policy.number}",
    ]
    if model.object is None:
        facts.append("scores only")
    st.badge("Evaluated", icon=":material/check:", color="gray", help=", ".join(facts))


def _restore_view() -> None:
    """Seed the controls from `?view=` once; say so if the evidence is another now."""
    token = st.query_params.get("view", "")
    if not token or st.session_state.get("_view") == token:
        return
    st.session_state["_view"] = token
    try:
        view = load_view(desk(), token)
    except CountersignError as error:
        st.session_state["_view_notice"] = f"{error} {error.hint}"
        return
    for name, value in view.controls:
        _set_control(name, value)
    differing = compare_pins(desk(), view)
    if differing:
        st.session_state["_view_notice"] = (
            f"Not the same evidence: {', '.join(differing)} changed since this link was made."
        )


def _set_control(name: str, value: str) -> None:
    state = desk().workspace.state
    match name:
        case "model" if value in state.models:
            st.session_state["model"] = state.models[value].title
        case "data" if value in state.datasets:
            st.session_state["data"] = state.datasets[value].title
        case "slice":
            choose_slice(value)
        case "model" | "data":
            pass  # it is gone; the pins say so
        case "act" | "plan":
            st.session_state[name] = float(value)  # a slider or number takes nothing else
        case _:
            st.session_state[name] = value
