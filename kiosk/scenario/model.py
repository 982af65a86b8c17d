"""What stands in a scenario file: one pydantic model, which is also the JSON schema.

A step does at most one thing (an *act*) and then expects any number of things (*checks*); it waits
until all of them hold, but no longer than ``within_s``.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.flow.model import Screen

STEP_LIMIT_S = 20.0
"""Longer than any step of an embedded town takes on a slow machine."""
LONGEST_STEP_S = 120.0
Words = str | tuple[str, ...]
Scalar = str | int | bool
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=60)]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, use_attribute_docstrings=True
    )


class InBoth(_Part):
    """A text in both languages; what is checked is the one the machine speaks."""

    ja: Words = ()
    en: Words = ()


class Turn(_Part):
    """A dial of the world, and where it is turned to."""

    dial: str
    setting: str
    argument: Annotated[str, Field(coerce_numbers_to_str=True)] = ""


class CoinsCheck(_Part):
    """What the coin box holds, in yen; what is left out is not looked at."""

    inserted: int | None = None
    kept: int | None = None
    paid_out: int | None = None


class CodeCheck(_Part):
    """What the codes on the paper say; every page of every sheet must carry one."""

    says: Words = ()
    """Texts somewhere in the decoded content."""
    damage_class: Annotated[int, Field(ge=0, le=5)] | None = None
    sheets: int | None = None
    """So many pages the code counts."""


class PaperCheck(_Part):
    """What came out of the printer."""

    tray: int | None = None
    """Certificates that lie in the output tray."""
    printed: int | None = None
    """Certificates printed since the scenario began, taken or not."""
    pages: int | None = None
    """Pages of every certificate."""
    contains: Words = ()
    """Texts that stand on every certificate."""
    without: Words = ()
    code: CodeCheck | None = None
    genuine: bool = False
    """The offline check accepts every sheet."""
    receipts: int | None = None
    """Receipts printed since the scenario began."""
    receipt_contains: Words = ()


class BooksCheck(_Part):
    """What the ledgers of gateway and municipality hold since the scenario began."""

    fees: int | None = None
    reversed_fees: int | None = None
    resident_yen: int | None = None
    municipality_yen: int | None = None
    issued: int | None = None
    voided: int | None = None
    in_doubt: int | None = None


class TextCheck(_Part):
    """Lines of a log or a trace, as one text."""

    contains: Words = ()
    never: Words = ()


class DevicesCheck(_Part):
    """How the devices around the glass stand."""

    card_on_reader: bool | None = None
    tray_open: bool | None = None
    has_paper: bool | None = None


class LookCheck(_Part):
    """How the machine looks."""

    locale: Locale | None = None
    large: bool | None = None
    contrast: bool | None = None


class Step(_Part):
    """One act, then what is expected of it."""

    ACTS: ClassVar[tuple[str, ...]] = (
        "press",
        "device",
        "keys",
        "pin_of",
        "pin",
        "put",
        "lift",
        "hold",
        "turn",
        "advance_s",
        "set_clock",
        "power_cut",
    )

    note: str = ""
    """Why; for whoever reads the file."""

    press: str | None = None
    """Touch the button of this id: the screen must show it, switched on."""
    device: str | None = None
    """Touch a device: ``coin-100``, ``return``, ``tray``, ``paper``, ``take``, ``card`` …"""
    keys: Words | None = None
    """Press keys of the keyboard by their names; never a PIN."""
    pin_of: str | None = None
    """Type the PIN of this persona."""
    pin: Annotated[str, Field(pattern=r"^[0-9]{1,4}$")] | None = None
    """Type these digits, which are deliberately not the PIN of the card on the reader."""
    put: str | None = None
    """Lay this persona's card on the reader."""
    lift: Literal[True] | None = None
    """Take the card from the reader."""
    hold: str | None = None
    """Take this persona's card into the hand, for ``device = "card"``."""
    turn: Turn | None = None
    """Turn a dial: make something go wrong, or right again."""
    advance_s: Annotated[float, Field(gt=0, le=400 * 86_400)] | None = None
    """Let so many seconds pass at once."""
    set_clock: AwareDatetime | None = None
    """Set the town's clock, with its offset from UTC."""
    power_cut: Literal[True] | None = None
    """Pull the machine's plug and put it in again; the town goes on, coins and paper stay."""

    see: Screen | None = None
    """The screen that is shown, in the end."""
    via: tuple[Screen, ...] = ()
    """Screens that came up on the way, since this step's act."""
    error: ErrorCode | None = None
    """The number on the error screen."""
    money: MoneyState | None = None
    """What the error screen says of the money."""
    shows: Words | InBoth = ()
    """Texts on the screen."""
    hides: Words | InBoth = ()
    """Texts that are not on the screen."""
    enabled: tuple[str, ...] = ()
    """Buttons that can be pressed."""
    disabled: tuple[str, ...] = ()
    """Buttons that are shown, but switched off."""
    absent: tuple[str, ...] = ()
    """Buttons that are not shown."""
    warning: bool | None = None
    """Whether the machine warns that the time is nearly over."""
    look: LookCheck | None = None
    """Language, size and colours."""
    devices: DevicesCheck | None = None
    """Card reader, paper tray."""
    coins: CoinsCheck | None = None
    """The coin box."""
    paper: PaperCheck | None = None
    """What came out of the printer."""
    books: BooksCheck | None = None
    """The ledgers of gateway and municipality."""
    log: TextCheck | None = None
    """What the programs logged."""
    card_trace: TextCheck | None = None
    """The exchanges with the card, in words."""
    line_trace: TextCheck | None = None
    """The calls to the gateway, in words."""
    within_s: Annotated[float, Field(gt=0, le=LONGEST_STEP_S)] = STEP_LIMIT_S
    """Seconds of real time until the step has failed."""

    @model_validator(mode="after")
    def _one_act(self) -> "Step":
        acts = [name for name in self.ACTS if getattr(self, name) is not None]
        if len(acts) > 1:
            raise ValueError(f"a step does one thing, this one has {' and '.join(acts)}")
        if not self.model_fields_set - {"note", "within_s"}:
            raise ValueError("a step does something or expects something, this one is empty")
        return self

    @property
    def act(self) -> str | None:
        """Return which act this step has."""
        return next((name for name in self.ACTS if getattr(self, name) is not None), None)

    def without_act(self) -> "Step":
        """Return what this step expects, without doing it."""
        return self.model_copy(update=dict.fromkeys(self.ACTS))


