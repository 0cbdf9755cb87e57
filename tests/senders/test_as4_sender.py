"""AS4 to a single window, over real TLS and from a real queue: the right message, the same in every attempt, and nothing but
its signed receipt is believed."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4
from zipfile import ZipFile

import msgspec
import pytest

from gateway import as4, asic
from gateway.access_point import AccessPoint, TlsPair, read_access_point
from gateway.as4 import Unpacked, errors
from gateway.deliver import Deliverer
from gateway.keyring import new_recipient_keys
from gateway.seal import open_envelope, seal_to
from gateway.senders import SENDERS, Accepted, Means, Outcome, Outgoing, Refused, TryLater
from gateway.senders.https import session
from gateway.settings import utc_now
from gateway.store import Database, Pool
from tests.senders.delivering import IDENTITY, answered, at_work, look, make_due, outgoing, owe, state_is, until
from tests.senders.recipient import Recipient, Request, answer, recipient
from tests.senders.window import (
    HANDLING,
    NSW,
    PXA,
    REQUEST,
    SERVICE,
    US,
    WINDOW,
    Window,
    certificate,
    ec_key,
    known,
    our_keys,
    pem,
    put_pair,
    rsa_key,
    waiting,
)

ID = "11111111-2222-5333-8444-555555555555"
AT = utc_now().replace(microsecond=123456)


@pytest.fixture
async def nsw(tmp_path: Path) -> AsyncIterator[Recipient]:
    async with recipient(tmp_path) as nsw:
        yield nsw


@pytest.fixture(scope="module")
def access_point(tmp_path_factory: pytest.TempPathFactory) -> AccessPoint:
    return our_keys(tmp_path_factory.mktemp("state"))


@pytest.fixture
async def means(access_point: AccessPoint) -> AsyncIterator[Means]:
    async with session() as http:
        yield Means(session=http, identity=IDENTITY, access_point=access_point)


@pytest.fixture
def window() -> Window:
    return Window()


def owed(nsw: Recipient, attempt: int = 1, body: bytes | None = None, **changes: str) -> Outgoing:
    """`changes`: of the window, as it is known."""
    return outgoing(
        known(nsw.url, nsw.certificate, **changes), waiting(ID) if body is None else body, ID, form="emswe-xml",
        legal_basis="Regulation (EU) 2019/1239", version=3, created_at=AT, attempt=attempt,
    )  # fmt: skip


async def send(nsw: Recipient, means: Means, **changes: str) -> Outcome:
    return await SENDERS["as4"](owed(nsw, **changes), means)


async def test_the_window_gets_the_formality_signed_sealed_and_named(
    nsw: Recipient, means: Means, window: Window
) -> None:
    nsw.script.append(window.receipt)
    assert isinstance(await send(nsw, means), Accepted)
    [got] = window.had
    message, [part] = got.message, got.payloads
    assert (message.id, message.conversation, message.ref_to) == (ID, ID, None)
    assert (message.sender.id.value, message.receiver.id.value) == (US, WINDOW)
    assert (message.service, message.action, message.agreement or "") == (SERVICE, REQUEST, "")
    said = {one.name: one.value for one in message.properties}
    assert said["originalSender"] == "urn:emswe:rim:line"
    assert said["finalRecipient"] == "urn:emswe:mnsw:ut"
    assert said["handling.marking"] == "restricted"
    assert said["handling.legal_basis"] == "Regulation (EU) 2019/1239"
    assert said["handling.version"] == "3"
    of_part = {one.name: one.value for one in part.properties}
    assert of_part["Authorization.Identifier"] == "FI1234567-8"
    assert of_part["Authorization.Type"] == "DSP"
    assert of_part["Authorization.SubDomain"] == "FI"
    assert of_part["FormalityInfo.TypeUrn"] == "urn:emswe:formality:PXA"
    assert of_part["FormalityInfo.TypeVersion"] == "2.0"
    assert of_part["FormalityInfo.MimeType"] == part.mime_type == asic.MEDIA_TYPE
    container = asic.unpack(part.content)
    assert (container.files, container.faults) == ({"PXA.xml": PXA}, ())
    assert b"ERIKSSON" not in nsw.requests[0].body


async def test_rims_own_message_properties_alone_where_it_takes_no_others(
    nsw: Recipient, means: Means, window: Window
) -> None:
    nsw.script.append(window.receipt)
    assert isinstance(await send(nsw, means, handling="false"), Accepted)
    assert {one.name for one in window.had[0].message.properties} == {"originalSender", "finalRecipient"}


async def test_every_attempt_signs_the_same_and_encrypts_anew(nsw: Recipient, means: Means, window: Window) -> None:
    nsw.script += [window.receipt, window.receipt]
    first, second = await send(nsw, means), await send(nsw, means)
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)  # though its receipt gives the first one's digests
    assert window.had[0].references == window.had[1].references
    assert nsw.requests[0].body != nsw.requests[1].body


async def test_a_changed_certificate_is_taken_up_by_what_waits(
    nsw: Recipient, means: Means, tmp_path: Path, window: Window
) -> None:
    """The partner's certificate and ours are those of the attempt, whenever the list was sealed."""
    our_keys(tmp_path)
    put_pair(tmp_path / "as4", "next", rsa_key("next"), days=91)
    ours = certificate("next", rsa_key("next"), 91)
    window.gateway = msgspec.structs.replace(window.gateway, signers=(*window.gateway.signers, ours))
    after, problems = read_access_point(tmp_path / "as4")
    assert problems == []
    nsw.script += [window.receipt, window.receipt]
    assert isinstance(await send(nsw, means), Accepted)
    assert isinstance(await send(nsw, msgspec.structs.replace(means, access_point=after)), Accepted)
    assert [one.signer for one in window.had] == [certificate("gateway", rsa_key("gateway")), ours]


