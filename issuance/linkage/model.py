"""What an import file must look like, and what can be wrong with one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class CellError(ValueError):
    """One cell cannot be read. The two sentences say how to mend it and repeat nothing of it."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layout, found by its Japanese item name (項目名), never by position."""

    item: str
    read: Callable[[str], Any]
    """Turns a cell into a value. Raises: CellError."""
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """The form of one file (レイアウト). Ours: the official one is not published."""

    file_name: str
    version: int
    columns: tuple[Column, ...]
    build: Callable[..., Any]
    """Makes the typed row out of the cells, in the order of the columns."""
    key: tuple[str, ...]
    """The items that name a row; twice in one file is a mistake."""
    references: tuple[tuple[str, str], ...] = ()
    """(item, file name): the cell must name a row of that other file, or a stored one."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend in a file."""

    file_name: str
    row: int | None
    """Line of the table as a spreadsheet counts: the header is 1. None for the whole file."""
    column: str | None
    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file that could be read."""

    layout: Layout
    encoding: str
    rows: tuple[Any, ...]
    keys: frozenset[tuple[str, ...]]
    references: tuple[tuple[int, str, str, str], ...]
    """(row, item, cell, file name) to be checked against the other files."""
    ignored_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did, or would do."""

    rows: tuple[tuple[str, int], ...]
    """(file name, number of rows)."""
    ignored_columns: tuple[tuple[str, str], ...]
    as_of: datetime
