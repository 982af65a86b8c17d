"""Kiosks are enrolled and revoked while the gateway runs."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from gateway.database import transaction
from gateway.errors import ParticipationError
from gateway.participation.kiosks import (
    REFRESH_AFTER,
    KioskRegister,
    enrol,
    list_kiosks,
    revoke,
)
from gateway.participation.model import Kiosk
from signed_http.keys import SigningKey
from tests.gateway.fakes import NOON, FakeClock

KEY = SigningKey.generate("kiosk-9")
KIOSK = Kiosk("kiosk-9", "operator-a", "store-1", "kiosk-9", KEY.public_bytes)


def add(engine: Engine, kiosk: Kiosk = KIOSK) -> None:
    with transaction(engine) as connection:
        enrol(connection, kiosk, now=NOON)


def test_enrolled_kiosk_is_listed_as_it_was(any_engine: Engine) -> None:
    add(any_engine)
    with transaction(any_engine) as connection:
        assert list_kiosks(connection) == (KIOSK,)


def test_kiosk_is_enrolled_once(any_engine: Engine) -> None:
    add(any_engine)
    with pytest.raises(ParticipationError):
        add(any_engine)


def test_key_id_of_another_kiosk_is_refused(any_engine: Engine) -> None:
    add(any_engine)
    with pytest.raises(ParticipationError):
        add(any_engine, replace(KIOSK, kiosk_id="kiosk-10"))


def test_key_of_another_length_is_refused(engine: Engine) -> None:
    with pytest.raises(ParticipationError):
        add(engine, replace(KIOSK, public_key=b"short"))


def test_kiosk_enrolled_while_running_may_speak_and_a_revoked_one_may_not(engine: Engine) -> None:
    clock = FakeClock()
    register = KioskRegister(engine, (), clock.now)
    assert register.find_kiosk("kiosk-9") is None
    add(engine)
    clock.forward(REFRESH_AFTER)
    assert register.find_kiosk("kiosk-9") == KIOSK
    assert register.ring().resolve_public_key("kiosk-9").public_bytes_raw() == KEY.public_bytes

    with transaction(engine) as connection:
        revoke(connection, "kiosk-9", now=clock.now())
    clock.forward(REFRESH_AFTER)

    assert register.find_kiosk("kiosk-9") is None
    with pytest.raises(KeyError):
        register.ring().resolve_public_key("kiosk-9")


def test_clock_that_steps_back_does_not_keep_a_revoked_kiosk_alive(engine: Engine) -> None:
    clock = FakeClock()
    add(engine)
    register = KioskRegister(engine, (), clock.now)
    register.ring()
    with transaction(engine) as connection:
        revoke(connection, "kiosk-9", now=clock.now())
    clock.forward(-REFRESH_AFTER)
    assert register.find_kiosk("kiosk-9") is None


def test_revocation_goes_before_the_participation_file(engine: Engine) -> None:
    add(engine, replace(KIOSK, revoked=True))
    assert KioskRegister(engine, (KIOSK,), FakeClock().now).find_kiosk("kiosk-9") is None


@pytest.mark.parametrize("times", [0, 2])
def test_only_an_active_enrolled_kiosk_is_revoked(any_engine: Engine, times: int) -> None:
    if times:
        add(any_engine)
        with transaction(any_engine) as connection:
            revoke(connection, "kiosk-9", now=NOON)
    with pytest.raises(ParticipationError), transaction(any_engine) as connection:
        revoke(connection, "kiosk-9", now=NOON)
