"""A fresh town for every run, without making it from nothing every time.

The first town of each start is made, closed again and kept; every run gets a copy of it.
"""

import shutil
from datetime import datetime
from pathlib import Path

from kiosk.tester.ports import OpenWorld, World


class TownMould:
    """Opens worlds in copies of a town that nobody has used."""

    def __init__(self, open_world: OpenWorld, folder: Path) -> None:
        """Keep unused towns in ``folder``."""
        self._open_world = open_world
        self._folder = folder

    def __call__(
        self,
        folder: Path,
        *,
        start: datetime | None = None,
        always_open: bool = True,
        unlimited: bool = True,
        hurried: bool = True,
        reader: str = "sim",
    ) -> World:
        """Open a town of its own in ``folder``; see ``OpenWorld``."""
        if start is not None:
            shutil.copytree(self._unused(start), folder, dirs_exist_ok=True)
        return self._open_world(
            folder,
            start=start,
            always_open=always_open,
            unlimited=unlimited,
            hurried=hurried,
            reader=reader,
        )

    def _unused(self, start: datetime) -> Path:
        kept = self._folder / f"{start.timestamp():.0f}"
        if not kept.exists():
            making = kept.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir(parents=True)
            self._open_world(making, start=start).close()
            making.rename(kept)
        return kept
