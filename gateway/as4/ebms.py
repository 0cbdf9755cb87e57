"""What an ebMS 3.0 message says, as values; `header` turns them into XML and back.

A user message carries payloads; a signal answers one: a receipt (with the digests that arrived) or errors. Texts are as
they stand in the header, without judgement. OASIS ebXML Messaging Services 3.0 Core (2007), section 5.2; AS4 Profile 1.0.
"""

from datetime import datetime

import msgspec

from gateway.as4.errors import Error

EBMS = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
"""The namespace, and the beginning of every identifier that the standard itself gives."""

INITIATOR, RESPONDER = EBMS + "initiator", EBMS + "responder"
TEST_SERVICE, TEST_ACTION = EBMS + "service", EBMS + "test"
"""A message to these two is answered with a receipt and goes no further (AS4 Profile 5.1.6, eDelivery "test service")."""

GZIP = "application/gzip"
MIME_TYPE, CHARSET, COMPRESSION = "MimeType", "CharacterSet", "CompressionType"
"""The part properties that belong to the message layer (AS4 Profile 3.1)."""

UNREGISTERED = "urn:oasis:names:tc:ebcore:partyid-type:unregistered"


class PartyId(msgspec.Struct, frozen=True):
    """A party's name, and the URI of the scheme that it is a name in (empty: the name is a URI itself)."""

    value: str
    type: str = UNREGISTERED


class Party(msgspec.Struct, frozen=True):
    """Who, and in which role. eDelivery wants exactly one id for each party."""

    id: PartyId
    role: str


class Property(msgspec.Struct, frozen=True):
    """A name and a value, of the message or of one of its parts."""

    name: str
    value: str
    type: str | None = None


class Payload(msgspec.Struct, frozen=True):
    """One MIME part. `content_id` without angle brackets and without "cid:"; `mime_type` of the content itself.

    `properties`: the part properties beyond MimeType, CharacterSet and CompressionType, which are written and taken off
    by the message layer. `compress`: gzip it on its way (after unpacking: it came compressed). `repr` shows no content.
    """

    content_id: str
    content: bytes
    mime_type: str
    properties: tuple[Property, ...] = ()
    charset: str | None = None
    compress: bool = False

    def __repr__(self) -> str:
        return f"Payload({self.content_id!r}, {len(self.content)} bytes, {self.mime_type!r})"


class UserMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message between two parties. `timestamp` has an offset; `id` is an RFC 2822 message id without brackets or a UUID.

    `ref_to`: the message that this one answers (Two-Way/Push-and-Push: the same `conversation`). The schema allows no
    empty agreement, type or mpc: such a one is not written, which is what a P-Mode with an empty agreement means.
    """

    id: str
    timestamp: datetime
    sender: Party
    receiver: Party
    service: str
    action: str
    conversation: str
    service_type: str | None = None
    ref_to: str | None = None
    agreement: str | None = None
    agreement_type: str | None = None
    pmode: str | None = None
    mpc: str | None = None
    properties: tuple[Property, ...] = ()

    @property
    def is_test(self) -> bool:
        """Whether it asks only for a receipt."""
        return (self.service, self.action) == (TEST_SERVICE, TEST_ACTION)

    def answers(self, other: "UserMessage") -> bool:
        """Whether this is the second leg of Two-Way/Push-and-Push that `other` began."""
        return self.ref_to == other.id and self.conversation == other.conversation


class Reference(msgspec.Struct, frozen=True):
    """What a signature says of one thing: its URI, the transforms it went through, and its digest.

    `namespaces`: the PrefixList of exclusive C14N, as written. What a receipt gives back, and what is compared then.
    """

    uri: str
    transforms: tuple[str, ...]
    digest_method: str
    digest: bytes
    namespaces: tuple[str, ...] = ()


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt, `references` being what the other side says it got; empty where it is one without non-repudiation."""

    id: str
    timestamp: datetime
    ref_to: str | None
    references: tuple[Reference, ...] = ()


class ErrorSignal(msgspec.Struct, frozen=True, kw_only=True):
    """Errors about the message `ref_to`."""

    id: str
    timestamp: datetime
    ref_to: str | None
    errors: tuple[Error, ...]
