"""What an attacker does to a message, a partner's or a stranger's, and with which error it is refused.

The messages are sound before they are touched: each test would accept them if the check in question were missing.
"""

from datetime import timedelta
from time import perf_counter

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from gateway.as4 import (
    EDELIVERY_1,
    EDELIVERY_2,
    Own,
    Partner,
    PartyId,
    Signer,
    Unpacked,
    attachment,
    encrypt,
    packing,
    sign,
    unpack,
)
from gateway.as4.mime import Part, build
from gateway.as4.names import BASE64, DS, EB, EC, S12, WSSE, WSU, make
from tests.as4.wires import AT, LIST, MESSAGE, Wire, certificate, codes, each, one, rsa_key, soap_of, wire, with_soap

WRAPPER = "{urn:example}Wrapper"


@pytest.fixture
def between() -> Wire:
    return wire()


def refused(between: Wire, change) -> list[str]:
    """The codes for a sound message whose envelope `change` touched."""
    return codes(between.sent(with_soap(between.pack(LIST), change)))


def test_an_envelope_taken_apart_and_put_together_again_is_still_sound(between):
    assert isinstance(between.sent(with_soap(between.pack(LIST), lambda root: None)), Unpacked)


# Signature wrapping: the signed element goes elsewhere, another takes its place.


