"""What the certificate library raises when bytes are not what they claim to be.

It parses names and extensions only when they are first looked at, so these errors can come from
any access to a certificate, an OCSP answer or a revocation list that somebody else has sent.
"""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

PARSE_ERRORS = (
    ValueError,
    TypeError,  # A name whose value has a type that its attribute may not have.
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    UserWarning,  # Doubts about serial numbers and names, where warnings are errors.
)
