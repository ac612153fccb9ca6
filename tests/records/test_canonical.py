"""Every record comes back from its JSON as it went in."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import (
    codes,
    data,
    draft,
    estimate,
    evaluations,
    events,
    findings,
    models,
    views,
    work,
)
from core.records.canonical import canonical, digest, from_plain, to_plain

ROOMS = (codes, data, draft, estimate, evaluations, events, findings, models, views, work)
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(-(2**53) + 1, 2**53 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Any: TEXT | st.integers(0, 99) | st.none(),
}


def _kinds(module: ModuleType) -> list[type]:
    found = (thing for thing in vars(module).values() if isinstance(thing, type))
    return [k for k in found if is_dataclass(k) and k.__module__ == module.__name__]


KINDS = [kind for room in ROOMS for kind in _kinds(room)]


def _of(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a type as the records declare it."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if get_origin(hint) in (Union, UnionType):
        return st.one_of(*map(_of, get_args(hint)))
    if get_origin(hint) in (tuple, dict):
        return _several(hint)
    return st.sampled_from(list(hint)) if issubclass(hint, Enum) else _record(hint)


def _several(hint: Any) -> st.SearchStrategy[Any]:
    inner = get_args(hint)
    if get_origin(hint) is dict:
        return st.dictionaries(TEXT, _of(inner[1]), max_size=2)
    if inner[-1] is Ellipsis:
        return st.lists(_of(inner[0]), max_size=2).map(tuple)
    return st.tuples(*map(_of, inner))


def _record(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{f.name: _of(hints[f.name]) for f in fields(kind)})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data_=st.data())
def test_a_record_survives_being_written_down(kind: type, data_: st.DataObject) -> None:
    """from_plain(JSON of to_plain(record)) is the record, and has the same digest."""
    record = data_.draw(_record(kind))
    again: Any = from_plain(json.loads(canonical(record)), kind)
    assert again == record
    assert digest(again) == digest(record)


def test_equal_records_have_equal_text() -> None:
    """RFC 8785 by hand: keys sorted, numbers as ECMAScript writes them."""
    assert canonical({"b": [1.0, 1e21, 0.1], "a": None}) == b'{"a":null,"b":[1,1e+21,0.1]}'
    assert to_plain(estimate.Word.PASS) == "pass"
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def test_every_record_is_tried() -> None:
    """The walk finds the nouns that the log keeps."""
    names = {kind.__name__ for kind in KINDS}
    assert {"DatasetVersion", "ModelVersion", "Evaluation", "Policy", "View"} <= names
    assert len(KINDS) > 20
