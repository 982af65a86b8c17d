"""What came of a run."""

from dataclasses import dataclass, field
from pathlib import Path

from kiosk.scenario.reach import Reach
from kiosk.scenario.reading import Scenario


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a run ended, and why."""

    where: str
    """File and step."""
    what: str

    @property
    def text(self) -> str:
        """Both in one sentence."""
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run that is over."""

    scenario: Scenario
    seconds: float
    reach: Reach = field(default_factory=Reach)
    failure: Failure | None = None
    evidence: Path | None = None
    """The zip of a failed run."""

    @property
    def has_passed(self) -> bool:
        """Say whether everything was as expected."""
        return self.failure is None
