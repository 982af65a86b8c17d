"""What an operator sets for one municipality's core; read once, at the start.

Every field is an environment variable with the prefix ``RISAI_ISSUANCE_``. Keys are files: a
secret in an environment variable ends in process lists and crash dumps.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from issuance.certificates.model import IssuingMunicipality, KioskPolicy, MembershipRule


class IssuanceSettings(BaseSettings):
    """Settings of ``issuance serve`` and its sister commands."""

    model_config = SettingsConfigDict(env_prefix="RISAI_ISSUANCE_", extra="ignore")

    environment: Literal["demo", "production"] = "production"
    """``demo`` prints 見本 / SPECIMEN across every page and allows the demo PDF key."""
    database_url: str = "sqlite:///issuance.sqlite"
    municipality_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    municipality_name: str
    issuer_title: str
    """For example 見本市長."""
    issuer_name: str
    origin: str = "http://127.0.0.1:8602"
    """Scheme, host and port under which the gateway knows this core."""
    key_folder: Path = Path("keys")
    """Holds ``response.pem``, ``manifest.pem``, ``paper_code.pem`` (Ed25519, PKCS #8),
    ``pdf.pem`` and ``pdf_certificates.pem`` (P-256), ``trust_anchor.pem`` where lists are signed,
    ``pseudonym.key`` (32 bytes in hexadecimal) and ``gateways/<key id>.pem`` (public keys)."""
    max_data_age_hours: Annotated[int, Field(ge=1, le=24 * 14)] = 36
    """Assumption: kiosk issue stops when resident data is older."""
    minimum_age: Annotated[int, Field(ge=0, le=20)] = 15
    membership: MembershipRule = MembershipRule.AT_DISASTER_AND_NOW

    @property
    def municipality(self) -> IssuingMunicipality:
        """Who certifies."""
        return IssuingMunicipality(
            self.municipality_code, self.municipality_name, self.issuer_title, self.issuer_name
        )

    @property
    def policy(self) -> KioskPolicy:
        """What is demanded before a kiosk may issue."""
        return KioskPolicy(
            max_data_age=timedelta(hours=self.max_data_age_hours),
            minimum_age=self.minimum_age,
            membership=self.membership,
        )
