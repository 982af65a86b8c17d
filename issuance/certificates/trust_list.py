"""Whose signature counts: the signed list of every municipality's keys.

    payload = { 1: number of the list, 2: made at, 3: next update, 4: [ entry … ] }
    entry   = { 1: key id, 2: "JP-" + municipality code, 3: algorithm, 4: public key, 5: not before,
                6: not after, 7: status (0 active, 1 disabled), 8: [ DER certificate … ] }

Moments are whole seconds since 1970. The list is a COSE_Sign1 message of one trust anchor, and a
reader refuses a list with a lower number than one it has seen. Source: [KONBINI 2.7].
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from issuance.certificates import cose
from issuance.certificates.errors import ListRollbackError, MalformedListError
from issuance.certificates.signed_list import open_list, read_moment, write_moment

KIND = "risai+trust-list"
ISSUER_PREFIX = "JP-"
PUBLIC_KEY_BYTES = 32


class KeyStatus(IntEnum):
    """Whether a key still counts, whatever its dates say."""

    ACTIVE = 0
    DISABLED = 1


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """One key of one municipality."""

    municipality_code: str
    public_key: bytes
    """Ed25519, 32 bytes."""
    not_before: datetime
    not_after: datetime
    status: KeyStatus = KeyStatus.ACTIVE
    pdf_certificates: tuple[bytes, ...] = ()
    """DER of the certificates under which this municipality signs PDF files."""
    algorithm: int = cose.EDDSA

    @property
    def key(self) -> Ed25519PublicKey:
        """The key itself."""
        return Ed25519PublicKey.from_public_bytes(self.public_key)

    @property
    def key_id(self) -> bytes:
        """8 bytes; computed, so that a list cannot call a key by another's name."""
        return cose.key_id(self.key)

    def covers(self, moment: datetime) -> bool:
        """Tell whether the key was meant for use at this moment and is not disabled."""
        in_time = self.not_before <= moment <= self.not_after
        return in_time and self.status is KeyStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class TrustList:
    """All entries, and how old they are."""

    sequence: int
    issued_at: datetime
    next_update: datetime
    entries: tuple[TrustEntry, ...]

    def is_stale(self, now: datetime) -> bool:
        """Tell whether a newer list should have been fetched."""
        return now > self.next_update

    def find_entries(self, key_id: bytes) -> tuple[TrustEntry, ...]:
        """Return every entry with this key id; ids are short and may meet."""
        return tuple(entry for entry in self.entries if entry.key_id == key_id)

    def find_municipality(self, municipality_code: str) -> tuple[TrustEntry, ...]:
        """Return every entry of one municipality."""
        return tuple(e for e in self.entries if e.municipality_code == municipality_code)


def build_trust_list(trust_list: TrustList, anchor: Ed25519PrivateKey) -> bytes:
    """Return the signed list."""
    payload = {
        1: trust_list.sequence,
        2: write_moment(trust_list.issued_at),
        3: write_moment(trust_list.next_update),
        4: [_write_entry(entry) for entry in trust_list.entries],
    }
    return cose.sign(cose.encode(payload), anchor, KIND)


def parse_trust_list(data: bytes, anchor: Ed25519PublicKey, *, seen_sequence: int = 0) -> TrustList:
    """Return a list that the anchor signed and that is no older than one seen before.

    Raises: MalformedListError, ListSignatureError, ListRollbackError.
    """
    match open_list(data, anchor, KIND):
        case {1: int(sequence), 2: issued_at, 3: next_update, 4: list(entries), **others} if (
            not others
        ):
            pass
        case _:
            raise MalformedListError("not the fields of a trust list")
    if sequence < seen_sequence:
        raise ListRollbackError(sequence, seen_sequence)
    return TrustList(
        sequence,
        read_moment(issued_at),
        read_moment(next_update),
        tuple(_read_entry(entry) for entry in entries),
    )


def _write_entry(entry: TrustEntry) -> dict[int, object]:
    return {
        1: entry.key_id,
        2: ISSUER_PREFIX + entry.municipality_code,
        3: entry.algorithm,
        4: entry.public_key,
        5: write_moment(entry.not_before),
        6: write_moment(entry.not_after),
        7: int(entry.status),
        8: list(entry.pdf_certificates),
    }


def _read_entry(fields: Any) -> TrustEntry:
    match fields:
        case {
            1: bytes(claimed_id),
            2: str(issuer),
            3: int(algorithm),
            4: bytes(public_key),
            5: not_before,
            6: not_after,
            7: int(status),
            8: list(certificates),
            **others,
        } if not others:
            pass
        case _:
            raise MalformedListError("not the fields of an entry")
    code = issuer.removeprefix(ISSUER_PREFIX)
    well_formed = (
        issuer == ISSUER_PREFIX + code
        and len(public_key) == PUBLIC_KEY_BYTES
        and status in list(KeyStatus)
        and all(type(certificate) is bytes for certificate in certificates)
    )
    if not well_formed:
        raise MalformedListError("an entry has a field of another form")
    entry = TrustEntry(
        municipality_code=code,
        public_key=public_key,
        not_before=read_moment(not_before),
        not_after=read_moment(not_after),
        status=KeyStatus(status),
        pdf_certificates=tuple(certificates),
        algorithm=algorithm,
    )
    if entry.key_id != claimed_id:
        raise MalformedListError("an entry calls its key by another name")
    return entry
