"""What follows an attempt at one copy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire.bodies import PrintOutcome
from kiosk.ports import PrinterFault
from kiosk.print_rules import MAX_ATTEMPTS, OUTCOMES, NextStep, decide

JAM, OUT, SPOILED = PrinterFault.JAM, PrinterFault.SUPPLIES_OUT, PrinterFault.SPOILED


@pytest.mark.parametrize(
    ("faults", "following"),
    [
        ((None,), NextStep.NEXT_COPY),
        ((JAM,), NextStep.WAIT_FOR_HELP),
        ((OUT,), NextStep.WAIT_FOR_HELP),
        ((SPOILED,), NextStep.PRINT_AGAIN),
        ((JAM, OUT, JAM, JAM), NextStep.WAIT_FOR_HELP),
        ((JAM, OUT, JAM, JAM, OUT), NextStep.GIVE_UP),
        ((JAM, JAM, JAM, JAM, None), NextStep.NEXT_COPY),
        ((SPOILED, SPOILED), NextStep.GIVE_UP),
        ((SPOILED, JAM, SPOILED), NextStep.GIVE_UP),
        ((SPOILED, JAM), NextStep.WAIT_FOR_HELP),
        ((SPOILED, None), NextStep.NEXT_COPY),
    ],
)
def test_next_step(faults: tuple[PrinterFault | None, ...], following: NextStep) -> None:
    assert decide(faults) is following


@given(st.lists(st.sampled_from(PrinterFault), min_size=MAX_ATTEMPTS))
def test_no_copy_is_tried_for_ever(faults: list[PrinterFault | None]) -> None:
    assert decide(tuple(faults)) is NextStep.GIVE_UP


def test_every_outcome_of_the_printer_can_be_reported() -> None:
    assert set(OUTCOMES) == {None, *PrinterFault}
    assert set(OUTCOMES.values()) == set(PrintOutcome)
