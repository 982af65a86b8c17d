"""What is left standing is taken up again: no sheet without its fee, no fee without its sheet.

| found                                   | done                                                  |
|-----------------------------------------|-------------------------------------------------------|
| not paid, and its time is over          | ABORTED                                               |
| ended without sheets, core not told     | the core is told                                      |
| COMPLETING                              | finished: the core first, then the fees               |
| PAID or RELEASED, still for 15 minutes  | IN_DOUBT                                              |
| IN_DOUBT                                | shown with what core and kiosk say; a person settles  |

Nothing in doubt is ever settled by default. Source: [RISAI-PROTOCOL 5], [KONBINI 8 F3].
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection

from gateway.database import Worker
from gateway.errors import GatewayError, SettlementRefusedError, WrongStateError
from gateway.integrity.breaker import record
from gateway.sessions.closing import end_unpaid, numbers_of, start_completing
from gateway.sessions.cores import Cores
from gateway.sessions.ending import Ending
from gateway.sessions.model import BEFORE_PAYMENT, DOUBT_AFTER, S, Session
from gateway.sessions.store import (
    get_session,
    list_sessions,
    list_untold,
    load_print_outcomes,
    move,
)
from gateway.wire.bodies import PrintOutcome
from issuance.wire.bodies import NumberState, SheetOutcome

Change = Callable[[Connection, Session, datetime], object]
WORKING_TIME = timedelta(minutes=1)
"""A step that began less than this ago may still be worked on, and is left alone."""


class Settlement(StrEnum):
    """What a person found out about a session in doubt."""

    PRINTED = "printed"
    """Every copy came out."""
    VOID = "void"
    """No copy came out."""
    REPORTED = "reported"
    """As the kiosk reported of every single copy."""
    LISTED = "listed"
    """Exactly the listed copies came out."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A session in doubt, with what is known of every copy."""

    session_id: str
    municipality_code: str
    kiosk_id: str
    since: datetime
    core: dict[str, str]
    """Certificate number → state at the core; empty when the core gave no answer."""
    kiosk: dict[str, tuple[str, ...]]
    """Certificate number → outcomes that the kiosk reported."""


