"""A crash tells where, and shows nothing that the resident typed."""

from pathlib import Path

import pytest

from gateway.wire.bodies import Locale
from kiosk.app import KioskApp
from tests.kiosk.screens.fakes import make_parts

pytestmark = pytest.mark.anyio


async def crash(app: KioskApp) -> None:
    """Let something break while a PIN is a local variable."""

    def breaks() -> None:
        pin = "86" + "42"
        raise RuntimeError(f"broken with {len(pin)} digits typed")

    async with app.run_test(size=(80, 24)) as pilot:
        app.call_later(breaks)
        await pilot.pause()


async def test_a_crash_shows_no_local_variable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = KioskApp(make_parts(tmp_path), locale=Locale.JAPANESE)
    with pytest.raises(RuntimeError):
        await crash(app)
    shown = "".join(capsys.readouterr())
    assert "RuntimeError" in shown
    assert "8642" not in shown
