"""One authentication with a card: through pcscd and a virtual reader, beside the same in process.

Both send the very same commands with the kiosk's own client: recognise, read the certificate,
present the PIN, sign. What pcscd, vpcd and the sockets cost is the difference.
A room of its own (``tools/pcsc_room.sh``) is opened for it where this machine can.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cardsim.card import Card
from cardsim.persona import load_personas
from cardsim.pins import MemoryStore
from cardsim.pki.authority import DemoAuthority
from cardsim.reader import SimulatedReader
from cardsim.vpcd import FIRST_PORT, VirtualSlot
from kiosk.card.client import JpkiClient
from kiosk.ports import CardChannel
from launcher.hand import ReaderInKioskTerms

ROOM = Path(__file__).resolve().parents[1] / "tools" / "pcsc_room.sh"
_ROUNDS = 60
_ROOM_S = 120
_STALL_MS = 40
"""What each command costs when the card's side forgets its quick acknowledgement."""
_DIGEST = sha256(b"bench").digest()


class _Timed:
    """A channel that keeps the time of every command."""

    def __init__(self, channel: CardChannel, times: list[float]) -> None:
        self._channel = channel
        self._times = times

    def transmit(self, apdu: bytes) -> bytes:
        started = time.perf_counter()
        answer = self._channel.transmit(apdu)
        self._times.append(time.perf_counter() - started)
        return answer

    def disconnect(self) -> None:
        self._channel.disconnect()


def measure_card() -> None:
    """Print the ratio, or the reason why there is none."""
    if os.environ.get("RISAI_TEST_PCSC") == "1":
        _measure()
        return
    command = [str(ROOM), sys.executable, "-m", "bench.card"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_ROOM_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"card over pcscd       not measured: {error}")
        return
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        print(f"card over pcscd       not measured: {' '.join(reason)}")
    else:
        print(done.stdout, end="")


def _measure() -> None:
    from kiosk.card.pcsc import PcscReader
    from kiosk.card.pcsc_library import load_pyscard
    from kiosk.card.safety import SafetyRules

    now = datetime.now(UTC)
    image = DemoAuthority.create(now).issue_card(load_personas()[0], now)
    near, far = SimulatedReader(), VirtualSlot("127.0.0.1", FIRST_PORT)
    near.put(Card(image, MemoryStore()))
    far.insert(Card(image, MemoryStore()))
    reader = PcscReader(load_pyscard(), "Virtual PCD 00 00", rules=SafetyRules())
    try:
        reader.check()
        _report(ReaderInKioskTerms(near).connect, reader.connect)
    finally:
        reader.close()
        far.close()


def _report(near: Callable[[], CardChannel], far: Callable[[], CardChannel]) -> None:
    times: dict[str, list[float]] = {"in process": [], "pcscd": []}
    commands: dict[str, list[float]] = {"in process": [], "pcscd": []}
    for number in range(_ROUNDS + 5):
        for name, connect in (("in process", near), ("pcscd", far)):
            channel = connect()
            single: list[float] = []
            started = time.perf_counter()
            JpkiClient(_Timed(channel, single)).prove("1234", _DIGEST)
            if number >= 5:
                times[name].append(time.perf_counter() - started)
                commands[name] += single
            channel.disconnect()
    middle = {name: statistics.median(found) * 1e3 for name, found in times.items()}
    count = len(commands["pcscd"]) // _ROUNDS
    single_ms = [seconds * 1e3 for seconds in commands["pcscd"]]
    print(
        f"card, {count} commands     in process {middle['in process']:5.1f} ms   "
        f"through pcscd {middle['pcscd']:5.1f} ms   "
        f"ratio {middle['pcscd'] / middle['in process']:4.2f}   (target 1.3)"
    )
    print(
        f"one of them           middle {statistics.median(single_ms):5.2f} ms   "
        f"slowest {max(single_ms):5.1f} ms   "
        f"stalls of {_STALL_MS} ms: {sum(one >= _STALL_MS for one in single_ms)}"
    )


if __name__ == "__main__":
    _measure()