class Include(_Part):
    """The steps of another file, in this place."""

    include: str
    """A file beside this one whose name ends with ``.part.toml``."""
    with_: Annotated[dict[Name, Scalar], Field(alias="with")] = {}
    """Values for its places."""


class Title(_Part):
    """What it is about, in one line."""

    ja: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


class Start(_Part):
    """How the world and the machine are before the first step."""

    locale: Locale = Locale.JAPANESE
    size: Literal["80x24", "120x40"] = "80x24"
    large: bool = False
    contrast: bool = False
    persona: str = "resident"
    """Whose card is in the hand."""
    clock: AwareDatetime = datetime.fromisoformat("2026-11-24T10:00:00+09:00")
    """The town's clock stands still there and goes on only by steps."""
    always_open: bool = True
    unlimited: bool = True
    """No limit on how often one may try."""


class Header(_Part):
    """All of a scenario but its steps."""

    id: Id
    title: Title
    tags: tuple[Id, ...] = ()
    slow: bool = False
    """Runs only when asked for."""
    start: Start = Start()


class ScenarioFile(Header):
    """A scenario, or a family of them."""

    table: Annotated[tuple[dict[Name, Scalar], ...], Field(min_length=1)] | None = None
    """One run for each row; ``{name}`` anywhere in the file becomes the row's value."""
    every: dict[Name, Annotated[tuple[Scalar, ...], Field(min_length=1)]] = {}
    """One run for each value, with each row and with each other: all combinations."""
    steps: Annotated[tuple[Step | Include, ...], Field(min_length=1)]


class PartFile(_Part):
    """Steps that several scenarios include (a file named ``….part.toml``)."""

    title: Title
    places: dict[Name, Scalar] = {}
    """The places of this part, with the values they have unless ``with`` says otherwise."""
    steps: Annotated[tuple[Step | Include, ...], Field(min_length=1)]
