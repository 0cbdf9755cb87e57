"""The AS4 message layer in one sentence: a message and its payloads packed for a partner, and what arrives unpacked.

`pack` compresses, signs and encrypts; `unpack` verifies, decrypts, compares and decompresses, or says with ebMS errors
why not. `receipt_for` and `error_for` make the synchronous answers; `read_answer` reads the one we get. Pure: ids and
times are arguments; keys and nonces come from the operating system. Sending, retries, duplicates: the shell.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from cryptography import x509

from gateway.as4.ebms import Payload, Reference, UserMessage
from gateway.as4.errors import Error
from gateway.as4.parties import Own, Partner
from gateway.as4.profiles import Profile


class Packed(msgspec.Struct, frozen=True):
    """What is posted. `references`: the digests that a receipt must give back (keep them with the message id)."""

    message_id: str
    content_type: str
    body: bytes
    references: tuple[Reference, ...] = ()


class Unpacked(msgspec.Struct, frozen=True):
    """A message that is the partner's, whole and unaltered. The shell looks whether it has had `message.id` before.

    `signer`: the certificate that signed it, one of the pinned ones.
    """

    message: UserMessage
    payloads: tuple[Payload, ...]
    references: tuple[Reference, ...]
    signer: x509.Certificate


class Fault(msgspec.Struct, frozen=True):
    """Why a message was refused; `ref_to` its id, if it could be read (nothing vouches for it then)."""

    errors: tuple[Error, ...]
    ref_to: str | None = None


class Receipted(msgspec.Struct, frozen=True):
    """The other side's signed receipt fits what was sent, digest by digest. Keep the answer's bytes as evidence."""

    receipt_id: str
    timestamp: datetime
    signer: x509.Certificate


class Rejected(msgspec.Struct, frozen=True):
    """The other side answered with errors. `signed`: by the partner; if not, anyone on the way could have written it."""

    errors: tuple[Error, ...]
    signed: bool


def pack(message: UserMessage, payloads: Sequence[Payload], *, profile: Profile, own: Own, partner: Partner) -> Packed:
    """`message` with its payloads, signed by us, encrypted to `partner`. Content ids must differ."""
    raise NotImplementedError


def unpack(
    content_type: str, body: bytes, *, profile: Profile, own: Own, partners: Iterable[Partner], at: datetime
) -> Unpacked | Fault:
    """What arrived at `at`, if it is for us, from one of `partners`, and as the profile demands. No bytes make it raise."""
    raise NotImplementedError


def receipt_for(unpacked: Unpacked, *, id: str, at: datetime, profile: Profile, own: Own) -> Packed:
    """The signed receipt, with the digests of everything that was signed in the message."""
    raise NotImplementedError


def error_for(fault: Fault, *, id: str, at: datetime, profile: Profile, own: Own) -> Packed:
    """The signed error signal."""
    raise NotImplementedError


def read_answer(
    content_type: str,
    body: bytes,
    *,
    message_id: str,
    references: Sequence[Reference],
    profile: Profile,
    partner: Partner,
    at: datetime,
) -> Receipted | Rejected | Fault:
    """What the other side answered to what we packed. `Fault`: no answer that says anything; the message is not receipted."""
    raise NotImplementedError
