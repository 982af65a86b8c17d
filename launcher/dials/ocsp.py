"""The dial ``ocsp``: what the authority's responder says, and to whom."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cardsim.persona import CertificateState, Persona
from cardsim.pki.authority import DemoAuthority
from cardsim.pki.ocsp import Behaviour, Lie, OcspResponder
from launcher.dials.board import one_of, seconds

_A_MOMENT_AGO = timedelta(minutes=1)


class OcspKnob:
    """Turns the responder; ``forget`` makes the gateway ask anew for what it knew already."""

    def __init__(
        self,
        responder: OcspResponder,
        authority: DemoAuthority,
        personas: Sequence[Persona],
        *,
        now: Callable[[], datetime],
        forget: Callable[[], None],
    ) -> None:
        self._responder = responder
        self._authority = authority
        self._personas = {persona.id: persona for persona in personas}
        self._now = now
        self._forget = forget
        self._revoked: list[int] = []

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        behaviour = Behaviour()
        match setting:
            case "good" | "revoked":
                pass
            case "late":
                behaviour.delay_s = seconds(argument)
            case "silent":
                behaviour.silent = True
            case _:
                behaviour.lie = Lie(setting)
        revoked = self._wanted(argument) if setting == "revoked" else []
        self._take_back()
        for serial in revoked:
            self._revoke(serial)
        self._responder.behaviour = behaviour
        self._forget()

    def _wanted(self, persona_id: str) -> list[int]:
        if persona_id:
            one_of(persona_id, tuple(self._personas))
        return [
            self._serial(persona)
            for persona in self._personas.values()
            if persona_id in ("", persona.id)
        ]

    def _serial(self, persona: Persona) -> int:
        generation = 1 if persona.certificate is CertificateState.RENEWED else 0
        return self._authority.serial_for(persona.id, generation=generation)

    def _revoke(self, serial: int) -> None:
        if serial not in self._authority.revoked:
            self._authority.revoke(serial, self._now() - _A_MOMENT_AGO)
            self._revoked.append(serial)

    def _take_back(self) -> None:
        while self._revoked:
            self._authority.unrevoke(self._revoked.pop())
