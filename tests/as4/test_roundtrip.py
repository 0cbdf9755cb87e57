"""What is packed is unpacked, in both editions, with every way to name a certificate; and answers are read as they are meant."""

import msgspec
import pytest

from gateway.as4 import (
    EDELIVERY_1,
    EDELIVERY_2,
    EMSWE_RIM,
    TEST_ACTION,
    TEST_SERVICE,
    Error,
    Fault,
    Payload,
    Property,
    Receipted,
    Rejected,
    TokenReference,
    Unpacked,
    error_for,
    read_answer,
    receipt_for,
)
from tests.as4.wires import AT, LIST, MESSAGE, WINDOW, Wire, codes, wire

PROFILES = (EDELIVERY_1, EMSWE_RIM, EDELIVERY_2)


@pytest.fixture(params=PROFILES, ids=lambda profile: profile.name)
def between(request) -> Wire:
    return wire(request.param)


def test_a_message_arrives_as_it_was_sent(between):
    text = Payload("attachment-1@line.example", "ERIKSSON\nANNA <b/> å".encode(), "text/xml", (), "utf-8")
    gzipped = Payload("zipped", b"<a>" + b"x" * 5000 + b"</a>", "application/xml", (), "utf-8", compress=True)
    got = between.sent(between.pack(LIST, text, gzipped, Payload("empty", b"", "application/octet-stream")))
    assert isinstance(got, Unpacked), got
    assert got.message == MESSAGE
    assert got.payloads == (LIST, text, gzipped, Payload("empty", b"", "application/octet-stream"))
    assert got.signer == between.line.own.signer.chain[0]
    assert [reference.uri for reference in got.references][2:] == [
        "cid:message", "cid:attachment-1@line.example", "cid:zipped", "cid:empty"
    ]  # fmt: skip


def test_nothing_of_the_content_stands_in_what_is_posted(between):
    body = between.pack(LIST, msgspec.structs.replace(LIST, content_id="second", compress=True)).body
    assert b"ERIKSSON" not in body


@pytest.mark.parametrize("signer", TokenReference)
@pytest.mark.parametrize("recipient", TokenReference)
def test_every_kind_of_token_reference(signer, recipient):
    for profile in (EDELIVERY_1, EDELIVERY_2):
        between = wire(profile)
        named = msgspec.structs.replace(
            between, profile=msgspec.structs.replace(profile, names_signer=signer, names_recipient=recipient)
        )
        got = between.sent(named.pack(LIST))
        assert isinstance(got, Unpacked), got


def _answer(between: Wire, packed, answer):
    return read_answer(
        answer.content_type, answer.body, message_id=packed.message_id, references=packed.references,
        profile=between.profile, partner=between.window.shown, at=AT,
    )  # fmt: skip


def test_the_receipt_fits_digest_by_digest(between):
    packed = between.pack(LIST)
    receipt = receipt_for(between.sent(packed), id="r1@x", at=AT, profile=between.profile, own=between.window.own)
    got = _answer(between, packed, receipt)
    assert got == Receipted("r1@x", AT, between.window.own.signer.chain[0])


def test_a_receipt_for_one_attempt_fits_the_next(between):
    """The other side takes the second for a duplicate, and answers with the receipt that it made for the first."""
    zipped = msgspec.structs.replace(LIST, compress=True)
    first, second = between.pack(zipped), between.pack(zipped)
    assert first.body != second.body
    receipt = receipt_for(between.sent(first), id="r1@x", at=AT, profile=between.profile, own=between.window.own)
    assert isinstance(_answer(between, second, receipt), Receipted)


def test_a_receipt_for_another_content_is_no_receipt(between):
    packed, other = between.pack(LIST), between.pack(msgspec.structs.replace(LIST, content=b"another"))
    receipt = receipt_for(between.sent(other), id="r1@x", at=AT, profile=between.profile, own=between.window.own)
    got = _answer(between, packed, receipt)
    assert codes(got) == ["0302"]
    assert "cid:message has another digest" in got.errors[0].detail


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda references: references[:-1], "cid:message is not given back"),
        (lambda references: (*references, references[0]), "more than once"),
        (lambda references: (*references, msgspec.structs.replace(references[0], uri="#x")), "#x was not sent"),
        (lambda _: (), "#messaging is not given back"),
    ],
)
def test_a_receipt_that_gives_back_less_more_or_nothing(change, said):
    between = wire()
    packed = between.pack(LIST)
    got = between.sent(packed)
    altered = msgspec.structs.replace(got, references=change(got.references))
    receipt = receipt_for(altered, id="r1@x", at=AT, profile=between.profile, own=between.window.own)
    outcome = _answer(between, packed, receipt)
    assert codes(outcome) == ["0302"]
    assert said in outcome.errors[0].detail


