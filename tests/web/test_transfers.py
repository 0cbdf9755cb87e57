"""A list goes from one Passenger Information Unit to another: asked for, decided, sealed anew, on the terms it went out with."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from gateway.keyring import PassedOn, SecretKey, new_recipient_keys
from gateway.seal import Opened, open_envelope
from gateway.settings import utc_now
from gateway.store import Database, Pool
from tests.cli.desk import gw
from tests.web.world import CARRIER, FEED, Gateway, Reply, list_of, make_folders, running

HOLDER, ASKER, ABROAD = "ut-piu", "ux-piu", "xx-piu"
DESK = ("operator", "desk")
TODAY = utc_now().date()

ROUTE = """[[route]]
id = "piu-lists"
lists = ["passengers", "crew"]
purposes = ["border"]
form = "common-json"
legal_basis = "an invented act, article 2"
from = {since}
until = {until}
reviewer = "Nobody, this is a test"
decision = "D 1/2026"
marking = "confidential"
onward = "{onward}"
"""


def add_piu(keys: Path, id: str, onward: str | None = None, *, third_country: bool = False) -> SecretKey:
    """A PIU that fetches; with `onward`, it gets lists and that is said of passing them on."""
    secret, public = new_recipient_keys("jwe")
    since, until = TODAY - timedelta(days=2), TODAY + timedelta(days=90)
    folder = keys / id
    folder.mkdir()
    (folder / "key.pem").write_bytes(public.pem)
    (folder / "recipient.toml").write_text(f"""id = "{id}"
name = "Invented PIU"
kind = "piu"
country = "MT"
third_country = {str(third_country).lower()}
key = [{{ file = "key.pem", from = {since}, until = {until} }}]
[send]
transport = "feed"
[seal]
form = "jwe"
""")
    if onward:
        (folder / "routes.toml").write_text(ROUTE.format(since=since, until=until, onward=onward))
    return secret


class Exchange(msgspec.Struct):
    gateway: Gateway
    root: Path
    secrets: dict[str, SecretKey]

    async def fetched(self, who: str) -> list[Opened]:
        """What the recipient's feed holds, opened with its own key; acknowledged, so that it has it."""
        me = ("recipient", who)
        found = (await self.gateway.ask("GET", f"/v1/feeds/{who}", me)).json["deliveries"]
        ids = [one["id"] for one in found]
        if ids:
            await self.gateway.ask("POST", f"/v1/feeds/{who}/ack", me, data=msgspec.json.encode({"deliveries": ids}))
        verify = self.gateway.catalogue.identity.verify_keys
        return [open_envelope(base64.b64decode(one["envelope"]), [self.secrets[who]], verify) for one in found]

    async def held(self, **changes: Any) -> str:
        """The holder's delivery of a list, which it has."""
        await self.gateway.send(list_of(**changes))
        await self.gateway.process()
        return (await self.fetched(HOLDER))[-1].delivery_id

    async def asked(self, who: str = ASKER, **changes: Any) -> Reply:
        said = {"holder": HOLDER, "purposes": ["border"], "legal_basis": "an invented treaty, article 3"} | changes
        return await self.gateway.ask("POST", "/v1/transfers", ("recipient", who), data=msgspec.json.encode(said))

    async def decided(self, id: str, *deliveries: str, who: tuple[str, str] = DESK, **changes: Any) -> Reply:
        said = {"granted": True, "decision": "D 7/2026", "deliveries": deliveries, "until": TODAY + timedelta(days=9)}
        body = msgspec.json.encode(said | changes)
        return await self.gateway.ask("POST", f"/v1/transfers/{id}/decision", who, data=body)

    async def events(self, id: str) -> list[Any]:
        question = "SELECT event, subject FROM log_entry WHERE subject ->> 'transfer' = $1 ORDER BY id"
        return [(row["event"], row["subject"]) for row in await self.gateway.pool.fetch(question, id)]


ONWARD = "consent C-7"


