"""Opening the machine for a tester: in a world of its own, with panel, with recording, or both."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from gateway.wire.bodies import Locale
from kiosk.app import KioskApp
from kiosk.terminal import end_as, run_on_terminal
from kiosk.tester.app import BenchApp, is_large
from kiosk.tester.ports import World
from kiosk.tester.recorder import Recorder
from kiosk.tester.saving import Recording

DEFAULT_RECORDING = Path("recorded.toml")


@dataclass(frozen=True, slots=True)
class Session:
    """How a tester wants the machine."""

    locale: Locale = Locale.JAPANESE
    large: bool = False
    contrast: bool = False
    card: str = ""
    """Whose card is in the hand first; the first of all when empty."""
    with_panel: bool = True
    record: Path | None = None
    """Where everything that was done is written at the end."""


def fresh_folder() -> Path:
    """Return the folder of the tester's town, emptied: every session begins with new books.

    It lies under ``$XDG_STATE_HOME`` or ``~/.local/state``.
    """
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    folder = Path(base) / "risai" / "tester"
    if folder.exists():
        shutil.rmtree(folder)
    return folder


def open_session(world: World, session: Session) -> Path | None:
    """Open the machine until it is closed; return the recording's path when one was written.

    The world stays open. Raises: OSError when the recording cannot be written; SystemExit, with
    the recording written, when the machine did not end by itself.
    """
    app, recording = _machine(world, session)
    run_on_terminal(app)
    saved = None
    if session.record is not None and recording.count > 0:
        recording.save(session.record, wide=is_large(app.size))
        saved = session.record
    end_as(app)
    return saved


def _machine(world: World, session: Session) -> tuple[KioskApp, Recording]:
    if session.with_panel:
        tester = BenchApp(
            world,
            locale=session.locale,
            large=session.large,
            contrast=session.contrast,
            card=session.card,
            save_to=session.record or DEFAULT_RECORDING,
        )
        return tester, tester.recording
    recorder = Recorder(world.parts.clock.now, world.pin_of)
    app = KioskApp(
        world.parts,
        locale=session.locale,
        large=session.large,
        contrast=session.contrast,
        card=session.card,
        onlooker=recorder,
    )
    return app, Recording(recorder, world)
