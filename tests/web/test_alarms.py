"""Alarms over HTTP and at the command line: who sees which, who may acknowledge, whose name stands in the log; metrics."""

import asyncio
from uuid import uuid4

import pytest

from gateway.alerts import Concerns
from gateway.store import transaction
from gateway.store.alarms import raise_alarm
from gateway.web.caller import COOKIE
from tests.cli.desk import gw
from tests.store.rows import stored
from tests.web.world import Gateway

DESK, HELSINKI = ("operator", "desk"), ("viewer", "FIHEL")


async def raised(gateway: Gateway, kind: str = "filing-missing", port: str = "FIHEL") -> int:
    async with transaction(gateway.pool) as connection:
        return await raise_alarm(connection, kind, f"{kind}/{port}", "about it", Concerns(call="C1", ports=(port,)))


async def seen(gateway: Gateway, who: tuple[str, str], query: str = "") -> list[int]:
    reply = await gateway.ask("GET", f"/v1/alarms{query}", who)
    return sorted(one["id"] for one in reply.json["alarms"])


async def test_a_duty_officer_sees_the_own_port_and_an_operator_everything(gateway: Gateway) -> None:
    mine, theirs, technical = await raised(gateway), await raised(gateway, port="EETLL"), await raised(gateway, "export-changed")  # fmt: skip
    assert await seen(gateway, HELSINKI) == await seen(gateway, HELSINKI, "?port=FIHEL") == [mine]
    assert await seen(gateway, DESK) == [mine, theirs, technical]
    assert await seen(gateway, DESK, "?port=EETLL") == [theirs]
    assert (await gateway.ask("GET", "/v1/alarms?port=EETLL", HELSINKI)).status == 403
    for id in (theirs, technical, 9999):
        reply = await gateway.ask("POST", f"/v1/alarms/{id}/acknowledge", HELSINKI)
        assert (reply.status, reply.problem) == (404, "no-such-alarm")


async def test_the_first_name_stands(gateway: Gateway) -> None:
    id = await raised(gateway)
    officer = await gateway.person("anna", *HELSINKI)
    assert (await gateway.submit("/alarms", officer, alarm=str(id))).status == 303
    reply = await gateway.ask("POST", f"/v1/alarms/{id}/acknowledge", DESK)
    assert (reply.json["acknowledged_by"], reply.json["closed_at"]) == ("anna", None)
    [entry] = await gateway.pool.fetch("SELECT event, subject FROM log_entry WHERE event LIKE 'alarm-%'")
    assert entry["subject"] == {"alarm": str(id), "kind": "filing-missing", "subject": "filing-missing/FIHEL", "by": "anna"}  # fmt: skip
    metrics = (await gateway.ask("GET", "/metrics", DESK)).body.decode()
    assert "gateway_alarms_open 0.0" in metrics
    assert "gateway_alerts_waiting 0.0" in metrics


async def test_a_screen_looks_and_does_not_look_after(gateway: Gateway) -> None:
    """Before a wall anybody may stand, and nobody is told any further of what somebody looks after."""
    id, screen = await raised(gateway), await gateway.cookie(*HELSINKI)
    page = (await gateway.look("/alarms", screen)).body.decode()
    assert f'id="alarm-{id}"' in page
    assert 'name="alarm"' not in page
    for reply in (
        await gateway.submit("/alarms", screen, alarm=str(id)),
        await gateway.ask("POST", f"/v1/alarms/{id}/acknowledge", HELSINKI),
    ):
        assert (reply.status, reply.problem) == (403, "person-needed")
    assert await gateway.pool.fetchval("SELECT count(*) FROM alarm WHERE acknowledged_at IS NOT NULL") == 0


@pytest.mark.parametrize("id", ["x", "-1", "0", "1" * 30, "%C2%B2", "1.5"])
async def test_no_such_alarm(shared_gateway: Gateway, id: str) -> None:
    assert (await shared_gateway.ask("POST", f"/v1/alarms/{id}/acknowledge", DESK)).status == 404


async def test_a_failed_submission_is_tried_again_by_an_operator(gateway: Gateway) -> None:
    row = await stored(gateway.pool, carrier="specimen")
    path = f"/v1/submissions/{row.id}/again"
    assert (await gateway.ask("POST", path, DESK)).problem == "not-failed"
    await gateway.pool.execute("UPDATE submission SET state = 'failed', attempts = 3")
    reply = await gateway.ask("POST", path, DESK)
    assert (reply.status, reply.json["id"], reply.json["state"]) == (200, str(row.id), "received")
    assert await gateway.pool.fetchval("SELECT attempts FROM submission") == 0
    for unknown in (str(uuid4()), "x"):
        assert (await gateway.ask("POST", f"/v1/submissions/{unknown}/again", DESK)).problem == "no-such-submission"
    [entry] = await gateway.pool.fetch("SELECT subject FROM log_entry WHERE event = 'submission-tried-again'")
    assert entry["subject"] == {"submission": str(row.id), "by": "desk"}


async def test_at_the_command_line(gateway: Gateway) -> None:
    there = ("--to", gateway.url, "--token", await gateway.token(*DESK))
    none = await asyncio.to_thread(gw, "alarms", *there)
    assert (none.exit_code, none.stderr) == (0, "no alarms\n")
    id = await raised(gateway)
    listed = await asyncio.to_thread(gw, "alarms", *there)
    assert (listed.exit_code, f"{id:>6}  critical Deadline passed, not received (filing-missing), since " in listed.stdout) == (1, True)  # fmt: skip
    done = await asyncio.to_thread(gw, "alarms", "acknowledge", str(id), *there)
    assert (done.exit_code, "acknowledged by desk" in done.stdout) == (0, True), done.output
    assert (await asyncio.to_thread(gw, "alarms", *there)).exit_code == 0
    row = await stored(gateway.pool, carrier="specimen")
    await gateway.pool.execute("UPDATE submission SET state = 'failed'")
    again = await asyncio.to_thread(gw, "submissions", "again", str(row.id), *there)
    assert again.stdout == f"{row.id} of specimen is received: it is processed again\n"
    assert (await asyncio.to_thread(gw, "submissions", "again", str(row.id), *there)).exit_code == 1


async def test_the_page_shows_what_is_open_and_a_button_says_who_looks_after_it(gateway: Gateway) -> None:
    id, other = await raised(gateway), await raised(gateway, port="EETLL")
    cookie = await gateway.person("anna", *HELSINKI)
    html = (await gateway.look("/alarms", cookie)).body.decode()
    assert f'id="alarm-{id}"' in html
    assert f'id="alarm-{other}"' not in html
    assert "Deadline passed, not received" in html
    assert 'name="csrf" value="' in html
    done = await gateway.submit("/alarms", cookie, alarm=str(id))
    assert (done.status, done.headers["Location"]) == (303, "/alarms")
    assert (await gateway.submit("/alarms", cookie, alarm=str(other))).status == 404
    forged = await gateway.submit("/alarms", cookie, headers={"Sec-Fetch-Site": "cross-site"}, alarm=str(id))
    assert (forged.status, forged.problem) == (403, "other-site")
    chosen = {"Cookie": f"{COOKIE}={cookie}", "Accept-Language": "fr"}
    french = (await gateway.ask("GET", "/alarms", headers=chosen)).body.decode()
    assert "suivie par anna" in french
    assert "Quelqu’un s’en occupe" in french
    stranger = await gateway.ask("GET", "/alarms")
    assert (stranger.status, stranger.headers["Location"]) == (303, "/sign-in?to=/alarms")
