"""The end of an order: completed, aborted, voided afterwards; and where it stands.

Every method works inside the caller's transaction and never commits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection

from issuance.certificates.model import ABORTABLE, OrderState, ReservedNumber, Revocation
from issuance.certificates.store import (
    add_revocation,
    find_interrupted,
    get_order,
    load_numbers,
    load_revocations,
    move_number,
    move_order,
)
from issuance.errors import MalformedRequestError, UnknownOrderError
from issuance.integrity.model import LogKind
from issuance.integrity.service import record
from issuance.ports import Clock
from issuance.wire.bodies import (
    AbortRequest,
    CompleteRequest,
    NumberState,
    NumberStatus,
    OrderStatus,
    SheetOutcome,
    VoidRequest,
)


@dataclass(frozen=True, slots=True)
class ClosingService:
    """Closes orders of one municipality."""

    municipality_code: str
    now: Clock
    forget_answers: Callable[[Connection, str], None]
    """Drops the sealed documents kept for a repeated request of that session."""

    def complete(self, connection: Connection, request: CompleteRequest) -> OrderStatus:
        """Close an order: printed numbers are issued, the others void.

        Raises: UnknownOrderError, WrongOrderStateError, MalformedRequestError when the report does
        not name each number of the order exactly once.
        """
        code = self.municipality_code
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
        order = get_order(connection, self.municipality_code, request.session_id)
        if order.state is not OrderState.ABORTED:
            self.abandon(connection, request.session_id, reason=request.reason)
        return self.status(connection, request.session_id)

    def abandon(self, connection: Connection, session_id: str, *, reason: str) -> None:
        """Void every number of an order that will never be printed."""
        code = self.municipality_code
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
        code, now = self.municipality_code, self.now()
        get_order(connection, code, request.session_id)
        numbers = {
            number.certificate_number: number
            for number in load_numbers(connection, code, request.session_id)
        }
        if not set(request.certificate_numbers) <= set(numbers):
            raise UnknownOrderError("a number is not of this order")
        done = {found.certificate_number for found in load_revocations(connection, code)}
        wanted = [
            numbers[number]
            for number in dict.fromkeys(request.certificate_numbers)
            if number not in done
        ]
        if not wanted:
            return self.status(connection, request.session_id)
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
        code = self.municipality_code
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
        found = find_interrupted(connection, self.municipality_code, before=before)
        for session_id in found:
            self.abandon(connection, session_id, reason="interrupted")
        return len(found)

    def _log(
        self, connection: Connection, kind: LogKind, session_id: str, **leaves: object
    ) -> None:
        payload = {"session": sha256(session_id.encode()).digest(), **leaves}
        record(connection, self.municipality_code, kind, payload, now=self.now())


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
