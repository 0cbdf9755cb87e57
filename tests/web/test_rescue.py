"""Break-glass: two people, a reason, an end. No single account ever sees a name, and nobody else ever does, on any page."""

import asyncio
import csv
import io
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from html import unescape
from random import Random
from typing import Any

import asyncpg
import msgspec
import pytest

from gateway import store, watch
from gateway.manifest import Function, Person
from gateway.people import Rates
from gateway.settings import utc_now
from gateway.store import rescues
from gateway.store.alarms import open_alarms
from gateway.store.retention import end_retention
from gateway.web import rescue, rescue_case, rescue_roll
from gateway.web.caller import COOKIE
from gateway.web.limits import LIMITS
from tests.specimen import crew_manifest, passenger_manifest
from tests.web.world import CARRIER, RIVAL, Gateway, Reply, call, list_of

NAME = "ZQCANARY"
WORDS = "Fire in the engine room, list to starboard"
ASKED = {"reason": "distress", "case": "SAR 2026/118", "words": WORDS, "hours": "4"}


class SignedIn:
    """A person at a browser."""

    def __init__(self, gateway: Gateway, cookie: str) -> None:
        self._gateway, self._cookie = gateway, cookie

    async def get(self, path: str, **headers: str) -> Reply:
        sent = {"Cookie": f"{COOKIE}={self._cookie}", "Accept": "text/html"} | headers
        return await self._gateway.ask("GET", path, headers=sent)

    async def text(self, path: str) -> str:
        """The page, which must be there."""
        reply = await self.get(path)
        assert reply.status == 200, (path, reply.status, reply.body[-600:])
        return unescape(reply.body.decode())

    async def post(self, path: str, **fields: str) -> Reply:
        return await self._gateway.submit(path, self._cookie, **fields)


async def sign_in(gateway: Gateway, kind: str, name: str) -> SignedIn:
    return SignedIn(gateway, await gateway.person(name, kind))


def persons() -> tuple[Person, ...]:
    """As the specimen's, the first with a name that occurs nowhere else, in need of care."""
    first, *others = passenger_manifest().persons
    return (msgspec.structs.replace(first, family_name=NAME, family_name_latin=NAME, special_care="wheelchair", emergency_contact="=1+1"), *others)  # fmt: skip


@pytest.fixture
async def sea(gateway: Gateway) -> Gateway:
    """A ship at sea, its lists of passengers and crew in."""
    await gateway.expect(call("C1"), call("C2", carrier=RIVAL, vessel="SPECIMEN RIVAL", imo="7654321"))
    await gateway.send(list_of(persons=persons()), path="/v1/submissions?call=C1")
    await gateway.send(msgspec.json.encode(crew_manifest()), path="/v1/submissions?call=C1")
    await gateway.process()
    return gateway


async def ask(who: SignedIn, call: str = "call=C1", **changes: Any) -> str:
    """The address of the new case."""
    name, _, value = call.partition("=")
    reply = await who.post("/rescue/ask", **{name: value}, **(ASKED | changes))
    assert reply.status == 303, reply.body[-900:]
    return str(reply.headers["Location"])


async def decide(who: SignedIn, case: str, decision: str = "grant") -> int:
    return (await who.post(f"{case}/decision", decision=decision)).status


async def granted(gateway: Gateway) -> tuple[SignedIn, SignedIn, str]:
    one, two = await sign_in(gateway, "rescue", "one"), await sign_in(gateway, "rescue", "two")
    case = await ask(one)
    assert await decide(two, case) == 303
    return one, two, case


def clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    for module in (rescue, rescue_case, rescue_roll):
        monkeypatch.setattr(module, "utc_now", lambda: at)


async def events(gateway: Gateway) -> list[tuple[str, str]]:
    found = await gateway.pool.fetch("SELECT event, subject FROM log_entry WHERE event LIKE 'rescue-%' ORDER BY id")
    return [(record["event"], record["subject"]["by"]) for record in found]


