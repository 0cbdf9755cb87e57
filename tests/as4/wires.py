"""Two invented access points with keys of their own, a message between them, and ways to spoil what goes over the wire."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa, x25519
from cryptography.x509.oid import NameOID
from lxml import etree

from gateway.as4 import (
    EDELIVERY_1,
    EDELIVERY_2,
    INITIATOR,
    RESPONDER,
    Fault,
    Opener,
    Own,
    Packed,
    Partner,
    Party,
    PartyId,
    Payload,
    Profile,
    Property,
    Signer,
    Unpacked,
    UserMessage,
    pack,
    unpack,
)

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
LINE, WINDOW = PartyId("ap.line.example"), PartyId("rim.window.example")

LIST = Payload(
    "message", b"PK\x03\x04 ERIKSSON ANNA MARIA \r\n--x\r\n\x00\xff" * 20, "application/vnd.etsi.asic-e+zip",
    (Property("FormalityInfo.TypeUrn", "urn:emswe:formality:PXA"), Property("Authorization.Type", "DSP")),
)  # fmt: skip

MESSAGE = UserMessage(
    id="5f0d4a52-0000-4000-8000-000000000001",
    timestamp=AT,
    sender=Party(LINE, INITIATOR),
    receiver=Party(WINDOW, RESPONDER),
    service="rim-messaging-service",
    service_type="rim-process-schema",
    action="emswe-formality-request",
    conversation="voyage-1",
    agreement="urn:example:agreement",
    properties=(
        Property("originalSender", "urn:emswe:rim:line"),
        Property("finalRecipient", "urn:emswe:mnsw:fi", "text"),
    ),
)


class Side(msgspec.Struct, frozen=True):
    """An access point: what it has itself, and what the other has of it."""

    own: Own
    shown: Partner


class Wire(msgspec.Struct, frozen=True):
    """A line's access point and a window's, under one profile."""

    profile: Profile
    line: Side
    window: Side

    def pack(self, *payloads: Payload, message: UserMessage = MESSAGE) -> Packed:
        return pack(message, payloads, profile=self.profile, own=self.line.own, partner=self.window.shown)

    def unpack(self, content_type: str, body: bytes, at: datetime = AT) -> Unpacked | Fault:
        return unpack(content_type, body, profile=self.profile, own=self.window.own, partners=(self.line.shown,), at=at)

    def sent(self, packed: Packed) -> Unpacked | Fault:
        return self.unpack(packed.content_type, packed.body)


def certificate(
    name: str,
    public: Any,
    signed_by: Any,
    issuer: str | None = None,
    until: datetime = AT + timedelta(days=90),
    serial: int = 0,
) -> x509.Certificate:
    """Valid from 90 days before `AT`; signed by itself unless an issuer is named."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.COUNTRY_NAME, "FI")])
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]) if issuer else subject
    number = serial or x509.random_serial_number()
    builder = x509.CertificateBuilder(by, subject, public, number, AT - timedelta(days=90), until)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    return builder.sign(signed_by, None if isinstance(signed_by, ed25519.Ed25519PrivateKey) else hashes.SHA256())


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _rsa_side(party: PartyId, generation: int) -> Side:
    key = rsa_key(f"{party.value} {generation}")
    cert = certificate(party.value, key.public_key(), key)
    own = Own(party=party, signer=Signer(key, (cert,)), openers=(Opener(key, cert),))
    return Side(own, Partner(party=party, signers=(cert,), encryption=cert))


def _edwards_side(party: PartyId, _: int) -> Side:
    key, opens, issuer = ed25519.Ed25519PrivateKey.generate(), x25519.X25519PrivateKey.generate(), "Test CA"
    ca = ed25519.Ed25519PrivateKey.generate()
    cert = certificate(party.value, key.public_key(), ca, issuer)
    enc = certificate(f"{party.value} encryption", opens.public_key(), ca, issuer)
    own = Own(party=party, signer=Signer(key, (cert,)), openers=(Opener(opens, enc),))
    return Side(own, Partner(party=party, signers=(cert,), encryption=enc))


@cache
def wire(profile: Profile = EDELIVERY_1, generation: int = 1) -> Wire:
    """The same two parties each time; each generation has keys of its own."""
    side = _edwards_side if profile.signature == EDELIVERY_2.signature else _rsa_side
    return Wire(profile, side(LINE, generation), side(WINDOW, generation))


def codes(outcome: object) -> list[str]:
    assert isinstance(outcome, Fault), outcome
    return [error.code.removeprefix("EBMS:") for error in outcome.errors]


def soap_of(packed: Packed) -> etree._Element:
    start = packed.body.index(b"<?xml")
    end = packed.body.find(b"\r\n--=_", start)
    return etree.fromstring(packed.body[start : end if end > 0 else None])


def with_soap(packed: Packed, change: Callable[[etree._Element], object]) -> Packed:
    """The same message with its envelope changed."""
    root = soap_of(packed)
    change(root)
    start = packed.body.index(b"<?xml")
    end = packed.body.find(b"\r\n--=_", start)
    rest = packed.body[end:] if end > 0 else b""
    return msgspec.structs.replace(packed, body=packed.body[:start] + etree.tostring(root) + rest)


def each(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return root.iter(f"{{*}}{name}")


def one(root: etree._Element, name: str) -> etree._Element:
    return next(each(root, name))
