"""Both languages say the same things."""

import re

import pytest

from gateway.texts import Language, all_keys, say

FEATURES = ("billing", "introduction", "yearly")


@pytest.mark.parametrize("feature", FEATURES)
def test_both_languages_have_the_same_keys_and_places(feature: str) -> None:
    japanese, english = (all_keys(feature, language) for language in Language)
    places = [
        {key: sorted(re.findall(r"{(\w+)}", text)) for key, text in texts.items()}
        for texts in (japanese, english)
    ]
    assert places[0] == places[1]


def test_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("yearly", Language.JAPANESE, "fee")
