"""Messages that other software wrote, captured by the phase4 project, and what is to be said of each (see the reference data)."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from gateway.as4 import EDELIVERY_1, Partner, Receipted, Rejected, envelope, mime, read_answer, reading, verify
from gateway.as4.ebms import EBMS
from gateway.as4.errors import Refused
from tests.as4.wires import AT, WINDOW, codes, wire

THEN = datetime(2022, 3, 8, tzinfo=UTC)  # the certificates of the receipts were valid


@pytest.fixture(scope="module")
def captured(shared_data) -> Path:
    return shared_data / "emswe" / "as4-samples"


def _message(path: Path) -> bytes:
    """Without the HTTP or MIME headers in front of it."""
    data = path.read_bytes()
    return data[data.index(b"<?xml") :] if b"<?xml" in data else data


def _certificate(path: Path) -> x509.Certificate:
    """The signer's; where there are two tokens, the first is the one to which was encrypted."""
    text = re.findall(rb"BinarySecurityToken [^>]*>([^<]+)<", path.read_bytes())[-1]
    return x509.load_pem_x509_certificate(
        b"-----BEGIN CERTIFICATE-----\n" + text.strip() + b"\n-----END CERTIFICATE-----\n"
    )


def _answer(path: Path, at: datetime = THEN):
    """The outcome for a receipt, taken as the answer to the message that it says it answers."""
    certificate = _certificate(path)
    data = _message(path)
    unit = reading.read(envelope.read(data).messaging).unit
    partner = Partner(party=WINDOW, signers=(certificate,), encryption=certificate)
    return read_answer(
        "application/soap+xml;charset=UTF-8", data, message_id=unit.ref_to, references=unit.references,
        profile=EDELIVERY_1, partner=partner, at=at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("verify/helger.as4in", THEN),
        ("verify/governikus.as4in", THEN),
        ("verify/dataport1-mustunderstand.as4in", THEN),
        ("testfiles/TestReceipt12.xml", None),
    ],
)
def test_receipts_of_four_access_points_verify(captured, name, at):
    at = at or _certificate(captured / name).not_valid_before_utc
    got = _answer(captured / name, at)
    assert isinstance(got, Receipted), got
    assert got.signer == _certificate(captured / name)


def test_the_same_receipts_are_not_taken_now_that_their_certificates_have_expired(captured):
    assert codes(_answer(captured / "verify/helger.as4in", AT)) == ["0101"]


def test_a_receipt_whose_header_was_changed_under_a_signature_that_fits(captured):
    """The signature over SignedInfo is right, and only the digest of Messaging is not: every reference must be looked at."""
    got = _answer(captured / "verify/dataport1.as4in")
    assert codes(got) == ["0101"]
    assert "digest of Messaging" in got.errors[0].detail


def _message_signature(path: Path) -> Refused:
    """Why the signature of a user message is refused, its own certificate being taken for the partner's."""
    data = path.read_bytes()
    certificate = _certificate(path)
    with pytest.raises(Refused) as refused:
        verify.verified(
            envelope.read(data[data.index(b"<?xml") :]), [certificate], EDELIVERY_1, certificate.not_valid_before_utc
        )
    return refused.value


@pytest.mark.parametrize(
    ("name", "code", "why"),
    [
        ("testfiles/WrongSigningAlgorithm.xml", "EBMS:0103", "must be made with"),
        ("testfiles/WrongSigningDigestAlgorithm.xml", "EBMS:0103", "the digest http"),
    ],
)
def test_signatures_that_are_wrong_each_in_its_own_way(captured, name, code, why):
    (error,) = _message_signature(captured / name).errors
    assert error.code == code
    assert why in error.detail


def test_a_signed_user_message_of_holodeck_verifies_but_for_its_attachment_which_was_not_captured(captured):
    """With prefixes of its own to be kept by exclusive C14N, in SignedInfo and in each reference, and two tokens."""
    path = captured / "holodeck/from-holodeck-1.xml"
    data = path.read_bytes()
    soap, certificate = envelope.read(data[data.index(b"<?xml") :]), _certificate(path)
    at = certificate.not_valid_before_utc
    checked = verify.verified(soap, [certificate], EDELIVERY_1, at)
    assert [reference.uri[:4] for reference in checked.references] == ["#id-", "#id-", "cid:"]
    with pytest.raises(Refused, match="must cover every attachment, and each must be there"):
        verify.attachments(checked.references, {})
    soap.messaging.set("spoilt", "yes")
    with pytest.raises(Refused, match="digest of Messaging"):
        verify.verified(soap, [certificate], EDELIVERY_1, at)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UserMessageNoPartyID.xml", "0009"),
        ("NoResponder.xml", "0009"),
        ("TwoUserMessages.xml", "0003"),
        ("TestReceipt11.xml", "0009"),  # SOAP 1.1
        ("PushPull.xml", "0009"),
        ("WrongSigningAlgorithm.xml", "0002"),  # its payload is in the Body
    ],
)
def test_messages_that_are_refused_for_their_header(captured, name, code):
    data = (captured / "testfiles" / name).read_bytes()
    assert codes(wire().unpack("application/soap+xml", data)) == [code]


def test_a_pull_request(captured):
    """Two lines of the captured file are broken inside a namespace name; joined again it is what it was."""
    data = (captured / "soap12test/PullRequest12.xml").read_bytes()
    assert codes(wire().unpack("application/soap+xml", data)) == ["0009"]
    start = data.index(b"<eb3:Messaging")
    messaging = data[start : data.index(b"</eb3:Messaging>") + len(b"</eb3:Messaging>")]
    names = b'xmlns:S12="http://www.w3.org/2003/05/soap-envelope" xmlns:eb3="' + EBMS.encode() + b'"'
    whole = b"<S12:Envelope " + names + b"><S12:Header>" + messaging + b"</S12:Header><S12:Body/></S12:Envelope>"
    got = wire().unpack("application/soap+xml", whole)
    assert codes(got) == ["0002"]
    assert "PullRequest" in got.errors[0].detail


def test_a_package_with_a_compression_that_is_not_known(captured):
    head, _, body = (captured / "testfiles/WrongCompression.mime").read_bytes().partition(b"\r\n\r\n")
    content_type = head.decode().split("Content-Type:")[1].strip()
    package = mime.open_package(content_type, body)
    (part,) = package.parts.values()
    assert part.content.startswith(b"\x1f\x8b")
    assert codes(wire().unpack(content_type, body)) == ["0303"]


@pytest.mark.parametrize(
    ("name", "ref_to", "code", "said"),
    [
        ("ErrorMessage.xml", "ph-as4@42ec020f-9553-4b6d-ba8e-265cf1f6fd34", "EBMS:0001", "ValueNotRecognized"),
        ("ErrorMessageNoRefToMessageID.xml", "anything", "EBMS:0001", "ValueNotRecognized"),
        ("ErrorMessageWithFault.xml", "1234", "EBMS:0103", "Certificate revoked"),
    ],
)
def test_errors_of_other_software_are_read_and_known_to_be_unsigned(captured, name, ref_to, code, said):
    data = (captured / "testfiles" / name).read_bytes()
    got = read_answer(
        "application/soap+xml",
        data,
        message_id=ref_to,
        references=(),
        profile=EDELIVERY_1,
        partner=wire().window.shown,
        at=AT,
    )
    assert isinstance(got, Rejected), got
    assert not got.signed
    assert got.errors[0].code == code
    assert got.errors[0].is_failure
    assert said in got.errors[0].name + got.errors[0].detail
