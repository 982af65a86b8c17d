"""Who takes part: municipalities with their cores, operators with their kiosks.

Everything that differs between them is data here; no branch anywhere knows a name.
"""

from dataclasses import dataclass, field

from gateway.billing.fees import FeePolicy
from gateway.participation.hours import ServiceHours, Suspension
from issuance.wire.codes import DocumentType


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality that takes part, and how its core is reached and recognised."""

    code: str
    prefecture: str
    name: str
    name_en: str
    core_origin: str
    core_response_key_id: str
    core_response_key: bytes
    """Raw Ed25519 key that signs the core's answers."""
    core_manifest_key_id: str
    core_manifest_key: bytes
    """Raw Ed25519 key that signs the core's manifests."""
    pseudonym_key: bytes = field(repr=False)
    """HMAC key from which this municipality's pseudonyms are made; 32 bytes."""
    fees: dict[DocumentType, FeePolicy] = field(default_factory=dict)
    """Certificates it offers, with what it charges."""
    suspensions: tuple[Suspension, ...] = ()
    hours: ServiceHours | None = None
    """Its own hours and closing within the service's; None where it has the service's."""


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A machine in a store and the key it signs with."""

    kiosk_id: str
    operator: str
    store: str
    key_id: str
    public_key: bytes
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Participation:
    """The whole of it, as the gateway was configured."""

    municipalities: tuple[Municipality, ...]
    kiosks: tuple[Kiosk, ...]
    hours: ServiceHours
    suspensions: tuple[Suspension, ...] = ()
    """Suspensions that concern everybody."""

    def find_municipality(self, code: str) -> Municipality | None:
        """Return the municipality of that code, if it takes part."""
        return next((m for m in self.municipalities if m.code == code), None)

    def hours_of(self, municipality: Municipality) -> ServiceHours:
        """Return when that municipality's certificates can be had."""
        if self.hours.always_open or municipality.hours is None:
            return self.hours
        return municipality.hours
