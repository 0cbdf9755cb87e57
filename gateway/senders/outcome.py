"""What a delivery is, what a sender may use for it, and the three things that can come of it."""

from datetime import datetime, timedelta

import msgspec
from aiohttp import ClientSession

from gateway.access_point import AccessPoint
from gateway.keyring import Identity, Recipient, SecretKey

MOST_ANSWER = (
    4 * 1024 * 1024
)  # bytes; a rejection with an error for each of 8,000 persons. What is cut off here nobody can read


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt: to whom, what, and the facts of the delivery that a transport may show outside the envelope.

    `delivery_id` is the same in every attempt, so that the recipient can tell a repeat. `purpose`: as the register has
    it, several with "+" between them. `created_at`: when the delivery came to be owed, the same in every attempt too.
    """

    recipient: Recipient
    delivery_id: str
    manifest_id: str
    route_id: str
    form: str
    purpose: str
    legal_basis: str
    version: int
    created_at: datetime
    media_type: str
    body: bytes
    attempt: int
    timeout_seconds: float = 30


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What a sender may use: connections, the gateway's identity, its keys for AS4, and its SSH client key, where a recipient
    is reached by SFTP."""

    session: ClientSession
    identity: Identity
    access_point: AccessPoint = AccessPoint()
    ssh: SecretKey | None = None

    @property
    def signer(self) -> SecretKey:
        """The gateway's Ed25519 key, which signs receipts and log heads too."""
        return self.identity.signer


class Accepted(msgspec.Struct, frozen=True):
    """The recipient has it. `status` where its protocol has one; `receipt` is what it answered, at most `MOST_ANSWER`: its words
    may name a person, and `repr` shows none of them."""

    status: int | None = None
    receipt: bytes = b""

    def __repr__(self) -> str:
        return f"<Accepted {self.status} {len(self.receipt)} bytes>"


class TryLater(msgspec.Struct, frozen=True):
    """Not now: no connection, a time-out, or the recipient says so. `after` is its own Retry-After.

    `needs_person`: waiting alone will not mend it.
    """

    reason: str
    status: int | None = None
    after: timedelta | None = None
    needs_person: bool = False


class Refused(msgspec.Struct, frozen=True):
    """Never like this: sending the same bytes again cannot help, a person must look. `answer`: what the recipient said of it."""

    reason: str
    status: int | None = None
    answer: bytes = b""

    def __repr__(self) -> str:
        return f"<Refused {self.reason!r} {self.status} {len(self.answer)} bytes>"


Outcome = Accepted | TryLater | Refused
