"""A machine without a town: clock, reader, hand and session are fakes, the rest is real."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

from gateway.wire.bodies import (
    Environment,
    Locale,
    MunicipalityOffer,
    Quote,
    Receipt,
    ServiceStatus,
    SessionState,
    SessionStatus,
)
from gateway.wire.codes import MoneyState, ProblemKind
from issuance.wire.bodies import EntryDetails, Manifest, ManifestDocument
from issuance.wire.codes import DocumentType
from kiosk.card.reading import CardCondition
from kiosk.devices import SimulatedCoinBox, SimulatedPrinter
from kiosk.errors import (
    CardRemovedError,
    GatewayRefusalError,
    PinLockedError,
    PinWrongError,
    StepOrderError,
)
from kiosk.journal import Journal
from kiosk.parts import KioskParts, TrayCard
from kiosk.ports import CardChannel, CardReader, Gateway, Printer
from kiosk.print_job import PrintJob, PrintProgress
from kiosk.settlement import Settlement
from kiosk.transaction import Choice, SessionDriver

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SESSION_ID = "a1b2c3d4" * 4
PIN = "1234"
FEE = 10
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
    b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
    b"4 0 obj<</Length 44>>stream\nBT /F1 24 Tf 100 700 Td (Specimen) Tj ET\nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""One page with one word on it."""


class FakeClock:
    """A clock that goes only when somebody turns it."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.moment += timedelta(seconds=seconds)


class FakeReader:
    """A pad on which a card lies or does not lie; nothing is read from it here."""

    def __init__(self) -> None:
        self.card: str | None = None

    def is_card_present(self) -> bool:
        return self.card is not None

    def connect(self) -> CardChannel:
        raise NotImplementedError("the fake session reads no card")


class FakeHand:
    """Holds two cards."""

    def __init__(self, reader: FakeReader) -> None:
        self._reader = reader

    def cards(self) -> Sequence[TrayCard]:
        return (
            TrayCard("resident", "ふつうの住民", "A plain resident"),
            TrayCard("revoked", "失効したカード", "A revoked card"),
        )

    async def put(self, card_id: str) -> None:
        self._reader.card = card_id

    def lift(self) -> None:
        self._reader.card = None


@dataclass(slots=True)
class Script:
    """What the fake session answers; one failure at most is raised at each step."""

    choices: tuple[Choice, ...]
    failures: dict[str, Exception] = field(default_factory=dict)
    tries_left: int = 3
    log: list[str] = field(default_factory=list)
    """The steps that were taken."""
    pins: list[str] = field(default_factory=list, repr=False)


class FakeDriver(SessionDriver):
    """A session that keeps its promises without card, keys or gateway."""

    def __init__(self, parts: "FakeParts") -> None:
        super().__init__(parts.gateway, kiosk_id=parts.kiosk_id, journal=parts.journal)
        self._script = parts.script
        self._reference = ""
        self._paid = False
        self._ended: Settlement | None = None
        self._fake_quote: Quote | None = None
        self._fake_job: PrintJob | None = None
        self._due = 0

    def _step(self, name: str) -> None:
        self._script.log.append(name)
        failure = self._script.failures.pop(name, None)
        if failure is not None:
            raise failure

    @property
    def quote_now(self) -> Quote:
        if self._fake_quote is None:
            raise StepOrderError("nothing was quoted")
        return self._fake_quote

    @property
    def is_paid(self) -> bool:
        return self._paid and self._ended is None

    @property
    def is_fetched(self) -> bool:
        return self._fake_job is not None

    @property
    def reference(self) -> str:
        return self._reference

    async def open(self, locale: Locale) -> None:
        self._step(f"open {locale.value}")
        self._reference = SESSION_ID[:8].upper()

    async def prove(
        self, reader: CardReader, municipality: MunicipalityOffer, pin: str
    ) -> tuple[Choice, ...]:
        self._script.pins.append(pin)
        self._step("prove")
        if not reader.is_card_present():
            raise CardRemovedError("the card was lifted")
        if pin != PIN:
            self._script.tries_left -= 1
            if self._script.tries_left == 0:
                raise PinLockedError("locked")
            raise PinWrongError(self._script.tries_left)
        return self._script.choices

    async def quote(self, entry_id: str, copies: int) -> Quote:
        self._step("quote")
        self._fake_quote = Quote(
            environment=Environment.DEMO,
            order_digest=bytes(32),
            document_type=DocumentType.VICTIM_CERTIFICATE,
            entry_id=entry_id,
            record_version=1,
            copies=copies,
            pages_expected=1,
            unit_fee=FEE,
            total=FEE * copies,
        )
        return self._fake_quote

    async def prepare(self) -> Manifest:
        self._step("prepare")
        return Manifest(
            session_id=SESSION_ID,
            municipality_code="990019",
            order_digest=bytes(32),
            bind=bytes(32),
            record_version=1,
            documents=tuple(
                ManifestDocument(
                    certificate_number=f"990019-{number:08}",
                    pages=1,
                    pdf_digest=bytes(32),
                    sealed_digest=bytes(32),
                )
                for number in range(self.quote_now.copies)
            ),
            prepared_at=START,
        )

    async def pay(self) -> None:
        self._step("pay")
        self._paid = True

    async def fetch(self) -> None:
        self._step("fetch")
        manifest = await self.prepare()
        self._fake_job = PrintJob(tuple((document, PDF) for document in manifest.documents))

    async def print_copies(
        self, printer: Printer, on_copy: Callable[[int, int], None] = lambda _c, _n: None
    ) -> PrintProgress:
        self._step("print")
        return await self._job_now.run(
            printer, before=lambda: None, after=self._reported, on_copy=on_copy
        )

    async def _reported(self, _report: object) -> None:
        self._script.log.append("reported")

    async def spoil_all(self) -> None:
        self._step("spoil")
        self._job_now.spoil_all()

    def give_up_rest(self) -> None:
        self._job_now.give_up_rest()

    async def complete(self) -> Receipt:
        self._step("complete")
        self._finish()
        return Receipt(
            environment=Environment.DEMO,
            session_id=SESSION_ID,
            receipt_number="R1",
            sheets=self._job_now.printed,
            unit_fee=FEE,
            total=FEE * self._job_now.printed,
            refund=self._due,
            issued_at=START,
        )

    async def settle(self, reason: str) -> Settlement:
        if self._ended is None:
            self._script.log.append(f"settle {reason}")
            return self._finish()
        return self._ended

    def _finish(self) -> Settlement:
        printed = self._fake_job.printed if self._fake_job else 0
        earned = FEE * printed if self._paid else 0
        self._due = self.quote_now.total - earned if self._paid else 0
        self._ended = Settlement(printed=printed, earned=earned, refund=self._due, is_recorded=True)
        return self._ended

    def collect_refund(self) -> int:
        due, self._due = self._due, 0
        return due

    def wipe(self) -> None:
        self._script.log.append("wipe")
        super().wipe()

    @property
    def _job_now(self) -> PrintJob:
        if self._fake_job is None:
            raise StepOrderError("no document was fetched")
        return self._fake_job


class FakeGateway:
    """Knows who takes part; sessions are the fake driver's business."""

    def __init__(self, status: ServiceStatus) -> None:
        self.status = status

    async def service_status(self) -> ServiceStatus:
        return self.status

    async def session_status(self, session_id: str) -> SessionStatus:
        return SessionStatus(
            environment=Environment.DEMO, session_id=session_id, state=SessionState.RELEASED
        )


