"""Who may speak which language: only wire packages are imported across systems."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ALLOWED = {
    "cardsim": (),
    "signed_http": (),
    "issuance": ("signed_http",),
    "gateway": ("signed_http", "issuance.wire"),
    "kiosk": ("signed_http", "gateway.wire", "issuance.wire"),
}
OURS = ("cardsim", "gateway", "issuance", "kiosk", "launcher", "signed_http", "tests", "bench")


def imported(path: Path) -> set[str]:
    """Return the modules that the file names in its import statements."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def foreign(package: str, names: set[str]) -> set[str]:
    """Return the modules of ours among ``names`` that ``package`` must not import."""
    return {
        name
        for name in names
        if name.split(".")[0] in OURS
        and name.split(".")[0] != package
        and not any(name == room or name.startswith(room + ".") for room in ALLOWED[package])
        and not any(room.startswith(name + ".") for room in ALLOWED[package])
    }


@pytest.mark.parametrize("package", ALLOWED)
def test_only_languages_cross_the_border(package: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): names
        for path in (ROOT / package).rglob("*.py")
        if (names := foreign(package, imported(path)))
    }
    assert wrong == {}


def test_the_rule_itself_can_fail() -> None:
    assert foreign("kiosk", {"gateway.sessions.store"}) == {"gateway.sessions.store"}
    assert foreign("kiosk", {"gateway.wire.bodies", "gateway.wire"}) == set()
