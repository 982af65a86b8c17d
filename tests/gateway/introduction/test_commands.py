"""A municipality joins: from the question what it costs to its first resident, by commands."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.__main__ import app
from gateway.database import open_engine, transaction
from gateway.introduction.service import admit_now
from tests.gateway.introduction.builders import BEGUN, TOWN
from tests.gateway.introduction.test_gate import MINE

RUNNER = CliRunner()
BY = ("--operator", "tanaka")
START = "2027-04-15"
BEGIN = ("begin", TOWN, "--name", "見本市", "--pattern", "A2", "--start", START, *BY)


class Clock:
    """The commands' present moment."""

    def __init__(self) -> None:
        self.moment = BEGUN

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture(autouse=True)
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A folder of its own and a clock that stands still."""
    made = Clock()
    monkeypatch.setenv("RISAI_GATEWAY_DATABASE_URL", f"sqlite:///{tmp_path / 'gateway.db'}")
    monkeypatch.setattr("gateway.wiring.utc_now", made)
    return made


def run(*words: str) -> tuple[int, str]:
    result = RUNNER.invoke(app, ["introduce", *words])
    return result.exit_code, result.output


def told(*words: str) -> dict[str, object]:
    status, text = run(*words, "--json")
    assert status in (0, 1), text
    answer: dict[str, object] = json.loads(text)
    return answer


def ids(answer: dict[str, object], key: str) -> list[str]:
    return [one["id"] for one in answer[key]]  # type: ignore[attr-defined]  # a list of rows


def test_municipality_joins_from_the_first_question_to_its_first_day(
    tmp_path: Path, clock: Clock
) -> None:
    questions = ("--bcl", "no", "--kiosk-issue", "yes", "--linkage", "yes")
    assert told("pattern", *questions)["pattern"] == "A2"
    cost = ("--population", "40000", "--class", "city", "--pattern", "A2", "--start", "2027-04")
    assert RUNNER.invoke(app, ["estimate", *cost, "--sheets", "300"]).exit_code == 0
    assert run(*BEGIN)[0] == 0

    plan = told("plan", TOWN)
    missing = told("gate", TOWN)["missing"]
    assert missing == ids(plan, "documents") + ids(plan, "tasks")[:-1]
    assert run("go-live", TOWN, *BY)[0] == 1

    for document in ids(plan, "documents"):
        for state in ("drafted", "sent", "settled"):
            assert run("document", "set", TOWN, document, state, *BY)[0] == 0
    tasks = [task for task in ids(plan, "tasks") if task != "usage_check"]
    for task in tasks[:-1]:
        assert run("task", "done", TOWN, task, *BY)[0] == 0, task
    assert run("go-live", TOWN, *BY)[0] == 1
    assert run("gate", TOWN)[0] == 1
    assert run("task", "done", TOWN, tasks[-1], *BY, "--note", "店舗1、10通")[0] == 0
    assert run("gate", TOWN)[0] == 0
    status, text = run("go-live", TOWN, *BY)
    assert (status, START in text) == (0, True)

    first_day = datetime.fromisoformat(f"{START}T08:00:00+09:00")
    engine = open_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
    with transaction(engine) as connection:
        assert admit_now(connection, MINE, "k", first_day).municipality is MINE
    engine.dispose()
    clock.moment = first_day + timedelta(days=20)
    assert "2027-04-15" in run("status", TOWN)[1]
    assert told("status", TOWN)["gate_passed"] is True
    assert run("gate", TOWN, "--lang", "en")[1].count("live from 2027-04-15") == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", ("実店舗試験", "合意書", "関門")), ("en", ("Real-store test", "Agreement", "Gate"))],
)
def test_plan_status_and_gate_speak_both_languages(language: str, words: tuple[str, ...]) -> None:
    run(*BEGIN)
    shown = "".join(run(one, TOWN, "--lang", language)[1] for one in ("plan", "status", "gate"))
    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize("option", ["--name", "--operator"])
def test_introduction_names_its_municipality_and_who_began_it(option: str) -> None:
    words = list(BEGIN)
    words[words.index(option) + 1] = " "
    status, text = run(*words)
    assert status == 1
    assert option in text


def test_new_first_day_is_shown_when_it_moved() -> None:
    run(*BEGIN)
    assert "2027-06-07" in run("reschedule", TOWN, "--start", "2027-06-07", *BY)[1]


def test_status_draws_bar_and_chart(clock: Clock) -> None:
    run(*BEGIN)
    run("task", "done", TOWN, "requirements", *BY)
    clock.moment += timedelta(days=60)
    _, text = run("status")
    rows = {line.split("  ")[0]: line for line in text.splitlines()}
    assert "[#-" in text
    assert "###" in rows["導入要件の確認、ベンダ調達等"]
    assert "!!!" in rows["被災者支援システム利用申込"]
    assert ">>>" in rows["既存住基システムの改修"]
    assert "==" in rows["業務運用試験"]
    assert "|" in rows["業務運用試験"]
    assert "^" in rows["業務運用試験"]


def test_status_of_nobody_says_so() -> None:
    assert "ありません" in run("status")[1]
    assert run("status", "--json")[1].strip() == "[]"
    assert run("status", TOWN)[0] == 1


def test_plan_of_a_pattern_needs_no_municipality() -> None:
    plan = told("plan", "--pattern", "b", "--start", START)
    assert "csv_output" in ids(plan, "tasks")
    status, text = run("plan", "--pattern", "A3", "--start", "2026-12-10")
    assert status == 0
    assert "5か月" in text


@pytest.mark.parametrize("answers", [("yes", "yes"), ("no", "no"), ("no", "yes"), ("yes", "no")])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_pattern_is_explained(answers: tuple[str, str], language: str) -> None:
    words = ("--bcl", answers[0], "--kiosk-issue", answers[1], "--lang", language)
    status, text = run("pattern", *words)
    assert status == 0
    assert "BCL" in text


def test_first_day_is_moved_and_a_task_undone() -> None:
    run(*BEGIN)
    run("task", "done", TOWN, "requirements", *BY)
    assert run("task", "undo", TOWN, "requirements", *BY, "--note", "業者変更")[0] == 0
    assert run("reschedule", TOWN, "--start", "2027-06-01", *BY)[0] == 0
    status = told("status", TOWN)
    assert (status["start_on"], status["done"]) == ("2027-06-01", 0)


WRONG = {
    "no such pattern": (*BEGIN[:5], "C", *BEGIN[6:]),
    "no such day": (*BEGIN[:7], "2027-02-30", *BY),
    "day without dashes": (*BEGIN[:7], "20270415", *BY),
    "code": ("begin", "12", *BEGIN[2:]),
    "kiosk issue that does not fit": (*BEGIN, "--kiosk-issue", "no"),
    "neither yes nor no": ("pattern", "--bcl", "maybe", "--kiosk-issue", "no"),
    "no such state": ("document", "set", TOWN, "application.bcl", "lost", *BY),
    "plan of nothing": ("plan",),
}


@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG.keys())
def test_wrong_input_is_wrong_usage(words: tuple[str, ...]) -> None:
    run(*BEGIN)
    assert run(*words)[0] == 2


REFUSED = {
    "twice": (BEGIN, "already"),
    "unknown task": (("task", "done", TOWN, "csv_output", *BY), "csv_output"),
    "out of order": (("task", "done", TOWN, "operation_test", *BY), "comes after"),
    "illegal state": (("document", "set", TOWN, "terms.bcl", "settled", *BY), "Possible next"),
    "year's end": (("reschedule", TOWN, "--start", "2027-12-31", *BY), "29 December"),
    "past": (("reschedule", TOWN, "--start", "2026-10-31", *BY), "past"),
    "open gate": (("go-live", TOWN, *BY), "store_test_victims"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refusal_names_its_reason(words: tuple[str, ...], reason: str) -> None:
    run(*BEGIN)
    status, text = run(*words)
    assert status == 1
    assert reason in text


@pytest.mark.parametrize(
    "command", ["introduce", "estimate", "yearly-fee", "suspensions", "kiosks"]
)
def test_help_is_given_in_both_languages(command: str) -> None:
    text = RUNNER.invoke(app, [command, "--help"], env={"COLUMNS": "200"}).output
    assert " / " in text


def test_suspension_is_announced_listed_and_withdrawn() -> None:
    words = ("announce", "--from", "2026-12-01T17:30", "--until", "2026-12-01T18:30", *BY)
    notice = ("--ja", "保守", "--en", "maintenance", "--municipality", TOWN)
    made = RUNNER.invoke(app, ["suspensions", *words, *notice])
    assert made.exit_code == 0
    shown = RUNNER.invoke(app, ["suspensions", "list", "--json"]).output
    (row,) = json.loads(shown)
    assert (row["municipality_code"], row["text_en"]) == (TOWN, "maintenance")
    assert RUNNER.invoke(app, ["suspensions", "withdraw", row["suspension_id"]]).exit_code == 0
    assert "withdrawn" in RUNNER.invoke(app, ["suspensions", "list"]).output
    assert RUNNER.invoke(app, ["suspensions", "withdraw", "ffff"]).exit_code == 1
    for wrong in (("--until", "2026-12-01"), ("--certificate", "poem")):
        assert RUNNER.invoke(app, ["suspensions", *words, *notice, *wrong]).exit_code == 2


def test_keys_are_rolled_and_places_revoked_by_command() -> None:
    def kiosks(*words: str) -> tuple[int, str]:
        result = RUNNER.invoke(app, ["kiosks", *words])
        return result.exit_code, result.output

    key = ("--public-key", "ab" * 32)
    place = ("--operator", "a", "--store", "s")
    assert kiosks("enrol-place", *place, "--name", "見本店")[0] == 0
    assert kiosks("enrol", "kiosk-9", *place, *key)[0] == 0
    new = ("--key-id", "k2", "--public-key", "cd" * 32, "--overlap-hours", "48")
    assert kiosks("roll", "kiosk-9", *new)[0] == 0
    assert kiosks("roll", "kiosk-9", "--key-id", "k3", "--public-key", "zz")[0] == 2
    keys = json.loads(kiosks("list", "--json")[1])["keys"]
    assert [(one["key_id"], one["valid_until"] is None) for one in keys] == [
        ("kiosk-9", False),
        ("k2", True),
    ]
    assert kiosks("revoke-key", "kiosk-9")[0] == 0
    assert kiosks("revoke-place", *place)[0] == 0
    assert kiosks("revoke-place", *place)[0] == 1
    assert "s 見本店 revoked" in kiosks("list")[1]


def test_title_of_a_pattern_says_nothing_that_was_answered_otherwise() -> None:
    _, text = run("pattern", "--bcl", "yes", "--kiosk-issue", "no", "--lang", "en")
    assert "Is kiosk issue in use? -> no" in text
    assert "kiosk issue are in use" not in text


def test_plan_counts_the_working_days_before_the_first_day() -> None:
    """Counted by hand: 7 December 2026 to 30 April 2027, the Golden Week taken off."""
    _, text = run("plan", "--pattern", "A3", "--start", "2027-05-06", "--lang", "en")
    assert "begins 2026-12-07, 96 working days before it" in text
