"""What settlement refuses, and why.

GatewayError
└── BillingError
    ├── MonthNotOverError      a month is closed after its last day, in Japan time
    ├── LedgerMismatchError    entries and sealed days of a book do not fit
    └── TakingsFileError       an operator's list of takings cannot be read
"""

from gateway.errors import GatewayError


class BillingError(GatewayError):
    """Something that settlement refuses to do."""


class MonthNotOverError(BillingError):
    """A month is closed after its last day."""

    def __init__(self, month: str) -> None:
        super().__init__(f"{month} is not over in Japan; close it from the first of the next month")
        self.month = month


class LedgerMismatchError(BillingError):
    """The entries of a book are not the ones that its sealed days hold."""

    def __init__(self, code: str, month: str, operator: str) -> None:
        super().__init__(
            f"{code} {operator} {month}: entries and sealed days do not fit; nothing was settled; "
            f"look at the days that `gateway verify-ledger {month}` names, then close with "
            "--accept-late or restore the ledger"
        )
        self.municipality_code = code
        self.operator = operator
        self.month = month


class TakingsFileError(BillingError):
    """An operator's list of takings cannot be read; the message names the row."""


class PressError(BillingError):
    """A statement could not be set on paper."""
