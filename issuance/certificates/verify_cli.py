"""The command ``issuance verify``: shows what a code or file is worth, in the layout of the form.

Exit status: 0 valid (also when revocation is not checked), 1 revoked, altered or unknown issuer,
2 wrong usage or a list that cannot be relied on, 3 not readable.
"""

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from issuance.certificates.paper_code import CodeFields
    from issuance.certificates.verify import Verdict

EXIT_VALID, EXIT_NOT_VALID, EXIT_USAGE, EXIT_UNREADABLE = 0, 1, 2, 3
ANCHOR_FILE = "trust-anchor.pem"
_DAY = timedelta(days=1)
_LABEL_COLUMNS = 40
_ENGLISH_LABELS = {
    "整理番号": "Number",
    "世帯主住所": "Householder's address",
    "世帯主氏名": "Householder's name",
    "世帯構成員": "Household members",
    "罹災原因": "Cause of damage",
    "被災住家の所在地": "Location of the house",
    "住家の被害の程度": "Degree of damage",
    "証明日": "Certified on",
    "発行者": "Issuer",
    "頁": "Sheet",
    "発行回数": "Print",
}


def verify_command(
    file_or_code: Annotated[
        str,
        typer.Argument(
            metavar="FILE-or-CODE",
            help="PDF・PNG・JPEGファイル、またはコードの文字列 / A file, or a code's text (RS1:…).",
        ),
    ],
    trust_list: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="信頼リスト / Signed trust list."),
    ],
    revocation_list: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="失効リスト / Signed revocation list."),
    ] = None,
    trust_anchor: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help=f"リストの署名者の公開鍵(PEM)。省略時は信頼リストと同じ場所の{ANCHOR_FILE} / "
            "Public key that signs the lists; by default beside the trust list.",
        ),
    ] = None,
    least_sequence: Annotated[
        int,
        typer.Option(
            min=0, help="これより古い番号のリストを拒む / Refuse lists before this number."
        ),
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="JSONで出力 / Print JSON.")] = False,
) -> None:
    """証明書を通信なしで確かめる / Check a certificate without any network."""
    from issuance.certificates.errors import SignedListError
    from issuance.certificates.revocation_list import parse_revocation_list
    from issuance.certificates.trust_list import parse_trust_list
    from issuance.certificates.verify import verify_code
    from issuance.certificates.verify_file import verify_file

    anchor = _load_anchor(trust_anchor or trust_list.with_name(ANCHOR_FILE))
    try:
        trust = parse_trust_list(trust_list.read_bytes(), anchor, seen_sequence=least_sequence)
        revocations = (
            parse_revocation_list(
                revocation_list.read_bytes(), anchor, seen_sequence=least_sequence
            )
            if revocation_list is not None
            else None
        )
    except SignedListError as error:
        _stop(f"リストを信頼できません / A list cannot be relied on: {error}")
    now = datetime.now(UTC)
    if file_or_code.startswith("RS1:"):
        verdict = verify_code(file_or_code, trust=trust, revocations=revocations, now=now)
    else:
        data = _read_file(Path(file_or_code))
        verdict = verify_file(data, trust=trust, revocations=revocations, now=now)
    typer.echo(as_json_text(verdict) if as_json else as_form(verdict))
    raise typer.Exit(exit_status(verdict))


def exit_status(verdict: "Verdict") -> int:
    """Return the program's exit status for a verdict."""
    from issuance.certificates.verify import Result

    if verdict.result.is_valid:
        return EXIT_VALID
    return EXIT_UNREADABLE if verdict.result is Result.UNREADABLE else EXIT_NOT_VALID


def as_form(verdict: "Verdict") -> str:
    """Return the verdict for people: the answer, then the signed words in the form's order."""
    from issuance.certificates.verify import ORIGINALITY_WARNING

    japanese, english = verdict.result.words
    lines = [f"【{japanese}】 {english}", f"  {verdict.result.meaning}", f"  {verdict.reason}", ""]
    if verdict.fields is not None:
        lines += [
            f"  {_padded(f'{label} / {_ENGLISH_LABELS[label]}')}{value}"
            for label, value in _form_rows(verdict.fields)
        ]
        lines += ["", "  紙面と同じですか？ / Is this what the sheet says?"]
    if verdict.revocation is not None:
        lines.append(f"  失効日時 / Revoked at: {verdict.revocation.revoked_at.isoformat()}")
        if verdict.revocation.superseded_by is not None:
            lines.append(f"  差替後 / In its place: {verdict.revocation.superseded_by}")
    if verdict.is_file_signature_checked:
        lines.append("  ファイルの署名も有効です / The signature of the file is good, too.")
    lines += [f"  {line}" for line in ORIGINALITY_WARNING]
    lines.append(f"  信頼リスト / Trust list: {_age(verdict.trust_list_age)}")
    lines.append(f"  失効リスト / Revocation list: {_age(verdict.revocation_list_age)}")
    return "\n".join(lines)


def as_json_text(verdict: "Verdict") -> str:
    """Return the verdict for programs."""
    japanese, english = verdict.result.words
    revocation_age = verdict.revocation_list_age
    answer = {
        "result": verdict.result.value,
        "result_ja": japanese,
        "result_en": english,
        "meaning_ja": verdict.result.meaning,
        "reason": verdict.reason,
        "fields": None if verdict.fields is None else dict(_form_rows(verdict.fields)),
        "sheets_read": list(verdict.sheets),
        "file_signature_checked": verdict.is_file_signature_checked,
        "trust_list_age_s": int(verdict.trust_list_age.total_seconds()),
        "revocation_list_age_s": None
        if revocation_age is None
        else int(revocation_age.total_seconds()),
        "proves_originality": False,
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _form_rows(fields: "CodeFields") -> list[tuple[str, str]]:
    """Return the signed words with the labels of the form, in the order of the form."""
    from issuance.certificates.eras import format_date

    members = "、".join(f"{who.name}（{who.relation}）" for who in fields.members)
    return [
        ("整理番号", fields.certificate_number),
        ("世帯主住所", fields.householder_address),
        ("世帯主氏名", fields.householder_name),
        ("世帯構成員", members or "―"),
        ("罹災原因", fields.cause),
        ("被災住家の所在地", fields.house_location),
        ("住家の被害の程度", fields.damage_class.label),
        ("証明日", format_date(fields.issued_on)),
        ("発行者", f"市町村コード {fields.municipality_code}"),
        ("頁", f"{fields.sheet} / {fields.sheets}"),
        ("発行回数", f"第{fields.print_number}回"),
    ]


def _padded(label: str) -> str:
    """Return the label filled up to one width on a screen, where a kanji takes two columns."""
    width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in label)
    return label + " " * max(1, _LABEL_COLUMNS - width)


def _age(age: timedelta | None) -> str:
    if age is None:
        return "なし（失効は未確認） / none given, revocation not checked"
    return f"{age // _DAY}日前 / {age // _DAY} days old"


def _load_anchor(path: Path) -> "Ed25519PublicKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        _stop("リストの署名者の公開鍵がありません / No public key of the lists' signer.")
    if not isinstance(key, Ed25519PublicKey):
        _stop("公開鍵の種類が違います / The lists' signer has an Ed25519 key, this is another.")
    return key


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        _stop("ファイルを開けません / The file cannot be opened.")


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(EXIT_USAGE)
