"""Step 0: what a kiosk shows before anybody puts a card down. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.introduction.gate import LiveRecord, is_live
from gateway.introduction.service import day_in_japan
from gateway.introduction.store import load_live
from gateway.participation.hours import Suspension, is_open, next_opening, suspension_at
from gateway.participation.model import Municipality, Participation
from gateway.participation.suspensions import Announced, concerning, load_ahead
from gateway.wire.bodies import Environment, MunicipalityOffer, Notice, ServiceStatus


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database knows at a moment: who is live, what was announced."""

    live: Mapping[str, LiveRecord]
    announced: tuple[Announced, ...]


def load_standing(connection: Connection, now: datetime) -> Standing:
    """Return who is live and what was announced."""
    return Standing(load_live(connection), load_ahead(connection, now))


def service_status(
    participation: Participation, standing: Standing, environment: Environment, now: datetime
) -> ServiceStatus:
    """Return hours, notices and municipalities as they are at ``now``.

    A municipality whose gate is open still does not stand in it.
    """
    open_now = is_open(participation.hours, now)
    everybody = (*participation.suspensions, *concerning(standing.announced, None))
    suspended = suspension_at(everybody, now)
    notices = [_notice(None, known) for known in everybody if known.ends_at > now]
    offers = []
    for municipality in participation.municipalities:
        if not is_live(standing.live.get(municipality.code), day_in_japan(now)):
            continue
        own = (*municipality.suspensions, *concerning(standing.announced, municipality.code))
        notices += [_notice(municipality.code, known) for known in own if known.ends_at > now]
        offers.append(_offer(participation, municipality, own, now))
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
    municipality: Municipality,
    suspensions: tuple[Suspension, ...],
    now: datetime,
) -> MunicipalityOffer:
    served = [kind for kind in municipality.fees if suspension_at(suspensions, now, kind) is None]
    # Without its own hours it follows the service's, which the status tells already.
    in_hours = municipality.hours is None or is_open(participation.hours_of(municipality), now)
    return MunicipalityOffer(
        municipality_code=municipality.code,
        prefecture=municipality.prefecture,
        name=municipality.name,
        name_en=municipality.name_en,
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