@pytest.fixture
async def exchange(
    tmp_path: Path, database: Database, pool: Pool, request: pytest.FixtureRequest
) -> AsyncIterator[Exchange]:
    folders = make_folders(tmp_path)
    secrets = {
        HOLDER: add_piu(folders.settings.keys, HOLDER, getattr(request, "param", ONWARD)),
        ASKER: add_piu(folders.settings.keys, ASKER),
        ABROAD: add_piu(folders.settings.keys, ABROAD, third_country=True),
    }
    async with running(folders.settings, database, pool) as gateway:
        yield Exchange(gateway, tmp_path, secrets)


async def test_asked_for_decided_and_sealed_to_the_one_who_asked(exchange: Exchange) -> None:
    theirs = await exchange.held()
    asked = await exchange.asked(delivery=theirs)
    assert (asked.status, asked.json["state"]) == (201, "asked")
    assert await exchange.fetched(ASKER) == []
    decided = await exchange.decided(asked.json["id"], theirs)
    assert (decided.status, decided.json["state"], decided.json["granted"]) == (200, "granted", ["border"])
    [opened] = await exchange.fetched(ASKER)
    assert opened.delivery_id == decided.json["deliveries"][0]["id"] != theirs
    handling = opened.handling
    assert (handling.marking, handling.onward, handling.route) == ("confidential", ONWARD, "piu-lists")
    assert (handling.legal_basis, handling.originator) == ("an invented act, article 2", CARRIER)
    [step] = handling.transfers or ()
    assert (step.holder, step.receiver, step.decision) == (HOLDER, ASKER, "D 7/2026")
    assert step.legal_basis == "an invented treaty, article 3"
    written = msgspec.json.decode(opened.payload)
    assert msgspec.convert(written["handling"]["transfers"], list[PassedOn]) == [step]
    assert b"ERIKSSON" in opened.payload
    told = {"transfer": asked.json["id"], "requester": ASKER, "holder": HOLDER, "asked_delivery": theirs}
    events = await exchange.events(asked.json["id"])
    assert events[0] == ("transfer-asked", told)
    assert events[1] == ("transfer-granted", told | {"decision": "D 7/2026", "by": "desk"})
    assert events[2][0] == "list-passed-on"
    assert events[2][1]["delivery"] == opened.delivery_id


async def test_a_voyage_is_asked_for_and_the_operator_sees_what_it_means(exchange: Exchange) -> None:
    theirs = await exchange.held()
    voyage = {"imo": "1234567", "arrival_port": "MTMLA", "day": TODAY}
    asked = await exchange.asked(voyage=voyage)
    address = f"/v1/transfers/{asked.json['id']}"
    [one] = (await exchange.gateway.ask("GET", address, DESK)).json["lists"]
    assert (one["id"], one["persons"], one["barred"], one["has_newer"]) == (theirs, 5, None, False)
    assert one["terms"]["onward"] == ONWARD
    seen = await exchange.gateway.ask("GET", address, ("recipient", ASKER))
    assert "lists" not in seen.json
    nothing = await exchange.asked(voyage=voyage | {"day": TODAY - timedelta(days=30)})
    assert nothing.status == 201  # asking tells nobody whether there is such a list
    other = f"/v1/transfers/{nothing.json['id']}"
    assert (await exchange.gateway.ask("GET", other, DESK)).json["lists"] == []


async def test_a_refusal_stands_with_its_reason_and_nothing_is_sent(exchange: Exchange) -> None:
    theirs = await exchange.held()
    id = (await exchange.asked(delivery=theirs)).json["id"]
    refused = await exchange.decided(id, granted=False, reason="no threat is shown", deliveries=())
    assert (refused.json["state"], refused.json["reason"]) == ("refused", "no threat is shown")
    assert await exchange.fetched(ASKER) == []
    mine = (await exchange.gateway.ask("GET", "/v1/transfers", ("recipient", ASKER))).json["transfers"]
    assert [(one["id"], one["state"], one["decision"]) for one in mine] == [(id, "refused", "D 7/2026")]
    again = await exchange.decided(id, theirs)
    assert (again.status, again.problem) == (422, "already-decided")
    assert [event for event, _ in await exchange.events(id)] == ["transfer-asked", "transfer-refused"]


