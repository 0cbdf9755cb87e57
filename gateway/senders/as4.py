"""Deliver by AS4 (eDelivery AS4; EMSWe RIM): pack for the partner, post, and believe nothing but its signed receipt.

In: an `Outgoing` whose body is sealed to ourselves (form "as4"), or to the recipient (any other form: both layers). Out: an
`Outcome`. What is signed is the same in every attempt, id, time and content, so that a partner that answers a repeat with the
receipt of the first is understood; keys and certificates are those of the attempt. The receipt counts only if it gives back
every digest. Of errors, the code decides: what is wrong with our agreement waits for a person, what is wrong with the message
is refused, anything else is tried again. Their texts are the partner's own and go nowhere.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Final

import msgspec
from aiohttp import ClientResponse, Fingerprint
from cryptography.hazmat.primitives.serialization import Encoding

from gateway import as4, asic
from gateway.access_point import NoKey, TlsPair, partner_of
from gateway.as4 import Packed, Party, PartyId, Payload, Property, Receipted, Rejected, UserMessage, errors, rim
from gateway.keyring import As4, Handling
from gateway.seal import Refused as Unopened
from gateway.seal import open_envelope
from gateway.senders.https import Call, beginning, by_status, pin, post
from gateway.senders.outcome import Accepted, Means, Outcome, Outgoing, Refused, TryLater
from gateway.settings import utc_now

_AGREEMENT: Final = frozenset(
    kind.code
    for kind in (
        errors.MODE_MISMATCH, errors.FAILED_AUTHENTICATION, errors.FAILED_DECRYPTION, errors.POLICY_NONCOMPLIANCE,
    )
)  # fmt: skip
_LATER: Final = frozenset(
    kind.code
    for kind in (
        errors.OTHER, errors.CONNECTION_FAILURE, errors.EMPTY_CHANNEL, errors.DYSFUNCTIONAL_RELIABILITY,
        errors.DELIVERY_FAILURE, errors.MISSING_RECEIPT, errors.INVALID_RECEIPT,
    )
)  # fmt: skip
_NAMES: Final[Mapping[str, str]] = {kind.code: kind.name for kind in errors.KINDS}
_CODE = re.compile(r"EBMS:\d{4}")
_RIM: Final = as4.EMSWE_RIM.name


class Content(msgspec.Struct, frozen=True):
    """What is to be carried. `handling` where we can read it: of a message sealed to its reader it is inside."""

    data: bytes
    media_type: str
    handling: Handling | None

    def __repr__(self) -> str:
        return f"<Content {len(self.data)} bytes>"


class NotRim(Exception):
    """What is to be carried is no formality that RIM could name."""


async def send(outgoing: Outgoing, means: Means) -> Outcome:
    """One attempt."""
    agreed = outgoing.recipient.as4
    if agreed is None:
        return TryLater("recipient.toml has no table [as4]", needs_person=True)
    try:
        packed = await asyncio.to_thread(_packed, outgoing, agreed, means)
    except NoKey as why:
        return TryLater(str(why), needs_person=True)
    except Unopened:
        return TryLater("what waits sealed to ourselves cannot be opened: an identity is missing", needs_person=True)
    except NotRim:
        return Refused("the message is no EMSWe formality in XML, and RIM takes nothing else; mend the route's form")
    trust = _trust(outgoing.recipient.tls, means.access_point.tls)
    call = Call(agreed.url, {"Content-Type": packed.content_type}, packed.body, outgoing.timeout_seconds, trust)
    return await post(call, means, partial(_read, outgoing, agreed, packed))


def message_id(agreed: As4, delivery_id: str) -> str:
    """The same in every attempt: eDelivery asks for the form of RFC 2822, RIM's guide shows a bare UUID."""
    return delivery_id if agreed.profile == _RIM else f"{delivery_id}@{agreed.us}"


def _packed(outgoing: Outgoing, agreed: As4, means: Means) -> Packed:
    now = utc_now()
    own = means.access_point.own(agreed, now)
    content = _content(outgoing, means)
    payload = _payload(outgoing, agreed, content, means)
    message = _message(outgoing, agreed, content)
    partner = partner_of(outgoing.recipient, agreed)
    return as4.pack(message, [payload], profile=as4.PROFILES[agreed.profile], own=own, partner=partner)


def _content(outgoing: Outgoing, means: Means) -> Content:
    if outgoing.recipient.form != "as4":
        return Content(outgoing.body, outgoing.media_type, None)
    identity = means.identity
    secrets = [generation.opens for generation in identity.generations]
    opened = open_envelope(outgoing.body, secrets, identity.verify_keys)
    if opened.delivery_id != outgoing.delivery_id:
        raise Unopened("it is another delivery's")
    return Content(opened.payload, opened.content_type, opened.handling)


