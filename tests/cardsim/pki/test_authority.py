"""The demo authority: certificates of the right shape, under a name that cannot be mistaken."""

import dataclasses
import functools
import operator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID

from cardsim.errors import AuthorityFilesError
from cardsim.files import CardImage, TransparentFile
from cardsim.persona import Persona
from cardsim.pki import certificates
from cardsim.pki.authority import DemoAuthority, Kind
from tests.cardsim.conftest import NOW


def certificate_of(image: CardImage, file_id: int) -> x509.Certificate:
    file = image.applications[0].files[file_id]
    assert isinstance(file, TransparentFile)
    return x509.load_der_x509_certificate(file.content)


def test_no_certificate_claims_to_be_the_real_service(
    authority: DemoAuthority, image: CardImage
) -> None:
    found = [certificate_of(image, file_id) for file_id in (0x0A, 0x0B, 0x01, 0x02)]
    for certificate in found:
        organisations = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        assert [name.value for name in organisations] == ["RISAI-DEMO"]


def test_authentication_certificate_has_the_profile(
    authority: DemoAuthority, image: CardImage
) -> None:
    certificate = certificate_of(image, 0x0A)
    certificate.verify_directly_issued_by(authority.auth_issuer.certificate)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.content_commitment
    assert policies.critical
    assert [p.policy_identifier for p in policies.value] == [certificates.AUTH_POLICY]
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)


def test_authentication_certificate_holds_no_personal_data(
    image: CardImage, personas: dict[str, Persona]
) -> None:
    file = image.applications[0].files[0x0A]
    assert isinstance(file, TransparentFile)
    for word in (personas["resident"].name, personas["resident"].address, "19800203"):
        assert word.encode() not in file.content


def test_signature_certificate_names_the_holder_in_order(
    image: CardImage, personas: dict[str, Persona]
) -> None:
    certificate = certificate_of(image, 0x01)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    others = [name for name in names if isinstance(name, x509.OtherName)]
    assert [name.type_id.dotted_string.rsplit(".", 1)[1] for name in others] == list("143526")
    assert personas["resident"].name.encode() in others[0].value
    assert b"319800203" in others[1].value


@pytest.mark.parametrize("file_id", [0x0A, 0x01, 0x0B, 0x02])
def test_certificates_have_a_length_that_clients_can_read(image: CardImage, file_id: int) -> None:
    file = image.applications[0].files[file_id]
    assert isinstance(file, TransparentFile)
    assert file.content[:2] == b"\x30\x82"
    assert 512 <= len(file.content) <= 2048


def test_serials_are_known_before_the_card_is_made(
    authority: DemoAuthority, image: CardImage, personas: dict[str, Persona]
) -> None:
    assert authority.linked_serials(personas["resident"]) == (
        certificate_of(image, 0x0A).serial_number,
    )
    assert authority.linked_serials(personas["unknown-serial"]) == ()
    assert authority.serial_for("resident", kind=Kind.SIGN) != authority.serial_for("resident")


def test_a_renewed_card_carries_the_second_serial_and_the_first_is_revoked(
    authority: DemoAuthority, personas: dict[str, Persona]
) -> None:
    image = authority.issue_card(personas["renewed"], NOW)
    first, second = authority.linked_serials(personas["renewed"])
    assert certificate_of(image, 0x0A).serial_number == second
    assert first in authority.revoked
    assert second not in authority.revoked


def test_the_child_card_has_no_certificate(
    authority: DemoAuthority, personas: dict[str, Persona]
) -> None:
    image = authority.issue_card(personas["under-15"], NOW)
    files = image.applications[0].files
    assert files[0x0A] == TransparentFile(b"")
    assert files[0x08] == TransparentFile(b"\x00\x00\x00")
    assert 0x17 not in files


def test_a_saved_authority_is_the_same_authority(
    authority: DemoAuthority, personas: dict[str, Persona], tmp_path: Path
) -> None:
    authority.revoke(77, NOW)
    authority.save(tmp_path)
    again = DemoAuthority.load(tmp_path)
    assert again.auth_issuer_key_id == authority.auth_issuer_key_id
    assert again.linked_serials(personas["resident"]) == authority.linked_serials(
        personas["resident"]
    )
    assert again.revoked[77] == NOW
    authority.unrevoke(77)


def test_the_revocation_list_names_what_was_revoked(authority: DemoAuthority) -> None:
    authority.revoke(4711, NOW)
    crl = x509.load_der_x509_crl(authority.crl(NOW))
    assert crl.get_revoked_certificate_by_serial_number(4711) is not None
    assert crl.is_signature_valid(authority.auth_issuer.key.public_key())
    authority.unrevoke(4711)


