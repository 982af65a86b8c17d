"""``kiosk coverage``: what no scenario reaches."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.scenario.exit_codes import ExitCode
from kiosk.scenario.run_command import Slow, Tags, Words, choose, perform, read_all


def coverage(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="シナリオ / Scenario files or folders, with --run."),
    ] = None,
    run: Annotated[bool, typer.Option("--run", help="Run the scenarios now.")] = False,
    reached: Annotated[
        list[Path] | None,
        typer.Option("--from", help="File that kiosk run --coverage has written; repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    least: Annotated[
        float, typer.Option("--min", min=0, max=100, help="End with 1 below so many percent.")
    ] = 0,
    words: Words = "",
    tag: Tags = None,
    slow: Slow = False,
) -> None:
    """到達していない画面・遷移・コード / What no scenario reaches.

    Screens, moves between them, buttons and error codes, each in both languages where it matters.
    """
    from kiosk.scenario.coverage import compare, coverage_json, coverage_text
    from kiosk.scenario.errors import ScenarioFileError
    from kiosk.scenario.possible import find_possible
    from kiosk.scenario.reached_file import reached_by, read_reached

    if not (run and files) and not reached:
        message = "name scenarios and add --run, or name a file with --from"
        raise typer.BadParameter(message)
    try:
        runs = read_reached(reached or ())
    except ScenarioFileError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitCode.FILE_WRONG) from error
    has_passed = True
    if run:
        chosen = choose(read_all(files or ()), words=words, tags=tag or (), slow=slow)
        outcomes, stopped = perform(
            chosen, evidence=Path("evidence"), is_shown=False, keep_going=True
        )
        if stopped:
            typer.echo(stopped, err=True)
            raise typer.Exit(ExitCode.NO_WORLD)
        runs |= reached_by(outcomes)
        has_passed = all(outcome.has_passed for outcome in outcomes)
    found = compare(find_possible(), runs)
    typer.echo(coverage_json(found) if as_json else coverage_text(found), nl=False)
    is_enough = has_passed and found.percent >= least
    raise typer.Exit(ExitCode.PASSED if is_enough else ExitCode.FAILED)
