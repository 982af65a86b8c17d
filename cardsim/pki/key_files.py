"""Keys of the demo authority in files: open, because they guard nothing but a demo.

Every file begins with a line that says so, and is readable by its owner only.
"""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from cardsim.errors import AuthorityFilesError

_WARNING = b"DEMO KEY - made by a simulator, not protected, worth nothing. Never trust it.\n"


def replace_file(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of the file in one step, readable by its owner only."""
    partial = path.with_name(path.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def write_key(path: Path, key: RSAPrivateKey) -> None:
    """Write a key with its warning."""
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    replace_file(path, _WARNING + pem)


def read_key(path: Path) -> RSAPrivateKey:
    """Return the key of a file. Raises: AuthorityFilesError."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise AuthorityFilesError(_mend(path)) from error
    if not isinstance(key, RSAPrivateKey):
        raise AuthorityFilesError(_mend(path))
    return key


def _mend(path: Path) -> str:
    return f"{path} holds no usable RSA key; delete the folder and a new authority is made"
