"""The sandbox: the same answer as in earnest, nothing delivered, nothing counted; certificates that are earned, signed, and no one's to alter."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from gateway.cli import cli
from gateway.make import Order, make
from gateway.manifest import Counts, Function, ListKind
from gateway.process import trials as tried
from gateway.process.rules import edition
from gateway.process.trials import Shown, passes, wanted
from gateway.receipts import NotTrue, verify_certificate
from gateway.settings import utc_now
from gateway.store import Database, transaction
from gateway.store import trials as store
from tests.specimen import passenger, passenger_manifest
from tests.web.test_sending import OURS, hand_in, look
from tests.web.world import CARRIER, RIVAL, Gateway, call, list_of


def listed(kind: ListKind = ListKind.PASSENGERS, persons: int = 12, *faults: str) -> bytes:
    """An invented list in our own form."""
    return make(Order(form="common-json", persons=persons, seed=3, on=utc_now().date(), kind=kind, faults=faults)).data


WHOLE, CREW, SPOILT = (
    listed(),
    listed(ListKind.CREW),
    list_of(persons=(passenger(0, birth_date="2199-01-01"), passenger(1))),
)
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"


async def counted(gateway: Gateway) -> dict[str, int]:
    """How many rows each table has."""
    names = [row["relname"] for row in await gateway.pool.fetch(TABLES)]
    return {name: await gateway.pool.fetchval(f'SELECT count(*) FROM "{name}"') for name in names}


async def tries(gateway: Gateway, body: bytes, query: str = "", **headers: str) -> Any:
    """What the API answers to a trial, once it is processed."""
    reply = await gateway.send(body, path=f"/v1/sandbox{query}", **headers)
    assert reply.status == 202, reply
    await gateway.try_out()
    return (await gateway.ask("GET", reply.headers["Location"] + "/answer", OURS)).json


async def test_a_trial_is_answered_as_a_submission_is(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    trial = await tries(gateway, SPOILT, "?call=C1")
    sent = (await gateway.send(SPOILT, path="/v1/submissions?call=C1")).headers["Location"]
    await gateway.process()
    earnest = (await gateway.ask("GET", f"{sent}/answer", OURS)).json
    for name in ("formats", "persons", "errors", "warnings", "findings"):
        assert trial[name] == earnest[name], name
    [ours], [theirs] = trial["lists"], earnest["lists"]
    assert ours["call"] == theirs["call"] == "C1"
    assert [(one["recipient"], one["form"], one["persons"]) for one in ours["deliveries"]] == [
        (one["recipient"], one["form"], one["persons"]) for one in theirs["deliveries"]
    ]
    assert len(ours["deliveries"]) > 0


def timeless(said: Any) -> Any:
    """Without what only tells when it was asked."""
    if isinstance(said, dict):
        return {name: timeless(one) for name, one in said.items() if name not in ("from", "until", "period")}
    return [timeless(one) for one in said] if isinstance(said, list) else said


async def test_a_trial_delivers_nowhere_and_counts_nowhere(gateway: Gateway) -> None:
    """Every table of the store but the sandbox's own has as many rows after it as before, and the same calls in it."""
    theirs = {
        "vessel": "Sample Star",
        "imo": "9999840",
        "departure_port": "EGALY",
        "arrival_port": "GRPIR",
        "voyage": "XS326",
    }
    await gateway.expect(call("C1", leaves=-30, arrives=-20), call("C2", leaves=-30, arrives=-20, **theirs))
    await gateway.send(list_of(), path="/v1/submissions?call=C1")
    await gateway.process()
    await gateway.integrate()
    asked = ("/v1/calls", f"/v1/carriers/{CARRIER}/standing", "/v1/submissions", "/v1/log/head")

    async def said() -> list[Any]:
        return [timeless((await gateway.ask("GET", path, OURS)).json) for path in asked]

    before, told = await counted(gateway), await said()
    cancelled = passenger_manifest(function=Function.CANCEL, counts=Counts(on_board=0))
    for body in (
        WHOLE,
        SPOILT,
        CREW,
        msgspec.json.encode(cancelled),
        b"nothing that is known",
    ):
        await tries(gateway, body, "?call=C2")
    await gateway.process()
    await gateway.integrate()
    after = await counted(gateway)
    assert {name: n for name, n in after.items() if n != before[name]} == {"trial": 5, "pass_certificate": 1}
    assert await said() == told
    feed = await gateway.ask("GET", "/v1/feeds/ut-nsw", ("recipient", "ut-nsw"))
    assert len(feed.json["deliveries"]) == 1


def test_no_table_refers_to_a_trial_and_none_is_referred_to() -> None:
    text = (Path(store.__file__).parent / "migrations" / "0015_sandbox.sql").read_text()
    assert "REFERENCES" not in text


