"""Where the source is silent: every assumption has a name, a value and a place to change it.

An operator sets ``RISAI_YEARLY_`` and the field's name, such as ``RISAI_YEARLY_EMPTY_CELL=own``;
``gateway assumptions`` prints them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from pydantic import TypeAdapter, ValidationError

from gateway.errors import YearlyInputError

PREFIX = "RISAI_YEARLY_"


class Rounding(StrEnum):
    """What becomes of a fraction of a yen."""

    HALF_UP = "half-up"
    """四捨五入."""
    CUT = "cut"
    """切捨て."""


class WholeYear(StrEnum):
    """How a fiscal year of twelve months is billed."""

    BY_MONTH = "by-month"
    """Twelve times the month, whose fraction was cut."""
    BY_YEAR = "by-year"
    """The year's amount itself."""


class Confirmation(StrEnum):
    """What becomes of measure 2 when fewer municipalities use the system later on."""

    LASTS = "lasts"
    """Once confirmed, the level holds for the rest of the three years."""
    LATEST = "latest"
    """The confirmation of the year before counts, each year anew."""


class EmptyCell(StrEnum):
    """How the empty cells of the running-cost shares with the cloud's server are read."""

    MERGED = "merged"
    """One merged cell: every city pays what the smallest cities pay (1,873,259 yen)."""
    DEDUCT = "deduct"
    """The same deduction as the smallest cities' (345,482 yen) from one's own server's share."""
    OWN = "own"
    """No reduction: the share with a server of one's own."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """All of them, with the values that we took."""

    annual_rounding: Rounding = Rounding.HALF_UP
    """The year without tax: 259,090.9 became 259,091 in the worked example, 198,863.6 became
    198,864."""
    monthly_rounding: Rounding = Rounding.CUT
    """The month: the source says that fractions are cut."""
    billed_rounding: Rounding = Rounding.CUT
    """The final amount with tax: 72,916.8 became 72,916 in the worked example."""
    first_year_from_april: WholeYear = WholeYear.BY_MONTH
    """A first fiscal year that begins in April: the month's amount counts in every first year."""
    later_years: WholeYear = WholeYear.BY_YEAR
    """Fiscal years after the first: nothing is prorated, so nothing is cut."""
    measure_2_level: Confirmation = Confirmation.LASTS
    """Measure 2 lasts up to three fiscal years; nothing is said of losing it."""
    empty_cell: EmptyCell = EmptyCell.MERGED
    """Running-cost shares of cities from 30,000 people on with the cloud's server."""
    first_running_share: WholeYear = WholeYear.BY_YEAR
    """Running-cost share of the first fiscal year; nothing is said of months."""
    several_low: int = 2
    """"Several ten thousand" yen begin at this many."""
    several_high: int = 9
    """"Several million" yen end at this many."""
    trial_sheets: int = 10
    """Sheets of the real-store test (実店舗試験), which the source leaves open."""


DEFAULT_ASSUMPTIONS = Assumptions()


def read_assumptions(environment: Mapping[str, str]) -> Assumptions:
    """Return the assumptions as the environment sets them. Raises: YearlyInputError."""
    given = {
        field.name: environment[PREFIX + field.name.upper()]
        for field in fields(Assumptions)
        if PREFIX + field.name.upper() in environment
    }
    try:
        made = TypeAdapter(Assumptions).validate_python(given)
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False)[0]
        name = PREFIX + str(place["loc"][0]).upper()
        raise YearlyInputError(
            name,
            f"設定の値が正しくありません: {place['msg']}",
            f"not a value of it: {place['msg']}",
        ) from None
    for name in ("several_low", "several_high", "trial_sheets"):
        if getattr(made, name) < 1:
            raise YearlyInputError(
                PREFIX + name.upper(), "1 以上にしてください。", "must be 1 or more."
            )
    return made
