"""Leaving: how the app ends when it cannot begin."""

import os
import sys
from typing import Final, NoReturn

CANNOT_OPEN: Final = 2  # exit code


def leave(sentence: str) -> NoReturn:
    """End the process at once: an exception here would be printed with its whole trace."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
    os._exit(CANNOT_OPEN)
