"""What a card holder may have, and freezing her order.

Every method works inside the caller's transaction and never commits.
"""

import base64
from dataclasses import dataclass
from datetime import date

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
    QUOTABLE,
    Entry,
    IssuableCase,
    IssuingMunicipality,
    KioskPolicy,
    Order,
    OrderState,
)
from issuance.certificates.numbers import format_number
from issuance.certificates.record_version import record_digest, record_version
from issuance.certificates.store import (
    add_order,
    get_entry,
    get_order,
    move_order,
)
from issuance.errors import (
    NothingToIssueError,
    RecordChangedError,
    UnknownOrderError,
)
from issuance.integrity.service import check_line_runs
from issuance.ports import Clock, DocumentPress, RandomBytes, Sealer
from issuance.residents.model import CertificateLink
from issuance.wire.bodies import (
    CatalogueDetails,
    CatalogueEntry,
    EntryDetails,
    QuoteAnswer,
    QuoteRequest,
    ResolveAnswer,
    ResolveRequest,
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


def fiscal_year(day: date) -> int:
    """Return the Japanese fiscal year (年度), which begins on 1 April."""
    return day.year if day.month >= 4 else day.year - 1


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
