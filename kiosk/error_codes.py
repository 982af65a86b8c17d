"""The one table from error class to error screen."""

from gateway.wire.codes import ErrorCode
from kiosk import errors

CODES: dict[type[errors.KioskError], ErrorCode] = {
    errors.NoCardError: ErrorCode.CARD_NOT_RECOGNISED,
    errors.CardRemovedError: ErrorCode.CARD_REMOVED,
    errors.CardNotRecognisedError: ErrorCode.CARD_NOT_RECOGNISED,
    errors.NoCertificateOnCardError: ErrorCode.NO_CERTIFICATE_ON_CARD,
    errors.PinWrongError: ErrorCode.PIN_WRONG,
    errors.PinLockedError: ErrorCode.PIN_LOCKED,
    errors.CardError: ErrorCode.CARD_NOT_RECOGNISED,
    errors.GatewayUnreachableError: ErrorCode.NOT_PREPARED,
    errors.IntegrityError: ErrorCode.BINDING_MISMATCH,
    errors.PrintingEndedError: ErrorCode.NOT_RECOVERABLE,
}
"""A refusal of the gateway brings its own code; one without a code shows E40."""


def code_of(error: errors.KioskError) -> ErrorCode:
    """Return the number of the screen for this error."""
    if isinstance(error, errors.GatewayRefusalError):
        return error.code or ErrorCode.NOT_PREPARED
    for ancestor in type(error).__mro__:
        if ancestor in CODES:
            return CODES[ancestor]
    return ErrorCode.NOT_PREPARED
