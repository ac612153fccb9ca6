"""A signed head finds what the chain alone does not: a cut end, and a log written anew."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import BrokenWorkspaceError, NotFoundError, WrongInputError
from core.records.canonical import canonical
from core.records.events import START, Event
from core.reviews.merkle import extends, leaf_hash, tree_hash
from core.runs.care import doctor
from core.runs.desk import Desk, open_desk
from core.runs.heads import (
    Head,
    SignedHead,
    check_head,
    check_proof,
    growth_proof,
    heads_of,
    proof_of,
    read_head,
    root_of,
    sign_head,
    write_proof,
)
from core.runs.log_check import check_log, say_check
from core.store.heads import HEADS
from core.store.keys import key_id, signing_key
from core.store.log import MIRROR, RECORDS, check_chain, line, seal, write_records

CHANGES = 1200 if os.environ.get("PROVE") else 120
Change = Callable[[list[Event], "np.random.Generator"], list[Event]]


def write(desk: Desk, count: int) -> tuple[Event, ...]:
    """Write that many lines into the log."""
    for number in range(count):
        desk.workspace.record("ada", "work.started", f"w{number}", _asked(number))
    return desk.workspace.events


def _asked(number: int) -> dict[str, object]:
    return {"kind": "check", "asked": {"n": number}}


def reseal(events: list[Event], start: int = 0) -> list[Event]:
    """Give every line from `start` the number, the chain and the hash that it must have."""
    sealed = events[:start]
    for event in events[start:]:
        previous = sealed[-1].hash if sealed else START
        draft = replace(event, seq=len(sealed) + 1, previous=previous, hash="")
        sealed.append(replace(draft, hash=seal(draft)))
    return sealed


@contextmanager
def reopened(folder: Path, events: list[Event]) -> Iterator[Desk]:
    """Open a workspace whose log somebody replaced by another one that fits in itself."""
    (folder / RECORDS).unlink()
    write_records(folder / RECORDS, events)
    (folder / MIRROR).write_bytes(b"".join(map(line, events)))
    with open_desk(folder) as desk:
        yield desk


def _edit(events: list[Event], rng: np.random.Generator) -> list[Event]:
    k = int(rng.integers(len(events)))
    field = str(rng.choice(["actor", "action", "subject", "hash", "previous"]))
    value = getattr(events[k], field)
    changed: Any = {field: START if field == "hash" else f"{value}x"}
    events[k] = replace(events[k], **changed)
    return events


def _delete(events: list[Event], rng: np.random.Generator) -> list[Event]:
    del events[int(rng.integers(len(events) - 1))]  # not the last: see the cut ends below
    return events


def _swap(events: list[Event], rng: np.random.Generator) -> list[Event]:
    one, two = rng.choice(len(events), 2, replace=False)
    events[one], events[two] = events[two], events[one]
    return events


def _insert(events: list[Event], rng: np.random.Generator) -> list[Event]:
    k = int(rng.integers(len(events)))
    events.insert(k, events[int(rng.integers(len(events)))])
    return events


def _back_date(events: list[Event], rng: np.random.Generator) -> list[Event]:
    k = int(rng.integers(len(events)))
    events[k] = replace(events[k], at="2020-01-01T00:00:00.000000+00:00")
    return events


def _rehash(events: list[Event], rng: np.random.Generator) -> list[Event]:
    """Back-date one line and give it the hash that it then must carry; not the last one."""
    k = int(rng.integers(len(events) - 1))
    changed = replace(events[k], at="2020-01-01T00:00:00.000000+00:00", hash="")
    events[k] = replace(changed, hash=seal(changed))
    return events


KINDS: list[Change] = [_edit, _delete, _swap, _insert, _back_date, _rehash]


def test_every_change_of_lines_is_found(desk: Desk) -> None:
    """Seeded edits, deletions, swaps, insertions, back-datings and re-hashed lines: all."""
    events = write(desk, 60)
    rng = np.random.default_rng(1200)
    found = 0
    for number in range(CHANGES):
        changed = KINDS[number % len(KINDS)](list(events), rng)
        assert changed != list(events)
        try:
            check_chain(tuple(changed))
        except BrokenWorkspaceError:
            found += 1
    assert found == CHANGES


@pytest.mark.parametrize("lines", [1, 5, 20])
def test_a_cut_end_is_found(desk: Desk, lines: int) -> None:
    """A shorter log passes the chain, and not a head that was signed over more of it."""
    write(desk, 30)
    signed = sign_head(desk, actor="ada")
    left = list(desk.workspace.events[: -lines - 1])
    folder = desk.workspace.folder
    desk.close()
    check_chain(tuple(left))

    with reopened(folder, left) as cut:
        check = check_log(cut)
        light, sentence = say_check(check, cut.workspace.now())
        with pytest.raises(BrokenWorkspaceError, match="its end was cut off"):
            check_head(cut, signed, cut.workspace.events)

    assert light == "■ Fail"
    assert f"covers {signed.head.size}: its end was cut off" in sentence


def test_a_log_that_was_written_anew_is_found(desk: Desk) -> None:
    """Every line from a change on is sealed again: the chain is whole, the head is not."""
    write(desk, 30)
    sign_head(desk, actor="ada")
    events = list(desk.workspace.events)
    events[10] = replace(events[10], actor="eve")
    folder = desk.workspace.folder
    desk.close()
    anew = reseal(events, 10)
    check_chain(tuple(anew))

    with reopened(folder, anew) as other:
        assert "the log was written anew" in check_log(other).trouble


def test_a_head_that_was_kept_elsewhere_finds_what_the_folder_hides(desk: Desk) -> None:
    """Cut the log and its file of heads alike: only the head from outside still tells."""
    write(desk, 10)
    kept = canonical(sign_head(desk, actor="ada"))
    left, folder = list(desk.workspace.events[:-6]), desk.workspace.folder
    desk.close()
    (folder / HEADS).unlink()

    with reopened(folder, left) as cut:
        assert not check_log(cut).trouble
        with pytest.raises(BrokenWorkspaceError, match="its end was cut off"):
            check_head(cut, read_head(json.loads(kept)), cut.workspace.events)


def test_a_head_covers_the_lines_before_it(desk: Desk) -> None:
    """The root is that of the hashes of the lines; the head stands in the log and in a file."""
    events = write(desk, 5)
    signed = sign_head(desk, actor="ada")
    assert signed.head.size == len(events)
    leaves = [leaf_hash(bytes.fromhex(event.hash)) for event in events]
    assert signed.head.root == tree_hash(leaves).hex()
    assert desk.workspace.events[-1].action == "head.signed"
    assert desk.workspace.events[-1].payload == json.loads(canonical(signed))
    assert heads_of(desk) == (signed,)
    assert (desk.workspace.folder / HEADS).read_bytes() == canonical(signed) + b"\n"
    assert signed.key == key_id(signing_key(desk.workspace.folder).public_key())


@pytest.mark.parametrize(
    "change",
    [
        lambda s: replace(s, head=replace(s.head, size=s.head.size - 1)),
        lambda s: replace(s, head=replace(s.head, at="2020-01-01T00:00:00+00:00")),
        lambda s: replace(s, head=replace(s.head, root=START)),
        lambda s: replace(s, key=s.key[::-1]),
        lambda s: replace(s, signature="AAAA" + s.signature[4:]),
        lambda s: replace(s, signature="no base64"),
    ],
)
def test_a_head_that_was_changed_is_not_ours(
    desk: Desk, change: Callable[[SignedHead], SignedHead]
) -> None:
    """Size, day, root, key, signature: whatever is another, the signature does not fit."""
    write(desk, 5)
    signed = change(sign_head(desk, actor="ada"))
    with pytest.raises(BrokenWorkspaceError, match="not signed by the key"):
        check_head(desk, signed, desk.workspace.events)


def test_every_line_can_be_proved_to_an_outsider(desk: Desk) -> None:
    """From the proof and the key's name alone; lines after the head wait for the next one."""
    events = write(desk, 37)
    signed = sign_head(desk, actor="ada")
    for event in events:
        text = write_proof(proof_of(desk, event.seq))
        assert check_proof(text, signed.key).event == event
    with pytest.raises(
        NotFoundError, match=f"No signed head covers event {len(events) + 1}"
    ):
        proof_of(desk, len(events) + 1)
    with pytest.raises(NotFoundError, match="No signed head covers event 0"):
        proof_of(desk, 0)


