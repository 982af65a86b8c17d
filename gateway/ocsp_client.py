"""Asks the authority's OCSP responder whether a certificate is still good.

Whatever goes wrong on the way, the answer is no (:class:`RevocationUnknownError`), unless a fresh
revocation list of the same authority was loaded. A *good* is kept for two minutes, so a resident
who starts over does not wait again; a no is never kept.
Source: [RFC6960 A.1], [RISAI-PROTOCOL 3], [WEB-EID].
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from gateway.verification.crl import RevocationList, check_crl, read_crl
from gateway.verification.errors import RevocationFault, RevocationUnknownError
from gateway.verification.policy import PinnedAuthority
from gateway.verification.revocation import (
    FreshnessRules,
    GoodStatus,
    check_response,
    make_request,
)

NONCE_BYTES = 32
"""Source: [RFC6960], whose update RFC 9654 asks clients for at least 32 and at most 128."""

_Key = tuple[bytes, int]


@dataclass(frozen=True, slots=True)
class OcspSettings:
    """Where the responder is and how patient the gateway is with it.

    Assumption: one responder answers for all generations of the authority.
    """

    url: str
    timeout_s: float = 5.0
    """For the whole exchange. Source: [WEB-EID]."""
    max_response_bytes: int = 16_384
    """An answer with its responder's certificate has about 1,300 bytes."""
    rules: FreshnessRules = field(default_factory=FreshnessRules)
    cached_answers: int = 10_000
    """How many good answers are kept at most. Assumption: more than come in within two minutes."""


@dataclass(frozen=True, slots=True)
class _Kept:
    status: GoodStatus
    received_at: datetime


class OcspClient:
    """A source of revocation answers over HTTP; one object serves all sessions of a process."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: OcspSettings,
        *,
        now: Callable[[], datetime],
        make_nonce: Callable[[], bytes] = lambda: secrets.token_bytes(NONCE_BYTES),
    ) -> None:
        self._http = http
        self._settings = settings
        self._now = now
        self._make_nonce = make_nonce
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._under_way: dict[_Key, asyncio.Task[GoodStatus]] = {}
        self._lists: dict[bytes, RevocationList] = {}

    def load_crl(self, crl_der: bytes, issuer: PinnedAuthority) -> None:
        """Keep a revocation list (DER) of ``issuer`` for times when the responder is of no use.

        Raises: RevocationUnknownError when it is not the authority's list; the old one stays.
        """
        self._lists[issuer.issuer_key_id] = read_crl(crl_der, issuer)

    async def check(self, issuer: PinnedAuthority, serial: int) -> GoodStatus:
        """Return the good status of a certificate of ``issuer``.

        Callers that ask for the same certificate at the same moment share one request.
        Raises: RevokedError, RevocationUnknownError.
        """
        key = (issuer.issuer_key_id, serial)
        kept = self._find_kept(key)
        if kept is not None:
            return kept
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._ask_or_look_up(issuer, serial))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._finish(key, done))
        # One caller who gives up must not take the answer from the others.
        return await asyncio.shield(task)

    def _finish(self, key: _Key, done: asyncio.Task[GoodStatus]) -> None:
        self._under_way.pop(key, None)
        if not done.cancelled():
            done.exception()  # Marks it as seen: perhaps every caller has gone away.

    async def _ask_or_look_up(self, issuer: PinnedAuthority, serial: int) -> GoodStatus:
        try:
            status = await self._ask(issuer, serial)
        except RevocationUnknownError:
            revocation_list = self._lists.get(issuer.issuer_key_id)
            if revocation_list is None:
                raise
            return check_crl(revocation_list, issuer=issuer, serial=serial, now=self._now())
        self._keep((issuer.issuer_key_id, serial), status)
        return status

    async def _ask(self, issuer: PinnedAuthority, serial: int) -> GoodStatus:
        nonce = self._make_nonce()
        answer = await self._exchange(make_request(issuer, serial, nonce))
        return check_response(
            answer,
            issuer=issuer,
            serial=serial,
            nonce=nonce,
            now=self._now(),
            rules=self._settings.rules,
        )

    async def _exchange(self, request: bytes) -> bytes:
        """Post the request and return the whole answer, within the time and size that are allowed.

        Redirects are not followed, compressed answers not read: it is these bytes or none.
        """
        headers = {"content-type": "application/ocsp-request", "accept-encoding": "identity"}
        try:
            async with (
                asyncio.timeout(self._settings.timeout_s),
                self._http.stream(
                    "POST",
                    self._settings.url,
                    content=request,
                    headers=headers,
                    follow_redirects=False,
                    timeout=self._settings.timeout_s,
                ) as response,
            ):
                return await self._read(response)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as cause:
            raise RevocationUnknownError(RevocationFault.NO_ANSWER) from cause

    async def _read(self, response: httpx.Response) -> bytes:
        if response.status_code != httpx.codes.OK:
            raise RevocationUnknownError(RevocationFault.HTTP_STATUS)
        if "content-encoding" in response.headers:
            # Unpacking could make any number of bytes out of a few.
            raise RevocationUnknownError(RevocationFault.UNREADABLE)
        answer = bytearray()
        async for part in response.aiter_bytes():
            answer += part
            if len(answer) > self._settings.max_response_bytes:
                raise RevocationUnknownError(RevocationFault.TOO_LARGE)
        return bytes(answer)

    def _keep(self, key: _Key, status: GoodStatus) -> None:
        self._kept[key] = _Kept(status, self._now())
        self._kept.move_to_end(key)
        while len(self._kept) > self._settings.cached_answers:
            self._kept.popitem(last=False)

    def _find_kept(self, key: _Key) -> GoodStatus | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if not _is_fresh(kept, self._now(), self._settings.rules):
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return kept.status


def _is_fresh(kept: _Kept, now: datetime, rules: FreshnessRules) -> bool:
    """Whether a kept answer may stand for a new one.

    Its age counts from the earlier of thisUpdate and its arrival, so a responder whose clock is
    ahead does not lengthen it; a clock that went backwards ends it; nextUpdate ends it on the dot.
    """
    made_at = min(kept.status.this_update, kept.received_at)
    next_update = kept.status.next_update
    is_current = next_update is None or now <= next_update
    return is_current and kept.received_at <= now <= made_at + rules.max_age
