"""The slip for the fee."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.wire.bodies import Locale
from kiosk.receipt import Slip, put_slip, slip_text

AT = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)


def test_a_slip_says_what_was_paid_in_japan_time() -> None:
    slip = Slip(Locale.JAPANESE, copies=3, unit_fee=400, change=50, number="A1B2C3D4")
    lines = slip_text(slip, kiosk_id="kiosk-1", at=AT).splitlines()
    assert lines[2] == "2026-11-24 01:05"
    assert "罹災証明書 3通（１通 400円）" in lines
    assert "合計 1,200円" in lines
    assert "おつり 50円" in lines
    assert "受付番号 A1B2C3D4" in lines


@pytest.mark.parametrize("locale", list(Locale))
def test_a_slip_has_all_its_places_filled(locale: Locale) -> None:
    text = slip_text(Slip(locale, 1, 10, 0, number="A1B2C3D4"), kiosk_id="kiosk-1", at=AT)
    assert "{" not in text


def test_a_slip_is_for_its_owner_only_and_its_name_says_nothing(tmp_path: Path) -> None:
    first, second = (put_slip(tmp_path / "tray", "slip\n") for _ in range(2))
    assert first.name != second.name
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert first.read_text(encoding="utf-8") == "slip\n"
