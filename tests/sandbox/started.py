"""A Python that can start `probe.py`, which no installed package holds, as a child."""

import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
START = (
    f"import sys, runpy; sys.path.insert(0, {str(ROOT)!r}); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__')"
)


def lay_python(folder: Path) -> str:
    """Write it into `folder` and return its path, which takes the place of sys.executable."""
    python = folder / "python"
    command = shlex.join([sys.executable, "-I", "-c", START])
    python.write_text(f'#!/bin/sh\nshift 2\nexec {command} "$@"\n', encoding="utf-8")
    python.chmod(0o700)
    return str(python)