async def test_two_people_a_reason_and_then_the_names(sea: Gateway) -> None:
    one, two = await sign_in(sea, "rescue", "one"), await sign_in(sea, "desk", "compliance")
    assert "SPECIMEN STAR" in await one.text("/rescue?q=1234567")
    case = await ask(one)
    assert WORDS in await two.text(case)
    assert (await one.get(f"{case}/list")).status == 409
    assert (await two.get(f"{case}/list")).status == 403
    assert await decide(one, case) == 403
    assert await decide(two, case) == 303
    for who in (one, two):
        page = await who.text(f"{case}/list")
        assert NAME in page
        assert page.index(NAME) < page.index("TESTPERSON"), "who needs special care stands first"
        assert "wheelchair" in page
        assert "SAR 2026/118" in page
        assert "Article 4" in page
    third = await sign_in(sea, "rescue", "three")
    assert (await third.get(f"{case}/list")).status == 403
    assert (await one.post(f"{case}/close")).status == 303
    assert [(await who.get(f"{case}/list")).status for who in (one, two)] == [409, 409]
    assert await events(sea) == [
        ("rescue-asked", "one"), ("rescue-granted", "compliance"), ("rescue-viewed", "one"), ("rescue-viewed", "compliance"), ("rescue-closed", "one"),
    ]  # fmt: skip


async def test_everybody_is_told_and_nothing_of_it_is_a_name(sea: Gateway) -> None:
    one, _, case = await granted(sea)
    await one.get(f"{case}/list")
    async with sea.pool.acquire() as connection:
        [alarm] = [found for found in await open_alarms(connection) if found.kind == "break-glass"]
    assert alarm.times == 2
    assert "two granted it to one" in alarm.text
    assert not {NAME, WORDS} & {alarm.text, alarm.subject}
    told = (await sea.ask("GET", "/v1/rescues?call=C1", ("carrier", CARRIER))).json["rescues"]
    assert [(each["state"], each["reason"], each["case_number"]) for each in told] == [
        ("open", "distress", "SAR 2026/118")
    ]
    assert [step["what"] for step in told[0]["steps"]] == ["asked", "granted", "viewed"]
    assert "by" not in told[0]["steps"][0], "which officer it was is no line's affair"
    page = (await sea.look("/calls/C1", await sea.cookie("carrier", CARRIER))).body.decode()
    section = page.partition('id="openings"')[2].partition("</section>")[0]
    assert "Ship in distress" in section
    assert "open" in section
    assert not any(word in page for word in (NAME, WORDS, "SAR 2026/118"))
    assert (await sea.ask("GET", "/v1/rescues?call=C1", ("carrier", RIVAL))).status == 404
    assert (await sea.ask("GET", "/v1/rescues?call=C1", ("operator", "desk"))).json["rescues"][0]["asked_by"] == "one"


async def test_names_are_on_that_page_alone(sea: Gateway) -> None:
    one, _, case = await granted(sea)
    assert NAME in await one.text(f"{case}/list")
    paths = ["/", "/rescue", "/rescue?q=SPECIMEN", "/rescue/ask?call=C1", case, f"{case}/list", "/v1/rescues?call=C1", "/v1/calls", "/v1/calls/C1",
             "/v1/submissions", "/v1/recipients", "/metrics", "/v1/tokens"]  # fmt: skip
    for kind, subject in (
        ("operator", "ops"),
        ("desk", "compliance"),
        ("viewer", "MTMLA"),
        ("rescue", "three"),
        ("carrier", RIVAL),
    ):
        for path in paths:
            page = (await sea.ask("GET", path, (kind, subject))).body
            assert NAME.encode() not in page, (kind, path)
    for path in paths:
        if not path.endswith("/list"):
            assert NAME.encode() not in (await one.get(path)).body, path
    for table in ("rescue", "rescue_step", "log_entry", "alarm"):
        rows = str([dict(row) for row in await sea.pool.fetch(f"SELECT * FROM {table}")])
        assert NAME not in rows
        assert WORDS not in rows, table


