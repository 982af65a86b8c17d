"""What every command of ``gateway`` stands on: settings, a transaction, one way to fail.

A transaction opens and closes here, at the edge. Libraries are loaded by the command that needs
them, so that ``--help`` is quick.
"""

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from gateway.app import Gateway
    from gateway.settings import GatewaySettings


FIRST_YEAR, LAST_YEAR = 2000, 2999
"""Years that a command takes: before and after them days in UTC and in Japan cannot be counted."""


def read_settings() -> "GatewaySettings":
    """Return the settings of the environment; ends the program naming what is wrong with them."""
    from pydantic import ValidationError

    from gateway.settings import GatewaySettings

    try:
        return GatewaySettings()
    except ValidationError as error:
        places = ", ".join(
            "RISAI_GATEWAY_" + str(detail["loc"][0]).upper() for detail in error.errors()
        )
        fail(f"設定が正しくありません / these settings are wrong: {places}")


def terminal_cells() -> int | None:
    """Return how wide the terminal is; None where a file or a program reads."""
    import shutil
    import sys

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


@contextmanager
def opened_gateway() -> "Iterator[Gateway]":
    """Give the whole gateway to a command, and close it afterwards."""
    from gateway.app import open_gateway
    from gateway.wiring import build_parts

    with refusals(), opening_database():
        gateway = open_gateway(build_parts(read_settings()))
    try:
        yield gateway
    finally:
        gateway.worker.close()


@contextmanager
def opened_engine() -> "Iterator[Engine]":
    """Give the migrated database to a command that opens transactions of its own."""
    from gateway.database import open_engine, upgrade

    with opening_database():
        engine = open_engine(read_settings().database_url)
        upgrade(engine)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def opening_database() -> "Iterator[None]":
    """End the program saying why the database cannot be opened, and where it is set."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, ImportError) as error:
        # The first line of the cause names no password; the whole text may quote the statement.
        cause = str(getattr(error, "orig", None) or error).partition("\n")[0]
        fail(
            f"データベースを開けません / the database cannot be opened: {cause}\n"
            "RISAI_GATEWAY_DATABASE_URL"
        )


@contextmanager
def opened_connection() -> "Iterator[Connection]":
    """Give one transaction on the migrated database to a command."""
    from gateway.database import transaction

    with opened_engine() as engine, transaction(engine) as connection:
        yield connection


@contextmanager
def refusals() -> "Iterator[None]":
    """End the program with status 1 and one sentence when the gateway refuses."""
    from gateway.errors import GatewayError

    try:
        yield
    except GatewayError as error:
        fail(f"{type(error).__name__}: {error}")


def fail(message: str) -> NoReturn:
    """End the program with status 1 and ``message``."""
    typer.echo(message, err=True)
    raise typer.Exit(1)
