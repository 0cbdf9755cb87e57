"""Both directions against the PyPI package `as4`, software that no one here wrote: its messages and ours, its receipts and ours.

./gw test tests/interop    (it is installed into an environment of its own; without a package index these tests are skipped)
"""

import base64
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gateway.as4 import (
    EDELIVERY_1,
    INITIATOR,
    RESPONDER,
    Error,
    Fault,
    Own,
    Packed,
    Partner,
    Party,
    PartyId,
    Payload,
    Property,
    Receipted,
    Rejected,
    Unpacked,
    UserMessage,
    error_for,
    opener_of,
    pack,
    read_answer,
    receipt_for,
    signer_of,
    unpack,
)

SCHEME = "urn:fdc:peppol.eu:2017:identifiers:ap"
NOW = datetime.now(UTC)
Ask = Callable[..., dict[str, Any]]
Arrived = tuple[dict[str, Any], Unpacked]
PAYLOAD = '<Invoice xmlns="urn:example"><Name>ERIKSSON ANNA MARIA</Name></Invoice>'


class Side(msgspec.Struct):
    """One access point, as either software wants to have it."""

    party: str
    key: str
    certificate: str

    @property
    def own(self) -> Own:
        key, certificate = self.key.encode(), self.certificate.encode()
        party = PartyId(self.party, SCHEME)
        return Own(party=party, signer=signer_of(key, certificate), openers=(opener_of(key, certificate),))

    @property
    def shown(self) -> Partner:
        own = self.own
        return Partner(party=own.party, signers=own.signer.chain[:1], encryption=own.signer.chain[0])


def _side(name: str) -> Side:
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    span = NOW - timedelta(days=1), NOW + timedelta(days=1)
    certificate = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), *span)
    return Side(
        name,
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        certificate.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode(),
    )


@pytest.fixture(scope="module")
def ask(peer: Path) -> Ask:
    """Has the other software do something: `do`, as the one side, with the other."""

    def asked(do: str, own: Side, other: Side, **task: str) -> dict[str, Any]:
        shown = {"party": other.party, "certificate": other.certificate}
        given = json.dumps({"do": do, "own": msgspec.to_builtins(own), "other": shown, **task})
        script = str(Path(__file__).with_name("python_as4_peer.py"))
        done = subprocess.run([str(peer), script], input=given, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr[-2000:]
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return asked


@pytest.fixture(scope="module")
def ours() -> Side:
    return _side("POP000001")


@pytest.fixture(scope="module")
def theirs() -> Side:
    return _side("POP000002")


@pytest.fixture(scope="module")
def arrived(ask: Ask, ours: Side, theirs: Side) -> Arrived:
    """A message of theirs, and what we make of it."""
    packed = ask("pack", theirs, ours, payload=PAYLOAD)
    got = unpack(
        packed["content_type"], base64.b64decode(packed["body"]), profile=EDELIVERY_1, own=ours.own,
        partners=(theirs.shown,), at=datetime.now(UTC),
    )  # fmt: skip
    assert isinstance(got, Unpacked), got
    return packed, got


def test_their_message_is_unpacked(arrived: Arrived) -> None:
    _, got = arrived
    (payload,) = got.payloads
    assert b"ERIKSSON ANNA MARIA" in payload.content
    assert payload.mime_type == "application/xml"
    assert payload.compress
    assert Property("originalSender", "9932:1", "iso6523-actorid-upis") in got.message.properties


def test_our_receipt_proves_to_them_that_it_arrived(ask: Ask, arrived: Arrived, ours: Side, theirs: Side) -> None:
    packed, got = arrived
    receipt = receipt_for(got, id="receipt-1@ours", at=datetime.now(UTC), profile=EDELIVERY_1, own=ours.own)
    task = {"exchange": packed["exchange"], "body": base64.b64encode(receipt.body).decode()}
    assert ask("check", theirs, ours, **task) == {"successful": True, "errors": []}
    other = msgspec.structs.replace(got, references=got.references[:-1])
    less = receipt_for(other, id="receipt-2@ours", at=datetime.now(UTC), profile=EDELIVERY_1, own=ours.own)
    assert not ask("check", theirs, ours, **{**task, "body": base64.b64encode(less.body).decode()})["successful"]


def test_our_error_is_understood_by_them(ask: Ask, arrived: Arrived, ours: Side, theirs: Side) -> None:
    packed, got = arrived
    fault = Fault((Error(code="EBMS:0303", name="DecompressionFailure", category="Communication"),), got.message.id)
    error = error_for(fault, id="error-1@ours", at=datetime.now(UTC), profile=EDELIVERY_1, own=ours.own)
    task = {"exchange": packed["exchange"], "body": base64.b64encode(error.body).decode()}
    assert ask("check", theirs, ours, **task) == {"successful": False, "errors": ["EBMS:0303"]}


def _sent(arrived: Arrived, ours: Side, theirs: Side) -> Packed:
    """Their own business document, packed by us."""
    _, got = arrived
    message = UserMessage(
        id="message-1@ours", timestamp=datetime.now(UTC), conversation="c",
        sender=Party(ours.own.party, INITIATOR), receiver=Party(theirs.own.party, RESPONDER),
        service=got.message.service, service_type=got.message.service_type, action=got.message.action,
        agreement=got.message.agreement, properties=got.message.properties,
    )  # fmt: skip
    payload = Payload("payload-1@ours", got.payloads[0].content, "application/xml", compress=True)
    return pack(message, (payload,), profile=EDELIVERY_1, own=ours.own, partner=theirs.shown)


def _answered(sent: Packed, answer: dict[str, Any], theirs: Side) -> object:
    return read_answer(
        answer["content_type"], base64.b64decode(answer["body"]), message_id=sent.message_id, references=sent.references,
        profile=EDELIVERY_1, partner=theirs.shown, at=datetime.now(UTC),
    )  # fmt: skip


def test_our_message_is_unpacked_by_them_and_their_receipt_is_accepted(
    ask: Ask, arrived: Arrived, ours: Side, theirs: Side
) -> None:
    sent = _sent(arrived, ours, theirs)
    task = {"content_type": sent.content_type, "body": base64.b64encode(sent.body).decode()}
    answer = ask("unpack", theirs, ours, **task)
    assert answer["successful"], answer["why"]
    assert base64.b64decode(answer["payloads"]["payload-1@ours"]) == arrived[1].payloads[0].content
    assert isinstance(_answered(sent, answer, theirs), Receipted)


def test_what_is_spoilt_on_the_way_is_refused_by_them_and_their_error_read(
    ask: Ask, arrived: Arrived, ours: Side, theirs: Side
) -> None:
    sent = _sent(arrived, ours, theirs)
    spoilt = sent.body.replace(b"<eb:ConversationId>c<", b"<eb:ConversationId>d<")
    answer = ask("unpack", theirs, ours, content_type=sent.content_type, body=base64.b64encode(spoilt).decode())
    assert not answer["successful"]
    got = _answered(sent, answer, theirs)
    assert isinstance(got, Rejected), got
    assert got.signed
    assert got.errors[0].code.startswith("EBMS:")