async def test_no_operator_and_no_line_ever_comes_near_it(sea: Gateway) -> None:
    one, _, case = await granted(sea)
    for kind, subject in (("operator", "one"), ("carrier", CARRIER), ("viewer", "MTMLA"), ("recipient", "ut-nsw")):
        for path in ("/rescue", "/rescue/ask?call=C1", f"{case}/list", f"{case}/list?as=csv", f"{case}/open"):
            assert (await sea.ask("GET", path, (kind, subject))).status == 403, (kind, path)
        assert (await sea.ask("GET", case, (kind, subject))).status == (200 if kind == "operator" else 403)
    operator = await sign_in(sea, "operator", "ops")
    for path in ("/rescue/ask", f"{case}/decision", f"{case}/close"):
        assert (await operator.post(path, **ASKED, call="C1", decision="grant")).status == 403
    desk = await sign_in(sea, "desk", "compliance")
    assert (await desk.get("/rescue/ask?call=C1")).status == 403, "the desk grants and does not ask"
    assert (await sea.ask("POST", "/rescue/ask", ("rescue", "one"), data=b"call=C1")).status == 403, (
        "a bearer token sends no forms"
    )
    assert (await sea.ask("GET", f"{case}/list")).status == 303
    assert (await one.get(f"{case}/list")).status == 200


async def test_the_operator_oversees_who_broke_glass_and_why(sea: Gateway) -> None:
    one, _, case = await granted(sea)
    await one.get(f"{case}/list")
    operator = await sign_in(sea, "operator", "ops")
    assert f'href="{case}"' in await operator.text("/alarms")
    page = await operator.text(case)
    for said in (
        "Ship in distress",
        "SAR 2026/118",
        "granted it",
        "opened the list",
        "Ask the rescue centre by telephone",
    ):
        assert said in page, said
    for hidden in (
        WORDS,
        NAME,
        f"{case}/list",
        f"{case}/decision",
        f"{case}/close",
        'href="/rescue"',
        "What happened</dt>",
    ):
        assert hidden not in page, hidden


async def test_who_asked_learns_what_a_colleague_did_without_asking_again(sea: Gateway) -> None:
    one, two = await sign_in(sea, "rescue", "one"), await sign_in(sea, "rescue", "two")
    case = await ask(one)

    async def learns(page: str) -> Reply:
        """What the page asks for every few seconds, as it stands on it."""
        found = re.search(r'hx-get="([^"]+)"', page)
        assert found
        return await one.get(unescape(found[1]), **{"HX-Request": "true", "Accept": "text/event-stream"})

    page = await one.text(case)
    assert (await learns(page)).status == 204, "nothing new: what somebody is about to choose stays"
    assert await decide(two, case) == 303
    news = await learns(page)
    assert "Open the list of persons" in news.body.decode()
    assert "<html" not in news.body.decode()
    assert (await two.post(f"{case}/close")).status == 303
    news = await learns(news.body.decode())
    assert "It was ended before its time" in news.body.decode()
    assert "hx-get" not in news.body.decode(), "it is over: nothing more to learn"
    assert "It was ended before its time" in (await one.get(f"{case}/list")).body.decode().replace(
        "it was ended", "It was ended"
    )
    out = await sea.ask("GET", case, headers={"HX-Request": "true"})
    assert (out.status, out.headers["HX-Redirect"].partition("?")[0]) == (204, "/sign-in")


async def test_no_order_of_steps_shows_a_name_to_one_account(sea: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescue, "_ASKS", 1000)
    sea.runner.app[LIMITS].session = Rates(burst=1000, seconds=0.001)
    one, random = await sign_in(sea, "rescue", "one"), Random(118)
    case = await ask(one)

    async def asks() -> None:
        nonlocal case
        case = await ask(one, hours=str(random.randint(1, 24)))

    def sends(path: str, **fields: str) -> Callable[[], Awaitable[Any]]:
        return lambda: one.post(f"{case}/{path}", **fields)

    steps = (asks, sends("decision", decision="grant"), sends("decision", decision="no-case"), sends("close"))
    for _ in range(60):
        await random.choice(steps)()
        for path in (case, f"{case}/list", f"{case}/list?as=csv", f"{case}/list?as=print", "/rescue"):
            assert NAME.encode() not in (await one.get(path)).body
    assert {event for event, _ in await events(sea)} == {"rescue-asked", "rescue-withdrawn"}


