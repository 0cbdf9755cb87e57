"""What the standards let other software do, and we do not do ourselves: other forms of attachments, several certificates."""

import base64
from datetime import timedelta

import msgspec
import pytest
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.as4 import (
    EDELIVERY_1,
    EDELIVERY_2,
    Opener,
    Own,
    Payload,
    Signer,
    TokenReference,
    Unpacked,
    attachment,
    encrypt,
    sign,
    wsse,
)
from gateway.as4.mime import Part
from gateway.as4.names import COMPLETE
from tests.as4.wires import AT, LIST, Wire, certificate, codes, each, one, rsa_key, wire, with_soap


def _carried_as(monkeypatch, media_type: str, content: bytes, signed: bytes):
    """A message whose payload goes as `content`, is called `media_type`, and has been signed in the form `signed`."""
    real = sign.references_to
    monkeypatch.setattr(attachment, "part_of", lambda payload: Part(payload.content_id, media_type, content))
    monkeypatch.setattr(
        sign,
        "references_to",
        lambda elements, parts, profile: real(elements, [Part("message", media_type, signed)], profile),
    )
    return wire().sent(wire().pack(LIST))


XML = b'<?xml version="1.0"?>\n<a  c="1" b="2"><!-- no --><d/> &#65;</a>'
CANONICAL = b'<a b="2" c="1"><d></d> A</a>'


@pytest.mark.parametrize("media_type", ["text/xml", "application/xml", "application/x+xml", "Text/XML"])
@pytest.mark.parametrize("signed", [XML, CANONICAL])
def test_xml_may_be_signed_as_it_is_or_in_canonical_form(monkeypatch, media_type, signed):
    """And what was signed is what is handed over (SwA 5.4.2; RIM calls its zip text/xml)."""
    got = _carried_as(monkeypatch, media_type, XML, signed)
    assert isinstance(got, Unpacked), got
    assert got.payloads[0].content == signed


@pytest.mark.parametrize("media_type", ["application/zip", "text/plain"])
def test_the_canonical_form_is_no_form_of_what_is_no_xml(monkeypatch, media_type):
    assert codes(_carried_as(monkeypatch, media_type, XML, CANONICAL)) == ["0101"]


def test_a_zip_that_is_called_xml(monkeypatch):
    got = _carried_as(monkeypatch, "text/xml", LIST.content, LIST.content)
    assert got.payloads[0].content == LIST.content


def test_text_may_be_signed_with_other_line_ends(monkeypatch):
    got = _carried_as(monkeypatch, "text/csv", b"a\nb\r\nc\rd", b"a\r\nb\r\nc\r\nd")
    assert got.payloads[0].content == b"a\r\nb\r\nc\r\nd"
    assert codes(_carried_as(monkeypatch, "text/csv", b"a\nb", b"a\r\nc")) == ["0101"]


@pytest.mark.parametrize("media_type", ["text/xml", "image/svg+xml", "text/plain"])
def test_what_we_send_is_of_a_type_that_nobody_canonicalises(media_type):
    """Its own type stands among the part properties."""
    packed = wire().pack(Payload("message", b"<a/>", media_type))
    assert b'MimeType="application/octet-stream"' in packed.body
    assert wire().sent(packed).payloads[0].mime_type == media_type


def test_an_attachment_encrypted_with_its_headers(monkeypatch):
    """Attachment-Complete, as older Domibus does it."""

    def sealed(key, content):
        head = b"Content-ID: <message>\r\nContent-Type: application/zip\r\n\r\n"
        return bytes(12) + AESGCM(key).encrypt(bytes(12), head + content, None)

    monkeypatch.setattr(encrypt, "_sealed", sealed)
    packed = wire().pack(LIST)
    got = wire().sent(with_soap(packed, lambda root: one(root, "EncryptedData").set("Type", COMPLETE)))
    assert got.payloads == (LIST,)


def test_a_key_that_lists_what_it_encrypts_and_is_not_pointed_to():
    def change(root):
        (data,) = each(root, "EncryptedData")
        data.remove(one(data, "KeyInfo"))

    assert wire().sent(with_soap(wire().pack(LIST), change)).payloads == (LIST,)


@pytest.mark.parametrize("kind", TokenReference)
@pytest.mark.parametrize("profile", [EDELIVERY_1, EDELIVERY_2], ids=lambda profile: profile.name)
def test_the_new_certificate_beside_the_outgoing_one(kind, profile):
    """Of the partner that signs, and of ours that is encrypted to: the one that is meant is found by each kind of reference."""
    old, new = wire(profile), wire(profile, 2)
    named = msgspec.structs.replace(profile, names_signer=kind, names_recipient=kind)
    line = msgspec.structs.replace(old.line, shown=msgspec.structs.replace(
        old.line.shown, signers=old.line.shown.signers + new.line.shown.signers))  # fmt: skip
    own = msgspec.structs.replace(old.window.own, openers=old.window.own.openers + new.window.own.openers)
    window = msgspec.structs.replace(old.window, own=own)
    for sender in (old, new):
        sending = msgspec.structs.replace(sender, profile=named)
        got = Wire(named, line, window).sent(sending.pack(LIST))
        assert isinstance(got, Unpacked), got
        assert got.signer == sender.line.own.signer.chain[0]


def test_one_key_with_two_certificates_is_known_by_the_serial_number():
    """Renewed for the same key by the same issuer: SubjectKeyIdentifier means both, IssuerSerial one."""
    key = rsa_key("ap.line.example")
    pair = [certificate("ap.line.example", key.public_key(), key, until=AT + timedelta(days=days)) for days in (1, 50)]
    for mine in pair:
        own = Own(party=wire().line.own.party, signer=Signer(key, (mine,)), openers=(Opener(key, mine),))
        shown = msgspec.structs.replace(wire().line.shown, signers=tuple(pair))
        profile = msgspec.structs.replace(EDELIVERY_1, names_signer=TokenReference.ISSUER_SERIAL)
        between = Wire(profile, msgspec.structs.replace(wire().line, own=own, shown=shown), wire().window)
        assert between.sent(between.pack(LIST)).signer == mine


def test_one_serial_number_of_two_issuers():
    """Serial numbers are an issuer's own; the name is compared whatever its letter case (RFC 5280 7.1)."""
    key = rsa_key("ap.line.example")
    pair = [
        certificate("ap.line.example", key.public_key(), key, issuer, serial=7) for issuer in ("First CA", "Second CA")
    ]
    for mine in pair:
        naming, _ = wsse.naming(TokenReference.ISSUER_SERIAL, (mine,), "token")
        assert wsse.meant(naming, naming, pair) == mine
        one(naming, "X509IssuerName").text = one(naming, "X509IssuerName").text.upper()
        assert wsse.meant(naming, naming, pair) == mine
        assert wsse.meant(naming, naming, [other for other in pair if other != mine]) is None
    one(naming, "X509IssuerName").text = "no name at all"
    assert wsse.meant(naming, naming, pair) is None


def test_a_path_is_a_sequence_with_the_end_entity_last():
    """X.509 10.10.3; read here by cryptography's own DER reader."""
    key = rsa_key("issuer")
    chain = [certificate(name, key.public_key(), key) for name in ("leaf", "between", "root")]
    _, token = wsse.naming(TokenReference.PKI_PATH, chain, "token")
    path = asn1.decode_der(asn1.TLV, base64.b64decode(token.text))
    assert path.tag_bytes == b"\x30"
    assert path.data == b"".join(one.public_bytes(Encoding.DER) for one in reversed(chain))
