"""One card reader, one test at a time: what every test that needs the reader must know."""

import os

import pytest

SEVERAL_WORKERS = (
    "one card reader, several workers: they take each other's cards; "
    "run these tests alone: pytest -m pcsc (make test does)"
)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse to share the reader.

    pytest-xdist has groups for this, but with pytest 9.2 version 3.8 forgets them in silence.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    in_room = os.environ.get("RISAI_TEST_PCSC") == "1"
    if in_room and workers > 1 and item.get_closest_marker("pcsc"):
        pytest.fail(SEVERAL_WORKERS, pytrace=False)
