"""One OCSP answer: everything that is wrong with it, one at a time, and what is accepted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.verification.errors import (
    RevocationFault,
    RevocationUnknownError,
    RevokedError,
    RevokedReason,
    VerificationError,
)
from gateway.verification.revocation import (
    FreshnessRules,
    GoodStatus,
    check_response,
    make_request,
)
from tests.gateway.verification import ocsp_answers as answers
from tests.gateway.verification import pki
from tests.gateway.verification.ocsp_answers import AnswerRecipe
from tests.gateway.verification.pki import NOW

RULES = FreshnessRules()
SECOND = timedelta(seconds=1)


def check(answer: bytes, *, nonce: bytes | None = answers.NONCE, now: datetime = NOW) -> GoodStatus:
    """Check an answer about the test card."""
    return check_response(
        answer, issuer=pki.authority(), serial=pki.SERIAL, nonce=nonce, now=now, rules=RULES
    )


def test_request_asks_for_exactly_this_certificate_with_our_nonce() -> None:
    request = ocsp.load_der_ocsp_request(make_request(pki.authority(), pki.SERIAL, answers.NONCE))
    assert request.serial_number == pki.SERIAL
    assert isinstance(request.hash_algorithm, SHA256)
    assert request.issuer_name_hash == pki.authority().name_hash
    nonce = request.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    assert nonce == answers.NONCE


def test_request_names_the_issuer_as_the_library_would() -> None:
    """The precomputed hashes are those of a request built from the two certificates."""
    card = x509.load_der_x509_certificate(pki.good_certificate())
    builder = ocsp.OCSPRequestBuilder()
    wanted = builder.add_certificate(card, pki.authority().certificate, SHA256()).build()
    assert pki.authority().name_hash == wanted.issuer_name_hash
    assert pki.authority().key_hash == wanted.issuer_key_hash


@pytest.mark.parametrize(
    "answer",
    [
        AnswerRecipe().make,
        AnswerRecipe(named_by=ocsp.OCSPResponderEncoding.NAME).make,
        answers.by_the_authority_itself().make,
        replace(answers.by_the_authority_itself(), named_by=ocsp.OCSPResponderEncoding.NAME).make,
        AnswerRecipe(critical_nonce=True).make,
        answers.resigned_without_change,
    ],
    ids=[
        "by key",
        "by name",
        "authority by key",
        "authority by name",
        "critical nonce",
        "resigned",
    ],
)
def test_good_answer_is_accepted(answer: Callable[[], bytes]) -> None:
    assert check(answer()) == GoodStatus(NOW, NOW + timedelta(minutes=5))


FAULTS: list[tuple[RevocationFault, Callable[[], bytes]]] = [
    (RevocationFault.UNREADABLE, lambda: b"garbage"),
    (RevocationFault.UNREADABLE, lambda: b""),
    (RevocationFault.UNREADABLE, lambda: AnswerRecipe().make() + b"\0"),
    (RevocationFault.NOT_SUCCESSFUL, answers.unsuccessful),
    (RevocationFault.NOT_ONE_RESPONSE, answers.two_answers),
    (RevocationFault.NOT_ONE_RESPONSE, answers.no_answers),
    (RevocationFault.WRONG_CERTIFICATE, AnswerRecipe(serial=pki.SERIAL + 1).make),
    (RevocationFault.WRONG_CERTIFICATE, AnswerRecipe(name_hash=b"\1" * 32).make),
    (RevocationFault.WRONG_CERTIFICATE, AnswerRecipe(key_hash=b"\1" * 32).make),
    (
        RevocationFault.WRONG_CERTIFICATE,
        AnswerRecipe(
            certid_algorithm=SHA1(),  # noqa: S303 - the defect
            name_hash=b"\1" * 20,
            key_hash=b"\1" * 20,
        ).make,
    ),
    (RevocationFault.SIGNATURE, lambda: answers.with_changed_byte(AnswerRecipe().make())),
    (RevocationFault.SIGNATURE, AnswerRecipe(algorithm=SHA384()).make),
    (RevocationFault.RESPONDER_UNTRUSTED, AnswerRecipe(embedded=None).make),
    (
        RevocationFault.RESPONDER_UNTRUSTED,
        lambda: answers.by_responder(
            answers.responder_certificate(signer="other-authority")
        ).make(),
    ),
    (RevocationFault.RESPONDER_UNTRUSTED, answers.with_short_key),
    (
        RevocationFault.RESPONDER_PURPOSE,
        lambda: answers.by_responder(answers.responder_certificate(is_for_ocsp=False)).make(),
    ),
    (
        RevocationFault.RESPONDER_OUTSIDE_VALIDITY,
        lambda: answers.by_responder(answers.responder_certificate(not_after=NOW - SECOND)).make(),
    ),
    (
        RevocationFault.RESPONDER_OUTSIDE_VALIDITY,
        lambda: answers.by_responder(answers.responder_certificate(not_before=NOW + SECOND)).make(),
    ),
    (RevocationFault.CRITICAL_EXTENSION, answers.with_critical_extension),
    (RevocationFault.NEXT_UPDATE_BEFORE_THIS, answers.next_update_before_this_update),
    (RevocationFault.NONCE_MISSING, AnswerRecipe(nonce=None).make),
    (RevocationFault.NONCE_DIFFERS, AnswerRecipe(nonce=b"m" * 32).make),
    (RevocationFault.NONCE_DIFFERS, AnswerRecipe(nonce=answers.NONCE[:-1]).make),
    (
        RevocationFault.THIS_UPDATE_FUTURE,
        AnswerRecipe(this_update=NOW + RULES.skew + SECOND, next_update=None).make,
    ),
    (RevocationFault.THIS_UPDATE_OLD, AnswerRecipe(this_update=NOW - RULES.max_age - SECOND).make),
]


@pytest.mark.parametrize(
    ("fault", "answer"), FAULTS, ids=[f"{n}-{fault}" for n, (fault, _) in enumerate(FAULTS)]
)
def test_answer_with_one_fault_is_no_answer(
    fault: RevocationFault, answer: Callable[[], bytes]
) -> None:
    with pytest.raises(RevocationUnknownError) as refusal:
        check(answer())
    assert refusal.value.fault is fault
    assert refusal.value.step == 7


def test_a_card_of_the_same_authority_cannot_answer_for_it() -> None:
    """Every resident holds a certificate that the authority issued; none is for OCSP."""
    card = x509.load_der_x509_certificate(pki.good_certificate())
    with pytest.raises(RevocationUnknownError) as refusal:
        check(answers.by_responder(card, key="card").make())
    assert refusal.value.fault is RevocationFault.RESPONDER_PURPOSE


def test_stranger_who_takes_the_authoritys_name_is_refused() -> None:
    namesake = pki.authority_certificate("other-authority")
    recipe = replace(
        answers.by_responder(namesake, key="other-authority"),
        named_by=ocsp.OCSPResponderEncoding.NAME,
    )
    with pytest.raises(RevocationUnknownError) as refusal:
        check(recipe.make())
    assert refusal.value.fault is RevocationFault.SIGNATURE


def test_next_update_in_the_past_is_refused() -> None:
    """With the default rules max_age strikes first, so this one has a longer one."""
    rules = FreshnessRules(max_age=timedelta(hours=1))
    recipe = AnswerRecipe(
        this_update=NOW - timedelta(minutes=30), next_update=NOW - rules.skew - SECOND
    )
    with pytest.raises(RevocationUnknownError) as refusal:
        check_response(
            recipe.make(),
            issuer=pki.authority(),
            serial=pki.SERIAL,
            nonce=answers.NONCE,
            now=NOW,
            rules=rules,
        )
    assert refusal.value.fault is RevocationFault.NEXT_UPDATE_PAST


@pytest.mark.parametrize(
    "recipe",
    [
        AnswerRecipe(this_update=NOW + RULES.skew, next_update=None),
        AnswerRecipe(this_update=NOW - RULES.max_age),
        AnswerRecipe(this_update=NOW - RULES.max_age, next_update=NOW - RULES.max_age),
        AnswerRecipe(next_update=None),
    ],
    ids=["skew to the second", "age to the second", "next update within skew", "no next update"],
)
def test_edge_of_the_allowed_times_is_accepted(recipe: AnswerRecipe) -> None:
    assert check(recipe.make()).this_update == recipe.this_update


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        (AnswerRecipe(status=ocsp.OCSPCertStatus.REVOKED), RevokedReason.REVOKED),
        (
            AnswerRecipe(
                status=ocsp.OCSPCertStatus.REVOKED, reason=x509.ReasonFlags.certificate_hold
            ),
            RevokedReason.REVOKED,
        ),
        (AnswerRecipe(status=ocsp.OCSPCertStatus.UNKNOWN), RevokedReason.UNKNOWN),
    ],
    ids=["revoked", "suspended", "unknown"],
)
def test_everything_but_good_counts_as_revoked(recipe: AnswerRecipe, reason: RevokedReason) -> None:
    with pytest.raises(RevokedError) as refusal:
        check(recipe.make())
    assert (refusal.value.reason, refusal.value.step) == (reason, 7)


def test_untrusted_answer_cannot_revoke() -> None:
    """A stranger's *revoked* is no answer: the resident is told to try again, not that she lost."""
    stranger = answers.responder_certificate(signer="other-authority")
    recipe = replace(answers.by_responder(stranger), status=ocsp.OCSPCertStatus.REVOKED)
    with pytest.raises(RevocationUnknownError):
        check(recipe.make())


@pytest.mark.parametrize("nonce", [None, b"m" * 32])
def test_answer_fetched_ahead_needs_no_nonce(nonce: bytes | None) -> None:
    assert check(AnswerRecipe(nonce=nonce).make(), nonce=None).this_update == NOW


@settings(max_examples=150, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize(
    "recipe", [AnswerRecipe(), answers.by_the_authority_itself()], ids=["appointed", "authority"]
)
def test_changed_byte_is_never_good(recipe: AnswerRecipe, data: st.DataObject) -> None:
    """But for the count of unused bits before a signature, which changes nothing that is read."""
    answer = recipe.make()
    unused_bits = pki.unused_bits_positions(answer)
    position = data.draw(st.integers(0, len(answer) - 1).filter(lambda n: n not in unused_bits))
    change = data.draw(st.integers(1, 255))
    with pytest.raises(VerificationError):
        check(pki.with_byte(answer, position, change))
