"""The program ``gateway`` from the command line, on files in a folder."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from gateway.__main__ import app
from gateway.billing.ledger import post
from gateway.database import open_engine, transaction, upgrade
from gateway.errors import ParticipationError
from gateway.integrity.breaker import trip
from gateway.settings import GatewaySettings
from gateway.wire.bodies import Environment
from gateway.wiring import participation_of, policy_of, signing_key
from tests.gateway.billing.test_ledger import entry
from tests.gateway.fakes import NOON
from tests.gateway.participation.files import write_participation

RUNNER = CliRunner()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings in the environment and a migrated database."""
    url = f"sqlite:///{tmp_path / 'gateway.db'}"
    monkeypatch.setenv("RISAI_GATEWAY_DATABASE_URL", url)
    monkeypatch.setenv("RISAI_GATEWAY_PARTICIPATION", str(write_participation(tmp_path)))
    monkeypatch.setenv("RISAI_GATEWAY_KEY", str(tmp_path / "gateway.pem"))
    monkeypatch.setenv("RISAI_GATEWAY_AUTHORITIES", str(tmp_path / "authorities.pem"))
    key = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "gateway.pem").write_bytes(key)
    engine = open_engine(url)
    upgrade(engine)
    with transaction(engine) as connection:
        post(connection, entry())
        trip(connection, "990002", "bind", session_id="0" * 32, now=NOON)
    engine.dispose()
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    """Return exit status and everything that was written."""
    result = RUNNER.invoke(app, list(words))
    return result.exit_code, result.output


def test_help_is_there_without_loading_the_database() -> None:
    code = "import sys, gateway.__main__; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.usefixtures("folder")
def test_statement_is_given_as_table_json_and_csv() -> None:
    status, table = run("statement", "990001", "2026-11")
    assert status == 0
    assert "-107" in table
    status, text = run("statement", "990001", "2026-11", "--json")
    assert json.loads(text)["totals"]["net"] == -107
    status, text = run("statement", "990001", "2026-11", "--csv")
    assert text.splitlines()[1].startswith("2026-11,a,990001")


def test_statement_is_written_as_workbook_and_paper(folder: Path) -> None:
    xlsx, pdf = folder / "s.xlsx", folder / "s.pdf"
    status, _text = run("statement", "990001", "2026-11", "--xlsx", str(xlsx), "--pdf", str(pdf))
    assert status == 0
    assert xlsx.read_bytes().startswith(b"PK")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert run("statement", "990001", "2026-11", "--pdf", str(folder / "no" / "s.pdf"))[0] == 1


@pytest.mark.usefixtures("folder")
def test_statement_of_one_operator_and_of_all_municipalities() -> None:
    one = json.loads(run("statement", "all", "2026-11", "--operator", "a", "--json")[1])
    none = json.loads(run("statement", "all", "2026-11", "--operator", "b", "--json")[1])
    assert (len(one["lines"]), len(none["lines"])) == (1, 0)
    assert one["state"] == "open"


