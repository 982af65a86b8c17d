"""Scenarios on the real screens, in front of a world of fakes."""

import zipfile
from pathlib import Path

import pytest

from kiosk.scenario.outcome import Outcome
from kiosk.scenario.reading import read_scenarios
from kiosk.scenario.running import Stage, run_scenario
from tests.kiosk.scenario.fakes import FakeOpener
from tests.kiosk.scenario.files import write_scenario
from tests.kiosk.screens.fakes import PIN

TO_THE_PIN = (
    '{ press = "government", see = "S01" }',
    '{ press = "certificate", see = "S03", via = ["S02"] }',
    '{ press = "agree", see = "S04" }',
    '{ put = "resident", see = "S05" }',
    '{ press = "municipality-990009", see = "S06", disabled = ["confirm"] }',
)
TO_PAYMENT = (
    *TO_THE_PIN,
    '{ pin_of = "resident", enabled = ["confirm"] }',
    '{ press = "confirm", see = "S08", via = ["S07"] }',
    '{ lift = true, see = "S09", devices = { card_on_reader = false } }',
    '{ press = "victim_certificate", see = "S10" }',
    '{ press = "case-0", see = "S12", disabled = ["less"] }',
    '{ press = "next", see = "S13", enabled = ["confirm"] }',
    '{ press = "confirm", see = "S15" }',
)


def run(tmp_path: Path, *steps: str, more: str = "", opener: FakeOpener | None = None) -> Outcome:
    """Write a scenario, run it, return what came of it."""
    (scenario,) = read_scenarios([write_scenario(tmp_path, *steps, more=more)])
    return run_scenario(scenario, Stage(opener or FakeOpener(), tmp_path / "evidence"))


def test_a_whole_visit_passes_and_tells_what_it_reached(tmp_path: Path) -> None:
    outcome = run(
        tmp_path,
        *TO_PAYMENT,
        '{ device = "coin-50", see = "S17", coins = { kept = 10, paid_out = 40 } }',
        '{ press = "taken", see = "S18", paper = { printed = 1, tray = 1, pages = 1 } }',
        '{ press = "yes", see = "S19", shows = { ja = "ありがとう", en = "never read" } }',
        '{ press = "finish", see = "S00", books = { fees = 1, resident_yen = 10 } }',
    )
    assert outcome.failure is None
    assert outcome.evidence is None
    assert not (tmp_path / "evidence").exists()
    assert "S17 ja" in outcome.reach.screens
    assert "S15 → S16" in outcome.reach.moves
    assert {"S05 municipality-*", "S06 digit", "S12 next"} <= outcome.reach.buttons


def test_a_turned_dial_leads_to_its_error(tmp_path: Path) -> None:
    outcome = run(
        tmp_path,
        '{ turn = { dial = "line", setting = "revoked" }, see = "S00" }',
        *TO_THE_PIN,
        '{ pin_of = "resident" }',
        '{ press = "confirm", error = "E40", money = "none", absent = ["resume"] }',
        more='start = { locale = "en" }',
    )
    assert outcome.failure is None
    assert outcome.reach.codes == {"E40 en"}


def test_time_passes_only_by_steps(tmp_path: Path) -> None:
    outcome = run(
        tmp_path,
        '{ press = "government", see = "S01", warning = false }',
        '{ advance_s = 45, see = "S01", warning = true }',
        '{ press = "extend", warning = false }',
        '{ advance_s = 61, see = "S00" }',
    )
    assert outcome.failure is None
    assert "* extend" in outcome.reach.buttons


def test_a_power_cut_ends_the_program_but_not_the_town(tmp_path: Path) -> None:
    opener = FakeOpener()
    outcome = run(
        tmp_path,
        *TO_THE_PIN,
        '{ power_cut = true, see = "S00", devices = { card_on_reader = true } }',
        "{ lift = true }",
        *TO_THE_PIN,
        "{ power_cut = true }",
        '{ see = "S00" }',
        opener=opener,
    )
    assert outcome.failure is None
    assert len(opener.worlds) == 1
    assert "S06 → S00" not in outcome.reach.moves


def test_a_world_is_opened_as_the_scenario_says_and_closed(tmp_path: Path) -> None:
    opener = FakeOpener()
    more = 'start = { always_open = false, clock = 2026-12-31T10:00:00+09:00, size = "120x40" }'
    assert run(tmp_path, '{ see = "S00" }', more=more, opener=opener).has_passed
    (asked,) = opener.asked
    assert asked["always_open"] is False
    assert str(asked["start"]) == "2026-12-31 10:00:00+09:00"
    assert opener.worlds[0].is_closed


