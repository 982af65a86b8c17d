"""``GET /v1/estimate``: open to everybody, because prices are public and nothing is stored.

It is read-only, unsigned and computed from its query alone; no row of any database is touched.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from fastapi import Request, Response

from gateway.errors import MalformedRequestError, YearlyInputError
from gateway.wire.bodies import Environment, SessionState
from gateway.yearly.answer import read_case, to_wire
from gateway.yearly.assumptions import Assumptions
from gateway.yearly.estimate import Case, estimate

MAX_SHARES = 20
"""More confirmations than fiscal years that can matter."""
ESTIMATE_SUMMARY = "Open, unsigned: what joining costs over five fiscal years"
_FIELDS = (
    ("population", "Residents on 1 January before the fiscal year", True),
    ("class", "town, city or designated", True),
    ("pattern", "A1, A2, A3 or B; B stands beside it", True),
    ("start", "First month of service, YYYY-MM", True),
    ("sheets", "Victim certificates in a whole year", True),
    ("legal-fee", "What a resident pays for one, in yen; 0 if free", False),
    ("bcl-sheets", "Other certificates made by BCL in a whole year", False),
    ("share", "Use in the prefecture, YEAR=USING/ALL; may be repeated", False),
)
ESTIMATE_PARAMETERS: list[dict[str, Any]] = [
    {
        "name": name,
        "in": "query",
        "required": required,
        "description": meaning,
        "schema": {"type": "array", "items": {"type": "string"}}
        if name == "share"
        else {"type": "string"},
    }
    for name, meaning, required in _FIELDS
]


class Refuse(Protocol):
    """Turns an error into a problem document."""

    def __call__(self, error: Exception, route: str, state: SessionState | None) -> Response:
        """Return the answer."""
        ...


def estimate_endpoint(
    environment: Environment, assumptions: Assumptions, refuse: Refuse
) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that answers with an ``EstimateAnswer``."""

    async def endpoint(request: Request) -> Response:
        try:
            answer = to_wire(estimate(_case(request), assumptions), environment, assumptions)
        except YearlyInputError as error:
            return refuse(MalformedRequestError([error.place]), "estimate", None)
        except Exception as error:  # noqa: BLE001 - the outermost edge: log once, tell nothing
            return refuse(error, "estimate", None)
        return Response(answer.model_dump_json(), media_type="application/json")

    return endpoint


def _case(request: Request) -> Case:
    query = request.query_params
    known = {name for name, _, _ in _FIELDS}
    shares = query.getlist("share")
    doubled = [name for name in known - {"share"} if len(query.getlist(name)) > 1]
    missing = [name for name, _, required in _FIELDS if required and name not in query]
    if missing or doubled:
        raise MalformedRequestError([*missing, *sorted(doubled)])
    if set(query) - known:
        raise MalformedRequestError([])
    if len(shares) > MAX_SHARES:
        raise MalformedRequestError(["share"])
    return read_case(
        population=query["population"],
        kind=query["class"],
        pattern=query["pattern"],
        start=query["start"],
        sheets=query["sheets"],
        legal_fee=query.get("legal-fee", "0"),
        bcl_sheets=query.get("bcl-sheets", "0"),
        shares=shares,
    )
