"""The folder with a core's keys: what serves, what signs, and who may ask.

response.pem  manifest.pem  paper_code.pem   Ed25519 private keys (PKCS #8)
trust_anchor.pem                             Ed25519, only where lists are signed
pdf.pem  pdf_certificates.pem                P-256 key; its certificate first, then the chain
pseudonym.key                                32 bytes in hexadecimal
gateways/<key id>.pem                        Ed25519 public keys of the gateways
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from issuance.certificates.pdf_signing import PdfSigningKey
from issuance.certificates.preparation import ManifestKey
from issuance.errors import SettingsRefusedError
from signed_http.keys import SigningKey

ED25519_FILES = ("response.pem", "manifest.pem", "paper_code.pem", "trust_anchor.pem")
PSEUDONYM_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """Reads keys out of one folder. Every method raises SettingsRefusedError when it cannot."""

    folder: Path

    def response_key(self) -> SigningKey:
        """Return the key that signs answers."""
        key = self.ed25519("response.pem")
        return SigningKey(key_id(key.public_key()), key)

    def manifest_key(self) -> ManifestKey:
        """Return the key that signs manifests."""
        key = self.ed25519("manifest.pem")
        return ManifestKey(key_id(key.public_key()), key)

    def pdf_key(self) -> PdfSigningKey:
        """Return the key that signs files, with its certificates."""
        key = self._private("pdf.pem")
        if not isinstance(key, EllipticCurvePrivateKey):
            raise SettingsRefusedError("pdf.pem must hold a P-256 key")
        try:
            first, *chain = x509.load_pem_x509_certificates(self._read("pdf_certificates.pem"))
            return PdfSigningKey(key, first, tuple(chain))
        except ValueError as error:
            raise SettingsRefusedError("pdf_certificates.pem does not fit pdf.pem") from error

    def has_pdf_key(self) -> bool:
        """Tell whether the folder holds a key for files at all."""
        return (self.folder / "pdf.pem").exists()

    def made_at(self, name: str) -> datetime:
        """Return since when a key lies here, whole seconds: nothing older was signed with it."""
        try:
            seconds = int((self.folder / name).stat().st_mtime)
        except OSError as error:
            raise SettingsRefusedError(f"the key folder has no {name}") from error
        return datetime.fromtimestamp(seconds, tz=UTC)

    def pseudonym_key(self) -> bytes:
        """Return the key under which the issue log hides who somebody is."""
        try:
            key = bytes.fromhex(self._read("pseudonym.key").decode("ascii").strip())
        except ValueError as error:
            raise SettingsRefusedError("pseudonym.key must be hexadecimal") from error
        if len(key) != PSEUDONYM_KEY_BYTES:
            raise SettingsRefusedError("pseudonym.key must hold 32 bytes")
        return key

    def gateway_keys(self) -> dict[str, bytes]:
        """Return the raw public keys of the gateways by key id; at least one."""
        found = {}
        for path in sorted((self.folder / "gateways").glob("*.pem")):
            try:
                key = serialization.load_pem_public_key(path.read_bytes())
            except ValueError as error:
                raise SettingsRefusedError(f"{path.name} is no public key") from error
            if not isinstance(key, Ed25519PublicKey):
                raise SettingsRefusedError(f"{path.name} must hold an Ed25519 public key")
            found[path.stem] = key.public_bytes_raw()
        if not found:
            raise SettingsRefusedError("gateways/ holds no public key: nobody could ask")
        return found

    def ed25519(self, name: str) -> Ed25519PrivateKey:
        """Return the Ed25519 key of one file."""
        key = self._private(name)
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsRefusedError(f"{name} must hold an Ed25519 key")
        return key

    def _private(self, name: str) -> object:
        try:
            return serialization.load_pem_private_key(self._read(name), password=None)
        except (ValueError, TypeError) as error:
            raise SettingsRefusedError(f"{name} is no readable private key") from error

    def _read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise SettingsRefusedError(f"the key folder has no readable {name}") from error


def key_id(key: Ed25519PublicKey) -> str:
    """Return the id under which others know a key: 16 hexadecimal digits of its digest."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def write_fresh_keys(folder: Path, *, pseudonym_key: bytes) -> tuple[str, ...]:
    """Make the keys that are missing, readable by the owner only; return the names of those made.

    The key for files is not among them: its certificate comes from an authority.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "gateways").mkdir(exist_ok=True, mode=0o700)
    made = []
    for name in ED25519_FILES:
        if not (folder / name).exists():
            data = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            _write_secret(folder / name, data)
            made.append(name)
    if not (folder / "pseudonym.key").exists():
        _write_secret(folder / "pseudonym.key", pseudonym_key.hex().encode())
        made.append("pseudonym.key")
    return tuple(made)


def _write_secret(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
