"""Every error a reader of the app may see.

* CountersignError         base; `hint` says the next step
  - WrongInputError        the question cannot be asked of this value
    - RefusedFileError     a table cannot be read as it is
    - RefusedModelError    a model file is not accepted, or cannot be run
      - NoExactAccountError  a model runs, but its sum cannot be taken apart exactly
  - NotFoundError          the workspace has no such record
  - BusyWorkspaceError     another process holds the workspace
  - BrokenWorkspaceError   the log or an object is not what was written
  - StorageError           the disk refuses: full, read-only, failing
  - StoppedError           somebody pressed Cancel
"""


class CountersignError(Exception):
    """Base of all errors that are the reader's to mend; `hint` says how."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class WrongInputError(CountersignError):
    """The question cannot be asked of this value."""


class RefusedFileError(WrongInputError):
    """A table cannot be read as it is."""


class RefusedModelError(WrongInputError):
    """A model file is not accepted, or cannot be run."""


class NoExactAccountError(RefusedModelError):
    """A model runs, but its sum cannot be taken apart exactly."""


class NotFoundError(CountersignError):
    """The workspace has no such record."""


class BusyWorkspaceError(CountersignError):
    """Another process holds the workspace."""


class BrokenWorkspaceError(CountersignError):
    """The log or an object is not what was written."""


class StorageError(CountersignError):
    """The disk refuses: full, read-only, failing."""


class StoppedError(CountersignError):
    """Somebody pressed Cancel."""

    def __init__(self) -> None:
        super().__init__("Stopped; nothing was kept.", hint="Start it again when you like.")
