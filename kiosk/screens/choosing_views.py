"""The screens before the order is confirmed: S00 to S10, card and PIN."""

from kiosk.flow.model import FlowState
from kiosk.flow.timeouts import is_working
from kiosk.screens.view import (
    Button,
    View,
    Words,
    back_button,
    cancel_button,
    page_button,
    page_of,
)
from kiosk.transaction import Choice

_PIN_DIGITS = 4


def main_menu(state: FlowState, words: Words) -> View:
    """S00: what a multi-copy machine does; only one of it works here."""
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
        columns=2,
    )


def services(state: FlowState, words: Words) -> View:
    """S01: the services of the administration."""
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
        columns=2 if state.large else 1,
        left=(back_button(words),),
    )


def waiting(state: FlowState, words: Words, *, picture: str = "") -> View:
    """S02, S07, S14: the machine is at work."""
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=words.step,
        left=(cancel_button(words),),
        working=is_working(state),
        picture=picture,
    )


def consent(state: FlowState, words: Words) -> View:
    """S03: what she should know before she begins."""
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=words.step,
        lines=tuple(f"・{words(f'line{number}')}" for number in range(1, 6)),
        left=(Button("disagree", words("disagree")),),
        right=(Button("agree", words("agree"), 1, primary=True),),
    )


def place_card(state: FlowState, words: Words) -> View:
    """S04: the card is asked for, then looked at."""
    return View(
        state.screen,
        words("title"),
        words("reading") if state.examining else words("lead"),
        step=words.step,
        lines=(words("line1"),),
        left=(cancel_button(words), back_button(words)),
        working=state.examining,
        picture="card",
    )


def municipality(state: FlowState, words: Words) -> View:
    """S05: who issues the certificate."""
    offers = state.service.municipalities if state.service else ()
    japanese = state.locale.value == "ja"
    buttons = tuple(
        Button(
            f"municipality-{offer.municipality_code}",
            f"{offer.prefecture} {offer.name}" if japanese else offer.name_en,
            enabled=offer.open_now,
            note="" if offer.open_now else words("closed"),
            primary=True,
        )
        for offer in offers
    )
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=words.step,
        lines=_notices(state, japanese=japanese),
        choices=page_of(buttons, state),
        columns=2 if len(buttons) > 2 else 1,
        left=(cancel_button(words), back_button(words)),
        right=page_button(len(buttons), words),
    )


def _notices(state: FlowState, *, japanese: bool) -> tuple[str, ...]:
    notices = state.service.notices if state.service else ()
    return tuple(notice.text_ja if japanese else notice.text_en for notice in notices[:2])


def pin(state: FlowState, words: Words) -> View:
    """S06: four digits, never shown."""
    again = (words("again", tries=state.tries_left),) if state.tries_left is not None else ()
    complete = len(state.pin) == _PIN_DIGITS
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=words.step,
        lines=again,
        left=(cancel_button(words), back_button(words)),
        right=(Button("confirm", words("confirm"), enabled=complete, primary=True),),
        pin_digits=len(state.pin),
    )


def pin_stop(state: FlowState, words: Words) -> View:
    """The warning before the try that could lock the card."""
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=words.step,
        lines=(words("line1"), words("line2")),
        left=(cancel_button(words),),
        right=(Button("continue", words("continue"), 1, primary=True),),
        alarming=True,
    )


def take_card(state: FlowState, words: Words) -> View:
    """S08: nothing goes on before the card is taken."""
    return View(
        state.screen,
        words("title"),
        words("lead_leaving") if state.leaving else words("lead"),
        step=words.step,
        lines=(words("reminder"),) if state.reminded else (),
        picture="card-out",
        alarming=bool(state.reminded),
    )


def certificate(state: FlowState, words: Words) -> View:
    """S09: what can be had here, with its price."""
    fees = [choice.unit_fee for choice in state.choices]
    price = words("price", amount=f"{min(fees):,}") if fees else ""
    note = words("not_here")
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=words.step,
        choices=(
            Button("victim_certificate", words("victim_certificate"), 1, note=price, primary=True),
            Button("resident_record", words("resident_record"), 2, enabled=False, note=note),
            Button("seal_record", words("seal_record"), 3, enabled=False, note=note),
        ),
        columns=2 if state.large else 1,
        left=(cancel_button(words),),
    )


def case(state: FlowState, words: Words) -> View:
    """S10: which damage of which disaster."""
    japanese = state.locale.value == "ja"
    buttons = tuple(
        Button(
            f"case-{number}",
            f"{choice.details.disaster_name}　{damage_of(choice, japanese=japanese)}",
            note=choice.details.house_location,
            primary=True,
        )
        for number, choice in enumerate(state.choices)
    )
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=words.step,
        choices=page_of(buttons, state),
        columns=2 if len(buttons) > 2 else 1,
        left=(cancel_button(words), back_button(words)),
        right=page_button(len(buttons), words),
    )


def damage_of(choice: Choice, *, japanese: bool) -> str:
    """Return the class of damage (被害の程度) in the resident's language."""
    details = choice.details
    return details.damage_class if japanese else details.damage_class_en
