"""A line over which calls travel: watched, and broken in one way at a time.

It wraps the transport of an HTTP client, so neither program knows of it.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import httpx

Answer = Callable[[httpx.Request], httpx.Response]
Change = Callable[[httpx.Request, httpx.Response], httpx.Response]


class Break(StrEnum):
    """How a line is broken."""

    SLOW = "slow"
    DOWN = "down"
    ANSWER_LOST = "answer_lost"
    """The server has acted; its answer never arrives."""
    ANSWER_LOST_ONCE = "answer_lost_once"
    OTHER_ANSWER = "other_answer"
    """Somebody else answers; the server hears nothing."""
    CHANGED_ANSWER = "changed_answer"
    """The server has acted; its answer arrives changed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line."""

    kind: Break
    step: str = ""
    """Which step is meant; every one when empty."""
    seconds: float = 0.0
    answer: Answer | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """One path of an API, with the name of its step."""

    method: str
    template: str
    step: str


class WatchedLine(httpx.AsyncBaseTransport):
    """Passes calls on, writes a line about each, and obeys the fault that is set."""

    def __init__(
        self,
        direct: Callable[[], httpx.AsyncBaseTransport],
        *,
        paths: Mapping[str, Path],
    ) -> None:
        self._direct = direct
        self._paths = paths
        self.fault: Fault | None = None
        self.before: Callable[[str], None] = lambda _step: None
        """Hears the name of a step before its call goes out."""
        self.trace: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one call. Raises: httpx.TransportError as the fault says."""
        path = self._path_of(request)
        began = time.perf_counter()
        said = "no answer"
        try:
            self.before(path.step)
            response = await self._carry(request, path.step)
            said = str(response.status_code)
        except httpx.TransportError as error:
            said = f"no answer ({error})"
            raise
        finally:
            took_ms = (time.perf_counter() - began) * 1000
            self.trace.append(f"{path.method} {path.template} → {said}, {took_ms:.0f} ms")
        return response

    async def _carry(self, request: httpx.Request, step: str) -> httpx.Response:
        fault = self.fault
        if fault is None or fault.step not in ("", step):
            return await self._direct().handle_async_request(request)
        match fault.kind:
            case Break.DOWN:
                raise httpx.ConnectError("the line is down", request=request)
            case Break.OTHER_ANSWER if fault.answer is not None:
                return fault.answer(request)
            case Break.SLOW:
                await asyncio.sleep(fault.seconds)
        response = await self._direct().handle_async_request(request)
        await response.aread()
        if fault.change is not None:
            return fault.change(request, response)
        if fault.kind in (Break.ANSWER_LOST, Break.ANSWER_LOST_ONCE):
            if fault.kind is Break.ANSWER_LOST_ONCE:
                self.fault = None
            lost = f"{response.status_code} was sent and lost"
            raise httpx.ReadTimeout(lost, request=request)
        return response

    def _path_of(self, request: httpx.Request) -> Path:
        """Return the call's path without ids; what is not on the list stays unnamed."""
        parts = request.url.path.split("/")
        for path in self._paths.values():
            wanted = path.template.split("/")
            same = len(wanted) == len(parts) and all(
                want == part or want == "…" for want, part in zip(wanted, parts, strict=True)
            )
            if same and path.method == request.method:
                return path
        return Path(request.method, "(another path)", "other")


def path_table(paths: Mapping[str, tuple[str, str]]) -> dict[str, Path]:
    """Return the paths by step from method and template, ids replaced by dots."""
    return {
        step: Path(method, template.replace("{session_id}", "…"), step)
        for step, (method, template) in paths.items()
    }
