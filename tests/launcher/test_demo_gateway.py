"""The demo's gateway cleans up after itself."""

import gc
from pathlib import Path

from launcher.demo_gateway import open_log
from launcher.state import StateFolder


class Owner:
    """Something that is part of a ring, as an engine is, and so goes only when memory is swept."""

    def __init__(self) -> None:
        self.ring = self


def test_the_log_is_closed_when_its_owner_is_swept_away(tmp_path: Path) -> None:
    """Else the sweep warns in whatever test happens to run then, and that one fails."""
    owner = Owner()
    log = open_log(StateFolder(tmp_path), owner)
    log.write("started\n")
    assert not log.closed
    del owner
    gc.collect()
    assert log.closed
    assert (tmp_path / "gateway.log").read_text(encoding="utf-8") == "started\n"
