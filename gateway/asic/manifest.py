"""The list of what a container's signature covers: ASiCManifest (ETSI EN 319 162-1 annex A.4).

In: entries. Out: its XML; and back, name -> SHA-256, or why it cannot be read. Digests other than SHA-256 are not believed.
"""

import base64
import binascii
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote, unquote

from lxml import etree

_ASIC, _DS = "http://uri.etsi.org/02918/v1.2.1#", "http://www.w3.org/2000/09/xmldsig#"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_MOST_ENTRIES = 1000


def write(files: Mapping[str, tuple[str, bytes]], signature: str) -> bytes:
    """`files`: name -> media type and content. `signature`: the name of its entry."""
    root = etree.Element(etree.QName(_ASIC, "ASiCManifest"), nsmap={"asic": _ASIC, "ds": _DS})
    etree.SubElement(root, etree.QName(_ASIC, "SigReference"), URI=quote(signature), MimeType="application/pkcs7-mime")
    for name, (media_type, content) in files.items():
        one = etree.SubElement(root, etree.QName(_ASIC, "DataObjectReference"), URI=quote(name), MimeType=media_type)
        etree.SubElement(one, etree.QName(_DS, "DigestMethod"), Algorithm=_SHA256)
        value = etree.SubElement(one, etree.QName(_DS, "DigestValue"))
        value.text = base64.b64encode(sha256(content).digest()).decode()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def read(data: bytes) -> dict[str, bytes] | None:
    """Name -> digest; None where it is no such list. No bytes make it raise."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
        if root.getroottree().docinfo.doctype or root.tag != etree.QName(_ASIC, "ASiCManifest").text:
            return None
        found: dict[str, bytes] = {}
        for one in root.iterfind(etree.QName(_ASIC, "DataObjectReference").text):
            method, value = (one.find(etree.QName(_DS, part).text) for part in ("DigestMethod", "DigestValue"))
            if method is None or value is None or method.get("Algorithm") != _SHA256 or len(found) == _MOST_ENTRIES:
                return None
            found[unquote(one.get("URI", ""))] = base64.b64decode(value.text or "", validate=False)
    except (etree.XMLSyntaxError, ValueError, binascii.Error):
        return None
    return found
