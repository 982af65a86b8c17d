"""Every arrow between states is one compare-and-set, and no other arrow exists."""

from itertools import product

import pytest
from sqlalchemy import Engine, text

from gateway.database import transaction
from gateway.errors import WrongStateError
from gateway.sessions.model import BEFORE_PAYMENT, ENDED, LEGAL
from gateway.sessions.store import NewSession, add_session, get_session, move, use_challenge
from gateway.wire.bodies import SessionState as S
from tests.gateway.fakes import NOON

SESSION = "0" * 32
ILLEGAL = [(a, b) for a, b in product(S, S) if b not in LEGAL[a]]


def add(engine: Engine, state: S = S.NEW) -> None:
    with transaction(engine) as connection:
        add_session(
            connection, NewSession(SESSION, "kiosk-1", "a", bytes(32), bytes(32), NOON, NOON)
        )
        connection.execute(text("UPDATE sessions SET state = :state"), {"state": state.value})


def state_of(engine: Engine) -> S:
    with transaction(engine) as connection:
        return get_session(connection, SESSION).state


@pytest.mark.parametrize(("leaving", "reaching"), ILLEGAL)
def test_arrow_that_does_not_exist_is_refused(engine: Engine, leaving: S, reaching: S) -> None:
    add(engine, leaving)

    with pytest.raises(WrongStateError), transaction(engine) as connection:
        move(connection, SESSION, leaving, reaching, now=NOON)

    assert state_of(engine) is leaving


def test_arrow_that_somebody_else_took_is_refused(any_engine: Engine) -> None:
    add(any_engine, S.READY)
    with transaction(any_engine) as connection:
        move(connection, SESSION, S.READY, S.PAID, now=NOON)

    with pytest.raises(WrongStateError), transaction(any_engine) as connection:
        move(connection, SESSION, S.READY, S.PAID, now=NOON)


def test_challenge_is_used_once(any_engine: Engine) -> None:
    add(any_engine)
    with transaction(any_engine) as connection:
        first = use_challenge(connection, SESSION)
    with transaction(any_engine) as connection:
        second = use_challenge(connection, SESSION)

    assert (first, second) == (True, False)


def test_every_state_has_its_arrows_written_down() -> None:
    assert set(LEGAL) == set(S)


def test_nothing_leads_out_of_an_end() -> None:
    assert {S.ISSUED, S.VOID, S.ABORTED, S.QUARANTINED} == ENDED


def test_nothing_that_was_paid_can_be_aborted() -> None:
    paid = set(S) - BEFORE_PAYMENT
    assert not any(S.ABORTED in LEGAL[state] for state in paid)


def test_every_way_to_issued_leads_over_payment_and_release() -> None:
    """Without PAID, RELEASED or a person's settlement no sheet is ever issued."""
    reached, edge = {S.NEW}, [S.NEW]
    while edge:
        for following in LEGAL[edge.pop()] - {S.PAID}:
            if following not in reached:
                reached.add(following)
                edge.append(following)
    assert S.ISSUED not in reached
