"""What stands on the touch screen, as values: one pure function from state to view.

The widgets only draw this. A test can read every screen without a terminal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow.model import MAX_COPIES, STEPS, ErrorView, FlowState, Screen
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
class View:
    """Everything on one screen."""

    screen: Screen
    title: str
    lead: str
    step: str = ""
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    choices: tuple[Button, ...] = ()
    left: tuple[Button, ...] = ()
    """At the bottom left: cancel, back."""
    right: tuple[Button, ...] = ()
    """At the bottom right: next, confirm."""
    pin_digits: int | None = None
    """How many digits are entered; None where there is no number pad."""
    working: bool = False
    picture: str = ""
    """Name of the drawing beside the text."""
    alarming: bool = False

    @property
    def spoken(self) -> str:
        """The screen as one sentence for speech and screen readers."""
        rows = [f"{name} {value}" for name, value in self.rows]
        return " ".join((self.title, self.lead, *self.lines, *rows))


class Words:
    """Texts of one screen in the language of the state."""

    def __init__(self, state: FlowState) -> None:
        self._locale = state.locale
        self._prefix = state.screen.value

    def __call__(self, key: str, **values: object) -> str:
        """Return a text of this screen."""
        return say(self._locale, f"{self._prefix}.{key}", **values)

    def any(self, key: str, **values: object) -> str:
        """Return a text by its whole key."""
        return say(self._locale, key, **values)

    def yen(self, amount: int) -> str:
        """Return an amount of money in words."""
        return self.any("machine.yen", amount=f"{amount:,}")


def view_of(state: FlowState) -> View:
    """Return what the screen shows in this state."""
    words = Words(state)
    return _VIEWS[state.screen](state, words)


def _step(state: FlowState, words: Words) -> str:
    number = sum(1 for known in STEPS if _ORDER.index(known) <= _ORDER.index(state.screen))
    return words.any("machine.step", now=max(1, number), all=len(STEPS))


_ORDER = list(Screen)


def _cancel(words: Words) -> Button:
    return Button("cancel", words.any("machine.cancel"))


def _back(words: Words) -> Button:
    return Button("back", words.any("machine.back"))


def _plain(state: FlowState, words: Words, *, picture: str = "", working: bool = False) -> View:
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=_step(state, words),
        picture=picture,
        working=working,
    )


def _main_menu(state: FlowState, words: Words) -> View:
    note = words("copy_note")
    return View(
        state.screen,
        words("title"),
        words("lead"),
        choices=(
            Button("government", words("government"), 1, primary=True),
            Button("copy", words("copy"), 2, enabled=False, note=note),
            Button("print", words("print"), 3, enabled=False, note=note),
            Button("fax", words("fax"), 4, enabled=False, note=note),
        ),
    )


def _services(state: FlowState, words: Words) -> View:
    note = words("not_here")
    return View(
        state.screen,
        words("title"),
        words("lead"),
        choices=(
            Button("certificate", words("certificate"), 1, primary=True),
            Button("registration", words("registration"), 2, enabled=False, note=note),
            Button("password", words("password"), 3, enabled=False, note=note),
        ),
        left=(_back(words),),
    )


def _consent(state: FlowState, words: Words) -> View:
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=_step(state, words),
        lines=tuple(f"・{words(f'line{number}')}" for number in range(1, 6)),
        left=(Button("disagree", words("disagree")),),
        right=(Button("agree", words("agree"), 1, primary=True),),
    )


def _place_card(state: FlowState, words: Words) -> View:
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=_step(state, words),
        lines=(words("line1"),),
        left=(_cancel(words), _back(words)),
        picture="card",
    )


def _municipality(state: FlowState, words: Words) -> View:
    offers = state.service.municipalities if state.service else ()
    japanese = state.locale.value == "ja"
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=_step(state, words),
        choices=tuple(
            Button(
                f"municipality-{offer.municipality_code}",
                f"{offer.prefecture} {offer.name}" if japanese else offer.name_en,
                number,
                enabled=offer.open_now,
                note="" if offer.open_now else words("closed"),
                primary=True,
            )
            for number, offer in enumerate(offers, start=1)
        ),
        left=(_cancel(words), _back(words)),
    )


def _pin(state: FlowState, words: Words) -> View:
    again = (words("again", tries=state.tries_left),) if state.tries_left is not None else ()
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=_step(state, words),
        lines=again,
        left=(_cancel(words), _back(words)),
        right=(Button("confirm", words("confirm"), enabled=len(state.pin) == 4, primary=True),),
        pin_digits=len(state.pin),
    )


def _pin_stop(state: FlowState, words: Words) -> View:
    return View(
        state.screen,
        words("title"),
        words("lead"),
        lines=(words("line1"), words("line2")),
        left=(_cancel(words),),
        right=(Button("continue", words("continue"), 1, primary=True),),
        alarming=True,
    )


def _take_card(state: FlowState, words: Words) -> View:
    lines = (words("reminder"),) if state.reminded else ()
    view = _plain(state, words, picture="card-out")
    return View(
        view.screen,
        view.title,
        view.lead,
        step=view.step,
        lines=lines,
        picture=view.picture,
        alarming=bool(state.reminded),
    )


def _certificate(state: FlowState, words: Words) -> View:
    fees = [choice.unit_fee for choice in state.choices]
    price = words("price", amount=min(fees)) if fees else ""
    note = words("not_here")
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=_step(state, words),
        choices=(
            Button("victim_certificate", words("victim_certificate"), 1, note=price, primary=True),
            Button("resident_record", words("resident_record"), 2, enabled=False, note=note),
            Button("seal_record", words("seal_record"), 3, enabled=False, note=note),
        ),
        left=(_cancel(words),),
    )


def _case(state: FlowState, words: Words) -> View:
    japanese = state.locale.value == "ja"
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=_step(state, words),
        choices=tuple(
            Button(
                f"case-{number - 1}",
                f"{choice.details.disaster_name}　{_damage(choice.details, japanese=japanese)}",
                number,
                note=choice.details.house_location,
                primary=True,
            )
            for number, choice in enumerate(state.choices, start=1)
        ),
        left=(_cancel(words), _back(words)),
    )


def _damage(details: object, *, japanese: bool) -> str:
    name = "damage_class" if japanese else "damage_class_en"
    return str(getattr(details, name))


def _copies(state: FlowState, words: Words) -> View:
    return View(
        state.screen,
        words("title"),
        words("lead", most=MAX_COPIES),
        step=_step(state, words),
        rows=((words("title"), words("copies", count=state.copies)),),
        choices=(
            Button("less", words("less"), 1, enabled=state.copies > 1),
            Button("more", words("more"), 2, enabled=state.copies < MAX_COPIES),
        ),
        left=(_cancel(words), _back(words)),
        right=(Button("next", words.any("machine.next"), primary=True),),
    )


def _confirm(state: FlowState, words: Words) -> View:
    details = state.chosen.details if state.chosen else None
    rows: tuple[tuple[str, str], ...] = ()
    if details is not None:
        damage = _damage(details, japanese=state.locale.value == "ja")
        rows = (
            (words("document"), words.any("S09.victim_certificate")),
            (words("disaster"), details.disaster_name),
            (words("house"), details.house_location),
            (words("damage"), damage),
            (words("copies"), words("copies_value", count=state.copies)),
        )
    if state.total:
        rows += (
            (words("fee"), words("fee_value", amount=state.unit_fee)),
            (words("pages"), words("pages_value", count=state.pages * state.copies)),
            (words("total"), words.yen(state.total)),
        )
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=_step(state, words),
        rows=rows,
        left=(_cancel(words), _back(words)),
        right=(Button("confirm", words("confirm"), 1, enabled=state.total > 0, primary=True),),
        working=state.total == 0,
    )


def _pay(state: FlowState, words: Words) -> View:
    remaining = max(0, state.total - state.inserted)
    return View(
        state.screen,
        words("title"),
        words("wait") if state.keeping else words("lead"),
        step=_step(state, words),
        rows=(
            (words("total"), words.yen(state.total)),
            (words("inserted"), words.yen(state.inserted)),
            (words("remaining"), words.yen(remaining)),
        ),
        left=() if state.keeping else (_cancel(words),),
        working=state.keeping,
        picture="coins",
    )


def _printing(state: FlowState, words: Words) -> View:
    text = words(
        "progress", copy=state.copy, copies=state.copies, page=state.page, pages=state.pages
    )
    view = _plain(state, words, working=True, picture="paper")
    return View(
        view.screen,
        view.title,
        view.lead,
        step=view.step,
        lines=(text,),
        working=True,
        picture=view.picture,
    )


def _take_sheets(state: FlowState, words: Words) -> View:
    count = words("count", sheets=state.printed, pages=state.printed * state.pages)
    reminder = (words("reminder"),) if state.reminded else ()
    spoiled = () if state.reprinted else (Button("spoiled", words("spoiled")),)
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=_step(state, words),
        lines=(count, *reminder),
        left=spoiled,
        right=(Button("taken", words("taken"), 1, primary=True),),
        picture="paper-out",
        alarming=bool(state.reminded),
    )


def _receipt(state: FlowState, words: Words) -> View:
    return View(
        state.screen,
        words("title"),
        words("lead"),
        lines=(words("line1"),),
        choices=(
            Button("yes", words("yes"), 1, primary=True),
            Button("no", words("no"), 2, primary=True),
        ),
    )


def _end(state: FlowState, words: Words) -> View:
    ticks = [words("card"), words("certificate"), words("change", amount=state.change)]
    if state.receipt_wanted:
        ticks.append(words("receipt"))
    return View(
        state.screen,
        words("title"),
        words("lead"),
        lines=tuple(f"□ {tick}" for tick in ticks),
        right=(Button("finish", words("finish"), 1, primary=True),),
    )


_ERROR_BUTTONS: dict[ErrorCode, tuple[tuple[str, ...], tuple[str, ...]]] = {
    ErrorCode.PAPER_JAM: (("refund",), ("resume",)),
    ErrorCode.SUPPLIES_OUT: (("refund",), ("resume",)),
    ErrorCode.SPOILED: ((), ("reprint",)),
    ErrorCode.PIN_WRONG: (("cancel",), ("retry",)),
}
_NO_RETRY = frozenset(
    {
        ErrorCode.OUTSIDE_HOURS,
        ErrorCode.PIN_LOCKED,
        ErrorCode.NO_CERTIFICATE_ON_CARD,
        ErrorCode.CERTIFICATE_EXPIRED,
        ErrorCode.CERTIFICATE_REVOKED,
        ErrorCode.NOT_AT_KIOSK,
        ErrorCode.BINDING_MISMATCH,
        ErrorCode.NOT_PRINTABLE,
        ErrorCode.OUTCOME_UNKNOWN,
    }
)


def _error(state: FlowState, words: Words) -> View:
    error = state.error or ErrorView(ErrorCode.NOT_PREPARED, MoneyState.UNKNOWN)
    code = error.code.value
    rows = (
        (
            words.any("error.what"),
            words.any(
                f"error.{code}.what",
                tries=error.tries_left,
                pages=error.pages_out,
                opens=_opening(error.opens),
            ),
        ),
        (
            words.any("error.money"),
            words.any(f"money.{error.money.value}", amount=error.refund),
        ),
        (words.any("error.todo"), words.any(f"error.{code}.todo")),
    )
    reference = words.any("machine.receipt_number", number=error.reference)
    left, right = _error_buttons(error.code, words)
    return View(
        state.screen,
        f"{code}  {words.any(f'error.{code}.title')}",
        "",
        rows=rows,
        lines=(reference,) if error.reference else (),
        left=left,
        right=right,
        alarming=True,
        working=state.keeping,
    )


def _error_buttons(code: ErrorCode, words: Words) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    default = (("finish",), () if code in _NO_RETRY else ("retry",))
    left, right = _ERROR_BUTTONS.get(code, default)

    def make(name: str, key: int | None) -> Button:
        text = words.any("machine.cancel") if name == "cancel" else words.any(f"error.{name}")
        return Button(name, text, key, primary=key is not None)

    return tuple(make(name, None) for name in left), tuple(make(name, 1) for name in right)


def _opening(text: str) -> str:
    """Return an opening time as the resident reads it, in Japan time."""
    if not text:
        return ""

    local = datetime.fromisoformat(text).astimezone(ZoneInfo("Asia/Tokyo"))
    return f"{local.month}/{local.day} {local:%H:%M}"


_VIEWS: dict[Screen, Callable[[FlowState, Words], View]] = {
    Screen.MAIN_MENU: _main_menu,
    Screen.SERVICES: _services,
    Screen.HOURS: lambda state, words: _plain(state, words, working=True),
    Screen.CONSENT: _consent,
    Screen.PLACE_CARD: _place_card,
    Screen.MUNICIPALITY: _municipality,
    Screen.PIN: _pin,
    Screen.PIN_STOP: _pin_stop,
    Screen.VERIFYING: lambda state, words: _plain(state, words, working=True, picture="card"),
    Screen.TAKE_CARD: _take_card,
    Screen.CERTIFICATE: _certificate,
    Screen.CASE: _case,
    Screen.COPIES: _copies,
    Screen.CONFIRM: _confirm,
    Screen.PREPARING: lambda state, words: _plain(state, words, working=True),
    Screen.PAY: _pay,
    Screen.PRINTING: _printing,
    Screen.TAKE_SHEETS: _take_sheets,
    Screen.RECEIPT: _receipt,
    Screen.END: _end,
    Screen.ERROR: _error,
}
