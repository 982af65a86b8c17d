"""The language of the control API: JSON in and out."""

from pydantic import BaseModel, ConfigDict, Field

_STRICT = ConfigDict(extra="forbid", frozen=True)


class Insertion(BaseModel):
    """Whose card goes in."""

    model_config = _STRICT
    persona: str = Field(max_length=100)
    contactless: bool = False
    swap: bool = False
    """Take out what is in first."""


class Unblocking(BaseModel):
    """Which PIN gets its tries back: auth, sign or profile."""

    model_config = _STRICT
    pin: str = Field(max_length=20)


class Fault(BaseModel):
    """One fault rule, as ``cardsim.faults`` describes it."""

    model_config = _STRICT
    rule: str = Field(max_length=200)


class Slot(BaseModel):
    """How a slot stands."""

    model_config = _STRICT
    number: int
    port: int
    persona: str | None
    adopted: bool
    """Whether the reader has noticed the card."""
    tries_left: dict[str, int]
    rules: tuple[str, ...]


class Slots(BaseModel):
    """All slots of the program."""

    model_config = _STRICT
    slots: tuple[Slot, ...]


class TraceLines(BaseModel):
    """A trace for people, PINs replaced."""

    model_config = _STRICT
    lines: tuple[str, ...]
    last: int
    """Ask for what comes after this number next time."""


class Refusal(BaseModel):
    """Why something was not done, and how to mend it."""

    model_config = _STRICT
    error: str
    detail: str
