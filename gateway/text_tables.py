"""Tables as plain text for a terminal: columns aligned by cells, so that wide characters fit.

Only ASCII is drawn: line and block characters have another width in some Japanese terminals.
"""

from collections.abc import Sequence

from rich.cells import cell_len

_GAP = "  "


def pad(text: str, width: int) -> str:
    """Return ``text`` filled up on the right to ``width`` cells."""
    return text + " " * (width - cell_len(text))


def lay_out(
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[int] = (),
    rule: bool = True,
    within: int | None = None,
    keep: int = 1,
) -> str:
    """Return the rows as lines; the first is the head, columns in ``right`` stand to the right.

    A table wider than ``within`` cells is cut into several, one below the other; each of them
    begins with the first ``keep`` columns, which say what a row is about. None: never cut.
    """
    widths = [max(cell_len(cell) for cell in column) for column in zip(*rows, strict=True)]
    parts = _cut(widths, within, keep)
    drawn = [
        _draw(
            [[row[place] for place in part] for row in rows],
            [widths[place] for place in part],
            right=[new for new, place in enumerate(part) if place in right],
            rule=rule,
        )
        for part in parts
    ]
    return "\n\n".join(drawn)


def _cut(widths: Sequence[int], within: int | None, keep: int) -> list[list[int]]:
    """Return the columns of each part; a column that fits nowhere stands alone in its part."""
    kept, parts = list(range(keep)), [list(range(len(widths)))]
    if within is None:
        return parts
    parts = [kept]
    for place in range(keep, len(widths)):
        cells = sum(widths[one] + len(_GAP) for one in parts[-1]) + widths[place]
        if cells > within and parts[-1] != kept:
            parts.append([*kept, place])
        else:
            parts[-1] = [*parts[-1], place]
    return parts


def _draw(
    rows: Sequence[Sequence[str]], widths: Sequence[int], *, right: Sequence[int], rule: bool
) -> str:
    lines = []
    for row in rows:
        cells = [
            " " * (width - cell_len(cell)) + cell if place in right else pad(cell, width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(_GAP.join(cells).rstrip())
    if rule:
        lines.insert(1, _GAP.join("-" * width for width in widths))
    return "\n".join(lines)


def bar(value: int, whole: int, width: int, mark: str = "#") -> str:
    """Return a bar of ``mark`` as long as ``value`` is of ``whole``, at most ``width`` cells."""
    return mark * (value * width // whole) if whole > 0 else ""
