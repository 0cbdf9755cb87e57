"""One call from many who tell of it: schedules, single windows and AIS, as they come to a running gateway."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.ais.sentences import Message
from gateway.manifest import Vessel
from gateway.settings import utc_now
from gateway.store import Database, Pool
from gateway.store.alarms import open_alarms
from tests.ais.voyage import lies, lines, sails, static
from tests.cli.desk import process
from tests.flow.test_visit_told import frm
from tests.formats.test_emswe_notice import notice
from tests.specimen import UNDATED
from tests.web.world import CARRIER, FEED, POSTED, Gateway, Reply, list_of, make_folders, running

DESK, LINE, WINDOW = ("operator", "desk"), ("carrier", CARRIER), ("recipient", FEED)
STAR = "9074729"
NOW = utc_now().replace(second=0, microsecond=0)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LEFT, DUE = NOW - 2 * HOUR, NOW + 6 * HOUR
PIRAEUS, VALLETTA = (37.94, 23.63), (35.89, 14.51)


@pytest.fixture
async def desk(tmp_path: Path, database: Database, pool: Pool) -> AsyncIterator[Gateway]:
    """A gateway that knows whose ship the STAR is."""
    folders = make_folders(tmp_path)
    profile = tmp_path / "carriers" / f"{CARRIER}.toml"
    profile.write_text(f'{profile.read_text()}[vessels]\n"{STAR}" = "SPECIMEN STAR"\n')
    async with running(folders.settings, database, pool) as found:
        yield found


async def tell(desk: Gateway, body: bytes, media: str = "application/json", who: tuple[str, str] = DESK) -> Reply:
    return await desk.ask("POST", "/v1/calls", who, data=body, headers={"Content-Type": media})


def row(**changes: Any) -> bytes:
    known = {
        "id": "C1",
        "carrier": CARRIER,
        "service": "ferry",
        "vessel": "SPECIMEN STAR",
        "imo": STAR,
        "voyage": "SP1147",
    }
    known |= {
        "departure_port": "GRPIR",
        "arrival_port": "MTMLA",
        "distance_nm": "480",
        "etd": LEFT.isoformat(),
        "eta": DUE.isoformat(),
    }
    return msgspec.json.encode([known | changes])


def seen(**what: Any) -> bytes:
    known = {
        "imo": STAR,
        "vessel": "SPECIMEN STAR",
        "ship_type": 60,
        "departure_port": "GRPIR",
        "atd": LEFT + 7 * MINUTE,
    }
    return msgspec.json.encode({"sightings": [known | what]})


async def the(desk: Gateway, id: str = "C1") -> Any:
    return (await desk.ask("GET", f"/v1/calls/{id}", DESK)).json


async def all_calls(desk: Gateway) -> list[Any]:
    return list((await desk.ask("GET", "/v1/calls", DESK)).json["calls"])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_a_schedule_that_comes_again_does_not_undo_what_ais_saw(desk: Gateway) -> None:
    await tell(desk, row())
    before = {one["obligation"]: one["deadline"] for one in (await the(desk))["due"]}
    assert (await tell(desk, seen())).json["changed"] == ["C1"]
    assert (await tell(desk, row())).json["changed"] == []
    found = await the(desk)
    assert found["call"]["atd"] == {"at": (LEFT + 7 * MINUTE).isoformat().replace("+00:00", "Z"), "source": "AIS"}
    after = {one["obligation"]: one["deadline"] for one in found["due"]}
    moved = {name: at(after[name]) - at(before[name]) for name in after if after[name] and after[name] != before[name]}
    assert moved["EU-9841-LIST"] == 7 * MINUTE  # the limit counts from the actual departure
    assert [(one["voice"], one["counts"]) for one in found["said"] if one["what"] == "atd"] == [("AIS", True)]
    assert [one["source"] for one in found["times"] if one["time"] == "atd"] == ["AIS"]


async def test_whoever_contradicts_is_shown(desk: Gateway) -> None:
    await tell(desk, row(atd=LEFT.isoformat(), atd_source="agent"))
    await tell(desk, seen())
    said = [one for one in (await the(desk))["said"] if one["what"] == "atd"]
    assert [(one["voice"], one["source"], one["counts"], one["contradicts"]) for one in said] == [
        ("AIS", "AIS", True, False),
        ("schedule", "agent", False, True),
    ]
    assert said[1]["value"] == LEFT.isoformat().replace("+00:00", "Z")


async def test_a_sailing_that_nobody_announced_is_shown_and_is_the_same_once_it_is_announced(desk: Gateway) -> None:
    answer = (await tell(desk, seen())).json
    (id,) = answer["changed"]
    (shown,) = await all_calls(desk)
    assert (shown["announced"], shown["carrier"], shown["service"], shown["arrival_port"]) == (
        False,
        CARRIER,
        "ferry",
        "ZZUKN",
    )
    page = (await desk.ask("GET", "/", DESK)).body.decode()
    assert "announced by nobody" in page
    assert "port not known" in page
    async with desk.pool.acquire() as connection:
        (alarm,) = await open_alarms(connection)
    assert (alarm.kind, alarm.subject) == ("sailing-unannounced", id)
    assert (await tell(desk, row())).json["changed"] == [id]
    found = await the(desk)  # by the schedule's own id
    assert (found["call"]["id"], found["call"].get("announced", True), found["call"]["arrival_port"]) == (
        id,
        True,
        "MTMLA",
    )
    assert len(await all_calls(desk)) == 1
    assert (await tell(desk, row(eta=(DUE + HOUR).isoformat()))).json["changed"] == [id]


async def test_a_ship_of_nobody_we_know_counts_against_nobody(desk: Gateway) -> None:
    await tell(desk, seen(imo="8814275", vessel="STRANGER"))
    (shown,) = await all_calls(desk)
    assert (shown["carrier"], shown["announced"]) == ("", False)
    assert not any(one["counted"] for one in shown["due"])
    assert "line not known" in (await desk.ask("GET", "/", DESK)).body.decode()
    assert (await desk.ask("GET", "/v1/calls", LINE)).json == {"calls": []}


async def test_a_list_that_came_first_finds_the_sailing_that_was_seen(desk: Gateway) -> None:
    """A list waits; AIS makes the call; the list is on it before any schedule comes."""
    times = {
        "departure": {"port": {"code": "GRPIR"}, "estimated_departure": LEFT.isoformat()},
        "arrival": {"port": {"code": "MTMLA"}},
    }
    manifest = msgspec.json.decode(list_of())
    manifest["vessel"] = {"imo": STAR, "name": "SPECIMEN STAR"}
    manifest["voyage"] |= times
    await desk.send(msgspec.json.encode(manifest))
    await desk.process()
    await tell(desk, seen())
    (shown,) = await all_calls(desk)
    assert shown["reported"] == ["passengers"]


async def two_that_fit(desk: Gateway) -> int:
    """AIS sees a departure between two sailings; the number under which that waits."""
    await tell(desk, row(id="A", etd=(LEFT - 20 * MINUTE).isoformat()))
    await tell(desk, row(id="B", etd=(LEFT + 34 * MINUTE).isoformat()))
    answer = (await tell(desk, seen())).json
    assert (answer["calls"], [one["code"] for one in answer["findings"]]) == (0, ["S-21"])
    assert "A, B" in answer["findings"][0]["text"]
    assert len(await all_calls(desk)) == 2
    (waiting,) = (await desk.ask("GET", "/v1/unplaced", DESK)).json["unplaced"]
    assert (waiting["voice"], waiting["calls"], at(waiting["times"]["atd"])) == ("AIS", ["A", "B"], LEFT + 7 * MINUTE)
    return int(waiting["id"])


async def decided(desk: Gateway, number: int, call: str | None, who: tuple[str, str] = DESK) -> Reply:
    body = msgspec.json.encode({"call": call})
    return await desk.ask(
        "POST", f"/v1/unplaced/{number}", who, data=body, headers={"Content-Type": "application/json"}
    )


async def alarms(desk: Gateway) -> list[tuple[str, str]]:
    async with desk.pool.acquire() as connection:
        return [(one.kind, one.text) for one in await open_alarms(connection)]


async def test_what_fits_two_sailings_waits_until_an_operator_decides(desk: Gateway) -> None:
    number = await two_that_fit(desk)
    ((kind, text),) = await alarms(desk)
    assert (kind, f"A, B fit: ./gw calls place {number} CALL" in text) == ("sailing-unclear", True)
    for id, other in (("A", "B"), ("B", "A")):
        page = (await desk.ask("GET", f"/calls/{id}", ("viewer", "GRPIR"))).body.decode()
        assert "It cannot be told which sailing is meant" in page
        assert f'<a href="/calls/{other}">' in page
    assert (await the(desk, "A"))["call"].get("atd") is None
    assert (await decided(desk, number, "C")).problem == "no-such-call"
    environment = {"GATEWAY_TOKEN": await desk.token(*DESK)}
    done = await asyncio.to_thread(process, "calls", "place", f"{number}", "B", "--to", desk.url, **environment)
    assert (done.returncode, done.stdout) == (0, b"it is said of B\n")
    assert at((await the(desk, "B"))["call"]["atd"]["at"]) == LEFT + 7 * MINUTE
    assert await alarms(desk) == []
    assert (await decided(desk, number, "A")).problem == "not-waiting"
    later = await tell(desk, seen(arrival_port="MTMLA", ata=NOW - MINUTE))  # of what was decided
    assert (later.json["changed"], later.json["findings"]) == (["B"], [])


async def test_what_is_none_of_those_that_fit_is_a_sailing_of_its_own(desk: Gateway) -> None:
    number = await two_that_fit(desk)
    id = (await decided(desk, number, None)).json["call"]
    assert sorted(one["id"] for one in await all_calls(desk)) == ["A", "B", id]
    assert (await desk.ask("GET", "/v1/unplaced", DESK)).json == {"unplaced": []}


async def test_what_waits_finds_its_sailing_once_its_source_says_more(desk: Gateway) -> None:
    await tell(desk, row(id="A", etd=(LEFT - 20 * MINUTE).isoformat(), eta=(NOW - 30 * MINUTE).isoformat()))
    await tell(desk, row(id="B", etd=(LEFT + 34 * MINUTE).isoformat(), eta=(NOW + 240 * MINUTE).isoformat()))
    await tell(desk, seen())
    assert len(await alarms(desk)) == 1
    assert (await tell(desk, seen(arrival_port="MTMLA", ata=NOW - 28 * MINUTE))).json["changed"] == ["A"]
    assert (await desk.ask("GET", "/v1/unplaced", DESK)).json == {"unplaced": []}
    assert await alarms(desk) == []


async def test_a_cancelled_sailing_that_sailed_is_expected(desk: Gateway) -> None:
    await tell(desk, row(status="cancelled"))
    assert (await the(desk))["call"]["status"] == "cancelled"
    await tell(desk, seen())
    found = await the(desk)
    assert found["call"].get("status", "planned") == "planned"
    assert [one["value"] for one in found["said"] if one["what"] == "status" and one["contradicts"]] == ["cancelled"]


async def test_a_calendar_is_a_schedule(desk: Gateway) -> None:
    head = f"X-SAILING-CARRIER:{CARRIER}\r\nX-SAILING-SERVICE:ferry\r\n"
    event = f"UID:C1\r\nDTSTART:{LEFT:%Y%m%dT%H%M%SZ}\r\nDTEND:{DUE:%Y%m%dT%H%M%SZ}\r\nSUMMARY:SPECIMEN STAR GRPIR-MTMLA SP1147\r\nX-SAILING-IMO:{STAR}\r\n"
    body = f"BEGIN:VCALENDAR\r\n{head}BEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n".encode()
    assert (await tell(desk, body, "text/calendar")).json["changed"] == ["C1"]
    assert (await tell(desk, row(distance_nm=None))).json["changed"] == []  # the same in another form
    assert (await the(desk))["call"]["voyage"] == "SP1147"


# --- messages of single windows


async def test_a_window_tells_of_its_own_ports(desk: Gateway) -> None:
    vid = notice("VID", imo=STAR, port="MTMLA", eta=DUE, visit="MT-7", signed=NOW)
    assert (await tell(desk, vid, "application/xml", WINDOW)).json["calls"] == 1
    (shown,) = await all_calls(desk)
    assert (shown["announced"], shown["carrier"], shown["departure_port"]) == (True, CARRIER, "ZZUKN")
    other = notice("VID", imo=STAR, port="GRPIR", eta=DUE, visit="GR-7", signed=NOW)
    answer = (await tell(desk, other, "application/xml", WINDOW)).json
    assert (answer["calls"], [one["code"] for one in answer["findings"]]) == (0, ["S-17"])
    assert (await tell(desk, row(), who=WINDOW)).status == 403
    assert (await tell(desk, seen(), who=WINDOW)).status == 403
    assert (await tell(desk, vid, "application/xml", LINE)).status == 403
    assert (await tell(desk, vid, "application/xml", ("recipient", "nobody"))).status == 403
    assert (await tell(desk, vid, "application/xml", ("recipient", POSTED))).status == 200


async def test_a_notice_moves_the_call_of_its_visit(desk: Gateway) -> None:
    await tell(desk, row(arrival_visit_id="MT-7"))
    noa = notice(
        "NOA", visit="mt-7", eta=DUE + HOUR, etd=DUE + 9 * HOUR, signed=NOW, stops=((-1, "GRPIR"), (1, "ITCTA"))
    )
    answer = (await tell(desk, noa, "application/xml", WINDOW)).json
    assert (answer["findings"], sorted(answer["changed"])[0]) == ([], "C1")
    found = (await the(desk))["call"]
    assert (at(found["eta"]["at"]), found["eta"]["source"]) == (DUE + HOUR, "single window, NOA")
    onward = next(one for one in await all_calls(desk) if one["id"] != "C1")
    assert (onward["departure_port"], onward["arrival_port"], at(onward["departs_at"])) == (
        "MTMLA",
        "ITCTA",
        DUE + 9 * HOUR,
    )
    ata = notice("ATA", visit="MT-7", ata=NOW - MINUTE, signed=NOW)
    await tell(desk, ata, "text/xml", WINDOW)
    assert (await the(desk))["call"]["ata"]["source"] == "single window, ATA"
    unknown = (await tell(desk, notice("ATA", visit="MT-8", ata=NOW, signed=NOW), "application/xml")).json
    assert [one["code"] for one in unknown["findings"]] == ["S-15"]


async def test_the_answer_to_a_request_numbers_the_visit_and_what_follows_finds_it(desk: Gateway) -> None:
    """A VID has no Visit ID yet; the window's answer gives it, and by it the NOA finds the call."""
    await tell(desk, row())
    await tell(desk, notice("VID", imo=STAR, port="MTMLA", eta=DUE, signed=NOW), "application/xml", WINDOW)
    assert "arrival_visit_id" not in (await the(desk))["call"]
    noa = notice("NOA", visit="MT-7", eta=DUE + HOUR, signed=NOW)
    assert [one["code"] for one in (await tell(desk, noa, "application/xml", WINDOW)).json["findings"]] == ["S-15"]
    for answer in (frm("MT-7", "8", "VID", "m-1"), frm("MT-7", "1", "NOA", "m-1"), frm("MT-7", "1", "VID", "m-2"), frm("", "1", "VID", "m-1")):  # fmt: skip
        refused = (await tell(desk, answer, who=WINDOW)).json
        assert (refused["calls"], [one["code"] for one in refused["findings"]]) == (0, ["S-24"])
    assert (await tell(desk, frm("MT-7", "1", "VID", "m-1"), who=WINDOW)).json["changed"] == ["C1"]
    assert (await the(desk))["call"]["arrival_visit_id"] == "MT-7"
    assert (await tell(desk, noa, "application/xml", WINDOW)).json["changed"] == ["C1"]
    assert at((await the(desk))["call"]["eta"]["at"]) == DUE + HOUR