def changed(window: Window, change: Callable[[bytes], bytes]) -> Callable[..., Awaitable[bytes]]:
    async def say(request: Request, writer: object) -> bytes:
        return change(await window.receipt(request, writer))  # type: ignore[arg-type]

    return say


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.replace(b"DigestValue>", b"DigestValue>A", 1),
        lambda said: said.replace(b"RefToMessageId>1", b"RefToMessageId>2"),
        lambda said: said.replace(b"SignatureValue>", b"SignatureValue>AAAA", 1),
        lambda said: answer(200, b"thanks"),
        lambda said: answer(200),
        lambda said: answer(200, b"<html>welcome</html>", Content_Type="text/html"),
    ],
    ids=["digest", "of another", "signature", "no soap", "nothing", "html"],
)
async def test_what_is_no_receipt_is_not_believed(
    nsw: Recipient, means: Means, window: Window, change: Callable[[bytes], bytes]
) -> None:
    def whole(said: bytes) -> bytes:
        head, _, body = change(said).partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
        return b"\r\n".join([*lines, b"Content-Length: %d" % len(body)]) + b"\r\n\r\n" + body

    nsw.script.append(changed(window, whole))
    outcome = await send(nsw, means)
    assert isinstance(outcome, TryLater), outcome
    assert outcome.needs_person


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (errors.OTHER, TryLater("the recipient answered EBMS:0004 Other", 200)),
        (errors.FAILED_AUTHENTICATION, TryLater("the recipient answered EBMS:0101 FailedAuthentication", 200, None, True)),
        (errors.FAILED_DECRYPTION, TryLater("the recipient answered EBMS:0102 FailedDecryption", 200, None, True)),
        (errors.MODE_MISMATCH, TryLater("the recipient answered EBMS:0010 ProcessingModeMismatch", 200, None, True)),
        (errors.VALUE_NOT_RECOGNIZED, Refused("the recipient answered EBMS:0001 ValueNotRecognized", 200)),
        (errors.INVALID_HEADER, Refused("the recipient answered EBMS:0009 InvalidHeader", 200)),
    ],
    ids=lambda one: getattr(one, "code", ""),
)  # fmt: skip
async def test_errors_by_their_code(
    nsw: Recipient, means: Means, window: Window, kind: errors.Kind, expected: Outcome
) -> None:
    nsw.script.append(window.refusing(kind))
    assert await send(nsw, means) == expected


async def test_an_error_that_nobody_signed_refuses_nothing_for_good(
    nsw: Recipient, means: Means, window: Window
) -> None:
    nsw.script.append(_unsigned(window))
    outcome = await send(nsw, means)
    assert outcome == TryLater("the recipient answered EBMS:0001 ValueNotRecognized, unsigned", 200, None, True)


def _unsigned(window: Window) -> Callable[..., Awaitable[bytes]]:
    async def say(request: Request, writer: object) -> bytes:
        said: bytes = await window.refusing(errors.VALUE_NOT_RECOGNIZED)(request, writer)
        _, _, body = said.partition(b"\r\n\r\n")
        start, end = body.index(b"<wsse:Security"), body.index(b"</wsse:Security>") + len(b"</wsse:Security>")
        return answer(200, body[:start] + body[end:], Content_Type="application/soap+xml")

    return say


@pytest.mark.parametrize("status", [503, 404])
async def test_a_status_without_soap_is_as_over_https(nsw: Recipient, means: Means, status: int) -> None:
    nsw.script.append(answer(status, b"no"))
    outcome = await send(nsw, means)
    assert isinstance(outcome, TryLater if status == 503 else Refused)
    assert outcome.status == status


async def test_without_a_key_a_person_hears_of_it_and_nothing_is_sent(nsw: Recipient, means: Means) -> None:
    outcome = await SENDERS["as4"](owed(nsw), msgspec.structs.replace(means, access_point=AccessPoint()))
    assert isinstance(outcome, TryLater)
    assert outcome.needs_person
    assert nsw.connections == 0


