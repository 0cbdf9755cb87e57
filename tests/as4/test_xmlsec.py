"""libxmlsec1, which no one here wrote, agrees: it verifies our signatures, and we verify and open what it signs and encrypts.

It knows no attachments, so that receipts and errors are what both can look at; and the key transport of edition 1.15.
"""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from gateway.as4 import (
    Error,
    Fault,
    Receipted,
    envelope,
    error_for,
    header,
    profiles,
    read_answer,
    receipt_for,
    transport,
    wsse,
)
from gateway.as4.ebms import Receipt
from gateway.as4.names import DS, WSSE, WSU, XENC, make
from tests.as4.wires import AT, LIST, codes, each, one, soap_of, wire

xmlsec = pytest.importorskip("xmlsec", reason="xmlsec does not load here", exc_type=ImportError)


def _private(key) -> "xmlsec.Key":
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.PEM)


def _public(certificate) -> "xmlsec.Key":
    return xmlsec.Key.from_memory(certificate.public_bytes(Encoding.PEM), xmlsec.KeyFormat.CERT_PEM)


def _verified(root: etree._Element, certificate) -> bool:
    context = xmlsec.SignatureContext()
    context.key = _public(certificate)
    for name in ("Messaging", "Body"):
        context.register_id(one(root, name), "Id", WSU[1:-1])
    try:
        context.verify(one(root, "Signature"))
    except xmlsec.VerificationError:
        return False
    return True


@pytest.fixture
def answers():
    between = wire()
    got = between.sent(between.pack(LIST))
    fault = Fault((Error(code="EBMS:0004", name="Other", detail="å & <b>"),), got.message.id)
    given = {"id": "a@x", "at": AT, "profile": between.profile, "own": between.window.own}
    return [receipt_for(got, **given), error_for(fault, **given)]


def test_xmlsec_verifies_what_we_sign(answers):
    certificate = wire().window.own.signer.chain[0]
    for answer in answers:
        assert _verified(soap_of(answer), certificate)
        assert not _verified(soap_of(answer), wire().line.own.signer.chain[0])
        spoilt = soap_of(answer)
        one(spoilt, "Timestamp").text += "0"
        assert not _verified(spoilt, certificate)


def _signed_by_xmlsec(references, prefixes: str | None, method=None) -> bytes:
    """A receipt in other prefixes and with white space between its elements, signed by xmlsec."""
    between = wire()
    own = between.window.own
    messaging = header.signal(Receipt(id="r@x", timestamp=AT, ref_to="m@x", references=references))
    naming, token = wsse.naming(profiles.TokenReference.X509, own.signer.chain, "token")
    signature = xmlsec.template.create(
        messaging, xmlsec.constants.TransformExclC14N, method or xmlsec.constants.TransformRsaSha256, ns="dsig"
    )
    for name in ("messaging", "body"):
        reference = xmlsec.template.add_reference(signature, xmlsec.constants.TransformSha256, uri=f"#{name}")
        transform = xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
        if prefixes is not None:
            xmlsec.template.transform_add_c14n_inclusive_namespaces(transform, prefixes.split() or [""])
    security = make(WSSE + "Security", token, signature)
    data = envelope.written(security, messaging, envelope.empty_body("body")).replace(b"S12", b"soap")
    data = data.replace(b"><", b">\n  <").replace(
        b"<soap:Envelope", b'<soap:Envelope xmlns:unused="urn:example:unused" xmlns="urn:example:default"', 1
    )
    root = etree.fromstring(data)
    context = xmlsec.SignatureContext()
    context.key = _private(own.signer.key)
    for name in ("Messaging", "Body"):
        context.register_id(one(root, name), "Id", WSU[1:-1])
    signed = one(root, "Signature")
    context.sign(signed)
    signed.append(make(DS + "KeyInfo", naming))
    return etree.tostring(root)


def _read(data: bytes, references):
    between = wire()
    return read_answer(
        "application/soap+xml", data, message_id="m@x", references=references, profile=between.profile,
        partner=between.window.shown, at=AT,
    )  # fmt: skip


