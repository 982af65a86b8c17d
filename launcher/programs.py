"""The same town as real programs: ``gateway serve`` and ``issuance serve`` on loopback.

The launcher writes the files an operator would write and starts the programs as processes of
their own; the kiosk and the authority's responder stay in this one.
"""

import base64
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardsim.persona import load_personas
from cardsim.pki.authority import DemoAuthority
from cardsim.pki.certificates import AUTH_POLICY
from cardsim.pki.ocsp import OcspResponder
from cardsim.pki.ocsp_app import create_ocsp_app
from gateway import database as gateway_database
from issuance.database import open_engine, upgrade
from issuance.key_folder import KeyFolder
from launcher.demo_core import (
    core_settings,
    import_town,
    prepare_core_keys,
    write_verifier_files,
)
from launcher.demo_gateway import KIOSK_ID, TOWN_CODE, TOWN_NAME
from launcher.demo_introduction import introduce_demo_town
from launcher.embedded import Report, Town, open_authority, utc_now
from launcher.state import StateFolder

_READY_S = 30.0
_LOOK_EVERY_S = 0.05


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class Program:
    """A server in a process of its own."""

    name: str
    module: str
    port: int
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def origin(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it listens. Raises: RuntimeError with the place of its log."""
        command = [sys.executable, "-m", self.module, "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env={**os.environ, **self.environment}, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _READY_S
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(_LOOK_EVERY_S)
        raise RuntimeError(f"{self.name} did not start; see {self.log}")

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass(slots=True)
class ServedTown:
    """The programs of a town and the authority in this process."""

    state: StateFolder
    core: Program
    gateway: Program
    authority: DemoAuthority
    responder: OcspResponder
    _ocsp_server: uvicorn.Server = field(repr=False)

    def start(self) -> None:
        """Start core and gateway."""
        self.core.start()
        self.gateway.start()

    def stop(self) -> None:
        """End everything."""
        self.gateway.kill()
        self.core.kill()
        self._ocsp_server.should_exit = True

    def for_kiosk(self) -> Town:
        """Return the town as the kiosk sees it: the same shape as in one process."""
        return Town(
            state=self.state,
            personas=load_personas(),
            authority=self.authority,
            responder=self.responder,
            kiosk_http=httpx.AsyncClient(timeout=30.0),
            gateway_origin=self.gateway.origin,
            now=utc_now,
        )


def open_served_town(state: StateFolder, report: Report = lambda _words: None) -> ServedTown:
    """Write the programs' files, import the town, and return the programs, not yet started."""
    report("鍵と認証局を用意しています / keys and authority")
    state.prepare()
    now = utc_now()
    authority = open_authority(state, now)
    prepare_core_keys(state, now)
    core_port, gateway_port, ocsp_port = free_port(), free_port(), free_port()
    core = _core_program(state, core_port)
    gateway = _gateway_program(state, authority, gateway_port, core.origin, ocsp_port)
    report("見本市の台帳を取り込んでいます / importing the town")
    engine = open_engine(state.core_database)
    upgrade(engine)
    import_town(engine, authority, load_personas(), now)
    write_verifier_files(state, core_settings(state, core.origin), now)
    engine.dispose()
    _introduce(state, now)
    responder = OcspResponder(authority, utc_now)
    server = _serve_ocsp(responder, authority, ocsp_port)
    return ServedTown(state, core, gateway, authority, responder, server)


def _introduce(state: StateFolder, now: datetime) -> None:
    engine = gateway_database.open_engine(state.gateway_database)
    gateway_database.upgrade(engine)
    with gateway_database.transaction(engine) as connection:
        introduce_demo_town(connection, TOWN_CODE, TOWN_NAME, now)
    engine.dispose()


def _core_program(state: StateFolder, port: int) -> Program:
    settings = core_settings(state, f"http://127.0.0.1:{port}")
    environment = {
        f"RISAI_ISSUANCE_{name.upper()}": str(value)
        for name, value in settings.model_dump(mode="json").items()
    }
    return Program("issuance", "issuance", port, environment, state.root / "core.log")


def _gateway_program(
    state: StateFolder, authority: DemoAuthority, port: int, core_origin: str, ocsp_port: int
) -> Program:
    keys = state.keys()
    _write(state.root / "gateway.pem", _pem(keys.gateway.private_key))
    _write(state.root / "pseudonym.key", keys.pseudonym.hex().encode())
    _write(
        state.root / "authorities.pem",
        authority.auth_issuer.certificate.public_bytes(serialization.Encoding.PEM),
    )
    _write(state.root / "participation.toml", _participation(state, core_origin).encode())
    prefix = "RISAI_GATEWAY_"
    environment = {
        f"{prefix}ENVIRONMENT": "demo",
        f"{prefix}DATABASE_URL": state.gateway_database,
        f"{prefix}ORIGIN": f"http://127.0.0.1:{port}",
        f"{prefix}PARTICIPATION": str(state.root / "participation.toml"),
        f"{prefix}KEY": str(state.root / "gateway.pem"),
        f"{prefix}KEY_ID": keys.gateway.key_id,
        f"{prefix}AUTHORITIES": str(state.root / "authorities.pem"),
        f"{prefix}ACCEPTED_POLICIES": f'["{AUTH_POLICY.dotted_string}"]',
        f"{prefix}OCSP_URL": f"http://127.0.0.1:{ocsp_port}/ocsp",
        f"{prefix}DEMO_OPEN_ALL_HOURS": "true",
    }
    return Program("gateway", "gateway", port, environment, state.root / "gateway.log")


def _participation(state: StateFolder, core_origin: str) -> str:
    core, kiosk = KeyFolder(state.core_keys), state.keys().kiosk
    response, manifest = core.response_key(), core.manifest_key()
    manifest_key = manifest.private_key.public_key().public_bytes_raw()
    return f"""# The demo town's participation, written by the launcher at every start.
[[municipality]]
code = "990019"
prefecture = "見本県"
name = "見本市"
name_en = "Mihon City"
core_origin = "{core_origin}"
core_response_key_id = "{response.key_id}"
core_response_key = "{_base64(response.public_bytes)}"
core_manifest_key_id = "{manifest.key_id}"
core_manifest_key = "{_base64(manifest_key)}"
pseudonym_key_file = "pseudonym.key"
fees = {{ victim_certificate = 0 }}

[[kiosk]]
kiosk_id = "{KIOSK_ID}"
operator = "デモストア"
store = "demo-store-1"
public_key = "{_base64(kiosk.public_bytes)}"
"""


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)


def _serve_ocsp(responder: OcspResponder, authority: DemoAuthority, port: int) -> uvicorn.Server:
    app = create_ocsp_app(responder, authority, utc_now)
    config = uvicorn.Config(app, port=port, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, name="demo-ocsp", daemon=True).start()
    return server
