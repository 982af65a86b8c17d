"""A coin box and a printer that one can operate without hardware."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from kiosk.ports import PrintedPages, PrinterFault

COINS = (10, 50, 100, 500, 1000)
"""What the slot takes, in yen."""


class SimulatedCoinBox:
    """Counts what is put in; keeps, changes, returns, refunds. Amounts in yen."""

    def __init__(self) -> None:
        self._inserted = 0
        self.kept = 0
        """What the machine has earned and not paid back."""
        self.paid_out = 0
        """What lies in the return tray."""

    def insert(self, amount: int) -> None:
        """Put a coin or note in. Raises: ValueError for anything the slot does not take."""
        if amount not in COINS:
            raise ValueError(f"the slot takes {COINS}")
        self._inserted += amount

    def inserted_yen(self) -> int:
        """What has been put in and not yet kept."""
        return self._inserted

    def keep(self, amount: int) -> int:
        """Keep ``amount``, pay out the rest; return the change. Raises: ValueError."""
        if not 0 <= amount <= self._inserted:
            raise ValueError("there is not enough money in")
        change = self._inserted - amount
        self._inserted = 0
        self.kept += amount
        self.paid_out += change
        return change

    def return_all(self) -> int:
        """Give back everything that was not kept."""
        amount, self._inserted = self._inserted, 0
        self.paid_out += amount
        return amount

    def refund(self, amount: int) -> None:
        """Pay back some of what was kept. Raises: ValueError."""
        if not 0 <= amount <= self.kept:
            raise ValueError("the machine did not keep so much")
        self.kept -= amount
        self.paid_out += amount

    def take_out(self) -> int:
        """Empty the return tray."""
        amount, self.paid_out = self.paid_out, 0
        return amount


class SimulatedPrinter:
    """Writes sheets into an output folder, page by page, and can jam or run out."""

    def __init__(
        self,
        output: Path,
        *,
        pause: Callable[[float], Awaitable[None]],
        seconds_a_page: float = 0.8,
        on_page: Callable[[int, int], None] = lambda _page, _pages: None,
    ) -> None:
        self._output = output
        self._pause = pause
        self._seconds_a_page = seconds_a_page
        self.on_page = on_page
        self._jam_after: int | None = None
        self._out_of_supplies = False
        self._spoils_next = False
        self.tray_open = False
        self._sheets: list[str] = []

    def jam_after(self, pages: int) -> None:
        """Jam once so many pages of the next document are out."""
        self._jam_after = pages

    def run_out(self) -> None:
        """Be out of paper."""
        self._out_of_supplies = True

    def refill(self) -> None:
        """Fill paper and toner up."""
        self._out_of_supplies = False

    def spoil_next(self) -> None:
        """Print the next document unreadably."""
        self._spoils_next = True

    def open_tray(self) -> None:
        """Open the paper tray: whatever is printing jams."""
        self.tray_open = True
        self._jam_after = 0

    def close_tray(self) -> None:
        """Close the paper tray, the jam cleared."""
        self.tray_open = False
        self._jam_after = None

    @property
    def has_paper(self) -> bool:
        """Say whether paper and toner are in."""
        return not self._out_of_supplies

    async def print_document(self, pdf: bytes, pages: int, label: str) -> PrintedPages:
        """Print all pages; a sheet lies in the tray only when it came out whole."""
        for page in range(1, pages + 1):
            if self._out_of_supplies:
                return PrintedPages(page - 1, PrinterFault.SUPPLIES_OUT)
            if self._jam_after is not None and page > self._jam_after:
                return PrintedPages(page - 1, PrinterFault.JAM)
            await self._pause(self._seconds_a_page)
            self.on_page(page, pages)
        if self._spoils_next:
            self._spoils_next = False
            return PrintedPages(pages, PrinterFault.SPOILED)
        self._put_out(pdf, label)
        return PrintedPages(pages, None)

    def _put_out(self, pdf: bytes, label: str) -> None:
        self._output.mkdir(parents=True, exist_ok=True)
        partial = self._output / f".{label}-{secrets.token_hex(4)}.partial"
        partial.touch(mode=0o600)
        partial.write_bytes(pdf)
        name = f"certificate-{label}.pdf"
        partial.replace(self._output / name)
        self._sheets.append(name)

    def output_tray(self) -> Sequence[str]:
        """Names of the sheets that lie in the tray."""
        return tuple(self._sheets)

    def take_sheets(self) -> Sequence[str]:
        """Empty the tray; the files stay where they are."""
        sheets, self._sheets = tuple(self._sheets), []
        return sheets

    def path_of(self, name: str) -> Path:
        """Return where a sheet lies."""
        return self._output / name
