"""Compliance over the API, on a real store: events and the ledger, the alarm, lost points, contests, outages, closed periods."""

import csv
import hashlib
import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from gateway.compliance import NotToBeClosed, close, closed_cards
from gateway.manifest import Counts
from gateway.obligations import ExpectedCall, Moment
from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.alarms import open_alarms
from gateway.store.compliance import ClosedPeriod, cards_of, closed_periods
from gateway.track.metrics import Period
from gateway.watch import rows, settle_differences
from tests.specimen import passenger
from tests.web.world import CARRIER, RIVAL, Gateway, Reply, call, list_of

DESK, OPERATOR, LINE = ("desk", "compliance"), ("operator", "office"), ("carrier", CARRIER)


async def post(gateway: Gateway, path: str, who: tuple[str, str], key: str | None = None, **body: Any) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    return await gateway.ask("POST", path, who, data=msgspec.json.encode(body), headers=headers)


def ago(**span: float) -> datetime:
    return utc_now() - timedelta(**span)


def sailed(id: str = "C1", *, hours: float = 2, **changes: Any) -> ExpectedCall:
    """A call of the specimen line that left so many hours ago."""
    left = Moment(ago(hours=hours), "AIS")
    return call(id, **({"leaves": -hours, "arrives": 6 - hours, "atd": left} | changes))


async def filed(gateway: Gateway, call: str = "C1", **changes: Any) -> str:
    sent = await gateway.send(list_of(**changes), path=f"/v1/submissions?call={call}")
    await gateway.process()
    return str(sent.json["id"])


# --- events and the ledger ---------------------------------------------------------------------------------------


async def test_an_event_is_kept_once_corrected_and_seen_in_the_ledger(gateway: Gateway) -> None:
    await gateway.expect(sailed())
    submission = await filed(gateway, counts=Counts(on_board=5, passengers=5, crew=0))
    told = {"kind": "stowaway", "at": utc_now().isoformat(), "persons": 2, "reason": "found-on-board"}
    first = await post(gateway, "/v1/calls/C1/events", LINE, "one", **told)
    again = await post(gateway, "/v1/calls/C1/events", LINE, "one", **told)
    assert (first.status, again.status) == (201, 200)
    assert first.json["event"] == again.json["event"]
    book = first.json["ledger"]
    assert (book["listed"]["persons"], book["sailed_with"], book["agreement"], book["difference"]) == (
        5,
        7,
        "differs",
        2,
    )
    assert book["listed"]["origins"][0]["submission"] == submission
    other = await post(gateway, "/v1/calls/C1/events", LINE, "one", **(told | {"persons": 3}))
    assert (other.status, other.problem) == (422, "key-reused")
    mended = told | {"id": first.json["event"]["id"], "revision": 2, "withdrawn": True}
    after = await post(gateway, "/v1/calls/C1/events", LINE, "two", **mended)
    assert (after.status, after.json["ledger"]["agreement"], after.json["ledger"]["events"]) == (201, "agrees", [])
    twice = await post(gateway, "/v1/calls/C1/events", LINE, "three", **(mended | {"persons": 9}))
    assert (twice.status, twice.problem) == (422, "revision-taken")
    foreign = await post(gateway, "/v1/calls/C1/events", OPERATOR, "four", **(mended | {"revision": 3}))
    assert (foreign.status, foreign.problem) == (422, "of-another")
    assert (await gateway.ask("GET", "/v1/calls/C1/ledger", ("viewer", "MTMLA"))).json == after.json["ledger"]
    assert (await gateway.ask("GET", "/v1/calls/C1", LINE)).json["ledger"] == after.json["ledger"]
    assert await logged(gateway, "event-reported") == 2


