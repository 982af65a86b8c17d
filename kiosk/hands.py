"""What one can do to the devices around the glass, by the name of the button."""

from collections.abc import Callable

from kiosk.devices import SimulatedCoinBox, SimulatedPrinter


def touch_coins(box: SimulatedCoinBox, device: str) -> bool:
    """Put a coin in, or press the return lever; say whether the device was meant."""
    if device.startswith("coin-"):
        box.insert(int(device.removeprefix("coin-")))
        return True
    if device == "return":
        box.return_all()
        box.take_out()
        return True
    return False


def touch_printer(printer: SimulatedPrinter, device: str) -> bool:
    """Open, close, empty or fill what belongs to the printer; say whether it was meant."""
    acts: dict[str, Callable[[], object]] = {
        "tray": printer.close_tray if printer.tray_open else printer.open_tray,
        "paper": printer.run_out if printer.has_paper else printer.refill,
        "take": printer.take_sheets,
    }
    act = acts.get(device)
    if act is not None:
        act()
    return act is not None
