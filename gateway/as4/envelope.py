"""The SOAP envelope: one Messaging header, one security header and an empty body; nothing twice, nothing that is not known.

In: bytes. Out: the elements that are processed, which are then the very ones whose signature is checked: signature wrapping
lives on a second copy. And the envelope written. SOAP 1.2 Part 1; WS-Security 1.1; eDelivery AS4: the body is empty.
"""

import msgspec
from lxml import etree

from gateway.as4.errors import FEATURE_NOT_SUPPORTED, INVALID_HEADER, POLICY_NONCOMPLIANCE, VALUE_INCONSISTENT, Refused
from gateway.as4.names import EB, S12, WSSE, WSU, make
from gateway.formats import xmltree

_IDS = ("Id", "ID", "id", WSU + "Id", "{http://www.w3.org/XML/1998/namespace}id")
_MOST_BYTES = 2_000_000  # 100 parts with ten properties each take a tenth of it
_MOST_ELEMENTS, _DEEPEST, _MOST_ON_ONE = 10_000, 20, 32  # 100 parts take 3,000, 12 deep
_TRUE = ("1", "true")


class Envelope(msgspec.Struct, frozen=True):
    """Where everything stands. `security` None: there is no security header."""

    root: etree._Element
    messaging: etree._Element
    body: etree._Element
    security: etree._Element | None


def written(security: etree._Element, messaging: etree._Element, body: etree._Element) -> bytes:
    """The bytes to send. The header's digests are of these very elements: nothing is indented or moved afterwards."""
    header = make(S12 + "Header", security, messaging)
    return etree.tostring(make(S12 + "Envelope", header, body), encoding="UTF-8", xml_declaration=True)


def empty_body(id: str) -> etree._Element:
    return make(S12 + "Body", attributes={WSU + "Id": id})


def read(data: bytes) -> Envelope:
    """`Refused` where this is no SOAP 1.2 message with exactly one Messaging header, or where an Id stands twice."""
    if len(data) > _MOST_BYTES:
        raise _invalid(f"the SOAP envelope has more than {_MOST_BYTES:,} bytes")
    root, findings = xmltree.parse(data, exact=True)
    if root is None:
        raise _invalid(findings[-1].text)
    if next(root.iter(etree.ProcessingInstruction), None) is not None:  # SOAP 1.2 Part 1 section 5
        raise _invalid("there is a processing instruction in the message")
    if root.tag != S12 + "Envelope":
        raise _invalid("the root is not a SOAP 1.2 Envelope")
    if [child.tag for child in root] != [S12 + "Header", S12 + "Body"]:
        raise _invalid("the Envelope must hold one Header, then one Body, and nothing else")
    _check_size(root)
    _check_ids(root)
    header, body = root
    found = {tag: list(root.iter(tag)) for tag in (EB + "Messaging", WSSE + "Security")}
    for name, elements in found.items():
        if any(one.getparent() is not header for one in elements) or len(elements) > 1:
            raise Refused(
                VALUE_INCONSISTENT.saying(f"{xmltree.bare(name)} must stand once, and directly in the Header")
            )
    if not found[EB + "Messaging"]:
        raise _invalid("there is no eb:Messaging in the Header")
    _check_understood(header)
    security = found[WSSE + "Security"]
    return Envelope(root, found[EB + "Messaging"][0], body, security[0] if security else None)


def check_empty(body: etree._Element) -> None:
    """A payload belongs into a MIME part of its own."""
    if len(body) or (body.text or "").strip():
        raise Refused(FEATURE_NOT_SUPPORTED.saying("the SOAP Body must be empty; payloads are attachments"))


def _check_size(root: etree._Element) -> None:
    """Canonicalising takes time as the product of these, and comes before anybody's signature has been found to hold."""
    elements = depth = declared = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "start-ns")):
        if not isinstance(element, etree._Element):  # a namespace: those of an element come before its start
            declared += 1
            continue
        elements += event == "start"
        depth += 1 if event == "start" else -1
        if elements > _MOST_ELEMENTS or depth > _DEEPEST or max(declared, len(element.attrib)) > _MOST_ON_ONE:
            raise _invalid(
                f"the SOAP envelope has more than {_MOST_ELEMENTS:,} elements, or they are more than {_DEEPEST} deep,"
                f" or one has more than {_MOST_ON_ONE} attributes or namespaces"
            )
        declared = 0


def _check_ids(root: etree._Element) -> None:
    """What a signature points to must be one thing, by whatever attribute it is found."""
    ids = [value for element in root.iter(etree.Element) for name in _IDS if (value := element.get(name)) is not None]
    if len(set(ids)) != len(ids):
        raise Refused(POLICY_NONCOMPLIANCE.saying("an Id stands twice in the message"))


def _check_understood(header: etree._Element) -> None:
    for block in header:
        is_ours = block.tag in (EB + "Messaging", WSSE + "Security")
        if not is_ours and block.get(S12 + "mustUnderstand", "").strip() in _TRUE:
            raise Refused(FEATURE_NOT_SUPPORTED.saying("a header block must be understood that is not known here"))


def _invalid(why: str) -> Refused:
    return Refused(INVALID_HEADER.saying(why))
