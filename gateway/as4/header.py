"""The ebMS header written: a user message or a signal, as the eb:Messaging element.

In: values of `ebms`. Out: an element, whose Id the signature refers to. `reading` reads one. OASIS ebMS 3.0 Core 5.2.2
and 5.2.3; eDelivery AS4 1.15 and 2.0, Common Profile.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree

from gateway.as4 import receipt
from gateway.as4.ebms import (
    CHARSET,
    COMPRESSION,
    GZIP,
    MIME_TYPE,
    ErrorSignal,
    Party,
    Payload,
    Property,
    Receipt,
    UserMessage,
)
from gateway.as4.errors import Error
from gateway.as4.names import EB, S12, WSU, XML_LANG, make

MESSAGING_ID = "messaging"


def user_message(message: UserMessage, payloads: Sequence[Payload]) -> etree._Element:
    """eb:Messaging of a user message."""
    return _messaging(
        make(
            EB + "UserMessage",
            _info(message.id, message.timestamp, message.ref_to),
            make(EB + "PartyInfo", _party("From", message.sender), _party("To", message.receiver)),
            _collaboration(message),
            make(EB + "MessageProperties", *map(_property, message.properties)) if message.properties else None,
            make(EB + "PayloadInfo", *map(_part_info, payloads)) if payloads else None,
            attributes={"mpc": message.mpc or None},
        )
    )


def signal(unit: Receipt | ErrorSignal) -> etree._Element:
    """eb:Messaging of a receipt or of errors."""
    info = _info(unit.id, unit.timestamp, unit.ref_to)
    if isinstance(unit, Receipt):
        return _messaging(make(EB + "SignalMessage", info, make(EB + "Receipt", receipt.written(unit.references))))
    return _messaging(make(EB + "SignalMessage", info, *(_error(error, unit.ref_to) for error in unit.errors)))


def _messaging(unit: etree._Element) -> etree._Element:
    return make(EB + "Messaging", unit, attributes={S12 + "mustUnderstand": "true", WSU + "Id": MESSAGING_ID})


def _info(id: str, at: datetime, ref_to: str | None) -> etree._Element:
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    info = make(EB + "MessageInfo", make(EB + "Timestamp", stamp), make(EB + "MessageId", id))
    if ref_to is not None:
        info.append(make(EB + "RefToMessageId", ref_to))
    return info


def _party(tag: str, party: Party) -> etree._Element:
    party_id = make(EB + "PartyId", party.id.value, attributes={"type": party.id.type or None})
    return make(EB + tag, party_id, make(EB + "Role", party.role))


def _collaboration(message: UserMessage) -> etree._Element:
    agreement = {"type": message.agreement_type or None, "pmode": message.pmode or None}
    return make(
        EB + "CollaborationInfo",
        make(EB + "AgreementRef", message.agreement, attributes=agreement) if message.agreement else None,
        make(EB + "Service", message.service, attributes={"type": message.service_type or None}),
        make(EB + "Action", message.action),
        make(EB + "ConversationId", message.conversation),
    )


def _property(one: Property) -> etree._Element:
    return make(EB + "Property", one.value, attributes={"name": one.name, "type": one.type or None})


def _part_info(payload: Payload) -> etree._Element:
    added = [(MIME_TYPE, payload.mime_type), (CHARSET, payload.charset)]
    if payload.compress:
        added.append((COMPRESSION, GZIP))
    listed = [*payload.properties, *(Property(name, value) for name, value in added if value is not None)]
    properties = make(EB + "PartProperties", *map(_property, listed))
    return make(EB + "PartInfo", properties, attributes={"href": f"cid:{payload.content_id}"})


def _error(error: Error, ref_to: str | None) -> etree._Element:
    return make(
        EB + "Error",
        make(EB + "Description", error.name, attributes={XML_LANG: "en"}),
        make(EB + "ErrorDetail", error.detail) if error.detail else None,
        attributes={
            "category": error.category or None,
            "errorCode": error.code,
            "origin": "ebMS",
            "refToMessageInError": error.ref_to or ref_to,
            "severity": error.severity,
            "shortDescription": error.name or None,
        },
    )
