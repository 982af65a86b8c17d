"""Why a card holder was not accepted: one class per step or cause, each with its step's number.

VerificationError (GatewayError)
├── CertificateUnreadableError           1  too long, not DER, not exactly one certificate
├── CertificateRefusedError                 not a certificate that opens this door
│   ├── UntrustedIssuerError             2  no pinned authority's key issued it
│   ├── CertificateSignatureError        3  the authority's signature does not hold
│   ├── WrongPurposeError                5  made for something other than authentication
│   └── UnknownCriticalExtensionError    6  it demands something that we do not understand
├── OutsideValidityError                    not valid for the whole session
│   ├── CertificateExpiredError          4  its end has passed
│   ├── CertificateNotYetValidError      4  its beginning has not come
│   ├── CertificateEndsTooSoonError      4  its end comes before the session's
│   └── AuthorityNotValidError           4  the authority's own certificate is outside its period
├── RevokedError                         7  revoked, suspended or unknown to the responder
├── RevocationUnknownError               7  no answer that can be trusted: the answer is no
├── ChallengeRefusedError                8  not ours, not this session's, used, or too old
└── ProofRefusedError                       the card did not sign for this session
    ├── UnsupportedKeyError              9  the certificate's key is not RSA-2048
    └── CardSignatureError               9  the card's signature does not hold

Source: [RISAI-PROTOCOL 3].
"""

from enum import StrEnum
from typing import ClassVar

from gateway.errors import GatewayError


class VerificationError(GatewayError):
    """A numbered check said no. Carries no serial number and nothing else of the certificate."""

    step: ClassVar[int]
    """Number of the check in :mod:`gateway.verification.verifier`."""


class CertificateUnreadableError(VerificationError):
    """What was sent is not exactly one certificate of a sensible size."""

    step = 1


class CertificateRefusedError(VerificationError):
    """The certificate is none that the gateway accepts for authentication."""


class UntrustedIssuerError(CertificateRefusedError):
    """No pinned authority's key issued this certificate, whatever its issuer is called."""

    step = 2


class CertificateSignatureError(CertificateRefusedError):
    """The authority's signature over the certificate does not hold, or is of a weaker kind."""

    step = 3


class PurposeFault(StrEnum):
    """What shows that a certificate was made for something else."""

    AUTHORITY = "authority"
    """It may issue certificates itself."""
    KEY_USAGE_MISSING = "key-usage-missing"
    KEY_USAGE_NOT_CRITICAL = "key-usage-not-critical"
    KEY_USAGE = "key-usage"
    """It allows anything besides digitalSignature, or not even that."""
    EXTENDED_KEY_USAGE = "extended-key-usage"
    """It lists purposes, and client authentication is not among them."""
    POLICY_MISSING = "policy-missing"
    POLICY = "policy"
    """It was issued under another policy, such as that of the signature certificate."""


class WrongPurposeError(CertificateRefusedError):
    """The certificate was not made for authenticating its holder."""

    step = 5

    def __init__(self, fault: PurposeFault) -> None:
        super().__init__(f"the certificate was made for another purpose: {fault}")
        self.fault = fault


class UnknownCriticalExtensionError(CertificateRefusedError):
    """A critical extension demands something that the gateway does not understand."""

    step = 6


class OutsideValidityError(VerificationError):
    """The certificate is not valid from now until the session's end."""

    step = 4


class CertificateExpiredError(OutsideValidityError):
    """The certificate's end has passed."""


class CertificateNotYetValidError(OutsideValidityError):
    """The certificate's beginning has not come."""


class CertificateEndsTooSoonError(OutsideValidityError):
    """The certificate is valid now, but would end before the session does."""


class AuthorityNotValidError(OutsideValidityError):
    """The issuing authority's own certificate is outside its period of validity."""


class RevokedReason(StrEnum):
    """Why a certificate counts as revoked."""

    REVOKED = "revoked"
    """Revoked or suspended."""
    UNKNOWN = "unknown"
    """The responder does not know it, which counts as revoked."""


class RevokedError(VerificationError):
    """The authority says that the certificate is good no longer, or never was."""

    step = 7

    def __init__(self, reason: RevokedReason) -> None:
        super().__init__(f"the certificate is not in force: {reason}")
        self.reason = reason


class RevocationFault(StrEnum):
    """Why an answer about revocation is missing or cannot be trusted."""

    NO_ANSWER = "no-answer"
    """Time-out, or the responder cannot be reached."""
    HTTP_STATUS = "http-status"
    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"
    NOT_SUCCESSFUL = "not-successful"
    """The responder answered that it does not answer."""
    NOT_ONE_RESPONSE = "not-one-response"
    WRONG_CERTIFICATE = "wrong-certificate"
    """The answer is about another certificate."""
    WRONG_ISSUER = "wrong-issuer"
    """The revocation list is another authority's."""
    SIGNATURE = "signature"
    RESPONDER_UNTRUSTED = "responder-untrusted"
    """Neither the authority nor appointed by it."""
    RESPONDER_PURPOSE = "responder-purpose"
    """The authority certified the signer, but not for OCSP."""
    RESPONDER_OUTSIDE_VALIDITY = "responder-outside-validity"
    CRITICAL_EXTENSION = "critical-extension"
    THIS_UPDATE_FUTURE = "this-update-future"
    THIS_UPDATE_OLD = "this-update-old"
    NEXT_UPDATE_BEFORE_THIS = "next-update-before-this"
    NEXT_UPDATE_PAST = "next-update-past"
    NONCE_MISSING = "nonce-missing"
    NONCE_DIFFERS = "nonce-differs"


class RevocationUnknownError(VerificationError):
    """Whether the certificate is revoked cannot be learnt now, so the answer is no."""

    step = 7

    def __init__(self, fault: RevocationFault) -> None:
        super().__init__(f"revocation cannot be checked: {fault}")
        self.fault = fault


class ChallengeRefusedError(VerificationError):
    """The challenge is not one that may be answered now, in this session."""

    step = 8


class ProofRefusedError(VerificationError):
    """The holder's card did not sign for this session."""

    step = 9


class UnsupportedKeyError(ProofRefusedError):
    """The certificate's key is not RSA with 2048 bits and exponent 65537."""


class CardSignatureError(ProofRefusedError):
    """The signature is not this card's over this origin, challenge, kiosk and session key."""
