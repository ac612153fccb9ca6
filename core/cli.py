"""The command line: the same runs from a shell or a pipeline."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from traceback import extract_tb

from core.errors import BusyWorkspaceError, CountersignError, WrongInputError
from core.records.texts import say_text
from core.runs.care import doctor, rebuild_here, restore_here
from core.runs.commands import CANNOT, run
from core.runs.desk import open_desk
from core.runs.line import ask_running_app
from core.runs.options import make_parser


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command here, or in the app that holds the workspace."""
    argv = sys.argv[1:] if argv is None else list(argv)
    try:
        said = make_parser().parse_args(argv)
    except WrongInputError as error:
        _say(f"{error} {error.hint}")
        return CANNOT
    try:
        return _carry_out(said, argv)
    except CountersignError as error:
        _say(f"{error} {error.hint}")
    except Exception as error:  # noqa: BLE001 - a trace and exit code 1 would look like "fail"
        _say(_fault(error))
    return CANNOT


def _carry_out(said: Namespace, argv: Sequence[str]) -> int:
    folder = Path(said.workspace or os.environ.get("COUNTERSIGN_WORKSPACE", "workspace"))
    try:
        match said.command:
            case "restore":
                return restore_here(Path(said.file), Path(said.folder), _say)
            case "doctor":
                return doctor(folder, _say)
            case "rebuild":
                return rebuild_here(folder, _say)
        with open_desk(folder) as desk:
            return run(desk, argv, cwd=Path.cwd(), say=_say)
    except BusyWorkspaceError:
        return ask_running_app(folder.resolve() / "socket", argv, Path.cwd(), _say)


def _fault(error: Exception) -> str:
    """Return what is ours to mend in a sentence, with the place where it arose."""
    frame = extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
    return f"This could not be done. Please report: {place}."


def _say(text: str) -> None:
    sys.stdout.write(say_text(text) + "\n")  # a terminal would obey control characters
    sys.stdout.flush()
