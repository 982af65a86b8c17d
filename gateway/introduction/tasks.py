"""Every task of the introduction: when, by whom, for whom, after which others. Data.

Months count back from the first day of service: 5 is the fifth month before it, 1 the last one,
0 comes after the start. The source gives months only; ``until_quarter`` cuts the last month so
that the tests follow one another in it.

Source: [MISSION 2] 導入手順のイメージ; order of the tests: [KONBINI 3.4].
Assumption: quarters of the last month; who does what the source does not mark as the centre's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gateway.introduction.model import Actor, Pattern, Phase, Service
from gateway.introduction.patterns import services_of

WHOLE = 4
"""Quarters of a month."""


class Needed(StrEnum):
    """For whom a task is."""

    ALWAYS = "always"
    WITH_BCL_APPLICATION = "with_bcl_application"
    NEW_TO_KIOSKS = "new_to_kiosks"
    """Those who begin with kiosk issue now."""
    LINKED = "linked"
    """Pattern A: automatic linkage."""
    BY_HAND = "by_hand"
    """Pattern B: CSV files."""


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the schedule."""

    task_id: str
    phase: Phase
    actor: Actor
    from_month: int
    until_month: int
    needed: Needed = Needed.ALWAYS
    after: tuple[str, ...] = ()
    """Tasks that must be done before it; those that are not needed here do not count."""
    from_quarter: int = 0
    """First quarter of its last month, 0 to 3, for tasks of one month."""
    until_quarter: int = WHOLE
    """Quarters of its last month that it takes."""
    paper: str = ""
    """The paper that must be sent or settled before it is done."""


_M, _V, _C = Actor.MUNICIPALITY, Actor.VENDOR, Actor.CENTRE
_D, _T = Phase.DESIGN, Phase.TEST
_NEW, _WITH_BCL = Needed.NEW_TO_KIOSKS, Needed.WITH_BCL_APPLICATION
_SYSTEM_TESTS = ("system_test_kiosk", "system_test_victims")
_BUILT = ("resident_system", "linkage_server", "csv_output", "support_server")

TASKS = (
    Task("requirements", Phase.PREPARATION, _M, 5, 5),
    Task("apply_bcl", Phase.APPLICATION, _M, 5, 5, _WITH_BCL, paper="application.bcl"),
    Task("apply_kiosk_issue", Phase.APPLICATION, _M, 5, 5, _NEW, paper="application.kiosk_issue"),
    Task("apply_victim_support", Phase.APPLICATION, _M, 5, 5, paper="application.victim_support"),
    Task("hand_over_inputs", _D, _M, 4, 4),
    Task("system_design", _D, _V, 4, 4),
    Task("machine_design", _D, _V, 4, 4),
    Task("network_design", _D, _V, 4, 4),
    Task("system_operation_design", _D, _V, 3, 2),
    Task("office_operation_design", _D, _M, 3, 2),
    Task("resident_system", _D, _V, 5, 2, Needed.LINKED),
    Task("linkage_server", _D, _V, 5, 2, Needed.LINKED),
    Task("csv_output", _D, _V, 5, 2, Needed.BY_HAND),
    Task("online_application", _D, _M, 4, 1),
    Task("certificate_server", _D, _C, 3, 2, _NEW),
    Task("support_server", _D, _C, 3, 2),
    Task("linkage_test", _T, _V, 3, 2, after=_BUILT),
    Task(
        "system_test_kiosk",
        _T,
        _M,
        2,
        1,
        _NEW,
        ("linkage_test", "certificate_server"),
        until_quarter=1,
    ),
    Task("system_test_victims", _T, _M, 2, 1, after=("linkage_test",), until_quarter=1),
    Task("operation_test", _T, _M, 1, 1, after=_SYSTEM_TESTS, from_quarter=1, until_quarter=2),
    Task(
        "production_setup", _T, _C, 1, 1, after=("operation_test",), from_quarter=2, until_quarter=3
    ),
    Task(
        "store_test_kiosk",
        _T,
        _M,
        1,
        1,
        _NEW,
        ("production_setup",),
        from_quarter=3,
    ),
    Task("store_test_victims", _T, _M, 1, 1, after=("production_setup",), from_quarter=3),
    Task("usage_check", Phase.AFTER, _C, 0, 0),
)  # fmt: skip
"""In the source's order. ``csv_output`` is from [MISSION 4] 初期費用, pattern B."""

STORE_TESTS = ("store_test_kiosk", "store_test_victims")
"""実店舗試験: with real money at a real store; without them nobody goes live."""


def tasks_for(pattern: Pattern, *, uses_kiosk_issue: bool) -> tuple[Task, ...]:
    """Return the tasks that a municipality of that pattern has."""
    services = services_of(pattern, uses_kiosk_issue=uses_kiosk_issue)
    met = {
        Needed.ALWAYS: True,
        Needed.WITH_BCL_APPLICATION: Service.BCL in services,
        Needed.NEW_TO_KIOSKS: Service.KIOSK_ISSUE in services,
        Needed.LINKED: pattern.uses_bcl,
        Needed.BY_HAND: not pattern.uses_bcl,
    }
    return tuple(task for task in TASKS if met[task.needed])


def before_start(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Return the tasks that must be done before the service starts."""
    return tuple(task for task in tasks if task.phase is not Phase.AFTER)