def _payload(outgoing: Outgoing, agreed: As4, content: Content, means: Means) -> Payload:
    """Whatever is signed here is signed as of the delivery's own time, so that every attempt carries the same."""
    at, data, media_type = outgoing.created_at, content.data, content.media_type.partition(";")[0]
    formality = rim.formality_of(data)
    if agreed.profile == _RIM and formality is None:
        raise NotRim
    if agreed.container == "asic-e":
        name = formality.file_name if formality else "message"
        signer = means.access_point.container_signer(utc_now())
        data, media_type = asic.pack([asic.Entry(name, media_type, data)], signer, at), asic.MEDIA_TYPE
    properties: tuple[Property, ...] = ()
    if formality is not None and agreed.authorization is not None:
        who = msgspec.to_builtins(agreed.authorization)
        properties = rim.part_properties(formality, mime_type=media_type, at=at, **who)
    return Payload(agreed.content_id, data, media_type, properties, compress=agreed.compress)


def _message(outgoing: Outgoing, agreed: As4, content: Content) -> UserMessage:
    corners = (
        Property("originalSender", agreed.original_sender),
        Property("finalRecipient", agreed.final_recipient),
    )
    return UserMessage(
        id=message_id(agreed, outgoing.delivery_id),
        timestamp=outgoing.created_at,
        sender=Party(PartyId(agreed.us, agreed.party_type), as4.INITIATOR),
        receiver=Party(PartyId(agreed.party, agreed.party_type), as4.RESPONDER),
        service=agreed.service,
        service_type=agreed.service_type,
        action=agreed.action,
        conversation=outgoing.delivery_id,
        agreement=agreed.agreement,
        agreement_type=agreed.agreement_type,
        properties=(*corners, *(_handling(outgoing, content) if agreed.handling else ())),
    )


def _handling(outgoing: Outgoing, content: Content) -> tuple[Property, ...]:
    """How what is carried may be used (WCO-UNOCT Arrangement, Article 4), for whoever reads only the header."""
    said: dict[str, object] = {
        "purposes": outgoing.purpose,
        "legal_basis": outgoing.legal_basis,
        "route": outgoing.route_id,
        "version": outgoing.version,
    }
    if content.handling is not None:
        said |= {name: getattr(content.handling, name) for name in ("marking", "as_of", "originator", "onward")}
    return tuple(Property(f"handling.{name}", str(value)) for name, value in sorted(said.items()))


async def _read(outgoing: Outgoing, agreed: As4, packed: Packed, response: ClientResponse) -> Outcome:
    body = await beginning(response)
    answer = as4.read_answer(
        response.headers.get("Content-Type", ""),
        body,
        message_id=packed.message_id,
        references=packed.references,
        profile=as4.PROFILES[agreed.profile],
        partner=partner_of(outgoing.recipient, agreed),
        at=utc_now(),
    )
    if isinstance(answer, Receipted):
        return Accepted(response.status, body)
    if isinstance(answer, Rejected):
        return _rejected(answer, response.status)
    if not 200 <= response.status < 300:
        return by_status(response)
    codes = ", ".join(sorted({error.code for error in answer.errors}))
    return TryLater(
        f"the recipient's answer is no receipt for what was sent ({codes})", response.status, needs_person=True
    )


def _rejected(answer: Rejected, status: int) -> Outcome:
    """What nobody signed refuses nothing for good: it may come from whoever sits between."""
    codes = {error.code for error in answer.errors if error.is_failure}
    said = f"the recipient answered {_named(codes)}"
    if codes & _AGREEMENT:
        return TryLater(said, status, needs_person=True)
    if not codes or codes & _LATER:
        return TryLater(said, status)
    return Refused(said, status) if answer.signed else TryLater(f"{said}, unsigned", status, needs_person=True)


def _named(codes: set[str]) -> str:
    known = sorted(code for code in codes if _CODE.fullmatch(code))
    named = [f"{code} {_NAMES[code]}" if code in _NAMES else code for code in known]
    return ", ".join(named) or "with an error of its own"


@lru_cache(maxsize=256)
def _trust(tls: bytes | None, own: TlsPair | None) -> Fingerprint | ssl.SSLContext | bool:
    """As over HTTPS; where we have a pair for it, we say who we are too (RIM wants mutual TLS)."""
    if own is None:
        return pin(tls)
    pinned = as4.certificates_of(tls)[0] if tls else None  # of a chain the server's own: its issuer has issued others
    context = ssl.create_default_context(cadata=pinned.public_bytes(Encoding.DER) if pinned else None)
    if pinned is not None:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # this very certificate, whoever issued it
        context.check_hostname = False
    context.load_cert_chain(own.certificate, own.key)
    return context
