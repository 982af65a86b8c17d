"""Coins and session together: money is kept only for a session that was paid.

Whatever happens, what the box has kept is the fee of the copies that came out.
"""

from dataclasses import dataclass

from gateway.wire.codes import MoneyState
from kiosk.errors import NotPaidError
from kiosk.ports import CoinBox
from kiosk.settlement import Settlement
from kiosk.transaction import SessionDriver


@dataclass(frozen=True, slots=True)
class CashedUp:
    """What went back into the resident's hand at the end, in yen."""

    settlement: Settlement
    coins_returned: int
    """Put in and never kept."""

    @property
    def money(self) -> MoneyState:
        """What the last screen must say."""
        if self.settlement.refund:
            return MoneyState.REFUNDED
        return MoneyState.RETURNED if self.coins_returned else MoneyState.NONE


async def take_payment(driver: SessionDriver, coins: CoinBox) -> int:
    """Step 8 with coins: keep the price once the gateway has noted it; return the change.

    Raises: NotPaidError, and what ``SessionDriver.pay`` raises; then nothing was kept.
    """
    total = driver.quote_now.total
    if coins.inserted_yen() < total:
        raise NotPaidError("there is not enough money in")
    await driver.pay()
    return coins.keep(total)


async def cash_up(driver: SessionDriver, coins: CoinBox, reason: str) -> CashedUp:
    """End the session from wherever it stands and give back what is the resident's.

    Also the last call of a session that went well. Raises nothing; a second call pays nothing more.
    """
    returned = coins.return_all()
    settlement = await driver.settle(reason)
    coins.refund(driver.collect_refund())
    return CashedUp(settlement, returned)
