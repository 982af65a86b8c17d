"""Taking one issued sheet back: the core voids the number, then the ledger gets a reversing entry.

The order is safe to interrupt: the command, given again, finds the number void and posts the entry.
"""

from collections.abc import Callable
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from gateway.billing.ledger import LedgerEntry, find_issued
from gateway.database import Worker
from gateway.errors import UnknownSessionError, WrongStateError
from gateway.sessions.closing import reverse
from gateway.sessions.cores import Cores
from issuance.wire.bodies import ReasonWord, VoidRequest


def is_reason(text: str) -> bool:
    """Say whether the core takes this as the reason of a reversal."""
    try:
        TypeAdapter(ReasonWord).validate_python(text)
    except ValidationError:
        return False
    return True


async def void_sheet(
    worker: Worker,
    cores: Cores,
    *,
    code: str,
    number: str,
    reason: str,
    now: Callable[[], datetime],
) -> LedgerEntry:
    """Void an issued sheet and return the reversing entry.

    Raises: UnknownSessionError when no such sheet was issued; WrongStateError when it was voided
    before; CoreUnavailableError.
    """
    issued = await worker.run(lambda connection: find_issued(connection, code, number))
    if issued is None:
        raise UnknownSessionError(
            f"no sheet {number} of {code} was issued; look at its number again"
        )
    request = VoidRequest(
        session_id=issued.session_id, certificate_numbers=(number,), reason=reason
    )
    await cores.of(code).void(request)

    def work(connection: Connection) -> LedgerEntry:
        return reverse(connection, code, number, now())

    try:
        return await worker.run(work)
    except IntegrityError as error:
        raise WrongStateError("this sheet was voided before") from error
