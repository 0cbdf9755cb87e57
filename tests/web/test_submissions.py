"""A carrier hands in its lists: stored once, acknowledged with a receipt, answered to nobody else."""

import asyncio
import time
from uuid import uuid4

import aiohttp
import pytest

from gateway.receipts import is_logged, verify_head, verify_receipt
from gateway.web import body
from tests.specimen import passenger
from tests.web.world import CARRIER, MAX_BODY, RIVAL, Gateway, call, list_of

LIST = list_of()
OTHER = list_of(reference="SPECIMEN-9")


def form(*files: bytes) -> aiohttp.FormData:
    data = aiohttp.FormData()
    for number, file in enumerate(files):
        data.add_field("file", file, filename=f"list {number}.json", content_type="application/octet-stream")
    return data


async def count(gateway: Gateway) -> int:
    found: int = await gateway.pool.fetchval("SELECT count(*) FROM submission")
    return found


async def test_a_list_is_received_processed_and_answered(gateway: Gateway) -> None:
    received = await gateway.send(LIST)
    assert received.status == 202
    assert received.json["state"] == "received"
    id, address = received.json["id"], received.headers["Location"]
    assert (await gateway.ask("GET", address + "/answer", ("carrier", CARRIER))).status == 202
    assert await gateway.process() == 1
    state = await gateway.ask("GET", address, ("carrier", CARRIER))
    assert (state.status, state.json["state"], state.json["persons"]) == (200, "processed", 5)
    assert [one["recipient"] for one in state.json["deliveries"]] == ["ut-nsw"]
    answer = await gateway.ask("GET", address + "/answer", ("carrier", CARRIER))
    assert (answer.status, answer.json["submission"], answer.json["errors"]) == (200, id, 0)
    assert [one["persons"] for one in answer.json["lists"]] == [5]


async def test_the_answer_says_what_is_wrong_and_where_and_never_the_value(gateway: Gateway) -> None:
    wrong = list_of(persons=(passenger(0), passenger(1, birth_date="2199-04-04", family_name="CANARYBIRD")))
    await gateway.send(wrong)
    await gateway.process()
    answer = await gateway.send(wrong)
    assert answer.status == 200
    assert answer.json["errors"] >= 1
    assert b"CANARYBIRD" not in answer.body
    assert b"2199" not in answer.body


async def test_whoever_waits_gets_the_whole_answer_as_soon_as_it_is_there(gateway: Gateway) -> None:
    began = time.monotonic()
    waiting = asyncio.create_task(gateway.send(LIST, prefer="respond-async, wait=20"))
    while not await gateway.process():
        await asyncio.sleep(0.02)
    answer = await waiting
    assert (answer.status, answer.json["persons"]) == (200, 5)
    assert time.monotonic() - began < 5


async def test_who_waits_in_vain_gets_the_state(gateway: Gateway) -> None:
    answer = await gateway.send(LIST, prefer="wait=1")
    assert (answer.status, answer.json["state"]) == (202, "received")


async def test_several_files_are_one_submission(gateway: Gateway) -> None:
    received = await gateway.send(form(LIST, OTHER))
    assert (received.status, received.json["files"], received.json["size"]) == (202, 2, len(LIST) + len(OTHER))
    await gateway.process()
    answer = await gateway.ask("GET", received.headers["Location"] + "/answer", ("carrier", CARRIER))
    assert [one["file"] for one in answer.json["lists"]] == [1, 2]


async def test_the_same_key_and_body_are_the_same_submission(gateway: Gateway) -> None:
    first, again = [await gateway.send(LIST, idempotency_key="key-1") for _ in range(2)]
    assert (first.status, again.status) == (202, 202)
    assert (first.json["id"], first.json["receipt"]) == (again.json["id"], again.json["receipt"])
    assert await count(gateway) == 1


async def test_the_same_key_with_another_body_is_refused_and_names_the_first(gateway: Gateway) -> None:
    first = await gateway.send(LIST, idempotency_key="key-1")
    second = await gateway.send(OTHER, idempotency_key="key-1")
    assert (second.status, second.problem) == (422, "key-reused")
    assert second.json["submission"] == first.json["id"]
    assert await count(gateway) == 1


