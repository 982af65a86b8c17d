"""``make bench``: sessions and settlement through the real code, beside the floor of this run.

The floor is only the unavoidable work of one sheet: verify the card's certificate and signature,
look at a cached OCSP answer, set and sign one PDF, seal it, and two durable commits. Settlement
stands beside the bare aggregate query, a card in a reader beside the same card in process.
Figures are for comparing within one run; the machine's own speed cancels out in the ratio.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.card import measure_card
from bench.floor import Floor
from bench.sessions import STEPS, Sessions
from bench.settlement import measure_settlement
from bench.startup import measure_startup


def main() -> None:
    """Print the benchmark."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sessions", type=int, default=60, help="sessions to measure, 0 for none")
    parser.add_argument("--at-once", type=int, default=8, help="sessions at once in the last part")
    parser.add_argument("--no-card", action="store_true", help="skip the card through pcscd")
    parser.add_argument("--no-startup", action="store_true", help="skip the kiosk's start-up")
    parser.add_argument(
        "--ledger-rows",
        type=int,
        default=500_000,
        help="ledger entries to settle; 5000000 is the full size, 0 skips it",
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="risai-bench-") as folder:
        if asked.sessions:
            asyncio.run(run(Path(folder), asked.sessions, asked.at_once))
        if asked.ledger_rows:
            measure_settlement(Path(folder), asked.ledger_rows)
    if not asked.no_card:
        measure_card()
    if not asked.no_startup:
        first, later = measure_startup()
        print(f"kiosk start-up        first {first:6.2f} s   later {later:6.2f} s")


async def run(folder: Path, count: int, at_once: int) -> None:
    """Measure sessions and floor in turn, so that both see the same machine."""
    sessions = Sessions(folder / "town")
    floor = Floor(sessions, folder / "floor.sqlite")
    for _ in range(5):
        await sessions.one()
        await floor.one()
    sessions.forget()
    whole, bare = [], []
    for number in range(count):
        whole.append(await sessions.one())
        bare.append(await floor.one())
        await sessions.hop()
        if sys.stderr.isatty():
            print(f"\r{number + 1}/{count}", end="", file=sys.stderr)
    report(sessions, floor, whole, bare)
    started = time.perf_counter()
    await asyncio.gather(*(sessions.several(count // at_once) for _ in range(at_once)))
    seconds = time.perf_counter() - started
    sheets = count // at_once * at_once
    rate = sheets / seconds
    print(f"{at_once} at once            {rate:6.1f} sheets/s   "
          f"ratio to the floor {rate * statistics.median(bare):5.2f}")  # fmt: skip


def report(sessions: Sessions, floor: Floor, whole: list[float], bare: list[float]) -> None:
    """Print the table of one after the other."""
    print(f"\r{len(whole)} sessions, one after the other, SQLite, in-process HTTP (ms)")
    print(f"{'':22}{'p50':>8}{'p95':>8}{'p99':>8}")
    for step in STEPS:
        print_row(step, sessions.times[step])
    print_row("prove to issued", whole)
    print_row("one bare signed hop", sessions.times["hop"])
    for part, times in floor.parts.items():
        print_row(f"floor: {part}", times)
    print_row("floor", bare)
    session, ground = statistics.median(whole), statistics.median(bare)
    print(f"one after the other   {1 / session:6.1f} sheets/s   "
          f"ratio to the floor {ground / session:5.2f}   (target 0.6)")  # fmt: skip


def print_row(name: str, seconds: list[float]) -> None:
    """Print the percentiles of one row in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    cells = "".join(f"{cuts[at - 1] * 1e3:8.1f}" for at in (50, 95, 99))
    print(f"{name:22}{cells}")


if __name__ == "__main__":
    main()
