"""The one direction of docs/ARCHITECTURE.md is checked, and the check itself can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cardsim", "gateway", "issuance", "kiosk", "launcher", "signed_http")

PLANTED = {
    "cardsim uses the kiosk's card constants": ("cardsim/planted.py", "import kiosk.card.jpki"),
    "the kiosk simulates its own card": ("kiosk/planted.py", "import cardsim.card"),
    "the kiosk reads the gateway's tables": ("kiosk/planted.py", "import gateway.sessions.store"),
    "the gateway renders a certificate": (
        "gateway/planted.py",
        "import issuance.certificates.render",
    ),
    "the core asks the gateway": ("issuance/planted.py", "import gateway.wire.bodies"),
    "the core's language knows its tables": ("issuance/wire/planted.py", "import sqlalchemy"),
    "the gateway's language knows its server": ("gateway/wire/planted.py", "import fastapi"),
    "the message profile knows a server": ("signed_http/planted.py", "import gateway.wire.codes"),
    "somebody imports the launcher": ("kiosk/planted.py", "import launcher.embedded"),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the packages in ``folder``."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--config", folder / ".importlinter"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages into which a violation can be planted."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_the_house_keeps_the_one_direction(copy: Path) -> None:
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("violation", PLANTED)
def test_a_planted_violation_is_found(copy: Path, violation: str) -> None:
    name, line = PLANTED[violation]
    planted = copy / name
    planted.write_text(f'"""Planted."""\n\n{line}\n', encoding="utf-8")
    try:
        result = lint_imports(copy)
    finally:
        planted.unlink()
    assert result.returncode == 1, result.stdout + result.stderr
    assert "planted" in result.stdout


def test_no_package_is_a_dump() -> None:
    dumps = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}
    found = [
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.stem in dumps
    ]
    assert found == []


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for package in (*PACKAGES, "tests", "bench")
        for path in (ROOT / package).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_every_package_init_is_empty() -> None:
    filled = [
        path
        for package in (*PACKAGES, "tests", "bench")
        for path in (ROOT / package).rglob("__init__.py")
        if path.read_text(encoding="utf-8").strip()
    ]
    assert filled == []