async def test_a_key_is_the_carriers_own(gateway: Gateway) -> None:
    await gateway.send(LIST, idempotency_key="key-1")
    assert (await gateway.send(OTHER, RIVAL, idempotency_key="key-1")).status == 202


async def test_the_same_body_without_a_key_is_the_same_submission(gateway: Gateway) -> None:
    first, again = await gateway.send(LIST), await gateway.send(LIST)
    assert first.json["id"] == again.json["id"]
    assert "Gateway-Received-Before" not in first.headers
    assert again.headers["Gateway-Received-Before"] == first.json["received_at"].replace("Z", "+00:00")
    assert (await gateway.send(LIST, idempotency_key="late")).json["id"] == first.json["id"]
    assert (await gateway.send(LIST, RIVAL)).json["id"] != first.json["id"]


async def test_twenty_at_once_are_one(gateway: Gateway) -> None:
    replies = await asyncio.gather(*[gateway.send(LIST, idempotency_key="key-1") for _ in range(20)])
    assert {reply.status for reply in replies} == {202}
    assert len({reply.json["id"] for reply in replies}) == 1
    assert await count(gateway) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "tab\tkey", "naïve"])
async def test_a_key_is_visible_ascii(shared_gateway: Gateway, key: str) -> None:
    assert (await shared_gateway.send(LIST, idempotency_key=key)).problem == "bad-idempotency-key"


async def test_nothing_is_no_list(shared_gateway: Gateway) -> None:
    for nothing in (b"", form(LIST, b"")):
        reply = await shared_gateway.send(nothing)
        assert (reply.status, reply.problem) == (400, "empty-body")


