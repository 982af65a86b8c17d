"""Rules of what goes wrong between reader and card."""

import pytest

from cardsim.card import Card
from cardsim.errors import CardRemovedError, FaultRuleError
from cardsim.faults import FaultyCard, parse_rule
from cardsim.reader import SimulatedReader
from tests.cardsim.fakes import EchoCard

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
READ = bytes.fromhex("00B0000000")
ASK = bytes.fromhex("00200080")


def faulty(*rules: str) -> tuple[FaultyCard, list[int]]:
    """Return an echoing card behind rules, powered, and the waits that it asked for."""
    waits: list[int] = []
    card = FaultyCard(EchoCard(), wait_ms=waits.append)
    for rule in rules:
        card.add(parse_rule(rule))
    card.power_on()
    return card, waits


@pytest.mark.parametrize(
    "text",
    [
        "any cut",
        "first 6F00 times=1",
        "sign 6581",
        "read drop=400 after=2 times=3",
        "00B0?? delay=50",
        "verify 63C2 after=1",
    ],
)
def test_a_rule_reads_as_it_is_written(text: str) -> None:
    assert str(parse_rule(text)) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sign", "WHEN WHAT"),
        ("", "WHEN WHAT"),
        ("dance 6F00", "select, verify"),
        ("0A1 6F00", "hexadecimal bytes"),
        ("sign 6F0", "four hexadecimal digits"),
        ("sign delay=soon", "whole number"),
        ("sign drop=60001", "60000"),
        ("sign cut often", "times=1"),
        ("sign cut times=-1", "whole number"),
    ],
)
def test_a_rule_that_is_not_understood_says_how_to_write_it(text: str, says: str) -> None:
    with pytest.raises(FaultRuleError, match=says):
        parse_rule(text)


def test_a_status_word_stands_in_for_the_cards_answer() -> None:
    card, _ = faulty("select 6A82")
    assert card.transmit(SELECT) == b"\x6a\x82"
    assert card.transmit(READ) == READ + b"\x90\x00"


@pytest.mark.parametrize(
    ("when", "met"),
    [("verify", [ASK]), ("00", [SELECT, READ, ASK]), ("00A4????0A", [SELECT]), ("00B00000FF", [])],
)
def test_a_rule_meets_only_its_commands(when: str, met: list[bytes]) -> None:
    card, _ = faulty(f"{when} 6F00")
    assert [raw for raw in (SELECT, READ, ASK) if card.transmit(raw) == b"\x6f\x00"] == met


def test_after_and_times_count_the_commands_that_are_met() -> None:
    card, _ = faulty("read 6F00 after=1 times=2")
    answers = []
    for _ in range(5):
        card.transmit(SELECT)
        answers.append(card.transmit(READ) == b"\x6f\x00")
    assert answers == [False, True, True, False, False]


def test_the_first_command_is_the_first_after_every_power_up() -> None:
    card, _ = faulty("first 6F00")
    assert card.transmit(SELECT) == b"\x6f\x00"
    assert card.transmit(SELECT) != b"\x6f\x00"
    card.reset()
    assert card.transmit(SELECT) == b"\x6f\x00"


def test_a_delay_comes_before_the_answer_and_other_rules_still_decide() -> None:
    card, waits = faulty("any delay=50", "read 6581")
    assert card.transmit(READ) == b"\x65\x81"
    assert waits == [50]


@pytest.mark.parametrize(("rule", "waited"), [("any cut", []), ("any drop=300", [300])])
def test_the_card_leaves_at_once_or_after_silence(rule: str, waited: list[int]) -> None:
    card, waits = faulty(rule)
    with pytest.raises(CardRemovedError):
        card.transmit(READ)
    assert waits == waited


def test_a_cleared_card_is_the_card_itself() -> None:
    card, _ = faulty("any 6F00")
    card.clear()
    assert card.rules() == ()
    assert card.transmit(READ) == READ + b"\x90\x00"


def test_a_refused_verify_costs_no_try(card: Card) -> None:
    behind = FaultyCard(card)
    behind.add(parse_rule("verify 6581"))
    behind.power_on()
    for command in (SELECT, bytes.fromhex("00A4020C020018")):
        behind.transmit(command)
    assert behind.transmit(bytes.fromhex("002000800430303030")) == b"\x65\x81"
    assert card.tries_left("auth") == 3


def test_a_cut_takes_the_card_from_the_reader_in_this_process() -> None:
    card, _ = faulty("read cut")
    reader = SimulatedReader()
    reader.put(card)
    channel = reader.connect()
    channel.transmit(SELECT)
    with pytest.raises(CardRemovedError):
        channel.transmit(READ)
    assert not reader.is_card_present()
