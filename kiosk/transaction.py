"""One session from the card to the last sheet; everything secret of it lives and dies here.

The driver takes the protocol's steps in order and checks what comes back before anybody sees it.
Certificate, keys and documents are attributes of one object that ``wipe`` empties.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from pydantic import ValidationError

from gateway.wire.bodies import (
    Catalogue,
    Completion,
    Locale,
    MunicipalityOffer,
    OrderWish,
    Payment,
    PaymentMethod,
    PrintOutcome,
    PrintReport,
    Quote,
    Receipt,
    SessionOpened,
)
from issuance.wire.bodies import (
    CatalogueDetails,
    EntryDetails,
    Manifest,
    ManifestDocument,
    SheetOutcome,
    SheetResult,
)
from issuance.wire.recipes import authentication_digest, catalogue_info, document_info
from kiosk.card.certificate_proof import CardProof
from kiosk.card.client import JpkiClient
from kiosk.document_check import check_document, check_manifest
from kiosk.errors import IntegrityError, KioskError
from kiosk.journal import Journal, Step
from kiosk.ports import CardReader, Gateway, Printer, PrinterFault
from kiosk.print_rules import OUTCOMES, NextStep, decide
from kiosk.sealed import SessionKey


@dataclass(frozen=True, slots=True)
class Choice:
    """One certificate that can be chosen now, in words and with its price."""

    entry_id: str
    details: EntryDetails
    unit_fee: int


@dataclass(frozen=True, slots=True)
class PrintProgress:
    """Where printing stands when it stops: finished, or waiting for somebody."""

    printed: int
    copies: int
    pages_out: int
    fault: PrinterFault | None
    """None when nothing is left to print."""
    given_up: int = 0
    """Copies that cannot be printed and go back."""

    @property
    def is_finished(self) -> bool:
        """Say whether every copy has its outcome."""
        return self.printed + self.given_up == self.copies


class SessionDriver:
    """Drives one session. Every method raises KioskError subclasses only."""

    def __init__(self, gateway: Gateway, *, kiosk_id: str, journal: Journal) -> None:
        self._gateway = gateway
        self._kiosk_id = kiosk_id
        self._journal = journal
        self._key = SessionKey()
        self._opened: SessionOpened | None = None
        self._municipality: MunicipalityOffer | None = None
        self._catalogue: Catalogue | None = None
        self._quote: Quote | None = None
        self._manifest: Manifest | None = None
        self._documents: tuple[bytes, ...] = ()
        self._faults: dict[str, list[PrinterFault | None]] = {}
        self._outcomes: dict[str, SheetOutcome] = {}
        self._paid = False
        self._ended = False

    @property
    def quote_now(self) -> Quote:
        """The quoted order. Raises: IntegrityError when there is none."""
        if self._quote is None:
            raise IntegrityError("nothing was quoted")
        return self._quote

    @property
    def is_paid(self) -> bool:
        """Say whether money was kept for this session."""
        return self._paid

    @property
    def is_fetched(self) -> bool:
        """Say whether the documents were taken and checked."""
        return bool(self._documents)

    @property
    def reference(self) -> str:
        """The number a resident can name at the counter: the start of the session id."""
        return self._opened.session_id[:8].upper() if self._opened else ""

    async def open(self, locale: Locale) -> None:
        """Step 1; a session that is open already stays."""
        if self._opened is None:
            self._opened = await self._gateway.open_session(locale, self._key.public_bytes)

    async def prove(
        self, reader: CardReader, municipality: MunicipalityOffer, pin: str
    ) -> tuple[Choice, ...]:
        """Steps 2 to 4. A wrong PIN leaves the session open for another try."""
        opened = self._must_open()
        digest = authentication_digest(
            origin=opened.origin,
            challenge=opened.challenge,
            kiosk_id=self._kiosk_id,
            session_key=self._key.public_bytes,
        )
        proof = await asyncio.to_thread(_ask_card, reader, pin, digest)
        catalogue = await self._gateway.prove(
            opened.session_id, municipality.municipality_code, proof
        )
        self._municipality, self._catalogue = municipality, catalogue
        return self._choices(catalogue)

    def _choices(self, catalogue: Catalogue) -> tuple[Choice, ...]:
        info = catalogue_info(session_id=self._must_open().session_id, bind=catalogue.bind)
        try:
            details = CatalogueDetails.model_validate_json(
                self._key.open(catalogue.sealed_details, info)
            )
        except ValidationError as error:
            raise IntegrityError("the catalogue cannot be read") from error
        fees = {offer.entry.entry_id: offer.unit_fee for offer in catalogue.offers}
        return tuple(
            Choice(entry.entry_id, entry, fees[entry.entry_id])
            for entry in details.entries
            if entry.entry_id in fees
        )

    async def quote(self, entry_id: str, copies: int) -> Quote:
        """Step 5."""
        wish = OrderWish(entry_id=entry_id, copies=copies)
        quote = await self._gateway.quote(self._must_open().session_id, wish)
        if quote.entry_id != entry_id or quote.copies != copies:
            raise IntegrityError("another order was quoted")
        self._quote = quote
        return quote

    async def prepare(self) -> Manifest:
        """Steps 6 and 7: the documents exist; the manifest is checked here as well."""
        quote, municipality, catalogue = self.quote_now, self._municipality, self._catalogue
        if municipality is None or catalogue is None:
            raise IntegrityError("nobody was proved")
        prepared = await self._gateway.prepare(self._must_open().session_id, quote.order_digest)
        manifest = check_manifest(
            prepared.signed_manifest,
            core_key=municipality.core_key,
            session_id=self._must_open().session_id,
            municipality_code=municipality.municipality_code,
            order_digest=quote.order_digest,
            bind=catalogue.bind,
            copies=quote.copies,
        )
        if prepared.total != quote.total:
            raise IntegrityError("the price has changed")
        self._manifest = manifest
        return manifest

    async def pay(self) -> None:
        """Step 8: the journal knows before the gateway does."""
        session_id, total = self._must_open().session_id, self.quote_now.total
        self._journal.note(session_id, Step.PAYING, total)
        payment = Payment(
            amount=total, method=PaymentMethod.COINS, terminal_ref=secrets.token_hex(8)
        )
        await self._gateway.pay(session_id, payment)
        self._paid = True
        self._journal.note(session_id, Step.PAID, total)

    async def fetch(self) -> None:
        """Steps 9 and 10: take the documents, open them, and compare before anything prints."""
        session_id, manifest = self._must_open().session_id, self._must_manifest()
        released = await self._gateway.release(session_id)
        if len(released.sealed_documents) != len(manifest.documents):
            raise IntegrityError("the number of documents differs")
        pairs = zip(released.sealed_documents, manifest.documents, strict=True)
        opened = tuple(self._open(sealed, entry, manifest) for sealed, entry in pairs)
        for pdf, entry in zip(opened, manifest.documents, strict=True):
            await asyncio.to_thread(check_document, pdf, entry)
        self._documents = opened

    def _open(self, sealed: bytes, entry: ManifestDocument, manifest: Manifest) -> bytes:
        if sha256(sealed).digest() != entry.sealed_digest:
            raise IntegrityError("the sealed document differs")
        info = document_info(
            session_id=manifest.session_id,
            order=manifest.order_digest,
            bind=manifest.bind,
            pdf_digest=entry.pdf_digest,
        )
        return self._key.open(sealed, info)

    async def print_copies(
        self, printer: Printer, on_copy: Callable[[int, int], None] = lambda _copy, _copies: None
    ) -> PrintProgress:
        """Step 10: print until everything is out or somebody must help; call again to resume."""
        manifest = self._must_manifest()
        session_id = manifest.session_id
        self._journal.note(session_id, Step.PRINTING, self.quote_now.total)
        for number, (pdf, entry) in enumerate(
            zip(self._documents, manifest.documents, strict=True), start=1
        ):
            if entry.certificate_number in self._outcomes:
                continue
            on_copy(number, len(manifest.documents))
            stopped = await self._print_one(printer, pdf, entry)
            if stopped is not None:
                return stopped
        return self._progress(pages_out=0, fault=None)

    async def _print_one(
        self, printer: Printer, pdf: bytes, entry: ManifestDocument
    ) -> PrintProgress | None:
        """Print one copy; return where it stopped when somebody must help."""
        number = entry.certificate_number
        attempts = self._faults.setdefault(number, [])
        while True:
            label = secrets.token_hex(6)
            result = await printer.print_document(pdf, entry.pages, label)
            attempts.append(result.fault)
            report = PrintReport(
                certificate_number=number,
                attempt=len(attempts),
                pages_out=result.pages_out,
                outcome=OUTCOMES[result.fault],
            )
            await self._report(report)
            match decide(tuple(attempts)):
                case NextStep.NEXT_COPY:
                    self._outcomes[number] = SheetOutcome.PRINTED
                    return None
                case NextStep.GIVE_UP:
                    self._outcomes[number] = SheetOutcome.NOT_PRINTED
                    return None
                case NextStep.WAIT_FOR_HELP:
                    return self._progress(pages_out=result.pages_out, fault=result.fault)
                case NextStep.PRINT_AGAIN:
                    continue

    async def _report(self, report: PrintReport) -> None:
        # The sheet is out whether or not the gateway hears of it now; step 11 tells it again.
        try:
            await self._gateway.report_print(self._must_open().session_id, report)
        except KioskError:
            return

    async def spoil_all(self) -> None:
        """Take the resident's word that the sheets cannot be read: they may print once more."""
        for entry in self._must_manifest().documents:
            number = entry.certificate_number
            if self._outcomes.get(number) is not SheetOutcome.PRINTED:
                continue
            attempts = self._faults.setdefault(number, [])
            attempts.append(PrinterFault.SPOILED)
            del self._outcomes[number]
            await self._report(
                PrintReport(
                    certificate_number=number,
                    attempt=len(attempts),
                    pages_out=entry.pages,
                    outcome=PrintOutcome.SPOILED,
                )
            )

    def give_up_rest(self) -> None:
        """Decide that what is not out yet will not come: it is voided and refunded."""
        for entry in self._must_manifest().documents:
            self._outcomes.setdefault(entry.certificate_number, SheetOutcome.NOT_PRINTED)

    async def complete(self) -> Receipt:
        """Step 11: report every copy's outcome."""
        session_id = self._must_open().session_id
        results = tuple(
            SheetResult(certificate_number=number, outcome=outcome)
            for number, outcome in self._outcomes.items()
        )
        receipt = await self._gateway.complete(session_id, Completion(results=results))
        self._ended = True
        self._journal.note(session_id, Step.ENDED, receipt.total)
        return receipt

    async def abort(self, reason: str) -> None:
        """Step F before payment; a session that never opened or ended already needs nothing."""
        if self._opened is not None and not self._ended and not self._paid:
            self._ended = True
            await self._gateway.abort(self._opened.session_id, reason)

    async def void(self, reason: str) -> int:
        """Step F after payment, nothing printed: return what goes back to the resident."""
        session_id = self._must_open().session_id
        status = await self._gateway.void(session_id, reason)
        self._ended = True
        self._journal.note(session_id, Step.ENDED, 0)
        return status.refund

    def document_for_preview(self, copy: int = 0) -> bytes | None:
        """Return a printed document while the session lives, for looking at it on the screen."""
        return self._documents[copy] if copy < len(self._documents) else None

    def wipe(self) -> None:
        """Forget everything: keys, documents, choices."""
        self._key.destroy()
        self._documents = ()
        self._catalogue = self._quote = self._manifest = self._opened = None
        self._outcomes, self._faults = {}, {}

    def _progress(self, *, pages_out: int, fault: PrinterFault | None) -> PrintProgress:
        outcomes = list(self._outcomes.values())
        return PrintProgress(
            printed=outcomes.count(SheetOutcome.PRINTED),
            copies=len(self._must_manifest().documents),
            pages_out=pages_out,
            fault=fault,
            given_up=outcomes.count(SheetOutcome.NOT_PRINTED),
        )

    def _must_open(self) -> SessionOpened:
        if self._opened is None:
            raise IntegrityError("no session is open")
        return self._opened

    def _must_manifest(self) -> Manifest:
        if self._manifest is None:
            raise IntegrityError("nothing was prepared")
        return self._manifest


def _ask_card(reader: CardReader, pin: str, digest: bytes) -> CardProof:
    """Talk to the card from connecting to unpowering; runs in a thread of its own."""
    channel = reader.connect()
    try:
        return JpkiClient(channel).prove(pin, digest)
    finally:
        channel.disconnect()