async def chunks(size: int):  # type: ignore[no-untyped-def]
    for _ in range(size // 1000):
        yield b"x" * 1000


async def test_what_is_too_large_is_refused_however_it_comes(gateway: Gateway) -> None:
    large = b"x" * (MAX_BODY + 1)
    for body_ in (large, chunks(MAX_BODY + 2000), form(large), form(*[b"x" * 30_000] * 4)):
        reply = await gateway.send(body_)
        assert (reply.status, reply.problem) == (413, "too-large")
    assert await count(gateway) == 0
    assert (await gateway.send(b"x" * MAX_BODY)).status == 202


async def test_too_many_files_are_refused(shared_gateway: Gateway) -> None:
    reply = await shared_gateway.send(form(*[b"x"] * 21))
    assert (reply.status, reply.problem) == (400, "too-many-files")


HEADER = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'


@pytest.mark.parametrize(
    ("content_type", "sent"),
    [
        ("multipart/form-data", HEADER + b"\r\nlist\r\n--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 71, HEADER + b"\r\nlist\r\n--b--\r\n"),
        ("multipart/form-data; boundary=other", HEADER + b"\r\nlist\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"no part at all"),
        ("multipart/form-data; boundary=b", HEADER + b"\r\nhalf a list"),
        ("multipart/form-data; boundary=b", HEADER + b"\r\nhalf a list\r\n--b"),
        ("multipart/form-data; boundary=b", HEADER + b"\r\nlist\r\n--b--\r\n".replace(b"--b--", b"--c--")),
        ("multipart/form-data; boundary=b", HEADER + b"no colon here\r\n\r\nlist\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\n' + b"\xff" * 40 + b"\r\n--b--\r\n"),
        ("multipart/mixed; boundary=b", b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nlist\r\n--c--\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", HEADER + b"X: " + b"y" * 9000 + b"\r\n\r\nlist\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", HEADER + b"X: y\r\n" * 200 + b"\r\nlist\r\n--b--\r\n"),
    ],
)  # fmt: skip
async def test_a_multipart_body_that_is_not_whole_is_refused(
    shared_gateway: Gateway, content_type: str, sent: bytes
) -> None:
    reply = await shared_gateway.send(sent, content_type=content_type)
    assert (reply.status, reply.problem in ("bad-multipart", "bad-body")) == (400, True)


@pytest.mark.parametrize("name", [b"Content-Encoding: gzip", b"Content-Transfer-Encoding: base64"])
async def test_an_encoded_part_is_refused(shared_gateway: Gateway, name: bytes) -> None:
    sent = HEADER + name + b"\r\n\r\nbGlzdA==\r\n--b--\r\n"
    reply = await shared_gateway.send(sent, content_type="multipart/form-data; boundary=b")
    assert (reply.status, reply.problem) == (415, "encoded-body")


async def test_an_encoded_body_is_refused(gateway: Gateway) -> None:
    for encoding in ("gzip", "deflate", "br", "identity, gzip"):
        reply = await gateway.send(b"\x1f\x8b", content_encoding=encoding)
        assert (reply.status, reply.problem) == (415, "encoded-body")
    assert (await gateway.send(LIST, content_encoding="identity")).status == 202


@pytest.mark.parametrize(
    "query",
    ["purposes=border", "format=docx", "list=staff", "purpose=curiosity", "call=nowhere", "call=%00", "call=%FF%FE",
     "call=" + "x" * 201, "call=a&call=b", "format=common-json&format=paxlst"],
)  # fmt: skip
async def test_a_parameter_that_means_nothing_is_refused(shared_gateway: Gateway, query: str) -> None:
    reply = await shared_gateway.send(LIST, path=f"/v1/submissions?{query}")
    assert (reply.status, reply.problem in ("bad-parameter", "no-such-call")) == (400, True)


async def test_hints_are_taken(gateway: Gateway) -> None:
    await gateway.expect(call("C1"), call("C2", carrier=RIVAL))
    query = "call=C1&format=common-json&list=passengers&purpose=border&purpose=safety"
    received = await gateway.send(LIST, path=f"/v1/submissions?{query}")
    await gateway.process()
    answer = await gateway.ask("GET", received.headers["Location"] + "/answer", ("carrier", CARRIER))
    assert [(one["call"], one["purposes"]) for one in answer.json["lists"]] == [("C1", ["border", "safety"])]
    anothers = await gateway.send(OTHER, path="/v1/submissions?call=C2")
    assert (anothers.status, anothers.problem) == (400, "no-such-call")


async def test_a_body_that_does_not_come_is_given_up(shared_gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "BODY_SECONDS", 0.2)

    async def slow():  # type: ignore[no-untyped-def]
        yield b"half "
        await asyncio.sleep(1)
        yield b"a list"

    reply = await shared_gateway.send(slow())
    assert (reply.status, reply.problem) == (408, "too-slow")


async def test_a_receipt_proves_itself_without_the_gateway(gateway: Gateway) -> None:
    received = await gateway.send(form(LIST, OTHER))
    address = received.headers["Location"]
    receipt = await gateway.ask("GET", address + "/receipt", ("carrier", CARRIER))
    keys = gateway.catalogue.identity.verify_keys
    verdict = verify_receipt(receipt.body, keys, [LIST, OTHER])
    assert verdict.problems == ()
    assert verdict.receipt is not None
    assert (verdict.receipt.submission, verdict.receipt.carrier) == (received.json["id"], CARRIER)
    assert verify_receipt(receipt.body, keys, [LIST, b"something else"]).problems != ()

    await gateway.integrate()
    head = verify_head((await gateway.ask("GET", "/v1/log/head")).body, keys)
    proof = (await gateway.ask("GET", f"/v1/log/proof?submission={received.json['id']}")).json
    path = [bytes.fromhex(hash) for hash in proof["proof"]]
    assert proof["size"] == head.size
    assert is_logged(verdict.receipt, proof["index"], path, head)


async def test_the_receipt_stays_true_after_processing(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    received = await gateway.send(LIST, path="/v1/submissions?call=C1")
    await gateway.process()
    receipt = await gateway.ask("GET", received.headers["Location"] + "/receipt", ("operator", "desk"))
    verdict = verify_receipt(receipt.body, gateway.catalogue.identity.verify_keys, [LIST])
    assert verdict.problems == ()
    assert verdict.receipt is not None
    assert verdict.receipt.rules != ()


async def test_anothers_submission_does_not_exist(gateway: Gateway) -> None:
    received = await gateway.send(LIST)
    await gateway.process()
    for part in ("", "/answer", "/receipt"):
        address = received.headers["Location"] + part
        assert (await gateway.ask("GET", address, ("carrier", RIVAL))).problem == "no-such-submission"
        assert (await gateway.ask("GET", f"/v1/submissions/{uuid4()}{part}", ("carrier", RIVAL))).status == 404
        assert (await gateway.ask("GET", f"/v1/submissions/not-a-uuid{part}", ("carrier", RIVAL))).status == 404
    assert (await gateway.ask("GET", "/v1/submissions", ("carrier", RIVAL))).json == {"submissions": []}


async def test_answers_are_for_the_sender_alone(gateway: Gateway) -> None:
    received = await gateway.send(LIST)
    await gateway.process()
    address = received.headers["Location"]
    assert (await gateway.ask("GET", address, ("operator", "desk"))).status == 200
    for kind in ("operator", "viewer", "recipient"):
        assert (await gateway.ask("GET", address + "/answer", (kind, "ut-nsw"))).status == 403
    assert (await gateway.ask("GET", address + "/answer", ("carrier", CARRIER))).status == 200


async def test_pages_of_submissions(gateway: Gateway) -> None:
    for number in range(3):
        await gateway.send(list_of(reference=f"SPECIMEN-{number}"))
    await gateway.send(LIST, RIVAL)
    mine = (await gateway.ask("GET", "/v1/submissions", ("carrier", CARRIER))).json["submissions"]
    assert len(mine) == 3
    older = await gateway.ask("GET", f"/v1/submissions?before={mine[0]['arrival']}", ("carrier", CARRIER))
    assert older.json["submissions"] == mine[1:]
    assert len((await gateway.ask("GET", "/v1/submissions", ("operator", "desk"))).json["submissions"]) == 4
    for before in ("x", "-1", "²", "9" * 19, "9" * 30, "", "1&before=2"):
        reply = await gateway.ask("GET", f"/v1/submissions?before={before}", ("carrier", CARRIER))
        assert (reply.status, reply.problem) == (400, "bad-parameter")


async def test_a_submission_that_no_worker_could_process_says_so(gateway: Gateway) -> None:
    received = await gateway.send(LIST)
    await gateway.pool.execute("UPDATE submission SET state = 'failed', processed_at = now()")
    address = received.headers["Location"]
    assert (await gateway.ask("GET", address, ("carrier", CARRIER))).json["state"] == "failed"
    answer = await gateway.ask("GET", address + "/answer", ("carrier", CARRIER))
    assert (answer.status, answer.problem) == (503, "not-processed")


async def test_after_retention_the_receipt_remains(gateway: Gateway) -> None:
    received = await gateway.send(LIST)
    await gateway.process()
    await gateway.pool.execute("UPDATE submission SET answer_wrapped = NULL, wrapped = NULL")
    address = received.headers["Location"]
    answer = await gateway.ask("GET", address + "/answer", ("carrier", CARRIER))
    assert (answer.status, answer.problem) == (410, "retention-ended")
    assert (await gateway.ask("GET", address + "/receipt", ("carrier", CARRIER))).status == 200


async def test_what_is_stored_can_be_read_by_nobody_with_the_database_alone(gateway: Gateway) -> None:
    await gateway.send(form(list_of(persons=(passenger(0, family_name="CANARYBIRD"),))), idempotency_key="CANARYKEY")
    await gateway.process()
    for table in ("submission", "submission_key", "manifest", "delivery", "log_entry", "alarm"):
        for row in await gateway.pool.fetch(f"SELECT * FROM {table}"):
            assert all(
                b"CANARY" not in (value if isinstance(value, bytes) else str(value).encode()) for value in row.values()
            )
