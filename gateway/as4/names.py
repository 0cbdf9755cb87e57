"""Namespaces and fixed URIs of SOAP 1.2, WS-Security 1.1 and the SwA profile, and how elements under them are made.

An element is `make(EB + "Action", "…")`; its name is `{namespace}local`, as lxml writes it.
"""

from collections.abc import Iterator

from lxml import etree

from gateway.as4.ebms import EBMS
from gateway.as4.profiles import XENC as _XENC
from gateway.as4.profiles import XENC11 as _XENC11
from gateway.as4.profiles import XMLDSIG_2021

_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_WSS11 = "http://docs.oasis-open.org/wss/oasis-wss-"

NAMESPACES = {
    "S12": "http://www.w3.org/2003/05/soap-envelope",
    "eb": EBMS,
    "ebbp": "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0",
    "wsse": _WSS + "wssecurity-secext-1.0.xsd",
    "wsu": _WSS + "wssecurity-utility-1.0.xsd",
    "wsse11": _WSS11 + "wssecurity-secext-1.1.xsd",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "dsig11": "http://www.w3.org/2009/xmldsig11#",
    "dsigmore": XMLDSIG_2021,
    "xenc": _XENC,
    "xenc11": _XENC11,
    "ec": "http://www.w3.org/2001/10/xml-exc-c14n#",
}
S12, EB, EBBP, WSSE, WSU, WSSE11, DS, DSIG11, DSIGMORE, XENC, XENC11, EC = (f"{{{uri}}}" for uri in NAMESPACES.values())
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

BASE64 = _WSS + "soap-message-security-1.0#Base64Binary"
TOKEN_PROFILE = _WSS + "x509-token-profile-1.0#"
ENCRYPTED_KEY_TOKEN = _WSS11 + "soap-message-security-1.1#EncryptedKey"
SWA = _WSS11 + "SwAProfile-1.1#"
CONTENT_SIGNATURE = SWA + "Attachment-Content-Signature-Transform"
CIPHERTEXT = SWA + "Attachment-Ciphertext-Transform"
CONTENT_ONLY, COMPLETE = SWA + "Attachment-Content-Only", SWA + "Attachment-Complete"


def make(
    tag: str, *inside: "etree._Element | str | None", attributes: dict[str, str | None] | None = None
) -> etree._Element:
    """An element with texts and children in order; attributes and children that are None are left out.

    It has the prefixes of `NAMESPACES` from the beginning, so that its canonical form stays the same wherever it is put.
    """
    stated = {name: value for name, value in (attributes or {}).items() if value is not None}
    used = {namespace for name in (tag, *stated) if (namespace := etree.QName(name).namespace)}
    prefixes = {prefix: uri for prefix, uri in NAMESPACES.items() if uri in used}
    element = etree.Element(tag, stated, prefixes)
    for one in inside:
        if isinstance(one, str):
            element.text = (element.text or "") + one
        elif one is not None:
            element.append(one)
    return element


def only(parent: etree._Element | None, *path: str) -> etree._Element | None:
    """The element at the end of a path of names, if each stands there exactly once; else None."""
    for tag in path:
        if parent is None:
            return None
        found = parent.findall(tag)
        parent = found[0] if len(found) == 1 else None
    return parent


def text_of(element: etree._Element | None) -> str:
    """The text of an element without children, trimmed; "" where there is none."""
    return (element.text or "").strip() if element is not None and len(element) == 0 else ""


def every(parent: etree._Element | None, tag: str) -> Iterator[etree._Element]:
    """The child elements of this name."""
    return iter(parent.findall(tag)) if parent is not None else iter(())
