"""Which certificates no longer count: a signed list of ids that mean nothing to others.

    payload = { 1: number of the list, 2: made at, 3: next update, 4: salt (16 bytes),
                5: [ [revocation id, revoked at, certificate number in its place or null] … ] }

A revocation id is the first 8 bytes of HMAC-SHA-256(salt, certificate id). Only who holds the paper
knows the certificate id, so the list tells nobody else which certificates it names.
Rows stand in ascending order of their ids. Source: [KONBINI 2.6].
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from issuance.certificates import cose
from issuance.certificates.errors import ListRollbackError, MalformedListError
from issuance.certificates.signed_list import open_list, read_moment, write_moment

KIND = "risai+revocation-list"
REVOCATION_ID_BYTES = 8
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class RevokedCertificate:
    """One certificate that was taken back."""

    certificate_id: bytes
    revoked_at: datetime
    superseded_by: str | None = None
    """Number of the certificate that stands in its place."""


@dataclass(frozen=True, slots=True)
class RevocationRow:
    """One line of the list, as a reader sees it."""

    revocation_id: bytes
    revoked_at: datetime
    superseded_by: str | None


@dataclass(frozen=True, slots=True)
class RevocationList:
    """All lines, and how old they are."""

    sequence: int
    issued_at: datetime
    next_update: datetime
    salt: bytes
    rows: tuple[RevocationRow, ...]

    def is_stale(self, now: datetime) -> bool:
        """Tell whether a newer list should have been fetched."""
        return now > self.next_update

    def find_row(self, certificate_id: bytes) -> RevocationRow | None:
        """Return the line that takes this certificate back."""
        wanted = revocation_id(self.salt, certificate_id)
        return next((row for row in self.rows if row.revocation_id == wanted), None)


def revocation_id(salt: bytes, certificate_id: bytes) -> bytes:
    """Return the 8 bytes under which a certificate stands in a list with this salt."""
    return hmac.digest(salt, certificate_id, sha256)[:REVOCATION_ID_BYTES]


def list_revocations(
    revoked: Iterable[RevokedCertificate],
    *,
    sequence: int,
    issued_at: datetime,
    next_update: datetime,
    salt: bytes,
) -> RevocationList:
    """Return the list that hides these certificates behind a salt of 16 random bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt is 16 bytes long")
    rows = {
        row.revocation_id: row
        for row in (
            RevocationRow(
                revocation_id(salt, found.certificate_id), found.revoked_at, found.superseded_by
            )
            for found in revoked
        )
    }
    ordered = tuple(rows[key] for key in sorted(rows))
    return RevocationList(sequence, issued_at, next_update, salt, ordered)


def build_revocation_list(revocations: RevocationList, anchor: Ed25519PrivateKey) -> bytes:
    """Return the signed list."""
    payload = {
        1: revocations.sequence,
        2: write_moment(revocations.issued_at),
        3: write_moment(revocations.next_update),
        4: revocations.salt,
        5: [
            [row.revocation_id, write_moment(row.revoked_at), row.superseded_by]
            for row in revocations.rows
        ],
    }
    return cose.sign(cose.encode(payload), anchor, KIND)


def parse_revocation_list(
    data: bytes, anchor: Ed25519PublicKey, *, seen_sequence: int = 0
) -> RevocationList:
    """Return a list that the anchor signed and that is no older than one seen before.

    Raises: MalformedListError, ListSignatureError, ListRollbackError.
    """
    match open_list(data, anchor, KIND):
        case {
            1: int(sequence),
            2: issued_at,
            3: next_update,
            4: bytes(salt),
            5: list(lines),
            **others,
        } if not others and len(salt) == SALT_BYTES:
            pass
        case _:
            raise MalformedListError("not the fields of a revocation list")
    if sequence < seen_sequence:
        raise ListRollbackError(sequence, seen_sequence)
    rows = tuple(_read_row(line) for line in lines)
    ids = [row.revocation_id for row in rows]
    if ids != sorted(set(ids)):
        raise MalformedListError("the lines are not in ascending order")
    return RevocationList(sequence, read_moment(issued_at), read_moment(next_update), salt, rows)


def _read_row(line: Any) -> RevocationRow:
    match line:
        case [bytes(found), revoked_at, (str() | None) as superseded_by] if (
            len(found) == REVOCATION_ID_BYTES
        ):
            return RevocationRow(found, read_moment(revoked_at), superseded_by)
    raise MalformedListError("not the fields of a revoked certificate")
