"""Stand-ins for what the core needs from outside: clock, chance, paper."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import cbor2
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from issuance.certificates.content import CertificateContent, Subject
from issuance.certificates.errors import UnprintableCharacterError
from issuance.ports import PressedDocument

UNPRINTABLE = "\ue000"


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    moment: datetime = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def forward(self, span: timedelta) -> None:
        self.moment += span


@dataclass
class FakeChance:
    """Random bytes that are the same in every run."""

    random: Random = field(default_factory=lambda: Random(1))

    def take(self, count: int) -> bytes:
        return self.random.randbytes(count)


@dataclass
class FakePress:
    """Makes a "document" in which a test can read what was pressed."""

    pressed: list[CertificateContent] = field(default_factory=list)
    mixes_up: Subject | None = None
    """When set, every document is about this person instead (a broken renderer)."""
    crashes: int = 0
    """How many of the next calls break down."""
    meanwhile: Callable[[], object] | None = None
    """What happens elsewhere while the next document is made."""

    def check_printable(self, content: CertificateContent) -> None:
        if UNPRINTABLE in content.householder_name:
            raise UnprintableCharacterError("householder_name", (0xE000,), 0)

    def count_pages(self, content: CertificateContent) -> int:
        return 1 if len(content.members) <= 6 else 2

    def press(
        self, content: CertificateContent, *, signed_at: datetime, is_test: bool = False
    ) -> PressedDocument:
        if self.crashes:
            self.crashes -= 1
            raise OSError("the power went")
        self.pressed.append(content)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        words = [content.householder_name, content.certificate_number, signed_at.isoformat()]
        return PressedDocument(
            pdf=b"%PDF-fake " + cbor2.dumps(words),
            pages=self.count_pages(content),
            certificate_number=content.certificate_number,
            subject=self.mixes_up or content.subject,
            record_version=content.record_version,
        )


SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal(plaintext: bytes, public_key: bytes, info: bytes) -> bytes:
    """Seal as the core does."""
    return SUITE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public_key), info)


def open_sealed(sealed: bytes, private_key: X25519PrivateKey, info: bytes) -> bytes:
    """Open as a kiosk does."""
    return SUITE.decrypt(sealed, private_key, info)
