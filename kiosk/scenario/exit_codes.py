"""How the programs for scenarios end: part of their interface."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Status of ``kiosk run`` and ``kiosk coverage``."""

    PASSED = 0
    FAILED = 1
    """A scenario failed, or too little was reached."""
    FILE_WRONG = 2
    """A file or an option is wrong."""
    NO_WORLD = 3
    """The world could not be opened, or somebody interrupted."""
