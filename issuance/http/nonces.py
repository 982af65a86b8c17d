"""The nonces of signed requests, kept in the database so that every process knows them."""

from dataclasses import dataclass, field
from datetime import datetime

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from issuance.database import write
from issuance.http.store import add_nonce, forget_nonces
from signed_http.errors import MessageReplayedError
from signed_http.profile import CLOCK_SKEW, MAX_AGE, VerifiedSender

CLEAN_EVERY = 500
"""Requests between two clean-ups."""


@dataclass(slots=True)
class StoredNonces:
    """Refuses a signed request that came before, also to another process."""

    engine: Engine
    municipality_code: str
    _seen: int = field(default=0)

    async def remember(self, sender: VerifiedSender, now: datetime) -> None:
        """Record the nonce durably. Raises: MessageReplayedError when it was there before."""
        if self.engine.dialect.name == "sqlite":
            # A commit that does not wait for the disk takes less time than changing threads.
            self._remember(sender, now)
        else:
            await to_thread.run_sync(self._remember, sender, now)

    def _remember(self, sender: VerifiedSender, now: datetime) -> None:
        self._seen += 1
        try:
            with write(self.engine) as connection:
                if self._seen % CLEAN_EVERY == 0:
                    forget_nonces(connection, now=now)
                add_nonce(
                    connection,
                    self.municipality_code,
                    sender=sender.key_id,
                    nonce=sender.nonce,
                    forget_at=now + MAX_AGE + 2 * CLOCK_SKEW,
                )
        except IntegrityError as error:
            raise MessageReplayedError("the message came before") from error