@pytest.mark.parametrize("exchange", ["none"], indirect=True)
async def test_what_may_not_be_passed_on_no_decision_passes_on(exchange: Exchange) -> None:
    theirs = await exchange.held()
    id = (await exchange.asked(delivery=theirs)).json["id"]
    reply = await exchange.decided(id, theirs)
    assert (reply.status, reply.problem) == (422, "not-to-be-passed-on")
    [reason] = reply.json["reasons"]
    assert (reason["delivery"], "onward" in reason["reason"]) == (theirs, True)
    assert await exchange.fetched(ASKER) == []
    assert [event for event, _ in await exchange.events(id)] == ["transfer-asked", "transfer-barred"]


@pytest.mark.parametrize("exchange", ["none"], indirect=True)
async def test_the_restriction_outlives_the_entry_it_came_from(exchange: Exchange, database: Database) -> None:
    """The register says something else today, or nothing: what went out with the list decides (Article 4.10)."""
    theirs = await exchange.held()
    register = exchange.root / "keys" / HOLDER / "routes.toml"
    for now in (register.read_text().replace('onward = "none"', 'onward = "anybody"'), ""):
        register.write_text(now)
        async with running(exchange.gateway.context.settings, database, exchange.gateway.pool) as later:
            other = Exchange(later, exchange.root, exchange.secrets)
            id = (await other.asked(delivery=theirs)).json["id"]
            assert (await other.decided(id, theirs)).problem == "not-to-be-passed-on"


async def test_a_consent_outlives_the_entry_too(exchange: Exchange, database: Database) -> None:
    theirs = await exchange.held()
    (exchange.root / "keys" / HOLDER / "routes.toml").unlink()
    async with running(exchange.gateway.context.settings, database, exchange.gateway.pool) as later:
        other = Exchange(later, exchange.root, exchange.secrets)
        id = (await other.asked(delivery=theirs)).json["id"]
        assert (await other.decided(id, theirs)).status == 200
        [opened] = await other.fetched(ASKER)
    assert (opened.handling.marking, opened.handling.onward) == ("confidential", ONWARD)


async def test_passed_on_again_the_chain_is_whole(exchange: Exchange) -> None:
    theirs = await exchange.held()
    first = (await exchange.asked(delivery=theirs)).json["id"]
    await exchange.decided(first, theirs)
    [mine] = await exchange.fetched(ASKER)
    second = (await exchange.asked(ABROAD, holder=ASKER, delivery=mine.delivery_id)).json["id"]
    no_ground = await exchange.decided(second, mine.delivery_id)
    assert "third country" in no_ground.json["reasons"][0]["reason"]
    assert (await exchange.decided(second, mine.delivery_id, transfer_ground="case by case, G 4")).status == 200
    [opened] = await exchange.fetched(ABROAD)
    steps = [(one.holder, one.receiver) for one in opened.handling.transfers or ()]
    assert steps == [(HOLDER, ASKER), (ASKER, ABROAD)]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"purposes": ["border", "booking"]}, "bad-decision"),
        ({"deliveries": ()}, "bad-decision"),
        ({"until": TODAY - timedelta(days=1)}, "bad-decision"),
        ({"until": None}, "bad-decision"),
        ({"decision": ""}, "bad-decision"),
        ({"decision": "D\u00007"}, "bad-decision"),
        ({"deliveries": (str(uuid4()),)}, "not-to-be-passed-on"),
    ],
    ids=["more than asked", "no lists", "over", "without end", "no number", "control", "another list"],
)
async def test_a_decision_that_cannot_be_carried_out_changes_nothing(
    exchange: Exchange, changes: dict[str, Any], problem: str
) -> None:
    theirs = await exchange.held()
    id = (await exchange.asked(delivery=theirs)).json["id"]
    assert (await exchange.decided(id, theirs, **changes)).problem == problem
    assert (await exchange.decided(id, theirs)).status == 200


async def test_nobody_gets_it_for_what_its_holder_may_not_use_it_for(exchange: Exchange) -> None:
    theirs = await exchange.held()
    id = (await exchange.asked(delivery=theirs, purposes=["border", "safety"])).json["id"]
    assert (await exchange.decided(id, theirs)).problem == "not-to-be-passed-on"
    assert (await exchange.decided(id, theirs, purposes=["border"])).json["granted"] == ["border"]


