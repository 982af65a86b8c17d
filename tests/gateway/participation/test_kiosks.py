"""Kiosks are enrolled and revoked while the gateway runs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gateway.database import transaction
from gateway.errors import ParticipationError
from gateway.participation.kiosks import (
    MAX_OVERLAP,
    REFRESH_AFTER,
    KioskKey,
    KioskRegister,
    enrol,
    kiosk_keys,
    list_keys,
    list_kiosks,
    revoke,
    revoke_key,
    roll_key,
)
from gateway.participation.model import Kiosk
from gateway.participation.operators import enrol_place, list_places, revoke_place
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


HOUR = timedelta(hours=1)
NEW_KEY = KioskKey("kiosk-9", "kiosk-9b", SigningKey.generate("n").public_bytes, NOON)


def test_rolled_keys_work_side_by_side_until_the_overlap_ends(any_engine: Engine) -> None:
    clock = FakeClock()
    add(any_engine)
    register = KioskRegister(any_engine, (), clock.now)
    with transaction(any_engine) as connection:
        roll_key(connection, NEW_KEY, overlap=HOUR, now=clock.now())
    clock.forward(HOUR - timedelta(seconds=1))
    assert [register.find_kiosk(key) is not None for key in ("kiosk-9", "kiosk-9b")] == [True] * 2
    assert register.find_kiosk("kiosk-9b").kiosk_id == "kiosk-9"  # type: ignore[union-attr]
    clock.forward(REFRESH_AFTER)
    assert register.find_kiosk("kiosk-9") is None
    assert register.find_kiosk("kiosk-9b") is not None


def test_second_roll_does_not_lengthen_the_first_ones_life(any_engine: Engine) -> None:
    add(any_engine)
    with transaction(any_engine) as connection:
        roll_key(connection, NEW_KEY, overlap=HOUR, now=NOON)
        third = replace(NEW_KEY, key_id="kiosk-9c", public_key=bytes(32))
        keys = roll_key(connection, third, overlap=3 * HOUR, now=NOON)
    assert [key.valid_until for key in sorted(keys, key=lambda one: one.key_id)] == [
        NOON + HOUR,
        NOON + 3 * HOUR,
        None,
    ]


def test_one_key_is_revoked_at_once(any_engine: Engine) -> None:
    add(any_engine)
    with transaction(any_engine) as connection:
        roll_key(connection, NEW_KEY, overlap=HOUR, now=NOON)
        revoke_key(connection, "kiosk-9", now=NOON)
        with pytest.raises(ParticipationError):
            revoke_key(connection, "kiosk-9", now=NOON)
    register = KioskRegister(any_engine, (), FakeClock().now)
    assert register.find_kiosk("kiosk-9") is None
    assert register.find_kiosk("kiosk-9b") is not None


def test_key_id_is_never_used_again(any_engine: Engine) -> None:
    add(any_engine)
    with transaction(any_engine) as connection:
        roll_key(connection, NEW_KEY, overlap=HOUR, now=NOON)
        same_id = replace(NEW_KEY, key_id="kiosk-9", public_key=bytes(32))
        with pytest.raises(ParticipationError, match="used before"):
            roll_key(connection, same_id, overlap=HOUR, now=NOON)


def test_rolling_to_the_same_key_is_no_roll(any_engine: Engine) -> None:
    """Whoever rolls because a key leaked would go on with the leaked one."""
    add(any_engine)
    same = replace(NEW_KEY, public_key=KEY.public_bytes)
    with transaction(any_engine) as connection:
        with pytest.raises(ParticipationError, match="enrolled before, as kiosk-9"):
            roll_key(connection, same, overlap=HOUR, now=NOON)
        assert [one.key_id for one in list_keys(connection)] == ["kiosk-9"]


@pytest.mark.parametrize("name", ["", "kiosk 9", "店舗1", "k" * 65])
def test_id_that_the_wire_does_not_carry_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(ParticipationError, match="such as kiosk-9"):
        add(engine, replace(KIOSK, kiosk_id=name))


def test_two_kiosks_do_not_share_a_key(any_engine: Engine) -> None:
    """What a kiosk signed must tell which kiosk it was."""
    add(any_engine)
    with pytest.raises(ParticipationError, match="make a new key pair"):
        add(any_engine, replace(KIOSK, kiosk_id="kiosk-10", key_id="kiosk-10"))


@pytest.mark.parametrize(
    ("key", "overlap"),
    [
        (replace(NEW_KEY, kiosk_id="kiosk-10"), HOUR),
        (replace(NEW_KEY, public_key=b"short"), HOUR),
        (NEW_KEY, -HOUR),
        (NEW_KEY, MAX_OVERLAP + HOUR),
    ],
)
def test_roll_that_makes_no_sense_is_refused(
    engine: Engine, key: KioskKey, overlap: timedelta
) -> None:
    add(engine)
    with transaction(engine) as connection, pytest.raises(ParticipationError):
        roll_key(connection, key, overlap=overlap, now=NOON)


def test_revoked_kiosk_gets_no_new_key(engine: Engine) -> None:
    add(engine, replace(KIOSK, revoked=True))
    with transaction(engine) as connection, pytest.raises(ParticipationError):
        roll_key(connection, NEW_KEY, overlap=HOUR, now=NOON)


@pytest.mark.parametrize("store", [None, "store-1"])
def test_revoking_operator_or_store_stops_its_kiosks(any_engine: Engine, store: str | None) -> None:
    add(any_engine)
    other = Kiosk("kiosk-11", "operator-b", "store-1", "kiosk-11", bytes(32))
    add(any_engine, other)
    with transaction(any_engine) as connection:
        revoke_place(connection, "operator-a", store, now=NOON)
    register = KioskRegister(any_engine, (), FakeClock().now)
    assert register.find_kiosk("kiosk-9") is None
    assert register.find_kiosk("kiosk-11") == other
    with pytest.raises(ParticipationError, match="revoked"):
        add(any_engine, Kiosk("kiosk-12", "operator-a", "store-1", "kiosk-12", b"k" * 32))
    with transaction(any_engine) as connection, pytest.raises(ParticipationError):
        revoke_place(connection, "operator-a", store, now=NOON)


def test_operator_and_store_are_enrolled_with_their_kiosk(any_engine: Engine) -> None:
    with transaction(any_engine) as connection:
        enrol_place(connection, "operator-a", None, name="見本ストア", now=NOON)
    add(any_engine)
    with transaction(any_engine) as connection:
        places = list_places(connection)
        with pytest.raises(ParticipationError):
            enrol_place(connection, " ", None, now=NOON)
    assert [(p.operator, p.store, p.name, p.is_revoked) for p in places] == [
        ("operator-a", None, "見本ストア", False),
        ("operator-a", "store-1", "store-1", False),
    ]


def test_kiosk_enrolled_by_the_version_before_speaks_too(engine: Engine) -> None:
    """That version writes no row into the newer table of keys."""
    add(engine)
    with transaction(engine) as connection:
        connection.execute(kiosk_keys.delete())
        assert list_keys(connection) == ()
    assert KioskRegister(engine, (), FakeClock().now).find_kiosk("kiosk-9") == KIOSK


def test_its_first_key_overlaps_with_the_new_one_like_any_other(engine: Engine) -> None:
    add(engine)
    with transaction(engine) as connection:
        connection.execute(kiosk_keys.delete())
        roll_key(connection, NEW_KEY, overlap=HOUR, now=NOON)
    register = KioskRegister(engine, (), FakeClock().now)
    assert register.find_kiosk("kiosk-9") is not None
    assert register.find_kiosk("kiosk-9b") is not None
