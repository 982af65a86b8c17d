"""The copies of one order on their way to paper: documents, attempts, outcomes, in memory only.

A copy has an outcome once it came out whole or was given up; until then it can be tried again.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.wire.bodies import PrintOutcome, PrintReport
from issuance.wire.bodies import ManifestDocument, SheetOutcome, SheetResult
from kiosk.errors import StepOrderError
from kiosk.ports import Printer, PrinterFault
from kiosk.print_rules import OUTCOMES, NextStep, decide

_LABEL_BYTES = 16
"""Names of sheets are 128 random bits."""


@dataclass(frozen=True, slots=True)
class PrintProgress:
    """Where printing stands when it stops: finished, or waiting for somebody."""

    printed: int
    copies: int
    pages_out: int
    """Pages of the copy that stands still; 0 when none does."""
    fault: PrinterFault | None
    """None when nothing is left to print."""
    given_up: int = 0
    """Copies that cannot be printed and go back."""

    @property
    def is_finished(self) -> bool:
        """Say whether every copy has its outcome."""
        return self.printed + self.given_up == self.copies


class PrintJob:
    """One order's copies. Pairs of manifest entry and opened PDF go in, outcomes come out."""

    def __init__(self, documents: tuple[tuple[ManifestDocument, bytes], ...]) -> None:
        self._documents = documents
        self._faults: dict[str, list[PrinterFault | None]] = {
            entry.certificate_number: [] for entry, _ in documents
        }
        self._outcomes: dict[str, SheetOutcome] = {}

    @property
    def printed(self) -> int:
        """Copies that came out whole."""
        return list(self._outcomes.values()).count(SheetOutcome.PRINTED)

    async def run(
        self,
        printer: Printer,
        *,
        before: Callable[[], None],
        after: Callable[[PrintReport], Awaitable[None]],
        on_copy: Callable[[int, int], None],
    ) -> PrintProgress:
        """Print until everything has an outcome or somebody must help; call again to resume.

        ``before`` and ``after`` surround every attempt; ``on_copy`` hears copy and copies.
        """
        for copy, (entry, pdf) in enumerate(self._documents, start=1):
            if entry.certificate_number in self._outcomes:
                continue
            on_copy(copy, len(self._documents))
            stopped = await self._print_one(printer, entry, pdf, before, after)
            if stopped is not None:
                return stopped
        return self.progress()

    async def _print_one(
        self,
        printer: Printer,
        entry: ManifestDocument,
        pdf: bytes,
        before: Callable[[], None],
        after: Callable[[PrintReport], Awaitable[None]],
    ) -> PrintProgress | None:
        """Print one copy; return where it stopped when somebody must help."""
        number = entry.certificate_number
        attempts = self._faults[number]
        while number not in self._outcomes:
            before()
            label = secrets.token_hex(_LABEL_BYTES)
            result = await printer.print_document(pdf, entry.pages, label)
            attempts.append(result.fault)
            following = decide(tuple(attempts))
            if following is NextStep.NEXT_COPY:
                self._outcomes[number] = SheetOutcome.PRINTED
            elif following is NextStep.GIVE_UP:
                self._outcomes[number] = SheetOutcome.NOT_PRINTED
            await after(
                PrintReport(
                    certificate_number=number,
                    attempt=len(attempts),
                    pages_out=result.pages_out,
                    outcome=OUTCOMES[result.fault],
                )
            )
            if following is NextStep.WAIT_FOR_HELP:
                return self.progress(pages_out=result.pages_out, fault=result.fault)
        return None

    def spoil_all(self) -> tuple[PrintReport, ...]:
        """Take back every copy that is out, as unreadable: ``run`` prints each once more.

        Returns the reports of it. Raises: StepOrderError when one was printed again before.
        """
        spoiled = [e for e, _ in self._documents if self._is_out(e.certificate_number)]
        if any(PrinterFault.SPOILED in self._faults[e.certificate_number] for e in spoiled):
            raise StepOrderError("a copy is printed again only once")
        return tuple(self._spoil(entry) for entry in spoiled)

    def _spoil(self, entry: ManifestDocument) -> PrintReport:
        attempts = self._faults[entry.certificate_number]
        attempts.append(PrinterFault.SPOILED)
        del self._outcomes[entry.certificate_number]
        return PrintReport(
            certificate_number=entry.certificate_number,
            attempt=len(attempts),
            pages_out=entry.pages,
            outcome=PrintOutcome.SPOILED,
        )

    def _is_out(self, number: str) -> bool:
        return self._outcomes.get(number) is SheetOutcome.PRINTED

    def give_up_rest(self) -> None:
        """Decide that what is not out yet will not come."""
        for entry, _ in self._documents:
            self._outcomes.setdefault(entry.certificate_number, SheetOutcome.NOT_PRINTED)

    def results(self) -> tuple[SheetResult, ...]:
        """Return every copy's outcome. Raises: StepOrderError while one has none."""
        if len(self._outcomes) < len(self._documents):
            raise StepOrderError("a copy has no outcome yet")
        return tuple(
            SheetResult(certificate_number=number, outcome=outcome)
            for number, outcome in self._outcomes.items()
        )

    def progress(self, *, pages_out: int = 0, fault: PrinterFault | None = None) -> PrintProgress:
        """Return where printing stands."""
        return PrintProgress(
            printed=self.printed,
            copies=len(self._documents),
            pages_out=pages_out,
            fault=fault,
            given_up=list(self._outcomes.values()).count(SheetOutcome.NOT_PRINTED),
        )

    def document(self, copy: int) -> bytes | None:
        """Return the PDF of a copy (counted from 1), for looking at it on the screen."""
        return self._documents[copy - 1][1] if 1 <= copy <= len(self._documents) else None