@dataclass(slots=True)
class Report:
    """What reconciliation did and what remains. Holds session ids, states and numbers only."""

    expired: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    finished: list[tuple[str, S]] = field(default_factory=list)
    doubted: list[str] = field(default_factory=list)
    remaining: list[tuple[str, str]] = field(default_factory=list)
    """Session and the class of the error that kept it where it stands."""
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Takes up what crashes, silence and power cuts left standing. Safe to run at any time."""

    worker: Worker
    cores: Cores
    ending: Ending
    now: Callable[[], datetime]

    async def run(self) -> Report:
        """Do everything that is certain, and list what is not."""
        report = Report()
        await self._end_expired(report)
        await self._finish_completing(report)
        await self._doubt_paid(report)
        await self._tell_cores(report)
        await self._list_doubts(report)
        return report

    async def settle(
        self,
        session_id: str,
        settlement: Settlement,
        *,
        operator: str,
        printed: Collection[str] = (),
    ) -> Session:
        """Settle one session in doubt as a person decided; her name goes into the log.

        ``printed`` are the certificate numbers that came out, for ``LISTED`` only.
        Raises: UnknownSessionError, SettlementRefusedError, or why the core could not finish it.
        """
        if not operator.strip():
            raise SettlementRefusedError("the name of who decides is needed")
        session = await self.worker.run(lambda connection: get_session(connection, session_id))
        if session.state is not S.IN_DOUBT:
            raise SettlementRefusedError("only a session in doubt can be settled")
        doubt = await self._doubt(session)
        if not doubt.core:
            raise SettlementRefusedError("the core must be asked first, and gives no answer")
        if settlement is Settlement.LISTED:
            outcomes = _listed(numbers_of(session), printed)
        else:
            outcomes = _outcomes(settlement, doubt, numbers_of(session))
        check_not_against_core(doubt, outcomes)

        def work(connection: Connection) -> Session:
            words = {
                "session": sha256(session_id.encode()).hexdigest(),
                "municipality": session.municipality_code,
                "operator": operator,
                "settlement": settlement.value,
            }
            record(connection, "settled", words, self.now())
            return start_completing(connection, session, outcomes, self.now())

        return await self.ending.finish(await self.worker.run(work))

    async def _end_expired(self, report: Report) -> None:
        now = self.now()
        standing = await self._standing(BEFORE_PAYMENT, since=now)
        for session in standing:
            if session.expires_at + WORKING_TIME < now:
                await self._change(session, report.expired, end_unpaid)

    async def _finish_completing(self, report: Report) -> None:
        since = self.now() - WORKING_TIME
        for session in await self._standing({S.COMPLETING}, since=since):
            try:
                ended = await self.ending.finish(session)
                report.finished.append((session.session_id, ended.state))
            except GatewayError as error:
                report.remaining.append((session.session_id, type(error).__name__))

    async def _doubt_paid(self, report: Report) -> None:
        def doubt(connection: Connection, session: Session, now: datetime) -> None:
            move(connection, session.session_id, session.state, S.IN_DOUBT, now=now)

        for session in await self._standing({S.PAID, S.RELEASED}, since=self.now() - DOUBT_AFTER):
            await self._change(session, report.doubted, doubt)

    async def _standing(self, states: Collection[S], *, since: datetime) -> list[Session]:
        return await self.worker.look(
            lambda connection: list_sessions(connection, states, unchanged_since=since)
        )

    async def _change(self, session: Session, done: list[str], change: Change) -> None:
        """Change one session in a transaction of its own, unless somebody else just did."""
        with suppress(WrongStateError):
            await self.worker.run(lambda connection: change(connection, session, self.now()))
            done.append(session.session_id)

    async def _tell_cores(self, report: Report) -> None:
        for session in await self.worker.run(list_untold):
            if await self.cores.tell_end(session, "reconciled"):
                report.told.append(session.session_id)
            else:
                report.remaining.append((session.session_id, "CoreNotTold"))

    async def _list_doubts(self, report: Report) -> None:
        for session in await self._standing({S.IN_DOUBT}, since=self.now()):
            report.doubts.append(await self._doubt(session))

    async def _doubt(self, session: Session) -> Doubt:
        try:
            status = await self.cores.of(session.municipality_code).order_status(session.session_id)
            core = {one.certificate_number: one.state.value for one in status.numbers}
        except GatewayError:
            core = {}
        reported = await self.worker.run(
            lambda connection: load_print_outcomes(connection, session.session_id)
        )
        return Doubt(
            session_id=session.session_id,
            municipality_code=session.municipality_code or "",
            kiosk_id=session.kiosk_id,
            since=session.changed_at,
            core=core,
            kiosk={number: tuple(sorted(outcomes)) for number, outcomes in reported.items()},
        )


def _listed(numbers: tuple[str, ...], printed: Collection[str]) -> dict[str, SheetOutcome]:
    if not printed or not set(printed) <= set(numbers):
        raise SettlementRefusedError("list the copies that came out, by numbers of this session")
    return {
        number: SheetOutcome.PRINTED if number in printed else SheetOutcome.NOT_PRINTED
        for number in numbers
    }


def _outcomes(
    settlement: Literal[Settlement.PRINTED, Settlement.VOID, Settlement.REPORTED],
    doubt: Doubt,
    numbers: tuple[str, ...],
) -> dict[str, SheetOutcome]:
    match settlement:
        case Settlement.PRINTED:
            return dict.fromkeys(numbers, SheetOutcome.PRINTED)
        case Settlement.VOID:
            return dict.fromkeys(numbers, SheetOutcome.NOT_PRINTED)
        case Settlement.REPORTED:
            if set(doubt.kiosk) != set(numbers):
                raise SettlementRefusedError("the kiosk did not report every copy")
            printed = PrintOutcome.PRINTED.value
            return {
                number: SheetOutcome.PRINTED if printed in said else SheetOutcome.NOT_PRINTED
                for number, said in doubt.kiosk.items()
            }


def check_not_against_core(doubt: Doubt, outcomes: dict[str, SheetOutcome]) -> None:
    """Refuse to settle against what the core has recorded for good.

    Raises: SettlementRefusedError.
    """
    final = {NumberState.ISSUED.value: SheetOutcome.PRINTED}
    final[NumberState.VOID.value] = SheetOutcome.NOT_PRINTED
    for number, state in doubt.core.items():
        if state in final and outcomes.get(number) is not final[state]:
            raise SettlementRefusedError(f"the core has recorded a copy as {state}")


def report_lines(report: Report) -> list[str]:
    """Return the report as lines for a person."""
    lines = [f"期限切れ / expired           {one}" for one in report.expired]
    lines += [f"連絡済み / core told         {one}" for one in report.told]
    lines += [f"完了 / finished             {one} {state.value}" for one, state in report.finished]
    lines += [f"不明に変更 / now in doubt     {one}" for one in report.doubted]
    lines += [f"未処理 / remains            {one} {why}" for one, why in report.remaining]
    for doubt in report.doubts:
        lines.append(
            f"要確認 / IN DOUBT           {doubt.session_id} {doubt.municipality_code} "
            f"{doubt.kiosk_id} {doubt.since.isoformat()}"
        )
        for number in sorted({*doubt.core, *doubt.kiosk}):
            said = ",".join(doubt.kiosk.get(number, ())) or "-"
            core = doubt.core.get(number, "-")
            lines.append(f"    {number}  市区町村 / core: {core}  端末 / kiosk: {said}")
    return lines or ["差異はありません。 / Nothing was left standing."]
