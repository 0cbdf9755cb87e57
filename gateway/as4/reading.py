"""The ebMS header that arrived: what it says, or `Refused`, where it is no single message unit of a kind that AS4 knows.

In: the eb:Messaging element. Out: a `Head`: a user message with its parts, a receipt, or errors. A pull request is
refused by name. OASIS ebMS 3.0 Core 5.2.2 and 5.2.3; eDelivery AS4 1.15 and 2.0, Common Profile.
"""

from datetime import UTC, datetime

import msgspec
from lxml import etree

from gateway.as4 import receipt
from gateway.as4.ebms import (
    CHARSET,
    COMPRESSION,
    GZIP,
    MIME_TYPE,
    ErrorSignal,
    Party,
    PartyId,
    Payload,
    Property,
    Receipt,
    UserMessage,
)
from gateway.as4.errors import (
    DECOMPRESSION_FAILURE,
    FEATURE_NOT_SUPPORTED,
    INVALID_HEADER,
    OTHER,
    VALUE_INCONSISTENT,
    Error,
    Refused,
)
from gateway.as4.names import EB, every, only, text_of

_MOST = 255  # characters of a PartyId (EMSWe RIM) and of what else is a name
_MOST_DETAIL = 2000  # of another's words about an error


class PartInfo(msgspec.Struct, frozen=True):
    """What the header says of one payload. `href` is a cid: URI."""

    href: str
    properties: tuple[Property, ...]

    def value(self, name: str) -> str | None:
        return next((one.value for one in self.properties if one.name == name), None)

    @property
    def is_gzip(self) -> bool:
        return self.value(COMPRESSION) is not None

    def payload(self, content_id: str, content: bytes, carried_as: str) -> Payload:
        """The payload, with what the message layer itself put among the properties taken off again."""
        own = (MIME_TYPE, CHARSET, COMPRESSION)
        return Payload(
            content_id,
            content,
            self.value(MIME_TYPE) or carried_as,
            tuple(one for one in self.properties if one.name not in own),
            self.value(CHARSET),
            self.is_gzip,
        )


class Head(msgspec.Struct, frozen=True):
    """A message unit that arrived. A user message names its parts."""

    unit: UserMessage | Receipt | ErrorSignal
    parts: tuple[PartInfo, ...] = ()


def message_id(messaging: etree._Element) -> str | None:
    """The id of the first unit, for an answer to a message that is refused; nothing vouches for it."""
    return text_of(messaging.find(f"*/{EB}MessageInfo/{EB}MessageId"))[:_MOST] or None


def read(messaging: etree._Element) -> Head:
    """The one message unit of this header. `Refused`: none or several, a pull request, or a part that is missing or wrong."""
    units = [unit for unit in messaging if unit.tag in (EB + "UserMessage", EB + "SignalMessage")]
    if len(units) != 1 or len(messaging) != 1:
        raise Refused(VALUE_INCONSISTENT.saying("eb:Messaging must hold exactly one UserMessage or SignalMessage"))
    return _read_user(units[0]) if units[0].tag == EB + "UserMessage" else Head(_read_signal(units[0]))


def _read_signal(unit: etree._Element) -> Receipt | ErrorSignal:
    if unit.find(EB + "PullRequest") is not None:
        raise Refused(FEATURE_NOT_SUPPORTED.saying("PullRequest: messages are pushed here, there is nothing to pull"))
    id, at, ref_to = _read_info(unit)
    errors = tuple(_read_error(one) for one in every(unit, EB + "Error"))
    received = unit.findall(EB + "Receipt")
    if bool(errors) == bool(received) or len(received) > 1:
        raise _invalid("SignalMessage must hold either one Receipt, or Errors")
    if errors:
        return ErrorSignal(id=id, timestamp=at, ref_to=ref_to, errors=errors)
    return Receipt(id=id, timestamp=at, ref_to=ref_to, references=receipt.read(received[0]))