async def test_what_counts_comes_before_what_is_tried(gateway: Gateway) -> None:
    await gateway.send(WHOLE, path="/v1/sandbox")
    await gateway.send(list_of())
    assert await gateway.try_out() == 0
    await gateway.process()
    assert await gateway.try_out() == 1


async def test_a_worker_tries_what_comes(gateway: Gateway, database: Database) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(
        tried.run(gateway.pool, database, gateway.catalogue, gateway="test gateway", lease_seconds=30, stop=stop)
    )
    reply = await gateway.send(WHOLE, path="/v1/sandbox", prefer="wait=10")
    assert (reply.status, reply.json["persons"]) == (200, 12)
    stop.set()
    await running


async def test_after_a_day_it_is_gone(gateway: Gateway) -> None:
    location = (await gateway.send(WHOLE, path="/v1/sandbox")).headers["Location"]
    await gateway.try_out()
    await gateway.pool.execute("UPDATE trial SET received_at = received_at - interval '25 hours'")
    assert (await gateway.ask("GET", location, OURS)).problem == "no-such-trial"
    async with transaction(gateway.pool) as connection:
        assert await store.forget(connection, utc_now() - store.KEPT) == 1
    assert await gateway.pool.fetchval("SELECT count(*) FROM trial") == 0


async def test_a_trial_is_its_own_lines_alone_and_sealed(gateway: Gateway) -> None:
    location = (await gateway.send(WHOLE, path="/v1/sandbox")).headers["Location"]
    await gateway.try_out()
    for path in (location, f"{location}/answer"):
        assert (await gateway.ask("GET", path, ("carrier", RIVAL))).problem == "no-such-trial"
    row = await gateway.pool.fetchrow("SELECT * FROM trial")
    assert row is not None
    assert b"ERIKSSON" not in b"".join(value for value in row.values() if isinstance(value, bytes))


async def test_too_many_that_wait_are_refused_and_the_same_twice_is_one(gateway: Gateway) -> None:
    first = await gateway.send(list_of(reference="A"), path="/v1/sandbox")
    again = await gateway.send(list_of(reference="A"), path="/v1/sandbox")
    assert first.json["id"] == again.json["id"]
    for name in "BCDE":
        assert (await gateway.send(list_of(reference=name), path="/v1/sandbox")).status == 202
    assert (await gateway.send(list_of(reference="F"), path="/v1/sandbox")).problem == "too-many-tries"
    assert (await gateway.send(list_of(reference="A"), path="/v1/sandbox")).json["id"] == first.json["id"]
    page = await hand_in(gateway, list_of(reference="G"), path="/sandbox")
    assert page.status == 429
    assert "Too many of your lists wait" in page.body.decode()


async def test_one_that_takes_its_workers_with_it_is_given_up(gateway: Gateway) -> None:
    location = (await gateway.send(WHOLE, path="/v1/sandbox")).headers["Location"]
    for _ in range(3):
        await store.claim_trial(gateway.pool, lease_seconds=0)
    assert (await gateway.ask("GET", location, OURS)).json["state"] == "failed"
    assert (await gateway.ask("GET", f"{location}/answer", OURS)).problem == "not-processed"
    assert "not your fault" in (await look(gateway, location.replace("/v1", ""))).body.decode()


async def certificate(gateway: Gateway) -> list[Any]:
    found: list[Any] = (await gateway.ask("GET", "/v1/certificates", OURS)).json["certificates"]
    return found


async def test_a_certificate_is_earned_by_whole_lists_of_whom_the_line_sends(gateway: Gateway) -> None:
    await tries(gateway, list_of())  # too few
    await tries(gateway, SPOILT)
    assert await certificate(gateway) == []
    await gateway.send(listed(ListKind.CREW, 3))  # in earnest: so the line sends crew lists in this format
    await gateway.send(list_of())
    await gateway.process()
    await tries(gateway, WHOLE)
    assert await certificate(gateway) == []
    page = (await look(gateway, "/sandbox")).body.decode()
    assert "not yet" in page
    await tries(gateway, CREW)
    [found] = await certificate(gateway)
    said = found["document"]["certificate"]
    assert (said["format"], said["passengers"], said["crew"], found["valid"]) == ("common-json", 12, 12, True)
    assert (said["carrier"], said["rules"], len(said["tries"])) == (CARRIER, edition(), 3)
    assert "/sandbox/certificates/common-json" in (await look(gateway, "/sandbox")).body.decode()


