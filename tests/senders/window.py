"""A single window that is reached over AS4: its own keys, what the gateway knows of it, and its side of the talk.

All names and keys are invented; RSA keys are made once for the session.
"""

import asyncio
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway import as4
from gateway.access_point import AccessPoint, partner_of, read_access_point
from gateway.as4 import Fault, Own, Packed, Partner, Party, PartyId, Payload, Property, Unpacked, UserMessage
from gateway.as4.errors import Kind
from gateway.keyring import Handling, parse_recipient
from gateway.keyring import Recipient as Known
from gateway.manifest import Purpose
from gateway.seal import seal_to
from gateway.settings import utc_now
from tests.senders.delivering import IDENTITY
from tests.senders.recipient import Request, answer

WINDOW, US = "mnsw.window.example", "ap.gateway.example"
NSW = "example-nsw"
SERVICE, SERVICE_TYPE = "rim-messaging-service", "rim-process-schema"
REQUEST, RESPONSE = "emswe-formality-request", "emswe-formality-response"
RIM = as4.EMSWE_RIM

PXA = b"""<?xml version="1.0"?><env:Envelope xmlns:env="urn:env" xmlns:mai="urn:mai" xmlns:ram="urn:ram"><mai:MAI>
<mai:ExchangedDocument><ram:ID>1</ram:ID><ram:TypeCode>PXA</ram:TypeCode><ram:PurposeCode>9</ram:PurposeCode>
<ram:VersionID>2.0</ram:VersionID></mai:ExchangedDocument></mai:MAI><x>ERIKSSON ANNA MARIA</x></env:Envelope>"""
HANDLING = Handling(
    marking="restricted",
    purposes=(Purpose.BORDER,),
    legal_basis="Regulation (EU) 2019/1239",
    route="ut-border",
    as_of="2026-11-22T08:00:00+00:00",
    originator="specimen-line",
)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(name: str, key: Key, days: int = 90) -> x509.Certificate:
    """Self-signed, also for 127.0.0.1; the same one each time."""
    return _certificate(name, key, days)


@cache
def _certificate(name: str, key: Key, days: int) -> x509.Certificate:
    subject, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]), utc_now()
    since = now - timedelta(days=2) + timedelta(minutes=days)  # the one that ends later is the newer one
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number(), since, now + timedelta(days=days)
    )
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
    )
    return builder.sign(key, hashes.SHA256())


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def key_pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def put_pair(folder: Path, name: str, key: Key, days: int = 90) -> None:
    """A key and its certificate, as the gateway's state folder holds them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.key").write_bytes(key_pem(key))
    (folder / f"{name}.pem").write_bytes(pem(certificate(name, key, days)))


def our_keys(state: Path) -> AccessPoint:
    """The gateway's keys for AS4, in its state folder, and read from there."""
    put_pair(state / "as4", "gateway", rsa_key("gateway"))
    put_pair(state / "as4", "seal", ec_key("seal"))
    made, problems = read_access_point(state / "as4")
    assert problems == []
    return made


def folder(url: str, tls: bytes | None = None, **changes: str) -> dict[str, bytes]:
    """keys/example-nsw/: settings of [as4] may be changed, with `form` and `keys` of the rest."""
    table = {
        "url": f'"{url}"', "profile": '"emswe-rim"', "party": f'"{WINDOW}"', "us": f'"{US}"', "signing": '["window.pem"]',
        "encryption": '"window.pem"', "service": f'"{SERVICE}"', "service_type": f'"{SERVICE_TYPE}"', "action": f'"{REQUEST}"',
        "answer_action": f'"{RESPONSE}"', "original_sender": '"urn:emswe:rim:line"',
        "final_recipient": '"urn:emswe:mnsw:ut"', "container": '"asic-e"',
        "authorization": '{ identifier = "FI1234567-8", type = "DSP", subdomain = "FI" }',
    }  # fmt: skip
    form, keys = changes.pop("form", "as4"), changes.pop("keys", "")
    if tls is not None:
        table["tls"] = '"server.pem"'
    lines = "\n".join(f"{name} = {value}" for name, value in (table | changes).items() if value)
    toml = f"""id = "{NSW}"
name = "Single window of Utopia"
kind = "nsw"
country = "MT"
third_country = false
{keys}
declarant = {{ id = "FI1234567-8", name = "Utopia Port Agency" }}
[send]
transport = "as4"
timeout_seconds = 5
[seal]
form = "{form}"
[as4]
{lines}
"""
    files = {"recipient.toml": toml.encode(), "window.pem": pem(certificate("window", rsa_key("window")))}
    return files | ({"server.pem": tls} if tls is not None else {})


