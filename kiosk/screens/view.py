"""What stands on the touch screen, as values: the widgets only draw this.

A test can read every screen without a terminal; ``views.view_of`` makes it from the flow's state.
"""

from dataclasses import dataclass, replace

from kiosk.flow.model import CHOICES_A_PAGE, STEPS, FlowState, Screen, page_count
from kiosk.texts import say


@dataclass(frozen=True, slots=True)
class Button:
    """A big button; ``key`` is the number that presses it."""

    id: str
    label: str
    key: int | None = None
    enabled: bool = True
    note: str = ""
    """A second line: a price, or why the button is off."""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is drawn large: money, copies."""

    name: str
    digits: str
    unit: str


@dataclass(frozen=True, slots=True)
class View:
    """Everything on one screen."""

    screen: Screen
    title: str
    lead: str
    step: tuple[int, int] | None = None
    """Which step of how many; None outside the sequence."""
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    figure: Figure | None = None
    choices: tuple[Button, ...] = ()
    columns: int = 1
    """In how many columns the choices stand."""
    left: tuple[Button, ...] = ()
    """At the bottom left: cancel, back."""
    right: tuple[Button, ...] = ()
    """At the bottom right: next, confirm."""
    pin_digits: int | None = None
    """How many digits are entered; None where there is no number pad."""
    working: bool = False
    progress: tuple[int, int] | None = None
    """Pages out and pages in all, where the machine knows how far it is."""
    picture: str = ""
    """Name of the drawing beside the text."""
    alarming: bool = False
    large: bool = False

    @property
    def spoken(self) -> str:
        """The screen as one sentence for speech and screen readers."""
        rows = [f"{name} {value}" for name, value in self.rows]
        figure = self.figure
        number = [f"{figure.name} {figure.digits}{figure.unit}"] if figure else []
        return " ".join((self.title, self.lead, *self.lines, *rows, *number))


class Words:
    """Texts of one screen in the language of the state."""

    def __init__(self, state: FlowState) -> None:
        self._locale = state.locale
        self._prefix = state.screen.value
        self.large = state.large
        self.step = step_of(state)

    def __call__(self, key: str, **values: object) -> str:
        """Return a text of this screen."""
        return say(self._locale, f"{self._prefix}.{key}", **values)

    def any(self, key: str, **values: object) -> str:
        """Return a text by its whole key."""
        return say(self._locale, key, **values)

    def yen(self, amount: int) -> str:
        """Return an amount of money in words."""
        return self.any("machine.yen", amount=f"{amount:,}")


def step_of(state: FlowState) -> tuple[int, int] | None:
    """Return which step of how many this screen is; None outside the sequence."""
    order = list(Screen)
    before = [known for known in STEPS if order.index(known) <= order.index(state.screen)]
    if state.leaving or not before or state.screen in (Screen.ERROR, Screen.END, Screen.RECEIPT):
        return None
    return len(before), len(STEPS)


def cancel_button(words: Words) -> Button:
    """Return the button at the far left that ends everything."""
    return Button("cancel", words.any("machine.cancel"))


def back_button(words: Words, *, enabled: bool = True) -> Button:
    """Return the button to the screen before."""
    return Button("back", words.any("machine.back"), enabled=enabled)


def page_of(buttons: tuple[Button, ...], state: FlowState) -> tuple[Button, ...]:
    """Return the buttons of the page that is shown, numbered from 1."""
    first = state.choices_page * CHOICES_A_PAGE
    shown = buttons[first : first + CHOICES_A_PAGE]
    return tuple(replace(button, key=number) for number, button in enumerate(shown, start=1))


def page_button(choices: int, words: Words) -> tuple[Button, ...]:
    """Return the button that turns the page, where there is more than one."""
    pages = page_count(choices)
    return (Button("page", words.any("machine.page"), 9),) if pages > 1 else ()
