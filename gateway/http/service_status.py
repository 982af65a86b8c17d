"""Step 0: what a kiosk shows before anybody puts a card down. Pure."""

from datetime import datetime

from gateway.participation.hours import Suspension, is_open, next_opening, suspension_at
from gateway.participation.model import Participation
from gateway.wire.bodies import Environment, MunicipalityOffer, Notice, ServiceStatus


def service_status(
    participation: Participation, environment: Environment, now: datetime
) -> ServiceStatus:
    """Return hours, notices and municipalities as they are at ``now``."""
    open_now = is_open(participation.hours, now)
    suspended = suspension_at(participation.suspensions, now)
    notices = [_notice(None, known) for known in participation.suspensions if known.ends_at > now]
    for municipality in participation.municipalities:
        notices += [
            _notice(municipality.code, known)
            for known in municipality.suspensions
            if known.ends_at > now
        ]
    opens_at = None if open_now else next_opening(participation.hours, now)
    if suspended is not None:
        opens_at = suspended.ends_at
    return ServiceStatus(
        environment=environment,
        open_now=open_now and suspended is None,
        opens_at=opens_at,
        municipalities=tuple(
            MunicipalityOffer(
                municipality_code=municipality.code,
                prefecture=municipality.prefecture,
                name=municipality.name,
                name_en=municipality.name_en,
                open_now=suspension_at(municipality.suspensions, now) is None,
                core_key_id=municipality.core_manifest_key_id,
                core_key=municipality.core_manifest_key,
            )
            for municipality in participation.municipalities
        ),
        notices=tuple(notices),
    )


def _notice(code: str | None, suspension: Suspension) -> Notice:
    return Notice(
        municipality_code=code,
        starts_at=suspension.starts_at,
        ends_at=suspension.ends_at,
        text_ja=suspension.text_ja,
        text_en=suspension.text_en,
    )