async def test_what_is_no_formality_is_not_for_rim(nsw: Recipient, means: Means) -> None:
    body = waiting(ID, b"UNB+UNOA:4'")
    assert isinstance(await SENDERS["as4"](owed(nsw, body=body), means), Refused)
    assert nsw.connections == 0


async def test_another_deliverys_envelope_is_not_sent(nsw: Recipient, means: Means) -> None:
    outcome = await SENDERS["as4"](owed(nsw, body=waiting(str(uuid4()))), means)
    assert isinstance(outcome, TryLater)
    assert nsw.connections == 0


async def test_a_lost_receipt_is_asked_for_again_and_the_row_keeps_it(
    nsw: Recipient, means: Means, window: Window, database: Database, pool: Pool
) -> None:
    async def lost(request: Request, writer: object) -> bytes:
        await window.receipt(request, writer)  # type: ignore[arg-type]
        return b""

    nsw.script += [lost, window.receipt]
    one = known(nsw.url, nsw.certificate)
    deliverer = Deliverer(pool, database, {NSW: one}, means, 30)
    id = uuid4()
    async with at_work(deliverer):
        await owe(pool, NSW, id=id, envelope=waiting(str(id)))

        async def has_failed() -> bool:
            row = await look(pool, id)
            return bool(row["attempts"] == 1 and row["lease"] is None)

        await until(has_failed)
        await make_due(pool)
        await state_is(pool, "accepted", id)
    assert b"NonRepudiationInformation" in (await answered(pool, id) or b"")
    assert [UUID(one.message.id) for one in window.had] == [id, id]


async def test_both_layers(nsw: Recipient, means: Means, window: Window) -> None:
    """A JWE inside AS4: whoever runs the window's access point reads nothing."""
    secret, public = new_recipient_keys("jwe")
    sealed = seal_to("jwe", public, PXA, content_type="application/xml", handling=HANDLING, delivery_id=ID, signer=IDENTITY.signer)  # fmt: skip
    nsw.script.append(window.receipt)
    one = msgspec.structs.replace(
        owed(nsw, profile='"edelivery-as4-1.15"', container='"none"', authorization=""),
        body=sealed.body,
        media_type=sealed.media_type,
    )
    one = msgspec.structs.replace(one, recipient=msgspec.structs.replace(one.recipient, form="jwe"))
    assert isinstance(await SENDERS["as4"](one, means), Accepted)
    [part] = window.had[0].payloads
    assert part.mime_type == "application/jose"
    assert open_envelope(part.content, [secret], IDENTITY.verify_keys).payload == PXA
    assert window.had[0].message.id == f"{ID}@{US}"


def test_the_container_is_a_zip_whose_type_can_be_seen(window: Window) -> None:
    signer = asic.Signer(ec_key("seal"), (certificate("seal", ec_key("seal")),))
    made = asic.pack([asic.Entry("PXA.xml", "application/xml", PXA)], signer, AT)
    assert made == asic.pack([asic.Entry("PXA.xml", "application/xml", PXA)], signer, AT)
    with ZipFile(BytesIO(made)) as zip:
        assert zip.read("mimetype") == asic.MEDIA_TYPE.encode()


def test_a_message_that_is_not_ours_is_not_read(window: Window) -> None:
    assert not isinstance(window.read("application/soap+xml", b"<a/>"), Unpacked)
    assert as4.REMEMBER.days >= 400


async def test_a_server_that_asks_who_we_are_is_shown_our_pair(
    nsw: Recipient, means: Means, window: Window, tmp_path: Path
) -> None:
    """Mutual TLS, and the pin holds then as well."""
    put_pair(tmp_path / "as4", "tls", ec_key("tls"))
    pair = TlsPair(tmp_path / "as4" / "tls.pem", tmp_path / "as4" / "tls.key")
    assert nsw._tls is not None
    nsw._tls.verify_mode = ssl.CERT_REQUIRED
    nsw._tls.load_verify_locations(pair.certificate)
    assert isinstance(await send(nsw, means), TryLater)
    assert nsw.requests == []
    ours = msgspec.structs.replace(means, access_point=msgspec.structs.replace(means.access_point, tls=pair))
    nsw.script.append(window.receipt)
    assert isinstance(await send(nsw, ours), Accepted)
    other, theirs = pem(certificate("other", ec_key("other"))), nsw.certificate or b""
    for pinned in (
        other,
        other + theirs,
    ):  # of a chain the first counts: what its issuer issued besides is not the partner
        nsw.certificate = pinned
        outcome = await send(nsw, ours)
        assert isinstance(outcome, TryLater)
        assert outcome.needs_person
    assert len(nsw.requests) == 1
