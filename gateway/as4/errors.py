"""The errors that ebMS 3.0 and AS4 know, by code: what is said to the other side, and what it says to us.

In: a kind and what was wrong, in words for the person at the other side. Out: `Error`, as an error signal carries it.
A detail never holds anything of a payload. OASIS ebMS 3.0 Core section 6.7, AS4 Profile 1.0 sections 3.5 and 5.1.8.
"""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """FAILURE: the message was not taken. WARNING: it was, or there was none to take."""

    FAILURE = "failure"
    WARNING = "warning"


class Error(msgspec.Struct, frozen=True, kw_only=True):
    """One error. From us `code` is one of `KINDS`; from others it is whatever they wrote, and so are the other texts."""

    code: str
    name: str = ""
    severity: str = Severity.FAILURE
    category: str = ""
    detail: str = ""
    ref_to: str | None = None

    @property
    def is_failure(self) -> bool:
        return self.severity.lower() != Severity.WARNING


class Kind(msgspec.Struct, frozen=True):
    """A kind of error: everything about it that does not depend on one message."""

    code: str
    name: str
    category: str
    severity: Severity = Severity.FAILURE

    def saying(self, detail: str, ref_to: str | None = None) -> Error:
        """This kind's error. `detail` says what is wrong, where, and what was expected."""
        return Error(
            code=self.code, name=self.name, severity=self.severity, category=self.category, detail=detail, ref_to=ref_to
        )


_CONTENT, _UNPACKAGING, _PROCESSING, _COMMUNICATION = "Content", "Unpackaging", "Processing", "Communication"

VALUE_NOT_RECOGNIZED = Kind("EBMS:0001", "ValueNotRecognized", _CONTENT)
FEATURE_NOT_SUPPORTED = Kind("EBMS:0002", "FeatureNotSupported", _CONTENT)
VALUE_INCONSISTENT = Kind("EBMS:0003", "ValueInconsistent", _CONTENT)
OTHER = Kind("EBMS:0004", "Other", _CONTENT)
CONNECTION_FAILURE = Kind("EBMS:0005", "ConnectionFailure", _COMMUNICATION)
EMPTY_CHANNEL = Kind("EBMS:0006", "EmptyMessagePartitionChannel", _COMMUNICATION, Severity.WARNING)
MIME_INCONSISTENCY = Kind("EBMS:0007", "MimeInconsistency", _UNPACKAGING)
FEATURE_INCONSISTENCY = Kind("EBMS:0008", "FeatureNotSupportedInconsistency", _UNPACKAGING)
INVALID_HEADER = Kind("EBMS:0009", "InvalidHeader", _UNPACKAGING)
MODE_MISMATCH = Kind("EBMS:0010", "ProcessingModeMismatch", _PROCESSING)
EXTERNAL_PAYLOAD = Kind("EBMS:0011", "ExternalPayloadError", _CONTENT)
FAILED_AUTHENTICATION = Kind("EBMS:0101", "FailedAuthentication", _PROCESSING)
FAILED_DECRYPTION = Kind("EBMS:0102", "FailedDecryption", _PROCESSING)
POLICY_NONCOMPLIANCE = Kind("EBMS:0103", "PolicyNoncompliance", _PROCESSING)
DYSFUNCTIONAL_RELIABILITY = Kind("EBMS:0201", "DysfunctionalReliability", _PROCESSING)
DELIVERY_FAILURE = Kind("EBMS:0202", "DeliveryFailure", _COMMUNICATION)
MISSING_RECEIPT = Kind("EBMS:0301", "MissingReceipt", _COMMUNICATION)
INVALID_RECEIPT = Kind("EBMS:0302", "InvalidReceipt", _COMMUNICATION)
DECOMPRESSION_FAILURE = Kind("EBMS:0303", "DecompressionFailure", _COMMUNICATION)

KINDS = (
    VALUE_NOT_RECOGNIZED, FEATURE_NOT_SUPPORTED, VALUE_INCONSISTENT, OTHER, CONNECTION_FAILURE, EMPTY_CHANNEL,
    MIME_INCONSISTENCY, FEATURE_INCONSISTENCY, INVALID_HEADER, MODE_MISMATCH, EXTERNAL_PAYLOAD, FAILED_AUTHENTICATION,
    FAILED_DECRYPTION, POLICY_NONCOMPLIANCE, DYSFUNCTIONAL_RELIABILITY, DELIVERY_FAILURE, MISSING_RECEIPT,
    INVALID_RECEIPT, DECOMPRESSION_FAILURE,
)  # fmt: skip


class Refused(Exception):
    """Ends the reading of a message inside this package: `unpack` and `read_answer` turn it into a value, nobody else sees it."""

    def __init__(self, *errors: Error) -> None:
        super().__init__("; ".join(f"{error.code} {error.name}: {error.detail}" for error in errors))
        self.errors = errors
