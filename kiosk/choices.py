"""What can be chosen, in words and with its price; and whether the quote is for that choice."""

from dataclasses import dataclass

from pydantic import ValidationError

from gateway.wire.bodies import Catalogue, CatalogueOffer, Quote
from issuance.wire.bodies import CatalogueDetails, EntryDetails
from issuance.wire.recipes import order_digest
from kiosk.errors import IntegrityError


@dataclass(frozen=True, slots=True)
class Choice:
    """One certificate that can be chosen now."""

    entry_id: str
    details: EntryDetails
    unit_fee: int
    """What one copy (通) costs the resident, in yen."""


def join_catalogue(catalogue: Catalogue, details_json: bytes) -> tuple[Choice, ...]:
    """Return every offer with its opened details, in the order of the offers.

    Details without an offer are dropped: the gateway does not sell them.
    Raises: IntegrityError when an offer has no details, or two.
    """
    try:
        details = CatalogueDetails.model_validate_json(details_json)
    except ValidationError:
        # The library's error repeats the details, which are personal.
        raise IntegrityError("the catalogue cannot be read") from None
    by_id = {entry.entry_id: entry for entry in details.entries}
    if len(by_id) != len(details.entries):
        raise IntegrityError("one entry is described twice")
    offered = [offer.entry.entry_id for offer in catalogue.offers]
    if len(set(offered)) != len(offered) or not set(offered) <= set(by_id):
        raise IntegrityError("an offer is not described")
    return tuple(
        Choice(offer.entry.entry_id, by_id[offer.entry.entry_id], offer.unit_fee)
        for offer in catalogue.offers
    )


def find_offer(catalogue: Catalogue, entry_id: str) -> CatalogueOffer | None:
    """Return the offer of an entry."""
    return next((o for o in catalogue.offers if o.entry.entry_id == entry_id), None)


def check_quote(
    quote: Quote,
    offer: CatalogueOffer,
    *,
    session_id: str,
    municipality_code: str,
    copies: int,
) -> None:
    """Refuse a quote that is not for the offer as it was shown. Raises: IntegrityError."""
    entry = offer.entry
    digest = order_digest(
        session_id=session_id,
        municipality_code=municipality_code,
        document_type=entry.document_type.value,
        entry_id=entry.entry_id,
        copies=copies,
        record_version=entry.record_version,
    )
    fits = {
        "entry": quote.entry_id == entry.entry_id,
        "type": quote.document_type is entry.document_type,
        "record": quote.record_version == entry.record_version,
        "number of copies": quote.copies == copies,
        "fee": quote.unit_fee == offer.unit_fee and quote.total == offer.unit_fee * copies,
        "digest": quote.order_digest == digest,
    }
    for name, is_same in fits.items():
        if not is_same:
            raise IntegrityError(f"the quote has another {name}")
