"""Tables as plain text for a terminal: columns aligned by cells, so that wide characters fit.

Only ASCII is drawn: line and block characters have another width in some Japanese terminals.
"""

from collections.abc import Sequence

from rich.cells import cell_len


def pad(text: str, width: int) -> str:
    """Return ``text`` filled up on the right to ``width`` cells."""
    return text + " " * (width - cell_len(text))


def lay_out(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), rule: bool = True) -> str:
    """Return the rows as lines; the first is the head, columns in ``right`` stand to the right."""
    widths = [max(cell_len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            " " * (width - cell_len(cell)) + cell if place in right else pad(cell, width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    if rule:
        lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def bar(value: int, whole: int, width: int, mark: str = "#") -> str:
    """Return a bar of ``mark`` as long as ``value`` is of ``whole``, at most ``width`` cells."""
    return mark * (value * width // whole) if whole > 0 else ""
