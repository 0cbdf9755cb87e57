"""The MIME package of an AS4 message: the SOAP envelope first, then one part for each payload.

In: a Content-Type and bytes. Out: the envelope and the parts by content id, or `Refused` with EBMS:0007; nothing else
comes out, whatever the bytes. And back. SOAP with Attachments (W3C 2000), RFC 2387 multipart/related, RFC 2392 cid.
"""

import base64
import re
import secrets
from collections.abc import Iterable
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32
from urllib.parse import unquote

import msgspec

from gateway.as4.errors import MIME_INCONSISTENCY, Refused

SOAP = "application/soap+xml"
_MOST_PARTS = 100
_MOST_HEADERS = 4096  # bytes in front of a part's content, and of Content-Type
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{1,70}")
_CONTENT_ID = re.compile(r"[A-Za-z0-9._@~+=$!*-]{1,250}")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}")
_LINES = bytes.maketrans(b"\r\n", b"  ")  # a folded header is one line
_CLEAR = ("", "binary", "8bit", "7bit")


class Part(msgspec.Struct, frozen=True):
    """One payload as it is carried, or in the clear. `content_id` without angle brackets. `repr` shows no content."""

    content_id: str
    content_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"Part({self.content_id!r}, {self.content_type!r}, {len(self.content)} bytes)"


class Package(msgspec.Struct, frozen=True):
    envelope: bytes
    parts: dict[str, Part]


def build(envelope: bytes, parts: Iterable[Part]) -> tuple[str, bytes]:
    """Content-Type and body. Without parts the envelope goes alone, as receipts do. ValueError: a name that MIME cannot carry."""
    parts = list(parts)
    if not parts:
        return f"{SOAP}; charset=UTF-8", envelope
    boundary = f"=_{secrets.token_hex(16)}"
    lines = [b"--", boundary.encode(), b"\r\n", _head(f"{SOAP}; charset=UTF-8", "root@gateway"), envelope]
    for part in parts:
        check(part)
        lines += [b"\r\n--", boundary.encode(), b"\r\n", _head(part.content_type, part.content_id), part.content]
    lines += [b"\r\n--", boundary.encode(), b"--\r\n"]
    return f'multipart/related; boundary="{boundary}"; type="{SOAP}"; start="<root@gateway>"', b"".join(lines)


def check(part: Part) -> None:
    """ValueError where a content id or media type could end its header line, or would need escaping in a cid: URI."""
    if not _CONTENT_ID.fullmatch(part.content_id):
        raise ValueError("a content id holds letters, digits and . _ @ ~ + = $ ! * - only")
    if not _MEDIA_TYPE.fullmatch(part.content_type):
        raise ValueError("a media type has the form type/subtype, without parameters")


def _head(content_type: str, content_id: str) -> bytes:
    lines = (f"Content-Type: {content_type}", "Content-Transfer-Encoding: binary", f"Content-ID: <{content_id}>")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def open_package(content_type: str, body: bytes) -> Package:
    """The envelope and the parts. `Refused` (EBMS:0007): no SOAP 1.2 message, or parts that cannot be told apart."""
    head = _headers(b"Content-Type: " + content_type[:_MOST_HEADERS].encode("ascii", "replace").translate(_LINES))
    if head.get_content_type() == SOAP:
        return Package(body, {})
    boundary = _parameter(head, "boundary")
    if head.get_content_type() != "multipart/related" or not _BOUNDARY.fullmatch(boundary):
        raise _refused(f"the message is not {SOAP}, nor multipart/related with a boundary")
    cut = [_part(piece) for piece in _pieces(body, b"--" + boundary.encode())]
    start = _bare(_parameter(head, "start"))
    roots = [at for at, (_, content_id, _) in enumerate(cut) if content_id == start] if start else [0]
    if len(roots) != 1 or cut[roots[0]][0] != SOAP:
        raise _refused(f"the root part is not exactly one, of type {SOAP}")
    envelope = cut.pop(roots[0])[2]
    parts = {content_id: Part(content_id, media_type, content) for media_type, content_id, content in cut}
    if len(parts) != len(cut) or "" in parts:
        raise _refused("a part has no Content-ID, or two have the same")
    return Package(envelope, parts)


def content_id_of(uri: str) -> str | None:
    """The content id that a cid: URI names (RFC 2392: percent-encoded); None for any other URI."""
    return unquote(uri[4:]) if uri[:4].lower() == "cid:" else None


def _pieces(body: bytes, delimiter: bytes) -> list[bytes]:
    """What stands between the delimiter lines (RFC 2046 5.1.1). The last one must be there: a message cut short is none."""
    at = 0 if body.startswith(delimiter) else body.find(b"\r\n" + delimiter) + 2
    if at == 1:
        raise _refused("the boundary that Content-Type names does not stand in the message")
    found: list[bytes] = []
    while len(found) <= _MOST_PARTS:
        at += len(delimiter)
        if body.startswith(b"--", at):
            if found:
                return found
            break
        line = body.find(b"\r\n", at)
        end = body.find(b"\r\n" + delimiter, line)  # a part without headers begins with the line's own end
        if line < 0 or end < 0 or body[at:line].strip(b" \t"):
            raise _refused("the message is not closed by its last boundary")
        found.append(body[line + 2 : end])
        at = end + 2
    raise _refused(f"the message has no part, or more than {_MOST_PARTS}")


def _part(piece: bytes) -> tuple[str, str, bytes]:
    """Media type, content id and content of one part."""
    end = 0 if piece.startswith(b"\r\n") else piece.find(b"\r\n\r\n", 0, _MOST_HEADERS)
    if end < 0:
        raise _refused("the headers of a part do not end")
    head = _headers(piece[:end])
    content = piece[end + (4 if end else 2) :]
    for name in ("content-type", "content-id", "content-transfer-encoding"):
        if len(head.get_all(name, ())) > 1:
            raise _refused(f"a part has the header {name} twice")
    return head.get_content_type(), _bare(str(head.get("content-id", ""))), _decoded(head, content)


def _decoded(head: Message, content: bytes) -> bytes:
    coding = str(head.get("content-transfer-encoding", "")).strip().lower()
    if coding in _CLEAR:
        return content
    try:
        if coding == "base64":
            return base64.b64decode(content, validate=False)
    except ValueError as error:
        raise _refused("a part says base64 and is not") from error
    raise _refused("a part has a Content-Transfer-Encoding other than binary, 8bit, 7bit and base64")


def _headers(raw: bytes) -> Message:
    return HeaderParser(policy=compat32).parsestr(raw.decode("latin-1"))


def _parameter(head: Message, name: str) -> str:
    value = head.get_param(name)
    return value if isinstance(value, str) else ""


def _bare(content_id: str) -> str:
    return content_id.strip().removeprefix("<").removesuffix(">")


def _refused(why: str) -> Refused:
    return Refused(MIME_INCONSISTENCY.saying(why))
