"""What goes out, and what becomes of what came in: the values that the shell around the message layer works with.

`packing` makes a `Packed`; `unpacking` makes an `Unpacked` or a `Fault` of a message, and a `Receipted`, a `Rejected` or a
`Fault` of the answer to ours.
"""

from datetime import datetime

import msgspec
from cryptography import x509

from gateway.as4.ebms import Payload, Reference, UserMessage
from gateway.as4.errors import Error


class Packed(msgspec.Struct, frozen=True):
    """What is posted. `references`: the digests that a receipt must give back (keep them with the message id).

    They are the same whenever the same message is packed, so that the receipt for one attempt fits every other.
    """

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
