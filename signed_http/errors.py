"""What can be wrong with a signed message.

SignedHttpError
├── SignatureMissingError      nothing to check
├── SignatureRefusedError      wrong key, wrong bytes, too old, not covering what it must
├── MessageReplayedError       a nonce that was seen before
└── ResponseUnboundError       an answer that does not belong to the question we asked
"""


class SignedHttpError(Exception):
    """A message that the profile of signed messages does not let through."""


class SignatureMissingError(SignedHttpError):
    """The message carries no signature of our profile."""


class SignatureRefusedError(SignedHttpError):
    """The signature does not cover this message, or is not of a key we know."""


class MessageReplayedError(SignedHttpError):
    """The same signed message came a second time."""


class ResponseUnboundError(SignedHttpError):
    """The response is not a signed answer to the very request that was sent."""


class BodyTooLargeError(SignedHttpError):
    """The request body is longer than this server reads."""
