"""The one table from error class to error screen."""

from gateway.wire.codes import ErrorCode
from kiosk import errors
from kiosk.ports import PrinterFault
from kiosk.print_job import PrintProgress

CODES: dict[type[errors.KioskError], ErrorCode] = {
    errors.NoCardError: ErrorCode.CARD_NOT_RECOGNISED,
    errors.CardRemovedError: ErrorCode.CARD_REMOVED,
    errors.CardNotRecognisedError: ErrorCode.CARD_NOT_RECOGNISED,
    errors.CardFailedError: ErrorCode.CARD_NOT_RECOGNISED,
    errors.NoCertificateOnCardError: ErrorCode.NO_CERTIFICATE_ON_CARD,
    errors.PinWrongError: ErrorCode.PIN_WRONG,
    errors.PinLockedError: ErrorCode.PIN_LOCKED,
    errors.LastTryError: ErrorCode.LAST_TRY,
    errors.CardInUseError: ErrorCode.READER_OUT_OF_ORDER,
    errors.UnsafeCommandError: ErrorCode.READER_OUT_OF_ORDER,
    errors.CardError: ErrorCode.CARD_NOT_RECOGNISED,
    errors.PcscMissingError: ErrorCode.READER_OUT_OF_ORDER,
    errors.PcscServiceError: ErrorCode.READER_OUT_OF_ORDER,
    errors.PcscAccessError: ErrorCode.READER_OUT_OF_ORDER,
    errors.NoReaderError: ErrorCode.READER_OUT_OF_ORDER,
    errors.ReaderChoiceError: ErrorCode.READER_OUT_OF_ORDER,
    errors.ReaderStuckError: ErrorCode.READER_OUT_OF_ORDER,
    errors.ReaderFailedError: ErrorCode.READER_OUT_OF_ORDER,
    errors.RealCardRefusedError: ErrorCode.READER_OUT_OF_ORDER,
    errors.ReaderError: ErrorCode.READER_OUT_OF_ORDER,
    errors.GatewayRefusalError: ErrorCode.NOT_PREPARED,
    errors.GatewayUnreachableError: ErrorCode.NOT_PREPARED,
    errors.IntegrityError: ErrorCode.BINDING_MISMATCH,
    errors.DocumentRefusedError: ErrorCode.BINDING_MISMATCH,
    errors.NotPaidError: ErrorCode.NOT_PAID,
    errors.StepOrderError: ErrorCode.SESSION_EXPIRED,
    errors.JournalFailedError: ErrorCode.NOT_PREPARED,
    errors.KioskError: ErrorCode.NOT_PREPARED,
}
"""A refusal of the gateway brings its own code; the row here is for one without."""

FAULT_CODES: dict[PrinterFault, ErrorCode] = {
    PrinterFault.JAM: ErrorCode.PAPER_JAM,
    PrinterFault.SUPPLIES_OUT: ErrorCode.SUPPLIES_OUT,
    PrinterFault.SPOILED: ErrorCode.SPOILED,
}
"""The screen while the printer waits for somebody; these are no errors of the session."""


def code_of(error: errors.KioskError) -> ErrorCode:
    """Return the number of the screen for this error."""
    if isinstance(error, errors.GatewayRefusalError) and error.code is not None:
        return error.code
    return next(CODES[ancestor] for ancestor in type(error).__mro__ if ancestor in CODES)


def code_of_progress(progress: PrintProgress) -> ErrorCode | None:
    """Return the screen where printing stands still or lost a copy; None when all is well."""
    if progress.fault is not None:
        return FAULT_CODES[progress.fault]
    return ErrorCode.NOT_RECOVERABLE if progress.given_up else None
