"""What the doctor looks at, and what she says of it."""

from dataclasses import dataclass
from enum import StrEnum

VIRTUAL_READER = "Virtual PCD"


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    """Cards can be used, but something may surprise."""
    FAIL = "fail"
    """Cards cannot be used until this is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    level: Level
    says: str
    mend: str = ""
    """The command that mends it, or what to do; empty where nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader as PC/SC knows it."""

    name: str
    has_card: bool
    atr: bytes = b""
    """What the card said of itself; empty without a card."""
    most_bytes: int | None = None
    """Most data bytes of one command as the driver tells; None where it does not."""

    @property
    def is_virtual(self) -> bool:
        """Say whether cards lie in it that are programs."""
        return self.name.startswith(VIRTUAL_READER)


@dataclass(frozen=True, slots=True)
class UsbReader:
    """One USB device that is a card reader, or is known to be one."""

    vendor: int
    product: int
    name: str
    is_ccid: bool
    """It speaks the general language of readers, so the general driver serves it."""


@dataclass(frozen=True, slots=True)
class ListeningPort:
    """A TCP port on which something waits for cards."""

    number: int
    is_loopback: bool


@dataclass(frozen=True, slots=True)
class Machine:
    """Everything that was found out about this machine; None is what could not be."""

    pcscd_build: str | None
    """What ``pcscd --version`` says; None when it is not installed."""
    socket_exists: bool
    socket_answers: bool
    """Something accepts connections there."""
    pyscard: str | None
    """Its version; None when it is not installed."""
    libpcsclite: str | None
    opensc: str | None
    greeting: int | None
    """Result of greeting pcscd through pyscard, 0 for success; None when it was not tried."""
    readers: tuple[Reader, ...] = ()
    usb_readers: tuple[UsbReader, ...] = ()
    has_ccid_driver: bool = False
    vpcd_driver: bool = False
    vpcd_ports: tuple[int, ...] = ()
    """The ports that its configuration names, one a slot; empty without configuration."""
    listening: tuple[ListeningPort, ...] = ()
    was_rejected: bool | None = None
    """The journal says that pcscd rejected somebody of late."""
    is_local_session: bool | None = None
    """Whoever asks sits at the machine, as far as the login manager knows."""
    hides_processes: bool = False
    """``/proc`` is mounted with hidepid: pcscd cannot tell who asks."""
    in_container: bool = False
    user: str = ""

    @property
    def has_polkit(self) -> bool:
        """Say whether pcscd asks polkit who may use cards."""
        return "polkit" in (self.pcscd_build or "").replace("--disable-polkit", "")