async def test_the_table_itself_refuses_one_person_twice(sea: Gateway) -> None:
    case = await ask(await sign_in(sea, "rescue", "one"))
    for by in ("one", "ONE"):
        with pytest.raises(asyncpg.CheckViolationError):
            await sea.pool.execute(
                "UPDATE rescue SET decided_by = $1, decided_email = '', decided_at = now(), until = now()", by
            )
    with pytest.raises(asyncpg.CheckViolationError):
        await sea.pool.execute(
            "UPDATE rescue SET decided_by = 'x', decided_email = '', decided_at = now(), until = now() + interval '25 h'"
        )
    assert (await sea.pool.fetchval("SELECT count(*) FROM rescue WHERE decided_at IS NULL"), case[:8]) == (
        1,
        "/rescue/",
    )


async def test_of_two_who_decide_at_once_one_does(sea: Gateway) -> None:
    case = await ask(await sign_in(sea, "rescue", "one"))
    others = [await sign_in(sea, "rescue", f"other {at}") for at in range(4)]
    decisions = ("grant", "no-case", "grant", "count-is-enough")
    found = await asyncio.gather(*(decide(who, case, what) for who, what in zip(others, decisions, strict=True)))
    assert sorted(found) == [303, 409, 409, 409]
    assert len(await events(sea)) == 2


@pytest.mark.parametrize("ends_after", [timedelta(hours=4)])
async def test_the_time_ends_it_to_the_second(
    sea: Gateway, monkeypatch: pytest.MonkeyPatch, ends_after: timedelta
) -> None:
    start = utc_now().replace(microsecond=0)
    clock(monkeypatch, start)
    one, two, case = await granted(sea)
    for at, status in ((ends_after - timedelta(seconds=1), 200), (ends_after, 409), (timedelta(days=9), 409)):
        clock(monkeypatch, start + at)
        assert [(await who.get(f"{case}/list")).status for who in (one, two)] == [status] * 2, at
    async with store.transaction(sea.pool) as connection:
        assert await rescues.end_those_over(connection, start + ends_after - timedelta(seconds=1)) == 0
        assert await rescues.end_those_over(connection, start + ends_after) == 1
        assert await rescues.end_those_over(connection, start + ends_after) == 0
    assert (await events(sea))[-1] == ("rescue-expired", "the clock")
    assert (await one.post(f"{case}/close")).status == 409


async def test_a_page_that_is_left_open_goes_away_by_itself(sea: Gateway) -> None:
    one, _, case = await granted(sea)
    reply = await one.get(f"{case}/list")
    seconds, _, to = reply.headers["Refresh"].partition("; url=")
    assert (4 * 3600 - 60 < int(seconds) <= 4 * 3600 + 1, to) == (True, case)
    assert reply.headers["Cache-Control"] == "no-store"


async def test_a_list_on_a_screen_learns_that_its_case_or_its_sign_in_is_over(sea: Gateway) -> None:
    one, two, case = await granted(sea)
    assert "HX-Redirect" not in (await one.get(f"{case}/open")).headers
    assert (await (await sign_in(sea, "rescue", "three")).get(f"{case}/open")).headers["HX-Redirect"] == case
    await two.post(f"{case}/close")
    assert (await one.get(f"{case}/open")).headers["HX-Redirect"] == case
    await sea.pool.execute("UPDATE account SET disabled_at = now() WHERE name = 'one'")
    assert (await one.get(f"{case}/open")).headers["HX-Redirect"].startswith("/sign-in?to=")
    assert [what for what, _ in await events(sea)] == ["rescue-asked", "rescue-granted", "rescue-closed"], (
        "asking is no opening"
    )


async def test_a_sign_in_that_ended_opens_nothing(sea: Gateway) -> None:
    one, _, case = await granted(sea)
    assert (await one.get(f"{case}/list")).status == 200
    await sea.pool.execute("UPDATE account SET disabled_at = now() WHERE name = 'one'")
    reply = await one.get(f"{case}/list")
    assert (reply.status, reply.headers["Location"][:9]) == (303, "/sign-in?")


