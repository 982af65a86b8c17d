"""What can go wrong with the paper, the code on it, and the checking of both.

PaperError                           (an IssuanceError)
├── DateBeforeErasError              a day older than the calendar in which we count eras
├── MalformedNumberError             not a certificate number at all
├── WrongCheckDigitsError            a certificate number with a slip of the pen
├── UnprintableCharacterError        no loaded font has a character of this field
├── CodeTooLargeError                the signed text does not fit the square on the page
├── LayoutError                      the page could not be set, or has other pages than planned
├── CodeError                        a code that cannot be relied on
│   ├── CodePrefixError              no code of this kind
│   ├── CodeTooLongError             longer than any code we make
│   ├── CodeTextError                not Base45
│   ├── CodeCompressionError         does not inflate, or inflates beyond the limit
│   ├── CodeStructureError           not deterministic CBOR, or not a COSE_Sign1 message
│   ├── CodeHeaderError              headers other than ours
│   ├── CodePayloadError             signed, but not the fields of a certificate
│   ├── UnknownKeyError              no entry of the trust list has this key id
│   ├── KeyNotUsableError            the key was not valid, is disabled, or belongs to another
│   └── CodeSignatureError           the signature does not fit the text
├── SignedListError                  a trust or revocation list that cannot be relied on
│   ├── MalformedListError           not the form of such a list
│   ├── ListSignatureError           not signed by the trust anchor
│   └── ListRollbackError            older than a list seen before
├── NotReadableFileError             no picture and no PDF that can be opened
└── PdfSignatureError                the PDF could not be signed

No message holds a name, an address or any other word of a certificate.
"""

from issuance.errors import IssuanceError


class PaperError(IssuanceError):
    """Something about the paper or the code on it."""


class DateBeforeErasError(PaperError):
    """The day lies before the calendar in which eras are counted."""

    def __init__(self) -> None:
        super().__init__("days before 1873-01-01 have no date in this calendar")


class MalformedNumberError(PaperError):
    """A text is not a certificate number at all."""

    def __init__(self) -> None:
        super().__init__(
            "a certificate number looks like 122025-2026-0000123-21: "
            "municipality, fiscal year, sequence, check digits"
        )


class WrongCheckDigitsError(PaperError):
    """The check digits of a certificate number do not fit: somebody mistyped it."""

    def __init__(self) -> None:
        super().__init__("the check digits do not fit; please read the number again")


class UnprintableCharacterError(PaperError):
    """No loaded font has a character of one field, so the certificate must not be made."""

    def __init__(self, field: str, code_points: tuple[int, ...], position: int) -> None:
        spelled = " ".join(f"U+{point:04X}" for point in code_points)
        super().__init__(f"no font has character {position + 1} of {field}: {spelled}")
        self.field = field
        self.code_points = code_points
        self.position = position
        """Index of the character in the field, in code points, from 0."""


class CodeTooLargeError(PaperError):
    """The signed text needs a larger square than the page has room for."""

    def __init__(self, characters: int) -> None:
        super().__init__(f"a code of {characters} characters does not fit the page")
        self.characters = characters


class LayoutError(PaperError):
    """The page could not be set."""


class CodeError(PaperError):
    """A code on paper that cannot be relied on."""


class CodePrefixError(CodeError):
    """The text is no code of this kind."""


class CodeTooLongError(CodeError):
    """The text is longer than any code we make."""


class CodeTextError(CodeError):
    """The text is not Base45."""


class CodeCompressionError(CodeError):
    """The bytes do not inflate, carry something behind, or grow beyond the limit."""


class CodeStructureError(CodeError):
    """The bytes are not deterministic CBOR, or not a COSE_Sign1 message."""


class CodeHeaderError(CodeError):
    """The message carries headers other than the three protected ones."""


class CodePayloadError(CodeError):
    """The message is signed but does not hold the fields of a certificate."""


class UnknownKeyError(CodeError):
    """No entry of the trust list has the key id of the message."""


class KeyNotUsableError(CodeError):
    """The key was not valid at that time, is disabled, has another algorithm or another owner."""


class CodeSignatureError(CodeError):
    """The signature does not fit the text."""


class SignedListError(PaperError):
    """A trust list or revocation list that cannot be relied on."""


class MalformedListError(SignedListError):
    """The bytes do not have the form of such a list."""


class ListSignatureError(SignedListError):
    """The list is not signed by the trust anchor."""


class ListRollbackError(SignedListError):
    """The list is older than one that was seen before."""

    def __init__(self, sequence: int, seen: int) -> None:
        super().__init__(f"list number {sequence} is older than number {seen}, seen before")
        self.sequence = sequence
        self.seen = seen


class NotReadableFileError(PaperError):
    """The bytes are no picture and no PDF that can be opened."""


class PdfSignatureError(PaperError):
    """The PDF could not be signed."""
