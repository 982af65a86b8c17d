"""What our programs never do to a card over PC/SC, because it may be somebody's real one.

Only the commands of this list leave the machine; none of them writes, and none of them reaches
the personal number. A PIN is not presented when one wrong one would lock the card, unless the
machine was told to. Automatic tests talk to simulated cards only.
Source: [CARD 5, 6].
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

from kiosk.card import jpki
from kiosk.errors import LastTryError, RealCardRefusedError, UnsafeCommandError
from kiosk.ports import CardChannel

SAFE_TRIES = 2
"""With fewer left, a wrong PIN locks the card."""
VIRTUAL_READER = "Virtual PCD"
"""How the readers of vsmartcard-vpcd are named."""
REAL_ISSUER = "JPKI"
"""Organisation in every real card's certificate."""
_FILES = frozenset(
    jpki.select_file(number)
    for number in (
        jpki.FILE_TOKEN,
        jpki.FILE_AUTHENTICATION_CERTIFICATE,
        jpki.FILE_AUTHENTICATION_KEY,
        jpki.FILE_AUTHENTICATION_PIN,
    )
)
_READ, _VERIFY, _SIGN = b"\x00\xb0", b"\x00\x20\x00\x80", b"\x80\x2a\x00\x80"
_SHORT_READ_BYTES = 5
_OTHER_FILE_BIT = 0x80
"""In P1 of READ BINARY: it names a file of its own instead of the selected one."""


@dataclass(frozen=True, slots=True)
class SafetyRules:
    """How careful this machine is."""

    allow_last_try: bool = False
    """Present a PIN although one wrong one locks the card."""
    simulated_only: bool = False
    """Talk to virtual readers and simulated cards only, as automatic tests must."""

    def check_reader(self, name: str) -> None:
        """Refuse a real reader where only simulated cards may be used.

        Raises: RealCardRefusedError.
        """
        if self.simulated_only and not name.startswith(VIRTUAL_READER):
            raise RealCardRefusedError(
                f"“{name}” is a real reader, and CI is set: automatic tests use virtual ones only"
            )


def rules_for(environment: Mapping[str, str], *, allow_last_try: bool) -> SafetyRules:
    """Return the rules for this environment: CI set to anything means an automatic test."""
    return SafetyRules(allow_last_try, simulated_only=bool(environment.get("CI")))


def check_command(command: bytes) -> None:
    """Refuse what is not on the list. Raises: UnsafeCommandError."""
    if command == jpki.select_application() or command in _FILES:
        return
    if command[:2] == _READ and len(command) == _SHORT_READ_BYTES:
        if not command[2] & _OTHER_FILE_BIT:
            return
    elif command[:4] in (_VERIFY, _SIGN):
        return
    raise UnsafeCommandError("the kiosk sends no such command to a card")


class SafeChannel:
    """A connection to the card through which nothing unsafe passes."""

    def __init__(self, channel: CardChannel, rules: SafetyRules) -> None:
        self._channel = channel
        self._rules = rules
        self._file = b""
        self._certificate = bytearray()

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command.

        Raises: UnsafeCommandError, LastTryError, RealCardRefusedError, CardRemovedError,
        ReaderError.
        """
        check_command(apdu)
        if apdu[:4] == _VERIFY and apdu != jpki.ask_tries():
            self._check_simulated()
            if not self._rules.allow_last_try:
                self._must_be_safe(self._channel.transmit(jpki.ask_tries()))
        answer = self._channel.transmit(apdu)
        self._notice(apdu, answer)
        return answer

    def disconnect(self) -> None:
        """Unpower the card."""
        self._channel.disconnect()

    def _notice(self, command: bytes, answer: bytes) -> None:
        if command[:4] == _VERIFY:
            self._must_be_safe(answer)
        elif command[:2] == _READ:
            self._keep_certificate(command, answer[:-2])
        elif command in _FILES:
            self._file = command

    def _must_be_safe(self, answer: bytes) -> None:
        status = int.from_bytes(answer[-2:], "big")
        if self._rules.allow_last_try or status & jpki.STATUS_TRIES_MASK != jpki.STATUS_TRIES:
            return
        if 0 < status & ~jpki.STATUS_TRIES_MASK < SAFE_TRIES:
            raise LastTryError("one try is left, and this machine leaves it to the holder")

    def _keep_certificate(self, command: bytes, data: bytes) -> None:
        if self._file == jpki.select_file(jpki.FILE_AUTHENTICATION_CERTIFICATE):
            offset = int.from_bytes(command[2:4], "big")
            self._certificate[offset : offset + len(data)] = data

    def _check_simulated(self) -> None:
        """Raises: RealCardRefusedError where the card is not known to be simulated."""
        if self._rules.simulated_only and not is_simulated(bytes(self._certificate)):
            raise RealCardRefusedError("CI is set, and the card is not known to be simulated")


def is_simulated(certificate: bytes) -> bool:
    """Say whether a certificate comes from an authority that is not the real one."""
    try:
        issuer = x509.load_der_x509_certificate(certificate).issuer
    except ValueError:
        return False
    names = issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return bool(names) and all(name.value != REAL_ISSUER for name in names)
