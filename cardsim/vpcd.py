"""A card in a virtual reader: the card's side of vpcd's protocol over TCP.

    message   length (2 bytes, big-endian) ‖ payload
    payload of one byte is a control code:
        00 power off   01 power on   02 reset      no answer
        04 which ATR?                              answer: the ATR as a message
    any other payload is a command APDU            answer: data ‖ SW1 SW2 as a message

vpcd has no time limit of its own: a card that keeps the line open and does not answer hangs every
program that talks to the reader. So each message is answered or the line is closed.
vpcd sends length and payload apart, and without quick acknowledgement each command waits 40 ms.

Source: [CARD 3.2].
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from cardsim import apdu
from cardsim.errors import CardSimError, NotAdoptedError, SlotTakenError
from cardsim.powered_card import PoweredCard

FIRST_PORT = 0x8C7B
"""Slot *n* listens on this port plus *n*."""
POWER_OFF, POWER_ON, RESET, ASK_ATR = 0x00, 0x01, 0x02, 0x04
MAX_MESSAGE = 0xFFFF
_STATUS_BYTES = 2
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 2.0
_HAND_S = 0.5
"""No hand swaps cards faster. pcscd looks every 0.4 s, and a card that was swapped between two
looks after it had been missed in the middle of a command is never noticed."""
_CONNECT_S = 2.0
_LEAVE_S = 5.0
_QUICKACK = getattr(socket, "TCP_QUICKACK", None)
"""Linux only; without it the reader is slow, but works."""


def answer_message(card: PoweredCard, payload: bytes) -> bytes | None:
    """Do what one message asks; return the answer's payload, None where none is expected.

    Raises: CardSimError when the card leaves the reader instead of answering.
    """
    if len(payload) != 1:
        answer = card.transmit(payload)
        fits = _STATUS_BYTES <= len(answer) <= MAX_MESSAGE
        return answer if fits else apdu.answer(apdu.FAILURE)
    match payload[0]:
        case 0x00:
            card.power_off()
        case 0x01:
            card.power_on()
        case 0x02:
            card.reset()
        case 0x04:
            return card.atr
    return None


def read_message(line: socket.socket) -> bytes | None:
    """Return the next payload, however it is cut; None when the other side has gone."""
    head = _read_exactly(line, 2)
    return None if head is None else _read_exactly(line, int.from_bytes(head, "big"))


def _read_exactly(line: socket.socket, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        if _QUICKACK is not None:
            line.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)  # Linux forgets it at every turn.
        piece = line.recv(count - len(data))
        if not piece:
            return None
        data += piece
    return bytes(data)


def write_message(line: socket.socket, payload: bytes) -> None:
    """Send one answer in one piece."""
    line.sendall(len(payload).to_bytes(2, "big") + payload)


class VirtualSlot:
    """One slot of a virtual reader, and the card that is put into it or waits to be.

    A thread holds the line to vpcd: it connects with growing pauses, and connects again when
    pcscd was restarted, for as long as the card is in. Methods may be called from any thread.
    """

    def __init__(self, host: str, port: int, *, report: Callable[[str], None] | None = None):
        self.address = (host, port)
        self._report = report or (lambda _words: None)
        self._changed = threading.Condition()
        self._card: PoweredCard | None = None
        self._line: socket.socket | None = None
        self._adopted = False
        self._left_at = -_HAND_S
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"vpcd-{port}", daemon=True)
        self._thread.start()

    @property
    def card(self) -> PoweredCard | None:
        """The card that is in, or on its way in."""
        return self._card

    @property
    def is_adopted(self) -> bool:
        """Say whether the reader has noticed the card."""
        return self._adopted

    def offer(self, card: PoweredCard) -> None:
        """Put a card in as soon as the reader takes it. Raises: SlotTakenError."""
        with self._changed:
            if self._card is not None:
                raise SlotTakenError("a card is in this slot; remove it first")
            self._card = card
            self._changed.notify_all()

    def insert(self, card: PoweredCard, *, within_s: float = 10.0) -> None:
        """Put a card in and wait until the reader has noticed it.

        Raises: SlotTakenError; NotAdoptedError when the time is over, and the card is out again.
        """
        self.offer(card)
        with self._changed:
            noticed = self._changed.wait_for(lambda: self._adopted, within_s)
        if not noticed:
            self.remove()
            host, port = self.address
            raise NotAdoptedError(
                f"no virtual reader took the card at {host}:{port}; "
                "is pcscd running with vsmartcard-vpcd? see: cardsim doctor"
            )

    def remove(self) -> PoweredCard | None:
        """Take the card out, whatever it is doing; return it once the line is closed."""
        with self._changed:
            card, self._card = self._card, None
            self._hang_up()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._line is None, _LEAVE_S)
        if card is not None:
            card.power_off()
        return card

    def close(self) -> None:
        """Take the card out and end the thread."""
        with self._changed:
            self._closed = True
        self.remove()
        self._thread.join(_LEAVE_S)

    def _hang_up(self) -> None:
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._card is not None)
                if self._closed:
                    return
                card = self._card
            if card is None or not self._waited_for_hand(card):
                continue
            line = self._connected(card)
            if line is not None and self._converse(line, card):
                pause_s = _FIRST_PAUSE_S
                continue
            with self._changed:
                changed = self._changed.wait_for(
                    lambda card=card: self._closed or self._card is not card,  # type: ignore[misc]
                    pause_s,
                )
            pause_s = _FIRST_PAUSE_S if changed else min(2 * pause_s, _LONGEST_PAUSE_S)

    def _waited_for_hand(self, card: PoweredCard) -> bool:
        """Wait as long as a hand would take; say whether the card is still the one to go in."""
        rest_s = self._left_at + _HAND_S - time.monotonic()
        with self._changed:
            return not self._changed.wait_for(
                lambda: self._closed or self._card is not card, max(0.0, rest_s)
            )

    def _connected(self, card: PoweredCard) -> socket.socket | None:
        try:
            line = socket.create_connection(self.address, _CONNECT_S)
        except OSError as error:
            host, port = self.address
            self._report(
                f"{host}:{port}: {error.strerror or error}; trying on. "
                "What is missing tells: cardsim doctor"
            )
            return None
        line.settimeout(None)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._changed:
            if self._card is not card or self._closed:
                line.close()
                return None
            self._line = line
        return line

    def _converse(self, line: socket.socket, card: PoweredCard) -> bool:
        """Serve the reader until one of the two goes; say whether it ever spoke."""
        try:
            while True:
                payload = read_message(line)
                if payload is None:
                    break
                self._notice()
                answer = answer_message(card, payload)
                if answer is not None:
                    write_message(line, answer)
        except CardSimError as left:
            self._report(str(left))
            self._leave(card)
        except OSError as error:
            self._report(f"the line to the reader broke: {error.strerror or error}")
        finally:
            spoke = self._forget(line)
            card.power_off()
        return spoke

    def _notice(self) -> None:
        if not self._adopted:
            with self._changed:
                self._adopted = True
                self._changed.notify_all()

    def _leave(self, card: PoweredCard) -> None:
        with self._changed:
            if self._card is card:
                self._card = None

    def _forget(self, line: socket.socket) -> bool:
        with self._changed:
            spoke, self._adopted, self._line = self._adopted, False, None
            self._left_at = time.monotonic()
            line.close()
            self._changed.notify_all()
        return spoke
