"""Packed: a message for a partner, or our answer to one of its messages, as it is posted.

In: values and keys. Out: `Packed`. The order is that of the AS4 Profile 3.1 and of eDelivery: compress, sign, encrypt;
Messaging, Body and every attachment are signed, all and only the attachments encrypted. Answers carry nothing and go in
the clear, signed. Ids and times are arguments; keys and nonces come from the operating system.
"""

from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from gateway.as4 import attachment, encrypt, envelope, header, mime, sign, wsse
from gateway.as4.ebms import CHARSET, COMPRESSION, MIME_TYPE, ErrorSignal, Payload, Receipt, UserMessage
from gateway.as4.message import Fault, Packed, Unpacked
from gateway.as4.names import S12, WSSE, make
from gateway.as4.parties import Own, Partner
from gateway.as4.profiles import Profile

_BODY_ID, _TOKEN_ID = "body", "signer-token"


def pack(message: UserMessage, payloads: Sequence[Payload], *, profile: Profile, own: Own, partner: Partner) -> Packed:
    """`message` with its payloads, signed by us, encrypted to `partner`.

    ValueError: content ids or properties that no message can have (`_check`). `BadPair`: a key that the profile has no use for.
    """
    parts = [attachment.part_of(payload) for payload in payloads]
    _check(message, payloads, parts)
    secured, carried = encrypt.encrypted(parts, partner.encryption, profile)
    return _packed(message.id, header.user_message(message, payloads), parts, secured, carried, profile, own)


def _check(message: UserMessage, payloads: Sequence[Payload], parts: Sequence[mime.Part]) -> None:
    """What would only be refused at the other end, or read there as something else."""
    if len({part.content_id for part in parts}) != len(parts):
        raise ValueError("two payloads have the same content id")
    for part in parts:
        mime.check(part)
    own = (MIME_TYPE, CHARSET, COMPRESSION)
    if any(one.name in own for payload in payloads for one in payload.properties):
        raise ValueError(f"{', '.join(own)} are written from what the payload is")
    for properties in (message.properties, *(payload.properties for payload in payloads)):
        if len({one.name for one in properties}) != len(properties) or not all(
            one.name and one.value for one in properties
        ):
            raise ValueError("a property has a name of its own and a value (ebMS 3.0 schema)")


def _packed(
    id: str,
    messaging: etree._Element,
    signed: Sequence[mime.Part],
    secured: Sequence[etree._Element],
    carried: Sequence[mime.Part],
    profile: Profile,
    own: Own,
) -> Packed:
    """`secured` stands before the signature, because some receivers read the header once, from top to bottom."""
    body = envelope.empty_body(_BODY_ID)
    naming, token = wsse.naming(profile.names_signer, own.signer.chain, _TOKEN_ID)
    references = sign.references_to((messaging, body), signed, profile)
    signature = sign.signature(references, own.signer.key, naming, profile)
    security = make(WSSE + "Security", *secured, token, signature, attributes={S12 + "mustUnderstand": "true"})
    content_type, packed = mime.build(envelope.written(security, messaging, body), carried)
    return Packed(id, content_type, packed, references)


def receipt_for(unpacked: Unpacked, *, id: str, at: datetime, profile: Profile, own: Own) -> Packed:
    """The signed receipt, with the digests of everything that was signed in the message."""
    unit = Receipt(id=id, timestamp=at, ref_to=unpacked.message.id, references=unpacked.references)
    return _packed(id, header.signal(unit), (), (), (), profile, own)


def error_for(fault: Fault, *, id: str, at: datetime, profile: Profile, own: Own) -> Packed:
    """The signed error signal."""
    unit = ErrorSignal(id=id, timestamp=at, ref_to=fault.ref_to, errors=fault.errors)
    return _packed(id, header.signal(unit), (), (), (), profile, own)
