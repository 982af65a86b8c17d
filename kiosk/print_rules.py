"""What to do after a print attempt: decisions on values.

| the printer says      | first time            | again                                        |
|-----------------------|-----------------------|----------------------------------------------|
| printed               | next copy             |                                              |
| jam, supplies out     | wait for help, resume | wait for help, resume, at most five attempts |
| spoiled               | print once more       | not recoverable: refund this copy            |

Whatever the attempt, the certificate number stays the same and nothing is charged twice.
Assumption: the limits are ours; chains publish no rules for refunds.
"""

from enum import StrEnum

from gateway.wire.bodies import PrintOutcome
from kiosk.ports import PrinterFault

MAX_ATTEMPTS = 5
"""Attempts at one copy before it is given up."""
MAX_SPOILED = 2
"""The second unreadable print of one copy is the last. Source: [KONBINI 1.6]."""


class NextStep(StrEnum):
    """What happens next to one copy."""

    NEXT_COPY = "next_copy"
    WAIT_FOR_HELP = "wait_for_help"
    PRINT_AGAIN = "print_again"
    GIVE_UP = "give_up"


OUTCOMES: dict[PrinterFault | None, PrintOutcome] = {
    None: PrintOutcome.PRINTED,
    PrinterFault.JAM: PrintOutcome.JAMMED,
    PrinterFault.SUPPLIES_OUT: PrintOutcome.SUPPLIES_OUT,
    PrinterFault.SPOILED: PrintOutcome.SPOILED,
}
"""How the printer's word is reported to the gateway."""


def decide(faults: tuple[PrinterFault | None, ...]) -> NextStep:
    """Return the next step after these attempts at one copy, oldest first; at least one."""
    last = faults[-1]
    if last is None:
        return NextStep.NEXT_COPY
    if len(faults) >= MAX_ATTEMPTS or faults.count(PrinterFault.SPOILED) >= MAX_SPOILED:
        return NextStep.GIVE_UP
    if last is PrinterFault.SPOILED:
        return NextStep.PRINT_AGAIN
    return NextStep.WAIT_FOR_HELP
