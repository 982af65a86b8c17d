"""One complete authentication through pcscd, beside the same commands in this process.

Both conversations go through the same client and the same safety rules, so they send the same
commands; the card signs in both. In turn, in one run: the machine's own speed cancels out. The
virtual card is a program of its own, as in life, so that two programs never share an interpreter.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cardsim.card import Card
from cardsim.persona import load_personas
from cardsim.pins import MemoryStore
from cardsim.pki.authority import DemoAuthority
from cardsim.reader import SimulatedReader
from kiosk.card.client import JpkiClient
from kiosk.card.jpki import select_application
from kiosk.card.pcsc import PcscReader
from kiosk.card.pcsc_library import PcscLibrary, load_pyscard
from kiosk.card.safety import SafeChannel, SafetyRules
from kiosk.errors import KioskError
from kiosk.ports import CardChannel, CardReader
from launcher.hand import ReaderInKioskTerms

READER_NAME = "Virtual PCD 00 00"
TARGET = 1.3
STALL_S = 0.040
"""What a delayed acknowledgement costs: no command may take as long as that."""
_PATIENCE_S = 30.0
_DIGEST = bytes(range(32))
_PERSONA = "resident"
_WAY_ROUNDS = 500


@dataclass
class Timed:
    """A channel that keeps the time of every command."""

    channel: CardChannel
    seconds: list[float] = field(default_factory=list)

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command."""
        started = time.perf_counter()
        answer = self.channel.transmit(apdu)
        self.seconds.append(time.perf_counter() - started)
        return answer

    def disconnect(self) -> None:
        """Unpower the card."""
        self.channel.disconnect()


@dataclass
class Track:
    """One way to the card and the times on it."""

    reader: CardReader
    whole: list[float] = field(default_factory=list)
    single: list[float] = field(default_factory=list)

    def authenticate(self, pin: str) -> None:
        """Power, recognise, read, verify, sign, unpower."""
        started = time.perf_counter()
        channel = Timed(self.reader.connect())
        JpkiClient(channel).prove(pin, _DIGEST)
        channel.disconnect()
        self.whole.append(time.perf_counter() - started)
        self.single += channel.seconds


class _Careful:
    """The reader in this process, with the same rules as over PC/SC: the same commands."""

    def __init__(self, reader: CardReader) -> None:
        self._reader = reader

    def is_card_present(self) -> bool:
        return self._reader.is_card_present()

    def connect(self) -> CardChannel:
        return SafeChannel(self._reader.connect(), SafetyRules())


def measure_card(rounds: int) -> None:
    """Print the figures, or why there are none."""
    try:
        library = load_pyscard()
        reader = PcscReader(library, READER_NAME, rules=SafetyRules())
        reader.check()
    except KioskError as error:
        print(f"card through pcscd    not measured: {error} (tools/pcsc_room.sh make bench)")
        return
    folder = Path(tempfile.mkdtemp(prefix="risai-bench-card-"))
    try:
        with _served_card(folder, reader):
            _measure(folder, reader, rounds)
            reader.close()
            _measure_way(library)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _served_card(folder: Path, reader: PcscReader) -> Iterator[None]:
    command = (sys.executable, "-m", "cardsim", "serve", _PERSONA, "--authority", str(folder))
    served = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    )
    try:
        until = time.monotonic() + _PATIENCE_S
        while not reader.is_card_present() and time.monotonic() < until:
            time.sleep(0.05)
        yield
    finally:
        served.terminate()
        served.wait(_PATIENCE_S)


def _measure(folder: Path, reader: PcscReader, rounds: int) -> None:
    persona = next(one for one in load_personas() if one.id == _PERSONA)
    slot = SimulatedReader()
    image = DemoAuthority.load(folder).issue_card(persona, datetime.now(UTC))
    slot.put(Card(image, MemoryStore()))
    near, far = Track(_Careful(ReaderInKioskTerms(slot))), Track(reader)
    for track in (near, far):
        track.authenticate(persona.auth_pin)
        track.whole.clear()
        track.single.clear()
    for _ in range(rounds):
        near.authenticate(persona.auth_pin)
        far.authenticate(persona.auth_pin)
    report(near, far, rounds)


def _measure_way(library: PcscLibrary) -> None:
    """Print what pcscd and its driver take by themselves: one small command, no thread of ours."""
    context = library.open_context()
    card = library.connect_exclusively(context, READER_NAME)
    seconds = []
    for _ in range(_WAY_ROUNDS):
        started = time.perf_counter()
        library.transmit(card, select_application())
        seconds.append(time.perf_counter() - started)
    library.unpower(card)
    library.close_context(context)
    median, best = statistics.median(seconds), _best_tenth(seconds)
    print(f"{'of it pcscd alone':22}{median * 1e3:8.3f}{best * 1e3:12.3f}")


def report(near: Track, far: Track, rounds: int) -> None:
    """Print both tracks, their ratio and the slowest command.

    The best tenth tells what the way takes when no other program wants the processors.
    """
    inside, through = statistics.median(near.whole), statistics.median(far.whole)
    best_inside, best_through = _best_tenth(near.whole), _best_tenth(far.whole)
    commands = len(far.single) // rounds
    slowest = max(far.single)
    verdict = "no stalls" if slowest < STALL_S else "STALLS"
    print(f"{rounds} authentications of {commands} commands, in turn (ms)")
    print(f"{'':22}{'median':>8}{'best tenth':>12}")
    print(f"{'in this process':22}{inside * 1e3:8.2f}{best_inside * 1e3:12.2f}")
    print(f"{'through pcscd':22}{through * 1e3:8.2f}{best_through * 1e3:12.2f}")
    ratios = f"{through / inside:8.2f}{best_through / best_inside:12.2f}"
    print(f"{'ratio':22}{ratios}   (target {TARGET})")
    print(f"{'the signature alone':22}{_signature(near):8.2f}")
    print(f"{'the way, a command':22}{(through - inside) / commands * 1e3:8.3f}"
          f"{(best_through - best_inside) / commands * 1e3:12.3f}")  # fmt: skip
    print(f"{'slowest command':22}{slowest * 1e3:8.2f}   ({verdict}: under {STALL_S * 1e3:.0f})")


def _best_tenth(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=10, method="inclusive")[0]


def _signature(track: Track) -> float:
    """Return the median of what signing takes, in milliseconds: each round's slowest command."""
    commands = len(track.single) // len(track.whole)
    rounds = (track.single[at : at + commands] for at in range(0, len(track.single), commands))
    return statistics.median(max(one) for one in rounds) * 1e3
