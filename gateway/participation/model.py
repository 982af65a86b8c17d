"""Who takes part: municipalities with their cores, operators with their kiosks.

Everything that differs between them is data here; no branch anywhere knows a name.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.billing.fees import FeePolicy, SheetPrice
from gateway.billing.tariff import Channel, Rates, Tariff, find_price, rules_of
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
    """Certificates it offers at kiosks, with what it charges, where no period is stated."""
    suspensions: tuple[Suspension, ...] = ()
    hours: ServiceHours | None = None
    """Its own hours and closing within the service's; None where it has the service's."""
    tariff: Tariff = field(default_factory=Tariff)
    """Rules with periods, the use of BCL and real-store tests."""

    def find_price(
        self, document_type: DocumentType, moment: datetime, kiosk_id: str, *, rates: Rates
    ) -> SheetPrice | None:
        """Return what one sheet costs at a kiosk at a moment; None when it is not offered then.

        A rule with a period goes before a fee without one.
        """
        stated = rules_of((kind.value, policy) for kind, policy in self.fees.items())
        whole = replace(self.tariff, rules=(*self.tariff.rules, *stated))
        return find_price(whole, document_type.value, moment, kiosk_id, rates=rates)

    @property
    def has_fees(self) -> bool:
        """Whether it ever charges, or issues free of charge, at a kiosk."""
        return bool(self.fees) or any(rule.channel is Channel.KIOSK for rule in self.tariff.rules)


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
    rates: Rates = field(default_factory=Rates)

    def find_municipality(self, code: str) -> Municipality | None:
        """Return the municipality of that code, if it takes part."""
        return next((m for m in self.municipalities if m.code == code), None)

    def hours_of(self, municipality: Municipality) -> ServiceHours:
        """Return when that municipality's certificates can be had."""
        if self.hours.always_open or municipality.hours is None:
            return self.hours
        return municipality.hours


def fee_words(municipality: Municipality) -> list[str]:
    """Return what a municipality charges, as an operator of the gateway checks it."""
    words = [f"{kind.value} {policy.charged}" for kind, policy in municipality.fees.items()]
    for rule in municipality.tariff.rules:
        until = "" if rule.valid_until is None else rule.valid_until.isoformat()
        words.append(
            f"{rule.certificate} {rule.policy.charged} ({rule.channel.value} "
            f"{rule.valid_from.isoformat()}..{until})"
        )
    return words
