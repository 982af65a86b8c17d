"""The edge of the core: one request, its idempotency, its transactions and its alarms.

A request that changes something is answered and its answer stored in one transaction, so a repeated
request gets the very same bytes. Making documents takes two transactions with the work between
them; what is stored for repetition is ciphertext, and it is dropped when the order ends.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from issuance.certificates.closing import ClosingService
from issuance.certificates.preparation import Preparation
from issuance.certificates.service import CertificateService
from issuance.database import read, write
from issuance.errors import (
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    MalformedRequestError,
    NumberCollisionError,
    RequestInProgressError,
    WrongOrderStateError,
    WrongSubjectError,
)
from issuance.http.store import add_request, find_request, set_answer
from issuance.integrity.model import Alarm
from issuance.integrity.service import trip
from issuance.wire import api_paths
from issuance.wire.bodies import (
    AbortRequest,
    CompleteRequest,
    PrepareRequest,
    QuoteRequest,
    ResolveRequest,
    VoidRequest,
)

MAX_KEY_LENGTH = 64
Body = TypeVar("Body", ResolveRequest, QuoteRequest, CompleteRequest, AbortRequest, VoidRequest)
Prepared = TypeVar("Prepared", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Call:
    """One signed request as it came in."""

    sender: str
    path: str
    idempotency_key: str
    body: bytes

    @property
    def digest(self) -> bytes:
        """What must be equal when the same key comes again."""
        return sha256(self.path.encode() + b"\0" + self.body).digest()


@dataclass(frozen=True, slots=True)
class Operations:
    """Everything the gateway may ask, from bytes to bytes. Safe to call from several threads."""

    engine: Engine
    service: CertificateService
    preparation: Preparation
    closing: ClosingService
    _working: set[tuple[str, str]] = field(default_factory=set)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, call: Call) -> bytes:
        """Answer one changing request. Raises: any IssuanceError."""
        if not 1 <= len(call.idempotency_key) <= MAX_KEY_LENGTH:
            raise IdempotencyKeyMissingError("an idempotency key is needed")
        service, closing = self.service, self.closing
        match call.path:
            case api_paths.RESOLVE:
                return self._once(call, parse(ResolveRequest, call.body), service.resolve)
            case api_paths.QUOTE:
                return self._once(call, parse(QuoteRequest, call.body), service.quote)
            case api_paths.PREPARE:
                return self._prepare(call, parse(PrepareRequest, call.body))
            case api_paths.COMPLETE:
                return self._once(call, parse(CompleteRequest, call.body), closing.complete)
            case api_paths.ABORT:
                return self._once(call, parse(AbortRequest, call.body), closing.abort)
            case api_paths.VOID:
                return self._once(call, parse(VoidRequest, call.body), closing.void)
            case _:
                raise MalformedRequestError(["path"])

    def status(self, session_id: str) -> bytes:
        """Answer where an order stands. Raises: UnknownOrderError."""
        with read(self.engine) as connection:
            return self.closing.status(connection, session_id).model_dump_json().encode()

    def _once(
        self, call: Call, request: Body, use_case: Callable[[Connection, Body], BaseModel]
    ) -> bytes:
        try:
            return self._try_once(call, request, use_case)
        except IntegrityError:
            # On PostgreSQL two equal requests can meet; the loser now finds the winner's answer.
            return self._try_once(call, request, use_case)

    def _try_once(
        self, call: Call, request: Body, use_case: Callable[[Connection, Body], BaseModel]
    ) -> bytes:
        with write(self.engine) as connection:
            known = self._find(connection, call)
            if known is not None:
                return known
            answer = use_case(connection, request).model_dump_json().encode()
            self._add(connection, call, request.session_id, answer)
            return answer

    def _prepare(self, call: Call, request: PrepareRequest) -> bytes:
        with self._alone(call), self._alarms(request.session_id):
            with write(self.engine) as connection:
                known = self._find(connection, call)
                if known is not None:
                    return known
                is_new = self._lookup(connection, call) is None
                plan = self.preparation.begin(connection, request)
                if is_new:
                    self._add(connection, call, request.session_id, None)
            made = self.preparation.make(plan)
            with write(self.engine) as connection:
                try:
                    answer = self.preparation.finish(connection, plan, made)
                except WrongOrderStateError:
                    # Another process may have made the same documents for the same request.
                    known = self._find(connection, call)
                    if known is None:
                        raise
                    return known
                payload = answer.model_dump_json().encode()
                set_answer(
                    connection,
                    self._code,
                    sender=call.sender,
                    key=call.idempotency_key,
                    answer=payload,
                )
                return payload

    @property
    def _code(self) -> str:
        return self.service.municipality.code

    def _find(self, connection: Connection, call: Call) -> bytes | None:
        known = self._lookup(connection, call)
        if known is not None and known[0] != call.digest:
            raise IdempotencyKeyReusedError("the key was used with another request")
        return None if known is None else known[1]

    def _lookup(self, connection: Connection, call: Call) -> tuple[bytes, bytes | None] | None:
        known = find_request(connection, self._code, sender=call.sender, key=call.idempotency_key)
        return None if known is None else (known.request_digest, known.answer)

    def _add(
        self, connection: Connection, call: Call, session_id: str, answer: bytes | None
    ) -> None:
        add_request(
            connection,
            self._code,
            sender=call.sender,
            key=call.idempotency_key,
            session_id=session_id,
            request_digest=call.digest,
            answer=answer,
            now=self.service.now(),
        )

    @contextmanager
    def _alone(self, call: Call) -> Iterator[None]:
        """Spare the work of making the same documents twice in this process.

        Only a courtesy: what keeps a document single is the compare-and-set in ``finish``.
        """
        key = (call.sender, call.idempotency_key)
        with self._guard:
            if key in self._working:
                raise RequestInProgressError("the same request is being worked on")
            self._working.add(key)
        try:
            yield
        finally:
            with self._guard:
                self._working.discard(key)

    @contextmanager
    def _alarms(self, session_id: str) -> Iterator[None]:
        """Stop the line when a promise of our own is broken."""
        try:
            yield
        except WrongSubjectError:
            self._trip(Alarm.WRONG_SUBJECT, session_id)
            raise
        except NumberCollisionError:
            self._trip(Alarm.NUMBER_COLLISION, session_id)
            raise

    def _trip(self, alarm: Alarm, session_id: str) -> None:
        with write(self.engine) as connection:
            trip(connection, self._code, alarm, session_id=session_id, now=self.service.now())


def parse(model: type[Prepared], body: bytes) -> Prepared:
    """Return the body as its wire type. Raises: MalformedRequestError with field names only."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        known = set(model.model_fields)
        names = {
            str(detail["loc"][0])
            for detail in error.errors(
                include_url=False, include_context=False, include_input=False
            )
            if detail["loc"]
        }
        # A name the client made up is not ours to repeat.
        raise MalformedRequestError(sorted(names & known)) from None