def _copy(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _forged(messaging: etree._Element) -> etree._Element:
    forged = _copy(messaging)
    one(forged, "Action").text = "forged"
    return forged


def _wrap(root: etree._Element, name: str, forged: etree._Element, into: etree._Element) -> None:
    signed = one(root, name)
    signed.getparent().replace(signed, forged)
    wrapper = etree.SubElement(into, WRAPPER)
    wrapper.append(signed)


@pytest.mark.parametrize("where", ["Header", "Security", "Signature", "Body"])
@pytest.mark.parametrize(("id", "code"), [("messaging", "0103"), ("other", "0003"), (None, "0003")])
def test_a_second_messaging_takes_the_place_of_the_signed_one(between, where, id, code):
    def change(root):
        forged = _forged(one(root, "Messaging"))
        del forged.attrib[WSU + "Id"]
        if id:
            forged.set(WSU + "Id", id)
        _wrap(root, "Messaging", forged, one(root, where))

    assert refused(between, change) == [code]


def test_the_signed_messaging_is_hidden_under_another_name(between):
    def change(root):
        signed = one(root, "Messaging")
        signed.getparent().replace(signed, _forged(signed))
        hidden = etree.SubElement(one(root, "Security"), WRAPPER, {"Id": "messaging"})
        hidden.extend(_copy(signed))
        del one(root, "Messaging").attrib[WSU + "Id"]

    assert refused(between, change) == ["0103"]


@pytest.mark.parametrize("attribute", ["Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id"])
def test_an_id_that_another_library_may_find_first(between, attribute):
    assert refused(between, lambda root: etree.SubElement(one(root, "Header"), WRAPPER, {attribute: "messaging"})) == [
        "0103"
    ]


def test_a_second_body(between):
    def change(root):
        body = one(root, "Body")
        etree.SubElement(one(root, "Header"), WRAPPER).append(_copy(body))
        body.set(WSU + "Id", "other")

    assert refused(between, change) == ["0103"]
    assert refused(between, lambda root: root.append(_copy(one(root, "Body")))) == ["0009"]


def test_a_second_security_header(between):
    assert refused(between, lambda root: one(root, "Header").append(make(WSSE + "Security"))) == ["0003"]


def test_a_second_signature(between):
    def change(root):
        signature = one(root, "Signature")
        signature.addnext(_copy(signature))

    assert refused(between, change) == ["0103"]


def test_what_is_read_is_what_is_signed_although_comments_are_not(between):
    """Canonical XML leaves comments out; whoever read only the text before one would read another id."""
    packed = between.pack(LIST)
    id = MESSAGE.id.encode()
    cut = msgspec.structs.replace(packed, body=packed.body.replace(id, id[:8] + b"<!-- -->" + id[8:], 1))
    assert between.sent(cut).message == MESSAGE


def test_a_processing_instruction(between):
    assert refused(between, lambda root: one(root, "Body").append(etree.ProcessingInstruction("x", "y"))) == ["0009"]


# The header or the attachments are changed.


@pytest.mark.parametrize("name", ["Action", "MessageId", "Timestamp", "PartyId", "ConversationId"])
def test_a_changed_header(between, name):
    def change(root):
        found = one(root, name)
        found.text = found.text[:-2] + ("1Z" if name == "Timestamp" else "xx")

    assert refused(between, change) == (["0010"] if name == "PartyId" else ["0101"])


def test_a_changed_part_property(between):
    def change(root):
        next(p for p in each(root, "Property") if p.get("name") == "Authorization.Type").text = "DECL"

    assert refused(between, change) == ["0101"]


def test_a_body_with_something_in_it(between):
    assert refused(between, lambda root: etree.SubElement(one(root, "Body"), WRAPPER)) == ["0002"]


def _reencrypted(between: Wire, signed, sent):
    """The attacker knows the recipient's certificate as everybody does, and encrypts another content under the old signature."""
    packed = between.pack(*signed)
    secured, carried = encrypt.encrypted(
        [attachment.part_of(one) for one in sent], between.window.shown.encryption, between.profile
    )
    root = soap_of(packed)
    security = one(root, "Security")
    for old in [
        child for child in security if child.tag not in (DS + "Signature",) and child.get(WSU + "Id") != "signer-token"
    ]:
        security.remove(old)
    for at, new in enumerate(secured):
        security.insert(at, new)
    content_type, body = build(etree.tostring(root), carried)
    return between.unpack(content_type, body)


def test_another_content_is_encrypted_under_the_old_signature(between):
    assert isinstance(_reencrypted(between, [LIST], [LIST]), Unpacked)
    other = msgspec.structs.replace(LIST, content=LIST.content[:-1] + b"!")
    assert codes(_reencrypted(between, [LIST], [other])) == ["0101"]


def test_two_attachments_change_places(between):
    second = msgspec.structs.replace(LIST, content_id="second", content=b"2")
    swapped = [msgspec.structs.replace(LIST, content=b"2"), msgspec.structs.replace(second, content=LIST.content)]
    assert codes(_reencrypted(between, [LIST, second], swapped)) == ["0101"]


def test_an_attachment_that_nobody_signed(between):
    second = msgspec.structs.replace(LIST, content_id="second")
    assert codes(_reencrypted(between, [LIST], [LIST, second])) == ["0007"]


def test_an_attachment_is_taken_away(between):
    second = msgspec.structs.replace(LIST, content_id="second")
    assert codes(_reencrypted(between, [LIST, second], [LIST])) == ["0007"]


@pytest.mark.parametrize("name", ["Messaging", "Body"])
def test_a_signature_of_the_partner_that_does_not_cover_all(between, name, monkeypatch):
    real = sign.references_to
    monkeypatch.setattr(
        sign, "references_to", lambda *given: tuple(r for r in real(*given) if name.lower() not in r.uri)
    )
    assert codes(between.sent(between.pack(LIST))) == ["0103"]


def test_a_signature_of_the_partner_that_does_not_cover_the_attachment(between, monkeypatch):
    real = sign.references_to
    monkeypatch.setattr(sign, "references_to", lambda *given: real(*given)[:2])
    assert codes(between.sent(between.pack(LIST))) == ["0103"]


# Downgrades, stripped protection.

SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"


@pytest.mark.parametrize(
    ("within", "name", "algorithm"),
    [
        ("SignedInfo", "SignatureMethod", RSA_SHA1),
        ("SignedInfo", "SignatureMethod", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        ("SignedInfo", "SignatureMethod", EDELIVERY_2.signature),
        ("SignedInfo", "DigestMethod", SHA1),
        ("SignedInfo", "CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        ("SignedInfo", "Transform", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
        ("SignedInfo", "Transform", "http://www.w3.org/2000/09/xmldsig#enveloped-signature"),
        ("EncryptedKey", "EncryptionMethod", "http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
        ("EncryptedKey", "EncryptionMethod", "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"),
        ("EncryptedKey", "DigestMethod", SHA1),
        ("EncryptedKey", "MGF", "http://www.w3.org/2009/xmlenc11#mgf1sha1"),
        ("EncryptedData", "EncryptionMethod", "http://www.w3.org/2001/04/xmlenc#aes128-cbc"),
        ("EncryptedData", "EncryptionMethod", "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"),
    ],
)  # fmt: skip
def test_an_algorithm_that_the_profile_does_not_name(between, within, name, algorithm):
    assert refused(between, lambda root: one(one(root, within), name).set("Algorithm", algorithm)) == ["0103"]


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("EncryptionMethod", "http://www.w3.org/2001/04/xmlenc#kw-tripledes"),
        ("AgreementMethod", "http://www.w3.org/2009/xmlenc11#ECDH-ES"),
        ("KeyDerivationMethod", "http://www.w3.org/2009/xmlenc11#ConcatKDF"),
        ("PRF", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
    ],
)
def test_another_key_agreement_than_that_of_the_second_edition(name, algorithm):
    between = wire(EDELIVERY_2)
    assert refused(between, lambda root: one(one(root, "EncryptedKey"), name).set("Algorithm", algorithm)) == ["0103"]


def test_a_signature_with_sha1_that_is_right(between, monkeypatch):
    """Not the value is what is wrong with it."""
    monkeypatch.setattr(sign, "_signed", lambda content, key, _: key.sign(content, padding.PKCS1v15(), hashes.SHA1()))
    weak = msgspec.structs.replace(between, profile=msgspec.structs.replace(EDELIVERY_1, signature=RSA_SHA1))
    packed = weak.pack(LIST)
    assert codes(between.sent(packed)) == ["0103"]


def test_a_message_of_the_other_edition():
    for first, second in ((EDELIVERY_1, EDELIVERY_2), (EDELIVERY_2, EDELIVERY_1)):
        assert codes(wire(second).sent(wire(first).pack(LIST))) == ["0103"]


@pytest.mark.parametrize(
    "name", ["Signature", "Security", "SignedInfo", "SignatureValue", "KeyInfo", "SignatureMethod"]
)
def test_a_signature_that_is_stripped(between, name):
    def change(root):
        found = list(each(root, name))[-1]
        found.getparent().remove(found)

    assert refused(between, change)[0] in ("0101", "0103")


def test_a_payload_in_the_clear(between):
    def strip(root):
        for name in ("EncryptedKey", "EncryptedData"):
            found = one(root, name)
            found.getparent().remove(found)

    root = soap_of(between.pack(LIST))
    strip(root)
    content_type, body = build(etree.tostring(root), [Part("message", "application/octet-stream", LIST.content)])
    assert codes(between.unpack(content_type, body)) == ["0103"]


# Who signs, and for whom.


def _signed_by(between: Wire, signer: Signer, party: PartyId | None = None) -> Wire:
    own = between.line.own
    other = Own(party=party or own.party, signer=signer, openers=own.openers)
    return msgspec.structs.replace(between, line=msgspec.structs.replace(between.line, own=other))


def test_a_stranger_with_a_certificate_of_his_own_in_the_partners_name(between):
    key = rsa_key("stranger")
    certified = certificate("ap.line.example", key.public_key(), key)
    packed = _signed_by(between, Signer(key, (certified,))).pack(LIST)
    assert codes(between.sent(packed)) == ["0101"]


def test_the_partners_certificate_goes_along_with_a_strangers_signature(between):
    packed = _signed_by(between, Signer(rsa_key("stranger"), between.line.own.signer.chain)).pack(LIST)
    assert codes(between.sent(packed)) == ["0101"]


def test_one_partner_does_not_sign_for_another(between):
    """Both are known here; the message says From the one and is signed by the other."""
    key = rsa_key("stranger")
    certified = certificate("another", key.public_key(), key)
    another = Partner(party=PartyId("another"), signers=(certified,), encryption=certified)
    packed = _signed_by(between, Signer(key, (certified,))).pack(LIST)
    got = unpack(
        packed.content_type, packed.body, profile=between.profile, own=between.window.own,
        partners=(another, between.line.shown), at=AT,
    )  # fmt: skip
    assert codes(got) == ["0101"]


@pytest.mark.parametrize("at", [AT + timedelta(days=91), AT - timedelta(days=91)])
def test_a_certificate_before_and_after_its_time(between, at):
    packed = between.pack(LIST, message=msgspec.structs.replace(MESSAGE, timestamp=at))
    got = between.unpack(packed.content_type, packed.body, at)
    assert codes(got) == ["0101"]
    assert "not valid now" in got.errors[0].detail


def test_an_rsa_key_that_is_too_short(between):
    key = rsa.generate_private_key(65537, 1024)
    signer = Signer(key, (certificate("ap.line.example", key.public_key(), key),))
    weak = _signed_by(between, signer)
    shown = msgspec.structs.replace(between.line.shown, signers=signer.chain)
    got = unpack(
        *msgspec.structs.astuple(weak.pack(LIST))[1:3],
        profile=between.profile,
        own=between.window.own,
        partners=(shown,),
        at=AT,
    )
    assert codes(got) == ["0101"]


def test_a_message_for_somebody_else_or_encrypted_to_somebody_else(between):
    other = msgspec.structs.replace(MESSAGE, receiver=msgspec.structs.replace(MESSAGE.receiver, id=PartyId("else")))
    assert codes(between.sent(between.pack(LIST, message=other))) == ["0010"]
    back = msgspec.structs.replace(between, window=msgspec.structs.replace(between.window, shown=between.line.shown))
    assert codes(between.sent(back.pack(LIST))) == ["0102"]


def test_a_changed_ciphertext_and_a_changed_key_are_refused_alike(between):
    """Which of the two it was would be something to learn from (XML Encryption 1.1, section 6.1.3)."""
    packed = between.pack(LIST)
    end = packed.body.rindex(b"\r\n--")
    altered = packed.body[: end - 1] + bytes([packed.body[end - 1] ^ 1]) + packed.body[end:]

    def change(root):
        value = one(root, "CipherValue")
        value.text = ("B" if value.text[0] != "B" else "C") + value.text[1:]

    answers = [between.unpack(packed.content_type, altered), between.sent(with_soap(packed, change))]
    answers.append(between.sent(with_soap(packed, lambda root: one(root, "CipherValue").__setattr__("text", "%%"))))
    assert [codes(answer) for answer in answers] == [["0102"]] * 3
    assert len({answer.errors for answer in answers}) == 1


# Bombs and replays.


def test_a_gzip_that_unpacks_to_too_much(between, monkeypatch):
    packed = between.pack(msgspec.structs.replace(LIST, content=b"\0" * 100_000, compress=True))
    assert isinstance(between.sent(packed), Unpacked)
    monkeypatch.setattr(attachment, "MOST_BYTES", 99_999)
    assert codes(between.sent(packed)) == ["0303"]


def test_two_gzips_that_unpack_to_too_much_together(between, monkeypatch):
    monkeypatch.setattr(attachment, "MOST_BYTES", 150_000)
    half = msgspec.structs.replace(LIST, content=b"\0" * 100_000, compress=True)
    assert codes(between.sent(between.pack(half, msgspec.structs.replace(half, content_id="2")))) == ["0303"]


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b + b"x", lambda b: b"PK" + b, lambda b: b""])
def test_a_gzip_that_is_none(between, monkeypatch, spoil):
    real = attachment.gzip.compress
    monkeypatch.setattr(attachment.gzip, "compress", lambda content, mtime: spoil(real(content, mtime=mtime)))
    assert codes(between.sent(between.pack(msgspec.structs.replace(LIST, compress=True)))) == ["0303"]


@pytest.mark.parametrize(
    "doctype",
    [b'<!DOCTYPE a [<!ENTITY b "c">]>', b'<!DOCTYPE a SYSTEM "file:///etc/hostname">', b"<!DOCTYPE a>"],
)
def test_a_document_type(between, doctype):
    packed = between.pack(LIST)
    spoilt = packed.body.replace(b"<S12:Envelope", doctype + b"<S12:Envelope", 1)
    assert codes(between.unpack(packed.content_type, spoilt)) == ["0009"]


def test_an_envelope_of_endless_elements(between):
    packed = between.pack(LIST)
    for padding_of in (b"<a>" * 100_000, b"<a/>" * 600_000, b"<a " + b'b="" ' * 500_000):
        assert codes(
            between.unpack(packed.content_type, packed.body.replace(b"<S12:Body", padding_of + b"<S12:Body"))
        ) == ["0009"]


@pytest.mark.parametrize(
    ("junk", "prefixes", "code"),
    [
        (b"<q/>" * 60_000, "q " * 20_000, "0009"),
        (b"<q/>" * 5_000, "q " * 200_000, "0103"),
        (b"<q>" * 200 + b"<q/>" * 9_000 + b"</q>" * 200, "q", "0009"),
        (b"<q " + b" ".join(b'xmlns:n%d="u:%d" n%d:x=""' % (n, n, n) for n in range(20_000)) + b"/>", "q", "0009"),
        (b"<q " + b" ".join(b'xmlns:n%d="u:%d"' % (n, n) for n in range(20_000)) + b"/>", "q", "0009"),
        (b"<q " + b" ".join(b'n%d=""' % n for n in range(20_000)) + b"/>", "q", "0009"),
    ],
)
def test_what_would_take_minutes_to_canonicalise_before_the_signature_is_known_to_hold(between, junk, prefixes, code):
    """Nobody's key is needed for it: exclusive C14N looks for every prefix at every element, as far up as it goes."""

    def change(root):
        method = one(root, "CanonicalizationMethod")
        method.append(make(EC + "InclusiveNamespaces", attributes={"PrefixList": prefixes}))
        method.append(etree.fromstring(b"<junk>" + junk + b"</junk>"))

    packed = with_soap(between.pack(LIST), change)
    began = perf_counter()
    assert codes(between.sent(packed)) == [code]
    assert perf_counter() - began < 2


def test_a_message_comes_again(between):
    """What the shell needs to see it by: the signed id. It keeps ids longer than a message is taken."""
    packed = between.pack(LIST)
    first, again = between.sent(packed), between.sent(packed)
    assert first.message.id == again.message.id == MESSAGE.id
    assert first.references == again.references


@pytest.mark.parametrize(("age", "is_taken"), [(398, True), (400, False), (-0.9, True), (-1.1, False)])
def test_a_message_is_not_taken_when_its_id_may_be_forgotten(between, age, is_taken):
    key = rsa_key("ap.line.example")
    until = AT + timedelta(days=1000)
    signer = Signer(key, (certificate("ap.line.example", key.public_key(), key, until=until),))
    old = msgspec.structs.replace(MESSAGE, timestamp=AT - timedelta(days=age))
    shown = msgspec.structs.replace(between.line.shown, signers=signer.chain)
    got = unpack(
        *msgspec.structs.astuple(_signed_by(between, signer).pack(LIST, message=old))[1:3],
        profile=between.profile, own=between.window.own, partners=(shown,), at=AT,
    )  # fmt: skip
    assert isinstance(got, Unpacked) if is_taken else codes(got) == ["0003"]


# What is no message for us.


def test_a_pull_request_is_refused_by_name(between):
    def change(root):
        (unit,) = one(root, "Messaging")
        unit.tag = EB + "SignalMessage"
        unit[1:] = [make(EB + "PullRequest", attributes={"mpc": "urn:example"})]

    got = between.sent(with_soap(between.pack(LIST), change))
    assert codes(got) == ["0002"]
    assert "PullRequest" in got.errors[0].detail


def test_a_header_block_that_must_be_understood(between):
    assert refused(
        between, lambda root: etree.SubElement(one(root, "Header"), WRAPPER, {S12 + "mustUnderstand": "1"})
    ) == ["0002"]


def test_the_fault_says_which_message_it_is_about(between):
    got = between.sent(with_soap(between.pack(LIST), lambda root: one(root, "Signature").clear()))
    assert got.ref_to == MESSAGE.id


def test_a_token_of_another_kind_is_not_read(between):
    def change(root):
        token = next(t for t in each(root, "BinarySecurityToken") if t.get(WSU + "Id") == "signer-token")
        token.set("ValueType", BASE64)

    assert refused(between, change) == ["0101"]


def test_what_is_processed_stands_directly_in_the_header(between):
    for name in ("Messaging", "Security"):

        def change(root, name=name):
            found = one(root, name)
            etree.SubElement(one(root, "Header"), WRAPPER).append(found)

        assert refused(between, change) == ["0003"]


def test_a_reference_that_stands_twice(between, monkeypatch):
    real = sign.references_to
    monkeypatch.setattr(sign, "references_to", lambda *given: (*real(*given), real(*given)[0]))
    assert codes(between.sent(between.pack(LIST))) == ["0103"]


def test_a_property_that_stands_twice(between, monkeypatch):
    monkeypatch.setattr(packing, "_check", lambda *_: None)
    twice = msgspec.structs.replace(MESSAGE, properties=(MESSAGE.properties[0],) * 2)
    assert codes(between.sent(between.pack(LIST, message=twice))) == ["0003"]


def test_a_payload_in_the_clear_beside_one_that_is_encrypted(between):
    packed = between.pack(LIST, msgspec.structs.replace(LIST, content_id="second"))

    def strip(root):
        found = list(each(root, "EncryptedData"))[1]
        found.getparent().remove(found)

    got = between.sent(with_soap(packed, strip))
    assert codes(got) == ["0103"]
    assert "without encryption" in got.errors[0].detail


@pytest.mark.parametrize("where", [b"<eb:UserMessage", b"<ds:SignedInfo", b"<S12:Body"])
def test_a_namespace_that_cannot_be_canonicalised(between, where):
    packed = between.pack(LIST)
    spoilt = packed.body.replace(where, where + b' xmlns:x="relative"', 1)
    assert codes(between.unpack(packed.content_type, spoilt))[0] in ("0009", "0101")
    spoilt = packed.body.replace(where, where + b' xmlns:x="relative" x:y="z"', 1)
    assert codes(between.unpack(packed.content_type, spoilt)) == ["0009"]
