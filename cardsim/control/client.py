"""The control API as a Python object; each call returns when it is done."""

from types import TracebackType

import httpx
from pydantic import BaseModel, ValidationError

from cardsim.control import bodies
from cardsim.control.address import Address
from cardsim.errors import ControlRefusedError

_PATIENCE_S = 30.0
"""Longer than a bench waits for a reader."""


class ControlClient:
    """One running bench. Every method raises ControlRefusedError with the bench's own words."""

    def __init__(self, address: Address, *, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(
            base_url=address.url,
            headers={"authorization": f"Bearer {address.token}"},
            timeout=_PATIENCE_S,
            transport=transport,
            trust_env=False,
        )

    def __enter__(self) -> "ControlClient":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def slots(self) -> tuple[bodies.Slot, ...]:
        """Return how every slot stands."""
        return bodies.Slots.model_validate_json(self._send("GET", "/slots").content).slots

    def insert(
        self, persona: str, *, slot: int = 0, contactless: bool = False, swap: bool = False
    ) -> bodies.Slot:
        """Put a card in; with ``swap``, take out first what is in."""
        body = bodies.Insertion(persona=persona, contactless=contactless, swap=swap)
        return self._slot("PUT", f"/slots/{slot}/card", body)

    def remove(self, *, slot: int = 0) -> bodies.Slot:
        """Take the card out."""
        return self._slot("DELETE", f"/slots/{slot}/card")

    def unblock(self, pin: str, *, slot: int = 0) -> bodies.Slot:
        """Give a PIN its tries back."""
        return self._slot("POST", f"/slots/{slot}/unblock", bodies.Unblocking(pin=pin))

    def add_fault(self, rule: str, *, slot: int = 0) -> bodies.Slot:
        """Put a fault rule to work."""
        return self._slot("POST", f"/slots/{slot}/faults", bodies.Fault(rule=rule))

    def clear_faults(self, *, slot: int = 0) -> bodies.Slot:
        """Take all fault rules of a slot away."""
        return self._slot("DELETE", f"/slots/{slot}/faults")

    def revoke(self, persona: str) -> None:
        """Revoke a persona's certificate."""
        self._send("PUT", f"/personas/{persona}/revocation")

    def unrevoke(self, persona: str) -> None:
        """Take a revocation back."""
        self._send("DELETE", f"/personas/{persona}/revocation")

    def trace(self, *, slot: int = 0, after: int = 0) -> bodies.TraceLines:
        """Return the trace in words from behind a number on."""
        response = self._send("GET", f"/slots/{slot}/trace", params={"after": after})
        return bodies.TraceLines.model_validate_json(response.content)

    def vector(self, *, slot: int = 0) -> str:
        """Return the trace in the form that ``cardsim replay`` takes."""
        return self._send("GET", f"/slots/{slot}/vector").text

    def forget_trace(self, *, slot: int = 0) -> None:
        """Begin the trace anew."""
        self._send("DELETE", f"/slots/{slot}/trace")

    def _slot(self, method: str, path: str, body: BaseModel | None = None) -> bodies.Slot:
        return bodies.Slot.model_validate_json(self._send(method, path, body).content)

    def _send(
        self,
        method: str,
        path: str,
        body: BaseModel | None = None,
        params: dict[str, int] | None = None,
    ) -> httpx.Response:
        json = body.model_dump() if body is not None else None
        try:
            response = self._http.request(method, path, json=json, params=params)
        except httpx.TransportError as error:
            raise ControlRefusedError(
                f"nobody answers at {self._http.base_url}; is cardsim serve --control running?"
            ) from error
        if response.is_error:
            raise ControlRefusedError(_reason(response))
        return response


def _reason(response: httpx.Response) -> str:
    try:
        return bodies.Refusal.model_validate_json(response.content).detail
    except ValidationError:
        return f"the bench answered {response.status_code}: {response.text[:200]}"