async def test_a_window_numbers_no_visit_of_another_country(desk: Gateway) -> None:
    await tell(desk, notice("VID", imo=STAR, port="GRPIR", eta=DUE, signed=NOW), "application/xml")
    refused = (await tell(desk, frm("GR-7", "1", "VID", "m-1"), who=WINDOW)).json
    assert [one["code"] for one in refused["findings"]] == ["S-17"]
    assert (
        len((await tell(desk, frm("GR-7", "1", "VID", "m-1"))).json["changed"]) == 1
    )  # the operator hands in what came from anywhere


async def test_a_ship_that_carries_no_passengers_makes_no_call(desk: Gateway) -> None:
    cargo = notice("VID", imo="8814275", port="MTMLA", eta=DUE, visit="MT-9", signed=NOW)
    answer = (await tell(desk, cargo, "application/xml", WINDOW)).json
    assert (answer["calls"], [one["code"] for one in answer["findings"]]) == (0, ["S-22"])
    assert await all_calls(desk) == []


async def test_a_notice_that_was_signed_earlier_changes_nothing(desk: Gateway) -> None:
    await tell(desk, row(arrival_visit_id="MT-7"))
    await tell(desk, notice("NOA", visit="MT-7", eta=DUE + HOUR, signed=NOW - HOUR), "application/xml")
    await tell(desk, notice("NOA", visit="MT-7", eta=DUE + 2 * HOUR, signed=NOW - 2 * HOUR), "application/xml")
    assert at((await the(desk))["call"]["eta"]["at"]) == DUE + HOUR


