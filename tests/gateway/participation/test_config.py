"""The participation file is checked as a whole, and a mistake is named by its place."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import ParticipationError
from gateway.participation.config import load_participation
from issuance.wire.codes import DocumentType
from tests.gateway.participation.files import GOOD, KEY_TEXT, write_participation


def test_good_file_is_read_completely(tmp_path: Path) -> None:
    participation = load_participation(write_participation(tmp_path))

    (town,) = participation.municipalities
    assert (town.code, town.name, town.pseudonym_key) == ("990001", "見本市", b"\xab" * 32)
    assert town.fees[DocumentType.VICTIM_CERTIFICATE].legal_fee == 0
    assert town.suspensions[0].starts_at == datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    assert participation.hours.closed_from == (12, 28)
    assert participation.hours.closed_until == (1, 3)
    assert [kiosk.kiosk_id for kiosk in participation.kiosks] == ["kiosk-1"]


MISTAKES = {
    "unknown field": (GOOD.replace("prefecture", "prefectura"), "municipality.0"),
    "code": (GOOD.replace('"990001"', '"99"'), "municipality.0.code"),
    "negative fee": (GOOD.replace("certificate = 0", "certificate = -1"), "fees"),
    "unknown certificate": (GOOD.replace("victim_certificate", "other"), "fees"),
    "short key": (GOOD.replace(KEY_TEXT, "AAAA", 1), "core_response_key"),
    "key not base64": (GOOD.replace(KEY_TEXT, "鍵", 1), "core_response_key"),
    "time without zone": (GOOD.replace("17:30:00+09:00", "17:30:00"), "starts_at"),
    "ends before it starts": (GOOD.replace("18:30:00", "16:30:00"), "suspension"),
    "closes before it opens": (GOOD.replace("[hours]", '[hours]\ncloses = "06:00"'), "hours"),
    "no such day": (GOOD.replace("12-28", "13-45"), "write it like 12-28"),
    "closed from February": (GOOD.replace("12-28", "02-01"), "would last 338 days"),
    "closed all year": (GOOD.replace("12-28", "01-02"), "would last 366 days"),
    "no municipality": ("[hours]\n", "municipality"),
    "not TOML": ("[[[", "TOML"),
    "kiosk twice": (GOOD + GOOD[GOOD.index("[[kiosk]]") :], "kiosk"),
    "missing key file": (GOOD.replace("990001.key", "other.key"), "other.key"),
    "core origin with a path": (GOOD.replace(":8602", ":8602/core"), "core_origin"),
}


@pytest.mark.parametrize(("text", "place"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistake_is_named_by_its_place(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(ParticipationError) as refused:
        load_participation(write_participation(tmp_path, text))
    assert place in str(refused.value)


LONGER = (
    'fees = { victim_certificate = 0 }\nhours = { closed_from = "12-27", closed_until = "01-05" }'
)


def test_extended_closing_of_a_municipality_is_read(tmp_path: Path) -> None:
    text = GOOD.replace("fees = { victim_certificate = 0 }", LONGER)
    (town,) = load_participation(write_participation(tmp_path, text)).municipalities
    assert town.hours is not None
    assert (town.hours.closed_from, town.hours.closed_until) == ((12, 27), (1, 5))


def test_shortened_closing_of_a_municipality_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("fees = { victim_certificate = 0 }", LONGER.replace("01-05", "01-02"))
    with pytest.raises(ParticipationError, match="990001"):
        load_participation(write_participation(tmp_path, text))


def test_suspension_may_name_certificates(tmp_path: Path) -> None:
    line = 'certificates = ["victim_certificate"]\ntext_ja'
    (town,) = load_participation(
        write_participation(tmp_path, GOOD.replace("text_ja", line, 1))
    ).municipalities
    assert town.suspensions[0].certificates == {DocumentType.VICTIM_CERTIFICATE}


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParticipationError, match=r"nowhere\.toml"):
        load_participation(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("secret", ["zz", "ab", ""])
def test_pseudonym_key_has_32_bytes(tmp_path: Path, secret: str) -> None:
    path = write_participation(tmp_path)
    (tmp_path / "990001.key").write_text(secret)
    with pytest.raises(ParticipationError, match=r"990001\.key"):
        load_participation(path)
