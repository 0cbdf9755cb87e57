"""Whatever is said and carried arrives the same; whatever happens to it on the way, nothing else is ever taken for it."""

from datetime import timedelta

import msgspec
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from lxml import etree

from gateway.as4 import (
    EDELIVERY_1,
    EDELIVERY_2,
    Fault,
    Packed,
    Party,
    Payload,
    Property,
    Receipted,
    Rejected,
    Unpacked,
    UserMessage,
    read_answer,
    receipt_for,
)
from gateway.as4.mime import Part, build, open_package
from tests.as4.wires import AT, LIST, MESSAGE, Wire, soap_of, wire
from tests.often import often

_WORDS = st.text("abcXYZ012 <>&\"'%:/#ÅéΩ漢\U0001f6a2", max_size=40).map(str.strip)
_NAMES = _WORDS.filter(bool)
_IDS = st.from_regex(r"[A-Za-z0-9._@~+=$!*-]{1,60}", fullmatch=True)
_TYPES = st.sampled_from(
    ("application/octet-stream", "text/xml", "application/xml", "text/plain", "application/pdf", "image/svg+xml")
)
_PROPERTIES = st.lists(st.builds(Property, _NAMES, _NAMES, st.none() | _NAMES), max_size=4, unique_by=lambda p: p.name)
_RESERVED = ("MimeType", "CharacterSet", "CompressionType")


@st.composite
def _payloads(draw) -> list[Payload]:
    ids = draw(st.lists(_IDS, max_size=3, unique=True))
    own = st.lists(
        st.builds(Property, _NAMES.filter(lambda name: name not in _RESERVED), _NAMES),
        max_size=3,
        unique_by=lambda p: p.name,
    )
    return [
        Payload(
            id, draw(st.binary(max_size=300)), draw(_TYPES), tuple(draw(own)),
            draw(st.none() | st.just("utf-8")), draw(st.booleans()),
        )
        for id in ids
    ]  # fmt: skip


@st.composite
def _messages(draw) -> UserMessage:
    return msgspec.structs.replace(
        MESSAGE,
        id=draw(_NAMES),
        timestamp=AT + timedelta(milliseconds=draw(st.integers(-(10**9), 10**7))),
        sender=Party(MESSAGE.sender.id, draw(_NAMES)),
        receiver=Party(MESSAGE.receiver.id, draw(_NAMES)),
        service=draw(_NAMES),
        service_type=draw(st.none() | _NAMES),
        action=draw(_NAMES),
        conversation=draw(_WORDS),
        ref_to=draw(st.none() | _NAMES),
        mpc=draw(st.none() | _NAMES),
        properties=tuple(draw(_PROPERTIES)),
    )


@given(_messages(), _payloads(), st.sampled_from((EDELIVERY_1, EDELIVERY_2)))
@often(25, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_unpacked_is_what_was_packed(message, payloads, profile):
    got = wire(profile).sent(wire(profile).pack(*payloads, message=message))
    assert isinstance(got, Unpacked), got
    assert got.message == message
    assert list(got.payloads) == payloads


_SMALL = msgspec.structs.replace(LIST, content=b"PK ERIKSSON ANNA MARIA", compress=True)


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255), st.sampled_from((EDELIVERY_1, EDELIVERY_2)))
@often(60)
def test_one_byte_changed_is_never_another_message(where, flip, profile):
    between = wire(profile)
    packed = between.pack(_SMALL)
    at = int(where * len(packed.body))
    changed = packed.body[:at] + bytes([packed.body[at] ^ flip]) + packed.body[at + 1 :]
    got = between.unpack(packed.content_type, changed)
    if isinstance(got, Unpacked):  # a byte of a MIME header or of white space, of no meaning to anybody
        assert (got.message, got.payloads) == (MESSAGE, (_SMALL,))


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
@often(25)
def test_one_byte_changed_makes_no_receipt_of_another(where, flip):
    between = wire()
    packed = between.pack(_SMALL)
    receipt = receipt_for(between.sent(packed), id="r@x", at=AT, profile=EDELIVERY_1, own=between.window.own)
    at = int(where * len(receipt.body))
    changed = receipt.body[:at] + bytes([receipt.body[at] ^ flip]) + receipt.body[at + 1 :]
    got = _answer(between, packed, changed)
    assert isinstance(got, Fault) or got == Receipted("r@x", AT, between.window.own.signer.chain[0])


def _answer(between: Wire, packed, body: bytes, content_type: str = "application/soap+xml"):
    return read_answer(
        content_type, body, message_id=packed.message_id, references=packed.references, profile=between.profile,
        partner=between.window.shown, at=AT,
    )  # fmt: skip


_PIECES = st.lists(
    st.sampled_from(
        (b"\r\n", b"--b", b"--b--", b"Content-Type: application/soap+xml", b"Content-ID: <a>", b"Content-Transfer-Encoding: base64",
         b"\r\n\r\n", b"<S12:Envelope xmlns:S12='http://www.w3.org/2003/05/soap-envelope'>", b"</S12:Envelope>", b"<S12:Header/>",
         b"<S12:Body/>", b"\0", b"%", b"=")
    ) | st.binary(max_size=12),
    max_size=25,
).map(b"".join)  # fmt: skip
_CONTENT_TYPES = st.sampled_from(
    ("application/soap+xml", 'multipart/related; boundary="b"', "multipart/related; boundary=b; start=<a>", "", "\r\n")
) | st.text(max_size=60)


_SENT = Packed(MESSAGE.id, "", b"")


@given(_CONTENT_TYPES, _PIECES)
@often(75)
def test_no_bytes_raise(content_type, body):
    between = wire()
    assert isinstance(between.unpack(content_type, body), Fault)
    assert isinstance(_answer(between, _SENT, body, content_type), Fault | Rejected)


@given(st.data())
@often(40)
def test_no_element_that_is_missing_or_empty_or_doubled_raises(data):
    between = wire(data.draw(st.sampled_from((EDELIVERY_1, EDELIVERY_2))))
    packed = between.pack(_SMALL)
    root = soap_of(packed)
    element = data.draw(st.sampled_from(list(root.iter())[1:]))
    match data.draw(st.sampled_from(("gone", "empty", "text", "doubled", "attribute"))):
        case "gone":
            element.getparent().remove(element)
        case "empty":
            element.clear()
        case "text":
            element.text = data.draw(st.sampled_from(("", "%%%", "A", "é", "x" * 5000)))
        case "doubled":
            element.getparent().append(element.__copy__())
        case "attribute":
            element.attrib.update(
                dict.fromkeys(element.attrib, data.draw(st.sampled_from(("", "#", "cid:", "http://é/"))))
            )
    start, end = packed.body.index(b"<?xml"), packed.body.index(b"\r\n--=_", 10)
    got = between.unpack(packed.content_type, packed.body[:start] + etree.tostring(root) + packed.body[end:])
    assert isinstance(got, Fault) or (got.message, got.payloads) == (MESSAGE, (_SMALL,))


_CONTENTS = st.binary(max_size=60) | st.lists(st.sampled_from((b"\r\n", b"--", b"\n", b"=_")), max_size=20).map(
    b"".join
)


@given(st.lists(st.tuples(_IDS, _CONTENTS), max_size=4, unique_by=lambda pair: pair[0]), st.binary(max_size=40))
@often(30)
def test_parts_come_out_as_they_went_in(pairs, envelope):
    parts = [Part(id, "application/octet-stream", content) for id, content in pairs]
    package = open_package(*build(envelope, parts))
    assert package.envelope == envelope
    assert list(package.parts.values()) == parts
