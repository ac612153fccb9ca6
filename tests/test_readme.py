"""The README: what it tells people to type works, word by word."""

import re
import shlex
from pathlib import Path

import pytest

from core.cli import main

TEXT = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def python_block() -> str:
    """Return the one block of Python."""
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    return str(block)


def commands() -> list[list[str]]:
    """Return the words of each shell command, in order."""
    lines = re.findall(r"^    countersign (.*)$", TEXT, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def test_the_example_works_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The block writes a table and a model; the commands under it take and keep them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERSIGN_WORKSPACE", str(tmp_path / "workspace"))
    exec(compile(closed(python_block()), "README.md", "exec"), {})  # noqa: S102 - ours
    assert {path.name for path in tmp_path.iterdir()} == {"late.csv", "late.onnx"}
    data, check, model, evaluate, card, *care = commands()
    assert main(data) == 0
    assert main(check) == 0
    assert main(model) == 0
    judged = main(evaluate)
    assert judged in {0, 1, 3}
    assert main(card) == judged
    assert (tmp_path / "late.html").is_file()
    assert [words[0] for words in care] == ["backup", "restore", "doctor", "rebuild"]
    assert [main(words) for words in care] == [0, 0, 0, 0]


def closed(block: str) -> str:
    """Return the block with its one file closed; left open, it would warn in a test."""
    return block.replace(
        'open("late.onnx", "wb").write(onnx.SerializeToString())',
        'with open("late.onnx", "wb") as file:\n    file.write(onnx.SerializeToString())',
    )


def test_every_named_place_exists() -> None:
    """The table of places names only folders and files that are here."""
    root = Path(__file__).parents[1]
    named = re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE)
    places = [place for cell in named for place in re.findall(r"`(.*?)`", cell)]
    assert places
    lost = [p for p in places if p != "workspace/" and not (root / p).exists()]
    assert not lost


def test_every_named_target_exists() -> None:
    """Each `make x` of the README is a target of the Makefile."""
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z]+)", TEXT)) - {"on"}
    assert {"app", "test"} <= targets
    assert not [target for target in targets if f"\n{target}:" not in makefile]
