"""One session from the card to the last sheet; everything secret of it lives and dies here.

The driver takes the protocol's steps in order and checks what comes back before anybody sees it.
Keys and documents are attributes of one object that ``wipe`` empties. The PIN is never one.

    open → prove → quote → prepare → pay → fetch → print_copies … → complete
    at any moment, after any error:  settle → wipe

Every method of a step raises StepOrderError when the step before it was not taken,
GatewayRefusalError, GatewayUnreachableError, and IntegrityError when an answer is not the one
asked for; what it raises besides stands at the method. ``settle`` raises nothing and always ends
in a defined state of the money; ``wipe`` raises nothing.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

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
    SessionState,
)
from gateway.wire.codes import MoneyState
from issuance.wire.bodies import Manifest
from issuance.wire.recipes import authentication_digest
from kiosk.card.reading import prove_holder
from kiosk.choices import Choice, check_quote, find_offer, join_catalogue
from kiosk.document_check import check_manifest, expected_order, open_documents
from kiosk.errors import (
    GatewayRefusalError,
    IntegrityError,
    JournalFailedError,
    KioskError,
    StepOrderError,
)
from kiosk.journal import Journal, Step
from kiosk.ports import CardReader, Gateway, Printer
from kiosk.print_job import PrintJob, PrintProgress
from kiosk.sealed import SessionKey
from kiosk.settlement import (
    NOTHING_TAKEN,
    Ending,
    Settlement,
    Stage,
    ending_of,
    ending_of_state,
)

__all__ = ["Choice", "PrintProgress", "SessionDriver", "Settlement"]


@dataclass(frozen=True, slots=True)
class _Proved:
    """Where the holder was proved, and what may be had."""

    municipality: MunicipalityOffer
    catalogue: Catalogue


class SessionDriver:
    """Drives one session; a new session needs a new driver."""

    def __init__(self, gateway: Gateway, *, kiosk_id: str, journal: Journal) -> None:
        self._gateway = gateway
        self._kiosk_id = kiosk_id
        self._journal = journal
        self._key = SessionKey()
        self._stage = Stage.CLOSED
        self._opened: SessionOpened | None = None
        self._proved: _Proved | None = None
        self._quote: Quote | None = None
        self._manifest: Manifest | None = None
        self._payment_ref = secrets.token_hex(8)
        self._job: PrintJob | None = None
        self._ever_printed = False
        self._settlement = NOTHING_TAKEN
        self._refund_due = 0

    @property
    def quote_now(self) -> Quote:
        """The order as it was quoted. Raises: StepOrderError when there is none."""
        if self._quote is None:
            raise StepOrderError("nothing was quoted")
        return self._quote

    @property
    def is_paid(self) -> bool:
        """Say whether the gateway took note of the payment and the session has not ended."""
        return self._stage is Stage.PAID

    @property
    def is_fetched(self) -> bool:
        """Say whether the documents were taken and checked."""
        return self._job is not None

    @property
    def money(self) -> MoneyState:
        """What an error screen must say of the money now; after ``settle``, its own answer."""
        match self._stage:
            case Stage.CLOSED | Stage.OPEN:
                return MoneyState.NONE
            case Stage.PAYING | Stage.PAID:
                return MoneyState.HELD
            case Stage.ENDED:
                return self._settlement.money

    @property
    def reference(self) -> str:
        """The number a resident can name at the counter (受付番号); empty before step 1."""
        return self._opened.session_id[:8].upper() if self._opened else ""

    async def open(self, locale: Locale) -> None:
        """Step 1; a session that is open already stays. Every try has a key of its own."""
        if self._stage is Stage.ENDED:
            raise StepOrderError("this session has ended")
        if self._opened is None:
            self._key = SessionKey()
            self._opened = await self._gateway.open_session(locale, self._key.public_bytes)
            self._stage = Stage.OPEN

    async def prove(
        self, reader: CardReader, municipality: MunicipalityOffer, pin: str
    ) -> tuple[Choice, ...]:
        """Steps 2 to 4. An error of the card leaves the session open for another try.

        Raises: CardRemovedError, CardNotRecognisedError, CardFailedError,
        NoCertificateOnCardError, PinWrongError, PinLockedError; ValueError when the PIN is not
        four ASCII digits.
        """
        opened = self._must_open()
        if self._proved is not None:
            raise StepOrderError("the holder was proved before")
        digest = authentication_digest(
            origin=opened.origin,
            challenge=opened.challenge,
            kiosk_id=self._kiosk_id,
            session_key=self._key.public_bytes,
        )
        proof = await prove_holder(reader, pin, digest)
        catalogue = await self._gateway.prove(
            opened.session_id, municipality.municipality_code, proof
        )
        details = self._key.open_catalogue(
            catalogue.sealed_details, session_id=opened.session_id, bind=catalogue.bind
        )
        choices = join_catalogue(catalogue, details)
        self._proved = _Proved(municipality, catalogue)
        return choices

    async def quote(self, entry_id: str, copies: int) -> Quote:
        """Step 5; may be taken again for another choice until the documents are made."""
        proved, session_id = self._must_be_proved(), self._must_open().session_id
        offer = find_offer(proved.catalogue, entry_id)
        if offer is None or self._manifest is not None:
            raise StepOrderError("this cannot be ordered now")
        self._quote = None
        quote = await self._gateway.quote(session_id, OrderWish(entry_id=entry_id, copies=copies))
        check_quote(
            quote,
            offer,
            session_id=session_id,
            municipality_code=proved.municipality.municipality_code,
            copies=copies,
        )
        self._quote = quote
        return quote

    async def prepare(self) -> Manifest:
        """Steps 6 and 7: the documents exist; the manifest is checked here as well."""
        quote, proved, opened = self.quote_now, self._must_be_proved(), self._must_open()
        prepared = await self._gateway.prepare(opened.session_id, quote.order_digest)
        expected = expected_order(
            opened.session_id, proved.municipality, proved.catalogue.bind, quote
        )
        manifest = check_manifest(prepared.signed_manifest, expected)
        if prepared.total != quote.total:
            raise IntegrityError("the price has changed")
        self._manifest = manifest
        return manifest

    async def pay(self) -> None:
        """Step 8: the journal knows before the gateway does. Safe to call again.

        After any error the coins are still the resident's; ``settle`` finds out the rest.
        Raises: JournalFailedError.
        """
        session_id, total = self._must_open().session_id, self.quote_now.total
        self._must_manifest()
        self._journal.note(session_id, Step.PAYING, total)
        self._stage = Stage.PAYING
        method, reference = PaymentMethod.COINS, self._payment_ref
        payment = Payment(amount=total, method=method, terminal_ref=reference)
        status = await self._gateway.pay(session_id, payment)
        if status.session_id != session_id or status.state is not SessionState.PAID:
            raise IntegrityError("the payment was noted elsewhere")
        self._journal.note(session_id, Step.PAID, total)
        self._stage = Stage.PAID

    async def fetch(self) -> None:
        """Steps 9 and 10: take the documents, open them, compare before anything prints.

        Raises: DocumentRefusedError, JournalFailedError.
        """
        self._must_be_paid()
        manifest = self._must_manifest()
        self._journal.note(manifest.session_id, Step.RELEASED, self.quote_now.total)
        released = await self._gateway.release(manifest.session_id)
        self._job = PrintJob(
            await asyncio.to_thread(open_documents, self._key, manifest, released.sealed_documents)
        )

    async def print_copies(
        self, printer: Printer, on_copy: Callable[[int, int], None] = lambda _copy, _copies: None
    ) -> PrintProgress:
        """Step 10: print until everything is out or somebody must help; call again to resume.

        Faults of the printer are no errors: they stand in the answer. A report that the gateway
        does not hear changes nothing here.
        Raises: StepOrderError, JournalFailedError, nothing else.
        """
        self._must_be_paid()
        job = self._must_job()
        return await job.run(
            printer,
            before=lambda: self._note(Step.PRINTING),
            after=self._after_attempt,
            on_copy=on_copy,
        )

    async def _after_attempt(self, report: PrintReport) -> None:
        self._ever_printed |= report.outcome is PrintOutcome.PRINTED
        self._note(Step.PRINTED)
        # The sheet is out whether or not the gateway hears of it now; step 11 tells it again.
        with suppress(KioskError):
            await self._gateway.report_print(self._must_open().session_id, report)

    async def spoil_all(self) -> None:
        """Take the resident's word that the sheets cannot be read: each may print once more.

        Raises: StepOrderError, JournalFailedError, nothing else.
        """
        self._must_be_paid()
        for report in self._must_job().spoil_all():
            await self._after_attempt(report)

    def give_up_rest(self) -> None:
        """Decide that what is not out yet will not come. Raises: StepOrderError."""
        self._must_be_paid()
        self._must_job().give_up_rest()

    async def complete(self) -> Receipt:
        """Step 11: report every copy's outcome; the fees of the printed ones are posted.

        After an error ``settle`` still ends the session.
        """
        self._must_be_paid()
        session_id, job = self._must_open().session_id, self._must_job()
        receipt = await self._gateway.complete(session_id, Completion(results=job.results()))
        settlement = replace(self._settled(is_recorded=True), receipt=receipt)
        told = (receipt.session_id, receipt.total, receipt.refund)
        if told != (session_id, settlement.earned, settlement.refund):
            raise IntegrityError("the receipt is for something else")
        self._end(settlement)
        return receipt

    async def abort(self, reason: str) -> None:
        """Step F before payment. Raises: StepOrderError when it was paid, nothing else."""
        if self._stage is Stage.PAID:
            raise StepOrderError("a paid session is settled, not aborted")
        await self.settle(reason)

    async def void(self, reason: str) -> int:
        """Step F after payment: settle, and return what the box has to pay back now, in yen."""
        await self.settle(reason)
        return self.collect_refund()

    async def settle(self, reason: str) -> Settlement:
        """End the session from wherever it stands and say what goes back. Raises nothing.

        Before payment it is aborted; paid copies that are not out are voided and refunded; copies
        that are out are completed. Where the gateway cannot be told, the journal keeps the
        session, and a restart tells it. Calling it again returns the same.
        ``reason`` is lower-case letters, digits and hyphens, at most 40.
        """
        if self._stage in (Stage.CLOSED, Stage.ENDED):
            return self._settlement
        if self._stage is Stage.PAID and self._job is not None:
            self._job.give_up_rest()
        try:
            return await self._tell_end(reason)
        except KioskError:
            self._close(self._settled(is_recorded=False))
            return self._settlement

    async def _tell_end(self, reason: str) -> Settlement:
        session_id = self._must_open().session_id
        ending = ending_of(self._stage, ever_printed=self._ever_printed)
        if ending is Ending.ASK:
            status = await self._gateway.session_status(session_id)
            ending = ending_of_state(status.state)
        if ending is Ending.COMPLETE:
            await self.complete()
            return self._settlement
        if ending is Ending.ABORT:
            await self._abort(session_id, reason)
        elif ending is Ending.VOID:
            await self._gateway.void(session_id, reason)
        self._end(self._settled(is_recorded=True))
        return self._settlement

    async def _abort(self, session_id: str, reason: str) -> None:
        try:
            await self._gateway.abort(session_id, reason)
        except GatewayRefusalError:
            # A session that was never paid and cannot be aborted is over already.
            if self._stage is Stage.PAYING:
                raise

    def _settled(self, *, is_recorded: bool) -> Settlement:
        if self._stage is not Stage.PAID:
            return replace(NOTHING_TAKEN, is_recorded=is_recorded)
        earned = self._earned
        return Settlement(
            printed=0 if self._job is None else self._job.printed,
            earned=earned,
            refund=self.quote_now.total - earned,
            is_recorded=is_recorded,
        )

    def _end(self, settlement: Settlement) -> None:
        """Note the end. A journal that fails now costs one needless question after a restart."""
        if self._stage in (Stage.PAYING, Stage.PAID):
            with suppress(JournalFailedError):
                self._note(Step.ENDED)
        self._close(settlement)

    def _close(self, settlement: Settlement) -> None:
        self._settlement, self._refund_due = settlement, settlement.refund
        self._stage = Stage.ENDED

    def collect_refund(self) -> int:
        """Return what the box has to pay back of what it kept, in yen: once, then 0."""
        due, self._refund_due = self._refund_due, 0
        return due

    def document_for_preview(self, copy: int = 1) -> bytes | None:
        """Return a copy's PDF (counted from 1) while the session lives, for the screen."""
        return None if self._job is None else self._job.document(copy)

    def wipe(self) -> None:
        """Forget everything: key, documents, choices. What was not settled stays in the journal."""
        self._key.destroy()
        self._job = None
        self._proved = self._quote = self._manifest = self._opened = None
        self._stage = Stage.ENDED

    @property
    def _earned(self) -> int:
        return 0 if self._job is None else self._job.printed * self.quote_now.unit_fee

    def _note(self, step: Step) -> None:
        session_id, total = self._must_open().session_id, self.quote_now.total
        self._journal.note(session_id, step, total, self._earned)

    def _must_open(self) -> SessionOpened:
        if self._opened is None or self._stage is Stage.ENDED:
            raise StepOrderError("no session is open")
        return self._opened

    def _must_be_proved(self) -> _Proved:
        if self._proved is None:
            raise StepOrderError("nobody was proved")
        return self._proved

    def _must_manifest(self) -> Manifest:
        if self._manifest is None:
            raise StepOrderError("nothing was prepared")
        return self._manifest

    def _must_be_paid(self) -> None:
        if self._stage is not Stage.PAID:
            raise StepOrderError("nothing was paid")

    def _must_job(self) -> PrintJob:
        if self._job is None:
            raise StepOrderError("no document was fetched")
        return self._job