async def test_a_certificate_is_signed_and_tampering_shows(gateway: Gateway, tmp_path: Path) -> None:
    await tries(gateway, WHOLE)
    reply = await look(gateway, "/sandbox/certificates/common-json/document")
    assert reply.headers["Content-Disposition"] == f'attachment; filename="certificate-{CARRIER}-common-json.json"'
    keys = gateway.catalogue.identity.verify_keys
    said = verify_certificate(reply.body, keys)
    assert (said.carrier, said.gateway, said.passengers) == (CARRIER, "test gateway", 12)
    for old, new in (
        (b'"passengers": 12', b'"passengers": 99'),
        (CARRIER.encode(), RIVAL.encode()),
        (said.rules.encode(), b"0" * 12),
    ):
        assert old in reply.body
        with pytest.raises(NotTrue):
            verify_certificate(reply.body.replace(old, new), keys)
    receipt = (await gateway.send(list_of())).json["receipt"]
    with pytest.raises(NotTrue):
        verify_certificate(msgspec.json.encode(receipt), keys)
    (tmp_path / "key.pem").write_bytes(keys[0].pem)
    for body, options, status, words in (
        (reply.body, (), 0, f"true: Specimen (invented) ({CARRIER}) passed with common-json"),
        (reply.body, ("--rules", said.rules), 0, "12 passengers"),
        (reply.body, ("--rules", "another"), 1, "not valid any more"),
        (reply.body.replace(b'"crew": 0', b'"crew": 9'), (), 1, "not proved"),
    ):
        (tmp_path / "certificate.json").write_bytes(body)
        ran = CliRunner().invoke(cli, ["certificate", "verify", str(tmp_path / "certificate.json"), "--key", str(tmp_path / "key.pem"), *options])  # fmt: skip
        assert (ran.exit_code, words in ran.output) == (status, True), ran.output


async def test_a_certificate_ends_with_its_rules(gateway: Gateway) -> None:
    await tries(gateway, WHOLE)
    page = (await look(gateway, "/sandbox/certificates/common-json")).body.decode()
    assert "while the rules are edition" in page
    await gateway.pool.execute("UPDATE pass_certificate SET rules = 'older'")
    assert [one["valid"] for one in await certificate(gateway)] == [False]
    assert "No longer valid" in (await look(gateway, "/sandbox/certificates/common-json")).body.decode()


def test_of_whom_a_list_must_pass() -> None:
    both = [Shown(format="epc", passengers=30, crew=0), Shown(format="epc", passengers=0, crew=9)]
    assert wanted("epc", [], both) == {"passengers", "crew"}
    assert wanted("epc", [("epc", "mixed")], both) == {"passengers", "crew"}
    assert wanted("epc", [("epc", "booking"), ("paxlst", "crew")], both) == {"passengers"}
    assert not passes("epc", frozenset(("passengers", "crew")), both)
    assert passes("epc", frozenset(("passengers",)), both)
    assert not passes("paxlst", frozenset(("passengers",)), both)
    assert not passes("epc", frozenset(), both)


async def test_samples_are_read_without_an_error_and_those_with_mistakes_are_not(gateway: Gateway) -> None:
    from gateway.web.samples import SAMPLES

    for query, is_clean in (
        (f"form=paxlst-sea&kind={ListKind.CREW}", True),
        ("form=fal6-csv", True),
        ("form=fal6-csv&faults=1", False),
    ):
        sample = await look(gateway, f"/sandbox/sample?{query}")
        assert sample.status == 200, sample
        answer = await tries(gateway, sample.body)
        assert ((answer["errors"] == 0), answer["persons"] >= 29) == (is_clean, True), query
    assert (await look(gateway, "/sandbox/sample?form=none")).status == 400
    for one in SAMPLES:
        for kind in one.kinds:
            assert make(Order(form=one.form, persons=3, seed=1, on=utc_now().date(), kind=kind)).data


async def test_the_page_of_a_trial_says_so_and_hands_back(gateway: Gateway) -> None:
    csv = make(Order(form="fal6-csv", persons=12, seed=2, on=utc_now().date(), faults=("nationality-unknown",))).data
    where = (await hand_in(gateway, csv, path="/sandbox")).headers["Location"]
    await gateway.try_out()
    page = (await look(gateway, where)).body.decode()
    for words in ("nothing was delivered", "12 persons, 1 error: mend these first.", "N-20", f"{where}/copy?as=marked"):
        assert words in page, words
    assert "receipt" not in page
    marked = await look(gateway, f"{where}/copy?as=marked&file=1")
    assert (marked.status, b"N-20" in marked.body) == (200, True)
    assert (await look(gateway, f"{where}/repairs")).status == 200
    assert (await gateway.ask("GET", f"/v1{where}/answer?as=marked", OURS)).body == marked.body
