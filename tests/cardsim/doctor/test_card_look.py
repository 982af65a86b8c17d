"""The doctor's look at a card: nothing is presented, nothing personal is read."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from cardsim.__main__ import app
from cardsim.card import Card
from cardsim.doctor import command, probe
from cardsim.doctor.card_look import (
    CertificateLook,
    Transmit,
    check_card_for_tests,
    check_reader_for_tests,
    look_at_card,
)
from cardsim.doctor.command import choose_reader_with_card
from cardsim.doctor.model import Reader
from cardsim.doctor.report import card_as_text
from cardsim.errors import ReaderRefusedError
from cardsim.jpki import JPKI_AID
from tests.cardsim.conftest import NOW
from tests.cardsim.doctor.test_checks import DOWN, HEALTHY

RUNNER = CliRunner()
VIRTUAL = Reader("Virtual PCD 00 00", has_card=True)
REAL = Reader("ACME 00 00", has_card=True)


def recorded(card: Card) -> tuple[list[bytes], str]:
    """Look at a card; return every command it was sent, and the report."""
    sent: list[bytes] = []
    card.power_on()

    def transmit(raw: bytes) -> bytes:
        sent.append(raw)
        return card.transmit(raw)

    return sent, card_as_text(look_at_card(transmit), NOW)


def test_look_tells_label_certificates_and_tries(card: Card) -> None:
    _, words = recorded(card)
    assert "JPKIAPICCTOKEN2 (My Number card)" in words
    assert "certificate of user authentication: issuer O=RISAI-DEMO" in words
    assert "certificate of signature: there is one" in words
    assert "PIN of user authentication: 3 wrong ones" in words
    assert "PIN of signature: 5 wrong ones" in words


def test_look_presents_no_pin_and_comes_near_no_personal_data(card: Card) -> None:
    sent, _ = recorded(card)
    selected = [raw for raw in sent if raw[:3] == b"\x00\xa4\x04"]
    assert [raw[5:] for raw in selected] == [JPKI_AID]
    assert {raw[1] for raw in sent} == {0xA4, 0xB0, 0x20}
    assert all(raw == b"\x00\x20\x00\x80" for raw in sent if raw[1] == 0x20)


def test_look_costs_no_try(card: Card) -> None:
    for _ in range(5):
        recorded(card)
    assert "3 wrong ones" in recorded(card)[1]


@pytest.mark.parametrize(
    ("tries", "words"), [(0, "LOCKED"), (1, "ONE wrong one"), (None, "the card does not tell")]
)
def test_tries_are_told_in_words(card: Card, tries: int | None, words: str) -> None:
    look = replace(look_at_card(_powered(card)), auth_tries=tries, certificates=())
    assert f"user authentication: {words}" in card_as_text(look, NOW)
    assert "certificate of user authentication: none" in card_as_text(look, NOW)


def _powered(card: Card) -> Transmit:
    card.power_on()
    return card.transmit


def test_another_kind_of_card_is_told_so() -> None:
    with pytest.raises(ReaderRefusedError, match="another kind"):
        look_at_card(lambda _raw: b"\x6a\x82")


def test_card_that_answers_nonsense_is_survived() -> None:
    look = look_at_card(lambda raw: b"\x90\x00" if raw[1] == 0xA4 else b"0\x82\xff\xff\x90\x00")
    assert look.certificates == ()


def test_real_reader_is_refused_in_ci() -> None:
    check_reader_for_tests(REAL, in_ci=False)
    check_reader_for_tests(VIRTUAL, in_ci=True)
    with pytest.raises(ReaderRefusedError, match="CI is set"):
        check_reader_for_tests(REAL, in_ci=True)


def test_real_card_is_refused_in_ci(card: Card) -> None:
    look = look_at_card(_powered(card))
    check_card_for_tests(look, in_ci=True)
    real = replace(look, certificates=(CertificateLook("x", "JPKI", NOW, NOW),))
    check_card_for_tests(real, in_ci=False)
    with pytest.raises(ReaderRefusedError, match="real card"):
        check_card_for_tests(real, in_ci=True)


def test_reader_with_a_card_is_chosen_by_name() -> None:
    assert choose_reader_with_card((VIRTUAL, Reader("B", False)), "") == VIRTUAL
    assert choose_reader_with_card((VIRTUAL, REAL), "acme") == REAL
    with pytest.raises(ReaderRefusedError, match="say which"):
        choose_reader_with_card((VIRTUAL, REAL), "")
    with pytest.raises(ReaderRefusedError, match="no card"):
        choose_reader_with_card((VIRTUAL,), "acme")


@pytest.mark.parametrize(("machine", "status"), [(HEALTHY, 0), (DOWN, 1)])
def test_exit_status_is_the_verdict(
    monkeypatch: pytest.MonkeyPatch, machine: object, status: int
) -> None:
    monkeypatch.setattr(probe, "probe", lambda: machine)
    assert RUNNER.invoke(app, ["doctor"]).exit_code == status
    told = RUNNER.invoke(app, ["doctor", "--json"])
    assert json.loads(told.output)["well"] is (status == 0)


def test_card_that_cannot_be_looked_at_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "probe", lambda: replace(HEALTHY, readers=()))
    result = RUNNER.invoke(app, ["doctor", "--card"])
    assert result.exit_code == 1
    assert "no card lies on such a reader" in result.output


def test_real_reader_is_not_even_powered_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(ReaderRefusedError, match="CI is set"):
        command._look(replace(HEALTHY, readers=(REAL,)), "")


def test_rule_is_printed_on_request() -> None:
    assert 'isInGroup("kiosk")' in RUNNER.invoke(app, ["doctor", "--polkit-rule", "kiosk"]).output
    assert RUNNER.invoke(app, ["doctor", "--polkit-rule", "no good"]).exit_code == 2
