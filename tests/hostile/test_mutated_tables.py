"""Mutated tables: the app lives, and whatever comes is a reading or one known sentence.

By default a seeded tenth; with PROVE=1 in the environment all of them.
"""

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.errors import RefusedFileError
from core.intake.bounds import IntakeLimits
from core.intake.read import look, read
from core.records.data import ReadAs
from core.store.log import check_chain
from core.store.workspace import Workspace
from tests.hostile.mutating import Whole, mutate
from tests.hostile.test_tables import LONGEST, is_known
from tests.hostile.wholes import ROWS, wholes

SEED: Final = 3
PROVE: Final = bool(os.environ.get("PROVE"))
HOW_MANY: Final = 2_500 if PROVE else 250
AT_ONCE: Final = 2
MOST_GROWTH: Final = 200 << 20  # bytes of this process
PACKED_EVERY: Final = 25  # a damaged gzip file has little to tell
LOOKED_AT_EVERY: Final = 3  # the others are read as the undamaged file is
KINDS: Final = ("csv", "parquet", "jsonl")
SMALL: Final = IntakeLimits(
    memory=1 << 30,
    engine_memory=256 << 20,
    output_bytes=64 << 20,
    plain_bytes=64_000_000,
    rows=1_000_000,
    cpu_seconds=5,
    wall_seconds=20,
    seconds_per_megabyte=0,
)


@dataclass(frozen=True)
class Bench:
    """Where files of one kind are brought, and how the undamaged ones are read."""

    kind: str
    folder: Path
    read_as: dict[str, ReadAs]

    def whole(self, number: int) -> Whole:
        """Return the file that is damaged under this number."""
        *plain, last = wholes(self.kind)
        packed = last.name.endswith(".gz")
        if packed and number % PACKED_EVERY:
            return plain[number % len(plain)]
        return last if packed else wholes(self.kind)[number % (len(plain) + 1)]

    def bring(self, number: int) -> str:
        """Bring the file of this number; return the sentence, or nothing where it is read."""
        rng = np.random.default_rng((SEED, KINDS.index(self.kind), number))
        whole, others = self.whole(number), wholes(self.kind)
        folder = self.folder / f"{number}"
        folder.mkdir()
        path, into = folder / whole.name, folder / "clean.parquet"
        path.write_bytes(mutate(rng, whole, others[rng.integers(len(others))]))
        try:
            known = self.read_as[whole.name]
            looks = number % LOOKED_AT_EVERY == 0
            read_as = look(path, limits=SMALL).read_as if looks else known
            reading = read(path, read_as, into, limits=SMALL)
            assert reading.rows == pq.read_metadata(into).num_rows
            into.unlink()
        except RefusedFileError as refused:
            return str(refused) if self.is_said(refused) else f"UNKNOWN {refused}"
        finally:
            path.unlink()
            folder.rmdir()  # fails where anything is left
        return ""

    def is_said(self, refused: RefusedFileError) -> bool:
        """Tell whether a refusal is a sentence of ours, with a next step."""
        said = str(refused)
        short = len(said) <= LONGEST and str(self.folder) not in said
        return is_known(said) and short and bool(refused.hint)


def memory() -> int:
    """Return the bytes of memory that this process holds."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) << 10


def told(outcomes: Counter[str]) -> str:
    """Return how often each sentence was said, numbers and names left out."""
    return "\n".join(f"{times:6,} {said}" for said, times in outcomes.most_common())


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace that is open while files are brought into its drafts."""
    (tmp_path / "looked").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "looked"))
    with Workspace(tmp_path / "workspace") as opened:
        yield opened


def bench(workspace: Workspace, kind: str) -> Bench:
    """Return a bench in the drafts, once each undamaged file was read on it."""
    found = {}
    into = workspace.drafts / "clean.parquet"
    for whole in wholes(kind):
        path = workspace.drafts / whole.name
        path.write_bytes(whole.data)
        found[whole.name] = look(path, limits=SMALL).read_as
        assert read(path, found[whole.name], into, limits=SMALL).rows == ROWS
        path.unlink()
        into.unlink()
    return Bench(kind, workspace.drafts, found)


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_tables_harm_nothing(
    kind: str, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is read or refused in a known sentence; nothing is left, memory and log hold."""
    place = bench(workspace, kind)
    before = memory()
    outcomes: Counter[str] = Counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [pool.submit(place.bring, number) for number in range(HOW_MANY)]
        for number, answer in enumerate(answers):
            error = answer.exception()
            assert error is None, f"{kind}, number {number}, seed {SEED}: {error!r}"
            said = re.sub(r"`.*`", "`…`", answer.result(), flags=re.DOTALL)
            assert not said.startswith("UNKNOWN"), f"{kind}, number {number}: {said}"
            outcomes[re.sub(r"\d[\d,.]*\b", "#", said) or "(read)"] += 1
    assert outcomes["(read)"] > HOW_MANY / 20
    assert outcomes.total() - outcomes["(read)"] > HOW_MANY / 20
    assert memory() - before < MOST_GROWTH
    assert list(workspace.drafts.iterdir()) == []
    assert list(Path(tempfile.gettempdir()).iterdir()) == []
    workspace.record("test", "workspace.looked", "", {"after": HOW_MANY})
    check_chain(workspace.events)
    if PROVE:
        with capsys.disabled():
            print(f"\n{HOW_MANY:,} mutated {kind} files\n{told(outcomes)}")  # noqa: T201 - the proof


def test_a_damage_can_be_seen_again() -> None:
    """The same number and seed damage the same bytes, and nearly every damage shows."""
    for kind in KINDS:
        whole, other = wholes(kind)[:2]
        pairs = [
            [mutate(np.random.default_rng((SEED, n)), whole, other) for _ in range(2)]
            for n in range(40)
        ]
        assert all(first == second for first, second in pairs)
        assert sum(first != whole.data for first, _ in pairs) > 30


def test_the_small_limits_are_those_of_the_app_but_smaller() -> None:
    """What is proved under them holds for the app: only sizes and times differ."""
    plain, app = SMALL.plain(), IntakeLimits().plain()
    assert {key for key in plain if plain[key] > app[key]} == set()
