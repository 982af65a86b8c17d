"""Where a demo keeps what must survive a restart: keys, databases, cards, the output tray.

Everything in it is made on this machine at the first start; deleting the folder starts afresh.

    STATE/
      keys.toml          secrets of gateway and kiosk (readable by the owner only)
      core-keys/         the core's key folder, as ``issuance serve`` reads it
      authority/         the demo certification authority
      cards.json         tries counters and PINs of the simulated cards
      gateway.sqlite     core.sqlite
      trust.list         revoked.list    for ``issuance verify``
      tray/              printed certificates
"""

import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signed_http.keys import SigningKey

_KEY_NAMES = ("kiosk", "gateway", "pseudonym")


@dataclass(frozen=True, slots=True)
class DemoKeys:
    """The secrets of one demo outside the core."""

    kiosk: SigningKey
    gateway: SigningKey
    pseudonym: bytes
    """HMAC key of the gateway for the municipality, 32 bytes."""


@dataclass(frozen=True, slots=True)
class StateFolder:
    """The folder of one demo."""

    root: Path

    @classmethod
    def default(cls) -> "StateFolder":
        """Return the folder under ``$XDG_STATE_HOME`` or ``~/.local/state``."""
        base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
        return cls(Path(base) / "risai" / "demo")

    @property
    def gateway_database(self) -> str:
        """Database URL of the gateway."""
        return f"sqlite:///{self.root / 'gateway.sqlite'}"

    @property
    def core_database(self) -> str:
        """Database URL of the core."""
        return f"sqlite:///{self.root / 'core.sqlite'}"

    @property
    def core_keys(self) -> Path:
        """The core's key folder."""
        return self.root / "core-keys"

    @property
    def trust_list(self) -> Path:
        """Who may sign codes, for the offline check; written at every start."""
        return self.root / "trust.list"

    @property
    def tray(self) -> Path:
        """Where printed certificates come out."""
        return self.root / "tray"

    def prepare(self) -> None:
        """Make the folder, for its owner only."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.tray.mkdir(exist_ok=True, mode=0o700)

    def keys(self) -> DemoKeys:
        """Return the demo's keys, made at the first call."""
        path = self.root / "keys.toml"
        if not path.exists():
            _write_keys(path)
        values = tomllib.loads(path.read_text(encoding="ascii"))
        kiosk, gateway = (
            SigningKey(
                f"demo-{name}-1", Ed25519PrivateKey.from_private_bytes(bytes.fromhex(values[name]))
            )
            for name in ("kiosk", "gateway")
        )
        return DemoKeys(kiosk, gateway, bytes.fromhex(values["pseudonym"]))


def _write_keys(path: Path) -> None:
    lines = ["# Demo keys. Worth nothing outside this folder; never use them for a real town."]
    lines += [f'{name} = "{secrets.token_hex(32)}"' for name in _KEY_NAMES]
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text("\n".join(lines) + "\n", encoding="ascii")
    partial.replace(path)
