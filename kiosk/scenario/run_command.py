"""``kiosk run``: scenarios one after the other, unattended or for somebody who watches."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.scenario.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.scenario.outcome import Outcome
    from kiosk.scenario.reading import Scenario

Files = Annotated[list[Path], typer.Argument(help="シナリオ / Scenario files, or folders of them.")]
Words = Annotated[
    str, typer.Option("-k", help="名前で選ぶ / Only runs with these words in the name (! not).")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only scenarios with this tag.")]
Slow = Annotated[bool, typer.Option("--slow", help="Slow scenarios too.")]
Reader = Annotated[str, typer.Option(help="sim, or pcsc[:NAME].")]


def run(
    files: Files,
    headless: Annotated[
        bool, typer.Option("--headless", help="画面を出さない / Show nothing, as fast as it goes.")
    ] = False,
    junit: Annotated[Path | None, typer.Option(help="JUnit XML, for build servers.")] = None,
    coverage: Annotated[
        Path | None, typer.Option(help="Write what was reached, for: kiosk coverage.")
    ] = None,
    evidence: Annotated[
        Path, typer.Option(help="失敗の記録 / Where a failed run leaves its zip.")
    ] = Path("evidence"),
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Go on after a failure.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check the files.")] = False,
    words: Words = "",
    tag: Tags = None,
    slow: Slow = False,
    reader: Reader = "sim",
) -> None:
    """シナリオを実行する / Run scenarios.

    Ends with 0 when all passed, 1 when one failed, 2 when a file is wrong, 3 when there is no
    town to run them in or somebody interrupts.
    """
    scenarios = read_all(files)
    if check:
        typer.echo(f"{len(scenarios)} runs, nothing wrong")
        raise typer.Exit(ExitCode.PASSED)
    chosen = choose(scenarios, words=words, tags=tag or (), slow=slow)
    outcomes, stopped = perform(
        chosen, evidence=evidence, is_shown=not headless, keep_going=keep_going, reader=reader
    )
    _write(outcomes, junit, coverage)
    if stopped:
        typer.echo(stopped, err=True)
        raise typer.Exit(ExitCode.NO_WORLD)
    has_passed = all(outcome.has_passed for outcome in outcomes)
    raise typer.Exit(ExitCode.PASSED if has_passed else ExitCode.FAILED)


def read_all(files: "Sequence[Path]") -> "tuple[Scenario, ...]":
    """Return all runs, or end with what is wrong in a file."""
    from kiosk.scenario.errors import ScenarioFileError
    from kiosk.scenario.reading import check_part, find_part_files, read_scenarios

    try:
        for part in find_part_files(files):
            check_part(part)
        return read_scenarios(files)
    except ScenarioFileError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitCode.FILE_WRONG) from error


def choose(
    scenarios: "Sequence[Scenario]", *, words: str, tags: "Sequence[str]", slow: bool
) -> "tuple[Scenario, ...]":
    """Return the chosen runs, or end because nothing is left: that is no success."""
    from kiosk.scenario.selection import select

    chosen = select(scenarios, words=words, tags=tags, slow=slow)
    if not chosen:
        typer.echo("no scenario is left; mend -k, --tag, or add --slow", err=True)
        raise typer.Exit(ExitCode.FILE_WRONG)
    return chosen


def perform(
    chosen: "Sequence[Scenario]",
    *,
    evidence: Path,
    is_shown: bool,
    keep_going: bool,
    reader: str = "sim",
) -> "tuple[Sequence[Outcome], str]":
    """Run them; return what came of it, and why it stopped if it did not come to its end."""
    from kiosk.scenario.mould import TownMould
    from kiosk.scenario.round import RoundStoppedError, run_round, summary
    from kiosk.scenario.running import Stage
    from kiosk.scenario.scratch import scratch_folder
    from kiosk.scenario.worlds import find_open_world
    from kiosk.tester.errors import NoWorldError

    def say(line: str) -> None:
        typer.echo(line, err=True)

    try:
        open_world = find_open_world()
    except NoWorldError as error:
        return (), str(error)
    stopped = ""
    with TemporaryDirectory(prefix="risai-towns-", dir=scratch_folder()) as towns:
        mould = TownMould(open_world, Path(towns))
        stage = Stage(mould, evidence, is_shown=is_shown, reader=reader)
        try:
            outcomes = run_round(chosen, stage, keep_going=keep_going, say=say)
        except RoundStoppedError as error:
            outcomes, stopped = error.outcomes, str(error)
    say(summary(outcomes, len(chosen)))
    return outcomes, stopped


def _write(outcomes: "Sequence[Outcome]", junit: Path | None, coverage: Path | None) -> None:
    from kiosk.scenario.junit import write_junit
    from kiosk.scenario.reached_file import reached_by, write_reached

    if junit is not None:
        write_junit(junit, outcomes)
    if coverage is not None:
        write_reached(coverage, reached_by(outcomes))
