"""Counting what the books of gateway and municipality hold."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from gateway.billing.fees import EntryKind
from gateway.billing.ledger import load_entries
from gateway.database import reading
from gateway.sessions.model import DOUBT_AFTER
from gateway.sessions.store import sessions
from gateway.wire.bodies import SessionState
from issuance.certificates.store import certificate_numbers
from issuance.database import read
from issuance.wire.bodies import NumberState
from kiosk.tester.ports import Books

_UNFINISHED = (SessionState.PAID, SessionState.RELEASED, SessionState.COMPLETING)


@dataclass(frozen=True, slots=True)
class BookKeeper:
    """Counts for one municipality."""

    gateway: Engine
    core: Engine
    municipality_code: str

    def count(self, now: datetime) -> Books:
        """Return what stands in the books now, since they were begun."""
        with reading(self.gateway) as connection:
            entries = load_entries(connection, self.municipality_code)
            standing = [(state, since) for state, since in connection.execute(_SESSIONS)]
        kinds = Counter(entry.kind for entry in entries)
        with read(self.core) as connection:
            numbers = {state: count for state, count in connection.execute(_NUMBERS)}
        return Books(
            fees=kinds[EntryKind.ISSUED] - kinds[EntryKind.VOIDED],
            reversed_fees=kinds[EntryKind.VOIDED],
            yen_due={
                "resident": sum(entry.price.resident_pays for entry in entries),
                "municipality": sum(entry.price.commission_by_municipality for entry in entries),
            },
            issued=numbers.get(NumberState.ISSUED.value, 0),
            voided=numbers.get(NumberState.VOID.value, 0),
            in_doubt=sum(_is_doubtful(state, since, now) for state, since in standing),
        )


_SESSIONS = select(sessions.c.state, sessions.c.changed_at)
_NUMBERS = select(certificate_numbers.c.state, func.count()).group_by(certificate_numbers.c.state)


def _is_doubtful(state: str, since: datetime, now: datetime) -> bool:
    """Say whether reconciliation has called it doubtful, or would at its next run."""
    is_left = state in _UNFINISHED and now - since >= DOUBT_AFTER
    return is_left or state == SessionState.IN_DOUBT


def difference(now: Books, before: Books) -> Books:
    """Return what has come since ``before``."""
    return Books(
        fees=now.fees - before.fees,
        reversed_fees=now.reversed_fees - before.reversed_fees,
        yen_due={who: yen - before.yen_due[who] for who, yen in now.yen_due.items()},
        issued=now.issued - before.issued,
        voided=now.voided - before.voided,
        in_doubt=now.in_doubt - before.in_doubt,
    )
