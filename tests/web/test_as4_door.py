"""POST /v1/as4: what a partner sends is stored before it is receipted, taken once, put to its delivery, and nobody else's is."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from gateway import as4, asic
from gateway.as4 import INITIATOR, Fault, Packed, Party, PartyId, Receipted, Rejected
from gateway.catalogue import load
from gateway.deliver import Deliverer
from gateway.heard import Message
from gateway.process import on_response
from gateway.process.answer import Answer, open_answer
from gateway.process.verdicts import tell
from gateway.seal import Sealed, open_at_rest
from gateway.senders import Means
from gateway.senders.https import session
from gateway.settings import utc_now
from gateway.store import Database, Pool, messages, transaction
from gateway.store.alarms import open_alarms
from gateway.store.responses import claim_response
from gateway.store.retention import end_retention
from gateway.store.submissions import sealed_answer
from gateway.watch import RETENTION
from gateway.web import as4 as door
from tests.asic.test_asic import ECDSA
from tests.formats.test_emswe_response import FRM
from tests.senders.delivering import at_work, owe, state_is
from tests.senders.recipient import recipient
from tests.senders.window import (
    NSW,
    RIM,
    SERVICE,
    US,
    Window,
    certificate,
    folder,
    our_keys,
    pem,
    register,
    rsa_key,
)
from tests.web.rim import make_rim_folders
from tests.web.world import Folders, Gateway, list_of, make_folders, running


@pytest.fixture(scope="module")
def rim_folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """A gateway that speaks TLS, and a window that it reaches over AS4."""
    return make_rim_folders(tmp_path_factory.mktemp("rim"), "https://window.example/as4")


@pytest.fixture
async def gateway(rim_folders: Folders, database: Database, pool: Pool) -> AsyncIterator[Gateway]:
    async with running(rim_folders.settings, database, pool) as found:
        yield found


@pytest.fixture
def window() -> Window:
    return Window()


async def post(gateway: Gateway, content_type: str, body: bytes) -> tuple[int, str, bytes]:
    trust = ssl.create_default_context(cadata=pem(certificate("gateway", rsa_key("gateway"))).decode())
    async with gateway.session.post(
        f"{gateway.url}/v1/as4", data=body, headers={"Content-Type": content_type}, ssl=trust
    ) as answer:
        return answer.status, answer.headers["Content-Type"], await answer.read()


async def said(gateway: Gateway, window: Window, sent: Packed) -> Receipted | Rejected | Fault:
    """What the gateway answers, as the window reads it: digest by digest."""
    status, content_type, body = await post(gateway, sent.content_type, sent.body)
    assert status == 200
    return as4.read_answer(
        content_type, body, message_id=sent.message_id, references=sent.references, profile=RIM, partner=window.gateway, at=utc_now()
    )  # fmt: skip


def codes(answer: object) -> list[str]:
    assert isinstance(answer, Rejected), answer
    assert answer.signed
    return [error.code for error in answer.errors]


def opened(gateway: Gateway, row: Any) -> Message:
    """An answer as it is kept."""
    sealed = Sealed(row["wrapped"], row["sealed"], row["key_id"])
    found = open_at_rest(sealed, gateway.catalogue.identity, context=b"response/" + row["id"].bytes)
    return msgspec.msgpack.decode(found, type=Message)


async def told_of(gateway: Gateway, pool: Pool, delivery: UUID) -> Answer:
    """What the sender of the list gets to read."""
    question = "SELECT m.submission_id FROM delivery d JOIN manifest m ON m.id = d.manifest_id WHERE d.id = $1"
    submission = await pool.fetchval(question, delivery)
    async with pool.acquire() as connection:
        kept = await sealed_answer(connection, submission)
    assert kept is not None
    found = open_answer(kept, str(submission), gateway.catalogue)
    assert found is not None
    return msgspec.json.decode(found, type=Answer)


async def count(pool: Pool, table: str) -> int:
    found: int = await pool.fetchval(f"SELECT count(*) FROM {table}")
    return found


async def test_an_answer_is_put_to_its_delivery_and_receipted(gateway: Gateway, window: Window) -> None:
    delivery = await owe(gateway.pool, NSW)
    sent = window.answering(str(delivery), b"PK the authority's own words")
    assert isinstance(await said(gateway, window, sent), Receipted)
    [row] = await gateway.pool.fetch("SELECT * FROM response WHERE delivery_id = $1", delivery)
    kept = opened(gateway, row)
    assert (kept.message_id, row["channel"]) == (sent.message_id, "as4-message")
    assert (kept.ref_to, kept.service, kept.parts[0].data) == (str(delivery), SERVICE, b"PK the authority's own words")
    assert kept.parts[0].properties["FormalityInfo.CorrelationId"] == str(delivery)
    assert b"own words" not in row["sealed"]
    [event] = await gateway.pool.fetch("SELECT event, subject FROM log_entry")
    assert (event["event"], event["subject"]["delivery"]) == ("answer-received", str(delivery))


@pytest.mark.parametrize("named_by", ["ref_to", "correlation", "conversation", "with a domain"])
async def test_a_delivery_may_be_named_in_each_of_these_ways(gateway: Gateway, window: Window, named_by: str) -> None:
    delivery = await owe(gateway.pool, NSW)
    other = str(uuid4())
    named = {"ref_to": other, "correlation": "none", "conversation": "none"}
    ref_to = f"{delivery}@{US}" if named_by == "with a domain" else None
    changes = named | ({named_by: str(delivery)} if ref_to is None else {"ref_to": ref_to})
    sent = window.answering(changes.pop("ref_to"), **changes)
    assert isinstance(await said(gateway, window, sent), Receipted)
    assert await gateway.pool.fetchval("SELECT count(*) FROM response WHERE delivery_id = $1", delivery) == 1


async def test_an_answer_to_nothing_is_kept_and_a_person_hears_of_it(gateway: Gateway, window: Window) -> None:
    elses = await owe(gateway.pool, "another-recipient")
    assert isinstance(await said(gateway, window, window.answering(str(elses))), Receipted)
    assert await gateway.pool.fetchval("SELECT delivery_id FROM response") is None
    async with gateway.pool.acquire() as connection:
        assert [alarm.kind for alarm in await open_alarms(connection)] == ["answer-to-nothing"]


async def test_the_same_message_again_is_receipted_again_and_taken_once(gateway: Gateway, window: Window) -> None:
    sent = window.answering(str(await owe(gateway.pool, NSW)))
    answers = [await said(gateway, window, sent) for _ in range(2)]
    answers += await asyncio.gather(*(said(gateway, window, sent) for _ in range(6)))
    assert all(isinstance(one, Receipted) for one in answers)
    assert await count(gateway.pool, "response") == 1
    assert await count(gateway.pool, "as4_message") == 1


async def test_packed_anew_under_the_same_id_it_is_the_same_message(gateway: Gateway, window: Window) -> None:
    delivery, id = str(await owe(gateway.pool, NSW)), str(uuid4())
    for words in (b"first", b"second"):
        assert isinstance(await said(gateway, window, window.answering(delivery, words, id=id)), Receipted)
    assert await count(gateway.pool, "response") == 1


async def test_what_was_stored_and_not_receipted_is_receipted_when_it_comes_again(
    gateway: Gateway, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends between the commit and the receipt."""
    sent = window.answering(str(await owe(gateway.pool, NSW)))
    usual = door._answer

    def killed(*arguments: object) -> Packed:
        raise RuntimeError("killed")

    monkeypatch.setattr(door, "_answer", killed)
    status, _, _ = await post(gateway, sent.content_type, sent.body)
    assert status == 500
    assert await count(gateway.pool, "response") == 1
    monkeypatch.setattr(door, "_answer", usual)
    assert isinstance(await said(gateway, window, sent), Receipted)
    assert await count(gateway.pool, "response") == 1


