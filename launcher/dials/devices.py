"""The dials ``coin_box`` and ``printer``: devices that fail as real ones do."""

from pathlib import Path

from kiosk.devices import COINS, SimulatedCoinBox, SimulatedPrinter
from launcher.dials.board import whole_number

_MOST_PAGES = 99


class FailingCoinBox(SimulatedCoinBox):
    """A coin box whose slot may refuse coins, or swallow them until it is mended."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses = False
        self.jams = False
        self.stuck = 0
        """What is stuck in the slot, in yen."""

    def insert(self, amount: int) -> None:
        """Put a coin or note in; where it goes depends on the slot. Raises: ValueError."""
        if amount not in COINS or not (self.refuses or self.jams):
            super().insert(amount)
        elif self.jams:
            self.stuck += amount
        else:
            self.paid_out += amount

    def mend(self) -> None:
        """Free the slot: what was stuck falls into the return tray."""
        self.refuses = self.jams = False
        self.paid_out, self.stuck = self.paid_out + self.stuck, 0


class CoinBoxKnob:
    """Breaks and mends the slot."""

    def __init__(self, box: FailingCoinBox) -> None:
        self._box = box

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        self._box.mend()
        self._box.refuses = setting == "refuses"
        self._box.jams = setting == "jams"


class PrinterKnob:
    """Breaks and mends the printer."""

    def __init__(self, printer: SimulatedPrinter, output: Path) -> None:
        self._printer = printer
        self._output = output
        self._aside = output.with_name(f"{output.name}.aside")

    def turn(self, setting: str, argument: str) -> None:
        """Take a position; whatever was wrong before is mended first."""
        pages = whole_number(argument, most=_MOST_PAGES) if setting == "jam" else 0
        self._printer.mend()
        self._clear_tray()
        match setting:
            case "jam":
                self._printer.jam_after(pages)
            case "no_paper":
                self._printer.run_out()
            case "no_toner":
                self._printer.run_out_of_toner()
            case "spoils_next":
                self._printer.spoil_next()
            case "tray_open":
                self._printer.open_tray()
            case "tray_not_writable":
                self._block_tray()

    def _block_tray(self) -> None:
        """Put a file where the output folder was: nothing can be laid into it."""
        if self._output.exists():
            self._output.rename(self._aside)
        self._output.touch(mode=0o400)

    def _clear_tray(self) -> None:
        if self._output.is_file():
            self._output.unlink()
            if self._aside.exists():
                self._aside.rename(self._output)
