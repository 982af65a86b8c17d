"""The program ``issuance`` as an operator uses it."""

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from typer.testing import CliRunner, Result

from issuance.__main__ import app
from issuance.certificates.demo_pdf_key import DemoPdfKeyWarning
from issuance.certificates.revocation_list import parse_revocation_list
from issuance.certificates.trust_list import parse_trust_list
from issuance.database import open_engine, write
from issuance.integrity.model import Alarm
from issuance.integrity.service import trip
from issuance.integrity.store import issue_log
from launcher.town_builder import TOWN_FOLDER
from tests.issuance.fakes import FakeClock
from tests.issuance.linkage.test_reading import RESIDENT, table


@pytest.fixture
def office(tmp_path: Path, empty_town: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A municipality's folder: settings in the environment, an empty database, fresh keys."""
    shutil.copy(empty_town, tmp_path / "core.db")
    settings = {
        "ENVIRONMENT": "demo",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'core.db'}",
        "MUNICIPALITY_CODE": "990019",
        "MUNICIPALITY_NAME": "見本市",
        "ISSUER_TITLE": "見本市長",
        "ISSUER_NAME": "見本　太郎",
        "KEY_FOLDER": str(tmp_path / "keys"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"RISAI_ISSUANCE_{name}", value)
    assert run("make-keys").exit_code == 0
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def know_a_gateway(office: Path) -> None:
    secret = serialization.load_pem_private_key(
        (office / "keys" / "response.pem").read_bytes(), password=None
    )
    public = secret.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (office / "keys" / "gateways" / "gateway.pem").write_bytes(public)


def anchor_of(office: Path) -> Ed25519PublicKey:
    assert run("trust-list", "export", "-o", str(office / "trust.list")).exit_code == 0
    key = serialization.load_pem_public_key((office / "trust-anchor.pem").read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    return key


def test_missing_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISAI_ISSUANCE_ISSUER_NAME", raising=False)
    result = run("check")
    assert result.exit_code == 2
    assert "RISAI_ISSUANCE_ISSUER_NAME" in result.stderr


def test_a_complete_office_passes_the_check(office: Path) -> None:
    know_a_gateway(office)
    with pytest.warns(DemoPdfKeyWarning):
        result = run("check")
    assert result.exit_code == 0, result.output
    assert "990019" in result.output


@pytest.mark.filterwarnings("ignore::issuance.certificates.demo_pdf_key.DemoPdfKeyWarning")
def test_an_office_that_knows_no_gateway_is_refused(office: Path) -> None:
    assert run("check").exit_code == 1


def test_production_refuses_the_stand_in_key(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know_a_gateway(office)
    monkeypatch.setenv("RISAI_ISSUANCE_ENVIRONMENT", "production")
    result = run("check")
    assert result.exit_code == 1
    assert "pdf.pem" in result.stderr


@pytest.mark.parametrize("damage", ["missing", "garbage", "another kind"])
def test_a_wrong_key_file_is_refused(office: Path, damage: str) -> None:
    path = office / "keys" / "trust_anchor.pem"
    match damage:
        case "missing":
            path.unlink()
        case "garbage":
            path.write_bytes(b"no key")
        case _:
            path.write_bytes((office / "keys" / "pseudonym.key").read_bytes())
    result = run("trust-list", "export", "-o", str(office / "trust.list"))
    assert result.exit_code == 1
    assert "trust_anchor.pem" in result.stderr


def test_the_demo_town_is_imported_and_again(office: Path) -> None:
    for _ in range(2):
        result = run("import", str(TOWN_FOLDER))
        assert result.exit_code == 0, result.output
    assert "residents.csv" in result.output


def test_a_dry_run_stores_nothing(office: Path) -> None:
    assert run("import", str(TOWN_FOLDER), "--dry-run").exit_code == 0
    with open_engine(f"sqlite:///{office / 'core.db'}").connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM residents").scalar() == 0


def test_mistakes_are_shown_with_their_place(office: Path) -> None:
    path = office / "residents.csv"
    path.write_text(table(RESIDENT | {"生年月日": "昭和"}), encoding="utf-8")
    result = run("import", str(path))
    assert result.exit_code == 1
    assert "residents.csv:2 生年月日" in result.stderr
    assert "昭和" not in result.stderr


def test_a_broken_log_is_told(office: Path) -> None:
    assert run("log", "verify").exit_code == 0
    stop_the_line(office)
    assert run("log", "verify").exit_code == 0
    engine = open_engine(f"sqlite:///{office / 'core.db'}")
    with write(engine) as connection:
        connection.exec_driver_sql("DROP TRIGGER issue_log_no_update")
        connection.execute(issue_log.update().values(payload=b"\xa0"))
    result = run("log", "verify")
    assert result.exit_code == 1
    assert "entry 1" in result.stderr


def test_a_stopped_line_is_released_by_two_people(office: Path) -> None:
    stop_the_line(office)
    assert "wrong_subject" in run("breaker", "status").output
    words = ("breaker", "reset", "--reason", "調べた", "--operator")
    assert run(*words, "職員001").exit_code == 0
    assert run(*words, "職員001").exit_code == 1
    assert run(*words, "職員002").exit_code == 0
    assert "Running" in run("breaker", "status").output


def test_the_exported_lists_check_against_the_exported_anchor(office: Path) -> None:
    anchor = anchor_of(office)
    (entry,) = parse_trust_list((office / "trust.list").read_bytes(), anchor).entries
    assert entry.municipality_code == "990019"
    path = office / "revocation.list"
    assert run("revocation-list", "export", "-o", str(path)).exit_code == 0
    assert parse_revocation_list(path.read_bytes(), anchor).rows == ()


def test_the_code_check_is_part_of_the_program(office: Path) -> None:
    anchor_of(office)
    result = run("verify", "RS1:NO-CODE", "--trust-list", str(office / "trust.list"))
    assert result.exit_code == 3


def stop_the_line(office: Path) -> None:
    with write(open_engine(f"sqlite:///{office / 'core.db'}")) as connection:
        trip(
            connection,
            "990019",
            Alarm.WRONG_SUBJECT,
            session_id="0" * 32,
            now=FakeClock().now(),
        )
