"""Screens as text: what stands where, wide characters included."""

from kiosk.scenario.screen_pictures import ScreenPicture, with_wide_characters


def run(x: float, y: float, words: str) -> str:
    return f'<text class="t-r1" x="{x}" y="{y}" textLength="9" clip-path="u">{words}</text>'


def test_words_stand_in_their_row_and_column() -> None:
    svg = run(122, 20, "right") + run(0, 20, "左側") + run(24.4, 44, "&lt;two&#160;words&gt;")
    assert ScreenPicture("S00", svg).text == "左側      right\n  <two words>\n"


def test_a_wide_character_has_the_room_of_two_columns() -> None:
    """The library gives it one, and Japanese would be squeezed beyond reading."""
    assert 'textLength="48.8"' in with_wide_characters(run(0, 20, "左側"))
    assert 'textLength="12.2"' in with_wide_characters(run(0, 20, "&amp;"))
