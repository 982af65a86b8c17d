"""Where a run's town lives: in memory where that is possible, for it is thrown away at once."""

import os
import shutil
from pathlib import Path

_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own is made inside
_ENOUGH_BYTES = 48 * 2**20
"""Many times what a handful of towns takes."""


def scratch_folder() -> Path | None:
    """Return a folder in memory; None for the system's own choice.

    A town writes each step through to the disk, as it must; a busy disk would decide how long a
    run takes. ``TMPDIR`` has the last word.
    """
    if "TMPDIR" in os.environ or not os.access(_IN_MEMORY, os.W_OK | os.X_OK):
        return None
    return _IN_MEMORY if shutil.disk_usage(_IN_MEMORY).free >= _ENOUGH_BYTES else None
