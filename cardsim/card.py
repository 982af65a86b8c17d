"""A card: bytes in, bytes out, and power events. It never raises; it answers a status word.

Randomness comes in as an argument and lasting state through a store; when the store fails the
card answers *memory failure* and verifies nothing.

Security state [CARD 8.7]: verified PINs are flags of the current application. They die with
power, with a reset and with the selection of another application; they survive re-selection of
the same application, selection of files, and signing.
"""

import secrets
from collections.abc import Callable

from cardsim import apdu
from cardsim.apdu import BadApduError, Command, answer, parse_command
from cardsim.errors import CardStoreError
from cardsim.files import (
    Application,
    CardImage,
    ClosedFile,
    ElementaryFile,
    KeyFile,
    PinFile,
    TransparentFile,
)
from cardsim.pins import CardStore, PinPad
from cardsim.signing import SignatureRefusedError, sign

_CURRENT_FILE = 0x80
_MAX_PIN_BYTES = 16


class Card:
    """A powered or unpowered card made from an image, with its lasting state in a store."""

    def __init__(
        self,
        image: CardImage,
        store: CardStore,
        *,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Take an image and the store of its counters. Raises: CardStoreError."""
        self._image = image
        self._pins = PinPad(
            image.card_id, image.pins, store, first_tries_left=dict(image.tries_left)
        )
        self._random_bytes = random_bytes
        self._powered = False
        self._application: Application | None = None
        self._file: ElementaryFile | None = None
        self._verified: set[str] = set()
        self._handlers: dict[tuple[int, int], Callable[[Command], bytes]] = {
            (0x00, 0xA4): self._select,
            (0x00, 0x20): self._verify,
            (0x00, 0x24): self._change_pin,
            (0x00, 0xB0): self._read_binary,
            (0x00, 0x84): self._get_challenge,
            (0x80, 0x2A): self._sign,
        }

    @property
    def card_id(self) -> str:
        """The image's id."""
        return self._image.card_id

    @property
    def atr(self) -> bytes:
        """What the card says of itself when it is powered."""
        return self._image.atr

    def power_on(self) -> bytes:
        """Power the card and return its ATR."""
        self.power_off()
        self._powered = True
        return self._image.atr

    def power_off(self) -> None:
        """Cut the power: selections and verified PINs are gone, counters stay."""
        self._powered = False
        self._application = None
        self._file = None
        self._verified = set()

    def reset(self) -> bytes:
        """Warm reset. Assumption: it clears the security state as power-off does."""
        return self.power_on()

    def unblock(self, pin: str) -> None:
        """Restore a counter out of band, as the municipal office does. Raises: CardStoreError."""
        for spec in self._image.pins:
            if spec.name == pin:
                self._pins.set_tries_left(pin, spec.max_tries)

    def tries_left(self, pin: str) -> int:
        """Return the counter of a PIN, for whoever holds the simulator."""
        return self._pins.tries_left(pin)

    def tries(self) -> dict[str, int]:
        """Return the counters of the PINs that can be presented, by name."""
        return {
            spec.name: self._pins.tries_left(spec.name)
            for spec in self._image.pins
            if spec.max_tries
        }

    def pin_values(self) -> dict[str, bytes]:
        """Return the value of every PIN by its name, for whoever holds the simulator."""
        return self._pins.values()

    def transmit(self, raw: bytes) -> bytes:
        """Answer one command APDU; at least two bytes, never an exception."""
        if not self._powered:
            return answer(apdu.FAILURE)
        try:
            command = parse_command(raw)
        except BadApduError as error:
            return answer(error.status_word)
        refusal = _class_refusal(command.cla)
        if refusal is not None:
            return answer(refusal)
        handler = self._handlers.get((command.cla, command.ins))
        if handler is None:
            return answer(apdu.INS_NOT_SUPPORTED)
        try:
            return handler(command)
        except CardStoreError:
            return answer(apdu.MEMORY_FAILURE)

    def _select(self, command: Command) -> bytes:
        if command.p2 not in (0x00, 0x0C):
            return answer(apdu.WRONG_P1_P2)
        if command.p1 == 0x04:
            return self._select_application(command.data)
        if command.p1 == 0x02:
            return self._select_file(command.data)
        if command.p1 == 0x00:
            if command.data:
                return answer(apdu.FILE_NOT_FOUND)
            return answer(apdu.DONE if self._application else apdu.WRONG_P1_P2)
        return answer(apdu.WRONG_P1_P2)

    def _select_application(self, name: bytes) -> bytes:
        for application in self._image.applications:
            if name and application.aid.startswith(name):
                if application is not self._application:
                    self._verified = set()
                self._application = application
                self._file = None
                return answer(apdu.DONE)
        return answer(apdu.FILE_NOT_FOUND)

    def _select_file(self, file_id: bytes) -> bytes:
        found = self._file_by_id(int.from_bytes(file_id, "big")) if len(file_id) == 2 else None
        if found is None:
            return answer(apdu.FILE_NOT_FOUND)
        self._file = found
        return answer(apdu.DONE)

    def _file_by_id(self, file_id: int) -> ElementaryFile | None:
        return self._application.files.get(file_id) if self._application else None

    def _refer(self, p2: int) -> ElementaryFile | int:
        """Return the file that P2 names (and make it current), or the status word of refusal."""
        if p2 == _CURRENT_FILE:
            return self._file if self._file is not None else apdu.NO_CURRENT_EF
        if p2 & 0xE0 == _CURRENT_FILE:
            found = self._file_by_id(p2 & 0x1F)
            if found is None:
                return apdu.REFERENCE_NOT_FOUND
            self._file = found
            return found
        return apdu.WRONG_P1_P2

    def _verify(self, command: Command) -> bytes:
        reference = self._refer(command.p2) if command.p1 == 0 else apdu.WRONG_P1_P2
        if isinstance(reference, int):
            return answer(reference)
        if not isinstance(reference, PinFile):
            return answer(apdu.WRONG_FILE_TYPE)
        if not command.data:
            # Always 63Cx, even when verified or blocked: clients bind the card with it.
            return answer(apdu.VERIFY_FAILED + self._pins.tries_left(reference.pin))
        if len(command.data) > _MAX_PIN_BYTES:
            return answer(apdu.WRONG_LENGTH)
        return self._present(reference.pin, command.data)

    def _present(self, pin: str, value: bytes) -> bytes:
        if self._pins.tries_left(pin) == 0:
            return answer(apdu.PIN_BLOCKED)
        self._verified.discard(pin)
        if self._pins.present(pin, value):
            self._verified.add(pin)
            return answer(apdu.DONE)
        return answer(apdu.VERIFY_FAILED + self._pins.tries_left(pin))

    def _change_pin(self, command: Command) -> bytes:
        reference = self._refer(command.p2) if command.p1 == 1 else apdu.WRONG_P1_P2
        if isinstance(reference, int):
            return answer(reference)
        if not isinstance(reference, PinFile):
            return answer(apdu.WRONG_FILE_TYPE)
        if reference.pin not in self._verified:
            return answer(apdu.SECURITY_STATUS_NOT_SATISFIED)
        fits = self._pins.change(reference.pin, command.data)
        return answer(apdu.DONE if fits else apdu.WRONG_LENGTH)

    def _read_binary(self, command: Command) -> bytes:
        if command.data or command.expected is None:
            return answer(apdu.WRONG_LENGTH)
        offset = command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            if command.p1 & 0x60:
                return answer(apdu.WRONG_P1_P2)
            found = self._file_by_id(command.p1 & 0x1F)
            if found is None:
                return answer(apdu.FILE_NOT_FOUND)
            self._file, offset = found, command.p2
        if self._file is None:
            return answer(apdu.NO_CURRENT_EF)
        return self._read(self._file, offset, command.expected)

    def _read(self, file: ElementaryFile, offset: int, length: int) -> bytes:
        if isinstance(file, ClosedFile):
            return answer(apdu.SECURITY_STATUS_NOT_SATISFIED)
        if not isinstance(file, TransparentFile):
            return answer(apdu.WRONG_FILE_TYPE)
        if file.needs_pin is not None and file.needs_pin not in self._verified:
            return answer(apdu.SECURITY_STATUS_NOT_SATISFIED)
        if offset >= len(file.content):
            return answer(apdu.OFFSET_OUTSIDE_FILE)
        return answer(apdu.DONE, file.content[offset : offset + length])

    def _get_challenge(self, command: Command) -> bytes:
        if command.p1 or command.p2:
            return answer(apdu.WRONG_P1_P2)
        if command.data or command.expected is None:
            return answer(apdu.WRONG_LENGTH)
        if command.extended:
            return answer(apdu.CONDITIONS_NOT_SATISFIED)
        return answer(apdu.DONE, self._random_bytes(command.expected))

    def _sign(self, command: Command) -> bytes:
        reference = self._refer(command.p2)
        if isinstance(reference, int):
            return answer(reference)
        if not isinstance(reference, KeyFile):
            return answer(apdu.CONDITIONS_NOT_SATISFIED)
        if reference.needs_pin not in self._verified:
            return answer(apdu.SECURITY_STATUS_NOT_SATISFIED)
        try:
            signature = sign(reference.key, command.p1, command.data)
        except SignatureRefusedError as error:
            return answer(error.status_word)
        return answer(apdu.DONE, signature)


def _class_refusal(cla: int) -> int | None:
    """Return why a class byte is refused: channels, secure messaging, or unknown classes."""
    if cla in (0x00, 0x80):
        return None
    if cla in (0x04, 0x0C, 0x84, 0x8C):
        return apdu.SECURE_MESSAGING_NOT_SUPPORTED
    if cla in (0x01, 0x02, 0x03):
        return apdu.CHANNEL_NOT_SUPPORTED
    return apdu.CLA_NOT_SUPPORTED
