"""Who holds the card: one numbered list of checks, in order, each of which can only say no.

|  # | check                                                             | refusal              |
|----|-------------------------------------------------------------------|----------------------|
|  8 | the challenge was ours, this session's and unused, and is at most |                      |
|    | 180 s old; the store used it up before this list began            | ChallengeRefused     |
|  1 | at most 4,096 bytes, exactly one certificate                      | CertificateUnreadable|
|  2 | issued by a pinned authority's key; its name does not decide      | UntrustedIssuer      |
|  3 | the authority's signature over the certificate                    | CertificateSignature |
|  4 | valid now and until the session's end                             | OutsideValidity      |
|  5 | purpose: no authority, digitalSignature only, an accepted policy  | WrongPurpose         |
|  6 | no critical extension that we do not understand                   | UnknownCritical…     |
|  7 | not revoked; no trustworthy answer is a no                        | Revoked,             |
|    |                                                                   | RevocationUnknown    |
|  9 | the card's signature over origin, challenge, kiosk, session key   | ProofRefused         |
| 10 | the link certificate → resident: at the municipality's core, by   | (not here)           |
|    | the caller, with the answer of this list                          |                      |

The numbers are those of the protocol. Step 8 stands first because a challenge is used up by being
presented, whatever becomes of the rest, and so that a replay costs no more than a comparison.
Source: [RISAI-PROTOCOL 3], [WEB-EID].
"""

from datetime import datetime
from typing import Protocol

from gateway.verification.challenge import check_challenge
from gateway.verification.model import ProofContext, UnverifiedProof, VerifiedCardHolder
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
from gateway.verification.revocation import GoodStatus
from issuance.wire.recipes import authentication_digest


class RevocationSource(Protocol):
    """Somebody who can tell whether a certificate is still good."""

    async def check(self, issuer: PinnedAuthority, serial: int) -> GoodStatus:
        """Return the good status of the certificate.

        Raises: RevokedError, RevocationUnknownError.
        """
        ...


class Verifier:
    """Accepts a card holder for one session, or says at which step it does not."""

    def __init__(self, policy: VerificationPolicy, revocation: RevocationSource) -> None:
        self._policy = policy
        self._revocation = revocation

    async def verify(
        self, proof: UnverifiedProof, context: ProofContext, now: datetime
    ) -> VerifiedCardHolder:
        """Return whose card signed for this session; ``now`` is the moment the proof came in.

        Raises: VerificationError, the subclass of the first step that says no.
        """
        # 8. The challenge was consumed by the store; only its age is left to judge.
        challenge = check_challenge(context.challenge, now=now)

        # 1. Exactly one certificate.
        certificate = read_certificate(proof.unverified_certificate)

        # 2. A pinned authority's key.
        issuer = find_issuer(certificate, self._policy.pinned_authorities)

        # 3. The authority's signature.
        check_signature(certificate, issuer)

        # 4. Valid now and until the session's end.
        check_validity(certificate, issuer, now=now, session_end=context.session_end)

        # 5. Made for authentication and nothing else.
        policy = check_purpose(certificate, self._policy.accepted_policies)

        # 6. Nothing critical that we do not understand.
        check_critical_extensions(certificate)

        # 7. Not revoked.
        await self._revocation.check(issuer, certificate.serial_number)

        # 9. The card signed for this origin, challenge, kiosk and session key.
        digest = authentication_digest(
            origin=context.origin,
            challenge=challenge.value,
            kiosk_id=context.kiosk_id,
            session_key=context.session_key,
        )
        check_card_signature(certificate, proof.signature, digest)

        # 10. The link to a resident is the core's to find, and the caller's to ask for.
        return VerifiedCardHolder(
            issuer_key_id=issuer.issuer_key_id,
            serial=certificate.serial_number,
            not_valid_after=certificate.not_valid_after_utc,
            policy=policy,
        )