async def test_there_is_no_place_for_a_name_in_an_event(gateway: Gateway) -> None:
    await gateway.expect(sailed())
    good = {"kind": "no-show", "at": ago(hours=3).isoformat(), "persons": 1}
    for wrong in (
        {"note": "ERIKSSON ANNA MARIA"}, {"reason": "ERIKSSON"}, {"kind": "ERIKSSON"}, {"persons": -1}, {"persons": "one"},
        {"at": "yesterday"}, {"at": ago(hours=-1).isoformat()}, {"at": "0001-01-01T00:00:00+14:00"}, {"id": "ERIKSSON"}, {"revision": 0},
    ):  # fmt: skip
        reply = await post(gateway, "/v1/calls/C1/events", LINE, "k", **(good | wrong))
        assert (reply.status, reply.problem, b"ERIKSSON" in reply.body) == (400, "bad-document", False), wrong
    assert (await post(gateway, "/v1/calls/C1/events", LINE, **good)).problem == "bad-idempotency-key"
    assert (await post(gateway, "/v1/calls/C1/events", ("carrier", RIVAL), "k", **good)).status == 404


async def test_a_difference_is_an_alarm_until_count_and_list_agree(gateway: Gateway) -> None:
    now = utc_now()
    await gateway.expect(sailed("C1", hours=0.25), sailed("C2", hours=0.2))
    for id in ("C1", "C2"):
        await filed(gateway, id, reference=id, counts=Counts(on_board=9))
    early = now - timedelta(minutes=1)
    await settle_differences(gateway.pool, early)
    assert await alarms(gateway) == []
    await settle_differences(gateway.pool, utc_now())
    await settle_differences(gateway.pool, utc_now())
    [alarm] = await alarms(gateway)
    assert alarm[0] == "C1", "fifteen minutes after departure, not before"
    assert "9 persons and lists 5" in alarm[1]
    await post(gateway, "/v1/calls/C1/events", LINE, "r", kind="recount", at=utc_now().isoformat(), persons=5)
    await settle_differences(gateway.pool, utc_now())
    assert await alarms(gateway) == []
    told = await gateway.pool.fetchval("SELECT closed_because FROM alarm WHERE kind = 'count-differs'")
    assert told == "count and lists agree"


async def alarms(gateway: Gateway) -> list[tuple[str, str]]:
    async with gateway.pool.acquire() as connection:
        return [(one.subject, one.text) for one in await open_alarms(connection) if one.kind == "count-differs"]


async def logged(gateway: Gateway, event: str) -> int:
    count: int = await gateway.pool.fetchval("SELECT count(*) FROM log_entry WHERE event = $1", event)
    return count


# --- scorecards --------------------------------------------------------------------------------------------------


def value(card: dict[str, Any], metric: str, part: str | None = None) -> tuple[Any, Any]:
    [one] = [one for one in card["values"] if (one["metric"], one["part"]) == (metric, part)]
    return one["numerator"], one["denominator"]


async def cards(gateway: Gateway, query: str = "", who: tuple[str, str] = DESK) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await gateway.ask("GET", f"/v1/scorecards{query}", who)).json["cards"]
    return found


async def test_scorecards_count_what_was_kept_when_lists_were_processed(gateway: Gateway) -> None:
    """Two sailings; one list, of five: one lacks the sex, one is born on 1 January; and a file that is no list."""
    await gateway.expect(sailed("C1", hours=30), sailed("C2", hours=31, carrier=RIVAL))
    persons = (
        passenger(0, sex=None),
        passenger(1, birth_date="1980-01-01"),
        passenger(2),
        passenger(3),
        passenger(3, sequence=5),
    )
    await filed(gateway, persons=persons, counts=Counts(on_board=5))
    await gateway.send(b"nothing that is known")
    await gateway.process()
    specimen, rival = sorted(await cards(gateway), key=lambda one: one["carrier"] == RIVAL)
    assert (value(specimen, "coverage"), value(rival, "coverage")) == ((1, 1), (0, 1))
    assert value(specimen, "on-time") == (0, 2), "both came a day late"
    assert value(specimen, "person-sufficiency") == (4, 5), "98/41/EC asks for the sex, and for no document"
    assert value(specimen, "placeholders") == (1, 5)
    assert value(specimen, "duplicates", "within") == (2, 5)
    assert value(specimen, "quality-source", "keyed") == (5, 5)
    assert value(specimen, "syntax-reject-rate") == (1, 2)
    assert value(specimen, "count-list-agreement") == (0, 0), "nothing was there a quarter of an hour after departure"
    assert all(one["share"] is None for card in (specimen, rival) for one in card["values"])
    await post(gateway, "/v1/calls/C1/checks", DESK, checked=5, agreed=4)
    assert value((await cards(gateway, f"?carrier={CARRIER}"))[0], "reconciliation") == (4, 5)


