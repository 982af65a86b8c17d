"""The unavoidable work of one sheet, done with the product's own functions and nothing around."""

import secrets
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.sessions import Sessions
from cardsim.pki.certificates import AUTH_POLICY
from gateway.verification.policy import PinnedAuthority, VerificationPolicy
from gateway.verification.profile import (
    check_critical_extensions,
    check_purpose,
    check_signature,
    check_validity,
    find_issuer,
    read_certificate,
)
from gateway.verification.proof import check_card_signature
from gateway.verification.revocation import (
    FreshnessRules,
    GoodStatus,
    check_response,
    make_request,
)
from issuance.certificates.content import (
    CertificateContent,
    DamageClass,
    HouseholdMember,
    Subject,
)
from issuance.certificates.sealing import seal
from issuance.wire.recipes import document_info

_OLDEST = timedelta(hours=1)
"""Longer than the benchmark runs: looking at the age is the work, not refusing."""


class Floor:
    """Does the floor's parts and keeps their times."""

    def __init__(self, sessions: Sessions, database: Path) -> None:
        self.parts: dict[str, list[float]] = defaultdict(list)
        self._town = sessions.town
        self._digest = sha256(b"floor").digest()
        customer = sessions.customer()
        self._certificate, self._signature = (
            customer.certificate,
            customer.sign_digest(self._digest),
        )
        authority = self._town.authority.auth_issuer.certificate
        self._policy = VerificationPolicy.of([authority], [AUTH_POLICY.dotted_string])
        self._status = self._ask_ocsp(PinnedAuthority.pin(authority))
        self._connection = sqlite3.connect(database, isolation_level=None)
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE sheets (number TEXT PRIMARY KEY, digest BLOB)",
        ):
            self._connection.execute(statement)
        self._key = X25519PrivateKey.generate().public_key().public_bytes_raw()
        self._count = 0

    def _ask_ocsp(self, issuer: PinnedAuthority) -> GoodStatus:
        nonce = secrets.token_bytes(32)
        serial = read_certificate(self._certificate).serial_number
        answer = self._town.responder.respond(make_request(issuer, serial, nonce))
        return check_response(
            answer,
            issuer=issuer,
            serial=serial,
            nonce=nonce,
            now=self._town.now(),
            rules=FreshnessRules(),
        )

    async def one(self) -> float:
        """Do one sheet's work; return the seconds."""
        started = time.perf_counter()
        self._timed("verify", self._verify)
        self._timed("set and sign", self._press)
        self._timed("seal", self._seal)
        self._timed("two commits", self._commit)
        return time.perf_counter() - started

    def _timed(self, name: str, work: Callable[[], None]) -> None:
        started = time.perf_counter()
        work()
        self.parts[name].append(time.perf_counter() - started)

    def _verify(self) -> None:
        now = self._town.now()
        certificate = read_certificate(self._certificate)
        issuer = find_issuer(certificate, self._policy.pinned_authorities)
        check_signature(certificate, issuer)
        check_validity(certificate, issuer, now=now, session_end=now + timedelta(minutes=10))
        check_purpose(certificate, self._policy.accepted_policies)
        check_critical_extensions(certificate)
        if now > self._status.this_update + _OLDEST:
            raise TimeoutError("the cached OCSP answer is too old")
        check_card_signature(certificate, self._signature, self._digest)

    def _press(self) -> None:
        self._count += 1
        press = self._town.core.parts.press
        document = press.press(
            replace(_CONTENT, certificate_id=secrets.token_bytes(16)),
            signed_at=self._town.now().replace(microsecond=0),
        )
        self._pdf = document.pdf

    def _seal(self) -> None:
        digest = sha256(self._pdf).digest()
        info = document_info(session_id="0", order=digest, bind=digest, pdf_digest=digest)
        seal(self._pdf, self._key, info)

    def _commit(self) -> None:
        for kind in ("intent", "issued"):
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(
                "INSERT INTO sheets VALUES (?, ?)", (f"{kind}-{self._count}", self._digest)
            )
            self._connection.execute("COMMIT")


def _content() -> CertificateContent:
    return CertificateContent(
        municipality_code="990019",
        municipality_name="見本市",
        issuer_title="見本市長",
        issuer_name="見本　太郎",
        certificate_number="990019-2026-0000001-11",
        certificate_id=bytes(16),
        print_number=1,
        householder_address="見本県見本市中央一丁目２番３号",
        householder_name="見本　花子",
        members=(HouseholdMember("見本　花子", "世帯主"), HouseholdMember("見本　小春", "子")),
        damaged_on=date(2026, 10, 3),
        disaster_name="令和8年見本地震",
        house_location="見本県見本市中央一丁目２番３号",
        damage_class=DamageClass.HALF,
        extra_2=None,
        extra_3=None,
        issued_on=date(2026, 11, 23),
        subject=Subject(bytes(32), 1, "0000000001"),
        record_version=1,
    )


_CONTENT = _content()