def test_no_changed_proof_holds(desk: Desk) -> None:
    """Every byte of a proof, changed one at a time."""
    write(desk, 6)
    key = sign_head(desk, actor="ada").key
    text = write_proof(proof_of(desk, 4))
    rng = np.random.default_rng(5)
    for place in range(0, len(text), 1 if os.environ.get("PROVE") else 5):
        changed = bytearray(text)
        changed[place] ^= 1 << int(rng.integers(7))
        with pytest.raises(WrongInputError, match=r"no proof|does not hold"):
            check_proof(bytes(changed), key)


def test_a_proof_under_a_key_that_nobody_trusts_is_refused(desk: Desk) -> None:
    """Whoever signs a log of their own has another key."""
    write(desk, 3)
    sign_head(desk, actor="ada")
    with pytest.raises(WrongInputError, match="another key signed it"):
        check_proof(write_proof(proof_of(desk, 2)), "0" * 16)
    spaced = json.dumps(json.loads(write_proof(proof_of(desk, 2)))).encode()
    with pytest.raises(WrongInputError, match="not written as proofs are"):
        check_proof(spaced, heads_of(desk)[0].key)


def test_two_heads_show_that_the_log_only_grew(desk: Desk) -> None:
    """The consistency proof between them holds."""
    write(desk, 5)
    one = sign_head(desk, actor="ada").head
    write(desk, 8)
    two = sign_head(desk, actor="ada").head
    proof = [bytes.fromhex(h) for h in growth_proof(desk, one, two)]
    roots = bytes.fromhex(one.root), bytes.fromhex(two.root)
    assert extends(one.size, roots[0], two.size, roots[1], proof)
    assert root_of(desk.workspace.events[: one.size]) == roots[0]


