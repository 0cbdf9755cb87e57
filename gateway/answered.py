"""What a recipient answered to a delivery, as it is kept: the whole AS4 message's content, sealed to ourselves.

In: an `Answered`. Out: its ciphertext, bound to its row, and it again. The web door seals it before it says that it has it;
whoever reads formality responses opens it.
"""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from gateway.catalogue import Catalogue
from gateway.manifest import Private
from gateway.seal import Sealed, open_at_rest, seal_at_rest


class AnsweredPart(Private, frozen=True, array_like=True):
    """One payload, decrypted and decompressed. `properties`: its PartProperties."""

    content_id: str
    media_type: str
    properties: Mapping[str, str]
    data: bytes


class Answered(Private, frozen=True, kw_only=True):
    """One message. `ref_to` and `conversation` as it says them; `properties`: its MessageProperties."""

    message_id: str
    ref_to: str | None
    conversation: str
    service: str
    action: str
    properties: Mapping[str, str]
    parts: tuple[AnsweredPart, ...]


def sealed(answered: Answered, id: UUID, catalogue: Catalogue) -> Sealed:
    """Under a data key of its own, bound to the answer's row."""
    return seal_at_rest(msgspec.msgpack.encode(answered), catalogue.identity.seal_to, context=_context(id))


def opened(kept: Sealed, id: UUID, catalogue: Catalogue) -> Answered:
    """A stored answer; `gateway.seal.Refused` if it is not the one that was sealed for this row."""
    return msgspec.msgpack.decode(open_at_rest(kept, catalogue.identity, context=_context(id)), type=Answered)


def _context(id: UUID) -> bytes:
    return b"delivery answer/" + id.bytes
