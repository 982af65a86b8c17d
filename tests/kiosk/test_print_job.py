"""Copies on their way to paper: every attempt is told, every copy gets one outcome."""

from pathlib import Path

import pytest

from gateway.wire.bodies import PrintOutcome, PrintReport
from issuance.wire.bodies import ManifestDocument, SheetOutcome
from kiosk.devices import SimulatedPrinter
from kiosk.errors import StepOrderError
from kiosk.ports import PrinterFault
from kiosk.print_job import PrintJob, PrintProgress
from tests.kiosk.machine import no_pause

pytestmark = pytest.mark.anyio
FIRST, SECOND = "990019-2026-0000001-11", "990019-2026-0000002-22"


class Run:
    """A job, its printer, and what was told about it."""

    def __init__(self, folder: Path, *, pages: int = 1) -> None:
        documents = [
            (
                ManifestDocument(
                    certificate_number=number,
                    pages=pages,
                    pdf_digest=bytes(32),
                    sealed_digest=bytes(32),
                ),
                number.encode(),
            )
            for number in (FIRST, SECOND)
        ]
        self.job = PrintJob(tuple(documents))
        self.printer = SimulatedPrinter(folder, pause=no_pause)
        self.told: list[object] = []

    async def go(self) -> PrintProgress:
        """Print as far as it goes."""

        async def after(report: PrintReport) -> None:
            self.told.append(report)

        return await self.job.run(
            self.printer,
            before=lambda: self.told.append("before"),
            after=after,
            on_copy=lambda copy, copies: self.told.append((copy, copies)),
        )

    @property
    def outcomes(self) -> dict[str, SheetOutcome]:
        """What ``results`` says."""
        return {r.certificate_number: r.outcome for r in self.job.results()}

    @property
    def contents(self) -> list[bytes]:
        """What lies in the tray."""
        return [self.printer.path_of(name).read_bytes() for name in self.printer.output_tray()]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def printed(number: str, attempt: int = 1) -> PrintReport:
    return PrintReport(
        certificate_number=number, attempt=attempt, pages_out=1, outcome=PrintOutcome.PRINTED
    )


async def test_every_copy_comes_out_once_and_is_told(run: Run) -> None:
    progress = await run.go()
    assert progress == PrintProgress(printed=2, copies=2, pages_out=0, fault=None)
    assert progress.is_finished
    assert run.contents == [FIRST.encode(), SECOND.encode()]
    assert run.told == [(1, 2), "before", printed(FIRST), (2, 2), "before", printed(SECOND)]


async def test_sheets_are_named_by_chance(run: Run) -> None:
    await run.go()
    names = [name.removesuffix(".pdf") for name in run.printer.output_tray()]
    assert len(set(names)) == 2
    assert all(len(bytes.fromhex(name)) == 16 for name in names)


async def test_fault_stops_and_resuming_prints_only_what_is_missing(tmp_path: Path) -> None:
    run = Run(tmp_path, pages=2)
    run.printer.paper_left = 3
    stopped = await run.go()
    assert stopped == PrintProgress(
        printed=1, copies=2, pages_out=1, fault=PrinterFault.SUPPLIES_OUT
    )
    assert not stopped.is_finished

    run.printer.refill()
    run.told.clear()
    assert (await run.go()).is_finished
    assert run.told[:2] == [(2, 2), "before"]
    assert run.contents == [FIRST.encode(), SECOND.encode()]
    assert run.told[-1] == PrintReport(
        certificate_number=SECOND, attempt=2, pages_out=2, outcome=PrintOutcome.PRINTED
    )


async def test_unreadable_print_is_repeated_at_once(run: Run) -> None:
    run.printer.spoil_next()
    assert (await run.go()).printed == 2
    outcomes = [report.outcome for report in run.told if isinstance(report, PrintReport)]
    assert outcomes == [PrintOutcome.SPOILED, PrintOutcome.PRINTED, PrintOutcome.PRINTED]


async def test_copy_that_jams_again_and_again_is_given_up_and_the_next_is_tried(run: Run) -> None:
    for _ in range(4):
        run.printer.jam_after(0)
        assert (await run.go()).fault is PrinterFault.JAM
        run.printer.mend()
    run.printer.jam_after(0)
    stopped = await run.go()
    assert (stopped.given_up, stopped.fault) == (1, PrinterFault.JAM)
    run.printer.mend()
    assert await run.go() == PrintProgress(1, 2, 0, None, given_up=1)
    assert run.outcomes == {FIRST: SheetOutcome.NOT_PRINTED, SECOND: SheetOutcome.PRINTED}


async def test_results_wait_for_the_last_copy(run: Run) -> None:
    run.printer.run_out()
    await run.go()
    with pytest.raises(StepOrderError):
        run.job.results()


async def test_giving_up_the_rest_keeps_what_is_out(run: Run) -> None:
    await run.go()
    run.job.spoil_all()
    run.printer.run_out()
    await run.go()
    run.job.give_up_rest()
    assert set(run.outcomes.values()) == {SheetOutcome.NOT_PRINTED}

    again = Run(run.printer.path_of("x").parent)
    await again.go()
    again.job.give_up_rest()
    assert set(again.outcomes.values()) == {SheetOutcome.PRINTED}


async def test_sheets_that_nobody_can_read_print_once_more_under_the_same_numbers(
    run: Run,
) -> None:
    await run.go()
    reports = run.job.spoil_all()
    assert [(r.certificate_number, r.attempt, r.outcome) for r in reports] == [
        (FIRST, 2, PrintOutcome.SPOILED),
        (SECOND, 2, PrintOutcome.SPOILED),
    ]
    assert run.job.printed == 0
    assert (await run.go()).printed == 2
    assert run.told[-1] == printed(SECOND, attempt=3)


async def test_second_word_of_unreadable_sheets_is_not_taken(run: Run) -> None:
    await run.go()
    run.job.spoil_all()
    await run.go()
    with pytest.raises(StepOrderError):
        run.job.spoil_all()
    assert run.job.printed == 2


@pytest.mark.parametrize(("copy", "content"), [(1, FIRST), (2, SECOND)])
async def test_document_of_a_copy_can_be_looked_at(run: Run, copy: int, content: str) -> None:
    assert run.job.document(copy) == content.encode()


@pytest.mark.parametrize("copy", [0, 3])
async def test_there_is_no_other_copy(run: Run, copy: int) -> None:
    assert run.job.document(copy) is None
