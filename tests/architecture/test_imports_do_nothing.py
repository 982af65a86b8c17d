"""Importing a package starts nothing: no file, no socket, no thread, no slow work at ``--help``."""

import importlib
import subprocess
import sys

import pytest

PROGRAMS = ("cardsim", "gateway", "issuance", "kiosk", "launcher")
HEAVY = ("textual", "typst", "fastapi", "sqlalchemy", "pyhanko", "alembic")


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_loads_nothing_heavy(program: str) -> None:
    """Heavy libraries are imported by the command that needs them, not by ``--help``."""
    code = (
        "import sys, runpy\n"
        f"sys.argv = [{program!r}, '--help']\n"
        "try:\n"
        f"    runpy.run_module({program + '.__main__'!r}, run_name='__main__')\n"
        "except SystemExit as end:\n"
        "    status = end.code\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "print('HEAVY', heavy, 'STATUS', status)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "HEAVY [] STATUS 0", result.stdout[-500:]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_crash_prints_no_local_variables(program: str) -> None:
    """A PIN, a name or a key may be a local variable; a traceback must not show it."""
    app = importlib.import_module(f"{program}.__main__").app
    assert app.pretty_exceptions_enable is False