@pytest.mark.parametrize(
    ("persona_id", "begins_later", "has_ended", "is_revoked"),
    [
        ("resident", False, False, False),
        ("expired", False, True, False),
        ("not-yet-valid", True, False, False),
        ("revoked", False, False, True),
        ("renewed", False, False, False),
    ],
)
def test_a_card_shows_what_its_persona_says(
    authority: DemoAuthority,
    personas: dict[str, Persona],
    persona_id: str,
    begins_later: bool,
    has_ended: bool,
    is_revoked: bool,
) -> None:
    certificate = certificate_of(authority.issue_card(personas[persona_id], NOW), 0x0A)
    assert (certificate.not_valid_before_utc > NOW) is begins_later
    assert (certificate.not_valid_after_utc < NOW) is has_ended
    assert (certificate.serial_number in authority.revoked) is is_revoked


def test_a_contactless_card_answers_as_its_reader_makes_it(
    authority: DemoAuthority, personas: dict[str, Persona]
) -> None:
    """The thirteenth byte checks the ones behind the first."""
    persona = dataclasses.replace(personas["resident"], contactless=True)
    atr = authority.issue_card(persona, NOW).atr
    assert atr == bytes.fromhex("3B8880010000" + "05E0B381A1007F")
    assert functools.reduce(operator.xor, atr[1:]) == 0


def test_a_card_made_again_has_the_same_serial(
    authority: DemoAuthority, image: CardImage, personas: dict[str, Persona]
) -> None:
    again = authority.issue_card(personas["resident"], NOW)
    assert certificate_of(again, 0x0A).serial_number == certificate_of(image, 0x0A).serial_number


def test_the_real_policies_are_a_switch(
    authority: DemoAuthority, personas: dict[str, Persona], tmp_path: Path
) -> None:
    """For programs that accept no other arc; the organisation stays the demo's."""
    real = dataclasses.replace(authority, policy_arc=certificates.REAL_POLICY_ARC)
    real.save(tmp_path)
    image = DemoAuthority.load(tmp_path).issue_card(personas["resident"], NOW)
    for file_id, policy in ((0x0A, "1.2.392.200149.8.5.1.3.30"), (1, "1.2.392.200149.8.5.1.1.20")):
        certificate = certificate_of(image, file_id)
        found = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
        assert [entry.policy_identifier.dotted_string for entry in found] == [policy]
        assert "O=RISAI-DEMO" in certificate.issuer.rfc4514_string()


def test_a_loaded_authority_has_the_very_same_certificates(
    authority: DemoAuthority, tmp_path: Path
) -> None:
    """Whoever pinned a certificate before the restart still finds it."""
    authority.save(tmp_path)
    again = DemoAuthority.load(tmp_path)
    assert again.auth_issuer.certificate == authority.auth_issuer.certificate
    assert again.sign_issuer.certificate == authority.sign_issuer.certificate


def test_saved_keys_warn_and_are_for_their_owner_only(
    authority: DemoAuthority, tmp_path: Path
) -> None:
    authority.save(tmp_path)
    authority.save(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"auth_ca.DEMO.pem", "sign_ca.DEMO.pem", "ocsp.DEMO.pem", "authority.json"}
    for path in tmp_path.glob("*.pem"):
        assert path.read_bytes().startswith(b"DEMO KEY")
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("authority.json", None),
        ("authority.json", b"{}"),
        ("authority.json", b"not json"),
        ("ocsp.DEMO.pem", None),
        ("ocsp.DEMO.pem", b"no key"),
    ],
)
def test_damaged_files_are_named(
    authority: DemoAuthority, tmp_path: Path, name: str, content: bytes | None
) -> None:
    authority.save(tmp_path)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(AuthorityFilesError, match=name):
        DemoAuthority.load(tmp_path)


def test_a_key_of_another_kind_is_refused(authority: DemoAuthority, tmp_path: Path) -> None:
    authority.save(tmp_path)
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "ocsp.DEMO.pem").write_bytes(pem)
    with pytest.raises(AuthorityFilesError, match=r"ocsp\.DEMO\.pem"):
        DemoAuthority.load(tmp_path)


def test_later_revocation_lists_have_higher_numbers(authority: DemoAuthority) -> None:
    numbers = [
        x509.load_der_x509_crl(authority.crl(moment))
        .extensions.get_extension_for_class(x509.CRLNumber)
        .value.crl_number
        for moment in (NOW, NOW.replace(minute=1))
    ]
    assert numbers[0] < numbers[1]
