"""A payload on its way: gzipped, and in the form in which it is signed.

In: payloads. Out: parts; and back, with a limit to what may come out of gzip. The SwA signature transform canonicalises XML
and ends lines of text with CRLF, by the media type that is stated, which need not be true; so what we send is of a
type for which it does nothing. WSS SwA Profile 1.1 section 5.4.2; AS4 Profile 3.1; RFC 1952.
"""

import gzip
import re
import zlib
from collections.abc import Iterator

from gateway.as4.ebms import GZIP, Payload
from gateway.as4.errors import DECOMPRESSION_FAILURE, Refused
from gateway.as4.mime import Part
from gateway.as4.sign import canonical
from gateway.formats import xmltree

MOST_BYTES = 40_894_464
"""Of all payloads of a message together, unpacked (the payload profile of the EMSWe RIM)."""

_OPAQUE = "application/octet-stream"
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")


def part_of(payload: Payload) -> Part:
    """The payload as it is signed and then encrypted."""
    if payload.compress:
        return Part(payload.content_id, GZIP, gzip.compress(payload.content, mtime=0))
    is_changed = _is_xml(payload.mime_type) or _is_text(payload.mime_type)
    return Part(payload.content_id, _OPAQUE if is_changed else payload.mime_type.lower(), payload.content)


def signed_forms(part: Part) -> Iterator[bytes]:
    """What a sender may have signed: the bytes as they are, or what the transform makes of them by their type."""
    yield part.content
    if _is_xml(part.content_type):
        root, _ = xmltree.parse(part.content, exact=True)
        if root is not None:
            yield canonical(root)
    elif _is_text(part.content_type):
        yield _LINE_ENDS.sub(b"\r\n", part.content)


def decompressed(content: bytes, most: int) -> bytes:
    """`Refused` (EBMS:0303): no gzip, cut short, more behind it, or more than `most` bytes inside."""
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        out = inflater.decompress(content, most + 1)
    except zlib.error as error:
        raise _refused("a payload is not gzip") from error
    if len(out) > most:
        raise _refused(f"the payloads unpack to more than {MOST_BYTES:,} bytes")
    if not inflater.eof or inflater.unused_data:
        raise _refused("a payload's gzip is cut short, or something stands behind it")
    return out


def _is_xml(media_type: str) -> bool:
    name = media_type.lower()
    return name in ("text/xml", "application/xml") or name.endswith("+xml")


def _is_text(media_type: str) -> bool:
    return media_type.lower().startswith("text/")


def _refused(why: str) -> Refused:
    return Refused(DECOMPRESSION_FAILURE.saying(why))