async def test_what_is_not_stored_is_not_receipted(
    gateway: Gateway, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = window.answering(str(await owe(gateway.pool, NSW)))

    async def fails(*arguments: object, **named: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(door, "on_response", fails)
    status, content_type, body = await post(gateway, sent.content_type, sent.body)
    assert (status, content_type) == (500, "application/problem+json")
    assert b"disk" not in body
    assert await count(gateway.pool, "as4_message") == 0  # so that it is new when it comes again
    monkeypatch.setattr(door, "on_response", on_response.on_response)
    assert isinstance(await said(gateway, window, sent), Receipted)
    assert await count(gateway.pool, "response") == 1


async def test_the_test_service_is_receipted_and_goes_no_further(gateway: Gateway, window: Window) -> None:
    sent = window.answering(None, service=as4.TEST_SERVICE, action=as4.TEST_ACTION, service_type=None)
    assert isinstance(await said(gateway, window, sent), Receipted)
    assert await count(gateway.pool, "response") == 0
    assert await count(gateway.pool, "as4_message") == 0


async def test_an_action_that_nobody_agreed_on_is_refused(gateway: Gateway, window: Window) -> None:
    sent = window.answering(str(await owe(gateway.pool, NSW)), action="emswe-formality-request")
    assert codes(await said(gateway, window, sent)) == ["EBMS:0010"]
    assert await count(gateway.pool, "response") == 0


async def test_somebody_else_is_not_believed(gateway: Gateway, window: Window) -> None:
    stranger = rsa_key("stranger")
    shown = certificate("stranger", stranger)
    window.own = msgspec.structs.replace(window.own, signer=as4.Signer(stranger, (shown,)))
    assert codes(await said(gateway, window, window.answering(str(uuid4())))) == ["EBMS:0101"]
    nobody = window.answering(str(uuid4()), sender=Party(PartyId("elsewhere.example"), INITIATOR))
    assert codes(await said(gateway, window, nobody)) == ["EBMS:0010"]
    assert await count(gateway.pool, "as4_message") == 0


async def test_a_captured_message_is_not_taken_after_its_id_was_forgotten(gateway: Gateway, window: Window) -> None:
    """A replay: within 400 days it is a duplicate, later it is too old."""
    delivery = str(await owe(gateway.pool, NSW))
    young = window.answering(delivery, timestamp=utc_now() - timedelta(days=398))
    assert isinstance(await said(gateway, window, young), Receipted)
    async with transaction(gateway.pool) as connection:
        assert await messages.forget(connection, utc_now() - as4.REMEMBER) == 0
    assert isinstance(await said(gateway, window, young), Receipted)
    assert await count(gateway.pool, "response") == 1
    old = window.answering(delivery, timestamp=utc_now() - timedelta(days=401))
    assert codes(await said(gateway, window, old)) == ["EBMS:0003"]
    await gateway.pool.execute("UPDATE as4_message SET received_at = now() - interval '401 days'")
    async with transaction(gateway.pool) as connection:
        assert await messages.forget(connection, utc_now() - as4.REMEMBER) == 1


async def test_a_changed_byte_changes_nothing_that_is_taken(gateway: Gateway, window: Window) -> None:
    """Some bytes of MIME mean nothing; what is taken is what was signed, or nothing."""
    sent = window.answering(str(await owe(gateway.pool, NSW)), b"PK the authority's own words")
    for at in range(0, len(sent.body), 499):
        changed = bytearray(sent.body)
        changed[at] ^= 1
        await post(gateway, sent.content_type, bytes(changed))
    for row in await gateway.pool.fetch("SELECT * FROM response"):
        kept = opened(gateway, row)
        assert (kept.message_id, kept.parts[0].data) == (sent.message_id, b"PK the authority's own words")


@pytest.mark.parametrize("body", [b"", b"rubbish", b"<a/>", b"--x\r\n\r\n--x--"])
async def test_rubbish_gets_a_signed_error(gateway: Gateway, body: bytes) -> None:
    status, content_type, answer = await post(gateway, 'multipart/related; boundary="x"', body)
    assert (status, content_type.partition(";")[0]) == (200, "application/soap+xml")
    assert b"EBMS:00" in answer


async def test_too_large_is_a_problem_document(gateway: Gateway) -> None:
    status, content_type, _ = await post(gateway, "application/soap+xml", bytes(gateway.context.settings.max_body + 1))
    assert (status, content_type) == (413, "application/problem+json")


async def test_retention_ends_for_answers_too(gateway: Gateway, window: Window) -> None:
    delivery = await owe(gateway.pool, NSW)
    await said(gateway, window, window.answering(str(delivery)))
    async with transaction(gateway.pool) as connection:
        await connection.execute("UPDATE response SET state = 'read'")
        assert (await end_retention(connection, utc_now() + RETENTION)).responses == 1
    assert await gateway.pool.fetchval("SELECT wrapped FROM response WHERE delivery_id = $1", delivery) is None


async def test_a_list_goes_to_the_window_and_its_answer_comes_back(
    tmp_path: Path, window: Window, database: Database, pool: Pool
) -> None:
    """Two-Way/Push-and-Push: handed in, processed, sealed to ourselves, sent, receipted; answered, put to its delivery."""
    (tmp_path / "server").mkdir()
    made = make_folders(tmp_path)
    our_keys(made.settings.state)
    (tmp_path / "keys" / NSW).mkdir()
    async with recipient(tmp_path / "server") as server:
        server.script.append(window.receipt)
        for name, data in (folder(server.url, server.certificate) | {"routes.toml": register()}).items():
            (tmp_path / "keys" / NSW / name).write_bytes(data)
        async with running(made.settings, database, pool) as gateway, session() as http:
            known = gateway.catalogue
            assert (await gateway.send(list_of())).status == 202
            assert await gateway.process() == 1
            waiting = await pool.fetchrow("SELECT id, envelope FROM delivery WHERE recipient = $1", NSW)
            assert b"ERIKSSON" not in waiting["envelope"]
            means = Means(session=http, identity=known.identity, access_point=known.access_point)
            async with at_work(Deliverer(pool, database, known.recipients, means, 30)):
                await state_is(pool, "accepted", waiting["id"])
            [got] = window.had
            formality = asic.unpack(got.payloads[0].content).files["PXA.xml"]
            assert b"ERIKSSON" in formality
            container = asic.pack([asic.Entry("FRM.xml", "application/xml", FRM.encode())], ECDSA, utc_now())
            sent = window.answering(got.message.id, container, conversation=got.message.conversation)
            answer = await gateway.ask("POST", "/v1/as4", data=sent.body, headers={"Content-Type": sent.content_type})
            assert b"NonRepudiationInformation" in answer.body
            while (claimed := await claim_response(pool, lease_seconds=60)) is not None:
                await tell(pool, known, claimed)
            told = await told_of(gateway, pool, waiting["id"])
    assert [(one.recipient, one.verdict) for one in told.verdicts] == [(NSW, "rejected")]
    assert [one.code for one in told.findings if one.code.startswith("R-")] == ["R-01", "R-04"]


async def test_a_gateway_without_partners_says_so(tls_folders: Folders, database: Database, pool: Pool) -> None:
    async with running(tls_folders.settings, database, pool) as bare:
        answer = await bare.ask("POST", "/v1/as4", data=b"<a/>")
        assert (answer.status, answer.problem) == (404, "no-partner")


def test_where_our_keys_are_missing_the_operator_is_told(tmp_path: Path) -> None:
    made = make_folders(tmp_path)
    (tmp_path / "keys" / NSW).mkdir()
    for name, data in folder("https://window.example/as4").items():
        (tmp_path / "keys" / NSW / name).write_bytes(data)
    problems = load(made.settings, utc_now().date()).problems
    assert any(NSW in one.where and "no pair in as4/" in one.text for one in problems)
