"""The screens from the number of copies to the last good-bye: S12 to S19."""

from kiosk.flow.model import MAX_COPIES, FlowState
from kiosk.screens.choosing_views import damage_of
from kiosk.screens.view import Button, Figure, View, Words, back_button, cancel_button


def copies(state: FlowState, words: Words) -> View:
    """S12: how many copies (通)."""
    return View(
        state.screen,
        words("title"),
        words("lead", most=MAX_COPIES),
        step=words.step,
        figure=Figure(words("title"), str(state.copies), words("unit")),
        choices=(
            Button("less", words("less"), 1, enabled=state.copies > 1),
            Button("more", words("more"), 2, enabled=state.copies < MAX_COPIES),
        ),
        columns=2,
        left=(cancel_button(words), back_button(words)),
        right=(Button("next", words.any("machine.next"), 3, primary=True),),
    )


def confirm(state: FlowState, words: Words) -> View:
    """S13: everything that was chosen, and what it costs."""
    has_price = state.total > 0
    figure = Figure(words("total"), f"{state.total:,}", words.any("machine.yen_unit"))
    return View(
        state.screen,
        words("title"),
        words("lead") if has_price else words("wait"),
        step=words.step,
        rows=(*_order(state, words), *_price(state, words)),
        figure=figure if has_price else None,
        left=(cancel_button(words), back_button(words, enabled=has_price)),
        right=(Button("confirm", words("confirm"), 1, enabled=has_price, primary=True),),
        working=not has_price,
    )


def _order(state: FlowState, words: Words) -> tuple[tuple[str, str], ...]:
    if state.chosen is None:
        return ()
    details = state.chosen.details
    return (
        (words("document"), words.any("S09.victim_certificate")),
        (words("disaster"), details.disaster_name),
        (words("house"), details.house_location),
        (words("damage"), damage_of(state.chosen, japanese=state.locale.value == "ja")),
        (words("copies"), words("copies_value", count=state.copies)),
    )


def _price(state: FlowState, words: Words) -> tuple[tuple[str, str], ...]:
    if not state.total:
        return ()
    return (
        (words("pages"), words("pages_value", count=state.pages * state.copies)),
        (words("fee"), words("fee_value", amount=f"{state.unit_fee:,}")),
    )


def pay(state: FlowState, words: Words) -> View:
    """S15: what is in, and what is missing."""
    remaining = max(0, state.total - state.inserted)
    return View(
        state.screen,
        words("title"),
        words("wait") if state.keeping else words("lead"),
        step=words.step,
        rows=(
            (words("total"), words.yen(state.total)),
            (words("inserted"), words.yen(state.inserted)),
        ),
        figure=Figure(words("remaining"), f"{remaining:,}", words.any("machine.yen_unit")),
        left=() if state.keeping else (cancel_button(words),),
        working=state.keeping,
        picture="coins",
    )


def printing(state: FlowState, words: Words) -> View:
    """S16: how far the printer is."""
    pages = max(1, state.pages)
    done = min(state.copy - 1, state.copies) * pages + state.page
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=words.step,
        lines=(
            words("progress", copy=state.copy, copies=state.copies, page=state.page, pages=pages),
        ),
        working=True,
        progress=(done, state.copies * pages),
        picture="paper",
    )


def take_sheets(state: FlowState, words: Words) -> View:
    """S17: so many sheets lie in the tray."""
    count = words("count", sheets=state.printed, pages=state.printed * state.pages)
    reminder = (words("reminder"),) if state.reminded else ()
    spoiled = () if state.reprinted else (Button("spoiled", words("spoiled")),)
    return View(
        state.screen,
        words("title"),
        words("lead"),
        step=words.step,
        lines=(count, *reminder),
        left=spoiled,
        right=(Button("taken", words("taken"), 1, primary=True),),
        picture="paper-out",
        alarming=bool(state.reminded),
    )


def receipt(state: FlowState, words: Words) -> View:
    """S18: is a receipt wanted."""
    return View(
        state.screen,
        words("title"),
        words("lead"),
        lines=(words("line1"),),
        choices=(
            Button("yes", words("yes"), 1, primary=True),
            Button("no", words("no"), 2),
        ),
        columns=2,
    )


def end(state: FlowState, words: Words) -> View:
    """S19: what is easily forgotten, in the order of how bad that would be."""
    change = f"{state.change:,}"
    ticks = (
        words("card"),
        words("certificate", count=state.printed),
        words("change", amount=change) if state.change else words("no_change"),
        words("receipt") if state.receipt_wanted else words("no_receipt"),
    )
    return View(
        state.screen,
        words("title"),
        words("lead"),
        lines=tuple(f"□ {tick}" for tick in ticks),
        right=(Button("finish", words("finish"), 1, primary=True),),
        picture="thanks",
    )
