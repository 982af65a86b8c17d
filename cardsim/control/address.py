"""Where a running bench is reached: address and token in a file that only its owner reads."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cardsim.errors import ControlRefusedError

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Address:
    """Address and token of one bench."""

    url: str
    token: str

    @classmethod
    def fresh(cls, url: str) -> "Address":
        """Return an address with a token that nobody knows yet."""
        return cls(url, secrets.token_urlsafe(TOKEN_BYTES))

    def save(self, path: Path) -> None:
        """Write the file anew, readable by its owner only."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_name(path.name + ".partial")
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump({"url": self.url, "token": self.token}, file)
        partial.replace(path)


def default_path() -> Path:
    """Return where the address lies unless somebody says otherwise."""
    base = os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("XDG_STATE_HOME")
    folder = Path(base) if base else Path.home() / ".local" / "state"
    return folder / "risai" / "cardsim-control.json"


def load_address(path: Path) -> Address:
    """Return the address in a file. Raises: ControlRefusedError that says how to get one."""
    try:
        found = json.loads(path.read_text(encoding="ascii"))
        return Address(str(found["url"]), str(found["token"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ControlRefusedError(
            f"{path} holds no address of a bench; start one with: cardsim serve PERSONA --control"
        ) from error
