"""The command answers in two languages, in the form's order, and by exit status."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner

from issuance.certificates.paper_code import encode, fields_of
from issuance.certificates.revocation_list import (
    RevokedCertificate,
    build_revocation_list,
    list_revocations,
)
from issuance.certificates.trust_list import TrustList, build_trust_list
from issuance.certificates.verify_cli import ANCHOR_FILE, verify_command
from tests.issuance.certificates.paper import (
    ANCHOR,
    CONTENT,
    NOW,
    OTHER_KEY,
    SALT,
    SIGNER,
    SignedPaper,
    trust_entry,
)

TEXT = encode(fields_of(CONTENT, sheet=1, sheets=1), SIGNER)
ALWAYS = datetime(2999, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

app = typer.Typer()
app.command("verify")(verify_command)


@dataclass(frozen=True, slots=True)
class Desk:
    """A verifier's folder: lists that never grow old, and the anchor beside them."""

    folder: Path

    def run(self, *arguments: str) -> tuple[int, str]:
        """Return exit status and everything that was said."""
        lists = ["--trust-list", str(self.folder / "trust.cose")]
        done = CliRunner().invoke(app, [*arguments, *lists])
        return done.exit_code, done.output

    def with_revocations(self, *arguments: str) -> tuple[int, str]:
        """Run with the revocation list."""
        return self.run(*arguments, "--revocation-list", str(self.folder / "revoked.cose"))

    def write_revocations(self, *revoked: RevokedCertificate) -> None:
        """Write a revocation list of the anchor."""
        listed = list_revocations(revoked, sequence=4, issued_at=NOW, next_update=ALWAYS, salt=SALT)
        (self.folder / "revoked.cose").write_bytes(build_revocation_list(listed, ANCHOR))


@pytest.fixture
def desk(tmp_path: Path, signed: SignedPaper) -> Desk:
    entry = trust_entry(pdf_certificates=(signed.pinned,))
    trust = TrustList(3, NOW, ALWAYS, (entry,))
    (tmp_path / "trust.cose").write_bytes(build_trust_list(trust, ANCHOR))
    pem = ANCHOR.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / ANCHOR_FILE).write_bytes(pem)
    desk = Desk(tmp_path)
    desk.write_revocations()
    return desk


def test_good_code_is_shown_in_the_order_of_the_form(desk: Desk) -> None:
    status, said = desk.with_revocations(TEXT)
    assert status == 0
    words = [
        "【有効】 Valid", "整理番号", "世帯主住所", "世帯主氏名", "世帯構成員", "罹災原因",
        "被災住家の所在地", "住家の被害の程度", "証明日", "紙面と同じですか？", "原本性",
        "信頼リスト",
    ]  # fmt: skip
    positions = [said.find(word) for word in words]
    assert -1 not in positions
    assert positions == sorted(positions)
    signed_words = (CONTENT.householder_name, CONTENT.cause, "中規模半壊", "令和8年11月23日")
    assert all(word in said for word in signed_words)


def test_without_a_revocation_list_it_says_so(desk: Desk) -> None:
    status, said = desk.run(TEXT)
    assert status == 0
    assert "失効は未確認" in said


def test_signed_file_is_valid(desk: Desk, signed: SignedPaper) -> None:
    (desk.folder / "certificate.pdf").write_bytes(signed.pdf)
    status, said = desk.with_revocations(str(desk.folder / "certificate.pdf"))
    assert status == 0
    assert "ファイルの署名も有効です" in said


def test_revoked_code_is_told_with_what_stands_in_its_place(desk: Desk) -> None:
    desk.write_revocations(RevokedCertificate(CONTENT.certificate_id, NOW - DAY, "NEW-NUMBER"))
    status, said = desk.with_revocations(TEXT)
    assert status == 1
    assert "【失効】 Revoked" in said
    assert "NEW-NUMBER" in said


def test_unreadable_code_exits_with_three(desk: Desk) -> None:
    status, said = desk.run("RS1:::::")
    assert status == 3
    assert "読取不能" in said


def test_json_is_for_programs(desk: Desk) -> None:
    status, said = desk.with_revocations(TEXT, "--json")
    answer = json.loads(said)
    assert status == 0
    assert answer["result"] == "valid"
    assert answer["fields"]["世帯主氏名"] == CONTENT.householder_name
    assert answer["proves_originality"] is False


def test_json_of_an_unreadable_code_has_no_fields(desk: Desk) -> None:
    status, said = desk.run("RS1:", "--json")
    assert status == 3
    assert json.loads(said)["fields"] is None


def test_missing_file_is_a_usage_error(desk: Desk) -> None:
    assert desk.run("no-such-file.pdf")[0] == 2


def test_missing_anchor_is_a_usage_error(desk: Desk) -> None:
    (desk.folder / ANCHOR_FILE).unlink()
    assert desk.run(TEXT)[0] == 2


def test_anchor_of_another_kind_is_a_usage_error(desk: Desk) -> None:
    other = X25519PrivateKey.generate().public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (desk.folder / ANCHOR_FILE).write_bytes(pem)
    assert desk.run(TEXT)[0] == 2


def test_list_of_another_anchor_is_refused(desk: Desk) -> None:
    pem = OTHER_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (desk.folder / "other.pem").write_bytes(pem)
    status, said = desk.run(TEXT, "--trust-anchor", str(desk.folder / "other.pem"))
    assert status == 2
    assert "リストを信頼できません" in said


def test_list_older_than_one_seen_is_refused(desk: Desk) -> None:
    status, said = desk.run(TEXT, "--least-sequence", "4")
    assert status == 2
    assert "older" in said
