"""Certificate numbers are unique and without gaps, however many reserve at once."""

import threading
from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from issuance.certificates.service import fiscal_year
from issuance.certificates.store import certificate_numbers, take_sequence
from issuance.database import read, write
from tests.issuance.builders import TOWN
from tests.issuance.conftest import World, build_world
from tests.issuance.fakes import FakeClock
from tests.issuance.http.kiosk_session import KioskSession

THREADS = 8
EACH = 5


def test_numbers_taken_by_many_threads_are_unique_and_without_gaps(engine: Engine) -> None:
    taken: list[int] = []

    def take() -> None:
        for _ in range(EACH):
            with write(engine) as connection:
                taken.append(take_sequence(connection, TOWN, 2026, count=2))

    workers = [threading.Thread(target=take) for _ in range(THREADS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == list(range(1, 2 * THREADS * EACH, 2))


def test_each_fiscal_year_and_each_municipality_counts_for_itself(engine: Engine) -> None:
    with write(engine) as connection:
        assert take_sequence(connection, TOWN, 2026, count=3) == 1
        assert take_sequence(connection, TOWN, 2027, count=1) == 1
        assert take_sequence(connection, "122025", 2026, count=1) == 1
        assert take_sequence(connection, TOWN, 2026, count=1) == 4


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2027, 3, 31), 2026), (date(2027, 4, 1), 2027), (date(2026, 12, 31), 2026)],
)
def test_a_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year


@pytest.mark.anyio
async def test_a_taken_number_stops_the_line(engine: Engine, clock: FakeClock) -> None:
    """Two papers with one number must never exist."""
    world: World = build_world(engine, clock, people=2)
    await KioskSession(world.client()).prepared()
    world.change(lambda c: c.exec_driver_sql("UPDATE number_sequences SET next_sequence = 1"))
    second = KioskSession(world.client(), person=2, number=2)
    response = await second.prepare(await second.quoted())
    assert response.status_code == 503
    assert (await second.resolve()).status_code == 200  # The stored answer, not a new one.
    third = KioskSession(world.client(), person=1, number=3)
    assert (await third.resolve()).status_code == 503
    with read(engine) as connection:
        count = connection.execute(select(func.count()).select_from(certificate_numbers))
        assert count.scalar() == 1
