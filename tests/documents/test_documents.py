"""What can be checked in the documents is checked: tables, links, commands, folders, sources."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.error_catalogue import error_catalogue

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
PACKAGES = ("cardsim", "gateway", "issuance", "kiosk", "launcher", "signed_http")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
CITED = re.compile(r"\[([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*)(?: [^\]]*)?\]")


def test_the_error_page_is_what_the_programs_say() -> None:
    """Mend with: risai errors > docs/ERRORS.md"""
    assert (ROOT / "docs" / "ERRORS.md").read_text(encoding="utf-8") == error_catalogue()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [
        target
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_readme_and_architecture_stay_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
    lines = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 200


def test_every_package_stands_in_the_architecture() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert [package for package in PACKAGES if f"`{package}/`" not in text] == []


def test_places_that_the_architecture_names_exist() -> None:
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    named = re.findall(r"`((?:{})/[^`* ]+)`".format("|".join(PACKAGES)), "\n".join(rows))
    assert [place for place in named if not (ROOT / place).exists()] == []
    assert named


def test_every_cited_source_is_listed() -> None:
    listed = set(
        re.findall(r"\b[A-Z][A-Z0-9-]+\b", (ROOT / "docs" / "SOURCES.md").read_text("utf-8"))
    )
    cited: dict[str, str] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for block in re.findall(r"Source: [^\"]*", path.read_text(encoding="utf-8")):
                for key in CITED.findall(block):
                    cited.setdefault(key, str(path.relative_to(ROOT)))
    assert {key: place for key, place in cited.items() if key not in listed} == {}
    assert len(cited) > 10


@pytest.mark.parametrize("program", ["cardsim", "gateway", "issuance", "launcher"])
def test_commands_that_the_readme_names_exist(program: str) -> None:
    """Every word in the program's row of the README is a command of the program."""
    name = "risai" if program == "launcher" else program
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{name}[^|]*\|([^|]*)\|$", readme, flags=re.MULTILINE)
    help_text = subprocess.run(
        [sys.executable, "-m", program, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "", "COLUMNS": "200", "LANG": "C.UTF-8"},
    ).stdout
    words = [command.split()[0] for command in re.findall(r"`([^`]+)`", row)]
    assert [word for word in words if word not in help_text and word != "risai"] == []


def test_no_document_names_a_machine_or_an_index() -> None:
    """Lock files and documents hold no address of a package index and no path of a machine."""
    for path in [*(ROOT / "requirements").glob("*.lock"), *PAGES]:
        text = path.read_text(encoding="utf-8")
        assert "index-url" not in text, path
        assert "/root/" not in text, path
        assert "/home/" not in text, path
    for path in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in path.read_text(encoding="utf-8"), path
