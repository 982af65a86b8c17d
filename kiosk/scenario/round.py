"""Running many scenarios one after the other, with a line for each."""

from collections.abc import Callable, Sequence

from kiosk.scenario.errors import MachineClosedError
from kiosk.scenario.outcome import Outcome
from kiosk.scenario.reading import Scenario
from kiosk.scenario.running import Stage, run_scenario

Say = Callable[[str], None]


class RoundStoppedError(Exception):
    """The round ended before its end; what came of it until then is in ``outcomes``."""

    def __init__(self, reason: str, outcomes: Sequence[Outcome]) -> None:
        super().__init__(reason)
        self.outcomes = tuple(outcomes)


def run_round(
    scenarios: Sequence[Scenario], stage: Stage, *, keep_going: bool, say: Say
) -> tuple[Outcome, ...]:
    """Run them in order, up to the first that fails unless told to keep going.

    Raises: RoundStoppedError when there is no world, or somebody interrupts.
    """
    outcomes: list[Outcome] = []
    for number, scenario in enumerate(scenarios, start=1):
        try:
            outcome = run_scenario(scenario, stage)
        except (KeyboardInterrupt, MachineClosedError) as error:
            raise RoundStoppedError("interrupted", outcomes) from error
        except Exception as error:
            reason = f"the world could not be opened: {type(error).__name__}: {error}"
            raise RoundStoppedError(reason, outcomes) from error
        outcomes.append(outcome)
        _report(outcome, number, len(scenarios), say)
        if not (outcome.has_passed or keep_going):
            break
    return tuple(outcomes)


def _report(outcome: Outcome, number: int, count: int, say: Say) -> None:
    mark = "ok  " if outcome.has_passed else "FAIL"
    say(f"{mark} {number:>3}/{count} {outcome.scenario.name}  {outcome.seconds:.1f} s")
    if outcome.failure is not None:
        say(f"     {outcome.failure.text}")
    if outcome.evidence is not None:
        say(f"     evidence: {outcome.evidence}")


def summary(outcomes: Sequence[Outcome], count: int) -> str:
    """Return the last line of a round."""
    failed = [outcome.scenario.name for outcome in outcomes if not outcome.has_passed]
    seconds = sum(outcome.seconds for outcome in outcomes)
    words = f"{len(outcomes) - len(failed)} passed, {len(failed)} failed"
    left = f", {count - len(outcomes)} not run" if count > len(outcomes) else ""
    return f"{words}{left} in {seconds:.1f} s"
