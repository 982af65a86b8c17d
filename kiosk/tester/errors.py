"""What can go wrong with the tester's tools.

TesterError
├── UnknownSettingError     no such dial, setting or persona; says which there are
└── NoWorldError            this installation has no town to test in
"""


class TesterError(Exception):
    """Anything a tester can mend."""


class UnknownSettingError(TesterError):
    """There is no such dial, setting or persona."""


class NoWorldError(TesterError):
    """No town can be opened here."""
