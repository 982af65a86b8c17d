"""Whom sessions may serve at a moment: gate passed, hours, suspensions. Nothing here commits."""

from datetime import datetime

from sqlalchemy import Connection

from gateway.errors import NotOfferedError, OutsideHoursError
from gateway.introduction.gate import Admitted
from gateway.introduction.service import admit_now
from gateway.participation.hours import is_open, next_opening, suspension_at
from gateway.participation.model import Municipality, Participation
from gateway.participation.suspensions import concerning, load_ahead
from gateway.sessions.model import Session
from issuance.wire.codes import DocumentType


def check_service_open(connection: Connection, participation: Participation, now: datetime) -> None:
    """Refuse while the whole service is closed. Raises: OutsideHoursError, NotOfferedError."""
    if not is_open(participation.hours, now):
        raise OutsideHoursError(next_opening(participation.hours, now))
    announced = concerning(load_ahead(connection, now), None)
    if suspension_at((*participation.suspensions, *announced), now) is not None:
        raise NotOfferedError("the service is suspended")


def admit_to_session(
    connection: Connection,
    participation: Participation,
    municipality: Municipality,
    session: Session,
    now: datetime,
) -> Admitted:
    """Return the municipality that serves now, for its residents or for its real-store test.

    Whether it is a test is settled by the moment in which the session was opened, as its price is.
    Raises: NotLiveError, OutsideHoursError, NotOfferedError.
    """
    admitted = admit_now(connection, municipality, session.kiosk_id, session.opened_at)
    hours = participation.hours_of(municipality)
    if not is_open(hours, now):
        raise OutsideHoursError(next_opening(hours, now))
    _check_not_suspended(connection, municipality, None, now)
    return admitted


def check_certificate_served(
    connection: Connection,
    participation: Participation,
    code: str,
    certificate: DocumentType | None,
    now: datetime,
) -> None:
    """Refuse a certificate that is suspended now. Raises: NotOfferedError.

    Before it is prepared a session must heed this; from then on it ends as it began, because the
    document is made and the resident stands before the coin slot.
    """
    municipality = participation.find_municipality(code)
    if municipality is None:
        raise NotOfferedError("this municipality does not take part")
    _check_not_suspended(connection, municipality, certificate, now)


def _check_not_suspended(
    connection: Connection,
    municipality: Municipality,
    certificate: DocumentType | None,
    now: datetime,
) -> None:
    ahead = load_ahead(connection, now)
    announced = (*concerning(ahead, None), *concerning(ahead, municipality.code))
    if suspension_at((*municipality.suspensions, *announced), now, certificate) is not None:
        raise NotOfferedError("this municipality suspends the service now")