@dataclass(frozen=True, slots=True)
class FakeParts(KioskParts):
    """Parts whose sessions are fakes."""

    script: Script = field(default_factory=lambda: Script(choices()))

    @property
    def hand(self) -> FakeHand:
        """Whoever stands in front of the machine."""
        assert isinstance(self.tray, FakeHand)
        return self.tray

    @property
    def fake_clock(self) -> FakeClock:
        """The clock that a test can turn."""
        assert isinstance(self.clock, FakeClock)
        return self.clock

    async def examine_card(self) -> CardCondition:
        self.script.log.append("examine")
        failure = self.script.failures.pop("examine", None)
        if failure is not None:
            raise failure
        return CardCondition(self.script.tries_left)

    def new_driver(self) -> SessionDriver:
        return FakeDriver(self)


def refusal(kind: ProblemKind = ProblemKind.CERTIFICATE_REVOKED) -> GatewayRefusalError:
    """Return a refusal of the gateway that names no code of its own."""
    return GatewayRefusalError(kind, None, money=MoneyState.NONE, retryable=False, trace_id="t")


def choices(count: int = 1) -> tuple[Choice, ...]:
    """Return what the resident can have: an earthquake, and then typhoons."""
    names = ["令和8年見本地震", *(f"令和8年台風第{19 + n}号" for n in range(count - 1))]
    return tuple(
        Choice(
            f"entry-{number}",
            EntryDetails(
                entry_id=f"entry-{number}",
                disaster_name=name,
                damaged_on=date(2026, 10, 3),
                house_location="見本県見本市中央一丁目２番３号",
                damage_class="大規模半壊",
                damage_class_en="Large-scale half destroyed",
                householder_name="見本　花子",
                pages_expected=1,
            ),
            FEE,
        )
        for number, name in enumerate(names)
    )


def town(number: int = 0, *, open_now: bool = True) -> MunicipalityOffer:
    """Return a municipality that takes part."""
    return MunicipalityOffer(
        municipality_code=f"99{number:03}9",
        prefecture="見本県",
        name="見本市" if number == 0 else f"見本{number}町",
        name_en="Mihon City" if number == 0 else f"Mihon Town {number}",
        open_now=open_now,
        core_key_id="core",
        core_key=bytes(32),
    )


def service(*municipalities: MunicipalityOffer, open_now: bool = True) -> ServiceStatus:
    """Return the answer to step 0."""
    return ServiceStatus(
        environment=Environment.DEMO,
        open_now=open_now,
        opens_at=None if open_now else datetime(2026, 11, 23, 21, 30, tzinfo=UTC),
        municipalities=municipalities or (town(),),
        notices=(),
    )


async def no_pause(_seconds: float) -> None:
    """Wait for nothing."""


def make_parts(folder: Path, *, demo: bool = True, script: Script | None = None) -> FakeParts:
    """Put a machine together whose certificates come out in ``folder``."""
    clock = FakeClock()
    reader = FakeReader()
    return FakeParts(
        gateway=cast(Gateway, FakeGateway(service())),
        kiosk_id="demo-kiosk-1",
        reader=reader,
        tray=FakeHand(reader),
        coin_box=SimulatedCoinBox(),
        printer=SimulatedPrinter(folder / "tray", pause=no_pause),
        journal=Journal(folder / "journal.jsonl", clock.now),
        clock=clock,
        output=folder / "tray",
        demo=demo,
        pause=no_pause,
        script=script or Script(choices()),
    )
