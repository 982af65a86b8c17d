"""A reader whose card says what a script tells it to."""

from collections.abc import Callable, Mapping

from kiosk.card import jpki
from kiosk.errors import CardRemovedError, NoCardError

Answer = bytes | Callable[[bytes], bytes]
DONE = b"\x90\x00"
PIN = "1234"
CERTIFICATE = b"\x30\x82\x01\x40" + bytes(range(256)) + bytes(64)
"""324 bytes with the header of a certificate: two reads long."""
SIGNATURE = bytes(256)
_LABEL = jpki.TOKEN_LABEL.ljust(jpki.TOKEN_LABEL_BYTES)


class FakeChannel:
    """Answers like a fresh card with PIN 1234; ``answers`` overrides single commands."""

    def __init__(
        self,
        answers: Mapping[bytes, Answer] | None = None,
        *,
        lift_after: int = 1000,
        certificate: bytes = CERTIFICATE,
    ) -> None:
        self._answers = dict(answers or {})
        self._lift_after = lift_after
        self._certificate = certificate
        self._file = 0
        self.sent: list[bytes] = []
        self.is_connected = True

    def transmit(self, apdu: bytes) -> bytes:
        if len(self.sent) >= self._lift_after:
            raise CardRemovedError("the card was lifted")
        self.sent.append(apdu)
        answer = self._answers.get(apdu)
        if callable(answer):
            return answer(apdu)
        return answer if answer is not None else self._usual(apdu)

    def _usual(self, apdu: bytes) -> bytes:
        match apdu[:2]:
            case b"\x00\xa4":
                self._file = int.from_bytes(apdu[-2:], "big")
                return DONE
            case b"\x00\xb0":
                return self._read(int.from_bytes(apdu[2:4], "big"), apdu[4] or 256) + DONE
            case b"\x00\x20" if len(apdu) == 4:
                return b"\x63\xc3"
            case b"\x00\x20":
                return DONE if apdu[5:] == PIN.encode() else b"\x63\xc2"
            case _:
                return SIGNATURE + DONE

    def _read(self, offset: int, length: int) -> bytes:
        content = _LABEL if self._file == jpki.FILE_TOKEN else self._certificate + b"\xff" * 9
        return content[offset : offset + length]

    def disconnect(self) -> None:
        self.is_connected = False


class FakeReader:
    """One slot with a scripted card in it, or none."""

    def __init__(self, channel: FakeChannel | None = None) -> None:
        self.channel = channel

    def is_card_present(self) -> bool:
        return self.channel is not None

    def connect(self) -> FakeChannel:
        if self.channel is None:
            raise NoCardError("no card lies on the reader")
        return self.channel
