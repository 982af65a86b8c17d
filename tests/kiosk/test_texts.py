"""All words of the kiosk: complete, alike in both languages, and free of foreign leftovers."""

import re
from pathlib import Path
from string import Formatter

import pytest

from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode, MoneyState
from kiosk.texts import all_keys, say

JA, EN = Locale.JAPANESE, Locale.ENGLISH
KIOSK = Path(__file__).parents[2] / "kiosk"
IN_ITS_OWN_SCRIPT = {"machine.language"}
"""The name of the other language."""
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
MADE_FROM_DATA = ("error.E", "money.")
"""Keys that are put together from a code."""


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert all_keys(JA).keys() == all_keys(EN).keys()


@pytest.mark.parametrize("key", list(all_keys(JA)))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    assert places(all_keys(JA)[key]) == places(all_keys(EN)[key])


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_error_has_title_cause_and_remedy(code: ErrorCode, locale: Locale) -> None:
    for part in ("title", "what", "todo"):
        assert say(locale, f"error.{code.value}.{part}", tries=1, pages=1, opens="1/1").strip()


def test_no_error_has_texts_without_a_code() -> None:
    codes = {key.split(".")[1] for key in all_keys(JA) if key.startswith("error.E")}
    assert codes == {code.value for code in ErrorCode}


def test_every_state_of_the_money_has_a_text() -> None:
    found = {key.removeprefix("money.") for key in all_keys(JA) if key.startswith("money.")}
    assert found == {money.value for money in MoneyState}


def test_no_text_is_left_over() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in KIOSK.rglob("*.py"))
    words = set(re.findall(r"[a-z_0-9]+", source)) | {f"line{n}" for n in range(1, 6)}
    unused = [
        key
        for key in all_keys(JA)
        if not key.startswith(MADE_FROM_DATA) and key.rsplit(".", 1)[-1] not in words
    ]
    assert unused == []


@pytest.mark.parametrize("key", sorted(all_keys(EN).keys() - IN_ITS_OWN_SCRIPT))
def test_no_japanese_is_left_in_english(key: str) -> None:
    assert not JAPANESE.search(all_keys(EN)[key])


@pytest.mark.parametrize("key", sorted(all_keys(JA).keys() - IN_ITS_OWN_SCRIPT))
def test_no_english_is_left_in_japanese(key: str) -> None:
    plain = re.sub(r"\{[a-z_]+\}", "", all_keys(JA)[key])
    assert re.findall(r"[A-Za-z]{2,}", plain) == []


def test_numbers_of_screens_stand_in_no_text() -> None:
    for locale in Locale:
        assert not [text for text in all_keys(locale).values() if re.search(r"\b[SE]\d\d\b", text)]


def test_a_key_that_does_not_exist_is_an_error() -> None:
    for key in ("machine.nothing", "machine", "nowhere"):
        with pytest.raises(KeyError):
            say(JA, key)