def register() -> bytes:
    """routes.toml: passenger lists of ships that come to Malta."""
    since, until = (utc_now().date() + timedelta(days=days) for days in (-2, 90))
    return f"""[[route]]
id = "mt-rim"
lists = ["passengers"]
purposes = ["border", "safety"]
form = "emswe-xml"
legal_basis = "an invented act, article 1"
from = {since}
until = {until}
reviewer = "Nobody, this is a test"
[route.when]
arrival_countries = ["MT"]
""".encode()


def known(url: str, tls: bytes | None = None, **changes: str) -> Known:
    """The window as the gateway knows it."""
    found = parse_recipient(NSW, folder(url, tls, **changes))
    assert isinstance(found, Known), found
    return found


def waiting(id: str, payload: bytes = PXA) -> bytes:
    """What waits in the queue: sealed to ourselves."""
    return seal_to(
        "as4", IDENTITY.seal_to, payload, content_type="application/xml", handling=HANDLING, delivery_id=id, signer=IDENTITY.signer
    ).body  # fmt: skip


class Window:
    """The window's own side. `had`: every message that it took; one that comes again is receipted as the first was."""

    def __init__(self) -> None:
        key = rsa_key("window")
        own = certificate("window", key)
        self.own = Own(party=PartyId(WINDOW), signer=as4.Signer(key, (own,)), openers=(as4.Opener(key, own),))
        ours = certificate("gateway", rsa_key("gateway"))
        self.gateway = Partner(party=PartyId(US), signers=(ours,), encryption=ours)
        self.had: list[Unpacked] = []

    def read(self, content_type: str, body: bytes) -> Unpacked | Fault:
        return as4.unpack(content_type, body, profile=RIM, own=self.own, partners=[self.gateway], at=utc_now())

    async def receipt(self, request: Request, writer: asyncio.StreamWriter) -> bytes:
        """A signed receipt; for a repeat, with the digests of the first, as Domibus gives it."""
        found = self.read(request.headers["content-type"], request.body)
        assert isinstance(found, Unpacked), found
        first = next((one for one in self.had if one.message.id == found.message.id), found)
        self.had.append(found)
        return self.said(as4.receipt_for(first, id=str(uuid4()), at=utc_now(), profile=RIM, own=self.own))

    def refusing(self, kind: Kind, *, status: int = 200) -> Any:
        """Answers with this error."""

        async def refuse(request: Request, writer: asyncio.StreamWriter) -> bytes:
            found = self.read(request.headers["content-type"], request.body)
            assert isinstance(found, Unpacked), found
            fault = Fault((kind.saying("ERIKSSON"),), found.message.id)
            return self.said(as4.error_for(fault, id=str(uuid4()), at=utc_now(), profile=RIM, own=self.own), status)

        return refuse

    def said(self, packed: Packed, status: int = 200) -> bytes:
        return answer(status, packed.body, Content_Type=packed.content_type)

    def answering(self, ref_to: str | None, data: bytes = b"<FRM/>", **changes: Any) -> Packed:
        """An answer to a message of the gateway's, ready to be posted."""
        values: dict[str, Any] = {
            "id": str(uuid4()),
            "timestamp": utc_now(),
            "sender": Party(PartyId(WINDOW), as4.INITIATOR),
            "receiver": Party(PartyId(US), as4.RESPONDER),
            "service": SERVICE,
            "service_type": SERVICE_TYPE,
            "action": RESPONSE,
            "conversation": ref_to or "none",
            "ref_to": ref_to,
            "properties": (Property("originalSender", "urn:emswe:mnsw:ut"), Property("finalRecipient", "urn:emswe:rim:line")),
        }  # fmt: skip
        part = Payload(
            "message", data, "application/vnd.etsi.asic-e+zip",
            (Property("FormalityInfo.CorrelationId", changes.pop("correlation", ref_to or "none")),),
        )  # fmt: skip
        message = UserMessage(**(values | changes))
        return as4.pack(message, [part], profile=RIM, own=self.own, partner=self.gateway)


def is_receipt(window: Window, known: Known, sent: Packed, content_type: str, body: bytes, at: datetime) -> bool:
    """Whether this is the gateway's signed receipt for what the window sent."""
    assert known.as4 is not None
    assert partner_of(known, known.as4).party == window.own.party
    found = as4.read_answer(
        content_type, body, message_id=sent.message_id, references=sent.references, profile=RIM, partner=window.gateway, at=at
    )  # fmt: skip
    return isinstance(found, as4.Receipted)
