"""The participation file: who takes part, in TOML, as an operator of the gateway writes it.

Public keys stand in the file as base64 of 32 raw bytes; the pseudonym key of a municipality is
secret and stands in a file of its own, as 64 hexadecimal digits, named relative to this one.
"""

import base64
import binascii
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from gateway.billing.fees import FeePolicy, Yen
from gateway.billing.tariff import Tariff
from gateway.errors import ParticipationError
from gateway.participation.fee_config import (
    BclRateSection,
    CommissionRateSection,
    FeeSection,
    StoreTestSection,
    build_rates,
)
from gateway.participation.hours import (
    CLOSES,
    OPENS,
    ServiceHours,
    Suspension,
    check_closing,
    check_within,
)
from gateway.participation.model import Kiosk, Municipality, Participation
from issuance.wire.codes import DocumentType
from issuance.wire.fields import MunicipalityCode, OpaqueId

KEY_BYTES = 32


def _public_key(text: str) -> str:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("a public key is written in base64") from error
    if len(raw) != KEY_BYTES:
        raise ValueError("a public key has 32 bytes")
    return text


PublicKeyText = Annotated[str, AfterValidator(_public_key)]


def _month_day(text: str) -> tuple[int, int]:
    moment = datetime.strptime(f"2024-{text}", "%Y-%m-%d").date()
    return moment.month, moment.day


def _day_of_year(text: str) -> str:
    try:
        _month_day(text)
    except ValueError as error:
        raise ValueError(f"“{text}” is no month and day; write it like 12-28") from error
    return text


DayOfYear = Annotated[str, Field(pattern=r"^\d\d-\d\d$"), AfterValidator(_day_of_year)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _SuspensionSection(_Section):
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    text_ja: str
    text_en: str
    certificates: frozenset[DocumentType] = frozenset()
    """Kinds of certificates that it concerns; none means all of them."""

    def build(self) -> Suspension:
        return Suspension(
            self.starts_at, self.ends_at, self.text_ja, self.text_en, self.certificates
        )


class _HoursSection(_Section):
    opens: time = OPENS
    closes: time = CLOSES
    closed_from: DayOfYear = "12-29"
    """First closed day at the year's end, month and day."""
    closed_until: DayOfYear = "01-03"

    def build(self) -> ServiceHours:
        return ServiceHours(
            self.opens, self.closes, _month_day(self.closed_from), _month_day(self.closed_until)
        )


class _MunicipalitySection(_Section):
    code: MunicipalityCode
    prefecture: str
    name: str
    name_en: str
    core_origin: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    core_response_key_id: OpaqueId
    core_response_key: PublicKeyText
    core_manifest_key_id: OpaqueId
    core_manifest_key: PublicKeyText
    pseudonym_key_file: str
    fees: dict[DocumentType, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """Legal fee of one sheet in yen, without a period; zero where it is free of charge."""
    fee: tuple[FeeSection, ...] = ()
    """Rules with periods; they go before ``fees``."""
    bcl_since: date | None = None
    """First day on which certificates are made by BCL; left out where BCL is not used."""
    store_test: tuple[StoreTestSection, ...] = ()
    suspension: tuple[_SuspensionSection, ...] = ()
    hours: _HoursSection | None = None
    """Its own hours, within the service's; an extended closing at the year's end."""

    def build(self, folder: Path) -> Municipality:
        return Municipality(
            code=self.code,
            prefecture=self.prefecture,
            name=self.name,
            name_en=self.name_en,
            core_origin=self.core_origin,
            core_response_key_id=self.core_response_key_id,
            core_response_key=base64.b64decode(self.core_response_key),
            core_manifest_key_id=self.core_manifest_key_id,
            core_manifest_key=base64.b64decode(self.core_manifest_key),
            pseudonym_key=_secret(folder / self.pseudonym_key_file),
            fees={kind: FeePolicy(Yen(fee)) for kind, fee in self.fees.items()},
            suspensions=tuple(one.build() for one in self.suspension),
            tariff=Tariff(
                rules=tuple(one.build() for one in self.fee),
                bcl_since=self.bcl_since,
                store_tests=tuple(one.build() for one in self.store_test),
            ),
            hours=None if self.hours is None else self.hours.build(),
        )


class _KioskSection(_Section):
    kiosk_id: OpaqueId
    operator: str
    store: str
    public_key: PublicKeyText

    def build(self) -> Kiosk:
        raw = base64.b64decode(self.public_key)
        return Kiosk(self.kiosk_id, self.operator, self.store, self.kiosk_id, raw)


class _File(_Section):
    hours: _HoursSection = _HoursSection()
    municipality: Annotated[tuple[_MunicipalitySection, ...], Field(min_length=1)]
    kiosk: tuple[_KioskSection, ...] = ()
    suspension: tuple[_SuspensionSection, ...] = ()
    commission_rate: tuple[CommissionRateSection, ...] = ()
    bcl_rate: tuple[BclRateSection, ...] = ()


def load_participation(path: Path) -> Participation:
    """Return who takes part. Raises: ParticipationError naming the place and what is wrong."""
    try:
        file = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ParticipationError(
            f"{path.name}: cannot be read ({error.strerror}); "
            "RISAI_GATEWAY_PARTICIPATION names the participation file"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParticipationError(f"{path.name}: is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ParticipationError(f"{path.name}: {place}: {first['msg']}") from None
    participation = Participation(
        municipalities=tuple(one.build(path.parent) for one in file.municipality),
        kiosks=tuple(one.build() for one in file.kiosk),
        hours=file.hours.build(),
        suspensions=tuple(one.build() for one in file.suspension),
        rates=build_rates(file.commission_rate, file.bcl_rate),
    )
    check_participation(participation)
    return participation


def check_participation(participation: Participation) -> None:
    """Refuse contradictions. Raises: ParticipationError."""
    _check_unique("municipality", [one.code for one in participation.municipalities])
    _check_unique("kiosk", [one.kiosk_id for one in participation.kiosks])
    _check_unique("kiosk key", [one.key_id for one in participation.kiosks])
    _check_unique("pseudonym key", [one.pseudonym_key for one in participation.municipalities])
    for known in participation.municipalities:
        overlap = known.tariff.find_overlap()
        if overlap is not None:
            raise ParticipationError(
                f"{known.code}: the fee of {overlap.certificate} from {overlap.valid_from} begins "
                "while another one holds; end that one the day before"
            )
    suspensions = [
        *participation.suspensions,
        *(one for known in participation.municipalities for one in known.suspensions),
    ]
    if any(one.ends_at <= one.starts_at for one in suspensions):
        raise ParticipationError("a suspension ends before it starts")
    if participation.hours.closes <= participation.hours.opens:
        raise ParticipationError("hours: closes before it opens")
    _check_hours("hours", participation.hours, participation.hours)
    for municipality in participation.municipalities:
        if municipality.hours is not None:
            place = f"municipality {municipality.code}: hours"
            _check_hours(place, municipality.hours, participation.hours)


def _check_hours(place: str, own: ServiceHours, service: ServiceHours) -> None:
    try:
        check_closing(own)
        check_within(own, service)
    except ValueError as error:
        raise ParticipationError(f"{place}: {error}") from error


def _check_unique(what: str, values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise ParticipationError(f"a {what} stands in the file twice")


def _secret(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise ParticipationError(f"{path.name}: holds no hexadecimal key") from error
    if len(key) != KEY_BYTES:
        raise ParticipationError(f"{path.name}: the key must have 32 bytes")
    return key
