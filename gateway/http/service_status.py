"""Step 0: what a kiosk shows before anybody puts a card down. Pure."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.billing.fees import SheetPurpose
from gateway.errors import NotLiveError
from gateway.introduction.gate import Admitted, admit
from gateway.introduction.service import admit_now, day_in_japan
from gateway.introduction.store import load_live
from gateway.participation.hours import Suspension, is_open, next_opening, suspension_at
from gateway.participation.model import Participation
from gateway.participation.suspensions import Announced, concerning, load_ahead
from gateway.wire.bodies import Environment, MunicipalityOffer, Notice, ServiceStatus


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database knows at a moment: who is live, what was announced."""

    admitted: Mapping[str, Admitted]
    announced: tuple[Announced, ...]


def load_standing(
    connection: Connection, participation: Participation, kiosk_id: str, now: datetime
) -> Standing:
    """Return who serves at that kiosk now, and what was announced."""
    live, admitted = load_live(connection), {}
    for municipality in participation.municipalities:
        code = municipality.code
        with suppress(NotLiveError):
            if code in live or not municipality.tariff.store_tests:
                admitted[code] = admit(municipality, live.get(code), day_in_japan(now))
            else:
                admitted[code] = admit_now(connection, municipality, kiosk_id, now)
    return Standing(admitted, load_ahead(connection, now))


def service_status(
    participation: Participation, standing: Standing, environment: Environment, now: datetime
) -> ServiceStatus:
    """Return hours, notices and municipalities as they are at ``now``.

    A municipality before its gate stands in it at the kiosks of its real-store test only.
    """
    open_now = is_open(participation.hours, now)
    everybody = (*participation.suspensions, *concerning(standing.announced, None))
    suspended = suspension_at(everybody, now)
    notices = [_notice(None, known) for known in everybody if known.ends_at > now]
    offers = []
    for municipality in participation.municipalities:
        admitted = standing.admitted.get(municipality.code)
        if admitted is None:
            continue
        own = (*municipality.suspensions, *concerning(standing.announced, municipality.code))
        notices += [_notice(municipality.code, known) for known in own if known.ends_at > now]
        offers.append(_offer(participation, admitted, own, now))
    opens_at = None if open_now else next_opening(participation.hours, now)
    if suspended is not None:
        opens_at = suspended.ends_at
    return ServiceStatus(
        environment=environment,
        open_now=open_now and suspended is None,
        opens_at=opens_at,
        municipalities=tuple(offers),
        notices=tuple(notices),
    )


def _offer(
    participation: Participation,
    admitted: Admitted,
    suspensions: tuple[Suspension, ...],
    now: datetime,
) -> MunicipalityOffer:
    municipality = admitted.municipality
    is_test = admitted.purpose is SheetPurpose.STORE_TEST
    served = [kind for kind in municipality.fees if suspension_at(suspensions, now, kind) is None]
    # Without its own hours it follows the service's, which the status tells already.
    in_hours = municipality.hours is None or is_open(participation.hours_of(municipality), now)
    return MunicipalityOffer(
        municipality_code=municipality.code,
        prefecture=municipality.prefecture,
        name=municipality.name + "（試験）" * is_test,
        name_en=municipality.name_en + " (test)" * is_test,
        open_now=bool(served) and in_hours,
        core_key_id=municipality.core_manifest_key_id,
        core_key=municipality.core_manifest_key,
    )


def _notice(code: str | None, suspension: Suspension) -> Notice:
    return Notice(
        municipality_code=code,
        starts_at=suspension.starts_at,
        ends_at=suspension.ends_at,
        text_ja=suspension.text_ja,
        text_en=suspension.text_en,
    )
