"""What a delivery is, and the three things that can come of it."""

from datetime import timedelta

import msgspec


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt. `delivery_id` is the same in every attempt, so that the recipient can tell a repeat.

    `pinned`: SHA-256 of the recipient's TLS certificate (DER); without it the system's trust store decides.
    """

    delivery_id: str
    url: str
    media_type: str
    body: bytes
    attempt: int
    timeout_seconds: float = 30
    pinned: bytes | None = None


class Accepted(msgspec.Struct, frozen=True):
    """The recipient has it. `receipt` is what it answered, at most 64 KiB."""

    status: int
    receipt: bytes = b""


class TryLater(msgspec.Struct, frozen=True):
    """Not now: no connection, a time-out, or the recipient says so. `after` is its own Retry-After.

    `needs_person`: waiting alone will not mend it.
    """

    reason: str
    status: int | None = None
    after: timedelta | None = None
    needs_person: bool = False


class Refused(msgspec.Struct, frozen=True):
    """Never like this: sending the same bytes again cannot help, a person must look."""

    reason: str
    status: int | None = None


Outcome = Accepted | TryLater | Refused
