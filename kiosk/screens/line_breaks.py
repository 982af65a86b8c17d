"""Breaking Japanese sentences where a reader would: after a comma, never before a full stop.

Source: [JIS X 4051] for what may not begin a line; where to break best is our own choice.
"""

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Size
from textual.widgets import Static

NOT_AT_START = frozenset(
    "、。，．・」』）］〕】！？ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.!?:;)]}…円通枚回"
)
NOT_AT_END = frozenset("「『（［〔【([{")
_CLAUSE_ENDS = frozenset("、。」）　 ")
_LEAST_FILLED = 0.5
"""A line is ended early only when it is filled at least so far."""


def break_lines(text: str, width: int) -> list[str]:
    """Return ``text`` in lines of at most ``width`` cells; line breaks in it stay."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_break_paragraph(paragraph, max(2, width)))
    return lines


def _break_paragraph(text: str, width: int) -> list[str]:
    lines: list[str] = []
    while cell_len(text) > width:
        at = _where(text, width)
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text]


def _where(text: str, width: int) -> int:
    """Return how many letters belong to the first line: whole clauses, else whole phrases."""
    most = _most(text, width)
    least = max(1, int(most * _LEAST_FILLED))
    allowed = [at for at in range(most, least - 1, -1) if _may_break(text, at)]
    clauses = [at for at in allowed if _ends_clause(text, at)]
    phrases = [at for at in allowed if _begins_phrase(text, at)]
    return (clauses or phrases or allowed or [most])[0]


def _most(text: str, width: int) -> int:
    cells = 0
    for number, letter in enumerate(text):
        cells += cell_len(letter)
        if cells > width:
            return max(1, number)
    return len(text)


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after in NOT_AT_START or before in NOT_AT_END:
        return False
    return not (_is_latin(before) and _is_latin(after))


def _ends_clause(text: str, at: int) -> bool:
    return text[at - 1] in _CLAUSE_ENDS or text[at] in NOT_AT_END


def _begins_phrase(text: str, at: int) -> bool:
    """A phrase (文節) ends in its particle: hiragana, then something else."""
    return _is_hiragana(text[at - 1]) and not _is_hiragana(text[at])


def _is_hiragana(letter: str) -> bool:
    return "ぁ" <= letter <= "ゟ"


def _is_latin(letter: str) -> bool:
    return letter.isascii() and not letter.isspace()


class Sentence(Static):
    """Words for people, broken well at whatever width there is."""

    def __init__(self, text: str, name: str = "", *, classes: str | None = None) -> None:
        super().__init__(id=name or None, classes=classes, markup=False)
        self.text = text

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return the width of the longest line as it was written."""
        return max(cell_len(line) for line in self.text.split("\n"))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines it takes at this width."""
        return len(break_lines(self.text, width))

    def render(self) -> Text:
        """Draw it at the width it has."""
        return Text("\n".join(break_lines(self.text, self.content_size.width)))