async def test_who_sees_whose_scores(gateway: Gateway) -> None:
    await gateway.expect(
        sailed("C1", hours=30), sailed("C2", hours=31, carrier=RIVAL, departure_port="FIHEL", arrival_port="EETLL")
    )

    async def seen(query: str, who: tuple[str, str]) -> list[tuple[str, str | None]]:
        return [(one["carrier"], one["route"]) for one in await cards(gateway, query, who)]

    assert await seen("", DESK) == await seen("", OPERATOR) == [(RIVAL, None), (CARRIER, None)]
    assert await seen("", LINE) == [(CARRIER, None)]
    assert await seen("", ("viewer", "EETLL")) == [(RIVAL, None)]
    assert await seen("?by=route", ("viewer", "MTMLA")) == [(CARRIER, "GRPIR-MTMLA")]
    assert await seen("?route=FIHEL-EETLL", ("viewer", "MTMLA")) == []
    assert await seen("?product=count&jurisdiction=EU&route=GRPIR-MTMLA", DESK) == [(CARRIER, None)]
    for query in (
        "?route=FIHEL",
        "?route=FIHEL-X",
        "?from=2026-02-01&until=2026-01-01",
        "?from=0001-01-01",
        "?until=9999-12-31",
        "?product=tea",
        "?by=x",
        "?as=xml",
    ):
        reply = await gateway.ask("GET", f"/v1/scorecards{query}", DESK)
        assert (reply.status, reply.problem) == (400, "bad-parameter"), query
    sheet = await gateway.ask("GET", "/v1/scorecards", LINE, headers={"Accept": "text/csv"})
    assert sheet.headers["Content-Type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(sheet.body.decode())))
    assert {row["carrier"] for row in table} == {CARRIER}
    assert next(row for row in table if row["metric"] == "coverage")["denominator"] == "1"


async def test_a_lost_point_leads_to_the_receipt_and_the_log(gateway: Gateway) -> None:
    await gateway.expect(sailed("C1", hours=30))
    submission = await filed(gateway)
    [late] = [
        one for one in (await gateway.ask("GET", "/v1/scorecards/lost", LINE)).json["lost"]
        if (one["metric"], one["obligation"]) == ("on-time", "EU-9841-LIST")
    ]  # fmt: skip
    assert (late["submission"], late["call"]) == (submission, "C1")
    assert (await gateway.ask("GET", f"/v1/submissions/{submission}/receipt", LINE)).status == 200
    event = await gateway.pool.fetchrow("SELECT event, subject FROM log_entry WHERE id = $1", late["entry"])
    assert (event["event"], event["subject"]["submission"]) == ("submission-received", submission)


POINT = {"metric": "on-time", "call": "C1", "obligation": "EU-9841-LIST", "reason": "gateway-fault"}


async def test_a_contest_is_decided_by_the_desk_and_both_are_logged(gateway: Gateway) -> None:
    await gateway.expect(sailed("C1", hours=30), sailed("C2", hours=15 * 24))
    made = await post(gateway, "/v1/contests", LINE, **POINT)
    assert (made.status, made.json["state"]) == (201, "open")
    assert value((await cards(gateway))[0], "on-time") == (0, 4), "a contest alone changes nothing"
    refused = {
        "already-contested": POINT, "too-late": POINT | {"call": "C2"}, "no-such-point": POINT | {"obligation": "none"},
    }  # fmt: skip
    for problem, body in refused.items():
        assert (await post(gateway, "/v1/contests", LINE, **body)).problem == problem
    assert (await post(gateway, "/v1/contests", ("carrier", RIVAL), **POINT)).problem == "no-such-point"
    address = f"/v1/contests/{made.json['id']}/decision"
    for who in (OPERATOR, LINE):
        assert (await post(gateway, address, who, upheld=True, reason="gateway-fault")).status == 403
    decided = await post(gateway, address, DESK, upheld=True, reason="gateway-fault")
    assert (decided.json["state"], decided.json["decided_by"]) == ("upheld", "compliance")
    assert (await post(gateway, address, DESK, upheld=False, reason="excused")).problem == "already-decided"
    assert value((await cards(gateway))[0], "on-time") == (0, 3)
    assert [one["state"] for one in (await gateway.ask("GET", "/v1/contests?state=upheld", LINE)).json["contests"]] == [
        "upheld"
    ]
    assert (await gateway.ask("GET", "/v1/contests", ("carrier", RIVAL))).json == {"contests": []}
    assert (await logged(gateway, "point-contested"), await logged(gateway, "contest-decided")) == (1, 1)


async def test_a_declared_outage_excuses_on_the_board_and_in_the_score(gateway: Gateway) -> None:
    await gateway.expect(sailed("C1", hours=2))
    down = {"from": ago(hours=3).isoformat(), "until": ago(hours=1).isoformat(), "what": "api"}
    assert (await post(gateway, "/v1/outages", OPERATOR, **down)).status == 201
    for wrong in (
        {"until": down["from"]},
        {"what": "ERIKSSON"},
        {"carrier": "nobody-knows"},
        {"from": "0001-01-01T00:00:00Z"},
    ):
        assert (await post(gateway, "/v1/outages", DESK, **(down | wrong))).problem == "bad-document"
    async with gateway.pool.acquire() as connection:
        [row] = await rows(connection, gateway.catalogue, utc_now())
    assert {one.state for one in row.standings if one.due.counted} == {"excused"}
    due = (await gateway.ask("GET", "/v1/calls/C1", LINE)).json["due"]
    assert {one["state"] for one in due if one["counted"]} == {"excused"}
    [card] = await cards(gateway)
    assert (card["sailings"], card["excused"]) == (0, 1)
    await post(gateway, "/v1/outages", DESK, **(down | {"carrier": RIVAL}))
    assert len((await gateway.ask("GET", "/v1/outages", LINE)).json["outages"]) == 1
    assert await logged(gateway, "outage-declared") == 2


async def test_an_outage_that_is_taken_back_excuses_nothing_and_stays_to_be_seen(gateway: Gateway) -> None:
    hours = 24 * 20  # so long ago that its points cannot be contested any more
    await gateway.expect(sailed("C1", hours=hours))
    before = (await cards(gateway))[0]
    down = {"from": ago(hours=hours + 2).isoformat(), "until": ago(hours=hours - 2).isoformat(), "what": "api"}
    made = (await post(gateway, "/v1/outages", DESK, **down)).json
    assert (await cards(gateway))[0]["excused"] == 1
    address = f"/v1/outages/{made['id']}/withdraw"
    assert (await post(gateway, address, LINE)).status == 403
    taken = await post(gateway, address, OPERATOR)
    assert (taken.status, taken.json["withdrawn_by"]) == (200, "office")
    assert (await cards(gateway))[0] == before
    assert (await post(gateway, address, DESK)).problem == "already-withdrawn"
    assert (await post(gateway, f"/v1/outages/{UUID(int=7)}/withdraw", DESK)).problem == "no-such-outage"
    [listed] = (await gateway.ask("GET", "/v1/outages", LINE)).json["outages"]
    assert (listed["id"], listed["withdrawn_by"]) == (made["id"], "office")
    subject = await gateway.pool.fetchval("SELECT subject FROM log_entry WHERE event = 'outage-withdrawn'")
    assert subject == {"outage": made["id"], "by": "office"}
    days = {"from": f"{ago(days=21):%Y-%m-%d}", "until": f"{ago(days=18):%Y-%m-%d}"}
    too_soon = await post(gateway, "/v1/periods", DESK, **days)
    assert "taken back" in too_soon.json["detail"], "what was lost by it can be contested first"
    found = (
        await gateway.ask(
            "GET", f"/v1/scorecards/lost?carrier={CARRIER}&from={days['from']}&until={days['until']}", LINE
        )
    ).json["lost"]
    [point] = [one for one in found if one["metric"] == "on-time"][:1]
    contest = {name: point[name] for name in ("metric", "call", "obligation")} | {"reason": "gateway-fault"}
    await gateway.pool.execute("UPDATE outage SET withdrawn_at = now() - interval '15 days'")
    assert (await post(gateway, "/v1/contests", LINE, **contest)).problem == "too-late"
    await gateway.pool.execute("UPDATE outage SET withdrawn_at = now() - interval '13 days'")
    assert (await post(gateway, "/v1/contests", LINE, **contest)).status == 201


# --- closed periods ----------------------------------------------------------------------------------------------


async def test_a_closed_period_never_changes(gateway: Gateway) -> None:
    """Whatever comes later: lists, events, outages, decisions."""
    start = ago(days=40).replace(hour=0, minute=0, second=0, microsecond=0)
    period = Period(start, start + timedelta(days=10))
    inside = (utc_now() - start).total_seconds() / 3600 - 24 * 5
    await gateway.expect(sailed("C1", hours=inside), sailed("C2", hours=inside, carrier=RIVAL))
    query = f"?from={period.start:%Y-%m-%d}&until={period.end:%Y-%m-%d}"
    days = {"from": f"{period.start:%Y-%m-%d}", "until": f"{period.end:%Y-%m-%d}"}
    before = await cards(gateway, query)
    too_soon = {"from": days["from"], "until": f"{ago(days=13):%Y-%m-%d}"}
    assert (await post(gateway, "/v1/periods", DESK, **too_soon)).problem == "not-to-be-closed"
    made = await post(gateway, "/v1/periods", DESK, **days)
    assert made.status == 201
    await filed(gateway)
    left = utc_now() - timedelta(hours=inside)
    down = {
        "from": (left - timedelta(hours=3)).isoformat(),
        "until": (left + timedelta(hours=3)).isoformat(),
        "what": "api",
    }
    declared = await post(gateway, "/v1/outages", DESK, **down)
    assert declared.status == 201
    taken_back = await post(gateway, f"/v1/outages/{declared.json['id']}/withdraw", DESK)
    assert taken_back.problem == "period-closed"
    after = (await gateway.ask("GET", f"/v1/scorecards{query}", DESK)).json
    assert (after["closed"], after["cards"]) == (made.json["id"], before)
    assert [one["carrier"] for one in await cards(gateway, query, LINE)] == [CARRIER]
    assert len(await cards(gateway, query + "&by=route")) == 2
    assert [one["carrier"] for one in await cards(gateway, query + "&by=route", ("viewer", "FIHEL"))] == []
    live = f"?from={period.start:%Y-%m-%d}&until={period.end + timedelta(days=1):%Y-%m-%d}"
    assert [one["excused"] for one in await cards(gateway, live)] == [1, 1], (
        "what is asked of other days is worked out anew"
    )
    assert (await post(gateway, "/v1/periods", DESK, **days)).problem == "not-to-be-closed"
    async with gateway.pool.acquire() as connection:
        [closed] = await closed_periods(connection)
        assert hashlib.sha256(await cards_of(connection, closed.id)).digest() == closed.digest
    subject = await gateway.pool.fetchval("SELECT subject FROM log_entry WHERE event = 'period-closed'")
    assert (subject["sha256"], subject["by"]) == (made.json["sha256"], "compliance")
    with pytest.raises(Exception, match="append-only"):
        await gateway.pool.execute("UPDATE period SET closed_by = 'another'")


async def test_an_open_contest_holds_a_period_up(gateway: Gateway) -> None:
    await gateway.expect(sailed("C1", hours=30))
    made = await post(gateway, "/v1/contests", LINE, **POINT)
    period, later = Period(ago(days=3), ago(hours=1)), utc_now() + timedelta(days=20)

    async def closed() -> ClosedPeriod:
        async with transaction(gateway.pool) as connection:
            return await close(connection, gateway.catalogue, period, "compliance", later)

    with pytest.raises(NotToBeClosed, match="1 contests"):
        await closed()
    address = f"/v1/contests/{made.json['id']}/decision"
    assert (await post(gateway, address, DESK, upheld=False, reason="evidence-does-not")).status == 200
    one = await closed()
    async with gateway.pool.acquire() as connection:
        [whole, route] = await closed_cards(connection, one)
    assert (whole.carrier, route.route) == (CARRIER, "GRPIR-MTMLA")
    taken = await post(gateway, "/v1/contests", LINE, **(POINT | {"metric": "coverage", "obligation": "EU-9841-COUNT"}))
    assert taken.problem == "period-closed"
