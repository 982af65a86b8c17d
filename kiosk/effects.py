"""Doing what the state machine asks for, and telling it what came of it.

Every failure ends in a defined state of the money: before payment the coins go back, after it
exactly the copies that were not printed are refunded.
"""

from collections.abc import Callable

from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.error_codes import code_of
from kiosk.errors import GatewayRefusalError, IntegrityError, KioskError, PinWrongError
from kiosk.flow import events as e
from kiosk.parts import KioskParts
from kiosk.transaction import SessionDriver

Post = Callable[[e.Event], None]


class EffectRunner:
    """Runs effects one after the other for one machine."""

    def __init__(self, parts: KioskParts, post: Post, remind: Callable[[], None]) -> None:
        self._parts = parts
        self._post = post
        self._remind = remind
        self.driver: SessionDriver = parts.new_driver()

    async def run(self, effect: e.Effect) -> None:
        """Do one thing; every outcome, good or bad, is posted as an event."""
        try:
            await self._do(effect)
        except KioskError as error:
            self._post(await self._failed(error))

    async def _do(self, effect: e.Effect) -> None:
        match effect:
            case e.AskService():
                self._post(e.ServiceKnown(await self._parts.gateway.service_status()))
            case e.Prove(locale, municipality, pin):
                await self.driver.open(locale)
                choices = await self.driver.prove(self._parts.reader, municipality, pin)
                self._post(e.Proved(choices))
            case e.AskQuote(entry_id, copies):
                quote = await self.driver.quote(entry_id, copies)
                self._post(e.Quoted(quote.unit_fee, quote.total, quote.pages_expected))
            case e.Prepare():
                await self.driver.prepare()
                self._post(e.Prepared())
            case e.KeepMoney(total):
                await self.driver.pay()
                self._post(e.Paid(self._parts.coin_box.keep(total)))
            case _:
                await self._after_payment(effect)

    async def _after_payment(self, effect: e.Effect) -> None:
        match effect:
            case e.Print():
                await self._print()
            case e.Reprint():
                await self.driver.spoil_all()
                await self._print()
            case e.Complete():
                await self._complete()
            case e.EndSession(reason):
                await self._end(reason)
            case e.Remind():
                self._remind()
            case _:
                self._wipe()

    async def _print(self) -> None:
        printer = self._parts.printer
        copy = 1

        def on_copy(number: int, _copies: int) -> None:
            nonlocal copy
            copy = number
            self._post(e.PageOut(0, number))

        printer.on_page = lambda page, _pages: self._post(e.PageOut(page, copy))
        if not self.driver.is_fetched:
            await self.driver.fetch()
        progress = await self.driver.print_copies(printer, on_copy)
        if progress.is_finished:
            self._post(e.PrintingDone(progress.printed))
        elif progress.fault is not None:
            self._post(e.PrintingStopped(progress.fault, progress.pages_out))

    async def _complete(self) -> None:
        self.driver.give_up_rest()
        receipt = await self.driver.complete()
        if receipt.refund:
            self._parts.coin_box.refund(receipt.refund)
        self._post(e.Completed(receipt.sheets, receipt.refund))

    async def _end(self, reason: str) -> None:
        self._parts.coin_box.return_all()
        try:
            await self.driver.abort(reason)
        except KioskError:
            # The gateway's own deadline ends a session that nobody could report.
            return

    def _wipe(self) -> None:
        self.driver.wipe()
        self.driver = self._parts.new_driver()

    async def _failed(self, error: KioskError) -> e.Failed:
        reference, code = self.driver.reference, code_of(error)
        if not self.driver.is_paid:
            returned = self._parts.coin_box.return_all()
            money = MoneyState.RETURNED if returned else MoneyState.NONE
            tries = error.tries_left if isinstance(error, PinWrongError) else 0
            opens = error.opens_at or "" if isinstance(error, GatewayRefusalError) else ""
            return e.Failed(code, money, tries, opens, reference)
        return await self._failed_after_payment(error, code, reference)

    async def _failed_after_payment(
        self, error: KioskError, code: ErrorCode, reference: str
    ) -> e.Failed:
        """Nothing that does not fit is printed: the order is voided and the money goes back."""
        if isinstance(error, IntegrityError) and not self.driver.is_fetched:
            try:
                self._parts.coin_box.refund(await self.driver.void("document-refused"))
            except KioskError:
                return e.Failed(ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN, 0, "", reference)
            return e.Failed(code, MoneyState.RETURNED, 0, "", reference)
        return e.Failed(ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN, 0, "", reference)
