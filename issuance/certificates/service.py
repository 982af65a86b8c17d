"""Use cases of one kiosk session in the core, except making the documents.

Every method works inside the caller's transaction and never commits.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection

from issuance.certificates.assembly import (
    DAMAGE_CLASSES,
    ENGLISH_CLASSES,
    assemble,
    placeholder_number,
)
from issuance.certificates.cases import legal_day, load_standing, load_standing_for_house
from issuance.certificates.content import CertificateContent
from issuance.certificates.eligibility import issuable_cases
from issuance.certificates.model import (
    ABORTABLE,
    QUOTABLE,
    Entry,
    IssuableCase,
    IssuingMunicipality,
    KioskPolicy,
    Order,
    OrderState,
    ReservedNumber,
    Revocation,
)
from issuance.certificates.numbers import format_number
from issuance.certificates.record_version import record_digest, record_version
from issuance.certificates.store import (
    add_order,
    add_revocation,
    find_interrupted,
    get_entry,
    get_order,
    load_numbers,
    move_number,
    move_order,
)
from issuance.errors import (
    MalformedRequestError,
    NothingToIssueError,
    RecordChangedError,
    UnknownOrderError,
)
from issuance.integrity.model import LogKind
from issuance.integrity.service import check_line_runs, record
from issuance.ports import Clock, DocumentPress, RandomBytes, Sealer
from issuance.residents.model import CertificateLink
from issuance.wire.bodies import (
    AbortRequest,
    CatalogueDetails,
    CatalogueEntry,
    CompleteRequest,
    EntryDetails,
    NumberState,
    NumberStatus,
    OrderStatus,
    QuoteAnswer,
    QuoteRequest,
    ResolveAnswer,
    ResolveRequest,
    SheetOutcome,
    VoidRequest,
)
from issuance.wire.codes import DocumentType
from issuance.wire.recipes import binding, catalogue_info, order_digest

_REFERENCE_BYTES = 18


@dataclass(frozen=True, slots=True)
class CertificateService:
    """What a kiosk session may ask of one municipality."""

    municipality: IssuingMunicipality
    policy: KioskPolicy
    press: DocumentPress
    seal: Sealer
    now: Clock
    random_bytes: RandomBytes
    forget_answers: Callable[[Connection, str], None]
    """Drops the sealed documents kept for a repeated request of that session."""

    def resolve(self, connection: Connection, request: ResolveRequest) -> ResolveAnswer:
        """Tell what the holder of a proved card may have now.

        Raises: LineStoppedError, NotLinkedError, NotAtKioskError, NothingToIssueError,
        WrongOrderStateError when the session was resolved before.
        """
        code, now = self.municipality.code, self.now()
        if request.municipality_code != code:
            raise UnknownOrderError("this core serves another municipality")
        check_line_runs(connection, code)
        serial = int.from_bytes(request.serial, "big")
        standing = load_standing(
            connection, code, issuer_key_id=request.issuer_key_id, serial=serial
        )
        today = legal_day(now)
        issuable = issuable_cases(standing, self.policy, now=now, today=today)
        link = standing.linked.link
        entries = [self._entry(found, link, today) for found in issuable]
        bind = binding(
            session_id=request.session_id,
            issuer_key_id=request.issuer_key_id,
            serial=serial,
            session_key=request.session_key,
        )
        order = Order(
            session_id=request.session_id,
            subject_ref=self._reference(),
            issuer_key_id=request.issuer_key_id,
            serial=serial,
            session_key=request.session_key,
            bind=bind,
            state=OrderState.RESOLVED,
            resolved_at=now,
            entry_id=None,
            copies=None,
            order_digest=None,
            prepared_at=None,
        )
        add_order(connection, code, order, entries)
        details = CatalogueDetails(
            entries=tuple(
                _details(entry, found) for entry, found in zip(entries, issuable, strict=True)
            )
        )
        return ResolveAnswer(
            subject_ref=order.subject_ref,
            entries=tuple(
                CatalogueEntry(
                    entry_id=entry.entry_id,
                    document_type=DocumentType.VICTIM_CERTIFICATE,
                    record_version=entry.record_version,
                )
                for entry in entries
            ),
            sealed_details=self.seal(
                details.model_dump_json().encode(),
                request.session_key,
                catalogue_info(session_id=request.session_id, bind=bind),
            ),
        )

    def quote(self, connection: Connection, request: QuoteRequest) -> QuoteAnswer:
        """Freeze one order; it may be chosen anew until documents are made.

        Raises: LineStoppedError, UnknownOrderError, WrongOrderStateError, NotAtKioskError,
        RecordChangedError, certificates.errors.PaperError when it cannot be printed.
        """
        code, now = self.municipality.code, self.now()
        check_line_runs(connection, code)
        order = get_order(connection, code, request.session_id)
        if order.subject_ref != request.subject_ref:
            raise UnknownOrderError("the reference is of another session")
        entry = get_entry(connection, code, request.session_id, request.entry_id)
        issuable, link = self.recheck(connection, order, entry)
        self.press.check_printable(self._sample(issuable, link, legal_day(now)))
        digest = order_digest(
            session_id=request.session_id,
            municipality_code=code,
            document_type=DocumentType.VICTIM_CERTIFICATE,
            entry_id=entry.entry_id,
            copies=request.copies,
            record_version=entry.record_version,
        )
        move_order(
            connection,
            code,
            request.session_id,
            expected=QUOTABLE,
            state=OrderState.QUOTED,
            entry_id=entry.entry_id,
            copies=request.copies,
            order_digest=digest,
        )
        return QuoteAnswer(
            order_digest=digest,
            document_type=DocumentType.VICTIM_CERTIFICATE,
            record_version=entry.record_version,
            copies=request.copies,
            pages_expected=entry.pages,
        )

    def recheck(
        self, connection: Connection, order: Order, entry: Entry
    ) -> tuple[IssuableCase, CertificateLink]:
        """Return the entry's case as it is now, if it is still the one shown.

        Raises: NotLinkedError, NotAtKioskError, RecordChangedError.
        """
        now = self.now()
        standing = load_standing_for_house(
            connection,
            self.municipality.code,
            issuer_key_id=order.issuer_key_id,
            serial=order.serial,
            house_id=entry.house_id,
        )
        try:
            issuable = issuable_cases(standing, self.policy, now=now, today=legal_day(now))
        except NothingToIssueError as error:
            raise RecordChangedError("the certificate cannot be issued any more") from error
        if len(issuable) != 1 or record_digest(issuable[0]) != entry.record_digest:
            raise RecordChangedError("the record is not the one shown")
        return issuable[0], standing.linked.link

    def complete(self, connection: Connection, request: CompleteRequest) -> OrderStatus:
        """Close an order: printed numbers are issued, the others void.

        Raises: UnknownOrderError, WrongOrderStateError, MalformedRequestError when the report does
        not name each number of the order exactly once.
        """
        code = self.municipality.code
        order = get_order(connection, code, request.session_id)
        numbers = load_numbers(connection, code, request.session_id)
        outcomes = {result.certificate_number: result.outcome for result in request.results}
        known = {number.certificate_number for number in numbers}
        if len(outcomes) != len(request.results) or set(outcomes) != known:
            raise MalformedRequestError(["results"])
        if order.state is OrderState.COMPLETED and _is_same_report(outcomes, numbers):
            return self.status(connection, request.session_id)
        move_order(
            connection,
            code,
            request.session_id,
            expected={OrderState.PREPARED},
            state=OrderState.COMPLETED,
        )
        for number in numbers:
            move_number(
                connection,
                code,
                number.certificate_number,
                expected={NumberState.PREPARED},
                state=_FINAL_STATE[outcomes[number.certificate_number]],
            )
        self._log(
            connection,
            LogKind.COMPLETED,
            request.session_id,
            numbers={number: outcome.value for number, outcome in outcomes.items()},
            sheets=[number.pdf_digest for number in numbers],
        )
        self.forget_answers(connection, request.session_id)
        return self.status(connection, request.session_id)

    def abort(self, connection: Connection, request: AbortRequest) -> OrderStatus:
        """End an order of which nothing was printed; its numbers become void.

        Raises: UnknownOrderError, WrongOrderStateError when it was completed.
        """
        order = get_order(connection, self.municipality.code, request.session_id)
        if order.state is not OrderState.ABORTED:
            self.abandon(connection, request.session_id, reason=request.reason)
        return self.status(connection, request.session_id)

    def abandon(self, connection: Connection, session_id: str, *, reason: str) -> None:
        """Void every number of an order that will never be printed."""
        code = self.municipality.code
        move_order(connection, code, session_id, expected=ABORTABLE, state=OrderState.ABORTED)
        numbers = load_numbers(connection, code, session_id)
        for number in numbers:
            move_number(
                connection,
                code,
                number.certificate_number,
                expected={NumberState.RESERVED, NumberState.PREPARED},
                state=NumberState.VOID,
            )
        if numbers:
            self._log(
                connection,
                LogKind.ABORTED,
                session_id,
                numbers=[number.certificate_number for number in numbers],
                reason=reason,
            )
        self.forget_answers(connection, session_id)

    def void(self, connection: Connection, request: VoidRequest) -> OrderStatus:
        """Void issued numbers; from now on the revocation list names them.

        Raises: UnknownOrderError, WrongOrderStateError when one was never issued.
        """
        code, now = self.municipality.code, self.now()
        get_order(connection, code, request.session_id)
        numbers = {
            number.certificate_number: number
            for number in load_numbers(connection, code, request.session_id)
        }
        if not set(request.certificate_numbers) <= set(numbers):
            raise UnknownOrderError("a number is not of this order")
        wanted = [numbers[number] for number in dict.fromkeys(request.certificate_numbers)]
        for number in wanted:
            move_number(
                connection,
                code,
                number.certificate_number,
                expected={NumberState.ISSUED},
                state=NumberState.VOID,
            )
            revocation = Revocation(
                number.certificate_number, number.certificate_id, now, request.reason
            )
            add_revocation(connection, code, revocation)
        self._log(
            connection,
            LogKind.VOIDED,
            request.session_id,
            numbers=[number.certificate_number for number in wanted],
            reason=request.reason,
        )
        return self.status(connection, request.session_id)

    def status(self, connection: Connection, session_id: str) -> OrderStatus:
        """Tell where an order stands. Raises: UnknownOrderError."""
        code = self.municipality.code
        order = get_order(connection, code, session_id)
        return OrderStatus(
            session_id=session_id,
            state=_WIRE_STATE[order.state],
            numbers=tuple(
                NumberStatus(certificate_number=number.certificate_number, state=number.state)
                for number in load_numbers(connection, code, session_id)
            ),
        )

    def sweep(self, connection: Connection, *, before: datetime) -> int:
        """Void the numbers of orders whose making was interrupted before that moment."""
        found = find_interrupted(connection, self.municipality.code, before=before)
        for session_id in found:
            self.abandon(connection, session_id, reason="interrupted")
        return len(found)

    def _entry(self, issuable: IssuableCase, link: CertificateLink, today: date) -> Entry:
        digest = record_digest(issuable)
        return Entry(
            entry_id=self._reference(),
            house_id=issuable.case.house.house_id,
            record_digest=digest,
            record_version=record_version(digest),
            pages=self.press.count_pages(self._sample(issuable, link, today)),
        )

    def _sample(
        self, issuable: IssuableCase, link: CertificateLink, today: date
    ) -> CertificateContent:
        number = format_number(self.municipality.code, fiscal_year(today), 1)
        return assemble(issuable, link, self.municipality, placeholder_number(str(number), today))

    def _reference(self) -> str:
        return base64.urlsafe_b64encode(self.random_bytes(_REFERENCE_BYTES)).decode()

    def _log(
        self, connection: Connection, kind: LogKind, session_id: str, **leaves: object
    ) -> None:
        payload = {"session": sha256(session_id.encode()).digest(), **leaves}
        record(connection, self.municipality.code, kind, payload, now=self.now())


def fiscal_year(day: date) -> int:
    """Return the Japanese fiscal year (年度), which begins on 1 April."""
    return day.year if day.month >= 4 else day.year - 1


_WIRE_STATE: dict[OrderState, Literal["resolved", "quoted", "prepared", "completed", "aborted"]] = {
    OrderState.RESOLVED: "resolved",
    OrderState.QUOTED: "quoted",
    OrderState.PREPARING: "quoted",  # To the gateway an unfinished making is an order to make.
    OrderState.PREPARED: "prepared",
    OrderState.COMPLETED: "completed",
    OrderState.ABORTED: "aborted",
}
_FINAL_STATE = {
    SheetOutcome.PRINTED: NumberState.ISSUED,
    SheetOutcome.NOT_PRINTED: NumberState.VOID,
}


def _is_same_report(outcomes: dict[str, SheetOutcome], numbers: tuple[ReservedNumber, ...]) -> bool:
    return all(
        number.state is _FINAL_STATE[outcomes[number.certificate_number]] for number in numbers
    )


def _details(entry: Entry, issuable: IssuableCase) -> EntryDetails:
    case, outcome = issuable.case, issuable.determination.outcome
    return EntryDetails(
        entry_id=entry.entry_id,
        disaster_name=case.disaster.name,
        damaged_on=case.house.damaged_on,
        house_location=case.house.location,
        damage_class=DAMAGE_CLASSES[outcome].label,
        damage_class_en=ENGLISH_CLASSES[outcome],
        householder_name=case.household.householder_name,
        pages_expected=entry.pages,
    )
