"""Gateway and core are killed between the steps; nothing is lost and nothing is double.

Real processes, really killed (SIGKILL), restarted on the same databases.
"""

import asyncio
import itertools
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.billing.ledger import load_entries
from gateway.database import open_engine as open_gateway_engine
from issuance.certificates.store import certificate_numbers
from issuance.database import open_engine as open_core_engine
from issuance.wire.bodies import NumberState
from launcher.customer import Customer, RefusedError
from launcher.programs import Program, ServedTown, open_served_town
from launcher.state import StateFolder
from signed_http.client import SignedClient
from tests.end_to_end.town import Visitors

STEPS = ("open_session", "prove", "choose", "confirm", "pay", "take", "report_prints", "complete")


PEOPLE = itertools.cycle(
    ("resident", "several-households", "one-try-left", "variant-kanji", "renewed")
)
"""In turn: the gateway's rate limit lets nobody begin ten times in a row."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedTown]:
    town = open_served_town(StateFolder(tmp_path_factory.mktemp("served")))
    town.start()
    yield town
    town.stop()


@pytest.fixture(scope="module")
def visitors(served: ServedTown) -> Visitors:
    return Visitors(served.for_kiosk())


def restart(program: Program) -> None:
    """Kill the process as a power cut would, and start it again."""
    program.kill()
    program.start()


async def renew_client(visitors: Visitors, customer: Customer) -> None:
    """Give the customer a fresh connection: the old one died with the process."""
    await visitors.town.kiosk_http.aclose()
    visitors.town.kiosk_http = httpx.AsyncClient(timeout=30.0)
    customer.client = visitors.client()


def visit(visitors: Visitors, walk: Callable[[Customer], Coroutine[Any, Any, None]]) -> Customer:
    """Let a resident walk to the kiosk over a connection of her own; return her afterwards."""
    customer = visitors.customer(next(PEOPLE))

    async def run() -> None:
        await renew_client(visitors, customer)
        try:
            await walk(customer)
        finally:
            await visitors.town.kiosk_http.aclose()

    asyncio.run(run())
    return customer


def reconcile(served: ServedTown) -> subprocess.CompletedProcess[str]:
    """Run ``gateway reconcile`` as an operator would."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", "reconcile"],
        env={"PATH": "", **served.gateway.environment},
        capture_output=True,
        text=True,
        check=False,
    )


def issued_numbers(served: ServedTown) -> set[str]:
    """Return what the core has issued."""
    engine = open_core_engine(served.state.core_database)
    table = certificate_numbers
    with engine.begin() as connection:
        rows = connection.execute(
            table.select().where(table.c.state == NumberState.ISSUED.value)
        ).all()
    engine.dispose()
    return {row.certificate_number for row in rows}


def posted_numbers(served: ServedTown) -> list[str]:
    """Return what the gateway has charged for."""
    engine = open_gateway_engine(served.state.gateway_database)
    with engine.begin() as connection:
        entries = load_entries(connection, "990019")
    engine.dispose()
    return sorted(entry.certificate_number for entry in entries)


@pytest.mark.parametrize("program", ["gateway", "core"])
@pytest.mark.parametrize("killed_before", STEPS[1:])
def test_a_kill_between_two_steps_loses_nothing(
    served: ServedTown, visitors: Visitors, program: str, killed_before: str
) -> None:

    async def walk(customer: Customer) -> None:
        for step in STEPS:
            if step == killed_before:
                restart(getattr(served, program))
                await renew_client(visitors, customer)
            await getattr(customer, step)()

    customer = visit(visitors, walk)
    assert customer.receipt is not None
    reconcile(served)
    assert posted_numbers(served) == sorted(issued_numbers(served))


@pytest.mark.parametrize("step", ["prove", "confirm", "complete"])
def test_a_core_that_dies_in_the_middle_leaves_no_half_sheet(
    served: ServedTown, visitors: Visitors, step: str
) -> None:
    """The core is down while the gateway needs it; what is left is settled by reconciliation."""

    async def walk(customer: Customer) -> None:
        for name in STEPS[: STEPS.index(step)]:
            await getattr(customer, name)()
        served.core.kill()
        with pytest.raises(RefusedError):
            await getattr(customer, step)()

    visit(visitors, walk)
    served.core.start()
    reconcile(served)
    assert posted_numbers(served) == sorted(issued_numbers(served))


def test_a_proof_does_not_survive_a_restart_twice(served: ServedTown, visitors: Visitors) -> None:
    """The challenge was used up on disk, not in memory."""

    async def walk(customer: Customer) -> None:
        await customer.open_session()
        await customer.prove()
        restart(served.gateway)
        await renew_client(visitors, customer)
        with pytest.raises(RefusedError):
            await prove_anew(customer)

    visit(visitors, walk)


async def prove_anew(customer: Customer) -> None:
    """Prove again under an idempotency key of its own."""
    original: SignedClient = customer.client

    class FreshKeys:
        async def post(
            self, path: str, body: bytes, *, idempotency_key: str | None = None
        ) -> httpx.Response:
            return await original.post(path, body)

    customer.client = FreshKeys()  # type: ignore[assignment]  # only post is needed
    await customer.prove()


def test_the_programs_log_no_personal_data(served: ServedTown, visitors: Visitors) -> None:
    """Names, addresses, PINs and serials of the day stand in no log file."""

    async def walk(customer: Customer) -> None:
        await customer.buy()

    visit(visitors, walk)
    words = [word for p in visitors.town.personas for word in (p.name, p.address, p.kana)]
    serials = [
        str(serial)
        for p in visitors.town.personas
        for serial in visitors.town.authority.linked_serials(p)
    ]
    for log in Path(served.state.root).glob("*.log"):
        text = log.read_text(encoding="utf-8")
        assert not [word for word in (*words, *serials) if word in text], log.name
