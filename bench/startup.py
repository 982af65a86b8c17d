"""How long the kiosk takes until its menu stands on the screen, in a fresh process."""

import subprocess
import sys
import tempfile
import time

_PROGRAM = """
import asyncio, sys
from pathlib import Path
from launcher.demo import kiosk_parts
from launcher.embedded import open_embedded_town
from launcher.state import StateFolder
from kiosk.app import KioskApp

async def start() -> None:
    state = StateFolder(Path(sys.argv[1]))
    parts = kiosk_parts(open_embedded_town(state), card="resident", output=state.tray)
    async with KioskApp(parts).run_test(size=(120, 40)):
        pass

asyncio.run(start())
"""


def measure_startup() -> tuple[float, float]:
    """Return the seconds of a first start (keys are made) and of a later one, medians of three."""
    first, later = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory(prefix="risai-start-") as folder:
            first.append(_start(folder))
            later.append(_start(folder))
    return sorted(first)[1], sorted(later)[1]


def _start(folder: str) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM, folder], check=True, capture_output=True
    )
    return time.perf_counter() - started
