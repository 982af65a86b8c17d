"""The demo certification authority: makes cards, revokes certificates, remembers both.

Everything is made when it is needed; nothing dated is committed.
Serial numbers follow from a seed, so a municipality can be told them before any card is made.
A card is made anew, with the same serial, whenever it is asked for: so a persona's certificate
is expired, not yet valid or sound on whatever day the demo is opened.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from cardsim import jpki, profile
from cardsim.errors import AuthorityFilesError
from cardsim.files import Application, CardImage
from cardsim.persona import CertificateState, Persona
from cardsim.pki import certificates
from cardsim.pki.certificates import DEMO_POLICY_ARC, Holder, Issuer
from cardsim.pki.key_files import read_key, replace_file, write_key

_DAY = timedelta(days=1)
_VALIDITY = 5 * 365 * _DAY
_RECORD = "authority.json"
_ROLES = ("auth_ca", "sign_ca", "ocsp")


class Kind(StrEnum):
    """The two certificates of a card."""

    AUTH = "auth"
    SIGN = "sign"


def make_rsa_key() -> RSAPrivateKey:
    """Return a fresh RSA-2048 key with exponent 65537."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(slots=True)
class DemoAuthority:
    """Both authorities of the demo, the key of its OCSP responder, and what was revoked."""

    auth_issuer: Issuer
    sign_issuer: Issuer
    ocsp_key: RSAPrivateKey
    seed: bytes
    make_key: Callable[[], RSAPrivateKey] = make_rsa_key
    revoked: dict[int, datetime] = field(default_factory=dict)
    """Serial of a revoked authentication certificate → moment of revocation."""
    policy_arc: str = DEMO_POLICY_ARC
    """Arc of the policy identifiers in its certificates."""
    folder: Path | None = None
    """Where it was saved last; other programs may revoke there too."""
    _caught_up: int = 0

    @classmethod
    def create(
        cls,
        now: datetime,
        *,
        make_key: Callable[[], RSAPrivateKey] = make_rsa_key,
        policy_arc: str = DEMO_POLICY_ARC,
    ) -> "DemoAuthority":
        """Return a new authority with fresh keys, valid from the day before ``now``."""
        authority = cls._from_keys(
            {role: make_key() for role in _ROLES}, secrets.token_bytes(16), now, make_key
        )
        authority.policy_arc = policy_arc
        return authority

    @classmethod
    def _from_keys(
        cls,
        keys: dict[str, RSAPrivateKey],
        seed: bytes,
        created: datetime,
        make_key: Callable[[], RSAPrivateKey],
    ) -> "DemoAuthority":
        auth = certificates.ca_certificate(
            keys["auth_ca"], certificates.AUTH_CA_NAME, serial=1, now=created
        )
        sign = certificates.ca_certificate(
            keys["sign_ca"], certificates.SIGN_CA_NAME, serial=1, now=created
        )
        return cls(
            Issuer(keys["auth_ca"], auth),
            Issuer(keys["sign_ca"], sign),
            keys["ocsp"],
            seed,
            make_key,
        )

    @property
    def auth_issuer_key_id(self) -> bytes:
        """SHA-256 of the authentication authority's SubjectPublicKeyInfo, 32 bytes."""
        spki = self.auth_issuer.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return sha256(spki).digest()

    def serial_for(self, persona_id: str, *, generation: int = 0, kind: Kind = Kind.AUTH) -> int:
        """Return the serial of a persona's certificate, known before it is made."""
        text = f"{kind}/{persona_id}/{generation}".encode()
        return int.from_bytes(sha256(self.seed + text).digest()[:8], "big") >> 1 | 1 << 62

    def linked_serials(self, persona: Persona) -> tuple[int, ...]:
        """Return the serials that the persona's municipality has been told."""
        if not persona.linked or persona.certificate is CertificateState.NONE:
            return ()
        generations = 2 if persona.certificate is CertificateState.RENEWED else 1
        return tuple(
            self.serial_for(persona.id, generation=number) for number in range(generations)
        )

    def issue_card(self, persona: Persona, now: datetime) -> CardImage:
        """Make the persona's card: two keys, two certificates, her PINs and counters."""
        self.catch_up()
        generation = 1 if persona.certificate is CertificateState.RENEWED else 0
        serial = self.serial_for(persona.id, generation=generation)
        self._remember_state(persona, serial, now)
        auth_key, sign_key = self.make_key(), self.make_key()
        start, end = _validity(persona.certificate, now)
        without = persona.certificate is CertificateState.NONE
        auth = certificates.auth_certificate(
            self.auth_issuer,
            auth_key.public_key(),
            serial=serial,
            not_before=start,
            not_after=end,
            policy=certificates.auth_policy(self.policy_arc),
        )
        sign = certificates.sign_certificate(
            self.sign_issuer,
            sign_key.public_key(),
            Holder(persona.name, persona.address, persona.birth_date, persona.sex),
            serial=self.serial_for(persona.id, generation=generation, kind=Kind.SIGN),
            not_before=start,
            not_after=end,
            policy=certificates.sign_policy(self.policy_arc),
        )
        der = serialization.Encoding.DER
        application = jpki.application(
            auth_key=auth_key,
            auth_certificate=None if without else auth.public_bytes(der),
            auth_ca_certificate=self.auth_issuer.certificate.public_bytes(der),
            sign_key=sign_key,
            sign_certificate=None if without else sign.public_bytes(der),
            sign_ca_certificate=self.sign_issuer.certificate.public_bytes(der),
        )
        return _image(persona, application)

    def _remember_state(self, persona: Persona, serial: int, now: datetime) -> None:
        if persona.certificate is CertificateState.REVOKED:
            self.revoked.setdefault(serial, now - _DAY)
        if persona.certificate is CertificateState.RENEWED:
            self.revoked.setdefault(self.serial_for(persona.id), now - _DAY)

    def revoke(self, serial: int, at: datetime) -> None:
        """Revoke a certificate from ``at`` on."""
        self.revoked[serial] = at

    def unrevoke(self, serial: int) -> None:
        """Take a revocation back, which only a simulator can."""
        self.revoked.pop(serial, None)

    def revoked_at(self, serial: int) -> datetime | None:
        """Return when a certificate was revoked; None when it is good."""
        self.catch_up()
        return self.revoked.get(serial)

    def crl(self, now: datetime) -> bytes:
        """Return the authentication authority's revocation list, DER, good for a day.

        Its number grows with time: it is the second at which it was made.
        """
        self.catch_up()
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            self.auth_issuer.key.public_key()
        )
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.auth_issuer.certificate.subject)
            .last_update(now)
            .next_update(now + _DAY)
            .add_extension(issuer_key, critical=False)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        )
        for serial, moment in sorted(self.revoked.items()):
            entry = x509.RevokedCertificateBuilder(serial, moment).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.auth_issuer.key, hashes.SHA256()).public_bytes(
            serialization.Encoding.DER
        )

    def save(self, folder: Path) -> None:
        """Write keys and revocations, the record last and each file in one step.

        The keys lie open: they guard nothing but a demo.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = {
            "auth_ca": self.auth_issuer.key,
            "sign_ca": self.sign_issuer.key,
            "ocsp": self.ocsp_key,
        }
        for role, key in keys.items():
            write_key(folder / f"{role}.DEMO.pem", key)
        record = {
            "seed": self.seed.hex(),
            "created": self.auth_issuer.certificate.not_valid_before_utc.timestamp() + 86400,
            "revoked": {str(serial): at.timestamp() for serial, at in self.revoked.items()},
            "policy_arc": self.policy_arc,
        }
        replace_file(folder / _RECORD, json.dumps(record, indent=1).encode("ascii"))
        self.folder, self._caught_up = folder, _written_at(folder)

    def catch_up(self) -> None:
        """Learn what another program with the same folder has revoked since.

        Raises: AuthorityFilesError.
        """
        if self.folder is None:
            return
        written = _written_at(self.folder)
        if written != self._caught_up:
            self.revoked = _revocations(_read_record(self.folder), self.folder)
            self._caught_up = written

    @classmethod
    def load(
        cls, folder: Path, *, make_key: Callable[[], RSAPrivateKey] = make_rsa_key
    ) -> "DemoAuthority":
        """Return the authority that was saved in ``folder``. Raises: AuthorityFilesError."""
        keys = {role: read_key(folder / f"{role}.DEMO.pem") for role in _ROLES}
        record = _read_record(folder)
        try:
            created = datetime.fromtimestamp(record["created"], tz=UTC)
            authority = cls._from_keys(keys, bytes.fromhex(record["seed"]), created, make_key)
            authority.policy_arc = record.get("policy_arc", DEMO_POLICY_ARC)
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise _damaged(folder) from error
        authority.folder = folder
        authority.catch_up()
        return authority


def _read_record(folder: Path) -> dict[str, Any]:
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise _damaged(folder) from error
    if not isinstance(record, dict):
        raise _damaged(folder)
    return record


def _revocations(record: dict[str, Any], folder: Path) -> dict[int, datetime]:
    try:
        return {
            int(serial): datetime.fromtimestamp(moment, tz=UTC)
            for serial, moment in record["revoked"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _damaged(folder) from error


def _written_at(folder: Path) -> int:
    """Return when the record was last written, nanoseconds; 0 when it is not there."""
    try:
        return (folder / _RECORD).stat().st_mtime_ns
    except OSError:
        return 0


def _damaged(folder: Path) -> AuthorityFilesError:
    return AuthorityFilesError(
        f"{folder / _RECORD} is missing or damaged; delete the folder and a new authority is made"
    )


def _validity(state: CertificateState, now: datetime) -> tuple[datetime, datetime]:
    if state is CertificateState.EXPIRED:
        return now - _VALIDITY - _DAY, now - _DAY
    if state is CertificateState.NOT_YET_VALID:
        return now + 7 * _DAY, now + _VALIDITY
    return now - 30 * _DAY, now + _VALIDITY


def _image(persona: Persona, application: Application) -> CardImage:
    basic_four = profile.basic_four_items(
        name=persona.name, address=persona.address, birth_date=persona.birth_date, sex=persona.sex
    )
    pins = (
        *jpki.pin_specs(auth=persona.auth_pin.encode(), sign=persona.sign_pin.encode()),
        *profile.pin_specs(persona.profile_pin.encode()),
    )
    return CardImage(
        card_id=persona.id,
        atr=jpki.CONTACTLESS_ATR if persona.contactless else jpki.CONTACT_ATR,
        applications=(application, profile.application(basic_four)),
        pins=pins,
        tries_left=(
            (jpki.AUTH_PIN, persona.auth_tries_left),
            (jpki.SIGN_PIN, persona.sign_tries_left),
            (profile.PROFILE_PIN, persona.profile_tries_left),
        ),
    )
