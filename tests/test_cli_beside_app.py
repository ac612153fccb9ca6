"""The installed command beside a running app, and the same on a free workspace."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.cli import main
from tests.late import lay_files
from tests.serving.conftest import ROOT, Served, serving

SCRIPT = Path(sys.executable).parent / "countersign"
PAIR = ("--model", "Late v1", "--data", "Validation")
COMMANDS = (
    "import-data late.csv --name Validation --label late --ignore region --group region",
    "import-data few.csv --name Few --label late --ignore region --group region",
    "import-data ./late.csv --name Validation --label lat",
    "import-data no.csv",
    "import-model late.onnx --name Late --data Validation",
    "import-model late.onnx --name Late --data Validation --positive yes",
    "import-model blind.onnx --name Blind --data Validation --positive yes",
    "import-model broken.onnx --name Broken --data Validation --positive yes",
    "evaluate --data Validation",
)


Told = tuple[int, str]
Typed = Callable[..., Told]


@dataclass(frozen=True)
class Shell:
    """A shell in the folder of the files, and what it was answered so far."""

    folder: Path
    workspace: Path

    def type(self, *argv: str) -> Told:
        """Return exit code and output of the installed command; it writes no errors."""
        ended = subprocess.run(
            [SCRIPT, *argv],
            cwd=self.folder,
            env=os.environ | {"COUNTERSIGN_WORKSPACE": str(self.workspace)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert not ended.stderr
        return ended.returncode, ended.stdout


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real app over a new workspace."""
    with serving(ROOT, tmp_path_factory.mktemp("app") / "workspace") as app:
        yield app


@pytest.fixture(scope="module")
def beside(app: Served, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell beside the app, in a folder of its own with the files."""
    folder = tmp_path_factory.mktemp("files")
    lay_files(folder)
    return Shell(folder, app.workspace)


def play(typed: Typed) -> list[Told]:
    """Type every command in order, as somebody would who learns the tool."""
    return [
        *(typed(*line.split()) for line in COMMANDS),
        typed("check", "--data", "Validation"),
        typed("check", *PAIR),
        typed("evaluate", *PAIR),
        typed("evaluate", "--model", "Late v1", "--data", "Few"),
        typed("evaluate", "--model", "Blind v1", "--data", "Validation"),
        typed("card", *PAIR, "-o", "card.html"),
        typed("card", *PAIR, "--format", "json", "-o", "card.json"),
        typed("card", *PAIR, "-o", "no/card.html"),
    ]


@pytest.fixture(scope="module")
def told(beside: Shell) -> list[Told]:
    """What the commands were answered beside the app."""
    return play(beside.type)


def test_the_exit_codes_are_the_promised_ones(told: list[Told]) -> None:
    """Imports end with 0, judgements with 0, 1 or 3, and what cannot run with 2."""
    imports = [0, 0, 2, 2, 2, 0, 0, 2]
    assert [code for code, _ in told] == [*imports, 2, 0, 0, 0, 3, 1, 0, 0, 2]


def test_nothing_but_sentences_is_printed(told: list[Told]) -> None:
    """Every command says something, and none shows a stack trace."""
    assert not [said for _, said in told if "Traceback" in said or not said]


def test_a_free_workspace_answers_the_same(
    told: list[Told],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Without an app the same commands print the same, hashes too, and end alike."""
    lay_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(tmp_path / "workspace"))

    def typed(*argv: str) -> Told:
        return main(argv), capfd.readouterr().out

    assert play(typed) == told


def test_the_script_alone_answers_the_same(
    told: list[Told], beside: Shell, tmp_path: Path
) -> None:
    """The installed script opens a free workspace itself."""
    alone = Shell(beside.folder, tmp_path / "workspace")
    assert alone.type(*COMMANDS[0].split()) == told[0]
    assert alone.type(*COMMANDS[2].split()) == told[2]
    assert not (alone.workspace / "socket").exists()


@pytest.mark.usefixtures("told")
def test_paths_are_those_of_the_caller(beside: Shell) -> None:
    """The cards lie where the command was typed, not where the app was started."""
    assert (beside.folder / "card.html").read_bytes()
    assert (beside.folder / "card.json").read_bytes()
    assert not (ROOT / "card.html").exists()


def test_a_path_may_climb_from_the_folder_of_the_caller(beside: Shell) -> None:
    """`../name/own.csv` is found from where the command was typed."""
    (beside.folder / "own.csv").write_text("height,width\n1,2\n3,4\n")
    code, said = beside.type("import-data", f"../{beside.folder.name}/own.csv")
    assert code == 0
    assert said.startswith("own: 2 rows, 2 columns.")


def test_only_this_user_reaches_the_app(app: Served) -> None:
    """The socket of the workspace has mode 600."""
    mode = (app.workspace / "socket").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_help_works_beside_the_app(beside: Shell) -> None:
    """--help shows the examples and ends with 0."""
    code, said = beside.type("--help")
    assert code == 0
    assert said.count("\n  countersign ") == 7


def test_a_fault_beside_the_app_ends_with_2(beside: Shell) -> None:
    """A name that is no text ends neither as a verdict nor with a trace."""
    (beside.folder / "odd.csv").write_text("depth,width\n1,2\n3,4\n")
    name = os.fsdecode(b"\xff")
    code, said = beside.type("import-data", "odd.csv", "--name", name)
    assert code == 2
    assert said.count("\n") == 1


@pytest.mark.usefixtures("told")
def test_the_workspace_is_looked_at_and_saved_beside_the_app(
    beside: Shell, tmp_path: Path
) -> None:
    """Doctor and backup go to the app; what was saved comes back while it runs on."""
    code, said = beside.type("doctor")
    assert code == 0
    assert said.endswith("● Nothing is damaged.\n")
    code, said = beside.type("backup", str(tmp_path / "all.zip"))
    assert (code, said.split(":")[0]) == (0, "Wrote all.zip")
    code, said = beside.type("restore", str(tmp_path / "all.zip"), str(tmp_path / "back"))
    assert code == 0
    assert said.endswith("every hash is right.\n")
    copy = Shell(beside.folder, tmp_path / "back")
    assert copy.type("evaluate", *PAIR) == beside.type("evaluate", *PAIR)
    assert beside.type("rebuild") == (
        2,
        "An app works on these records. Close it, then rebuild them.\n",
    )
