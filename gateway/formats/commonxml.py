"""The common manifest as XML, valid against `schemas/manifest.xsd` (write only).

In: a `Manifest`. Out: UTF-8 bytes. The element names and their order are the Structs' own, so that the XSD, which is
generated from the same Structs, holds by construction; members at their default are left out. A character that XML 1.0
has no room for (the control characters, but tab and line breaks) becomes U+FFFD: the JSON form carries it unchanged.
"""

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

from gateway.formats.marking import marked
from gateway.formats.published import NAMESPACE
from gateway.formats.writing import WriteOrder
from gateway.manifest import Manifest

MEDIA_TYPE = "application/xml"


_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_KEPT = {"\r": "&#13;"}  # a parser would read a bare one as a line feed


def write(manifest: Manifest, order: WriteOrder) -> bytes:
    """The manifest as one `<manifest>` document, with the order's terms as `<handling>`."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n', f'<manifest xmlns="{NAMESPACE}">']
    for member, value in msgspec.to_builtins(marked(manifest, order)).items():
        _append(parts, member, value)
    parts.append("</manifest>\n")
    return "".join(parts).encode()


def _append(parts: list[str], member: str, value: Any) -> None:
    if isinstance(value, dict) and member == "code_lists":
        parts.extend(f"<{member} key={_key(key)}>{_text(text)}</{member}>" for key, text in value.items())
    elif isinstance(value, dict):
        parts.append(f"<{member}>")
        for name, inner in value.items():
            _append(parts, name, inner)
        parts.append(f"</{member}>")
    elif isinstance(value, list | tuple) and member == "extras":
        parts.extend(f"<extras key={_key(key)}>{_text(text)}</extras>" for key, text in value)
    elif isinstance(value, list | tuple):
        for item in value:
            _append(parts, member, item)
    elif isinstance(value, bool):
        parts.append(f"<{member}>{'true' if value else 'false'}</{member}>")
    elif value is not None:
        parts.append(f"<{member}>{_text(str(value))}</{member}>")


def _text(text: str) -> str:
    return text if text.isalnum() else escape(_NO_XML.sub("\ufffd", text), _KEPT)


def _key(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", text))
