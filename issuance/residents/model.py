"""Residents, the card certificates that point at them, and who is protected."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ResidentStatus(StrEnum):
    """Where a resident stands in the register (住民状態)."""

    ACTIVE = "active"
    MOVING_OUT = "moving_out"
    """転出予定: has announced to leave."""
    MOVED_OUT = "moved_out"
    DEAD = "dead"
    ERASED = "erased"
    """職権消除."""


class Sex(StrEnum):
    """性別 as the register writes it; it is printed nowhere."""

    MALE = "1"
    FEMALE = "2"
    OTHER = "3"
    UNKNOWN = ""


class LinkMedium(StrEnum):
    """What carries the certificate."""

    CARD = "card"
    """個人番号カード用."""
    PHONE = "phone"
    """移動端末設備用."""


class Feed(StrEnum):
    """A stream of data from elsewhere whose age matters."""

    RESIDENTS = "residents"
    CERTIFICATE_LINKS = "certificate_links"
    PROTECTIONS = "protections"


@dataclass(frozen=True, slots=True)
class Address:
    """住所 in the parts of the standard; every part verbatim."""

    prefecture: str
    city: str
    town: str
    lot: str
    """番地号表記."""
    building: str
    """方書."""

    @property
    def text(self) -> str:
        """The address in one line, as it is printed."""
        line = self.prefecture + self.city + self.town + self.lot
        return f"{line}　{self.building}" if self.building else line


@dataclass(frozen=True, slots=True)
class Resident:
    """A person in the resident register (住民)."""

    resident_id: str
    """宛名番号; text, leading zeros matter."""
    household_no: str
    """世帯番号 as registered today."""
    status: ResidentStatus
    name: str
    name_kana: str
    birth_date: date
    sex: Sex
    relation: str
    """続柄表記."""
    address: Address
    history_no: int
    """履歴番号; a higher one is newer."""


@dataclass(frozen=True, slots=True)
class CertificateLink:
    """Which resident a card certificate belongs to (番号紐付情報)."""

    issuer_key_id: bytes
    """SHA-256 of the issuing authority's SubjectPublicKeyInfo."""
    serial: int
    resident_id: str
    medium: LinkMedium
    valid_from: date
    valid_to: date
    source: str
    """Which delivery or which office made the link."""

    def covers(self, day: date) -> bool:
        """Tell whether the link holds on ``day``."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True, slots=True)
class Protection:
    """A protection measure for a victim of violence (支援措置)."""

    resident_id: str
    history_no: int
    kind: str
    starts_on: date
    ends_on: date | None
    """Last day; None while open."""

    def covers(self, day: date) -> bool:
        """Tell whether the measure holds on ``day``."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class LinkedResident:
    """A certificate link with the resident it leads to."""

    link: CertificateLink
    resident: Resident


@dataclass(frozen=True, slots=True)
class FeedState:
    """How fresh the data of one feed is."""

    feed: Feed
    as_of: datetime
    """The data shows the world at this moment."""