def _read_error(element: etree._Element) -> Error:
    name = element.get("shortDescription", "")[:_MOST]
    texts = [text_of(element.find(EB + tag)) for tag in ("Description", "ErrorDetail")]  # the second may say less
    return Error(
        code=element.get("errorCode", OTHER.code)[:_MOST],
        name=name,
        severity=element.get("severity", "failure")[:_MOST].lower(),
        category=element.get("category", "")[:_MOST],
        detail="; ".join(text for text in texts if text not in ("", name))[:_MOST_DETAIL],
        ref_to=element.get("refToMessageInError", "")[:_MOST] or None,
    )


def _read_user(unit: etree._Element) -> Head:
    id, at, ref_to = _read_info(unit)
    about = only(unit, EB + "CollaborationInfo")
    agreement = only(about, EB + "AgreementRef")
    service = only(about, EB + "Service")
    message = UserMessage(
        id=id,
        timestamp=at,
        sender=_read_party(unit, "From"),
        receiver=_read_party(unit, "To"),
        service=_needed(service, "Service"),
        action=_needed(only(about, EB + "Action"), "Action"),
        conversation=text_of(only(about, EB + "ConversationId")),  # ebMS 5.2.2.8: must be there, may be empty
        service_type=service.get("type") if service is not None else None,
        ref_to=ref_to,
        agreement=text_of(agreement) if agreement is not None else None,
        agreement_type=agreement.get("type") if agreement is not None else None,
        pmode=agreement.get("pmode") if agreement is not None else None,
        mpc=unit.get("mpc"),
        properties=_read_properties(only(unit, EB + "MessageProperties")),
    )
    return Head(message, tuple(_read_part(one) for one in every(only(unit, EB + "PayloadInfo"), EB + "PartInfo")))


def _read_part(element: etree._Element) -> PartInfo:
    part = PartInfo(element.get("href", ""), _read_properties(only(element, EB + "PartProperties")))
    if part.is_gzip and part.value(COMPRESSION) != GZIP:
        raise Refused(DECOMPRESSION_FAILURE.saying(f"CompressionType must be {GZIP}"))
    return part


def _read_properties(holder: etree._Element | None) -> tuple[Property, ...]:
    found = tuple(
        Property(one.get("name", ""), text_of(one), one.get("type")) for one in every(holder, EB + "Property")
    )
    if len({one.name for one in found}) != len(found):
        raise Refused(VALUE_INCONSISTENT.saying("a Property stands twice"))
    return found


def _read_party(unit: etree._Element, side: str) -> Party:
    party = only(unit, EB + "PartyInfo", EB + side)
    named = only(party, EB + "PartyId")
    if named is None:
        raise _invalid(f"PartyInfo/{side} must hold exactly one PartyId")
    role = _needed(only(party, EB + "Role"), f"PartyInfo/{side}/Role")
    return Party(PartyId(_needed(named, f"PartyInfo/{side}/PartyId"), named.get("type", "")), role)


def _read_info(unit: etree._Element) -> tuple[str, datetime, str | None]:
    info = only(unit, EB + "MessageInfo")
    stamp = _needed(only(info, EB + "Timestamp"), "MessageInfo/Timestamp")
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError as error:
        raise _invalid("MessageInfo/Timestamp must be an xs:dateTime in UTC") from error
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)  # ebMS 5.2.2.1: the time is in UTC
    ref_to = text_of(only(info, EB + "RefToMessageId")) or None
    return _needed(only(info, EB + "MessageId"), "MessageInfo/MessageId"), at, ref_to


def _needed(element: etree._Element | None, name: str) -> str:
    value = text_of(element)
    if not 0 < len(value) <= _MOST:
        raise _invalid(f"{name} must stand there once, with 1 to {_MOST} characters")
    return value


def _invalid(why: str) -> Refused:
    return Refused(INVALID_HEADER.saying(why))