async def test_a_visit_that_is_cancelled_cancels_the_call(desk: Gateway) -> None:
    await tell(desk, row(arrival_visit_id="MT-7"))
    await tell(desk, notice("COA", visit="MT-7", signed=NOW), "application/xml", WINDOW)
    assert (await the(desk))["call"]["status"] == "cancelled"


@pytest.mark.parametrize(
    "body", [b"<a/>", b"<", b'{"env:Envelope":{}}', b'{"sightings":1}', b'{"sightings":[1,{"imo":"x"}]}']
)
async def test_what_tells_of_nothing_is_said(shared_gateway: Gateway, body: bytes) -> None:
    media = "application/xml" if body.startswith(b"<") else "application/json"
    answer = (await tell(shared_gateway, body, media)).json
    assert answer["calls"] == 0
    assert answer["findings"]


# --- as an operator does it


async def test_an_operator_imports_a_calendar_and_plays_a_log(desk: Gateway, tmp_path: Path) -> None:
    """From a receiver's log to the board: the ship left seven minutes late, and lies in Valletta."""
    event = f"UID:C1\nDTSTART:{LEFT:%Y%m%dT%H%M%SZ}\nDURATION:PT8H\nSUMMARY:SPECIMEN STAR GRPIR-MTMLA\nX-SAILING-IMO:{STAR}\n"
    calendar = tmp_path / "season.ics"
    calendar.write_text(
        f"BEGIN:VCALENDAR\nX-SAILING-CARRIER:{CARRIER}\nX-SAILING-SERVICE:ferry\nBEGIN:VEVENT\n{event}END:VEVENT\nEND:VCALENDAR\n"
    )
    away = LEFT + 6 * MINUTE
    track: list[Message] = [
        static(away - 40 * MINUTE),
        *lies(PIRAEUS, away - 30 * MINUTE, 30),
        *sails(PIRAEUS, (37.0, 23.2), away, 1),
    ]
    log = tmp_path / "ais.nmea"
    log.write_bytes(b"".join(lines(track)) + b"!AIVDM,1,1,,A,corrupt,0*00\r\n")
    environment = {
        "GATEWAY_TOKEN": await desk.token(*DESK),
        "GATEWAY_CARRIERS": str(desk.context.settings.carriers),
        "GATEWAY_STATE": str(tmp_path),
    }

    async def gw(*words: str | Path) -> str:
        done = await asyncio.to_thread(process, *words, "--to", desk.url, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    assert "1 calls read, 1 new or changed" in await gw("calls", "import", calendar)
    assert "1 sightings sent, 1 ships heard" in await gw(
        "ais", "--file", log, "--port", "GRPIR=37.94,23.63", "--port", "MTMLA"
    )
    found = (await the(desk))["call"]
    assert (at(found["atd"]["at"]), found["atd"]["source"]) == (LEFT + 7 * MINUTE, "AIS")
    page = (await desk.ask("GET", "/", DESK)).body.decode()
    assert "SPECIMEN STAR" in page
    assert f"{(LEFT + 7 * MINUTE).astimezone(ZoneInfo('Europe/Athens')):%H:%M}" in page


# --- two calls that turn out to be one


OF_IT = list_of(vessel=Vessel(name="SPECIMEN STAR", imo=STAR), voyage=UNDATED)


async def two_calls(desk: Gateway) -> str:
    """A schedule that names the ship in another way, without its number; and what AIS saw of it. Returns AIS's id."""
    await tell(desk, row(vessel="STAR OF SPECIMEN", imo=None))
    (id,) = (await tell(desk, seen())).json["changed"]
    assert len(await all_calls(desk)) == 2
    return str(id)


async def test_a_sailing_that_was_seen_is_the_announced_one_once_the_schedule_says_which_ship_it_is(
    desk: Gateway,
) -> None:
    id = await two_calls(desk)
    answer = (await tell(desk, row(vessel="STAR OF SPECIMEN"))).json
    assert (answer["changed"], answer["findings"]) == (["C1"], [])
    (shown,) = await all_calls(desk)
    assert (shown["id"], shown["announced"], at(shown["departs_at"])) == ("C1", True, LEFT + 7 * MINUTE)
    found = await the(desk, id)  # by the name that it had
    assert (found["call"]["id"], found["call"]["atd"]["source"]) == ("C1", "AIS")
    assert [(one["time"], one["source"]) for one in found["times"] if one["time"] == "atd"] == [("atd", "AIS")]
    async with desk.pool.acquire() as connection:
        assert await open_alarms(connection) == []
    assert await desk.pool.fetchval("SELECT subject FROM log_entry WHERE event = 'calls-joined'") == {
        "call": "C1",
        "was": id,
    }
    assert (await tell(desk, seen())).json["changed"] == []


async def test_the_call_that_has_lists_stays(desk: Gateway) -> None:
    """Whichever it is; where both have some, they stay two and it is said."""
    id = await two_calls(desk)
    await desk.send(OF_IT, path=f"/v1/submissions?call={id}")
    await desk.process()
    assert (await tell(desk, row())).json["changed"] == [id]
    (shown,) = await all_calls(desk)
    assert (shown["id"], shown["reported"], shown["arrival_port"], shown["voyage"]) == (
        id,
        ["passengers"],
        "MTMLA",
        "SP1147",
    )
    assert (await the(desk))["call"]["id"] == id
    assert (await tell(desk, row(eta=(DUE + HOUR).isoformat()))).json["changed"] == [id]


async def test_two_calls_that_both_have_lists_stay_two(desk: Gateway) -> None:
    id = await two_calls(desk)
    other = list_of(vessel=Vessel(name="STAR OF SPECIMEN"), voyage=UNDATED)
    for one, body in ((id, OF_IT), ("C1", other)):
        await desk.send(body, path=f"/v1/submissions?call={one}")
    await desk.process()
    answer = (await tell(desk, row())).json
    assert [one["code"] for one in answer["findings"]] == ["S-23"]
    assert f"C1 and {id} seem to be one sailing" in answer["findings"][0]["text"]
    assert len(await all_calls(desk)) == 2


async def test_both_ends_of_a_sailing_that_were_seen_apart_are_one_with_its_schedule(desk: Gateway) -> None:
    await tell(desk, seen())
    come = {"departure_port": None, "atd": None, "arrival_port": "MTMLA", "ata": NOW - MINUTE}
    await tell(desk, seen(**come))
    assert len(await all_calls(desk)) == 2
    answer = (await tell(desk, row(eta=(NOW + MINUTE).isoformat()))).json
    assert answer["findings"] == []
    (shown,) = await all_calls(desk)
    assert (shown["id"], at(shown["departs_at"]), at(shown["arrives_at"])) == ("C1", LEFT + 7 * MINUTE, NOW - MINUTE)


async def test_a_visit_and_a_row_of_the_schedule_are_one_once_the_row_has_its_visit_id(desk: Gateway) -> None:
    await tell(desk, row(imo=None, vessel="STAR OF SPECIMEN"))
    vid = notice("VID", imo=STAR, port="MTMLA", eta=DUE + HOUR, visit="MT-7", signed=NOW)
    await tell(desk, vid, "application/xml", WINDOW)
    assert len(await all_calls(desk)) == 2
    await tell(desk, row(imo=None, vessel="STAR OF SPECIMEN", arrival_visit_id="mt-7"))
    (shown,) = await all_calls(desk)
    assert (shown["id"], shown["imo"], at(shown["arrives_at"])) == ("C1", STAR, DUE + HOUR)
