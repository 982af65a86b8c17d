"""Every class of error has its place in the one table."""

from collections.abc import Iterator

import pytest

from issuance.certificates import errors as paper_errors
from issuance.certificates.errors import PaperError, UnprintableCharacterError
from issuance.errors import IssuanceError
from issuance.http.problems import PROBLEMS, kind_of
from issuance.wire.codes import CoreRefusal

assert paper_errors


def subclasses(root: type[IssuanceError]) -> Iterator[type[IssuanceError]]:
    for child in root.__subclasses__():
        yield child
        yield from subclasses(child)


@pytest.mark.parametrize("error", sorted(set(subclasses(IssuanceError)), key=repr))
def test_the_class_is_in_the_table(error: type[IssuanceError]) -> None:
    """Errors of the paper may stand under their common ancestor; all others stand themselves."""
    assert error in PROBLEMS or issubclass(error, PaperError)


def test_an_unprintable_character_is_not_printable() -> None:
    error = UnprintableCharacterError("householder_name", (0xE000,), 0)
    assert kind_of(error).reason is CoreRefusal.NOT_PRINTABLE


def test_a_class_nobody_entered_tells_nothing() -> None:
    assert kind_of(IssuanceError()).reason is CoreRefusal.INTERNAL
