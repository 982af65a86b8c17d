"""A coin box and a printer that one can operate without hardware."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from kiosk.ports import PrintedPages, PrinterFault

COINS = (10, 50, 100, 500, 1000)
"""What the slot takes, in yen; 1000 is a note."""
FULL_TRAY = 100
"""Sheets of paper in a full tray of the simulated printer."""


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
        """Give back everything that was not kept; return how much."""
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
        """Empty the return tray; return what lay in it."""
        amount, self.paid_out = self.paid_out, 0
        return amount


class SimulatedPrinter:
    """Puts sheets into an output folder, page by page, and can jam or run out.

    A sheet lies in the output tray only when all its pages came out. ``pause`` waits for the
    given seconds before each page; ``on_page`` hears page and pages after each.
    """

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
        self.paper_left = FULL_TRAY
        """Sheets of paper in the paper tray."""
        self.tray_open = False
        """Whether the paper tray is pulled out."""
        self._jam_after: int | None = None
        self._jammed = False
        self._out_of_toner = False
        self._spoils_next = False
        self._sheets: list[str] = []

    def jam_after(self, pages: int) -> None:
        """Jam once so many pages more are out, of one document or of several."""
        self._jam_after = pages

    def run_out(self) -> None:
        """Be out of paper."""
        self.paper_left = 0

    def run_out_of_toner(self) -> None:
        """Be out of toner."""
        self._out_of_toner = True

    def spoil_next(self) -> None:
        """Print the next document unreadably."""
        self._spoils_next = True

    def open_tray(self) -> None:
        """Pull the paper tray out: whatever is printing jams."""
        self.tray_open = True

    def close_tray(self) -> None:
        """Push the paper tray in, the jam cleared."""
        self.tray_open = False
        self._jammed = False

    def refill(self) -> None:
        """Fill paper and toner up."""
        self.paper_left = FULL_TRAY
        self._out_of_toner = False

    def mend(self) -> None:
        """Do all that shop staff can do; faults that were still to come do not come."""
        self._jam_after = None
        self._spoils_next = False
        self.refill()
        self.close_tray()

    @property
    def has_paper(self) -> bool:
        """Say whether paper and toner are in."""
        return self.paper_left > 0 and not self._out_of_toner

    def needs_mending(self) -> bool:
        """Say whether somebody must look at it before it prints."""
        return self._jammed or self.tray_open or not self.has_paper

    async def print_document(self, pdf: bytes, pages: int, label: str) -> PrintedPages:
        """Print all pages; the sheet is named after ``label``."""
        for page in range(1, pages + 1):
            fault = self._fault_before_page()
            if fault is not None:
                return PrintedPages(page - 1, fault)
            await self._pause(self._seconds_a_page)
            self.paper_left -= 1
            if self._jam_after is not None:
                self._jam_after -= 1
            self.on_page(page, pages)
        if self._spoils_next:
            self._spoils_next = False
            return PrintedPages(pages, PrinterFault.SPOILED)
        if not self._put_out(pdf, f"{label}.pdf"):
            self._jammed = True
            return PrintedPages(0, PrinterFault.JAM)
        return PrintedPages(pages, None)

    def _fault_before_page(self) -> PrinterFault | None:
        if self._jam_after == 0:
            self._jammed, self._jam_after = True, None
        if self._jammed or self.tray_open:
            return PrinterFault.JAM
        return None if self.has_paper else PrinterFault.SUPPLIES_OUT

    def _put_out(self, pdf: bytes, name: str) -> bool:
        """Put the sheet into the tray whole, readable by the owner only, or not at all."""
        partial = self._output / f".{name}.partial"
        try:
            self._output.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial.touch(mode=0o600)
            partial.write_bytes(pdf)
            partial.replace(self._output / name)
        except OSError:
            with suppress(OSError):
                partial.unlink()
            return False
        self._sheets.append(name)
        return True

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
