"""Every class of error has its screen."""

import pytest

from gateway.wire.codes import ErrorCode, ProblemKind
from kiosk import errors
from kiosk.error_codes import CODES, FAULT_CODES, code_of, code_of_progress
from kiosk.errors import KioskError
from kiosk.ports import PrinterFault
from kiosk.print_job import PrintProgress
from tests.kiosk.fakes import refusal


def tree(root: type[KioskError]) -> set[type[KioskError]]:
    return {root}.union(*(tree(child) for child in root.__subclasses__()))


def test_every_class_is_in_the_table() -> None:
    assert set(CODES) == tree(KioskError)


def test_docstring_draws_every_class() -> None:
    drawn = errors.__doc__ or ""
    assert {kind.__name__ for kind in tree(KioskError) if kind.__name__ not in drawn} == set()


def test_every_fault_of_the_printer_has_its_screen() -> None:
    assert set(FAULT_CODES) == set(PrinterFault)


def test_refusal_shows_the_code_of_the_gateway() -> None:
    refused = refusal(ProblemKind.NOT_AT_KIOSK, ErrorCode.NOT_AT_KIOSK)
    assert code_of(refused) is ErrorCode.NOT_AT_KIOSK


def test_refusal_without_a_code_shows_that_nothing_was_made() -> None:
    assert code_of(refusal(ProblemKind.MALFORMED)) is ErrorCode.NOT_PREPARED


def test_class_that_nobody_entered_shows_its_ancestor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(CODES, errors.DocumentRefusedError)
    assert code_of(errors.DocumentRefusedError()) is ErrorCode.BINDING_MISMATCH


@pytest.mark.parametrize(
    ("progress", "code"),
    [
        (PrintProgress(1, 2, 1, PrinterFault.JAM), ErrorCode.PAPER_JAM),
        (PrintProgress(0, 1, 0, PrinterFault.SUPPLIES_OUT), ErrorCode.SUPPLIES_OUT),
        (PrintProgress(0, 1, 1, PrinterFault.SPOILED), ErrorCode.SPOILED),
        (PrintProgress(1, 2, 0, None, given_up=1), ErrorCode.NOT_RECOVERABLE),
        (PrintProgress(2, 2, 0, None), None),
    ],
)
def test_screen_of_printing(progress: PrintProgress, code: ErrorCode | None) -> None:
    assert code_of_progress(progress) is code
