"""One thread that does everything with one reader, and the limit of every wait for it.

PC/SC connections are not safe for two threads, and its calls may block without an end. So one
thread owns context and card; the others hand it work and wait for a limited time. Between two
pieces of work it looks whether a card lies there; what it saw last can be asked without waiting.
"""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from kiosk.card.pcsc_library import CardHandle, PcscLibrary
from kiosk.card.pcsc_results import (
    PcscFailure,
    error_of_command,
    error_of_connecting,
    error_of_reader,
    is_about_card,
    is_reader_gone,
)
from kiosk.card.reader_choice import choose_reader
from kiosk.errors import CardRemovedError, KioskError, ReaderStuckError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the kiosk waits, in seconds. A real card signs in less than one."""

    command_s: float = 10.0
    """For the answer to one command."""
    conversation_s: float = 25.0
    """For everything between powering a card and letting go of it; less than the screen waits."""
    connect_s: float = 5.0
    """For a card to be powered."""
    look_every_s: float = 0.25
    stale_s: float = 3.0
    """So long after the last look an idle reader counts as one that does not answer."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen on the reader at last."""

    present: bool
    trouble: KioskError | None
    at: float
    """Seconds on the monotonic clock."""


class PcscLine:
    """One thread, one context, one reader, at most one powered card."""

    def __init__(self, library: PcscLibrary, wanted: str, limits: Limits) -> None:
        self._library = library
        self._wanted = wanted
        self._limits = limits
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._context: int | None = None
        self._reader: str | None = None
        self._card: CardHandle | None = None
        self._given_up = False
        self._working = False
        self._sight = Sight(False, None, time.monotonic())
        self._looked = threading.Event()
        self._thread = threading.Thread(target=self._run, name="card-reader", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Say whether the thread has still something to do, if only to wait."""
        return self._thread.is_alive()

    def is_card_present(self) -> bool:
        """Say what was seen last; never waits. Raises: ReaderError."""
        sight = self._sight
        if sight.trouble is not None:
            raise sight.trouble.with_traceback(None)
        idle_s = time.monotonic() - sight.at
        if not self._working and idle_s > self._limits.stale_s:
            raise ReaderStuckError("pcscd gives no answer; see: cardsim doctor")
        return sight.present

    def look_once(self) -> None:
        """Wait for the first look. Raises: ReaderError."""
        if not self._looked.wait(self._limits.connect_s):
            raise ReaderStuckError("pcscd gives no answer; see: cardsim doctor")
        self.is_card_present()

    def reader_name(self) -> str:
        """Return the name of the chosen reader. Raises: ReaderError."""
        return self._ask(self._chosen, self._limits.connect_s)

    def power_card(self) -> None:
        """Power the card for us alone.

        Raises: NoCardError, CardNotRecognisedError, CardInUseError, ReaderError.
        """
        self._ask(self._power, self._limits.connect_s)

    def transmit(self, command: bytes, within_s: float) -> bytes:
        """Send one command to the powered card. Raises: CardRemovedError, ReaderError."""
        return self._ask(lambda: self._transmit(command), within_s)

    def unpower_card(self) -> None:
        """Cut the power; a card that is gone has none. Raises: ReaderStuckError."""
        self._ask(self._unpower, self._limits.connect_s)

    def give_up(self) -> None:
        """Let the thread end by itself once its call comes back; it cleans up behind itself."""
        self._given_up = True
        self._jobs.put(None)

    def close(self) -> None:
        """End the thread, waiting a limited time."""
        self.give_up()
        self._thread.join(self._limits.connect_s)

    def _ask(self, job: Callable[[], Result], within_s: float) -> Result:
        """Have the thread do something. Raises: ReaderStuckError when it takes too long."""
        done = threading.Lock()
        done.acquire()
        results: list[Result] = []
        errors: list[BaseException] = []

        def work() -> None:
            try:
                results.append(job())
            except BaseException as error:  # noqa: BLE001  # It is raised where it was asked for.
                errors.append(error)
            done.release()

        self._jobs.put(work)
        if not done.acquire(timeout=max(0.0, within_s)):
            self.give_up()
            raise ReaderStuckError("the card gave no answer in time")
        if errors:
            raise errors[0]
        return results[0]

    def _run(self) -> None:
        self._look()
        while not self._given_up:
            try:
                job = self._jobs.get(timeout=self._limits.look_every_s)
            except queue.Empty:
                self._look()
                continue
            if job is not None:
                self._working = True
                job()
                self._look_again()
                self._working = False
        self._unpower()
        self._forget_context()

    def _look_again(self) -> None:
        """Work counts as a look: the card answered."""
        self._sight = Sight(self._sight.present, self._sight.trouble, time.monotonic())

    def _look(self) -> None:
        try:
            sight = Sight(self._sees_card(), None, time.monotonic())
        except KioskError as trouble:
            sight = Sight(False, trouble, time.monotonic())
        self._sight = sight
        self._looked.set()

    def _sees_card(self) -> bool:
        reader = self._chosen()
        try:
            return self._library.is_card_present(self._opened(), reader)
        except PcscFailure as failure:
            raise self._noted(failure, error_of_reader) from failure

    def _opened(self) -> int:
        if self._context is None:
            self._context = self._library.open_context()
        return self._context

    def _chosen(self) -> str:
        if self._reader is None:
            try:
                names = self._library.reader_names(self._opened())
            except PcscFailure as failure:
                raise self._noted(failure, error_of_reader) from failure
            self._reader = choose_reader(names, self._wanted)
        return self._reader

    def _noted(self, failure: PcscFailure, meaning: Callable[[int], KioskError]) -> KioskError:
        """Return what a failure means; what it spoilt is opened anew at the next look."""
        error = meaning(failure.result)
        if is_reader_gone(failure.result):
            self._reader = None
        elif not is_about_card(failure.result):
            self._forget_context()
        return error

    def _forget_context(self) -> None:
        context, self._context = self._context, None
        self._card, self._reader = None, None
        if context is not None:
            with suppress(PcscFailure):
                self._library.close_context(context)

    def _power(self) -> None:
        reader = self._chosen()
        self._unpower()
        try:
            self._card = self._library.connect_exclusively(self._opened(), reader)
        except PcscFailure as failure:
            raise self._noted(failure, error_of_connecting) from failure

    def _transmit(self, command: bytes) -> bytes:
        if self._card is None:
            raise CardRemovedError("the card was lifted")
        try:
            answer = self._library.transmit(self._card, command)
        except PcscFailure as failure:
            error = self._noted(failure, error_of_command)
            self._sees_card()  # Where pcscd or the reader has gone, that is the trouble.
            raise error from failure
        if not answer:
            raise CardRemovedError("the card was lifted")
        return answer

    def _unpower(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            with suppress(PcscFailure):
                self._library.unpower(card)