async def test_a_request_that_nobody_decided_lapses(sea: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = await sign_in(sea, "rescue", "one"), await sign_in(sea, "rescue", "two")
    case, now = await ask(one), utc_now()
    clock(monkeypatch, now + timedelta(hours=12))
    assert await decide(two, case) == 409
    async with store.transaction(sea.pool) as connection:
        assert await rescues.end_those_over(connection, now + timedelta(hours=12)) == 1
    assert (await events(sea))[-1] == ("rescue-lapsed", "the clock")


@pytest.mark.parametrize(
    ("field", "value"),
    [("reason", "curiosity"), ("reason", ""), ("case", "Eriksson"), ("case", ""), ("case", "1" * 41), ("case", "<1>"), ("words", " "),
     ("words", "x" * 301), ("hours", "0"), ("hours", "25"), ("hours", "4.5"), ("hours", ""), ("hours", "\N{SUPERSCRIPT TWO}")],
)  # fmt: skip
async def test_what_is_not_said_right_is_not_asked(sea: Gateway, field: str, value: str) -> None:
    one = await sign_in(sea, "rescue", "one")
    reply = await one.post("/rescue/ask", call="C1", **(ASKED | {field: value}))
    assert (reply.status, b'role="alert"' in reply.body) == (400, True)
    assert await sea.pool.fetchval("SELECT count(*) FROM rescue") == 0


async def test_one_person_with_two_accounts_is_one_person(sea: Gateway) -> None:
    one, two = await sign_in(sea, "rescue", "one"), await sign_in(sea, "desk", "one.at.the.desk")
    await sea.pool.execute(
        "UPDATE account SET email = CASE WHEN kind = 'desk' THEN 'Anna@mrcc.example' ELSE 'anna@MRCC.example' END"
    )
    case = await ask(one)
    assert "a second person decides" in await two.text(case)
    assert await decide(two, case) == 403
    assert (await two.get(f"{case}/list")).status == 403


async def test_tokens_are_no_persons(sea: Gateway) -> None:
    """Or else whoever makes tokens would be two people."""
    _, _, case = await granted(sea)
    for kind, name in (("rescue", "one"), ("desk", "two")):
        screen = SignedIn(sea, await sea.cookie(kind, name))
        assert (await screen.get("/rescue")).status == 200
        for path in ("/rescue/ask?call=C1", f"{case}/list"):
            assert (await screen.get(path)).status == 403
        for path in ("/rescue/ask", f"{case}/decision", f"{case}/close"):
            assert (await screen.post(path, **ASKED, call="C1", decision="grant")).status == 403
        assert (await sea.ask("GET", f"{case}/list", (kind, name))).status == 403


async def test_how_often_one_may_ask_and_open(sea: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _, case = await granted(sea)
    for _ in range(5):
        await ask(one)
    assert (await one.post("/rescue/ask", call="C1", **ASKED)).status == 429
    monkeypatch.setattr(rescue_roll, "_OPENINGS", 2)
    assert [(await one.get(f"{case}/list")).status for _ in range(3)] == [200, 200, 429]


async def test_a_file_for_the_centre_s_own_tools_runs_nothing(sea: Gateway) -> None:
    one, _, case = await granted(sea)
    reply = await one.get(f"{case}/list?as=csv")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in reply.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert len(rows) == len(persons()) + len(crew_manifest().persons)
    assert (rows[0]["family_name"], rows[0]["emergency_contact"], rows[0]["group"]) == (NAME, "'=1+1", "special-care")
    assert all(row["marking"].startswith("restricted") and row["case"] == "SAR 2026/118" for row in rows)
    await one.get(f"{case}/list?as=print")
    assert [event for event, _ in await events(sea)][-2:] == ["rescue-exported", "rescue-printed"]
    assert (await one.get(f"{case}/list?as=pdf")).status == 400


async def test_the_newest_list_is_shown_at_each_opening(sea: Gateway) -> None:
    one, _, case = await granted(sea)
    more = passenger_manifest().persons[0]
    late = msgspec.structs.replace(
        more, family_name="LATEBOARDER", family_name_latin="LATEBOARDER", documents=(), sequence=1
    )
    assert "LATEBOARDER" not in await one.text(f"{case}/list")
    await sea.send(list_of(function=Function.CHANGE, persons=(late,), issued=None), path="/v1/submissions?call=C1")
    await sea.process()
    page = await one.text(f"{case}/list")
    assert "LATEBOARDER" in page
    assert NAME in page, "a change is put on the list that it changes"
    await sea.send(list_of(persons=persons()[1:]), path="/v1/submissions?call=C1")
    await sea.process()
    page = await one.text(f"{case}/list")
    assert "LATEBOARDER" not in page
    assert NAME not in page


async def test_numbers_that_disagree_are_said(sea: Gateway) -> None:
    one, _, case = await granted(sea)
    counts = passenger_manifest().counts
    count = msgspec.structs.replace(counts, on_board=20, passengers=None, crew=None)
    await sea.send(list_of(persons=(), counts=count), path="/v1/submissions?call=C1")
    await sea.process()
    listed = len(persons()) + len(crew_manifest().persons)
    assert f"{20 - listed} persons more were counted than are named here." in await one.text(f"{case}/list")


async def test_what_cannot_be_shown_is_said(sea: Gateway) -> None:
    one, two = await sign_in(sea, "rescue", "one"), await sign_in(sea, "rescue", "two")
    case, empty = await ask(one), await ask(one, "call=C2")
    assert [await decide(two, each) for each in (case, empty)] == [303, 303]
    assert "No list has come." in await one.text(f"{empty}/list")
    await sea.send(list_of(function=Function.CANCEL, persons=()), path="/v1/submissions?call=C1")
    await sea.process()
    page = await one.text(f"{case}/list")
    assert "withdrew its list" in page
    assert NAME not in page
    await sea.pool.execute("UPDATE delivery SET state = 'accepted', settled_at = now() WHERE state = 'waiting'")
    async with store.transaction(sea.pool) as connection:
        await end_retention(connection, utc_now() + timedelta(days=1))
    assert "retention has ended" in await one.text(f"{case}/list"), "of the crew"
    assert "no longer kept" in await one.text(case), "the words of the reason end with it"


async def test_a_sailing_that_nobody_announced(gateway: Gateway) -> None:
    await gateway.send(list_of(persons=persons()))
    await gateway.process()
    one, two = await sign_in(gateway, "rescue", "one"), await sign_in(gateway, "rescue", "two")
    page = await one.text("/rescue?q=specimen star")
    assert "no such call was announced" in page
    key = page.partition("/rescue/ask?")[2].partition('"')[0]
    case = await ask(one, key)
    assert await decide(two, case) == 303
    assert NAME in await one.text(f"{case}/list")


async def test_a_case_goes_on_when_the_call_is_told_later(gateway: Gateway) -> None:
    await gateway.send(list_of(persons=persons()))
    await gateway.process()
    one, two = await sign_in(gateway, "rescue", "one"), await sign_in(gateway, "rescue", "two")
    key = (await one.text("/rescue?q=1234567")).partition("/rescue/ask?")[2].partition('"')[0]
    case = await ask(one, key)
    assert (await two.post(f"{case}/decision", decision="grant")).status == 303
    schedule = b"id,carrier,service,vessel,imo,voyage,departure_port,arrival_port,etd,eta\nC7,specimen,ferry,Specimen Star,1234567,SP1147,GRPIR,MTMLA,2026-11-23T16:00Z,2026-11-25T06:30Z\n"
    assert (
        await gateway.ask("POST", "/v1/calls", ("operator", "ops"), data=schedule, headers={"Content-Type": "text/csv"})
    ).status == 200
    assert await gateway.pool.fetchval("SELECT call_id FROM manifest") == "C7"
    assert NAME in await one.text(f"{case}/list")
    told = (await gateway.ask("GET", "/v1/rescues?call=C7", ("carrier", CARRIER))).json["rescues"]
    assert [each["state"] for each in told] == ["open"]


async def test_the_watch_writes_down_what_ended(sea: Gateway) -> None:
    await granted(sea)
    await sea.pool.execute("UPDATE rescue SET decided_at = now() - interval '5 h', until = now() - interval '1 h'")
    stop = asyncio.Event()
    watching = asyncio.create_task(watch.run(sea.pool, sea.catalogue, "test gateway", stop))
    for _ in range(100):
        if ("rescue-expired", "the clock") in await events(sea):
            break
        await asyncio.sleep(0.02)
    stop.set()
    await watching
    assert ("rescue-expired", "the clock") in await events(sea)
