"""What can go wrong with a simulated card and its authority.

CardSimError
├── NoCardError           nothing lies on the reader
├── CardRemovedError      the card was lifted while it was in use
└── PersonaFileError      a persona file is not as it should be
"""


class CardSimError(Exception):
    """Anything the simulator cannot do. A card itself never raises; it answers a status word."""


class NoCardError(CardSimError):
    """No card lies on the reader."""


class CardRemovedError(CardSimError):
    """The card was lifted; the connection is dead."""


class PersonaFileError(CardSimError):
    """A persona file cannot be used; the message names file, key and how to mend it."""
