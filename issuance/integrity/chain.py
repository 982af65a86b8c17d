"""The hash chain of the issue log: pure functions.

    entry hash = SHA-256("RISAI-ISSUE-LOG-v1" ‖ deterministic CBOR of
                 [previous hash, entry number, kind, microseconds since 1970, payload])

A changed, removed or inserted entry breaks the chain from there on.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import cbor2

from issuance.errors import LogBrokenError
from issuance.integrity.model import GENESIS, LogEntry, LogKind

LABEL = b"RISAI-ISSUE-LOG-v1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def chain_entry(
    *, previous_hash: bytes, entry_no: int, kind: LogKind, recorded_at: datetime, payload: bytes
) -> LogEntry:
    """Return the entry that follows ``previous_hash``."""
    microseconds = (recorded_at - _EPOCH) // timedelta(microseconds=1)
    fields = [previous_hash, entry_no, kind.value, microseconds, payload]
    digest = sha256(LABEL + cbor2.dumps(fields, canonical=True)).digest()
    return LogEntry(entry_no, kind, recorded_at, payload, previous_hash, digest)


def verify_chain(entries: Iterable[LogEntry]) -> tuple[int, bytes]:
    """Return how many entries the log has and the hash at its end.

    Raises: LogBrokenError naming the first entry that does not fit.
    """
    count, head = 0, GENESIS
    for entry in entries:
        expected = chain_entry(
            previous_hash=head,
            entry_no=count + 1,
            kind=entry.kind,
            recorded_at=entry.recorded_at,
            payload=entry.payload,
        )
        if expected != entry:
            raise LogBrokenError(count + 1)
        count, head = count + 1, entry.entry_hash
    return count, head
