"""Doing what the state machine asks for, and telling it what came of it.

Every failure ends in a defined state of the money: before payment the coins go back, after it
exactly the copies that were not printed are refunded.
"""

import asyncio
from collections.abc import Callable

from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.error_codes import code_of
from kiosk.errors import GatewayRefusalError, KioskError, PinWrongError
from kiosk.flow import events as e
from kiosk.parts import KioskParts
from kiosk.receipt import Slip, put_slip, slip_text
from kiosk.till import cash_up, take_payment
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
            case e.ExamineCard():
                condition = await self._parts.examine_card()
                self._post(e.CardExamined(condition.tries_left))
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
            case e.KeepMoney():
                self._post(e.Paid(await take_payment(self.driver, self._parts.coin_box)))
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
            case e.PrintReceipt():
                await self._print_receipt(effect)
            case e.Remind():
                self._remind()
            case _:
                await self._wipe()

    async def _print_receipt(self, wanted: e.PrintReceipt) -> None:
        slip = Slip(
            wanted.locale,
            wanted.copies,
            wanted.unit_fee,
            wanted.change,
            number=self.driver.reference,
        )
        parts = self._parts
        text = slip_text(slip, kiosk_id=parts.kiosk_id, at=parts.clock.now())
        await asyncio.to_thread(put_slip, parts.output, text)

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
        self._parts.coin_box.refund(self.driver.collect_refund())
        self._post(e.Completed(receipt.sheets, receipt.refund))

    async def _end(self, reason: str) -> None:
        """End the session and forget it; whoever comes next finds a new driver at once."""
        driver, self.driver = self.driver, self._parts.new_driver()
        try:
            await cash_up(driver, self._parts.coin_box, reason)
        finally:
            driver.wipe()

    async def _wipe(self) -> None:
        """Forget the session; what nobody settled before is settled now."""
        await self._end("left")

    async def _failed(self, error: KioskError) -> e.Event:
        reference, code = self.driver.reference, code_of(error)
        if self.driver.is_paid:
            return await self._failed_after_payment(code, reference)
        returned = self._parts.coin_box.return_all()
        money = MoneyState.RETURNED if returned else MoneyState.NONE
        tries = error.tries_left if isinstance(error, PinWrongError) else 0
        opens = error.opens_at or "" if isinstance(error, GatewayRefusalError) else ""
        return e.Failed(code, money, tries, opens, reference)

    async def _failed_after_payment(self, code: ErrorCode, reference: str) -> e.Event:
        """Nothing more is printed: what is not out goes back, whatever the gateway says."""
        cashed_up = await cash_up(self.driver, self._parts.coin_box, "failed")
        end = cashed_up.settlement
        if end.printed == 0:
            return e.Failed(code, MoneyState.RETURNED, reference=reference)
        if end.refund:
            return e.Completed(end.printed, end.refund)
        # All sheets are out and paid; that the gateway does not know yet is for the journal.
        return e.Failed(ErrorCode.OUTCOME_UNKNOWN, MoneyState.UNKNOWN, reference=reference)
