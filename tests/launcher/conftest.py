"""A world with a clock that stands still until it is advanced."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from launcher.world import TownWorld, open_world

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[TownWorld]:
    opened = open_world(tmp_path, start=START)
    yield opened
    opened.close()
