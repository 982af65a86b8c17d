"""What the gateway refuses, and why: one class per thing that a caller can do something about.

GatewayError
└── VerificationError      the card holder was not proved (``gateway.verification.errors``)

No error carries a name, a serial number or any other personal data.
"""


class GatewayError(Exception):
    """Something that the gateway refuses to do."""
