"""What can go wrong with a simulated card and its authority.

CardSimError
├── NoCardError           nothing lies on the reader
├── CardRemovedError      the card was lifted while it was in use
├── ChannelClosedError    the connection was closed by its own user
├── SlotTakenError        another card is in the slot
├── NotAdoptedError       no reader took the card in time
├── UnknownSlotError, UnknownPersonaError, UnknownPinError
│                         there is none of that name; the message says which there are
├── ControlRefusedError   the control API said no, or is not there
├── CardStoreError        a card's lasting state cannot be read or written
├── FaultRuleError        a rule of what shall go wrong is not understood
├── VectorFileError       a recorded conversation is not in its form
├── BadGroupError         no name of a group of users
├── ReaderRefusedError    no reader, card or service can be used; the message says why
├── PersonaFileError      a persona file is not as it should be
└── AuthorityFilesError   a saved authority cannot be used
"""


class CardSimError(Exception):
    """Anything the simulator cannot do. A card itself never raises; it answers a status word."""


class NoCardError(CardSimError):
    """No card lies on the reader."""


class CardRemovedError(CardSimError):
    """The card was lifted; the connection is dead."""


class ChannelClosedError(CardSimError):
    """The connection was closed before; open another one."""


class SlotTakenError(CardSimError):
    """Another card is in the slot; remove it first."""


class NotAdoptedError(CardSimError):
    """No virtual reader took the card in time; the message says what to look at."""


class UnknownSlotError(CardSimError):
    """This program does not hold that slot."""


class UnknownPersonaError(CardSimError):
    """There is no such persona."""


class UnknownPinError(CardSimError):
    """The card has no PIN of that name."""


class ControlRefusedError(CardSimError):
    """The control API refused, or nobody answers there; the message says how to mend it."""


class CardStoreError(CardSimError):
    """The file with the cards' counters cannot be read or written; the message names it."""


class FaultRuleError(CardSimError):
    """A fault rule is not understood; the message says how one is written."""


class VectorFileError(CardSimError):
    """A line of a recorded conversation is not in its form; the message names line and form."""


class BadGroupError(CardSimError):
    """This is not how a group of users is named."""


class ReaderRefusedError(CardSimError):
    """Reader, card or service cannot be used, or must not be; the message says why."""


class PersonaFileError(CardSimError):
    """A persona file cannot be used; the message names file, key and how to mend it."""


class AuthorityFilesError(CardSimError):
    """The folder of a saved authority is incomplete or damaged; the message says how to mend it."""
