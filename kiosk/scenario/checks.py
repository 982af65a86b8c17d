"""Whether everything holds that a step expects; else the first thing that does not, in words."""

from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel

from kiosk.card.reading import sees_card
from kiosk.flow.model import Screen
from kiosk.scenario.model import Step, TextCheck
from kiosk.scenario.paper_checks import unmet_on_paper
from kiosk.scenario.sight import Sight, missing, present, texts


def find_unmet(step: Step, sight: Sight) -> str | None:
    """Return the first expectation that does not hold; the cheap ones are looked at first."""
    for check in _CHECKS:
        unmet = check(step, sight)
        if unmet is not None:
            return unmet
    return None


def _screen(step: Step, sight: Sight) -> str | None:
    state = sight.state
    wanted = step.see or (Screen.ERROR if step.error else None)
    shown = state.screen.value
    if state.screen is Screen.ERROR and state.error is not None:
        shown = f"ERROR {state.error.code.value}"
    if wanted is not None and state.screen is not wanted:
        name = f"error {step.error.value}" if step.error else f"screen {wanted.value}"
        return f"{name} is expected, but {shown} is shown"
    unseen = [screen.value for screen in step.via if screen not in sight.passed]
    if unseen:
        return f"{unseen[0]} did not come up on the way"
    return _error(step, sight, shown)


def _error(step: Step, sight: Sight, shown: str) -> str | None:
    error = sight.state.error if sight.state.screen is Screen.ERROR else None
    if step.error is not None and (error is None or error.code is not step.error):
        return f"error {step.error.value} is expected, but {shown} is shown"
    if step.money is None:
        return None
    if error is None:
        return f"the money is expected to be {step.money.value}, but no error is shown"
    if error.money is not step.money:
        return f"the money is expected to be {step.money.value}, but it is {error.money.value}"
    return None


def _words(step: Step, sight: Sight) -> str | None:
    lacking = missing(sight.in_language(step.shows), sight.words)
    if lacking is not None:
        return f"“{lacking}” is not on the screen"
    unwanted = present(sight.in_language(step.hides), sight.words)
    return f"“{unwanted}” is on the screen" if unwanted is not None else None


def _buttons(step: Step, sight: Sight) -> str | None:
    buttons = sight.buttons
    for name in (*step.enabled, *step.disabled):
        if name not in buttons:
            return f"there is no button {name}, only {', '.join(buttons) or 'none'}"
        if buttons[name].enabled is not (name in step.enabled):
            return f"the button {name} is {'on' if buttons[name].enabled else 'off'}"
    shown = [name for name in step.absent if name in buttons]
    return f"there is a button {shown[0]}" if shown else None


def _look(step: Step, sight: Sight) -> str | None:
    if step.warning is not None and step.warning is not sight.is_warning:
        return "the machine gives no warning" if step.warning else "the machine gives a warning"
    state = sight.state
    values = {"locale": state.locale, "large": state.large, "contrast": state.contrast}
    return unequal("the look", step.look, values)


def _devices(step: Step, sight: Sight) -> str | None:
    reader, printer, box = sight.parts.reader, sight.parts.printer, sight.parts.coin_box
    devices = {
        "card_on_reader": sees_card(reader),
        "tray_open": printer.tray_open,
        "has_paper": printer.has_paper,
    }
    coins = {"inserted": box.inserted_yen(), "kept": box.kept, "paid_out": box.paid_out}
    return unequal("the devices", step.devices, devices) or unequal(
        "the coin box", step.coins, coins
    )


def _books(step: Step, sight: Sight) -> str | None:
    if step.books is None:
        return None
    books = sight.world.books()
    values = {
        "fees": books.fees,
        "reversed_fees": books.reversed_fees,
        "resident_yen": books.yen_due.get("resident", 0),
        "municipality_yen": books.yen_due.get("municipality", 0),
        "issued": books.issued,
        "voided": books.voided,
        "in_doubt": books.in_doubt,
    }
    return unequal("the books", step.books, values)


def _traces(step: Step, sight: Sight) -> str | None:
    world = sight.world
    return (
        _lines("the log", step.log, world.log_lines)
        or _lines("the card's trace", step.card_trace, world.card_trace)
        or _lines("the line's trace", step.line_trace, world.line_trace)
    )


def _lines(name: str, wanted: TextCheck | None, read: Callable[[], Sequence[str]]) -> str | None:
    if wanted is None:
        return None
    text = "\n".join(read())
    lacking, unwanted = missing(texts(wanted.contains), text), present(texts(wanted.never), text)
    if lacking is not None:
        return f"“{lacking}” is not in {name}"
    return f"“{unwanted}” is in {name}" if unwanted is not None else None


def unequal(name: str, wanted: BaseModel | None, values: Mapping[str, object]) -> str | None:
    """Return the first value that is not as wanted; what is left out may be anything."""
    if wanted is None:
        return None
    for key in wanted.model_fields_set:
        expected, found = getattr(wanted, key), values[key]
        if expected is not None and expected != found:
            return f"{name}: {key} is expected to be {expected}, but it is {found}"
    return None


_CHECKS: tuple[Callable[[Step, Sight], str | None], ...] = (
    _screen,
    _words,
    _buttons,
    _look,
    _devices,
    _traces,
    _books,
    unmet_on_paper,
)
