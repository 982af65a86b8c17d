"""Talking to the card: recognise it, read the certificate, present the PIN, sign.

The PIN is an argument of one call and is kept nowhere.
"""

from kiosk.card import jpki
from kiosk.card.certificate_proof import CardProof
from kiosk.errors import (
    CardNotRecognisedError,
    NoCertificateOnCardError,
    PinLockedError,
    PinWrongError,
)
from kiosk.ports import CardChannel

_MAX_CERTIFICATE_BYTES = 4096
_DER_SEQUENCE = b"\x30\x82"


class JpkiClient:
    """One conversation with the card behind a channel.

    Every method raises CardRemovedError when the card goes away.
    """

    def __init__(self, channel: CardChannel) -> None:
        self._channel = channel

    def recognise(self) -> None:
        """Select the application and look at its label. Raises: CardNotRecognisedError."""
        self._must(jpki.select_application())
        self._must(jpki.select_file(jpki.FILE_TOKEN))
        label = self._must(jpki.read_at(0, jpki.TOKEN_LABEL_BYTES))
        if label.rstrip(b" ") != jpki.TOKEN_LABEL:
            raise CardNotRecognisedError("not a My Number card")

    def read_certificate(self) -> bytes:
        """Return the authentication certificate, DER, unverified.

        Raises: NoCertificateOnCardError, CardNotRecognisedError.
        """
        self._must(jpki.select_file(jpki.FILE_AUTHENTICATION_CERTIFICATE))
        head, status = self._send(jpki.read_at(0, 4))
        if status != jpki.STATUS_DONE or len(head) < 4:
            raise NoCertificateOnCardError("the card holds no authentication certificate")
        if not head.startswith(_DER_SEQUENCE):
            raise NoCertificateOnCardError("the certificate file is empty")
        length = int.from_bytes(head[2:4], "big") + 4
        if length > _MAX_CERTIFICATE_BYTES:
            raise CardNotRecognisedError("the certificate is too long")
        der = bytearray()
        while len(der) < length:
            piece, status = self._send(jpki.read_at(len(der), min(256, length - len(der))))
            if status == jpki.STATUS_PAST_END or not piece:
                raise CardNotRecognisedError("the certificate is cut off")
            der += piece
        return bytes(der)

    def tries_left(self) -> int:
        """Return how many wrong PINs the card still takes; asking costs nothing."""
        self._must(jpki.select_file(jpki.FILE_AUTHENTICATION_PIN))
        _, status = self._send(jpki.ask_tries())
        if status & jpki.STATUS_TRIES_MASK != jpki.STATUS_TRIES:
            raise CardNotRecognisedError("the card does not tell its tries")
        return status & 0x0F

    def present_pin(self, pin: str) -> None:
        """Present the four digits. Raises: PinWrongError, PinLockedError."""
        self._must(jpki.select_file(jpki.FILE_AUTHENTICATION_PIN))
        _, status = self._send(jpki.present_pin(pin.encode("ascii")))
        if status == jpki.STATUS_DONE:
            return
        if status == jpki.STATUS_PIN_BLOCKED:
            raise PinLockedError("the PIN is locked")
        if status & jpki.STATUS_TRIES_MASK == jpki.STATUS_TRIES:
            tries = status & 0x0F
            if tries == 0:
                raise PinLockedError("the PIN is locked now")
            raise PinWrongError(tries)
        raise CardNotRecognisedError("the card answered strangely to its PIN")

    def sign_digest(self, digest: bytes) -> bytes:
        """Return the signature over a SHA-256 digest; the PIN must have been presented."""
        self._must(jpki.select_file(jpki.FILE_AUTHENTICATION_KEY))
        signature = self._must(jpki.sign_digest_info(digest))
        if len(signature) != jpki.SIGNATURE_BYTES:
            raise CardNotRecognisedError("the signature has a strange length")
        return signature

    def prove(self, pin: str, digest: bytes) -> CardProof:
        """Recognise, read, present the PIN, sign: all that a session needs of the card.

        Raises: CardNotRecognisedError, NoCertificateOnCardError, PinWrongError, PinLockedError.
        """
        self.recognise()
        certificate = self.read_certificate()
        self.present_pin(pin)
        return CardProof(certificate, self.sign_digest(digest))

    def _must(self, command: bytes) -> bytes:
        data, status = self._send(command)
        if status != jpki.STATUS_DONE:
            raise CardNotRecognisedError(f"the card answered {status:04X}")
        return data

    def _send(self, command: bytes) -> tuple[bytes, int]:
        response = self._channel.transmit(command)
        if len(response) < 2:
            raise CardNotRecognisedError("the card gave no status")
        return response[:-2], int.from_bytes(response[-2:], "big")
