"""Suspensions announced while the gateway runs, and what they stop."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gateway.database import transaction
from gateway.errors import ParticipationError
from gateway.participation.hours import Suspension
from gateway.participation.suspensions import (
    announce,
    concerning,
    list_announced,
    load_ahead,
    withdraw,
)
from issuance.wire.codes import DocumentType
from tests.gateway.fakes import NOON

HOUR = timedelta(hours=1)
PAUSE = Suspension(NOON, NOON + HOUR, "保守のため停止", "Stopped for maintenance")


def test_announced_suspension_comes_back_as_it_was(any_engine: Engine) -> None:
    one = replace(PAUSE, certificates=frozenset({DocumentType.VICTIM_CERTIFICATE}))
    with transaction(any_engine) as connection:
        made = announce(connection, "990001", one, by="tanaka", now=NOON)
        announce(connection, None, PAUSE, by="tanaka", now=NOON)
        assert made in list_announced(connection)
        ahead = load_ahead(connection, NOON)
        assert concerning(ahead, "990001") == (one,)
        assert concerning(ahead, None) == (PAUSE,)
        assert load_ahead(connection, NOON + HOUR) == ()


def test_withdrawn_suspension_stays_on_record_and_stops_nothing(any_engine: Engine) -> None:
    with transaction(any_engine) as connection:
        made = announce(connection, None, PAUSE, by="tanaka", now=NOON)
        withdraw(connection, made.suspension_id, now=NOON)
        assert load_ahead(connection, NOON) == ()
        assert [one.is_withdrawn for one in list_announced(connection)] == [True]
        with pytest.raises(ParticipationError):
            withdraw(connection, made.suspension_id, now=NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PAUSE, ends_at=NOON),
        replace(PAUSE, starts_at=NOON - 3 * HOUR, ends_at=NOON - HOUR),
        replace(PAUSE, text_en=" "),
        replace(PAUSE, text_ja=""),
    ],
)
def test_suspension_that_helps_nobody_is_refused(engine: Engine, wrong: Suspension) -> None:
    with transaction(engine) as connection, pytest.raises(ParticipationError):
        announce(connection, None, wrong, by="tanaka", now=NOON)


def test_suspension_of_a_code_that_nobody_has_is_refused(engine: Engine) -> None:
    """A mistyped code would be announced to nobody."""
    with transaction(engine) as connection, pytest.raises(ParticipationError, match="six digits"):
        announce(connection, "99001", PAUSE, by="tanaka", now=NOON)
