"""What a recipient answered, as it is kept: sealed to ourselves, because its words may name a person.

In: the answer's bytes, or the AS4 message that it came in; whose delivery it is about. Out: a row for the store, and what may hold a
verdict again. `deliver` and the inbound endpoint keep answers, `process` opens those of single windows and tells the sender.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec

from gateway import asic
from gateway.catalogue import Catalogue
from gateway.keyring import PublicKey
from gateway.manifest import Private
from gateway.route import ONE_FILING
from gateway.seal import Sealed, open_at_rest, seal_at_rest
from gateway.store.responses import ClaimedResponse, NewResponse

MESSAGE: Final = "as4-message"
"""The channel of what comes as an AS4 message of its own; any other is the transport of a delivery, and what it answered at once."""
_RECEIPTS: Final = frozenset(("as4",))  # what is answered at once there is a receipt, and never a verdict
_ZIP: Final = b"PK\x03\x04"


class MessagePart(Private, frozen=True, array_like=True):
    """One payload, decrypted and decompressed. `properties`: its PartProperties."""

    content_id: str
    media_type: str
    properties: Mapping[str, str]
    data: bytes


class Message(Private, frozen=True, kw_only=True):
    """An AS4 message that answers one of ours, whole. `ref_to` and `conversation` as it says them; `properties`: its
    MessageProperties."""

    message_id: str
    ref_to: str | None
    conversation: str
    service: str
    action: str
    properties: Mapping[str, str]
    parts: tuple[MessagePart, ...]


def kept(
    answer: bytes | Message, delivery: UUID | None, *, form: str, channel: str, at: datetime, seal_to: PublicKey
) -> NewResponse:
    """The answer under a data key of its own. `form`: what was delivered; the verdict on an EMSWe list is to be read."""
    id = uuid4()
    packed = msgspec.msgpack.encode(answer) if isinstance(answer, Message) else answer
    sealed = seal_at_rest(packed, seal_to, context=_context(id))
    return NewResponse(
        id=id,
        delivery_id=delivery,
        channel=channel,
        received_at=at,
        sealed=sealed.ciphertext,
        wrapped=sealed.wrapped,
        key_id=sealed.key_id,
        to_read=delivery is not None and form in ONE_FILING and channel not in _RECEIPTS,
    )


def opened(claimed: ClaimedResponse, catalogue: Catalogue) -> list[bytes]:
    """What of the answer may be a verdict: itself, or the parts of its message, unpacked; nothing once its key was destroyed."""
    if claimed.wrapped is None:
        return []
    sealed = Sealed(claimed.wrapped, claimed.sealed, claimed.key_id)
    answer = open_at_rest(sealed, catalogue.identity, context=_context(claimed.id))
    if claimed.channel != MESSAGE:
        return [answer]
    return [text for part in msgspec.msgpack.decode(answer, type=Message).parts for text in _unpacked(part.data)]


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The files of a container; RIM puts control messages into a zip as well."""
    yield from asic.unpack(data).files.values() if data.startswith(_ZIP) else (data,)


def _context(id: UUID) -> bytes:
    return b"response/" + id.bytes
