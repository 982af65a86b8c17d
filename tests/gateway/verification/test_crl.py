"""The revocation list that stands in for the responder: only fresh, only the authority's."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA384

from gateway.verification.crl import MAX_CRL_AGE, check_crl, read_crl
from gateway.verification.errors import RevocationFault, RevocationUnknownError, RevokedError
from gateway.verification.policy import PinnedAuthority
from gateway.verification.revocation import GoodStatus
from tests.gateway.verification import pki
from tests.gateway.verification.ocsp_answers import ListRecipe, list_without_end
from tests.gateway.verification.pki import NOW

SECOND = timedelta(seconds=1)


def check(recipe: ListRecipe) -> GoodStatus:
    """Read the list and look the test card up in it."""
    found = read_crl(recipe.make(), pki.authority())
    return check_crl(found, issuer=pki.authority(), serial=pki.SERIAL, now=NOW)


def test_certificate_that_is_not_on_the_list_is_good() -> None:
    recipe = ListRecipe()
    assert check(recipe) == GoodStatus(recipe.this_update, recipe.next_update)


def test_certificate_on_the_list_is_revoked() -> None:
    with pytest.raises(RevokedError):
        check(ListRecipe(revoked=(1, pki.SERIAL)))


@pytest.mark.parametrize(
    ("fault", "make"),
    [
        (RevocationFault.UNREADABLE, lambda: b"garbage"),
        (RevocationFault.UNREADABLE, lambda: ListRecipe().make()[:-1]),
        (RevocationFault.WRONG_ISSUER, ListRecipe(issuer=pki.distinguished_name("x")).make),
        (RevocationFault.SIGNATURE, ListRecipe(key="other-authority").make),
        (RevocationFault.SIGNATURE, ListRecipe(algorithm=SHA384()).make),
        (RevocationFault.NEXT_UPDATE_PAST, list_without_end),
        (RevocationFault.CRITICAL_EXTENSION, ListRecipe(with_critical_extension=True).make),
    ],
)
def test_list_that_is_not_the_authoritys_is_not_read(
    fault: RevocationFault, make: Callable[[], bytes]
) -> None:
    with pytest.raises(RevocationUnknownError) as refusal:
        read_crl(make(), pki.authority())
    assert refusal.value.fault is fault


@pytest.mark.parametrize(
    ("fault", "recipe"),
    [
        (RevocationFault.THIS_UPDATE_FUTURE, ListRecipe(this_update=NOW + SECOND)),
        (
            RevocationFault.THIS_UPDATE_OLD,
            ListRecipe(this_update=NOW - MAX_CRL_AGE - SECOND, next_update=NOW + MAX_CRL_AGE),
        ),
        (RevocationFault.NEXT_UPDATE_PAST, ListRecipe(next_update=NOW - SECOND)),
    ],
)
def test_list_that_is_not_fresh_is_no_answer(fault: RevocationFault, recipe: ListRecipe) -> None:
    with pytest.raises(RevocationUnknownError) as refusal:
        check(recipe)
    assert refusal.value.fault is fault


def test_list_of_another_generation_is_no_answer() -> None:
    other = PinnedAuthority.pin(pki.authority_certificate("other-authority"))
    found = read_crl(ListRecipe().make(), pki.authority())
    with pytest.raises(RevocationUnknownError) as refusal:
        check_crl(found, issuer=other, serial=pki.SERIAL, now=NOW)
    assert refusal.value.fault is RevocationFault.WRONG_ISSUER
