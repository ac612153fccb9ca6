"""The command line in one process: what it prints, and what it ends with."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest

from core.cli import main
from core.records.evaluations import RollUp
from core.runs.commands import run
from core.runs.desk import Desk, open_desk
from core.store.accounts import Accounts, holders
from core.store.log import LOOK
from tests.late import late_table, lay_files

Told = tuple[int, str]
Type = Callable[..., Told]
DATA = ("import-data", "late.csv", "--name", "Validation", "--label", "late")
IGNORED = ("--ignore", "region", "--group", "region")
MODEL = ("import-model", "late.onnx", "--name", "Late", "--data", "Validation")
YES = ("--positive", "yes")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PAIR = ("--model", "Late v1", "--data", "Validation")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables and models, made once."""
    folder = tmp_path_factory.mktemp("files")
    lay_files(folder)
    return folder


@pytest.fixture(scope="module")
def evaluated(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one table, one model and their evaluation."""
    folder = tmp_path_factory.mktemp("evaluated") / "workspace"
    with open_desk(folder) as desk:
        for argv in ((*DATA, *IGNORED), (*MODEL, *YES), ("evaluate", *PAIR)):
            assert run(desk, argv, cwd=files, say=lambda _: None) == 0
    return folder


@pytest.fixture
def typed(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: "Captured"
) -> Type:
    """Return a function that types a command in the folder of the files."""
    monkeypatch.chdir(files)
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(tmp_path / "workspace"))

    def type_(*argv: str) -> Told:
        code = main(argv)
        said, troubles = capfd.readouterr()
        assert not troubles
        return code, said

    return type_


@pytest.fixture
def typed_later(typed: Type, evaluated: Path, tmp_path: Path) -> Type:
    """Return the same, in a copy of the workspace that holds an evaluation."""
    shutil.copytree(evaluated, tmp_path / "workspace")
    return typed


Captured = pytest.CaptureFixture[str]


@pytest.fixture
def desk_later(evaluated: Path, tmp_path: Path) -> Iterator[Desk]:
    """An open copy of the workspace that holds an evaluation."""
    shutil.copytree(evaluated, tmp_path / "desk")
    with open_desk(tmp_path / "desk") as desk:
        yield desk


def test_a_good_model_passes(typed: Type, tmp_path: Path) -> None:
    """From a table and a model to a card: every command of a good model ends with 0."""
    code, said = typed(*DATA, *IGNORED)
    assert code == 0
    assert said.startswith("Validation: 3,000 rows, 4 columns.\n")
    assert "  region: text, ignore, group\n" in said
    assert "  late: text, label\n" in said
    code, said = typed(*MODEL, *YES)
    assert code == 0
    assert "Late v1: binary.\nA yes means `yes`; classes no, yes.\n" in said
    code, said = typed("evaluate", *PAIR)
    assert code == 0
    assert said.startswith("Late v1 on Validation: 3,000 rows.\n")
    assert said.count("Pass · ") == 3
    card = tmp_path / "card.html"
    assert typed("card", *PAIR, "-o", str(card))[0] == 0
    assert card.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_a_model_with_maps_is_judged_alike(typed_later: Type) -> None:
    """The same model exported with a map per row gets the same findings."""
    maps = ("import-model", "maps.onnx", "--name", "Maps", "--data", "Validation")
    assert typed_later(*maps, *YES)[0] == 0
    plain = typed_later("evaluate", *PAIR)
    mapped = typed_later("evaluate", "--model", "Maps v1", "--data", "Validation")
    assert mapped[0] == plain[0] == 0
    assert mapped[1].splitlines()[1:-1] == plain[1].splitlines()[1:-1]


def test_a_blind_model_fails(typed_later: Type) -> None:
    """A model that learned from noise ends with 1, and its card too."""
    blind = ("import-model", "blind.onnx", "--name", "Blind", "--data", "Validation")
    pair = ("--model", "Blind v1", "--data", "Validation")
    assert typed_later(*blind, *YES)[0] == 0
    code, said = typed_later("evaluate", *pair)
    assert code == 1
    assert "Fail · " in said
    assert typed_later("card", *pair, "-o", "blind.html")[0] == 1


def test_forty_rows_are_not_enough(typed_later: Type) -> None:
    """With 40 rows nobody can say; the command ends with 3, and so does the card."""
    few = ("import-data", "few.csv", "--name", "Few", "--label", "late", *IGNORED)
    assert typed_later(*few)[0] == 0
    code, said = typed_later("evaluate", "--model", "Late v1", "--data", "Few")
    assert code == 3
    assert "Not enough evidence · " in said
    card = ("card", "--model", "Late v1", "--data", "Few", "-o", "few.html")
    assert typed_later(*card)[0] == 3


def test_a_table_is_checked_worst_first(typed: Type, tmp_path: Path) -> None:
    """19 lines after the title; a broken rule that only warns ends with 0, with Attention."""
    table = late_table(200)
    table["region"] = "North"
    table.to_csv(tmp_path / "flat.csv", index=False)
    flat = ("import-data", str(tmp_path / "flat.csv"), "--label", "late")
    assert typed(*flat, "--feature", "region")[0] == 0
    code, said = typed("check", "--data", "flat")
    title, *lines = said.splitlines()
    assert (code, title) == (0, "flat: 200 rows.")
    assert len(lines) == 19
    assert lines[0] == (
        "▲ Attention · Columns with one value only. `region` takes one value only, so "
        "nothing can be learned from it."
    )
    order = [line.split(" · ")[0] for line in lines]
    assert [word for word, _ in groupby(order)] == [
        *("▲ Attention", "○ Not measured", "● Pass", "– Does not apply"),
    ]


def test_a_leak_fails_the_check(typed: Type, tmp_path: Path) -> None:
    """A column that gives the outcome away blocks; it stands first, and the code is 1."""
    table = late_table(200)
    table["told"] = (table["late"] == "yes") + table["income"] / 100
    table.to_csv(tmp_path / "leak.csv", index=False)
    typed("import-data", str(tmp_path / "leak.csv"), "--label", "late")
    code, said = typed("check", "--data", "leak")
    assert code == 1
    assert said.splitlines()[1].startswith(
        "■ Fail · One column tells the outcome. `told` alone tells the outcome almost"
    )


def test_a_table_without_outcomes_cannot_be_cleared(typed: Type) -> None:
    """Without a label nobody can say whether a column gives it away: 3."""
    typed("import-data", "late.csv", "--ignore", "late")
    code, said = typed("check")
    assert code == 3
    assert "○ Not measured · One column tells the outcome. No column is the label." in said


def test_a_model_is_checked_on_its_table(typed_later: Type) -> None:
    """With --model the policy speaks too, as `evaluate` does, and the worse of both counts."""
    alone, both = typed_later("check", *PAIR[2:]), typed_later("check", *PAIR)
    judged = typed_later("evaluate", *PAIR)
    assert (both[0], both[1]) == (0, alone[1] + judged[1])
    blind = ("import-model", "blind.onnx", "--name", "Blind", "--data", "Validation")
    assert typed_later(*blind, *YES)[0] == 0
    assert typed_later("check", "--model", "Blind v1")[0] == 1


def test_scores_alone_are_judged(typed: Type) -> None:
    """A table that holds scores needs no model file."""
    table = ("import-data", "scored.csv", "--name", "Scored", "--label", "late")
    code, said = typed(*table, "--score", "score", *IGNORED)
    assert code == 0
    assert "  score: number, score\n" in said
    scores = ("import-model", "--scores-only", "--name", "Scores", "--data", "Scored")
    code, said = typed(*scores, *YES)
    assert code == 0
    assert said.startswith("Scores v1: binary.\n")
    assert typed("evaluate")[0] == 0


def test_the_json_card_is_machine_readable(typed_later: Type, tmp_path: Path) -> None:
    """The card as JSON parses, and names the model and the evidence that was printed."""
    card = tmp_path / "card.json"
    code, said = typed_later("card", *PAIR, "--format", "json", "-o", str(card))
    text = card.read_text(encoding="utf-8")
    assert code == 0
    assert isinstance(json.loads(text), dict)
    assert "Late v1" in text
    assert said.rstrip().rstrip(".").split(" ")[-1] in text


def test_a_card_without_a_name_is_called_after_its_pair(
    desk_later: Desk, tmp_path: Path
) -> None:
    """The file lies in the folder in which the command was typed."""
    said: list[str] = []
    assert run(desk_later, ["card", *PAIR], cwd=tmp_path, say=said.append) == 0
    assert said[0].startswith("Wrote late-v1-on-validation.html; it covers evidence ")
    assert (tmp_path / "late-v1-on-validation.html").is_file()


def test_a_card_is_found_by_the_digits_of_its_evaluation(
    desk_later: Desk, tmp_path: Path
) -> None:
    """The first digits are enough; digits that fit nothing are refused."""
    (id_,) = desk_later.workspace.state.evaluations
    asked = ["card", "--evaluation", id_[:8], "-o", "it.html"]
    assert run(desk_later, asked, cwd=tmp_path, say=lambda _: None) == 0
    said: list[str] = []
    wrong = ["card", "--evaluation", "xyz"]
    assert run(desk_later, wrong, cwd=tmp_path, say=said.append) == 2
    assert said == ["0 evaluations start with xyz. Give more digits."]


def test_the_threshold_given_at_import_is_kept(desk_later: Desk, files: Path) -> None:
    """A threshold of 0.35 is kept as 350 thousandths, with the reason."""
    argv = [*MODEL, *YES, "--threshold", "0.35"]
    assert run(desk_later, argv, cwd=files, say=lambda _: None) == 0
    assert list(desk_later.workspace.state.thresholds.values()) == [350]


def test_declared_fields_and_the_window_are_kept(desk_later: Desk, files: Path) -> None:
    """What a person declares of a table stands in its version."""
    more = "--declare licence=MIT --declare source=a=b --window 2026-01-01 2026-01-31"
    argv = ["import-data", "few.csv", "--split", "production", *more.split()]
    assert run(desk_later, argv, cwd=files, say=lambda _: None) == 0
    version = list(desk_later.workspace.state.datasets.values())[-1]
    assert version.declared == (("licence", "MIT"), ("source", "a=b"))
    assert version.window == ("2026-01-01", "2026-01-31")
    assert (version.name, version.split) == ("few", "production")


CANNOT = {
    "no command": ([], "The following arguments are required: command."),
    "an unknown command": (["fly"], "Argument command: invalid choice: 'fly'"),
    "an unknown option": (["evaluate", "--fast"], "Unrecognized arguments: --fast."),
    "an unknown format": (["card", "--format", "pdf"], "Argument --format: invalid choice"),
    "a missing table": (["import-data", "no.csv"], "There is no file no.csv."),
    "a folder as table": (["import-data", "."], "There is no file .."),
    "a missing model": (
        ["import-model", "no.onnx", "--name", "x", "--data", "Validation"],
        "There is no file no.onnx.",
    ),
    "no model file": (
        ["import-model", "--name", "x", "--data", "Validation"],
        "There is no model file.",
    ),
    "an unknown column": (
        ["import-data", "late.csv", "--label", "lat"],
        "There is no column `lat`. There are: debt, income, late, region.",
    ),
    "a bad pair": (
        ["import-data", "late.csv", "--declare", "MIT"],
        "`MIT` is no NAME=VALUE.",
    ),
    "a broken model": (
        ["import-model", "broken.onnx", "--name", "x", "--data", "Validation"],
        "",
    ),
    "a model that does not fit": (
        ["import-model", "late.onnx", "--name", "x", "--data", "Scored", *YES],
        "There is no dataset version `Scored`. Give --data, one of: Validation.",
    ),
    "no positive class": ([*MODEL], "Which label value is a yes? Give --positive"),
    "a wrong positive class": (
        [*MODEL, "--positive", "maybe"],
        "Which label value is a yes? Give --positive, one of: no, yes.",
    ),
    "no scores": (
        ["import-model", "--scores-only", "--name", "x", "--data", "Validation", *YES],
        "Validation holds no scores. Import it with --score COLUMN.",
    ),
    "an unknown model": (
        ["evaluate", "--model", "Early v1"],
        "There is no model version `Early v1`. Give --model, one of: Late v1.",
    ),
    "an unknown table": (
        ["evaluate", "--data", "Nothing"],
        "There is no dataset version `Nothing`. Give --data, one of: Validation.",
    ),
    "an unknown table to check": (
        ["check", "--data", "Nothing"],
        "There is no dataset version `Nothing`. Give --data, one of: Validation.",
    ),
    "an unknown model to check": (
        ["check", "--model", "Early v1"],
        "There is no model version `Early v1`. Give --model, one of: Late v1.",
    ),
    "a card nowhere": (
        ["card", *PAIR, "-o", "no/such/folder/card.html"],
        "There is no folder for no/such/folder/card.html. Give another file with -o.",
    ),
    "a threshold above 1": ([*MODEL, *YES, "--threshold", "1.5"], "Argument --threshold: "),
    "a threshold that is no number": (
        [*MODEL, *YES, "--threshold", "nan"],
        "Argument --threshold: ",
    ),
}


@pytest.mark.parametrize(("argv", "sentence"), CANNOT.values(), ids=CANNOT)
def test_what_cannot_run_says_why_in_one_line(
    typed_later: Type, argv: Sequence[str], sentence: str
) -> None:
    """It ends with 2, one sentence and one hint, never with a trace.

    Only which columns would feed the model may stand before it.
    """
    code, said = typed_later(*argv)
    *before, last = said.splitlines()
    assert code == 2
    assert last.startswith(sentence)
    assert len(before) <= ("late.onnx" in argv)
    assert "Traceback" not in said


@pytest.mark.parametrize("wrong", ["1.5", "-0.1", "nan", "inf", "half"])
def test_a_wrong_threshold_keeps_no_model(
    desk_later: Desk, files: Path, wrong: str
) -> None:
    """The command ends before the model is imported, with one sentence."""
    said: list[str] = []
    argv = ["import-model", "blind.onnx", "--name", "B", "--data", "Validation", *YES]
    code = run(desk_later, [*argv, f"--threshold={wrong}"], cwd=files, say=said.append)
    assert (code, len(said)) == (2, 1)
    assert len(desk_later.workspace.state.models) == 1


def test_a_card_needs_an_evaluation(desk_later: Desk, files: Path) -> None:
    """The hint names the command that makes one."""
    said: list[str] = []
    argv = ["import-data", "few.csv", "--name", "Few", *IGNORED]
    assert run(desk_later, argv, cwd=files, say=lambda _: None) == 0
    argv = ["card", "--model", "Late v1", "--data", "Few"]
    assert run(desk_later, argv, cwd=files, say=said.append) == 2
    trouble = "Late v1 has not been evaluated on Few. Run `countersign evaluate` first."
    assert said == [trouble]


def test_an_empty_workspace_says_that_there_is_nothing(typed: Type) -> None:
    """Without a model and a table there is nothing to evaluate."""
    trouble = "Which model version? Give --model, one of: none yet.\n"
    assert typed("evaluate") == (2, trouble)


def test_the_same_file_again_is_the_known_version(typed: Type) -> None:
    """Importing twice makes one version of the table and one of the model."""
    first = typed(*DATA, *IGNORED)
    assert typed(*DATA, *IGNORED) == first
    model = typed(*MODEL, *YES)
    assert typed(*MODEL, *YES) == model


def test_a_fault_ends_with_2_and_one_sentence(typed: Type) -> None:
    """What is ours to mend is no verdict: not 1, no trace, but the place where it arose."""
    code, said = typed("import-data", "late\0.csv")
    assert code == 2
    assert said.startswith("This could not be done. Please report: ValueError in ")
    assert said.count("\n") == 1


def test_a_workspace_that_is_a_file_ends_with_2(typed: Type, files: Path) -> None:
    """A path that cannot be a workspace is told in one line."""
    code, said = typed("--workspace", str(files / "late.csv"), "evaluate")
    assert code == 2
    assert said.count("\n") == 1


def test_the_option_names_the_workspace(typed: Type, tmp_path: Path) -> None:
    """--workspace goes before the variable of the environment."""
    assert typed("--workspace", str(tmp_path / "other"), *DATA)[0] == 0
    assert (tmp_path / "other" / "objects").is_dir()
    assert not (tmp_path / "workspace").exists()


def test_help_shows_examples(capfd: Captured) -> None:
    """--help prints examples and the exit codes, and ends with 0."""
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    said = capfd.readouterr().out
    assert left.value.code == 0
    assert said.count("\n  countersign ") == 7
    assert "exit codes: 0 pass, 1 fail, 2 cannot run, 3 not enough evidence" in said


@pytest.mark.parametrize(
    "command",
    [
        *("import-data", "import-model", "check", "evaluate", "card"),
        *("backup", "restore", "doctor"),
    ],
)
def test_each_command_has_help(capfd: Captured, command: str) -> None:
    """--help of a command lists its options and ends with 0."""
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert f"countersign {command}" in capfd.readouterr().out


def test_damage_is_named_and_mended(typed_later: Type, tmp_path: Path) -> None:
    """From damaged records to a good card: the sentences lead from step to step."""
    records = tmp_path / "workspace" / "records.duckdb"
    records.write_bytes(b"no database" * 100)
    assert typed_later("evaluate", *PAIR) == (
        2,
        f"The file records.duckdb cannot be read. {LOOK}\n",
    )
    code, said = typed_later("doctor")
    assert code == 1
    assert "Run `countersign rebuild`: it makes records.duckdb from events.jsonl." in said
    code, said = typed_later("rebuild")
    assert code == 0
    assert said.endswith("events again; the old file is beside them.\n")
    assert typed_later("doctor")[0] == 0
    assert typed_later("card", *PAIR)[0] == 0


def test_a_damaged_roll_up_is_counted_again(typed_later: Type, tmp_path: Path) -> None:
    """What was only counted needs no backup: the same card comes out."""
    _, whole = typed_later("evaluate", *PAIR)
    with open_desk(tmp_path / "workspace") as desk:
        places = {desk.workspace.objects.path(r.object) for r in _rollups(desk)}
    for place in places:
        place.chmod(0o644)
        place.write_bytes(b"damaged")
    assert typed_later("doctor")[0] == 1
    assert typed_later("evaluate", *PAIR)[1] == whole
    assert typed_later("doctor")[0] == 0


def _rollups(desk: Desk) -> tuple[RollUp, ...]:
    return tuple(desk.workspace.state.rollups.values())


def test_a_damaged_table_is_a_sentence(typed_later: Type, tmp_path: Path) -> None:
    """What cannot be counted again is named, with the way back."""
    with open_desk(tmp_path / "workspace") as desk:
        (evaluation,) = desk.workspace.state.evaluations.values()
        place = desk.workspace.objects.path(evaluation.frame)
        for rollup in _rollups(desk):
            desk.workspace.objects.path(rollup.object).unlink()
    place.chmod(0o644)
    place.write_bytes(b"damaged")
    code, said = typed_later("card", *PAIR)
    assert code == 2
    assert f"The object {place.name[:8]} is damaged: it is not what was written." in said
    assert "Run `countersign doctor` to see what depends on it." in said
    assert (
        "part of the evaluation, is damaged. Restore a backup" in typed_later("doctor")[1]
    )


def test_only_a_workspace_has_a_doctor(typed: Type) -> None:
    """Where nothing is, nothing is made."""
    code, said = typed("doctor")
    assert code == 2
    assert said.startswith("There is no workspace ")


def test_an_account_is_opened_renewed_and_taken_away(typed: Type, tmp_path: Path) -> None:
    """The password is said once and is right once; dropping it leaves the person known."""
    code, said = typed("account", "kim", "--name", "Kim Lund", "--role", "validator")
    assert code == 0
    assert said.startswith("Kim Lund signs in as kim")
    accounts = Accounts(tmp_path / "workspace", lambda: NOON)
    first = said.split()[-1]
    assert accounts.check("kim", first)
    assert accounts.must_change("kim")
    again = typed("account", "kim")[1].split()[-1]
    assert accounts.check("kim", again)
    assert not accounts.check("kim", first)
    assert typed("account", "kim", "--drop")[0] == 0
    assert holders(tmp_path / "workspace") == frozenset()
    with open_desk(tmp_path / "workspace") as desk:
        person = desk.workspace.state.decided.people["kim"]
        assert {role.value for _, role in person.roles} == {"validator"}


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("account", "nobody"), "nobody"),
        (("account", "kim", "--name", "Kim", "--role", "king"), "no role `king`"),
    ],
)
def test_an_account_of_nobody_is_refused(
    typed: Type, argv: tuple[str, ...], sentence: str
) -> None:
    """The person has to be known or named, and the role one that there is."""
    code, said = typed(*argv)
    assert code == 2
    assert sentence in said
    assert said.count("\n") == 1