@pytest.mark.parametrize("prefixes", [None, "", "unused", "soap unused eb", "nowhere"])
def test_we_verify_what_xmlsec_signs(prefixes):
    references = wire().pack(LIST).references
    data = _signed_by_xmlsec(references, prefixes)
    assert isinstance(_read(data, references), Receipted), _read(data, references)
    assert codes(_read(data.replace(b"r@x", b"s@x"), references)) == ["0101"]
    assert codes(_read(data.replace(b"\n  <soap:Body", b"<soap:Body").replace(b"r@x<", b"r@x <"), references)) == [
        "0101"
    ]


def test_a_default_namespace_to_be_kept_is_refused_by_name():
    """lxml leaves #default out, so that the digest of a sound signature would not fit."""
    references = wire().pack(LIST).references
    got = _read(_signed_by_xmlsec(references, "#default unused"), references)
    assert codes(got) == ["0002"]
    assert "#default" in got.errors[0].detail


def test_a_sound_signature_of_xmlsec_with_sha1_is_refused():
    references = wire().pack(LIST).references
    assert codes(_read(_signed_by_xmlsec(references, None, xmlsec.constants.TransformRsaSha1), references)) == ["0103"]


def test_we_open_what_xmlsec_encrypts():
    """RSA-OAEP with MGF1 and SHA-256 of XML Encryption 1.1, and AES-128-GCM."""
    own = wire().window.own
    holder = etree.Element("holder")
    etree.SubElement(holder, "secret").text = "ERIKSSON"
    data = xmlsec.template.encrypted_data_create(
        holder, xmlsec.constants.TransformAes128Gcm, type=xmlsec.constants.TypeEncElement, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
    key = xmlsec.template.add_encrypted_key(info, xmlsec.constants.TransformRsaOaep)
    xmlsec.template.encrypted_data_ensure_cipher_value(key)
    method = one(key, "EncryptionMethod")
    method.set("Algorithm", profiles.RSA_OAEP)
    method.append(make(DS + "DigestMethod", attributes={"Algorithm": profiles.SHA256}))
    method.append(make("{http://www.w3.org/2009/xmlenc11#}MGF", attributes={"Algorithm": profiles.MGF1_SHA256}))
    manager = xmlsec.KeysManager()
    manager.add_key(_public(own.openers[0].certificate))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.constants.KeyDataAes, 128, xmlsec.constants.KeyDataTypeSession)
    context.encrypt_xml(data, holder[0])
    encrypted = next(each(holder, "EncryptedKey"))
    transport.check(encrypted, wire().profile)
    content_key = transport.decrypted(encrypted, own.openers[0].key)
    value = base64.b64decode(holder.find(f"{XENC}EncryptedData/{XENC}CipherData/{XENC}CipherValue").text)
    assert AESGCM(content_key).decrypt(value[:12], value[12:], None) == b"<secret>ERIKSSON</secret>"


def test_xmlsec_opens_the_content_key_that_we_encrypt():
    own = wire().window.own
    content_key = AESGCM.generate_key(128)
    inside = transport.encrypted(
        content_key, own.openers[0].certificate, make(WSSE + "SecurityTokenReference"), wire().profile
    )
    iv = bytes(12)
    secret = base64.b64encode(iv + AESGCM(content_key).encrypt(iv, b"ERIKSSON", None)).decode()
    data = make(
        XENC + "EncryptedData",
        make(XENC + "EncryptionMethod", attributes={"Algorithm": profiles.AES128_GCM}),
        make(DS + "KeyInfo", make(XENC + "EncryptedKey", *(part for part in inside if part.tag != DS + "KeyInfo"))),
        make(XENC + "CipherData", make(XENC + "CipherValue", secret)),
    )
    manager = xmlsec.KeysManager()
    manager.add_key(_private(own.openers[0].key))
    assert xmlsec.EncryptionContext(manager).decrypt(etree.fromstring(etree.tostring(data))) == b"ERIKSSON"
