"""Offers and their details belong together, and a quote is for what was shown."""

from typing import Any

import pytest

from gateway.wire.bodies import Catalogue, CatalogueOffer, Environment, Quote
from issuance.wire.bodies import CatalogueDetails, CatalogueEntry, EntryDetails
from issuance.wire.codes import DocumentType
from issuance.wire.recipes import order_digest
from kiosk.choices import check_quote, find_offer, join_catalogue
from kiosk.errors import IntegrityError
from tests.kiosk.core_work import NOW, TOWN

SESSION = "a" * 32


def offer(entry_id: str = "one", fee: int = 10) -> CatalogueOffer:
    entry = CatalogueEntry(
        entry_id=entry_id, document_type=DocumentType.VICTIM_CERTIFICATE, record_version=3
    )
    return CatalogueOffer(entry=entry, unit_fee=fee)


def catalogue(*offers: CatalogueOffer) -> Catalogue:
    return Catalogue(
        environment=Environment.DEMO, offers=offers, sealed_details=b"", bind=bytes(32)
    )


def details(*entry_ids: str) -> bytes:
    entries = tuple(
        EntryDetails(
            entry_id=entry_id,
            disaster_name="令和8年見本地震",
            damaged_on=NOW.date(),
            house_location="見本県見本市架空町1番",
            damage_class="半壊",
            damage_class_en="Half destroyed",
            householder_name="見本　花子",
            pages_expected=1,
        )
        for entry_id in entry_ids
    )
    return CatalogueDetails(entries=entries).model_dump_json().encode()


def quote(**changes: Any) -> Quote:
    digest = order_digest(
        session_id=SESSION,
        municipality_code=TOWN,
        document_type="victim_certificate",
        entry_id="one",
        copies=2,
        record_version=3,
    )
    fields: dict[str, Any] = {
        "environment": Environment.DEMO,
        "order_digest": digest,
        "document_type": DocumentType.VICTIM_CERTIFICATE,
        "entry_id": "one",
        "record_version": 3,
        "copies": 2,
        "pages_expected": 1,
        "unit_fee": 10,
        "total": 20,
    }
    return Quote(**{**fields, **changes})


def test_choices_come_in_the_order_of_the_offers_with_their_fees() -> None:
    joined = join_catalogue(catalogue(offer("two", 300), offer("one")), details("one", "two"))
    assert [(c.entry_id, c.details.entry_id, c.unit_fee) for c in joined] == [
        ("two", "two", 300),
        ("one", "one", 10),
    ]


def test_details_that_nobody_sells_are_dropped() -> None:
    joined = join_catalogue(catalogue(offer("one")), details("one", "two"))
    assert [choice.entry_id for choice in joined] == ["one"]


@pytest.mark.parametrize(
    ("offers", "described"),
    [
        ((offer("one"), offer("two")), details("one")),
        ((offer("one"),), details("one", "one")),
        ((offer("one"), offer("one")), details("one")),
        ((offer("one"),), b"{}"),
    ],
)
def test_catalogue_that_does_not_fit_its_details_is_refused(
    offers: tuple[CatalogueOffer, ...], described: bytes
) -> None:
    with pytest.raises(IntegrityError):
        join_catalogue(catalogue(*offers), described)


def test_unreadable_details_are_not_repeated_in_the_error() -> None:
    """They are personal, and errors come near logs."""
    with pytest.raises(IntegrityError) as error:
        join_catalogue(catalogue(offer()), '{"secret": "見本　花子"}'.encode())
    assert "花子" not in repr(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_offer_is_found_by_its_entry() -> None:
    offers = catalogue(offer("one"), offer("two"))
    found = find_offer(offers, "two")
    assert found is not None
    assert found.entry.entry_id == "two"
    assert find_offer(offers, "three") is None


def test_quote_for_the_offer_as_shown_is_accepted() -> None:
    check_quote(quote(), offer(), session_id=SESSION, municipality_code=TOWN, copies=2)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"entry_id": "two"}, "entry"),
        ({"record_version": 4}, "record"),
        ({"copies": 3}, "copies"),
        ({"unit_fee": 11}, "fee"),
        ({"total": 21}, "fee"),
        ({"order_digest": bytes(32)}, "digest"),
    ],
)
def test_quote_that_differs_in_one_thing_is_refused(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(IntegrityError, match=word):
        check_quote(quote(**changes), offer(), session_id=SESSION, municipality_code=TOWN, copies=2)
