"""Talking to the card: recognise it, read the certificate, present the PIN, sign.

The PIN is an argument of one call and is kept nowhere.
Source: [CARD 8, 9], [PKCS1].
"""

from kiosk.card import jpki
from kiosk.card.certificate_proof import CardProof
from kiosk.errors import (
    CardFailedError,
    CardNotRecognisedError,
    CardRemovedError,
    NoCertificateOnCardError,
    PinLockedError,
    PinWrongError,
)
from kiosk.ports import CardChannel

_MAX_CERTIFICATE_BYTES = 4096
"""The gateway reads no longer one. Source: [RISAI-PROTOCOL 3]."""
_DER_SEQUENCE = b"\x30\x82"
_HEADER_BYTES = 4


class JpkiClient:
    """One conversation with the card behind a channel.

    Every method raises CardRemovedError when the card goes away, and CardFailedError when it
    answers what nobody expects.
    """

    def __init__(self, channel: CardChannel) -> None:
        self._channel = channel

    def recognise(self) -> None:
        """Select the application and look at its label. Raises: CardNotRecognisedError."""
        _, selected = self._send(jpki.select_application())
        _, found = self._send(jpki.select_file(jpki.FILE_TOKEN))
        label, read = self._send(jpki.read_at(0, jpki.TOKEN_LABEL_BYTES))
        if (selected, found, read) != (jpki.STATUS_DONE,) * 3:
            raise CardNotRecognisedError("the card has no such application")
        if label.rstrip(b" ") != jpki.TOKEN_LABEL:
            raise CardNotRecognisedError("the application is another one")

    def read_certificate(self) -> bytes:
        """Return the authentication certificate, DER, unverified; filler behind it is left out.

        Raises: NoCertificateOnCardError.
        """
        _, selected = self._send(jpki.select_file(jpki.FILE_AUTHENTICATION_CERTIFICATE))
        header, read = self._send(jpki.read_at(0, _HEADER_BYTES))
        if selected != jpki.STATUS_DONE or read != jpki.STATUS_DONE:
            raise NoCertificateOnCardError("the card holds no authentication certificate")
        if len(header) < _HEADER_BYTES or not header.startswith(_DER_SEQUENCE):
            raise NoCertificateOnCardError("the certificate file is empty")
        length = int.from_bytes(header[2:], "big") + _HEADER_BYTES
        if length > _MAX_CERTIFICATE_BYTES:
            raise NoCertificateOnCardError("what the file holds is too long for a certificate")
        return self._read_whole(length)

    def _read_whole(self, length: int) -> bytes:
        """Read the current file up to ``length``; the card may give less at a time than asked."""
        der = bytearray()
        while len(der) < length:
            wanted = min(jpki.MOST_BYTES_AT_ONCE, length - len(der))
            piece, status = self._send(jpki.read_at(len(der), wanted))
            if not piece or not jpki.is_data_whole(status):
                raise CardFailedError(status)
            der += piece[:wanted]
        return bytes(der)

    def tries_left(self) -> int:
        """Return how many wrong PINs the card still takes (0: locked); asking costs nothing."""
        self._must(jpki.select_file(jpki.FILE_AUTHENTICATION_PIN))
        _, status = self._send(jpki.ask_tries())
        if status == jpki.STATUS_PIN_BLOCKED:
            return 0
        return _tries_in(status)

    def verify_pin(self, pin: str) -> None:
        """Present four digits; only then does the key sign.

        Raises: PinWrongError, PinLockedError; ValueError for anything but four ASCII digits,
        which is never sent, because it would cost a try.
        """
        if len(pin) != jpki.PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
            raise ValueError("a PIN is four digits")
        self._must(jpki.select_file(jpki.FILE_AUTHENTICATION_PIN))
        _, status = self._send(jpki.present_pin(pin.encode("ascii")))
        if status == jpki.STATUS_DONE:
            return
        if status == jpki.STATUS_PIN_BLOCKED:
            raise PinLockedError("the PIN is locked")
        tries = _tries_in(status)
        if tries == 0:
            raise PinLockedError("the PIN is locked now")
        raise PinWrongError(tries)

    def sign_digest(self, digest: bytes) -> bytes:
        """Return 256 bytes, PKCS#1 v1.5 over a SHA-256 digest; the PIN must have been verified.

        Raises: ValueError when the digest is not 32 bytes long.
        """
        if len(digest) != jpki.DIGEST_BYTES:
            raise ValueError("a SHA-256 digest is 32 bytes long")
        self._must(jpki.select_file(jpki.FILE_AUTHENTICATION_KEY))
        signature = self._must(jpki.sign_digest_info(digest))
        if len(signature) != jpki.SIGNATURE_BYTES:
            raise CardFailedError(jpki.STATUS_DONE)
        return signature

    def prove(self, pin: str, digest: bytes) -> CardProof:
        """Recognise, read, verify the PIN, sign: all that a session needs of the card.

        The certificate is read first, so a card without one costs no try.
        Raises: CardNotRecognisedError, NoCertificateOnCardError, PinWrongError, PinLockedError.
        """
        self.recognise()
        certificate = self.read_certificate()
        self.verify_pin(pin)
        return CardProof(certificate, self.sign_digest(digest))

    def _must(self, command: bytes) -> bytes:
        data, status = self._send(command)
        if status != jpki.STATUS_DONE:
            raise CardFailedError(status)
        return data

    def _send(self, command: bytes) -> tuple[bytes, int]:
        """Return data and status; no status at all is how a reader tells of a lifted card."""
        response = self._channel.transmit(command)
        if len(response) < jpki.STATUS_BYTES:
            raise CardRemovedError("the card gave no answer")
        return response[:-2], int.from_bytes(response[-2:], "big")


def _tries_in(status: int) -> int:
    if status & jpki.STATUS_TRIES_MASK != jpki.STATUS_TRIES:
        raise CardFailedError(status)
    return status & ~jpki.STATUS_TRIES_MASK
