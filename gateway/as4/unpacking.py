"""Unpacked: a message that came from a partner, or its answer to one of ours; or why it is not taken.

In: a Content-Type, bytes, keys, the time. Out: `Unpacked`, `Receipted`, `Rejected`, or a `Fault` with ebMS errors; no bytes
make anything else. The sender's signature is checked before a key of ours is used, and what it covers before anything is
unpacked. eDelivery AS4 1.15 and 2.0, Common Profile; what attackers try is listed in tests/as4/test_attacks.py.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from gateway.as4 import attachment, encrypt, envelope, mime, reading, receipt, verify
from gateway.as4.ebms import ErrorSignal, Payload, Receipt, Reference, UserMessage
from gateway.as4.errors import (
    FEATURE_NOT_SUPPORTED,
    INVALID_RECEIPT,
    MIME_INCONSISTENCY,
    MODE_MISMATCH,
    VALUE_INCONSISTENT,
    Refused,
)
from gateway.as4.message import Fault, Receipted, Rejected, Unpacked
from gateway.as4.parties import Own, Partner
from gateway.as4.profiles import Profile

REMEMBER = timedelta(days=400)
"""How long the shell keeps the ids of what it took, at least: a message that comes again within it is a duplicate."""

EARLIEST = timedelta(days=1)
OLDEST = REMEMBER - EARLIEST
"""A message is taken until its timestamp is that old, and so never after its id may have been forgotten: no replay."""


def unpack(
    content_type: str, body: bytes, *, profile: Profile, own: Own, partners: Iterable[Partner], at: datetime
) -> Unpacked | Fault:
    """What arrived at `at`, if it is for us, from one of `partners`, and as the profile demands. No bytes make it raise."""
    ref_to: str | None = None
    try:
        package = mime.open_package(content_type, body)
        soap = envelope.read(package.envelope)
        ref_to = reading.message_id(soap.messaging)
        head = reading.read(soap.messaging)
        envelope.check_empty(soap.body)
        message, partner = _between(head, own, partners)
        checked = verify.verified(soap, partner.signers, profile, at)
        _check_fresh(message, at)
        parts = _opened(package, head, checked, own, profile)
    except Refused as refused:
        return Fault(refused.errors, ref_to)
    return Unpacked(message, parts, checked.references, checked.signer)


def _between(head: reading.Head, own: Own, partners: Iterable[Partner]) -> tuple[UserMessage, Partner]:
    """Whom the message says it is from, which the signature must then bear out; and that it is for us."""
    if not isinstance(head.unit, UserMessage):
        raise Refused(
            FEATURE_NOT_SUPPORTED.saying("signals are taken as the answer to a message, and not by themselves")
        )
    partner = next((one for one in partners if one.party == head.unit.sender.id), None)
    if partner is None or head.unit.receiver.id != own.party:
        raise Refused(MODE_MISMATCH.saying("there is no agreement here between the parties in From and To"))
    return head.unit, partner


def _check_fresh(message: UserMessage, at: datetime) -> None:
    if not at - OLDEST <= message.timestamp <= at + EARLIEST:
        raise Refused(
            VALUE_INCONSISTENT.saying("the message's Timestamp is too old, or in the future; send it as a new one")
        )


def _opened(
    package: mime.Package,
    head: reading.Head,
    checked: verify.Verified,
    own: Own,
    profile: Profile,
) -> tuple[Payload, ...]:
    """The payloads, in the order of the header: decrypted, compared with what was signed, and only then decompressed."""
    about = {mime.content_id_of(part.href): part for part in head.parts}
    if set(about) != set(package.parts) or len(about) != len(head.parts):
        raise Refused(
            MIME_INCONSISTENCY.saying("each PartInfo must name one attachment of the message, and each be named")
        )
    clear = encrypt.decrypted(checked.security, package.parts, own.openers, profile)
    signed = verify.attachments(checked.references, clear)
    found: list[Payload] = []
    left = attachment.MOST_BYTES
    for content_id, part in about.items():
        carried = signed[str(content_id)]
        content = attachment.decompressed(carried.content, left) if part.is_gzip else carried.content
        left -= len(content)
        found.append(part.payload(carried.content_id, content, carried.content_type))
    return tuple(found)


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
    try:
        package = mime.open_package(content_type, body)
        soap = envelope.read(package.envelope)
        unit = reading.read(soap.messaging).unit
        if isinstance(unit, UserMessage) or package.parts:
            raise Refused(INVALID_RECEIPT.saying("the answer is a message of its own, and no receipt"))
        if isinstance(unit, ErrorSignal):
            return _rejected(unit, soap, message_id, partner, profile, at)
        checked = verify.verified(soap, partner.signers, profile, at)
        _check_receipt(unit, message_id, references)
    except Refused as refused:
        return Fault(refused.errors, message_id)
    return Receipted(unit.id, unit.timestamp, checked.signer)


def _check_receipt(unit: Receipt, message_id: str, references: Sequence[Reference]) -> None:
    if unit.ref_to != message_id:
        raise Refused(INVALID_RECEIPT.saying("the receipt is for another message"))
    if said := receipt.differences(references, unit.references):
        raise Refused(INVALID_RECEIPT.saying("; ".join(said)[:1000]))


def _rejected(
    unit: ErrorSignal, soap: envelope.Envelope, message_id: str, partner: Partner, profile: Profile, at: datetime
) -> Rejected:
    """Errors count unsigned too: the other side may not have got so far as to know us. For another message they do not."""
    about = {unit.ref_to, *(error.ref_to for error in unit.errors)} - {None}
    if about and message_id not in about:
        raise Refused(INVALID_RECEIPT.saying("the errors are about another message"))
    try:
        verify.verified(soap, partner.signers, profile, at)
    except Refused:
        return Rejected(unit.errors, signed=False)
    return Rejected(unit.errors, signed=True)