@pytest.mark.parametrize(
    ("step", "what"),
    [
        ('{ see = "S01" }', "screen S01 is expected, but S06 is shown"),
        ('{ error = "E20" }', "error E20 is expected, but S06 is shown"),
        ('{ money = "held" }', "no error is shown"),
        ('{ via = ["S07"] }', "S07 did not come up on the way"),
        ('{ shows = "Xyz" }', "“Xyz” is not on the screen"),
        ('{ hides = "暗証番号" }', "“暗証番号” is on the screen"),
        ('{ enabled = ["confirm"] }', "the button confirm is off"),
        ('{ enabled = ["pay"] }', "there is no button pay, only cancel, back, confirm"),
        ('{ absent = ["back"] }', "there is a button back"),
        ("{ warning = true }", "the machine gives no warning"),
        ('{ look = { locale = "en" } }', "the look: locale is expected to be en, but it is ja"),
        ("{ devices = { tray_open = true } }", "the devices: tray_open is expected to be True"),
        ("{ coins = { kept = 10 } }", "the coin box: kept is expected to be 10, but it is 0"),
        ("{ books = { fees = 1 } }", "the books: fees is expected to be 1, but it is 0"),
        ('{ log = { contains = "no such" } }', "“no such” is not in the log"),
        ('{ line_trace = { never = "POST" } }', "“POST” is in the line's trace"),
        ("{ paper = { printed = 1 } }", "1 certificates are expected, but 0 were printed"),
        ("{ paper = { tray = 1 } }", "1 certificates are expected in the tray, but 0 lie there"),
        ("{ paper = { receipts = 1 } }", "1 receipts are expected, but 0 were printed"),
        ('{ press = "confirm" }', "the button confirm is off on S06"),
        ('{ press = "pay" }', "there is no button pay on S06; there are: back, cancel"),
        ('{ put = "nobody" }', "there is no card of nobody; there are: resident, revoked"),
        ('{ pin_of = "nobody" }', "there are resident and revoked"),
        ('{ turn = { dial = "moon", setting = "full" } }', "there is only line"),
        ('{ pin = "1234" }', "write pin_of = PERSONA instead"),
        ('{ keys = "1" }', "type a PIN with pin_of = PERSONA"),
    ],
)
def test_a_failing_step_says_what_is_so_instead(tmp_path: Path, step: str, what: str) -> None:
    limited = step.replace(" }", ", within_s = 0.2 }") if step.count("}") == 1 else step
    limited = limited.replace("} }", "}, within_s = 0.2 }")
    outcome = run(tmp_path, *TO_THE_PIN, limited)
    assert outcome.failure is not None
    assert outcome.failure.where == f"{tmp_path / 'try.toml'}, step 6"
    assert what in outcome.failure.what


def test_a_sheet_that_carries_no_code_or_no_signature_is_found_out(tmp_path: Path) -> None:
    pay = '{ device = "coin-10", see = "S17" }'
    no_code = '{ paper = { code = { says = "x" } }, within_s = 0.2 }'
    failure = run(tmp_path, *TO_PAYMENT, pay, no_code).failure
    assert failure is not None
    assert "a page carries 0 codes instead of one" in failure.what
    failure = run(
        tmp_path, *TO_PAYMENT, pay, "{ paper = { genuine = true }, within_s = 0.2 }"
    ).failure
    assert failure is not None
    assert "the offline check objects: .pdf is no certificate" in failure.what


def test_a_failed_run_leaves_one_zip_with_everything(tmp_path: Path) -> None:
    outcome = run(tmp_path, *TO_PAYMENT, '{ device = "coin-10", see = "S00", within_s = 1 }')
    assert outcome.evidence is not None
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == ["try.zip"]
    with zipfile.ZipFile(outcome.evidence) as pack:
        names = set(pack.namelist())
        failing = pack.read("screens/4-failing-S17.txt").decode()
        scenario = pack.read("scenario.toml").decode()
    assert {"failure.txt", "scenario.toml", "apdu.txt", "api.txt", "log.txt"} <= names
    assert {"screens/1-S14.svg", "screens/2-S15.svg", "screens/3-S16.svg"} <= names
    assert [name for name in names if name.startswith("paper/")]
    assert "証明書をお取りください" in failing
    again = tmp_path / "again.toml"
    again.write_text(scenario.replace('"try"', '"again"'), encoding="utf-8")
    assert len(read_scenarios([again])[0].steps) == len(TO_PAYMENT) + 1


def test_no_pin_stands_in_the_evidence(tmp_path: Path) -> None:
    """The fake world logs one on purpose; typed digits must show on no screen either."""
    outcome = run(
        tmp_path,
        *TO_THE_PIN,
        '{ pin_of = "resident" }',
        '{ press = "confirm", see = "S08" }',
        '{ see = "S00", within_s = 0.2 }',
    )
    assert outcome.evidence is not None
    with zipfile.ZipFile(outcome.evidence) as pack:
        texts = {
            name: pack.read(name).decode() for name in pack.namelist() if name.endswith("t")
        } | {"scenario.toml": pack.read("scenario.toml").decode()}
    assert len(texts) >= 8
    assert "VERIFY **** → 9000" in texts["apdu.txt"]
    assert "somebody logged a PIN: ****\nnumber 51234 is none" in texts["log.txt"]
    del texts["log.txt"]
    assert [name for name, text in texts.items() if PIN in text] == []
    assert "S06" in "".join(texts)


def test_a_machine_that_breaks_fails_its_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_state: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("kiosk.app.view_of", broken)
    outcome = run(tmp_path, '{ press = "government", see = "S01", within_s = 1 }')
    assert outcome.failure is not None
    assert "the machine broke: ZeroDivisionError" in outcome.failure.what
    assert outcome.evidence is not None
    assert "ZeroDivisionError" in capsys.readouterr().err
