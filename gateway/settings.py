"""What an operator sets for the gateway; read once, at the start.

Every field is an environment variable with the prefix ``RISAI_GATEWAY_``. Keys are files: a secret
in an environment variable ends in process lists and crash dumps.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.wire.bodies import Environment


class GatewaySettings(BaseSettings):
    """Settings of ``gateway serve`` and its sister commands."""

    model_config = SettingsConfigDict(env_prefix="RISAI_GATEWAY_", extra="ignore")

    environment: Environment = Environment.PRODUCTION
    database_url: str = "sqlite:///gateway.sqlite"
    origin: Annotated[str, Field(pattern=r"^https?://[^/]+$")] = "http://127.0.0.1:8601"
    """Scheme, host and port under which kiosks know this gateway; cards sign it."""
    participation: Path = Path("participation.toml")
    """Who takes part."""
    key: Path = Path("gateway.pem")
    """Ed25519 private key (PKCS #8, PEM) that signs answers to kiosks and requests to cores."""
    key_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "gateway"
    authorities: Path = Path("authorities.pem")
    """Certificates of the authorities that are trusted by their key, one after another, PEM."""
    accepted_policies: tuple[str, ...] = ()
    """Policy OIDs of authentication certificates, as a JSON array."""
    ocsp_url: str = ""
    demo_open_all_hours: bool = False
    """A demo may be open at night; refused in production."""
