"""Why the core refuses: the closed set of reasons that may leave the municipality.

``NOT_AT_KIOSK`` is one neutral answer for many causes: who asks must not learn which.
"""

from enum import StrEnum


class DocumentType(StrEnum):
    """What can be issued."""

    VICTIM_CERTIFICATE = "victim_certificate"
    """罹災証明書."""


class CoreRefusal(StrEnum):
    """The reason in a problem document of the core (member ``reason``)."""

    MALFORMED = "malformed"
    """The request does not have the form of this API."""
    UNAUTHENTICATED = "unauthenticated"
    """The request is not signed by a gateway this core knows."""
    REPLAYED = "replayed"
    """The same signed request came before."""
    TOO_LARGE = "too-large"
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused"
    """The key was used with another body."""
    IN_PROGRESS = "in-progress"
    """The same request is being worked on."""
    NOT_LINKED = "not-linked"
    """No resident is known under this certificate (E33)."""
    NOT_AT_KIOSK = "not-at-kiosk"
    """The counter must decide; the cause is not told (E34)."""
    NOTHING_TO_ISSUE = "nothing-to-issue"
    """The person is fine but has no certificate that can be issued now (E02)."""
    RECORD_CHANGED = "record-changed"
    """The record is not the one shown to the resident any more (E43)."""
    NOT_PRINTABLE = "not-printable"
    """A character has no glyph, or a text is too long for the form (E42)."""
    UNKNOWN_ORDER = "unknown-order"
    """No such order, or not in a state that allows this (E36)."""
    LINE_STOPPED = "line-stopped"
    """An integrity alarm stopped issuing for this municipality (E41)."""
    INTERNAL = "internal"
