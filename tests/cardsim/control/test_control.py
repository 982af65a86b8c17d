"""The bench through its API, as the Python client and the command line use it."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest
import uvicorn
from typer.testing import CliRunner

from cardsim.__main__ import app as program
from cardsim.control.address import Address, load_address
from cardsim.control.app import create_control_app
from cardsim.control.bench import CardBench
from cardsim.control.client import ControlClient
from cardsim.errors import ControlRefusedError
from cardsim.persona import load_personas
from cardsim.pki.authority import DemoAuthority
from cardsim.serving import CardDrawer
from cardsim.vpcd import ASK_ATR, VirtualSlot
from tests.cardsim.conftest import NOW
from tests.cardsim.fake_reader import FakeReader, ask

TOKEN = "right-token"
SELECT = "00A4040C0AD392F000260100000001"
PIN_FILE = "00A4020C020018"


class Attended:
    """A reader that takes every card by itself, as a polling pcscd does."""

    def __init__(self) -> None:
        self.reader = FakeReader()
        self.reader.server.settimeout(None)  # It waits as long as the test goes on.
        self._lines: list[socket.socket] = []
        self._asking = threading.Lock()
        self._thread = threading.Thread(target=self._attend, daemon=True)
        self._thread.start()

    def _attend(self) -> None:
        try:
            while True:
                line = self.reader.accept()
                with self._asking:
                    ask(line, bytes([ASK_ATR]))
                    self._lines.append(line)
        except OSError:
            return

    def say(self, *commands: str) -> bytes:
        answer = b""
        for command in commands:
            answer = ask(self._line(), bytes.fromhex(command))
        return answer

    def power(self) -> None:
        self._line().sendall(b"\x00\x01\x01")

    def _line(self) -> socket.socket:
        """The line to the newest card; one that was just noticed is still being asked."""
        with self._asking:
            return self._lines[-1]

    def close(self) -> None:
        self.reader.close()
        self._thread.join(5)


@pytest.fixture
def attended() -> Iterator[Attended]:
    one = Attended()
    yield one
    one.close()


@pytest.fixture
def bench(attended: Attended, authority: DemoAuthority, tmp_path: Path) -> Iterator[CardBench]:
    slots = {0: VirtualSlot("127.0.0.1", attended.reader.port), 1: VirtualSlot("127.0.0.1", 1)}
    drawer = CardDrawer(authority, state=tmp_path / "cards.json", now=lambda: NOW)
    one = CardBench(slots, drawer, load_personas(), within_s=5)
    yield one
    one.close()


@contextmanager
def served(bench: CardBench) -> Iterator[str]:
    """Serve a bench on loopback; yield where."""
    config = uvicorn.Config(
        create_control_app(bench, TOKEN), port=0, log_level="error", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(1000):
        if server.started:
            break
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def url(bench: CardBench) -> Iterator[str]:
    with served(bench) as one:
        yield one


@pytest.fixture
def client(url: str) -> Iterator[ControlClient]:
    with ControlClient(Address(url, TOKEN)) as one:
        yield one


def test_insert_remove_and_swap(client: ControlClient, attended: Attended) -> None:
    assert client.insert("resident").adopted
    attended.power()
    assert attended.say(SELECT) == b"\x90\x00"
    assert client.insert("revoked", swap=True).persona == "revoked"
    assert client.remove().persona is None
    with pytest.raises(ControlRefusedError, match="no card is in slot 0"):
        client.remove()


@pytest.mark.parametrize(
    ("persona", "slot", "says"),
    [
        ("nobody", 0, "no persona nobody; known: resident"),
        ("resident", 7, "no slot 7; this program holds: 0, 1"),
    ],
)
def test_what_there_is_none_of_is_named(
    client: ControlClient, persona: str, slot: int, says: str
) -> None:
    with pytest.raises(ControlRefusedError, match=says):
        client.insert(persona, slot=slot)


def test_a_card_is_in_one_slot_only(client: ControlClient) -> None:
    client.insert("resident")
    with pytest.raises(ControlRefusedError, match="in slot 0 already"):
        client.insert("resident", slot=1)
    with pytest.raises(ControlRefusedError, match="remove it, or swap"):
        client.insert("revoked")


def test_a_reader_that_is_not_there_is_said_and_the_slot_stays_empty(
    authority: DemoAuthority,
) -> None:
    drawer = CardDrawer(authority, state=None, now=lambda: NOW)
    slots = {1: VirtualSlot("127.0.0.1", 1)}
    bench = CardBench(slots, drawer, load_personas(), within_s=0.1)
    with served(bench) as url, ControlClient(Address(url, TOKEN)) as client:
        with pytest.raises(ControlRefusedError, match="pcscd running with vsmartcard-vpcd"):
            client.insert("resident", slot=1)
        assert client.slots()[0].persona is None
    bench.close()


def test_wrong_pins_count_down_survive_and_are_unblocked(
    client: ControlClient, attended: Attended
) -> None:
    client.insert("resident")
    attended.power()
    for _ in range(3):
        attended.say(SELECT, PIN_FILE, "002000800430303030")
    assert client.slots()[0].tries_left["auth"] == 0
    client.remove()
    assert client.insert("resident").tries_left["auth"] == 0
    assert client.unblock("auth").tries_left["auth"] == 3
    with pytest.raises(ControlRefusedError, match="no PIN moon; known: auth, sign, profile"):
        client.unblock("moon")


def test_rules_stay_with_the_slot_until_they_are_cleared(
    client: ControlClient, attended: Attended
) -> None:
    assert client.add_fault("select 6A82").rules == ("select 6A82",)
    client.insert("resident")
    attended.power()
    assert attended.say(SELECT) == b"\x6a\x82"
    assert client.clear_faults().rules == ()
    assert attended.say(SELECT) == b"\x90\x00"
    with pytest.raises(ControlRefusedError, match="WHEN WHAT"):
        client.add_fault("nonsense")


def test_the_trace_goes_on_where_one_stopped_and_replays(
    client: ControlClient, attended: Attended, tmp_path: Path
) -> None:
    client.insert("resident")
    attended.power()
    attended.say(SELECT)
    first = client.trace()
    attended.say(PIN_FILE, "002000800431323334")
    more = client.trace(after=first.last)
    assert [line for line in more.lines if "VERIFY" in line]
    assert not set(first.lines) & set(more.lines)
    file = tmp_path / "trace.txt"
    file.write_text(client.vector(), encoding="ascii")
    assert "{auth}" in file.read_text(encoding="ascii")
    result = CliRunner().invoke(program, ["replay", str(file)])
    assert (result.exit_code, "0 different" in result.output) == (0, True)
    file.write_text(file.read_text(encoding="ascii") + "00B0000000 9000\n", encoding="ascii")
    assert CliRunner().invoke(program, ["replay", str(file)]).exit_code == 1
    client.forget_trace()
    assert client.trace().lines == ()


def test_revoking_is_seen_by_every_program_with_the_same_folder(
    tmp_path: Path, authority: DemoAuthority
) -> None:
    authority.save(tmp_path)
    other = DemoAuthority.load(tmp_path)
    mine = DemoAuthority.load(tmp_path)
    bench = CardBench({}, CardDrawer(mine, state=None, now=lambda: NOW), load_personas())
    serial = mine.serial_for("resident")
    assert other.revoked_at(serial) is None
    bench.revoke("resident")
    assert other.revoked_at(serial) == NOW
    bench.unrevoke("resident")
    assert other.revoked_at(serial) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": "Bearer right-token", "origin": "http://evil.example"}, 403),
        ({"authorization": "Bearer right-token", "host": "cardsim.example"}, 403),
    ],
)
def test_nobody_else_may_move_cards(url: str, headers: dict[str, str], status: int) -> None:
    assert httpx.get(f"{url}/slots", headers=headers).status_code == status


def test_an_unknown_field_is_refused(url: str) -> None:
    response = httpx.put(
        f"{url}/slots/0/card",
        json={"persona": "resident", "colour": "red"},
        headers={"authorization": "Bearer right-token"},
    )
    assert response.status_code == 422


def test_the_address_is_for_its_owner_only_and_a_missing_one_says_how_to_get_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "run" / "address.json"
    Address.fresh("http://127.0.0.1:1").save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(load_address(path).token) > 30
    result = CliRunner().invoke(program, ["ctl", "slots", "--control-file", str(path)])
    assert result.exit_code == 1
    assert "nobody answers" in result.output
    with pytest.raises(ControlRefusedError, match="cardsim serve PERSONA --control"):
        load_address(tmp_path / "none.json")


def test_the_command_line_prints_slots_for_programs_and_people(url: str, tmp_path: Path) -> None:
    path = tmp_path / "address.json"
    Address(url, TOKEN).save(path)
    run = CliRunner()
    options = ["--control-file", str(path)]
    shown = run.invoke(program, ["ctl", "insert", "resident", "--json", *options])
    assert json.loads(shown.output)["persona"] == "resident"
    added = run.invoke(program, ["ctl", "fault", "add", "read", "cut", "after=2", *options])
    assert "rule: read cut after=2" in added.output
    again = run.invoke(program, ["ctl", "insert", "resident", *options])
    assert (again.exit_code, "already" in again.output) == (1, True)
    assert "slot 1: empty" in run.invoke(program, ["ctl", "slots", *options]).output


def test_the_moment_of_the_drawer_is_that_of_the_card(authority: DemoAuthority) -> None:
    asked: list[datetime] = []

    def now() -> datetime:
        asked.append(NOW)
        return NOW

    CardDrawer(authority, state=None, now=now).card_of(load_personas()[0])
    assert asked == [NOW]


def test_a_client_refuses_what_is_no_bench() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(418, text="a teapot")

    transport = httpx.MockTransport(answer)
    with (
        ControlClient(Address("http://127.0.0.1:1", TOKEN), transport=transport) as client,
        pytest.raises(ControlRefusedError, match="418: a teapot"),
    ):
        client.slots()