@pytest.fixture
def december(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is December."""
    monkeypatch.setattr("gateway.wiring.utc_now", lambda: datetime(2026, 12, 1, tzinfo=UTC))


@pytest.mark.usefixtures("folder")
def test_month_that_is_not_over_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.wiring.utc_now", lambda: NOON)
    status, text = run("close", "2026-11")
    assert status == 1
    assert "is not over" in text


@pytest.mark.usefixtures("folder", "december")
def test_month_is_previewed_closed_listed_and_verified() -> None:
    assert "試算" in run("close", "2026-11", "--preview")[1]
    assert "締めた月はありません" in run("closings")[1]
    assert run("close", "2026-11", "--accept-late")[0] == 2
    status, text = run("close", "2026-11", "--by", "tanaka")
    assert (status, "-107" in text) == (0, True)
    assert "締め済み" in run("close", "2026-11")[1]
    assert "tanaka" in run("closings")[1]
    status, text = run("verify-ledger", "2026-11", "--lang", "en")
    assert (status, "no difference" in text) == (0, True)
    status, text = run("statement", "990001", "2026-11", "--verify", "--json")
    assert (status, json.loads(text.splitlines()[0])["state"]) == (0, "closed")


@pytest.mark.usefixtures("december")
def test_changed_ledger_is_told_by_the_commands(folder: Path) -> None:
    run("close", "2026-11", "--yes")
    with sqlite3.connect(folder / "gateway.db") as connection:
        connection.execute("DROP TRIGGER ledger_no_update")
        connection.execute("UPDATE ledger SET kiosk_id = 'another'")
    connection.close()
    assert run("verify-ledger", "2026-11")[0] == 1
    words = json.loads(run("verify-ledger", "2026-11", "--json")[1])
    assert len(words["differences"]) == 2
    status, text = run("statement", "990001", "2026-11", "--verify")
    assert (status, "一致しません" in text) == (1, True)


@pytest.mark.usefixtures("folder")
def test_days_of_kiosks_are_compared(tmp_path: Path) -> None:
    status, text = run("reconcile-day", "2026-11-23")
    assert (status, "kiosk-1" in text) == (1, True)
    takings = tmp_path / "takings.csv"
    takings.write_text("kiosk_id,sheets,collected\nkiosk-1,1,10\n")
    words = json.loads(run("reconcile-day", "2026-11-23", "--takings", str(takings), "--json")[1])
    assert [one["kind"] for one in words["differences"]] == ["posted-not-printed"]
    assert run("reconcile-day", "2026-11-24")[0] == 0
    assert run("reconcile-day", "yesterday")[0] == 2


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("month", ["2026", "2026-13", "november"])
def test_month_of_another_form_is_wrong_usage(month: str) -> None:
    assert run("statement", "990001", month)[0] == 2


@pytest.mark.usefixtures("folder")
def test_stopped_line_is_shown_and_reset_by_two_people() -> None:
    reset = ("breaker", "reset", "--municipality", "990002", "--reason", "mended", "--operator")
    assert "990002 bind" in run("breaker", "status")[1]
    assert run(*reset, "tanaka")[0] == 0
    assert run(*reset, "tanaka")[0] == 1
    assert run(*reset, "suzuki")[0] == 0
    assert "No line is stopped" in run("breaker", "status")[1]


@pytest.mark.usefixtures("folder")
def test_kiosk_is_enrolled_listed_and_revoked() -> None:
    enrol = ("kiosks", "enrol", "kiosk-9", "--operator", "a", "--store", "s", "--public-key")
    assert run(*enrol, "zz")[0] == 2
    assert run(*enrol, "ab")[0] == 1
    assert run(*enrol, "ab" * 32)[0] == 0
    assert "kiosk-9 a s active" in run("kiosks", "list")[1]
    assert run("kiosks", "revoke", "kiosk-9")[0] == 0
    assert run("kiosks", "revoke", "kiosk-9")[0] == 1
    assert "kiosk-9 a s revoked" in run("kiosks", "list")[1]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "place", "mend"),
    [
        (("statement", "99", "2026-11"), "MUNICIPALITY", "six digits"),
        (("statement", "990001", "2026-13"), "MONTH", "2026-10"),
        (("statement", "990001", "2026-11", "--csv", "--json"), "--csv", "one of them"),
        (("close", "11/2026"), "MONTH", "2026-10"),
        (("close", "9999-12"), "MONTH", "2026-10"),
        (("close", "0001-01", "--preview"), "MONTH", "2026-10"),
        (("reconcile-day", "0001-01-01"), "DAY", "2026-10-05"),
        (("close", "2026-11", "--accept-late"), "--accept-late", "--by"),
        (("reconcile-day", "2026-W41-1"), "DAY", "2026-10-05"),
        (("void-sheet", "990001", "990001-000001", "--reason", "Spoiled"), "--reason", "spoiled"),
    ],
)
def test_wrong_word_is_named_with_its_place(words: tuple[str, ...], place: str, mend: str) -> None:
    """A mistyped code must not come back as an empty statement."""
    status, text = run(*words)
    assert status == 2
    assert place in text
    assert mend in text


@pytest.mark.parametrize(
    "url",
    ["nonsense", "sqlite:////nowhere/at/all.sqlite", "postgresql+psycopg://u:secret@/x?port=1"],
)
@pytest.mark.usefixtures("folder")
def test_database_that_cannot_be_opened_is_named_with_its_setting(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("RISAI_GATEWAY_DATABASE_URL", url)
    monkeypatch.setattr("gateway.wiring.build_parts", lambda settings: open_engine(url).connect())
    for word in ("closings", "reconcile"):
        status, text = run(word)
        assert status == 1
        assert "RISAI_GATEWAY_DATABASE_URL" in text
        assert "secret" not in text


def test_missing_participation_file_is_named_with_its_setting(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISAI_GATEWAY_PARTICIPATION", str(folder / "nowhere.toml"))
    status, text = run("check")
    assert status == 1
    assert "nowhere.toml" in text
    assert "RISAI_GATEWAY_PARTICIPATION" in text


@pytest.mark.usefixtures("folder")
def test_empty_list_of_kiosks_says_where_else_they_stand() -> None:
    assert "gateway check" in run("kiosks", "list")[1]


@pytest.mark.usefixtures("folder")
def test_kiosk_of_a_revoked_store_is_not_called_active() -> None:
    enrol = ("kiosks", "enrol", "kiosk-9", "--operator", "a", "--store", "s", "--public-key")
    assert run(*enrol, "ab" * 32)[0] == 0
    assert run("kiosks", "revoke-place", "--operator", "a", "--store", "s")[0] == 0
    assert "kiosk-9 a s stopped with its place" in run("kiosks", "list")[1]


@pytest.mark.usefixtures("folder")
def test_list_of_suspensions_says_which_certificates_it_concerns() -> None:
    when = ("--from", "2098-12-01T17:30", "--until", "2098-12-02T09:00")
    words = ("--ja", "保守", "--en", "Maintenance", "--operator", "t")
    assert run("suspensions", "announce", *when, *words)[0] == 0
    one = ("--certificate", "victim_certificate", "--municipality", "990001")
    assert run("suspensions", "announce", *when, *words, *one)[0] == 0
    shown = run("suspensions", "list")[1]
    assert "全部 / all certificates" in shown
    assert "victim_certificate" in shown


def test_check_names_what_is_missing(folder: Path) -> None:
    status, text = run("check")
    assert status == 1
    assert "authorities.pem" in text


def test_wrong_setting_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISAI_GATEWAY_ENVIRONMENT", "party")
    status, text = run("breaker", "status")
    assert status == 1
    assert "RISAI_GATEWAY_ENVIRONMENT" in text


@pytest.mark.usefixtures("folder")
def test_production_keeps_its_hours() -> None:
    with pytest.raises(ParticipationError):
        participation_of(GatewaySettings(demo_open_all_hours=True))


@pytest.mark.usefixtures("folder")
def test_demo_may_be_open_at_all_hours() -> None:
    settings = GatewaySettings(demo_open_all_hours=True, environment=Environment.DEMO)
    with pytest.warns(UserWarning, match="demo"):
        assert participation_of(settings).hours.always_open


@pytest.mark.parametrize("content", [b"", b"nothing"])
def test_key_that_cannot_be_read_is_named(folder: Path, content: bytes) -> None:
    (folder / "gateway.pem").write_bytes(content)
    with pytest.raises(ParticipationError, match=r"gateway\.pem"):
        signing_key(GatewaySettings())


def test_authorities_that_cannot_be_read_are_named(folder: Path) -> None:
    (folder / "authorities.pem").write_bytes(b"nothing")
    with pytest.raises(ParticipationError, match="AUTHORITIES"):
        policy_of(GatewaySettings())


def help_texts(command: object, *path: str) -> Iterator[tuple[str, str]]:
    """Give the help of a command and of everything below it, at 80 cells."""
    yield " ".join(path), RUNNER.invoke(app, [*path, "--help"], env={"COLUMNS": "80"}).output
    for name, below in getattr(command, "commands", {}).items():
        yield from help_texts(below, *path, name)


def test_help_loses_no_word_on_80_cells() -> None:
    """A Japanese phrase without a space is cut off where its column is narrower."""
    cut = [
        (path, line)
        for path, text in help_texts(typer.main.get_command(app))
        for line in text.splitlines()
        if "…" in line
    ]
    assert cut == []
