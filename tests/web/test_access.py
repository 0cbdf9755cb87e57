"""Who may do what: every route against every kind of caller, and tokens that do not let in."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from gateway.settings import utc_now
from gateway.web import make_app
from gateway.web.caller import COOKIE
from tests.web.world import CARRIER, FEED, RIVAL, Gateway, call, list_of

CALLERS: tuple[tuple[str, str] | None, ...] = (
    None, ("carrier", CARRIER), ("viewer", "FIHEL"), ("recipient", FEED), ("operator", "desk"), ("desk", "compliance"), ("rescue", "mrcc"),
)  # fmt: skip

# What each of CALLERS, in this order, is answered. A route without a row fails.
TABLE = {
    "POST /v1/submissions": (401, 202, 403, 403, 403, 403, 403),
    "GET /v1/submissions": (401, 200, 403, 403, 200, 403, 403),
    "GET /v1/submissions/{id}": (401, 200, 403, 403, 200, 403, 403),
    "GET /v1/submissions/{id}/answer": (401, 200, 403, 403, 403, 403, 403),
    "GET /v1/submissions/{id}/receipt": (401, 200, 403, 403, 200, 403, 403),
    "POST /v1/sandbox": (401, 202, 403, 403, 403, 403, 403),
    "GET /v1/sandbox": (401, 200, 403, 403, 403, 403, 403),
    "GET /v1/sandbox/{id}": (401, 404, 403, 403, 403, 403, 403),
    "GET /v1/sandbox/{id}/answer": (401, 404, 403, 403, 403, 403, 403),
    "GET /v1/certificates": (401, 200, 403, 403, 403, 403, 403),
    "POST /v1/submissions/{id}/again": (401, 403, 403, 403, 422, 403, 403),  # it has not failed
    "GET /v1/alarms": (401, 403, 200, 403, 200, 200, 403),
    "POST /v1/alarms/{id}/acknowledge": (401, 403, 404, 403, 404, 404, 403),
    "GET /v1/calls": (401, 200, 200, 403, 200, 200, 403),
    "POST /v1/calls": (401, 403, 403, 403, 200, 403, 403),
    "GET /v1/calls/{id}": (401, 404, 404, 403, 404, 404, 403),
    "GET /v1/unplaced": (401, 403, 200, 403, 200, 200, 403),
    "POST /v1/unplaced/{id}": (401, 403, 403, 403, 404, 403, 403),
    "POST /v1/what-if": (401, 403, 403, 403, 200, 403, 403),
    "POST /v1/calls/{id}/events": (401, 404, 403, 403, 404, 403, 403),
    "GET /v1/calls/{id}/ledger": (401, 404, 404, 403, 404, 404, 403),
    "POST /v1/calls/{id}/checks": (401, 403, 403, 403, 404, 404, 403),
    "GET /v1/scorecards": (401, 200, 200, 403, 200, 200, 403),
    "GET /v1/scorecards/lost": (401, 200, 200, 403, 200, 200, 403),
    "POST /v1/contests": (401, 404, 403, 403, 403, 403, 403),
    "GET /v1/contests": (401, 200, 403, 403, 200, 200, 403),
    "POST /v1/contests/{id}/decision": (401, 403, 403, 403, 403, 404, 403),
    "POST /v1/periods": (401, 403, 403, 403, 403, 201, 403),
    "GET /v1/periods": (401, 200, 200, 403, 200, 200, 403),
    "POST /v1/outages": (401, 403, 403, 403, 201, 201, 403),
    "GET /v1/outages": (401, 200, 200, 403, 200, 200, 403),
    "POST /v1/outages/{id}/withdraw": (401, 403, 403, 403, 404, 404, 403),
    "GET /v1/feeds/{recipient}": (401, 403, 403, 200, 403, 403, 403),
    "POST /v1/feeds/{recipient}/ack": (401, 403, 403, 200, 403, 403, 403),
    "GET /v1/log/head": (200, 200, 200, 200, 200, 200, 200),
    "GET /v1/log/proof": (200, 200, 200, 200, 200, 200, 200),
    "GET /v1/tokens": (401, 403, 403, 403, 200, 403, 403),
    "POST /v1/tokens": (401, 403, 403, 403, 201, 403, 403),
    "DELETE /v1/tokens/{id}": (401, 403, 403, 403, 404, 403, 403),
    "GET /v1/recipients": (401, 403, 403, 403, 200, 403, 403),
    "POST /v1/recipients/{id}/pause": (401, 403, 403, 403, 200, 403, 403),
    "POST /v1/recipients/{id}/replay": (401, 403, 403, 403, 200, 403, 403),
    "POST /v1/recipients/{id}/resume": (401, 403, 403, 403, 200, 403, 403),
    "GET /v1/transfers": (401, 403, 403, 200, 200, 403, 403),
    "POST /v1/transfers": (401, 403, 403, 403, 403, 403, 403),  # this recipient is a single window, not a PIU
    "GET /v1/transfers/{id}": (401, 403, 403, 404, 404, 403, 403),
    "POST /v1/transfers/{id}/decision": (401, 403, 403, 403, 404, 403, 403),
    "POST /v1/as4": (404, 404, 404, 404, 404, 404, 404),  # no recipient here is reached by AS4
    "GET /healthz": (200, 200, 200, 200, 200, 200, 200),
    "GET /readyz": (200, 200, 200, 200, 200, 200, 200),
    "GET /metrics": (401, 403, 200, 403, 200, 403, 403),
    "GET /": (303, 200, 200, 403, 200, 200, 200),
    "GET /wall": (303, 200, 200, 403, 200, 200, 200),
    "GET /calls/{id}": (303, 404, 404, 403, 404, 404, 404),
    "GET /calls/{id}/events": (401, 404, 404, 403, 404, 404, 404),
    "POST /calls/{id}/events": (401, 404, 403, 403, 404, 403, 403),
    "GET /board/events": (401, 200, 200, 403, 200, 200, 200),
    "GET /send": (303, 200, 403, 403, 403, 403, 403),
    "POST /send": (401, 400, 403, 403, 403, 403, 403),  # no form with files
    "GET /sent": (303, 200, 403, 403, 403, 403, 403),
    "GET /sent/{id}": (303, 200, 403, 403, 403, 403, 403),
    "GET /sent/{id}/answer": (303, 200, 403, 403, 403, 403, 403),
    "GET /sent/{id}/copy": (303, 400, 403, 403, 403, 403, 403),  # as what?
    "GET /sent/{id}/repairs": (303, 200, 403, 403, 403, 403, 403),
    "GET /sent/{id}/receipt": (303, 200, 403, 403, 403, 403, 403),
    "GET /sandbox": (303, 200, 403, 403, 403, 403, 403),
    "POST /sandbox": (401, 400, 403, 403, 403, 403, 403),
    "GET /sandbox/sample": (303, 400, 403, 403, 403, 403, 403),
    "GET /sandbox/certificates/{format}": (303, 404, 403, 403, 403, 403, 403),
    "GET /sandbox/certificates/{format}/document": (303, 404, 403, 403, 403, 403, 403),
    "GET /sandbox/{id}": (303, 404, 403, 403, 403, 403, 403),
    "GET /sandbox/{id}/answer": (303, 404, 403, 403, 403, 403, 403),
    "GET /sandbox/{id}/copy": (303, 404, 403, 403, 403, 403, 403),
    "GET /sandbox/{id}/repairs": (303, 404, 403, 403, 403, 403, 403),
    "GET /alarms": (303, 403, 200, 403, 200, 200, 403),
    "POST /alarms": (401, 403, 404, 403, 404, 404, 403),
    "GET /language/{name}": (303, 303, 303, 303, 303, 303, 303),
    "GET /sign-in": (200, 200, 200, 200, 200, 200, 200),
    "POST /sign-in": (401, 401, 401, 401, 401, 401, 401),
    "POST /sign-in/screen": (401, 401, 401, 401, 401, 401, 401),
    "GET /sign-in/provider": (404, 404, 404, 404, 404, 404, 404),  # none is set here
    "GET /sign-in/callback": (404, 404, 404, 404, 404, 404, 404),
    "GET /enrol": (404, 404, 404, 404, 404, 404, 404),
    "POST /enrol": (404, 404, 404, 404, 404, 404, 404),
    "GET /account": (303, 403, 403, 403, 403, 403, 403),  # for people, not for tokens
    "POST /account/password": (401, 403, 403, 403, 403, 403, 403),
    "POST /account/device": (401, 403, 403, 403, 403, 403, 403),
    "POST /account/sign-out": (401, 403, 403, 403, 403, 403, 403),
    "GET /v1/people": (401, 403, 403, 403, 200, 403, 403),
    "POST /v1/people": (401, 403, 403, 403, 201, 403, 403),
    "GET /v1/people/log": (401, 403, 403, 403, 200, 200, 403),
    "POST /v1/people/{name}/link": (401, 403, 403, 403, 404, 403, 403),
    "POST /v1/people/{name}/role": (401, 403, 403, 403, 404, 403, 403),
    "DELETE /v1/people/{name}": (401, 403, 403, 403, 404, 403, 403),
    "GET /colleagues": (303, 403, 403, 403, 403, 200, 200),
    "POST /colleagues": (401, 403, 403, 403, 403, 403, 403),  # for persons, not for tokens
    "POST /sign-out": (303, 303, 303, 303, 303, 303, 303),
    "GET /v1/rescues": (401, 404, 403, 403, 404, 404, 404),  # there is no such call
    "GET /rescue": (303, 403, 403, 403, 403, 200, 200),
    "GET /rescue/ask": (303, 403, 403, 403, 403, 403, 403),  # for persons, not for tokens; so is the list itself
    "POST /rescue/ask": (401, 403, 403, 403, 403, 403, 403),
    "GET /rescue/{id}": (303, 403, 403, 403, 404, 404, 404),  # the operator oversees: no words, no list
    "GET /rescue/{id}/list": (303, 403, 403, 403, 403, 403, 403),
    "GET /rescue/{id}/open": (204, 403, 403, 403, 403, 404, 404),  # a screen is led to the sign-in
    "POST /rescue/{id}/close": (401, 403, 403, 403, 403, 403, 403),
    "POST /rescue/{id}/decision": (401, 403, 403, 403, 403, 403, 403),
    "GET /feed": (303, 403, 403, 200, 403, 403, 403),
    "GET /health": (303, 403, 403, 403, 200, 403, 403),
    "POST /health/acknowledge": (401, 403, 403, 403, 400, 403, 403),
    "POST /health/again": (401, 403, 403, 403, 400, 403, 403),
    "POST /health/recipient": (401, 403, 403, 403, 400, 403, 403),
    "GET /scorecards": (303, 303, 200, 403, 200, 200, 403),
    "GET /scorecards/report": (303, 200, 200, 403, 200, 200, 403),
    "GET /scorecards/close": (303, 403, 403, 403, 403, 400, 403),  # of which days?
    "GET /scorecards/outage": (303, 403, 403, 403, 400, 400, 403),  # of what?
    "GET /scorecards/{carrier}": (303, 200, 200, 403, 200, 200, 403),
    "POST /scorecards/close": (401, 403, 403, 403, 403, 400, 403),
    "POST /scorecards/contest": (401, 400, 403, 403, 403, 403, 403),
    "POST /scorecards/decide": (401, 403, 403, 403, 403, 400, 403),
    "POST /scorecards/outage": (401, 403, 403, 403, 400, 400, 403),
    "POST /scorecards/outage/withdraw": (401, 403, 403, 403, 400, 400, 403),
    "GET /static": (403, 403, 403, 403, 403, 403, 403),
}

SCHEDULE = b"id,carrier,service,vessel,departure_port,arrival_port,etd\nC9,specimen,ferry,Specimen Star,GRPIR,MTMLA,2026-11-23T18:00Z\n"
BODIES: dict[str, tuple[bytes, str]] = {
    "POST /v1/submissions": (list_of(reference="SPECIMEN-X"), "application/json"),
    "POST /v1/sandbox": (list_of(reference="SPECIMEN-X"), "application/json"),
    "POST /v1/calls": (SCHEDULE, "text/csv"),
    "POST /v1/calls/{id}/events": (
        f'{{"kind":"recount","at":"{utc_now().isoformat()}","persons":7}}'.encode(),
        "application/json",
    ),
    "POST /v1/calls/{id}/checks": (b'{"checked":10,"agreed":9}', "application/json"),
    "POST /v1/unplaced/{id}": (b'{"call":null}', "application/json"),
    "POST /v1/contests": (
        b'{"metric":"on-time","call":"C1","obligation":"EU-9841-LIST","reason":"filed-in-time"}',
        "application/json",
    ),
    "POST /v1/contests/{id}/decision": (b'{"upheld":true,"reason":"evidence-confirms"}', "application/json"),
    "POST /v1/periods": (b'{"from":"2026-01-01","until":"2026-02-01"}', "application/json"),
    "POST /v1/outages": (
        b'{"from":"2026-01-01T00:00:00Z","until":"2026-01-01T01:00:00Z","what":"api"}',
        "application/json",
    ),
    "POST /v1/feeds/{recipient}/ack": (b'{"deliveries":["00000000-0000-0000-0000-000000000000"]}', "application/json"),
    "POST /v1/recipients/{id}/pause": (b'{"reason":"key exchange"}', "application/json"),
    "POST /v1/recipients/{id}/replay": (b'{"since":"2026-11-22T00:00:00Z"}', "application/json"),
    "POST /v1/transfers": (
        b'{"holder":"ut-piu","delivery":"00000000-0000-0000-0000-000000000000","purposes":["border"],"legal_basis":"x"}',
        "application/json",
    ),
    "POST /v1/transfers/{id}/decision": (b'{"granted":false,"decision":"D 1"}', "application/json"),
    "POST /v1/people": (b'{"name":"anna","kind":"viewer","subject":"FIHEL"}', "application/json"),
    "POST /v1/people/{name}/role": (b'{"kind":"viewer","subject":"FIHEL"}', "application/json"),
    "POST /v1/tokens": (b'{"kind":"viewer","subject":"FIHEL"}', "application/json"),
}


def routes(gateway: Gateway) -> list[str]:
    """Every route of the application, HEAD and GET being one."""
    resources = [route for route in make_app(gateway.context).router.routes() if route.resource is not None]
    return sorted({f"{route.method.replace('HEAD', 'GET')} {route.resource.canonical}" for route in resources if route.resource})  # fmt: skip


async def status(gateway: Gateway, route: str, address: str, who: tuple[str, str] | None) -> int:
    """The status alone: a stream of events has no end."""
    body, media = BODIES.get(route, (b"", "application/octet-stream"))
    headers = {"Authorization": f"Bearer {await gateway.token(*who)}"} if who else {}
    async with gateway.session.request(
        route.split()[0], gateway.url + address, data=body, headers=headers | {"Content-Type": media, "Idempotency-Key": "k"}, allow_redirects=False
    ) as answer:  # fmt: skip
        return answer.status


async def test_every_route_answers_every_caller_as_the_table_says(gateway: Gateway) -> None:
    received = await gateway.send(list_of())
    await gateway.process()
    await gateway.integrate()
    found: dict[str, tuple[int, ...]] = {}
    for route in routes(gateway):
        id = {"/v1/tokens/{id}": "0" * 64}.get(route.split()[1], received.json["id"])  # fmt: skip
        id = FEED if "/recipients/" in route else id
        address = (
            route.split()[1]
            .replace("{id}", id)
            .replace("{recipient}", FEED)
            .replace("{name}", "fr")
            .replace("{format}", "paxlst")
            .replace("{carrier}", CARRIER)
        )
        address += "?call=C9" if address == "/v1/rescues" else ""
        address += f"?submission={id}" if address.endswith("/proof") else "/" if address == "/static" else ""
        found[route] = tuple([await status(gateway, route, address, who) for who in CALLERS])
    assert found == TABLE


async def test_no_method_but_those_that_are_served(shared_gateway: Gateway) -> None:
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"):
        reply = await shared_gateway.ask(method, "/v1/submissions", ("carrier", CARRIER))
        assert (reply.status, reply.problem, reply.headers["Allow"]) == (405, "bad-method", "GET,HEAD,POST")
    for path in (
        "/v1/",
        "/v2/submissions",
        "/v1/submissions/",
        "/V1/submissions",
        "/static/../access.py",
        "/.git/config",
    ):
        reply = await shared_gateway.ask("GET", path)
        assert (reply.status, reply.problem) == (404, "no-such-address")


async def revoke(gateway: Gateway, token: str) -> None:
    id = hashlib.sha256(token.encode()).hexdigest()
    reply = await gateway.ask("DELETE", f"/v1/tokens/{id}", ("operator", "desk"))
    assert reply.status == 204


async def test_a_token_that_is_wrong_expired_or_revoked_does_not_let_in(gateway: Gateway) -> None:
    expired = await gateway.token("carrier", CARRIER, days=-1)
    revoked = await gateway.token("carrier", CARRIER)
    assert (await gateway.ask("GET", "/v1/calls", revoked)).status == 200
    await revoke(gateway, revoked)
    for token in ("wrong", expired, revoked, "x" * 300, "na\u00efve", "a b"):
        reply = await gateway.ask("GET", "/v1/calls", token)
        assert (reply.status, reply.problem) == (401, "bad-credentials"), token
        assert reply.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    nobody = await gateway.ask("GET", "/v1/calls")
    assert (nobody.status, nobody.problem, nobody.headers["WWW-Authenticate"]) == (401, "no-credentials", "Bearer")


@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "bearer\ttoken", "Token abc", ""])
async def test_other_ways_to_say_who_one_is_do_not_let_in(shared_gateway: Gateway, value: str) -> None:
    assert (await shared_gateway.ask("GET", "/v1/calls", headers={"Authorization": value})).status == 401


async def test_a_cookie_is_for_looking_and_never_for_doing(shared_gateway: Gateway) -> None:
    for kind, subject in (("operator", "desk"), ("carrier", CARRIER)):
        cookie = {"Cookie": f"{COOKIE}={await shared_gateway.cookie(kind, subject)}"}
        assert (await shared_gateway.ask("GET", "/v1/calls", headers=cookie)).status == 200
        assert (await shared_gateway.ask("POST", "/v1/submissions", headers=cookie, data=b"x")).status == 401
        assert (await shared_gateway.ask("POST", "/v1/tokens", headers=cookie, data=b"{}")).status == 401
        assert (await shared_gateway.ask("DELETE", "/v1/tokens/" + "0" * 64, headers=cookie)).status == 401


async def test_an_operator_makes_lists_and_revokes_tokens(gateway: Gateway) -> None:
    desk = ("operator", "desk")
    wanted = b'{"kind":"carrier","subject":"specimen","days":7,"note":"for the office"}'
    made = await gateway.ask("POST", "/v1/tokens", desk, data=wanted)
    assert made.status == 201
    assert made.json["id"] == hashlib.sha256(made.json["token"].encode()).hexdigest()
    assert (await gateway.ask("GET", "/v1/calls", made.json["token"])).status == 200
    listed = await gateway.ask("GET", "/v1/tokens", desk)
    assert made.json["token"].encode() not in listed.body
    [mine] = [one for one in listed.json["tokens"] if one["id"] == made.json["id"]]
    assert (mine["kind"], mine["subject"], mine["note"], mine["revoked_at"]) == ("carrier", "specimen", "for the office", None)  # fmt: skip
    await revoke(gateway, made.json["token"])
    assert (await gateway.ask("GET", "/v1/calls", made.json["token"])).status == 401
    again = await gateway.ask("DELETE", f"/v1/tokens/{made.json['id']}", desk)
    assert (again.status, again.problem) == (404, "no-such-token")
    events = [row["event"] for row in await gateway.pool.fetch("SELECT event FROM log_entry ORDER BY id")]
    assert events == ["token-made", "token-revoked"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", b'{"kind":"carrier"}', b'{"kind":"king","subject":"x"}', b'{"kind":"viewer","subject":""}',
     b'{"kind":"viewer","subject":"a\\u0000b"}', b'{"kind":"viewer","subject":"x","days":9999}',
     b'{"kind":"viewer","subject":"x","admin":true}', b'{"kind":"viewer","subject":"\\ud800"}',
     b'{"kind":"carrier","subject":"nobody-knows"}', b'{"kind":"recipient","subject":"nobody-knows"}',
     b'{"kind":"viewer","subject":"fihel"}', b'{"kind":"viewer","subject":"Helsinki"}', b'{"kind":"viewer","subject":"XXYYY"}'],
)  # fmt: skip
async def test_a_token_for_nobody_is_not_made(shared_gateway: Gateway, body: bytes) -> None:
    reply = await shared_gateway.ask("POST", "/v1/tokens", ("operator", "desk"), data=body)
    assert (reply.status, reply.problem in ("bad-token-request", "no-such-subject")) == (400, True)


async def test_one_call_with_its_times_and_duties(gateway: Gateway) -> None:
    await gateway.expect(call("C1"), call("C2", carrier=RIVAL))
    await gateway.expect(call("C1", leaves=-1))
    whole = (await gateway.ask("GET", "/v1/calls/C1", ("carrier", CARRIER))).json
    assert whole["call"]["id"] == "C1"
    assert [one["time"] for one in whole["times"]].count("etd") == 2, "both values that the time had"
    assert {one["obligation"] for one in whole["due"]} >= {"EU-9841-COUNT"}
    for id in ("C2", "C9", "%00", "%FF"):
        assert (await gateway.ask("GET", f"/v1/calls/{id}", ("carrier", CARRIER))).status in (400, 404)


async def test_other_law_is_tried_and_nothing_of_it_kept(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    operator = ("operator", "desk")
    fal51 = (Path(__file__).parents[2] / "schemas/obligations/proposed/imo-fal51.toml").read_bytes()
    found = (await gateway.ask("POST", "/v1/what-if?days=3", operator, data=fal51)).json
    assert {(one["call"], one["obligation"], one["state"]) for one in found["failing"]} >= {
        ("C1", "IMO-FAL-API", "missing"), ("C1", "IMO-FAL-BRI", "missing"),
    }  # fmt: skip
    old = (await gateway.ask("POST", "/v1/what-if?on=1998-01-01", operator)).json
    assert old == {"sums": [], "failing": []}
    for query, body in (("?on=tomorrow", b""), ("?days=0", b""), ("", b"[[obligation]]"), ("", b"\xff\x00")):
        reply = await gateway.ask("POST", f"/v1/what-if{query}", operator, data=body)
        assert reply.problem in ("bad-parameter", "bad-law"), query
    standing = (await gateway.ask("GET", "/v1/calls/C1", operator)).json["due"]
    assert not {"IMO-FAL-API"} & {one["obligation"] for one in standing}


async def test_a_carrier_sees_its_own_calls_and_score_alone(gateway: Gateway) -> None:
    await gateway.expect(call("C1"), call("C2", carrier=RIVAL))

    async def ids(who: tuple[str, str], query: str = "") -> list[Any]:
        return [one["id"] for one in (await gateway.ask("GET", f"/v1/calls{query}", who)).json["calls"]]

    assert await ids(("carrier", CARRIER)) == ["C1"]
    assert await ids(("carrier", RIVAL)) == ["C2"]
    assert await ids(("viewer", "MTMLA")) == ["C1", "C2"]
    assert await ids(("viewer", "MTMLA"), "?port=mt mla") == ["C1", "C2"]
    assert await ids(("viewer", "MTMLA"), "?port=FIHEL") == []
    assert (await gateway.ask("GET", f"/v1/scorecards?carrier={CARRIER}", ("carrier", CARRIER))).status == 200
    for other in (RIVAL, "nobody-knows"):
        reply = await gateway.ask("GET", f"/v1/scorecards?carrier={other}", ("carrier", CARRIER))
        assert (reply.status, reply.problem) == (404, "no-such-carrier")


@pytest.mark.parametrize("query", ["port=%00", "port=HELSINKI", "port=FIHEL&port=SESTO", "harbour=FIHEL", "port='--"])
async def test_a_port_is_a_port(shared_gateway: Gateway, query: str) -> None:
    reply = await shared_gateway.ask("GET", f"/v1/calls?{query}", ("viewer", "FIHEL"))
    assert (reply.status, reply.problem) == (400, "bad-parameter")


async def test_every_route_is_known_here(shared_gateway: Gateway) -> None:
    assert routes(shared_gateway) == sorted(TABLE)
    assert all(len(row) == len(CALLERS) for row in TABLE.values())
    assert isinstance(make_app(shared_gateway.context), web.Application)
