"""A policy's YAML changed at one place, so that people's comments stay where they are."""

import json
import re
from dataclasses import fields, replace
from typing import Any, Final

import yaml

from core.errors import WrongInputError
from core.records.canonical import canonical
from core.records.estimate import Gate, Policy
from core.reviews.policy import read_policy

NUMBER: Final = re.compile(r"^number:.*$", re.MULTILINE)
CHANGEABLE: Final = (
    "title",
    "comparator",
    "limit",
    "compare",
    "min_rows",
    "severity",
    "waivable_by",
    "max_waiver_days",
)


def set_number(text: str, number: int) -> str:
    """Return a policy's text with another number."""
    return NUMBER.sub(f"number: {number}", text, count=1)


def change_gate(text: str, changed: Gate) -> str:
    """Return a policy's text with one gate changed.

    Line by line where every field stands on a line of its own, with all comments; else the
    whole is written anew, without them.

    Raises:
        WrongInputError: the text is no policy, or has no such gate.
    """
    policy = read_policy(text)
    before = next((gate for gate in policy.gates if gate.id == changed.id), None)
    if before is None:
        raise WrongInputError(f"There is no gate {changed.id}.", hint="Choose another.")
    gates = tuple(changed if gate.id == changed.id else gate for gate in policy.gates)
    wanted = replace(policy, gates=gates)
    written = _change_lines(text, before, changed)
    try:
        if read_policy(written) == wanted:
            return written
    except WrongInputError:
        pass
    return write_policy(wanted)


def write_policy(policy: Policy) -> str:
    """Return the YAML of a policy, without comments."""
    plain = _fields(policy) | {"gates": [_fields(gate) for gate in policy.gates]}
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=88)


def _fields(record: Policy | Gate) -> dict[str, Any]:
    """Return a record as YAML's plain types, in the order of its fields."""
    plain: dict[str, Any] = json.loads(canonical(record))
    return {field.name: plain[field.name] for field in fields(record)}


def _change_lines(text: str, before: Gate, changed: Gate) -> str:
    lines = text.split("\n")
    start = next(
        (k for k, line in enumerate(lines) if _field(line) == ("id", before.id)), None
    )
    if start is None:
        return text
    end = next(
        (k for k in range(start + 1, len(lines)) if lines[k].lstrip().startswith("- id:")),
        len(lines),
    )
    block = lines[start:end]
    old, new = _fields(before), _fields(changed)
    for name in CHANGEABLE:
        if old[name] != new[name]:
            _set_field(block, name, new[name])
    return "\n".join([*lines[:start], *block, *lines[end:]])


def _set_field(block: list[str], name: str, value: object) -> None:
    """Change the line of a field, or put one behind the last field of the gate."""
    said = yaml.safe_dump(value, allow_unicode=True).removesuffix("...\n").strip()
    indent = " " * (len(block[0]) - len(block[0].lstrip("- ")))
    for k, line in enumerate(block):
        found = _field(line)
        if found and found[0] == name:
            block[k] = f"{indent}{name}: {said}"
            return
    last = max(k for k, line in enumerate(block) if line.strip()[:1] not in ("", "#"))
    block.insert(last + 1, f"{indent}{name}: {said}")


def _field(line: str) -> tuple[str, str] | None:
    """Return name and value of a line `name: value`, without quotes."""
    name, colon, value = line.strip().removeprefix("- ").partition(":")
    return (name, value.strip().strip("\"'")) if colon else None
