"""Making the documents of one order: reserve, render, bind, sign, seal.

    begin   (transaction 1)  re-check the record, write down the numbers (write-ahead intent)
    make    (no transaction) one pure call a copy; the binding is taken from what was rendered
    finish  (transaction 2)  numbers become PREPARED with the digest of their PDF

A crash between the transactions leaves reserved numbers; the repeated request uses the very same
numbers, date and ids again. Nothing is parked between the steps but the plan itself.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import digest as keyed_digest

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from issuance.certificates.assembly import assemble
from issuance.certificates.cases import legal_day
from issuance.certificates.content import CertificateContent, Subject
from issuance.certificates.model import Entry, Order, OrderState, ReservedNumber
from issuance.certificates.numbers import format_number
from issuance.certificates.service import CertificateService, fiscal_year
from issuance.certificates.store import (
    get_entry,
    get_order,
    load_numbers,
    move_number,
    move_order,
    reserve_numbers,
    take_sequence,
)
from issuance.errors import UnknownOrderError, WrongOrderStateError, WrongSubjectError
from issuance.integrity.model import LogKind
from issuance.integrity.service import check_line_runs, record
from issuance.ports import PressedDocument
from issuance.residents.store import find_linked_resident
from issuance.wire.bodies import (
    Manifest,
    ManifestDocument,
    NumberState,
    PrepareAnswer,
    PrepareRequest,
    SignedManifest,
)
from issuance.wire.recipes import MANIFEST_LABEL, binding, document_info, serial_bytes

CERTIFICATE_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class ManifestKey:
    """The key that signs manifests, under the id by which the gateway knows it."""

    key_id: str
    private_key: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Plan:
    """An order whose numbers are written down."""

    order: Order
    entry: Entry
    prepared_at: datetime
    contents: tuple[CertificateContent, ...]
    is_test: bool = False
    """Sheets of a real-store test (実店舗試験)."""


@dataclass(frozen=True, slots=True)
class MadeOrder:
    """The documents of one order, sealed, with what they are about."""

    subjects: tuple[Subject, ...]
    documents: tuple[ManifestDocument, ...]
    answer: PrepareAnswer


@dataclass(frozen=True, slots=True)
class Preparation:
    """Makes the documents of quoted orders."""

    service: CertificateService
    manifest_key: ManifestKey
    pseudonym_key: bytes
    """Keys the pseudonym of a card certificate in the issue log."""

    def begin(self, connection: Connection, request: PrepareRequest) -> Plan:
        """Write down the numbers of the quoted order, or find those of an interrupted making.

        Raises: LineStoppedError, UnknownOrderError, WrongOrderStateError, NotAtKioskError,
        RecordChangedError, NumberCollisionError, certificates.errors.PaperError.
        """
        service, code = self.service, self.service.municipality.code
        check_line_runs(connection, code)
        order = get_order(connection, code, request.session_id)
        if order.order_digest != request.order_digest or order.entry_id is None:
            raise UnknownOrderError("no such order in this session")
        entry = get_entry(connection, code, request.session_id, order.entry_id)
        issuable, link = service.recheck(connection, order, entry)
        if order.state is OrderState.PREPARING and order.prepared_at is not None:
            prepared_at = order.prepared_at
            numbers = load_numbers(connection, code, order.session_id)
        else:
            prepared_at = service.now().replace(microsecond=0)
            numbers = self._reserve(connection, order, prepared_at)
        contents = tuple(
            assemble(issuable, link, service.municipality, number) for number in numbers
        )
        service.press.check_printable(contents[0])
        return Plan(order, entry, prepared_at, contents, request.is_test)

    def make(self, plan: Plan) -> MadeOrder:
        """Render, bind, sign and seal every copy; touches no database.

        Raises: WrongSubjectError when a rendered document is about somebody else.
        """
        pressed = [
            self.service.press.press(content, signed_at=plan.prepared_at, is_test=plan.is_test)
            for content in plan.contents
        ]
        sealed, documents = [], []
        for content, document in zip(plan.contents, pressed, strict=True):
            bind = self._bind_of(document, content, plan)
            pdf_digest = sha256(document.pdf).digest()
            info = document_info(
                session_id=plan.order.session_id,
                order=plan.order.order_digest or b"",
                bind=bind,
                pdf_digest=pdf_digest,
            )
            sealed.append(self.service.seal(document.pdf, plan.order.session_key, info))
            documents.append(
                ManifestDocument(
                    certificate_number=document.certificate_number,
                    pages=document.pages,
                    pdf_digest=pdf_digest,
                    sealed_digest=sha256(sealed[-1]).digest(),
                )
            )
        manifest = Manifest(
            session_id=plan.order.session_id,
            municipality_code=self.service.municipality.code,
            order_digest=plan.order.order_digest or b"",
            bind=self._bind_of(pressed[0], plan.contents[0], plan),
            record_version=pressed[0].record_version,
            documents=tuple(documents),
            prepared_at=plan.prepared_at,
            # Left out where it is not so: a gateway of the version before does not know it.
            **({"is_test": True} if plan.is_test else {}),
        )
        answer = PrepareAnswer(signed_manifest=self._sign(manifest), sealed_documents=tuple(sealed))
        return MadeOrder(tuple(document.subject for document in pressed), tuple(documents), answer)

    def finish(self, connection: Connection, plan: Plan, made: MadeOrder) -> PrepareAnswer:
        """Record that the documents exist.

        Raises: WrongOrderStateError when the order ended meanwhile; WrongSubjectError when the
        rendered subject's own link does not lead to that resident.
        """
        code, session_id = self.service.municipality.code, plan.order.session_id
        for subject in set(made.subjects):
            linked = find_linked_resident(
                connection, code, issuer_key_id=subject.issuer_key_id, serial=subject.serial
            )
            if linked is None or linked.resident.resident_id != subject.resident_id:
                raise WrongSubjectError("the subject's link leads elsewhere")
        move_order(
            connection,
            code,
            session_id,
            expected={OrderState.PREPARING},
            state=OrderState.PREPARED,
        )
        for document in made.documents:
            move_number(
                connection,
                code,
                document.certificate_number,
                expected={NumberState.RESERVED},
                state=NumberState.PREPARED,
                pdf_digest=document.pdf_digest,
            )
        subject = made.subjects[0]
        payload = {
            "session": sha256(session_id.encode()).digest(),
            "subject": keyed_digest(
                self.pseudonym_key,
                subject.issuer_key_id + serial_bytes(subject.serial),
                "sha256",
            ),
            "order": plan.order.order_digest,
            "numbers": [document.certificate_number for document in made.documents],
            "sheets": [document.pdf_digest for document in made.documents],
        }
        record(connection, code, LogKind.PREPARED, payload, now=self.service.now())
        return made.answer

    def _reserve(
        self, connection: Connection, order: Order, prepared_at: datetime
    ) -> tuple[ReservedNumber, ...]:
        code, copies = self.service.municipality.code, order.copies
        if copies is None:
            raise WrongOrderStateError("the order was not quoted")
        move_order(
            connection,
            code,
            order.session_id,
            expected={OrderState.QUOTED},
            state=OrderState.PREPARING,
            prepared_at=prepared_at,
        )
        today = legal_day(prepared_at)
        year = fiscal_year(today)
        first = take_sequence(connection, code, year, count=copies)
        numbers = tuple(
            ReservedNumber(
                certificate_number=str(format_number(code, year, first + offset)),
                copy_no=offset + 1,
                certificate_id=self.service.random_bytes(CERTIFICATE_ID_BYTES),
                issued_on=today,
                state=NumberState.RESERVED,
                pdf_digest=None,
            )
            for offset in range(copies)
        )
        reserve_numbers(
            connection,
            code,
            order.session_id,
            numbers,
            fiscal_year=year,
            first_sequence=first,
        )
        return numbers

    def _bind_of(self, document: PressedDocument, content: CertificateContent, plan: Plan) -> bytes:
        """Return the binding of the person in the document. Raises: WrongSubjectError."""
        bind = binding(
            session_id=plan.order.session_id,
            issuer_key_id=document.subject.issuer_key_id,
            serial=document.subject.serial,
            session_key=plan.order.session_key,
        )
        agrees = (
            bind == plan.order.bind
            and document.certificate_number == content.certificate_number
            and document.record_version == plan.entry.record_version
            and document.pages == plan.entry.pages
        )
        if not agrees:
            raise WrongSubjectError("a rendered document is not the one ordered")
        return bind

    def _sign(self, manifest: Manifest) -> SignedManifest:
        data = manifest.model_dump_json(exclude_unset=True).encode()
        return SignedManifest(
            manifest=data,
            key_id=self.manifest_key.key_id,
            signature=self.manifest_key.private_key.sign(MANIFEST_LABEL + data),
        )