def test_a_receipt_for_another_message_is_no_receipt():
    between = wire()
    packed = between.pack(LIST)
    got = between.sent(packed)
    other = msgspec.structs.replace(got, message=msgspec.structs.replace(got.message, id="other"))
    receipt = receipt_for(other, id="r1@x", at=AT, profile=between.profile, own=between.window.own)
    assert codes(_answer(between, packed, receipt)) == ["0302"]


def test_a_receipt_that_someone_else_signed_is_no_receipt():
    between = wire()
    packed = between.pack(LIST)
    receipt = receipt_for(between.sent(packed), id="r1@x", at=AT, profile=between.profile, own=between.line.own)
    assert codes(_answer(between, packed, receipt)) == ["0101"]


def test_errors_come_back_with_code_severity_and_detail(between):
    packed = between.pack(LIST)
    fault = between.unpack(packed.content_type, packed.body[:-200])
    assert codes(fault) == ["0007"]
    errors = (Error(code="EBMS:0303", name="DecompressionFailure", severity="failure", category="Communication",
                    detail="a payload is not gzip"),)  # fmt: skip
    answer = error_for(
        Fault(errors, packed.message_id), id="e1", at=AT, profile=between.profile, own=between.window.own
    )
    got = _answer(between, packed, answer)
    assert isinstance(got, Rejected)
    assert got.signed
    assert got.errors == (msgspec.structs.replace(errors[0], ref_to=packed.message_id),)


def test_errors_about_another_message_are_no_answer():
    between = wire()
    packed = between.pack(LIST)
    fault = Fault((Error(code="EBMS:0004"),), "another")
    answer = error_for(fault, id="e1", at=AT, profile=between.profile, own=between.window.own)
    assert codes(_answer(between, packed, answer)) == ["0302"]


def test_an_unsigned_error_is_told_as_one():
    between = wire()
    packed = between.pack(LIST)
    fault = Fault((Error(code="EBMS:0101"),), packed.message_id)
    answer = error_for(fault, id="e1", at=AT, profile=between.profile, own=between.line.own)
    got = _answer(between, packed, answer)
    assert isinstance(got, Rejected)
    assert not got.signed


def test_the_test_service_needs_no_payload(between):
    ping = msgspec.structs.replace(MESSAGE, service=TEST_SERVICE, service_type=None, action=TEST_ACTION)
    packed = between.pack(message=ping)
    got = between.sent(packed)
    assert isinstance(got, Unpacked), got
    assert got.message.is_test
    assert not wire().sent(wire().pack(LIST)).message.is_test


def test_a_second_leg_answers_the_first():
    second = msgspec.structs.replace(
        MESSAGE, id="leg-2", ref_to=MESSAGE.id, sender=MESSAGE.receiver, receiver=MESSAGE.sender
    )
    assert second.answers(MESSAGE)
    assert not msgspec.structs.replace(second, conversation="another").answers(MESSAGE)
    assert not MESSAGE.answers(second)
    third = wire().sent(wire().pack(LIST, message=msgspec.structs.replace(MESSAGE, ref_to="leg-0")))
    assert third.message.ref_to == "leg-0"


def test_what_mime_cannot_carry_is_told_before_it_is_sent():
    for bad in ("a b", "a\r\nX: y", "", "<a>", "é"):
        with pytest.raises(ValueError, match="content id"):
            wire().pack(msgspec.structs.replace(LIST, content_id=bad))
    with pytest.raises(ValueError, match="media type"):
        wire().pack(msgspec.structs.replace(LIST, mime_type="a/b\r\nX: y"))
    with pytest.raises(ValueError, match="written from what the payload is"):
        wire().pack(msgspec.structs.replace(LIST, properties=(Property("MimeType", "a/b"),)))
    for properties in ((Property("a", ""),), (Property("", "a"),), (Property("a", "1"), Property("a", "2"))):
        with pytest.raises(ValueError, match="a name of its own and a value"):
            wire().pack(msgspec.structs.replace(LIST, properties=properties))
        with pytest.raises(ValueError, match="a name of its own and a value"):
            wire().pack(message=msgspec.structs.replace(MESSAGE, properties=properties))
    with pytest.raises(ValueError, match="same content id"):
        wire().pack(LIST, LIST)


def test_keys_and_contents_are_in_no_repr():
    side = wire().window
    assert "PRIVATE" not in repr(side.own)
    assert "RSAPrivateKey" not in repr(side.own)
    assert "ERIKSSON" not in repr(LIST)
    assert WINDOW.value in repr(side.own)
