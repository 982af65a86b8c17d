"""A fresh database for a test, on every backend there is.

SQLite needs nothing. PostgreSQL is used when ``RISAI_TEST_POSTGRES`` holds the URL of a database
that may be written to: every test gets a schema of its own there, dropped afterwards.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

POSTGRES_VARIABLE = "RISAI_TEST_POSTGRES"
NO_POSTGRES = "PostgreSQL: set RISAI_TEST_POSTGRES to a database URL (CI does)"
BACKENDS = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once for each backend."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'fresh.db'}"
        return
    url = os.environ.get(POSTGRES_VARIABLE)
    if not url:
        pytest.skip(NO_POSTGRES)
    yield from postgres_schema(url)


def postgres_schema(url: str) -> Iterator[str]:
    """Yield a URL whose tables live in a new schema of their own; drop the schema afterwards."""
    schema = f"test_{secrets.token_hex(8)}"
    admin = create_engine(url)
    try:
        with admin.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        own = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
        yield own.render_as_string(hide_password=False)
        with admin.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    finally:
        admin.dispose()