async def test_what_a_single_window_has_is_passed_on_to_no_unit(exchange: Exchange) -> None:
    """A unit gets a voyage inside the EU only if a decision selected it; a single window gets them all."""
    await exchange.gateway.send(list_of())
    await exchange.gateway.process()
    theirs = await exchange.gateway.pool.fetchval(
        "UPDATE delivery SET recipient = $1, state = 'accepted', settled_at = now(), handling = handling || $2"
        " WHERE recipient = $3 RETURNING id::text",
        FEED, {"onward": ONWARD}, HOLDER,
    )  # fmt: skip
    id = (await exchange.asked(holder=FEED, delivery=theirs)).json["id"]
    reply = await exchange.decided(id, theirs)
    assert (reply.status, reply.problem) == (422, "not-to-be-passed-on")
    assert await exchange.fetched(ASKER) == []


async def test_who_may_ask_and_who_may_decide(exchange: Exchange) -> None:
    theirs = await exchange.held()
    assert (await exchange.asked(FEED, delivery=theirs)).problem == "not-allowed"  # a single window
    id = (await exchange.asked(delivery=theirs)).json["id"]
    for who in (("recipient", ASKER), ("recipient", HOLDER), ("carrier", CARRIER), ("viewer", "MTMLA")):
        assert (await exchange.decided(id, theirs, who=who)).status == 403
    assert (await exchange.gateway.ask("GET", f"/v1/transfers/{id}", ("recipient", HOLDER))).status == 404
    assert (await exchange.gateway.ask("GET", "/v1/transfers", ("recipient", HOLDER))).json == {"transfers": []}
    for body in (
        {"delivery": theirs, "holder": ASKER},
        {},
        {"voyage": {"imo": "1"}},
        {"delivery": theirs, "form": "x"},
    ):
        assert (await exchange.asked(**body)).problem == "bad-transfer-request"


async def test_after_the_last_day_of_a_decision_nothing_goes(exchange: Exchange) -> None:
    from gateway.process.renew import DECISION_ENDED, renew

    theirs = await exchange.held()
    id = (await exchange.asked(delivery=theirs)).json["id"]
    await exchange.decided(id, theirs)
    pool = exchange.gateway.pool
    assert await renew(pool, exchange.gateway.catalogue, utc_now()) == 0
    assert await renew(pool, exchange.gateway.catalogue, utc_now() + timedelta(days=10)) == 1
    found = await pool.fetchrow("SELECT state, last_outcome FROM delivery WHERE transfer_id IS NOT NULL")
    assert tuple(found) == ("given-up", DECISION_ENDED)
    assert await exchange.fetched(ASKER) == []


async def test_the_same_at_the_command_line(exchange: Exchange) -> None:
    theirs = await exchange.held()
    url = exchange.gateway.url
    mine = ("--to", url, "--token", await exchange.gateway.token("recipient", ASKER))
    desk = ("--to", url, "--token", await exchange.gateway.token(*DESK))
    what = ("--holder", HOLDER, "--delivery", theirs, "--purpose", "border", "--legal-basis", "an invented treaty")
    asked = await asyncio.to_thread(gw, "transfers", "request", *what, *mine)
    id = asked.output.split()[0]
    shown = await asyncio.to_thread(gw, "transfers", "show", id, *desk)
    assert f"  {theirs}  SPECIMEN STAR, GRPIR-MTMLA, 5 persons, version 1" in shown.output
    assert "may be passed on, if that is decided" in shown.output
    decision = ("--decision", "D 7/2026", "--until", str(TODAY))
    wrong = await asyncio.to_thread(gw, "transfers", "grant", id, *decision, "--delivery", str(uuid4()), *desk)
    assert (wrong.exit_code, "the holder has no such list" in wrong.output) == (1, True)
    granted = await asyncio.to_thread(gw, "transfers", "grant", id, *decision, "--delivery", theirs, *desk)
    assert (granted.exit_code, "granted" in granted.output) == (0, True)
    assert len(await exchange.fetched(ASKER)) == 1
    listed = await asyncio.to_thread(gw, "transfers", *mine)
    assert f"{id}  granted  {ASKER} of {HOLDER}: {theirs} for border, decision D 7/2026" in listed.output