def test_a_file_of_heads_that_is_none_is_said(desk: Desk) -> None:
    """A damaged line, and a line that is JSON but no head."""
    place = desk.workspace.folder / HEADS
    place.write_bytes(b"{broken\n")
    assert "heads.jsonl is damaged" in check_log(desk).trouble
    place.write_bytes(b'{"size": 3}\n')
    assert "This is no signed head" in check_log(desk).trouble


def test_a_file_that_was_changed_under_the_app_is_found(desk: Desk) -> None:
    """One byte of the mirror: the event is named, and since when nothing can be trusted."""
    write(desk, 4)
    place = desk.workspace.folder / MIRROR
    text = place.read_bytes()
    place.write_bytes(text.replace(b'"subject":"w2"', b'"subject":"w3"'))
    trouble = check_log(desk).trouble
    seq = next(e.seq for e in desk.workspace.events if e.subject == "w2")
    assert trouble.startswith(f"Event {seq} does not match its hash: entries from ")
    place.write_bytes(text)
    assert not check_log(desk).trouble


def test_what_is_said_of_a_whole_log(desk: Desk) -> None:
    """No head yet, a fresh one, and one that is nine days old."""
    write(desk, 3)
    now = desk.workspace.now()
    assert say_check(check_log(desk), now) == (
        "▲ Attention",
        "The log is in order, but nobody has signed its head yet.",
    )
    sign_head(desk, actor="ada")
    check = check_log(desk)
    count = len(desk.workspace.events)
    for minutes, ago in ((0, "just now"), (1, "a minute ago"), (2, "2 minutes ago")):
        said = say_check(check, check.at + timedelta(minutes=minutes, seconds=1))
        text = f"All {count} events are in order and unchanged; checked {ago}."
        assert said == ("● Pass", text)
    assert say_check(check, check.at + timedelta(hours=1))[1].endswith("an hour ago.")
    assert say_check(check, check.at + timedelta(days=9, minutes=1)) == (
        "▲ Attention",
        "The log is in order, but its signed head is 9 days old.",
    )


def test_the_doctor_finds_a_workspace_with_heads_healthy(desk: Desk) -> None:
    """The file of heads is no stranger to it."""
    write(desk, 3)
    sign_head(desk, actor="ada")
    said: list[str] = []
    assert doctor(desk.workspace.folder, said.append, desk.workspace.events) == 0, said


def test_a_head_reads_as_it_was_written() -> None:
    """Canonical JSON and back."""
    signed = SignedHead(Head(3, START, "2026-07-02T09:00:00+00:00"), "k", "c2ln")
    assert read_head(asdict(signed)) == signed
    assert signed.moment.year == 2026
