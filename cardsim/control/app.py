"""The control API over HTTP, for this machine's own tester only.

    GET    /slots                       how every slot stands
    PUT    /slots/N/card                insert a card, or swap; returns when the reader has seen it
    DELETE /slots/N/card                remove it; returns when the line is closed
    POST   /slots/N/unblock             give a PIN its tries back
    POST   /slots/N/faults              add a fault rule        DELETE: take all away
    GET    /slots/N/trace?after=K       the trace in words      GET /slots/N/vector: to replay
    DELETE /slots/N/trace               forget it
    PUT    /personas/ID/revocation      revoke her certificate  DELETE: take it back

Whoever may move cards could lock one: every request needs the token that lies in a file only its
owner reads, no web page may ask (an Origin is refused), and no other name than loopback's is
answered.
"""

from hmac import compare_digest
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from cardsim import errors
from cardsim.control import bodies
from cardsim.control.bench import CardBench, SlotReport
from cardsim.recorder import as_lines, as_vector

_STATUS: dict[type[errors.CardSimError], int] = {
    errors.UnknownSlotError: 404,
    errors.UnknownPersonaError: 404,
    errors.NoCardError: 409,
    errors.SlotTakenError: 409,
    errors.UnknownPinError: 422,
    errors.FaultRuleError: 422,
    errors.NotAdoptedError: 504,
}
_FAILED = 500
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def create_control_app(bench: CardBench, token: str) -> FastAPI:
    """Return the application of one program; its methods may wait as long as the bench does."""

    def check(request: Request) -> None:
        said = request.headers.get("authorization", "")
        if not compare_digest(said.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "the token is missing or another program's")
        host = request.headers.get("host", "").rsplit(":", 1)[0]
        if "origin" in request.headers or host not in _LOOPBACK:
            raise HTTPException(403, "only programs of this machine may ask")

    app = FastAPI(dependencies=[Depends(check)], docs_url=None, redoc_url=None, openapi_url=None)

    async def refuse(_request: Request, error: Exception) -> JSONResponse:
        body = bodies.Refusal(error=type(error).__name__, detail=str(error))
        return JSONResponse(body.model_dump(), _STATUS.get(type(error), _FAILED))  # type: ignore[arg-type]

    app.add_exception_handler(errors.CardSimError, refuse)
    _add_cards(app, bench)
    _add_traces(app, bench)
    _add_authority(app, bench)
    return app


def _add_cards(app: FastAPI, bench: CardBench) -> None:
    @app.get("/slots")
    def slots() -> bodies.Slots:
        return bodies.Slots(slots=tuple(_body(report) for report in bench.slots()))

    @app.put("/slots/{number}/card")
    def insert(number: int, body: bodies.Insertion) -> bodies.Slot:
        put = bench.swap if body.swap else bench.insert
        return _body(put(number, body.persona, contactless=body.contactless))

    @app.delete("/slots/{number}/card")
    def remove(number: int) -> bodies.Slot:
        return _body(bench.remove(number))

    @app.post("/slots/{number}/unblock")
    def unblock(number: int, body: bodies.Unblocking) -> bodies.Slot:
        return _body(bench.unblock(number, body.pin))

    @app.post("/slots/{number}/faults")
    def add_fault(number: int, body: bodies.Fault) -> bodies.Slot:
        return _body(bench.add_rule(number, body.rule))

    @app.delete("/slots/{number}/faults")
    def clear_faults(number: int) -> bodies.Slot:
        return _body(bench.clear_rules(number))


def _add_traces(app: FastAPI, bench: CardBench) -> None:
    @app.get("/slots/{number}/trace")
    def trace(number: int, after: Annotated[int, "last number seen"] = 0) -> bodies.TraceLines:
        entries = bench.recorder(number).entries(after=after)
        last = entries[-1].number if entries else after
        return bodies.TraceLines(lines=as_lines(entries), last=last)

    @app.get("/slots/{number}/vector")
    def vector(number: int) -> PlainTextResponse:
        return PlainTextResponse(as_vector(bench.recorder(number).entries()))

    @app.delete("/slots/{number}/trace", status_code=204)
    def forget(number: int) -> None:
        bench.recorder(number).clear()


def _add_authority(app: FastAPI, bench: CardBench) -> None:
    @app.put("/personas/{persona}/revocation", status_code=204)
    def revoke(persona: str) -> None:
        bench.revoke(persona)

    @app.delete("/personas/{persona}/revocation", status_code=204)
    def unrevoke(persona: str) -> None:
        bench.unrevoke(persona)


def _body(report: SlotReport) -> bodies.Slot:
    return bodies.Slot(
        number=report.number,
        port=report.port,
        persona=report.persona,
        adopted=report.is_adopted,
        tries_left=dict(report.tries_left),
        rules=report.rules,
    )
